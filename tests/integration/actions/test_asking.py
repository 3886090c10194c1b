from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from access.models import Conflict, Record
from access.operations import create_record
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from actions.models import Action
from actions.operations import ask_for_action, outstanding_for
from agencies.models import Agency
from audit.models import Line
from notifications.events import known
from notifications.inbox import line_of
from notifications.models import Delivery, Message
from tests.integration.actions.conftest import Ask
from tests.response import Bodies, person, room

HOUR = timedelta(hours=1)


def sees(world: Bodies, user, action: Action) -> bool:
    return visible_to(world.by(user), Action.objects.filter(pk=action.pk)).exists()


def test_asking_shares_the_statement_with_the_body_asked(world, ask: Ask):
    action = ask()
    assert action.status == "offered"
    assert action.record.owner == world.ccg
    assert action.turns.get().deed == "asked"
    assert all(sees(world, user, action) for user in (world.ccg_reader, world.cqc_reader))
    assert not sees(world, world.tda_lead, action)
    line = Line.objects.get(deed="action.asked")
    assert line.record_id == action.pk
    assert line.detail == {"status": "offered", "turn": 1}


def test_those_who_speak_for_the_body_asked_are_interrupted_once(world, ask: Ask):
    action = ask()
    message = Message.objects.get(event="action.asked")
    assert message.recipient == world.cqc_lead
    assert message.asks
    assert Delivery.objects.get().message == message
    assert line_of(message, world.now).sentence == (
        "NHS Example CCG asks your body for action by 13 March 2026, midday. "
        "You can accept it, decline it with a reason, or propose another way."
    )
    assert known("action.asked").still(message)
    Action.objects.filter(pk=action.pk).update(status="declined", ended_at=world.now)
    assert not known("action.asked").still(message)


def test_an_action_from_a_room_is_seen_by_those_in_it_and_gives_the_body_asked_no_sight_of_it(
    world, ask: Ask
):
    origin = room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda), exercise=True)
    action = ask(origin=origin, providers=None)
    assert action.record.parent == origin
    assert action.record.exercise
    assert list(action.record.providers.all()) == [world.provider]
    assert sees(world, world.tda_lead, action)
    assert sees(world, world.cqc_reader, action)
    assert not visible_to(world.by(world.cqc_reader), Record.objects.filter(pk=origin.pk)).exists()
    assert outstanding_for(origin) == 1


def test_one_may_say_which_of_the_origins_providers_it_is_about(world, ask: Ask):
    origin = room(world, (world.ccg_lead, world.ccg))
    assert not ask(origin=origin, providers=[]).record.about.exists()
    with pytest.raises(Invalid) as refusal:
        ask(origin=origin, providers=[uuid4()])
    assert set(refusal.value.errors) == {"providers"}


def test_a_room_out_of_sight_does_not_exist(world, ask: Ask):
    with pytest.raises(Http404):
        ask(origin=room(world, (world.tda_lead, world.tda)))
    assert not Action.objects.exists()


def test_nobody_is_asked_about_a_draft(world, ask: Ask):
    by = world.by(world.ccg_lead)
    draft = create_record(kind="meeting", by=by, now=world.now)
    Record.objects.filter(pk=draft.pk).update(gate="withdrawn", withdrawn_at=world.now)
    with pytest.raises(Http404):
        ask(origin=draft)
    draft.refresh_from_db()
    named = create_record(kind="meeting", by=by, now=world.now, gate=Record.Gate.NAMED)
    from access.operations import audience, share_record

    share_record(
        record=named,
        audiences=[audience("person", person=world.ccg_lead.pk, agency=world.ccg.pk)],
        by=by,
        now=world.now,
    )
    with pytest.raises(NotNow):
        ask(origin=named)


def test_nothing_comes_from_what_hangs_on_another_record(world, ask: Ask):
    origin = room(world, (world.ccg_lead, world.ccg))
    child = ask(origin=origin)
    with pytest.raises(NotNow, match="hangs on another record"):
        ask(origin=child.record)


@pytest.mark.parametrize("role", ["reader", "contributor"])
def test_only_a_lead_asks_for_a_body(world, ask: Ask, role):
    other = person("Somebody Else", world.ccg, role)
    with pytest.raises(NotPermitted):
        ask(by=world.by(other))


def test_a_body_that_does_not_exist_cannot_be_asked(world, ask: Ask):
    with pytest.raises(Http404):
        ask(asked=uuid4())


