"""A group's agreement and privacy notice: who keeps them, who sees them, and what a body without one cannot have."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import principal_of
from access.refusals import Invalid, NotPermitted
from agencies import operations
from agencies.agreements.operations import (
    end_document,
    keep_document,
    sign_agreement,
    withdraw_signature,
)
from agencies.agreements.reading import papers_of
from agencies.models import Agency, GroupDocument, QSGMember, QualitySurveillanceGroup, Signature
from audit.models import Line
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    agreed,
    belongs,
    client_as,
    dated,
    person,
    signs,
    sits,
    submit,
    text_of,
)


def seat(world: World, **more):
    given = {
        "by": world.by_portal,
        "now": world.now,
        "qsg": world.group,
        "user": world.ann,
        "agency": world.ccg,
        "kind": "representative",
        "starts_on": TODAY,
    }
    return operations.add_seat(**{**given, **more})


@pytest.fixture
def secretary(world: World):
    user = person("Sec Retary")
    belongs(user, world.ccg)
    sits(user, world.ccg, world.group, "secretariat")
    return user


class TestNewSeats:
    def test_a_body_that_signed_can_be_given_one(self, world: World):
        assert seat(world).pk

    def test_without_an_agreement_nobody_can(self, world: World):
        Signature.objects.all().delete()
        GroupDocument.objects.all().delete()
        with pytest.raises(Invalid, match="Example QSG has no information-sharing agreement in force"):
            seat(world)

    def test_a_privacy_notice_is_no_agreement(self, world: World):
        Signature.objects.all().delete()
        GroupDocument.objects.update(kind="notice")
        with pytest.raises(Invalid, match="has no information-sharing agreement"):
            seat(world)

    def test_a_body_that_has_not_signed_cannot(self, world: World):
        Signature.objects.all().delete()
        with pytest.raises(Invalid, match="NHS Example CCG has not signed “Agreement of Example QSG”"):
            seat(world)

    @pytest.mark.parametrize("what", ["document", "signature"])
    def test_the_day_the_seat_starts_decides(self, world: World, what: str):
        of = GroupDocument if what == "document" else Signature
        of.objects.update(ends_on=TOMORROW)
        assert seat(world, ends_on=TOMORROW).pk
        with pytest.raises(Invalid, match="agreement"):
            seat(world, kind="deputy", starts_on=TOMORROW)

    def test_a_seat_that_is_held_goes_on_and_is_a_gap(self, world: World):
        held = sits(world.ann, world.ccg, world.group)
        Signature.objects.all().delete()
        assert principal_of(world.ann.pk).seats == {world.group.pk: {"representative"}}
        (papers,) = papers_of([world.group], TODAY)
        assert [line.seat for line in papers.seats_without] == [held]
        assert papers.unsigned == [world.ccg]

    def test_and_receives_no_more_than_before(self, world: World):
        held = sits(world.ann, world.ccg, world.group)
        Signature.objects.all().delete()
        given = {"by": world.by_portal, "now": world.now, "on": TODAY}
        with pytest.raises(Invalid, match="has not signed"):
            operations.set_cleared(**given, seat=held, cleared=True)
        cleared = sits(world.ann, world.ccg, world.group, "deputy", cleared=True)
        assert not operations.set_cleared(**given, seat=cleared, cleared=False).cleared


class TestKeeping:
    def test_by_secretariat_chair_and_portal(self, world: World, secretary):
        for by in (principal_of(secretary.pk), world.by_portal):
            document = keep_document(
                by=by,
                now=world.now,
                qsg=world.group,
                kind="notice",
                title="Notice",
                place="https://example.org",
                starts_on=LAST_YEAR,
            )
            end_document(by=by, now=world.now, document=document, ends_on=TOMORROW)
            GroupDocument.objects.filter(pk=document.pk).delete()
        assert Line.objects.filter(deed="agreement.kept").count() == 2
        assert Line.objects.filter(deed="agreement.ended").count() == 2

    def test_by_nobody_else(self, world: World):
        document, signature = GroupDocument.objects.get(), Signature.objects.get()
        for user in (world.ann, world.bob, world.body_admin):
            by = principal_of(user.pk)
            with pytest.raises(NotPermitted):
                keep_document(
                    by=by,
                    now=world.now,
                    qsg=world.group,
                    kind="notice",
                    title="N",
                    place="x",
                    starts_on=TODAY,
                )
            with pytest.raises(NotPermitted):
                end_document(by=by, now=world.now, document=document, ends_on=TOMORROW)
            with pytest.raises(NotPermitted):
                sign_agreement(by=by, now=world.now, document=document, agencies=[world.ccg], signed_on=TODAY)
            with pytest.raises(NotPermitted):
                withdraw_signature(by=by, now=world.now, signature=signature, ends_on=TODAY)

    def test_one_of_a_kind_at_a_time(self, world: World):
        given = {"by": world.by_portal, "now": world.now, "qsg": world.group, "title": "T", "place": "x"}
        with pytest.raises(Invalid, match="Another information-sharing agreement"):
            keep_document(**given, kind="agreement", starts_on=TOMORROW)
        with pytest.raises(Invalid, match="end must be after the start"):
            keep_document(**given, kind="notice", starts_on=TOMORROW, ends_on=TODAY)
        with pytest.raises(IntegrityError, match="one_in_force"), transaction.atomic():
            agreed(world.group)

    def test_one_that_was_never_in_force_is_taken_back_unless_it_was_signed(self, world: World):
        given = {"by": world.by_portal, "now": world.now}
        for starts_on in (TODAY, TOMORROW):
            slip = agreed(world.group, "notice", starts_on=starts_on)
            end_document(**given, document=slip, ends_on=TODAY)
            assert not GroupDocument.objects.filter(kind="notice").exists()
        coming = agreed(world.region, starts_on=TOMORROW)
        signs(world.ccg, coming, starts_on=TODAY)
        with pytest.raises(Invalid, match="has been signed"):
            end_document(**given, document=coming, ends_on=TODAY)
        end_document(**given, document=coming, ends_on=date(2026, 3, 5))

    @pytest.mark.parametrize("day", [date(2026, 3, 2), LAST_YEAR])
    def test_an_end_is_not_in_the_past_nor_before_its_start(self, world: World, day: date):
        with pytest.raises(Invalid):
            end_document(by=world.by_portal, now=world.now, document=GroupDocument.objects.get(), ends_on=day)


class TestSigning:
    @pytest.fixture
    def given(self, world: World) -> dict:
        QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
        return {
            "by": world.by_portal,
            "now": world.now,
            "document": GroupDocument.objects.get(),
            "agencies": [world.other],
            "signed_on": TODAY,
        }

    def test_is_said_of_several_at_once(self, world: World, given: dict):
        sign_agreement(**given)
        (papers,) = papers_of([world.group], TODAY)
        assert {one.agency for one in papers.signed} == {world.ccg, world.other}
        assert papers.unsigned == []

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"signed_on": TOMORROW}, "in the future"),
            ({"agencies": []}, "who has signed"),
        ],
    )
    def test_bad_input(self, world: World, given: dict, change: dict, says: str):
        with pytest.raises(Invalid, match=says):
            sign_agreement(**{**given, **change})

    def test_by_no_stranger_nor_twice_nor_a_notice(self, world: World, given: dict):
        stranger = Agency.objects.create(kind="ccg", name="NHS Stranger CCG")
        with pytest.raises(Invalid, match="NHS Stranger CCG is not a member"):
            sign_agreement(**{**given, "agencies": [stranger]})
        with pytest.raises(Invalid, match="has signed this already"):
            sign_agreement(**{**given, "agencies": [world.other, world.ccg]})
        with pytest.raises(Invalid, match="not an agreement"):
            sign_agreement(**{**given, "document": agreed(world.group, "notice")})
        assert Signature.objects.count() == 1

    def test_by_no_guest_and_by_a_body_that_joins_later(self, world: World, given: dict):
        QSGMember.objects.filter(agency=world.other).update(kind="associate")
        with pytest.raises(Invalid, match="NHS Other CCG is not a member"):
            sign_agreement(**given)
        address = reverse("agencies:sign_agreement", args=[given["document"].pk])
        client = client_as(world.portal_admin)
        assert "NHS Other CCG" not in text_of(client.get(address))
        QSGMember.objects.filter(agency=world.other).update(kind="full", starts_on=TOMORROW)
        assert "NHS Other CCG" in text_of(client.get(address))
        sign_agreement(**given)
        assert {one.agency for one in papers_of([world.group], TODAY)[0].signed} == {world.ccg, world.other}

    def test_ends_and_can_be_given_again(self, world: World, given: dict, freeze: Callable[[str], datetime]):
        withdraw_signature(
            by=world.by_portal, now=world.now, signature=Signature.objects.get(), ends_on=TOMORROW
        )
        now = freeze("2026-03-04T09:00Z")
        assert papers_of([world.group], TOMORROW)[0].signed == []
        sign_agreement(**{**given, "now": now, "agencies": [world.ccg], "signed_on": TOMORROW})
        assert len(papers_of([world.group], TOMORROW)[0].signed) == 1


class TestPages:
    def test_the_groups_bodies_see_who_signed_and_keepers_the_gap(self, world: World, secretary):
        address = reverse("group", args=[world.group.pk])
        QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
        belongs(world.bob, world.other)
        sits(world.bob, world.other, world.group)
        page = text_of(client_as(world.ann).get(address))
        assert "NHS Example CCG: signed on 3 March 2025" in page
        assert "NHS Other CCG: not signed" in page
        assert "No privacy notice is in force" in page
        assert "without an agreement in force" not in page
        page = text_of(client_as(secretary).get(address))
        assert "1 seat stands without an agreement in force" in page
        assert "Bob May, representative, for NHS Other CCG" in page

    def test_others_see_nothing_of_it(self, world: World):
        belongs(world.bob, world.other)
        page = text_of(client_as(world.bob).get(reverse("group", args=[world.group.pk])))
        assert "Agreement and privacy notice" not in page

    def test_a_document_is_absent_for_whoever_is_shown_none(self, world: World):
        belongs(world.bob, world.other)
        addresses = [
            reverse(f"agencies:{name}", args=[one.pk])
            for name, one in (
                ("end_document", GroupDocument.objects.get()),
                ("sign_agreement", GroupDocument.objects.get()),
                ("withdraw_signature", Signature.objects.get()),
            )
        ]
        for address in addresses:
            assert client_as(world.bob).get(address).status_code == 404
            assert client_as(world.ann).get(address).status_code == 403

    def test_one_to_come_can_be_signed_and_ended_and_its_last_day_is_shown(self, world: World):
        GroupDocument.objects.update(ends_on=TOMORROW)
        coming = agreed(world.group, starts_on=TOMORROW, title="The next one")
        over = agreed(world.group, "notice", ends_on=TODAY)
        page = client_as(world.portal_admin).get(reverse("group", args=[world.group.pk]))
        assert "from 3 March 2025 until the end of 3 March 2026" in text_of(page)
        assert reverse("agencies:sign_agreement", args=[coming.pk]) in page.content.decode()
        assert reverse("agencies:end_document", args=[coming.pk]) in page.content.decode()
        assert reverse("agencies:end_document", args=[over.pk]) not in page.content.decode()
        address = reverse("agencies:end_document", args=[coming.pk])
        words = text_of(client_as(world.portal_admin).post(address, {"when": "now"}))
        assert "“The next one” is taken back: it was never in force" in words

    def test_from_nothing_to_a_seat_in_the_pages(self, world: World):
        Signature.objects.all().delete()
        GroupDocument.objects.all().delete()
        client = client_as(world.portal_admin)
        asked = {
            "person": f"{world.ann.pk}.{world.ccg.pk}",
            "kind": "representative",
            "cleared": "no",
            **dated("starts_on", TODAY),
        }
        refused = submit(client, reverse("agencies:add_seat", args=[world.group.pk]), expect=422, **asked)
        assert "has no information-sharing agreement in force" in text_of(refused)
        submit(
            client,
            reverse("agencies:keep_document", args=[world.group.pk]),
            kind="agreement",
            title="The agreement",
            place="the shared drive",
            **dated("starts_on", TODAY),
        )
        document = GroupDocument.objects.get()
        submit(
            client,
            reverse("agencies:sign_agreement", args=[document.pk]),
            agencies=str(world.ccg.pk),
            **dated("signed_on", TODAY),
        )
        submit(client, reverse("agencies:add_seat", args=[world.group.pk]), **asked)
        assert principal_of(world.ann.pk).seats
        submit(client, reverse("agencies:withdraw_signature", args=[Signature.objects.get().pk]), when="now")
        submit(
            client,
            reverse("agencies:end_document", args=[document.pk]),
            when="later",
            **dated("last_day", TOMORROW),
        )
        assert GroupDocument.objects.get().ends_on == date(2026, 3, 5)

    def test_the_administrators_check_names_every_group(self, world: World):
        sits(world.ann, world.ccg, world.group)
        client = client_as(world.portal_admin)
        page = text_of(client.get(reverse("agencies:agreements")))
        assert "Example QSG No privacy notice is in force. 1 of 1 members have signed" in page
        assert "Example Regional QSG No information-sharing agreement and no privacy notice" in page
        Signature.objects.all().delete()
        assert "1 seat stands without" in text_of(client.get(reverse("agencies:agreements")))
        assert client_as(world.ann).get(reverse("agencies:agreements")).status_code == 403

    def test_any_number_of_groups_takes_as_many_questions(self, world: World):
        def asked() -> int:
            client = client_as(world.portal_admin)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("agencies:agreements"))
                client.get(reverse("group", args=[world.group.pk]))
            return len(queries)

        asked()
        sits(world.ann, world.ccg, world.group)
        Signature.objects.all().delete()
        few = asked()
        for number in range(5):
            group = QualitySurveillanceGroup.objects.create(
                name=f"QSG {number}", tier="local", team=world.group.team, region=world.region
            )
            QSGMember.objects.create(qsg=group, agency=world.ccg, starts_on=LAST_YEAR)
            sits(world.ann, world.ccg, group)
            signs(world.other, agreed(group))
        assert asked() == few


class TestApi:
    def test_tells_the_groups_bodies(self, world: World):
        page = client_as(world.ann).get(f"/api/v1/qsgs/{world.group.pk}/documents/").json()
        (document,) = page["results"]
        assert document["kind"] == "agreement"
        assert document["signatures"][0]["agency"]["name"] == "NHS Example CCG"

    def test_is_absent_for_others(self, world: World):
        belongs(world.bob, world.other)
        assert client_as(world.bob).get(f"/api/v1/qsgs/{world.group.pk}/documents/").status_code == 404
