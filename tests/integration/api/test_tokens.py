"""Tokens: shown once, kept as a hash, for something, for a while, and dead with what they stand on."""

from datetime import timedelta

import pytest

from access.models import Conflict, Record, Token
from access.operations.tokens import DAYS, MOST, make_token, revoke_token, tokens_of
from access.principal import principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from access.roles import SCOPES, SERVICE_SCOPES
from access.sight import visible_to
from access.tokens import bearer
from accounts.operations import close_account
from agencies.models import Membership, Seat
from agencies.operations.people import forget_factor, let_in, shut_out
from audit.models import Line
from concerns.models import Concern
from tests.concerned import LAST_YEAR
from tests.integration.agencies.conftest import text_of
from tests.signing_in import sign_in
from timekeeping.london import london_day

pytestmark = pytest.mark.django_db


def test_the_secret_is_in_no_table(world, program) -> None:
    asking = program("worker")
    kept = Token.objects.get(pk=asking.token.pk)
    assert asking.secret not in str(Token.objects.filter(pk=kept.pk).values())
    assert asking.secret not in str(list(Line.objects.values()))
    assert len(kept.hash) == 64
    assert len(asking.secret) >= 43


@pytest.mark.parametrize("secret", ["", "nonsense", "qsp_", "qsp_" + "é" * 20, "qsp_\x00"])
def test_what_is_no_token_opens_nothing(world, program, secret) -> None:
    asking = program("worker")
    for value in (f"Bearer {secret}", secret, f"Basic {asking.secret}", f"bearer {asking.secret} x"):
        answer = asking.client.get("/api/v1/me/", headers={"Authorization": value or "Bearer"})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_is_read_in_any_case(world, program) -> None:
    asking = program("worker")
    assert (
        asking.client.get("/api/v1/me/", headers={"Authorization": f"bEARER {asking.secret}"}).status_code
        == 200
    )


def test_a_person_is_asked_again_each_time(world, program, freeze) -> None:
    """Dead at the next request: expired, revoked, the account closed, the membership or the seat ended."""
    day = london_day(world.now)

    def opened(asking) -> bool:
        return asking.get("me/").status_code == 200

    expiring = program("chair")
    revoked = program("worker")
    closed = program("volunteer")
    left = program("social_worker")
    seat = Seat.objects.get(user=world.inspector)
    seated, unseated = program("inspector", seat=seat.pk), program("inspector")
    assert all(map(opened, (expiring, revoked, closed, left, seated, unseated)))

    revoke_token(by=world.by("worker"), now=world.now, token=revoked.token.pk)
    close_account(user=world.volunteer)
    Membership.objects.filter(user=world.social_worker).update(ends_on=day)
    Seat.objects.filter(pk=seat.pk).update(ends_on=day)
    assert not any(map(opened, (revoked, closed, left, seated)))
    assert opened(unseated), "a token that names no seat outlives it, and sees what the person now sees"
    freeze(world.now + timedelta(days=30))
    assert not opened(expiring)


def closed_some_other_way(*, user, **given) -> None:
    close_account(user=user)


@pytest.mark.parametrize("deeds", [(shut_out, let_in), (closed_some_other_way, let_in), (forget_factor,)])
def test_what_is_done_about_an_account_ends_its_tokens_for_good(world, program, deeds) -> None:
    mine, system, others = program("lead"), program("lead", service=True), program("worker")
    for deed in deeds:
        deed(by=world.by("administrator"), now=world.now, user=world.lead)
    assert [one.get("me/").status_code for one in (mine, system, others)] == [401, 401, 200]
    assert Token.objects.filter(revoked_at=world.now).count() == 2


def test_a_seat_that_does_not_count_ends_its_token_too(world, program) -> None:
    seat = Seat.objects.get(user=world.inspector)
    asking = program("inspector", seat=seat.pk)
    world.north.members.filter(agency=world.cqc).update(ends_on=london_day(world.now))
    assert asking.get("me/").status_code == 401