def test_a_body_where_nobody_would_see_it_is_asked_by_telephone(world, ask: Ask):
    empty = Agency.objects.create(kind="police", name="Example Police")
    with pytest.raises(Invalid, match="Nobody at Example Police would see this"):
        ask(asked=empty.pk, power_kind="none", power="")
    Conflict.objects.create(agency=world.cqc, provider=world.provider, starts_on="2025-01-01")
    with pytest.raises(Invalid, match="Nobody at Care Quality Commission would see this"):
        ask()
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("otherwise", "field"),
    [
        ({"statement": "  "}, "statement"),
        ({"statement": "x" * 100_000}, "statement"),
        ({"aim": "punish"}, "aim"),
        ({"risk": "who knows"}, "risk"),
        ({"power_kind": "magic"}, "power_kind"),
        ({"power": "Breach of contract"}, "power"),
        ({"power_kind": "another", "power": ""}, "other_power"),
        ({"statement": "See patient 943 476 5919 tonight."}, "statement"),
        ({"lead_name": "ann@home.example"}, "lead_name"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(ask: Ask, otherwise, field):
    with pytest.raises(Invalid) as refusal:
        ask(**otherwise)
    assert set(refusal.value.errors) == {field}
    assert not Action.objects.exists()


def test_a_person_decides_what_is_no_patients(world, ask: Ask):
    from reference.personal_data import find

    words = "Look at 943 476 5919."
    action = ask(statement=words, decided={one.mark for one in find(words)})
    assert action.statement == words
    assert Line.objects.get(deed="action.asked").detail["let_through"] == ["nhs_number"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("lead_name", {"lead_name": "x" * 201}),
        ("other_power", {"power_kind": "another", "power": "x" * 301}),
    ],
)
def test_what_is_too_long_to_keep_is_refused_by_its_field(world, ask: Ask, field, said):
    with pytest.raises(Invalid) as refusal:
        ask(**said)
    assert set(refusal.value.errors) == {field}
    assert not Action.objects.exists()


def test_a_provider_that_there_is_not_is_refused_and_one_named_twice_is_one(world, ask: Ask):
    """At once, not when the transaction ends: nobody could be told then."""
    with pytest.raises(Invalid) as refusal:
        ask(providers=[uuid4()])
    assert set(refusal.value.errors) == {"providers"}
    action = ask(providers=[world.provider.pk, world.provider.pk])
    assert list(action.record.providers.all()) == [world.provider]


def test_moments_must_be_possible(world, ask: Ask):
    with pytest.raises(Invalid) as due:
        ask(due_at=world.now)
    assert set(due.value.errors) == {"due_at"}
    with pytest.raises(Invalid) as to_come:
        ask(happened_at=world.now + HOUR)
    assert set(to_come.value.errors) == {"happened_at"}
    origin = room(world, (world.ccg_lead, world.ccg))
    with pytest.raises(Invalid, match="before what it comes from was written down"):
        ask(origin=origin, happened_at=world.now - HOUR)


def test_what_was_asked_by_telephone_keeps_both_moments(world, ask: Ask):
    action = ask(happened_at=world.now - HOUR)
    turn = action.turns.get()
    assert (turn.happened_at, turn.recorded_at) == (world.now - HOUR, world.now)
    assert action.record.happened_at == world.now - HOUR


def test_any_body_may_be_asked_without_a_listed_power(world, ask: Ask):
    assert ask(power_kind="none", power="").power == ""
    assert ask(power_kind="another", power="Coroners and Justice Act").power == "Coroners and Justice Act"


def test_a_body_may_ask_itself(world, ask: Ask):
    action = ask(asked=world.ccg.pk, power_kind="none", power="")
    assert action.asked == action.record.owner


def test_a_person_who_acts_for_no_body_cannot_ask(world):
    from accounts.models import User

    nobody = User.objects.create_user("n@example.org", full_name="No Body")
    with pytest.raises(NotPermitted):
        ask_for_action(
            by=world.by(nobody),
            now=world.now,
            asked=world.cqc.pk,
            statement="Inspect.",
            aim="safeguard",
            power_kind="none",
            due_at=world.now + HOUR,
            risk="low",
        )


def test_whoever_has_an_interest_in_the_provider_leaves_asking_to_others(world, ask: Ask):
    mine = Conflict.objects.create(user=world.ccg_lead, provider=world.provider, starts_on="2025-01-01")
    with pytest.raises(Invalid, match="You have a declared interest in this provider") as refusal:
        ask()
    assert set(refusal.value.errors) == {"providers"}
    mine.delete()
    Conflict.objects.create(agency=world.ccg, provider=world.provider, starts_on="2025-01-01")
    with pytest.raises(Invalid, match="Your body has a declared interest in this provider"):
        ask()
    assert not Action.objects.exists()
    assert ask(providers=[]).record.owner == world.ccg
