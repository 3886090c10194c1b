"""Plans for the end of a service against the real database: who sees them, receipts, states, pages, API."""

import re
from datetime import date
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from access.models import Conflict
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from actions.models import Action
from actions.operations import ask_for_action
from agencies.models import Agency, Membership
from audit.models import Line
from clocks.models import Clock
from clocks.operations.ticking import tick
from notifications.inbox import lines_of
from notifications.models import Message
from providers.closing import operations
from providers.closing.rules import CLOSURE, FAILURE, Facts
from providers.models import AlternativePlace, ClosurePlan, Commissioning, PlacingCouncil, ProviderGroup
from tests.concerned import NOON, Region, person, region
from tests.signing_in import sign_in

TODAY = date(2026, 3, 3)


@pytest.fixture
def world(freeze) -> Region:
    made = region(freeze(NOON))
    ProviderGroup.objects.get_or_create(provider=made.provider, qsg=made.north, source="stated")
    return made


def make(world, by="worker", **changed):
    facts = Facts(**{"kind": CLOSURE, "summary": "The home closes.", "expected_on": date(2026, 4, 1), "people": 14} | {
        name: changed.pop(name) for name in list(changed) if name in Facts.__dataclass_fields__
    })  # fmt: skip
    return operations.make_plan(
        by=world.by(by),
        now=world.now,
        provider=changed.pop("provider", world.provider),
        facts=facts,
        **changed,
    )


def do(name, world, plan, by="worker", **said):
    fresh = ClosurePlan.objects.get(pk=plan.pk)
    seen = {} if name == "confirm_reading" else {"seen": said.pop("seen", fresh.version)}
    return getattr(operations, name)(by=world.by(by), now=world.now, plan=fresh, **seen, **said)


def named(world, **made):
    plan = make(world, **made)
    return do("name_council", world, plan, agency=world.council.pk, people=9)


def who_sees(world, plan):
    return {
        n for n in world.people if visible_to(world.by(n), ClosurePlan.objects.filter(pk=plan.pk)).exists()
    }


OWN = {"lead", "worker", "reader", "unseated"}


# Sight


def test_the_owner_sees_it_and_a_council_by_being_named_and_nobody_else(world):
    plan = make(world)
    assert who_sees(world, plan) == OWN
    plan = do("name_council", world, plan, agency=world.council.pk, people=9)
    assert who_sees(world, plan) == OWN | {"social_worker"}
    do("drop_council", world, plan, agency=world.council.pk)
    assert who_sees(world, plan) == OWN
    assert [one.deed for one in plan.notes.all()] == ["made", "named", "dropped"]


@pytest.mark.parametrize("first", ["shared", "named"])
def test_a_council_that_the_plan_was_shared_with_besides_still_sees_it_when_it_is_taken_off(world, first):
    Commissioning.objects.create(
        provider=world.provider, agency=world.council, starts_on=date(2025, 1, 1), source="stated"
    )
    plan, mark = make(world), frozenset({f"body-{world.council.pk}"})
    for what in (first, "named" if first == "shared" else "shared"):
        if what == "shared":
            do("share_plan", world, plan, shared=mark)
        else:
            do("name_council", world, plan, agency=world.council.pk, people=9)
    said = text_of(sign_in(world.worker).get(f"{plan.get_absolute_url()}councils/{world.council.pk}/off/"))
    assert "Whether it sees the plan does not change: it saw it before it was named." in said
    do("drop_council", world, plan, agency=world.council.pk)
    assert who_sees(world, plan) == OWN | {"social_worker"}


def test_a_council_that_was_named_before_this_was_written_down_sees_it_no_more_when_it_is_taken_off(world):
    plan = named(world)
    PlacingCouncil.objects.update(share=None)
    import_module("providers.migrations.0010_which_share_naming_gave").find_shares(apps, None)
    do("drop_council", world, plan, agency=world.council.pk)
    assert who_sees(world, plan) == OWN