def test_who_moves_to_another_body_takes_no_token_along(world, program) -> None:
    asking = program("worker")
    day = london_day(world.now)
    Membership.objects.filter(user=world.worker).update(ends_on=day)
    Membership.objects.create(user=world.worker, agency=world.cqc, role="contributor", starts_on=day)
    assert asking.get("me/").status_code == 401


def test_a_token_does_what_it_is_for_and_nothing_else(world, program) -> None:
    concern = world.concern()
    reading = program("lead", scopes=frozenset({"concerns:read"}))
    assert reading.get(f"concerns/{concern.pk}/").status_code == 200
    assert reading.get("providers/").status_code == 403
    assert reading.post(f"concerns/{concern.pk}/comments/", {"text": "A word"}).status_code == 403
    assert reading.get("me/").json()["scopes"] == ["concerns:read"]


def test_a_token_is_told_which_scope_it_lacks_where_its_person_may(world, program) -> None:
    concern = world.concern()
    answer = program("lead", scopes=frozenset({"concerns:read"})).post(
        f"concerns/{concern.pk}/comments/", {"text": "A word"}
    )
    assert answer.status_code == 403
    assert answer.json() == {
        "type": "/api/v1/docs/#scope-missing",
        "title": "The token lacks a scope",
        "status": 403,
        "detail": "This token lacks the scope concerns:write. Your role allows this: make a token that has it.",
        "scope": "concerns:write",
    }


def test_a_person_who_may_not_is_told_so_whatever_the_token_is_for(world, program) -> None:
    concern = world.concern()
    closing = {"outcome": "resolved", "reason": "Done"}
    for scopes in (frozenset({"concerns:read"}), frozenset(SCOPES)):
        answer = program("worker", scopes=scopes).post(f"concerns/{concern.pk}/close/", closing)
        assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs/#not-permitted")
        assert "Your role does not allow this" in answer.json()["detail"]
        assert "scope" not in answer.json()


def test_a_system_is_told_of_no_scope_that_it_cannot_have(world, program) -> None:
    concern = world.concern()
    service = program("lead", service=True, scopes=frozenset({"concerns:read"}))
    answer = service.post(f"concerns/{concern.pk}/comments/", {"text": "A word"})
    assert (answer.status_code, "scope" in answer.json()) == (403, False)
    assert "This is for a person to do" in answer.json()["detail"]
    assert service.post("concerns/", {}).json()["scope"] == "concerns:raise"


def test_what_is_out_of_sight_tells_a_token_nothing_of_scopes(world, program) -> None:
    hidden = world.concern(choice=world.seats())
    reading = program("stranger", scopes=frozenset({"directory:read"}))
    for address in ("", "close/", "comments/"):
        said, never = (
            reading.post(f"concerns/{one}/{address}", {}) if address else reading.get(f"concerns/{one}/")
            for one in (hidden.pk, world.provider.pk)
        )
        assert (said.status_code, said.content) == (404, never.content)


def test_what_a_token_may_not_read_is_not_answered_with_either(world, program, words) -> None:
    raising = program("worker", scopes=frozenset({"concerns:raise"}))
    answer = raising.post("concerns/", words())
    assert (answer.status_code, answer.content) == (204, b"")
    assert Concern.objects.count() == 1


def test_a_service_sees_what_an_unnamed_reader_of_its_body_sees(world, program) -> None:
    """Not more, on every record: the audiences of its body, never what names a person, a seat or a handler."""
    shared = world.concern(choice=world.seats())
    closed = world.concern(choice=world.seats(closed=True, people=frozenset({(world.lead.pk, world.ccg.pk)})))
    own = world.concern("inspector", choice=world.seats(world.south))
    world.draft("inspector")
    service = bearer(program("inspector", service=True).secret)
    unnamed = principal_of(world.cqc_unseated.pk)
    records = Record.objects.all()

    def seen(by):
        return set(visible_to(by, records).values_list("pk", flat=True))

    assert seen(service) == seen(unnamed)
    assert own.pk in seen(service)
    assert not {shared.pk, closed.pk} & seen(service)
    assert service.kind == "token"
    assert (service.user_id, service.seats, service.emergency) == (None, {}, frozenset())


