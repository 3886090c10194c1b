"""Joining by invitation: sent by who looks after a body's people, accepted by its one addressee, and telling nobody else."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from accounts.models import Letter, User
from accounts.operations import _send, _take, send_letters, tidy
from agencies import operations
from agencies.models import Membership, MembershipInvitation, QSGMember, Seat, Signature
from audit.models import Line
from tests.integration.agencies.conftest import TODAY, World, belongs, client_as, submit, text_of

INVITED, JOIN = "/invitation/", "/invitation/join/"
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _quick_hashing(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def invite(world: World, **more) -> MembershipInvitation:
    given = {
        "by": world.by_body,
        "now": world.now,
        "agency": world.ccg,
        "email": "nia@example.org",
        "full_name": "Nia New",
        "role": "contributor",
    }
    return operations.invite(**{**given, **more})


def link(world: World, later: timedelta = timedelta(0)) -> str:
    """Send what waits, and take the link of the last mail."""
    send_letters(now=world.now + later)
    found = re.search(r"http://\S+?(/invitation/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]


def follow(client: Client, address: str):
    """Open a link, and the page it leads to."""
    led = client.get(address)
    assert led["Location"] == INVITED
    return client.get(INVITED)


def open_account(client: Client, address: str, **more: str):
    """Open a link, choose a password and send it, whatever the page said."""
    follow(client, address)
    given = {"telephone": "01632 960001", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(INVITED, {**given, **more})


def holding(user: User, address: str) -> Client:
    """A browser in which somebody is signed in, and has opened a link."""
    client = client_as(user)
    client.get(address)
    return client


class TestWhoMayInvite:
    def test_an_administrator_of_the_body_and_the_log_says_so(self, world: World):
        invitation = invite(world, qsg=world.group, seat_kind="representative")
        assert (invitation.state(world.now), invitation.seat) == (
            "waiting",
            "Representative at Example QSG",
        )
        line = Line.objects.get(deed="invitation.sent")
        assert line.user_id == world.body_admin.pk
        assert line.detail == {
            "invitation": str(invitation.pk),
            "agency": str(world.ccg.pk),
            "role": "contributor",
            "qsg": str(world.group.pk),
            "kind": "representative",
        }
        assert not Membership.objects.filter(role="contributor").exists()

    def test_nobody_else(self, world: World):
        with pytest.raises(NotPermitted, match="Only an administrator of NHS Other CCG"):
            invite(world, agency=world.other)
        with pytest.raises(NotPermitted):
            invite(world, by=principal_of(world.ann.pk))
        with pytest.raises(NotPermitted, match="Only a person"):
            invite(world, by=clockwork(world.now))
        assert not Letter.objects.exists()

    def test_not_themselves_and_nobody_who_is_there_already(self, world: World):
        with pytest.raises(Invalid, match="your own address"):
            invite(world, email="Cy.Admin@example.org")
        with pytest.raises(Invalid, match="act for this body already"):
            invite(world, email=world.ann.email)

    def test_to_no_seat_that_is_not_theirs_to_give(self, world: World):
        with pytest.raises(NotPermitted, match="Chair, secretariat"):
            invite(world, qsg=world.group, seat_kind="chair")
        assert invite(world, by=world.by_portal, qsg=world.group, seat_kind="chair").seat

    def test_to_no_group_of_which_the_body_is_no_member(self, world: World):
        with pytest.raises(Invalid, match="is not a member of Example Regional QSG"):
            invite(world, qsg=world.region, seat_kind="deputy")

    def test_to_no_body_that_has_closed(self, world: World):
        world.ccg.closed_on = TODAY
        world.ccg.save()
        with pytest.raises(Invalid, match="has closed"):
            invite(world)

    def test_the_database_knows_that_nobody_accepts_their_own(self, world: World):
        held = invite(world)
        with pytest.raises(IntegrityError, match="of_somebody_else"), transaction.atomic():
            MembershipInvitation.objects.filter(pk=held.pk).update(
                accepted_at=world.now, accepted_by=world.body_admin
            )


class TestTheMail:
    def test_tells_nothing_and_keeps_the_key_to_itself(self, world: World):
        invitation = invite(world, qsg=world.group, seat_kind="deputy")
        address = link(world)
        (sent,) = mail.outbox
        assert sent.to == ["nia@example.org"]
        for word in ("CCG", "QSG", "Nia", "Cy", "Admin", "contributor", "concern", "seat"):
            assert word.lower() not in (sent.subject + sent.body).lower(), word
        key = address.split("/")[2]
        assert len(key) >= 43, "256 bits"
        invitation.letter.refresh_from_db()
        assert key not in str(vars(invitation.letter))
        assert len(invitation.letter.key_hash) == 64

    def test_is_the_same_for_an_address_that_has_an_account_and_so_is_everything_else(self, world: World):
        """What the administrator sees, what is asked of the database, and what is sent: nobody is looked up."""

        def statements(email: str) -> list[str]:
            with CaptureQueriesContext(connection) as seen:
                invite(world, email=email)
            return [re.sub(r"'[^']*'|\d+|\{[^}]*\}", "?", one["sql"].replace(email, "x")) for one in seen]

        known, unknown = statements(world.bob.email), statements("nobody@example.org")
        assert known == unknown
        send_letters(now=world.now)
        one, other = (re.sub(r"/invitation/\S+", "", each.body) for each in mail.outbox)
        assert one == other
        page = text_of(client_as(world.body_admin).get(reverse("agencies:invitations")))
        assert page.count("Waiting until 10 March 2026") == 2

    def test_that_failed_and_is_tried_again_has_the_only_link_that_works(self, world: World, client: Client):
        invite(world)
        first = link(world)
        Letter.objects.update(outcome="waiting", next_try_at=world.now)
        second = link(world)
        assert follow(client, first).status_code == 404
        assert follow(client, second).status_code == 200

    def test_that_waits_is_not_sent_once_it_is_withdrawn_and_one_alone_once_it_is_sent_again(
        self, world: World
    ):
        operations.withdraw_invitation(by=world.by_body, now=world.now, invitation=invite(world))
        assert send_letters(now=world.now) == 0
        again = invite(world, email="x@example.org")
        operations.invite_again(by=world.by_body, now=world.now, invitation=again)
        assert send_letters(now=world.now) == 1
        assert len(mail.outbox) == 1
        assert set(Letter.objects.values_list("outcome", flat=True)) == {"given_up", "sent"}

    def test_that_was_taken_to_be_sent_is_not_sent_once_it_is_withdrawn(self, world: World):
        held = invite(world)
        (taken,) = _take(world.now, 1)
        operations.withdraw_invitation(by=world.by_body, now=world.now, invitation=held)
        assert not _send(taken, world.now)
        assert not mail.outbox


class TestJoining:
    def test_opens_an_account_sets_a_factor_and_says_yes(self, world: World, client: Client):
        invite(world, qsg=world.group, seat_kind="representative")
        address = link(world)
        page = text_of(follow(client, address))
        assert "Cy Admin invites you" in page
        assert "nia@example.org" in page
        answer = open_account(client, address)
        assert answer["Location"] == JOIN
        nia = User.objects.get(email="nia@example.org")
        assert (nia.full_name, nia.telephone) == ("Nia New", "01632 960001")
        assert not nia.memberships.exists(), "nothing before the yes"
        assert client.get(answer["Location"])["Location"] == reverse("second_factor")
        client.post(reverse("mfa_generate_recovery_codes"))
        said = text_of(client.get(JOIN))
        assert "Nia New may raise and share concerns for NHS Example CCG" in said
        assert "Nia New represents NHS Example CCG at Example QSG" in said
        assert client.post(JOIN)["Location"] == "/"
        by = principal_of(nia.pk)
        assert (by.agency_id, by.agency_roles) == (world.ccg.pk, {"contributor"})
        assert by.seats == {world.group.pk: frozenset({"representative"})}
        assert not Seat.objects.get(user=nia).cleared
        deeds = list(Line.objects.values_list("deed", flat=True))
        assert {"account.opened", "invitation.accepted", "membership.started", "seat.started"} <= set(deeds)
        given = Line.objects.get(deed="membership.started")
        assert given.user_id == world.body_admin.pk, "given by whoever invited"

    def test_twice_is_once(self, world: World):
        invite(world, email=world.bob.email)
        address = JOIN
        client = holding(world.bob, link(world))
        once = {"once": "6f1f9d0e-6c1b-4d57-9f8b-0a4d2b1f4c11"}
        assert client.post(address, once)["Location"] == "/"
        assert client.post(address, once)["Location"] == "/"
        assert client.get(address)["Location"] == "/"
        assert client.post(address).status_code == 422
        assert Membership.objects.filter(user=world.bob).count() == 1

    def test_with_an_account_asks_to_sign_in_and_only_its_holder_joins(self, world: World, client: Client):
        invite(world, email=world.bob.email)
        address = link(world)
        assert "You have an account with this address" in text_of(follow(client, address))
        assert client.get(JOIN)["Location"].startswith(reverse("account_login"))
        other = holding(world.ann, address)
        assert other.get(INVITED)["Location"] == JOIN
        assert other.get(JOIN).status_code == 403
        assert other.post(JOIN).status_code == 403
        assert holding(world.body_admin, address).post(JOIN).status_code == 403, "nor whoever invited"
        with pytest.raises(NotPermitted, match="for another address"):
            operations.accept_invitation(
                by=principal_of(world.ann.pk), now=world.now, invitation=MembershipInvitation.objects.get()
            )
        assert open_account(client, address).status_code == 200, "no second account"
        assert holding(world.bob, address).post(JOIN)["Location"] == "/"
        assert principal_of(world.bob.pk).agency_roles == {"contributor"}

    @pytest.mark.parametrize(
        ("password", "again", "because"),
        [
            ("password123", "password123", "too common"),
            ("shrt", "shrt", "too short"),
            ("nia@example.com", "nia@example.com", "too similar"),
            (PASSWORD, "another thing", "The two are not the same"),
        ],
    )
    def test_with_a_poor_password_opens_nothing(self, world: World, client: Client, password, again, because):
        invite(world)
        answer = open_account(client, link(world), password1=password, password2=again)
        assert answer.status_code == 422
        assert because in text_of(answer)
        assert password not in answer.content.decode()
        assert not User.objects.filter(email="nia@example.org").exists()

    def test_leaves_the_key_in_no_log(self, world: World, client: Client, caplog):
        invite(world)
        address = link(world)
        open_account(client, address, password1="shrt")
        assert address.split("/")[2] not in caplog.text

    def test_of_a_closed_account_does_not_open_it(self, world: World, client: Client):
        User.objects.filter(pk=world.bob.pk).update(is_active=False)
        invite(world, email=world.bob.email)
        address = link(world)
        assert "This account is closed" in text_of(follow(client, address))
        open_account(client, address)
        assert not User.objects.get(pk=world.bob.pk).is_active

    def test_of_somebody_who_acts_for_another_body_changes_nothing(self, world: World):
        belongs(world.bob, world.other)
        held = invite(world, email=world.bob.email)
        answer = holding(world.bob, link(world)).post(JOIN)
        assert answer.status_code == 422
        assert "Bob May acts for another body, or has this role, on some of these days" in text_of(answer)
        held.refresh_from_db()
        assert held.state(world.now) == "waiting"

    def test_promises_no_seat_that_cannot_be_given(self, world: World):
        Signature.objects.all().delete()
        with pytest.raises(Invalid, match="has not signed"):
            invite(world, qsg=world.group, seat_kind="deputy")
        held = invite(world, email=world.bob.email)
        operations.accept_invitation(by=principal_of(world.bob.pk), now=world.now, invitation=held)
        assert "seated" not in Line.objects.get(deed="invitation.accepted").detail

    def test_without_the_seat_where_it_cannot_stand_any_more(self, world: World):
        invite(world, email=world.bob.email, qsg=world.group, seat_kind="deputy")
        address = link(world)
        QSGMember.objects.filter(agency=world.ccg).update(ends_on=TODAY)
        client = holding(world.bob, address)
        client.post(JOIN)
        page = text_of(client.get("/"))
        assert "could not be given. NHS Example CCG is not a member of Example QSG on that day." in page
        assert principal_of(world.bob.pk).agency_roles == {"contributor"}
        assert not Seat.objects.exists()
        assert Line.objects.get(deed="invitation.accepted").detail["seated"] is False


class TestWithoutTheLinkAtHand:
    """Whoever is signed in is reminded on the home page, and says yes from there."""

    def test_it_is_the_main_thing_of_who_acts_for_no_body_yet(self, world: World):
        held = invite(world, email=world.bob.email)
        client = client_as(world.bob)
        answer = client.get("/")
        said = text_of(answer)
        assert "You are invited" in said
        assert "Say whether you join NHS Example CCG" in said
        assert "You act for no body yet" in said
        assert "Nothing needs you today" not in said
        assert "Your role does not read" not in said
        address = f"{JOIN}{held.pk}/"
        assert f'href="{address}"' in answer.content.decode()
        assert "NHS Example CCG" in text_of(client.get(address))
        assert client.post(address)["Location"] == "/"
        assert principal_of(world.bob.pk).agency_roles == {"contributor"}
        assert client.get(address)["Location"] == "/"
        assert "You are invited" not in text_of(client.get("/"))

    def test_it_stands_before_the_rest_for_who_reads(self, world: World):
        belongs(world.bob, world.other, "reader")
        invite(world, email=world.bob.email)
        said = text_of(client_as(world.bob).get("/"))
        assert said.index("You are invited") < said.index("New in your sight")
        assert "You act for no body yet" not in said

    @pytest.mark.parametrize("spoil", ["withdrawn", "expired"])
    def test_one_that_no_longer_stands_is_not_shown(self, world: World, spoil):
        held = invite(world, email=world.bob.email)
        if spoil == "withdrawn":
            operations.withdraw_invitation(by=world.by_body, now=world.now, invitation=held)
        else:
            MembershipInvitation.objects.update(expires_at=world.now)
        client = client_as(world.bob)
        assert "You are invited" not in text_of(client.get("/"))
        answer = client.post(f"{JOIN}{held.pk}/")
        assert (answer.status_code, "no longer stands" in text_of(answer)) == (409, True)
        assert not Membership.objects.filter(user=world.bob).exists()

    def test_anothers_is_absent(self, world: World):
        held = invite(world, email=world.bob.email)
        client = client_as(world.ann)
        assert "You are invited" not in text_of(client.get("/"))
        strip = re.compile(rb'nonce="[^"]*"')
        hidden, never = (client.get(f"{JOIN}{one}/") for one in (held.pk, world.bob.pk))
        assert (hidden.status_code, strip.sub(b"", hidden.content)) == (404, strip.sub(b"", never.content))
        assert client.post(f"{JOIN}{held.pk}/").status_code == 404

    def test_any_number_is_one_question(self, world: World):
        client = client_as(world.bob)

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/").status_code == 200
            return len(queries)

        asked()
        none = asked()
        invite(world, email=world.bob.email)
        invite(world, by=world.by_portal, agency=world.other, email=world.bob.email)
        assert asked() == none


class TestALinkThatOpensNothing:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda world, held: operations.withdraw_invitation(
                by=world.by_body, now=world.now, invitation=held
            ),
            lambda world, held: MembershipInvitation.objects.update(expires_at=world.now),
            lambda world, held: operations.invite_again(by=world.by_body, now=world.now, invitation=held),
            lambda world, held: tidy(now=world.now + timedelta(days=31)),
        ],
        ids=["withdrawn", "expired", "sent again", "forgotten"],
    )
    def test_says_so_and_changes_nothing(self, world: World, client: Client, spoil):
        held = invite(world)
        address = link(world)
        spoil(world, held)
        for answer in (follow(client, address), open_account(client, address)):
            assert answer.status_code == 404
            assert "This invitation no longer works" in text_of(answer)
        assert not User.objects.filter(email="nia@example.org").exists()

    def test_is_the_same_to_everybody_whether_it_ever_was(self, world: World, client: Client):
        held = invite(world)
        address = link(world)
        operations.withdraw_invitation(by=world.by_body, now=world.now, invitation=held)
        strip = re.compile(rb'nonce="[^"]*"')
        used, never = (
            strip.sub(b"", follow(client, one).content) for one in (address, "/invitation/never-was/")
        )
        assert used == never

    def test_gives_nothing_once_whoever_invited_administers_no_more(self, world: World):
        invite(world, email=world.bob.email)
        address = link(world)
        Membership.objects.filter(user=world.body_admin).update(ends_on=TODAY)
        answer = holding(world.bob, address).post(JOIN)
        assert (answer.status_code, "no longer stands" in text_of(answer)) == (422, True)
        Membership.objects.filter(user=world.body_admin).update(ends_on=None)
        User.objects.filter(pk=world.body_admin.pk).update(is_active=False)
        assert holding(world.bob, address).post(JOIN).status_code == 422
        assert not Membership.objects.filter(user=world.bob).exists()

    def test_is_refused_by_the_operation_too(self, world: World):
        held = invite(world, email=world.bob.email)
        MembershipInvitation.objects.update(expires_at=world.now)
        with pytest.raises(NotNow, match="no longer stands"):
            operations.accept_invitation(by=principal_of(world.bob.pk), now=world.now, invitation=held)
        with pytest.raises(NotNow, match="no longer stands"):
            operations.open_invited_account(
                by=clockwork(world.now), now=world.now, invitation=held, password=PASSWORD
            )
        MembershipInvitation.objects.update(expires_at=world.now + timedelta(days=1))
        with pytest.raises(NotNow, match="an account with this address by now"):
            operations.open_invited_account(
                by=clockwork(world.now), now=world.now, invitation=held, password=PASSWORD
            )

    def test_that_was_withdrawn_is_told_to_who_has_it_open(self, world: World):
        held = invite(world, email=world.bob.email)
        client = holding(world.bob, link(world))
        operations.withdraw_invitation(by=world.by_body, now=world.now, invitation=held)
        answer = client.post(JOIN)
        assert (answer.status_code, "no longer stands" in text_of(answer)) == (409, True)


class TestThePages:
    def test_an_invitation_is_sent_after_its_sentences_were_read(self, world: World):
        client = client_as(world.body_admin)
        address = reverse("agencies:invite")
        fields = {
            "full_name": "Nia New",
            "email": "Nia@example.org",
            "agency": str(world.ccg.pk),
            "role": "reader",
            "seat": f"{world.group.pk}.deputy",
        }
        page = text_of(client.get(address))
        assert "Deputy at Example QSG" in page
        assert "Chair at Example QSG" not in page
        said = text_of(client.post(address, fields))
        assert "A link goes to nia@example.org. It works once, for 7 days." in said.replace("Nia@", "nia@")
        assert "From the day they join, Nia New may read and comment on what NHS Example CCG can see." in said
        assert not MembershipInvitation.objects.exists()
        assert not Letter.objects.exists()
        assert submit(client, address, **fields)["Location"] == reverse("agencies:invitations")
        assert "is invited already" in text_of(submit(client, address, expect=422, **fields))
        forged = {**fields, "email": "x@example.org", "seat": f"{world.group.pk}.chair"}
        submit(client, address, expect=422, **forged)
        assert MembershipInvitation.objects.count() == 1

    def test_each_administrator_sees_their_own_bodys(self, world: World):
        held = invite(world)
        invite(world, by=world.by_portal, agency=world.other, email="x@example.org", full_name="Xi Other")
        theirs = MembershipInvitation.objects.get(agency=world.other)
        body, portal = client_as(world.body_admin), client_as(world.portal_admin)
        address = reverse("agencies:invitations")
        assert "Xi Other" not in text_of(body.get(address))
        assert "Xi Other" in text_of(portal.get(address))
        for name in ("agencies:invite_again", "agencies:withdraw_invitation"):
            assert body.post(reverse(name, args=[theirs.pk])).status_code == 404
            submit(body, reverse(name, args=[held.pk]))
        assert "Withdrawn" in text_of(body.get(address))
        assert client_as(world.ann).get(address).status_code == 403

    def test_how_each_stands_is_said(self, world: World, freeze):
        held = invite(world)
        client = client_as(world.body_admin)
        address = reverse("agencies:invitations")
        assert "the mail is on its way" in text_of(client.get(address))
        Letter.objects.update(outcome="given_up")
        assert "The mail could not be delivered" in text_of(client.get(address))
        MembershipInvitation.objects.update(expires_at=world.now)
        assert "Expired" in text_of(client.get(address))
        submit(client, reverse("agencies:invite_again", args=[held.pk]))
        assert "Waiting until 10 March 2026" in text_of(client.get(address))
        operations.withdraw_invitation(by=world.by_body, now=world.now, invitation=held)
        for operation in (operations.invite_again, operations.withdraw_invitation):
            with pytest.raises(Invalid, match="withdrawn in the meantime"):
                operation(by=world.by_body, now=world.now, invitation=held)

    def test_accepted_names_who_joined(self, world: World):
        invite(world, email=world.bob.email)
        holding(world.bob, link(world)).post(JOIN)
        assert "Accepted by Bob May" in text_of(
            client_as(world.body_admin).get(reverse("agencies:invitations"))
        )