def test_it_is_shared_with_the_groups_and_bodies_that_the_provider_concerns_and_no_others(world):
    near = operations.audiences_near(world.provider, world.now)
    assert set(near) == {f"group-{world.north.pk}", f"body-{world.cqc.pk}"}
    plan = make(world, shared=frozenset({f"body-{world.cqc.pk}"}))
    assert who_sees(world, plan) == OWN | {"inspector", "cqc_unseated"}
    do("share_plan", world, plan, shared=frozenset({f"group-{world.north.pk}"}))
    assert "volunteer" in who_sees(world, plan)
    for shared in ({f"group-{world.south.pk}"}, {"body-nonsense"}):
        with pytest.raises(Invalid):
            do("share_plan", world, plan, shared=frozenset(shared))


def test_the_own_body_is_not_offered_to_itself(world):
    world.provider.commissionings.create(agency=world.council, starts_on=date(2025, 1, 1), source="stated")
    plan = make(world, by="social_worker")
    pages = (f"/providers/{world.provider.pk}/plan/", f"{plan.get_absolute_url()}share/")
    for client, offered in ((sign_in(world.social_worker), False), (sign_in(world.worker), True)):
        for at in pages if not offered else pages[:1]:
            assert (f"body-{world.council.pk}" in client.get(at).content.decode()) is offered, at


def test_who_has_an_interest_makes_none_and_sees_none(world):
    Conflict.objects.create(agency=world.council, provider=world.provider, starts_on=TODAY)
    plan = named(world)
    assert who_sees(world, plan) == OWN
    with pytest.raises(NotPermitted, match="declared interest"):
        make(world, by="social_worker")


@pytest.mark.parametrize("name", ["reader", "administrator", "auditor"])
def test_who_only_reads_makes_none(world, name):
    with pytest.raises(NotPermitted):
        make(world, by=name)


def test_a_council_that_sees_it_changes_nothing_and_a_stranger_finds_nothing(world):
    plan = named(world)
    with pytest.raises(NotPermitted, match="Only NHS Example CCG"):
        do("note_plan", world, plan, by="social_worker", text="x", on=TODAY)
    with pytest.raises(Http404):
        do("note_plan", world, plan, by="stranger", text="x", on=TODAY)
    with pytest.raises(NotPermitted):
        do("decide_plan", world, plan, then="agreed", text="x", on=TODAY)  # a lead decides


# Receipts


def test_councils_are_told_in_one_step_and_each_confirms_once(world, freeze):
    other = Agency.objects.create(kind="local_authority", name="Far Council", telephone="01632 960777")
    far = person("Fay Far", other, "agency_lead")
    plan = named(world)
    plan = do("name_council", world, plan, agency=other.pk, people=2)
    plan = do("tell_councils", world, plan)
    assert Clock.objects.filter(record=plan.pk, family="closing_receipt", state="running").count() == 2
    (line,) = [one for one in lines_of(world.by("social_worker"), world.now) if one.title == plan.title]
    assert line.sentence.startswith("Example Council places people there. Read the plan")
    assert Message.objects.filter(record=plan.pk, recipient=far).count() == 1
    do("confirm_reading", world, plan, by="social_worker")
    with pytest.raises(NotNow, match="written down already"):
        do("confirm_reading", world, plan, by="social_worker")
    with pytest.raises(NotNow, match="told already"):
        do("tell_councils", world, plan)
    world.now = freeze("2026-03-06T12:00Z")
    tick(now=world.now)
    tick(now=world.now)
    late = Message.objects.filter(record=plan.pk, detail__said__in=["missed", "again"])
    assert {one.recipient for one in late} == {far, world.worker, world.lead}
    assert "Far Council has" in "".join(one.sentence for one in lines_of(world.by("worker"), world.now))
    page = text_of(sign_in(world.worker).get(plan.get_absolute_url()))
    assert "Told, and not confirmed that they read it: Far Council." in page
    assert "confirmed by Sol Worker" in page
    plan = do("confirm_by_telephone", world, plan, agency=other.pk, answered="Duty manager")
    assert set(Clock.objects.filter(record=plan.pk).values_list("state", flat=True)) == {"met", "met_late"}
    assert Line.objects.filter(deed="closing.councils_told").count() == 1