def test_a_service_reads_and_hands_concerns_in_in_nobodys_name(world, program, words) -> None:
    service = program("lead", service=True)
    answer = service.post("concerns/", words())
    assert answer.status_code == 201, answer.content
    line = Line.objects.get(deed="concern.raised")
    assert (line.doer, line.user_id, line.agency_id) == ("token", None, world.ccg.pk)
    assert line.detail["token"] == str(service.token.pk)
    concern = Concern.objects.get(pk=answer.json()["id"])
    assert concern.record.recorded_by is None
    for address, body in (
        ("comments/", {"text": "A word"}),
        ("close/", {"outcome": "resolved", "reason": "Done"}),
    ):
        assert service.post(f"concerns/{concern.pk}/{address}", body).status_code == 403
    assert service.post("concerns/notes/", words(sharing=None)).status_code == 201


def test_a_service_does_not_read_what_its_keeper_must_not(world, program) -> None:
    """Whoever makes a token holds its secret: it is no way around a declared interest."""
    concern = world.concern()
    service = program("lead", service=True)
    assert service.get(f"concerns/{concern.pk}/").status_code == 200
    Conflict.objects.create(user=world.lead, provider_id=world.provider.pk, starts_on=LAST_YEAR)
    assert service.get(f"concerns/{concern.pk}/").status_code == 404


def test_a_service_lives_while_its_keeper_may_make_one(world, program) -> None:
    service = program("lead", service=True)
    Membership.objects.filter(user=world.lead).update(role="contributor")
    assert service.get("me/").status_code == 401


def test_only_a_lead_makes_one_for_the_body_and_nobody_with_a_token(world, program) -> None:
    known = {"now": world.now, "name": "x", "scopes": {"concerns:read"}, "days": 30}
    for name in ("worker", "administrator"):
        with pytest.raises(NotPermitted):
            make_token(by=world.by(name), service=True, **known)
    asking = bearer(program("lead").secret)
    with pytest.raises(NotPermitted):
        make_token(by=asking, **known)
    with pytest.raises(NotPermitted):
        make_token(by=asking, service=True, **known)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": set()}, "scopes"),
        ({"scopes": {"everything"}}, "scopes"),
        ({"scopes": {"concerns:write"}, "service": True}, "scopes"),
        ({"days": 10_000}, "days"),
    ],
)
def test_what_makes_no_sense_is_said(world, changed, field) -> None:
    known = {"name": "x", "scopes": {"concerns:read"}, "days": DAYS[0], **changed}
    with pytest.raises(Invalid) as refusal:
        make_token(by=world.by("lead"), now=world.now, **known)
    assert set(refusal.value.errors) == {field}


def test_somebody_elses_seat_is_no_seat(world) -> None:
    theirs = Seat.objects.get(user=world.inspector).pk
    with pytest.raises(Invalid, match="one of your seats"):
        make_token(
            by=world.by("worker"), now=world.now, name="x", scopes={"concerns:read"}, days=30, seat=theirs
        )
    assert not Token.objects.exists()


def test_there_are_not_more_than_anybody_looks_after(world, program) -> None:
    for _ in range(MOST):
        program("worker")
    with pytest.raises(NotNow, match="Revoke one"):
        program("worker")


def test_one_sees_ones_own_and_a_lead_their_bodys_systems(world, program) -> None:
    mine, service = program("worker"), program("lead", service=True)
    theirs = program("inspector")
    assert [one.pk for one in tokens_of(world.by("worker"))] == [mine.token.pk]
    assert [one.pk for one in tokens_of(world.by("lead"))] == [service.token.pk]
    Membership.objects.filter(user=world.unseated).update(role="agency_lead")
    assert [one.pk for one in tokens_of(world.by("unseated"))] == [service.token.pk]
    assert [one.pk for one in tokens_of(world.by("inspector"))] == [theirs.token.pk]


class TestPages:
    def form(self, **changed):
        return {"name": "Our system", "whose": "me", "scopes": ["concerns:read"], "days": "30", **changed}

    def test_the_secret_is_shown_once(self, world) -> None:
        client = sign_in(world.worker)
        page = client.get("/account/tokens/new/")
        once = page.content.decode().split('name="once" value="')[1].split('"')[0]
        made = client.post("/account/tokens/new/", self.form(once=once))
        secret = made.content.decode().split("<code>qsp_")[1].split("</code>")[0]
        assert bearer(f"qsp_{secret}").user_id == world.worker.pk
        again = client.post("/account/tokens/new/", self.form(once=once), follow=True)
        listed = client.get("/account/tokens/")
        assert "Our system" in listed.content.decode()
        assert secret not in again.content.decode() + listed.content.decode()
        assert Token.objects.count() == 1

    def test_a_lead_is_offered_a_system_and_a_seat_holder_a_seat(self, world) -> None:
        assert (
            "A system of NHS Example CCG" in sign_in(world.lead).get("/account/tokens/new/").content.decode()
        )
        worker = sign_in(world.worker).get("/account/tokens/new/").content.decode()
        assert "A system of" not in worker
        assert "Representative, North QSG" in worker

    def test_a_refusal_is_said_at_its_field(self, world) -> None:
        page = sign_in(world.lead).post(
            "/account/tokens/new/", self.form(whose="service", scopes=["concerns:write"])
        )
        assert page.status_code == 422
        assert "Choose what it may do" in page.content.decode()

    def test_revoking(self, world, program) -> None:
        asking = program("worker")
        address = f"/account/tokens/{asking.token.pk}/revoke/"
        assert sign_in(world.inspector).post(address).status_code == 404
        assert asking.get("me/").status_code == 200
        client = sign_in(world.worker)
        assert client.get(address).status_code == 405
        assert client.post(address).status_code == 302
        assert asking.get("me/").status_code == 401
        assert "Our system" not in client.get("/account/tokens/").content.decode()

    def test_one_whose_maker_has_no_standing_says_that_it_opens_nothing(self, world, program) -> None:
        program("lead", service=True)
        Membership.objects.filter(user=world.unseated).update(role="agency_lead")
        Membership.objects.filter(user=world.lead).update(role="reader")
        assert "Opens nothing" in sign_in(world.unseated).get("/account/tokens/").content.decode()

    def test_a_token_that_ended_was_made_all_the_same(self, world, program) -> None:
        assert "You have made no token." in text_of(sign_in(world.inspector).get("/account/tokens/"))
        seat = Seat.objects.get(user=world.inspector)
        program("inspector", seat=seat.pk)
        Seat.objects.filter(pk=seat.pk).update(ends_on=london_day(world.now))
        said = text_of(sign_in(world.inspector).get("/account/tokens/"))
        assert "No token of yours works now. Ended: 1 token." in said

    def test_the_account_leads_there(self, world) -> None:
        assert 'href="/account/tokens/"' in sign_in(world.worker).get("/account/").content.decode()


def test_every_permission_is_in_a_scope_or_stays_with_people() -> None:
    from access.api import ENDPOINTS

    within = frozenset().union(*(permissions for _, permissions in SCOPES.values()))
    asked = {one.permission for one in ENDPOINTS if not one.__module__.startswith("tests.")}
    assert asked <= within | {"home.read"}
    assert set(SCOPES) >= SERVICE_SCOPES
    kept = {"account.own", "token.make_service", "people.manage", "membership.manage", "reference.manage"}
    assert not within & kept, "no token makes tokens or manages people"