def test_a_council_without_anybody_here_is_shown_with_its_number(world):
    other = Agency.objects.create(kind="local_authority", name="Far Council", telephone="01632 960777")
    plan = make(world)
    plan = do("name_council", world, plan, agency=other.pk, people=2)
    do("tell_councils", world, plan)
    page = text_of(sign_in(world.worker).get(plan.get_absolute_url()))
    assert "Nobody there can read it here now. Ring them: 01632 960777" in page
    assert "due the end of 4 March 2026" in page
    do("share_plan", world, plan, shared=frozenset({f"body-{world.cqc.pk}"}))
    other = text_of(sign_in(world.inspector).get(plan.get_absolute_url()))
    assert "Far Council" in other
    assert "Ring them" not in other, "why nobody there reads it is nobody else's business"


def test_a_council_that_makes_the_plan_has_read_it(world):
    plan = make(world, by="social_worker")
    plan = do("name_council", world, plan, by="social_worker", agency=world.council.pk, people=9)
    do("tell_councils", world, plan, by="social_worker")
    assert PlacingCouncil.objects.get().how == "read"


def test_only_a_council_that_was_told_confirms_and_one_that_was_told_stays(world):
    plan = named(world)
    with pytest.raises(NotNow, match="not among the councils"):
        do("confirm_reading", world, plan, by="social_worker")
    with pytest.raises(NotNow, match="not among the councils"):
        do("confirm_reading", world, plan)
    with pytest.raises(NotNow, match="was not told yet"):
        do("confirm_by_telephone", world, plan, agency=world.council.pk, answered="x")
    do("tell_councils", world, plan)
    with pytest.raises(NotNow, match="was told, and stays"):
        do("drop_council", world, plan, agency=world.council.pk)
    do("name_council", world, plan, agency=world.council.pk, people=0)
    with pytest.raises(Http404):
        do("drop_council", world, plan, agency=world.ccg.pk)
    with pytest.raises(Invalid):
        do("confirm_by_telephone", world, plan, agency=world.council.pk, answered=" ")


def told_of_number(*users):
    held = Message.objects.filter(event="closing.changed", detail__deed="number")
    return held.filter(recipient__in=users).count()


def test_a_council_that_confirmed_is_told_of_another_number_and_asked_again(world, freeze):
    plan = named(world)
    do("tell_councils", world, plan)
    do("confirm_reading", world, plan, by="social_worker")
    do("name_council", world, plan, agency=world.council.pk, people=9)
    assert PlacingCouncil.objects.get().confirmed_at is not None, "the same number again asks nothing"
    world.now = freeze("2026-03-05T12:00Z")
    do("name_council", world, plan, agency=world.council.pk, people=12)
    council = PlacingCouncil.objects.get()
    assert (council.people, council.told_at, council.confirmed_at, council.how) == (12, world.now, None, "")
    assert (council.clock.state, council.clock.started_at) == ("running", world.now)
    assert told_of_number(world.social_worker) == 1
    told = [one.sentence for one in lines_of(world.by("social_worker"), world.now) if one.title == plan.title]
    assert any("Read the plan, and confirm" in one for one in told)
    assert plan.notes.last().text == "Example Council: 12, until now 9"
    page = text_of(sign_in(world.worker).get(plan.get_absolute_url()))
    assert "Told, and not confirmed that they read it: Example Council." in page
    assert "confirmed that it has read the plan" in page, "the first receipt stays in the timeline"
    do("confirm_reading", world, plan, by="social_worker")
    assert list(Clock.objects.filter(record=plan.pk).values_list("state", flat=True)) == ["met", "met"]


def test_a_council_that_has_not_confirmed_is_told_of_another_number_and_gains_no_time(world, freeze):
    plan = named(world)
    do("name_council", world, plan, agency=world.council.pk, people=8)
    assert told_of_number(world.social_worker) == 0, "nobody was told yet"
    do("tell_councils", world, plan)
    world.now = freeze("2026-03-06T12:00Z")
    tick(now=world.now)
    do("name_council", world, plan, agency=world.council.pk, people=0)
    assert told_of_number(world.social_worker) == 1
    assert PlacingCouncil.objects.get().clock.state == "missed"
    assert Clock.objects.filter(record=plan.pk).count() == 1


def test_a_council_that_makes_the_plan_has_read_its_own_new_number(world):
    plan = make(world, by="social_worker")
    do("name_council", world, plan, by="social_worker", agency=world.council.pk, people=9)
    do("tell_councils", world, plan, by="social_worker")
    do("name_council", world, plan, by="social_worker", agency=world.council.pk, people=7)
    council = PlacingCouncil.objects.get()
    assert (council.how, council.people, council.clock.state) == ("read", 7, "met")


def test_the_councils_hear_of_a_change_once_each(world):
    plan = named(world)
    do("tell_councils", world, plan)
    changed = Facts(FAILURE, "The owner is bankrupt.", date(2026, 3, 10), 15)
    do("change_plan", world, plan, facts=changed, why="The administrator wrote.")
    (line,) = Message.objects.filter(event="closing.changed")
    assert line.recipient == world.social_worker
    plan.refresh_from_db()
    assert (plan.kind, plan.people) == (FAILURE, 15)
    assert "Expected until now: 1 April 2026." in plan.notes.last().text


# States, places, tasks


def test_from_drafted_to_ended_and_then_nothing_but_notes(world):
    plan = named(world)
    do("tell_councils", world, plan)
    for then in ("agreed", "running", "ended"):
        plan = do("decide_plan", world, plan, by="lead", then=then, text=f"It is {then}.", on=TODAY)
    assert (plan.state, plan.outcome) == ("ended", "It is ended.")
    assert Clock.objects.get(record=plan.pk).state == "stopped"
    for name, said in (
        ("name_council", {"agency": world.council.pk, "people": 1}),
        ("tell_councils", {}),
        ("decide_plan", {"by": "lead", "then": "running", "text": "x", "on": TODAY}),
        ("confirm_reading", {"by": "social_worker"}),
    ):
        with pytest.raises(NotNow):
            do(name, world, plan, **said)
    do("note_plan", world, plan, text="The last family wrote.", on=TODAY)
    assert operations.plans_of(world.by("worker"), world.provider) == []


def test_places_and_who_takes_over(world):
    plan = make(world)
    offer = {"provider": world.other_provider.pk, "places": 4, "from_on": date(2026, 3, 20)}
    plan = do("offer_place", world, plan, **offer)
    for wrong in ({"provider": world.provider.pk}, {"provider": uuid4()}, {"places": 0}, {"from_on": None}):
        with pytest.raises(Invalid):
            do("offer_place", world, plan, **{**offer, **wrong})
    place = AlternativePlace.objects.get()
    page = text_of(sign_in(world.worker).get(plan.get_absolute_url()))
    assert "4 alternative places are found; 10 are missing." in page
    plan = do("end_place", world, plan, place=place.pk)
    with pytest.raises(Http404):
        do("end_place", world, plan, place=place.pk)
    plan = do("say_incoming", world, plan, provider=world.other_provider.pk)
    assert plan.incoming == world.other_provider
    plan = do("say_incoming", world, plan, provider=None, said="Fictional Newcomer")
    assert (plan.incoming, plan.incoming_said) == (None, "Fictional Newcomer")
    for wrong in ({"provider": None}, {"provider": world.other_provider.pk, "said": "both"}):
        with pytest.raises(Invalid):
            do("say_incoming", world, plan, **wrong)


def test_tasks_are_the_actions_that_there_are(world):
    plan = named(world, by="lead")
    client = sign_in(world.lead)
    address = f"/actions/ask/from/{plan.pk}/?asked={world.council.pk}"
    assert client.get(address).status_code == 200
    ask_for_action(
        by=world.by("lead"), now=world.now, asked=world.council.pk, statement="Assess nine people.", aim="safeguard",
        power_kind="none", due_at=world.now.replace(day=20), risk="serious", origin=plan.record,
    )  # fmt: skip
    assert "Assess nine people." in text_of(client.get(plan.get_absolute_url()))
    assert Action.objects.get().record.parent_id == plan.pk
    do("decide_plan", world, plan, by="lead", then="withdrawn", text="It stays open.", on=TODAY)
    assert client.get(address).status_code == 409


# Bad input, two people at once


@pytest.mark.parametrize(
    ("name", "said", "field"),
    [
        ("name_council", {"agency": uuid4(), "people": 1}, "agency"),
        ("name_council", {"people": -1}, "people"),
        ("name_council", {"people": None}, "people"),
        ("note_plan", {"text": "About 999 962 4596", "on": TODAY}, "text"),
        ("note_plan", {"text": "x", "on": date(2026, 3, 4)}, "on"),
        ("note_plan", {"text": " ", "on": TODAY}, "text"),
        ("decide_plan", {"by": "lead", "then": "agreed", "text": "", "on": TODAY}, "text"),
        ("share_plan", {"shared": frozenset()}, "shared"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(world, name, said, field):
    plan = make(world)
    if name == "name_council":
        said = {"agency": world.council.pk, **said}
    with pytest.raises(Invalid) as refused:
        do(name, world, plan, **said)
    assert set(refused.value.errors) == {field}
    plan.refresh_from_db()
    assert (plan.version, plan.notes.count()) == (1, 1)


def test_a_plan_names_no_place_of_another_and_no_patient(world):
    for wrong in ({"location": uuid4()}, {"summary": "Mrs A, 999 962 4596"}, {"summary": ""}, {"people": -1}):
        with pytest.raises(Invalid):
            make(world, **wrong)
    assert not ClosurePlan.objects.exists()
    assert make(world, location=world.location.pk).location == world.location


def test_two_who_write_at_once_do_not_overwrite_each_other(world):
    plan = named(world)
    with pytest.raises(NotNow, match="Wes Worker wrote on this plan at"):
        do("note_plan", world, plan, by="unseated", seen=1, text="x", on=TODAY)


def test_the_database_holds_it_too(world):
    plan = named(world)
    for changed in ({"state": "ended"}, {"summary": ""}, {"incoming": world.provider}, {"people": 100_000}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosurePlan.objects.filter(pk=plan.pk).update(**changed)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlacingCouncil.objects.update(confirmed_at=world.now)


# Pages and API


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, address, **said):
    shown = client.get(address)
    assert shown.status_code == 200, address
    seen = re.search(r'name="seen" value="([^"]*)"', shown.content.decode())
    return client.post(address, {"seen": seen[1] if seen else "", **said})


DAY = {"on_day": "3", "on_month": "3", "on_year": "2026"}


def test_every_deed_has_its_page(world):
    worker, lead = sign_in(world.worker), sign_in(world.lead)
    provider = f"/providers/{world.provider.pk}/"
    assert "Plan a closure" in text_of(worker.get(provider))
    said = {"kind": "closure", "location": "whole", "summary": "The home closes.", "people": "14",
            "shared": f"group-{world.north.pk}"}  # fmt: skip
    at = post(worker, f"{provider}plan/", **said).url
    assert post(worker, f"{at}council/", agency=str(world.council.pk), people="9").url == at
    assert post(worker, f"{at}councils/{world.council.pk}/off/").url == at
    found = worker.get(f"{at}council/?find=Exa")
    assert "Example Council" in found.content.decode()
    assert "Nothing in the directory" in text_of(worker.get(f"{at}council/?find=zzzz"))
    assert post(worker, f"{at}council/?find=Exa", agency=str(world.council.pk), people="9").url == at
    assert "Told now: Example Council." in text_of(worker.get(f"{at}tell/"))
    assert post(worker, f"{at}tell/").url == at
    council = sign_in(world.social_worker)
    assert "Your council is asked to read this plan" in text_of(council.get(at))
    assert council.get(f"{at}change/").status_code == 403
    assert post(council, f"{at}read/").url == at
    assert post(worker, f"{at}councils/{world.council.pk}/rung/", answered="x").status_code == 422
    offer = {
        "provider": str(world.other_provider.pk),
        "places": "4",
        "from_on_day": "20",
        "from_on_month": "3",
    }
    assert post(worker, f"{at}place/?find=Care", **offer, from_on_year="2026").url == at
    place = AlternativePlace.objects.get().pk
    assert post(worker, f"{at}places/{place}/end/").url == at
    assert post(worker, f"{at}incoming/", name="Fictional Newcomer").url == at
    change = {"kind": "closure", "summary": "It closes.", "why": "The owner wrote.", "people": ""}
    assert post(worker, f"{at}change/", **change).url == at
    assert post(worker, f"{at}share/", shared=f"body-{world.cqc.pk}").url == at
    assert post(worker, f"{at}note/", text="Families were met.", **DAY).url == at
    assert worker.get(f"{at}state/").status_code == 403
    assert post(lead, f"{at}state/", then="running", text="At once.", **DAY).url == at
    page = text_of(worker.get(at))
    for words in ("Families were met.", "Fictional Newcomer", "Being carried out", "confirmed by Sol Worker"):
        assert words in page, words
    assert "Being carried out" in text_of(worker.get("/providers/plans/"))
    assert "The provider as a whole" in text_of(worker.get(provider))
    for client in (sign_in(world.stranger), sign_in(world.auditor)):
        assert client.get(at).status_code == 404
        assert "The provider as a whole" not in text_of(client.get(provider))


def test_the_api_does_the_same(world):
    worker, council = sign_in(world.worker), sign_in(world.social_worker)
    made = worker.post(
        f"/api/v1/providers/{world.provider.pk}/closure-plans/",
        {"kind": "closure", "summary": "The home closes.", "people": 14},
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    at = f"/api/v1/closure-plans/{made.json()['id']}/"

    def send(path, client=worker, **said):
        headers = {"If-Match": client.get(at)["ETag"]}
        return client.post(at + path, said, content_type="application/json", headers=headers)

    assert council.get(at).status_code == 404
    for path, said in (
        ("councils/", {"agency": str(world.council.pk), "people": 9}),
        ("councils/off/", {"agency": str(world.council.pk)}),
        ("councils/", {"agency": str(world.council.pk), "people": 9}),
        ("councils/tell/", {}),
        ("places/", {"provider": str(world.other_provider.pk), "places": 4, "from_on": "2026-03-20"}),
        ("incoming/", {"name": "Fictional Newcomer"}),
        ("change/", {"kind": "failure", "summary": "It fails.", "why": "The owner wrote."}),
        ("share/", {"shared": [f"body-{world.cqc.pk}"]}),
        ("notes/", {"text": "Families were met.", "on": "2026-03-03"}),
        ("councils/rung/", {"agency": str(world.council.pk), "answered": "Duty manager"}),
    ):
        answer = send(path, **said)
        assert answer.status_code == 200, (path, answer.content)
    place = AlternativePlace.objects.get().pk
    assert send("places/end/", place=str(place)).status_code == 200
    assert council.post(f"{at}confirm/", {}, content_type="application/json").status_code == 409
    assert send("state/", then="agreed", text="x", on="2026-03-03").status_code == 403
    lead = sign_in(world.lead)
    assert send("state/", lead, then="agreed", text="By all.", on="2026-03-03").json()["state"] == "agreed"
    told = worker.get(at).json()
    assert told["councils"][0]["how"] == "telephone"
    assert told["incoming_said"] == "Fictional Newcomer"
    (listed,) = council.get("/api/v1/closure-plans/?state=agreed").json()["results"]
    assert listed["id"] == told["id"]
    assert sign_in(world.stranger).get("/api/v1/closure-plans/").json()["results"] == []


def test_the_page_asks_the_same_number_of_questions_for_one_council_and_for_twenty(world):
    plan = named(world)
    do("tell_councils", world, plan)
    client = sign_in(world.worker)

    def queries():
        with CaptureQueriesContext(connection) as counted:
            assert client.get(plan.get_absolute_url()).status_code == 200
        return len(counted)

    queries()
    one = queries()
    for number in range(19):
        body = Agency.objects.create(kind="local_authority", name=f"Council {number}")
        Membership.objects.create(
            user=person(f"Person {number}"), agency=body, role="reader", starts_on=date(2025, 1, 1)
        )
        do("name_council", world, plan, agency=body.pk, people=1)
        do("offer_place", world, plan, provider=world.other_provider.pk, places=1, from_on=TODAY)
    do("tell_councils", world, plan)
    assert queries() <= one
