"""Changing, closing, withdrawing and replacing: the owner's deeds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import Http404

from access.models import Inheritance
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from audit.operations import record_reading
from clocks.models import Clock
from concerns.models import Concern, ConcernVersion
from concerns.operations.changing import (
    amend_concern,
    close_concern,
    closing_outcomes,
    supersede_concern,
    withdraw_concern,
)
from concerns.operations.looking import record_look
from concerns.operations.sharing import share_less
from concerns.operations.writing import content_of
from concerns.rules.content import NOT_SAID, Content
from concerns.rules.sharing import Choice
from notifications.models import Message

NUMBER = "999 962 4596"


def sees(world, name, concern):
    return visible_to(world.by(name), Concern.objects.filter(pk=concern.pk)).exists()


def amend(world, concern, by="worker", seen=None, **changed):
    held = Concern.objects.select_related("record").get(pk=concern.pk)
    words = replace(content_of(held), **changed)
    seen = held.version if seen is None else seen
    return amend_concern(by=world.by(by), now=world.now, concern=held, content=words, seen=seen)


def withdraw(world, concern, by="worker", reason="It was another ward.", **more):
    return withdraw_concern(
        by=world.by(by), now=world.now, concern=concern, reason=reason, seen=concern.version, **more
    )


def close(world, concern, by="lead", outcome="acted", reason="The ward was visited.", **more):
    return close_concern(
        by=world.by(by),
        now=world.now,
        concern=concern,
        outcome=outcome,
        reason=reason,
        seen=concern.version,
        **more,
    )


def test_a_change_keeps_the_version_before(world):
    concern = world.concern()
    later = amend(world, concern, narrative="Four falls, and nobody was told.")
    assert later.version == 2
    first, second = ConcernVersion.objects.filter(concern=concern)
    assert first.content["narrative"].startswith("Three falls")
    assert second.content["narrative"].startswith("Four falls")
    assert second.by == world.worker


def test_when_it_happened_can_be_put_right(world):
    concern = world.concern()
    amend(world, concern, happened_at=world.now - timedelta(days=9))
    assert Concern.objects.get(pk=concern.pk).record.happened_at == world.now - timedelta(days=9)


def test_nothing_changed_is_nothing_saved(world):
    concern = world.concern()
    with pytest.raises(Invalid, match="Nothing was changed"):
        amend(world, concern)


def test_two_people_saving_at_once_lose_nothing(world):
    concern = world.concern()
    amend(world, concern, headline="First", by="lead", seen=1)
    with pytest.raises(NotNow, match=r"Lena Lead changed this at midday.*Nothing was overwritten"):
        amend(world, concern, headline="Second", seen=1)
    assert Concern.objects.get(pk=concern.pk).headline == "First"


def test_a_quick_note_is_completed_bit_by_bit(world):
    note = world.note()
    again = amend(world, note, narrative="What was seen on the ward.")
    assert again.to_complete
    whole = world.words()
    done = amend(world, note, **{name: getattr(whole, name) for name in Content.__dataclass_fields__})
    assert not done.to_complete
    with pytest.raises(Invalid):
        amend(world, note, narrative="")


def test_a_note_keeps_not_knowing_how_serious_it_is(world):
    note = world.note()
    again = amend(world, note, severity="", narrative="More.")
    assert again.severity == "not_known"
    assert again.precision == NOT_SAID


def test_a_later_yes_starts_the_clocks(world):
    concern = world.concern()
    amend(world, concern, danger="yes")
    assert Clock.objects.filter(record=concern.record).count() == 3
    amend(world, concern, danger="not_sure")
    assert Clock.objects.filter(record=concern.record).count() == 3


def test_a_concern_that_became_critical_is_looked_at_sooner(world):
    concern = world.concern(words=world.words(severity="serious"))
    amend(world, concern, severity="critical")
    states = {one.kind: one.state for one in Clock.objects.filter(record=concern.record)}
    assert states == {"go_and_look": "stopped", "go_and_look_critical": "running"}
    amend(world, concern, severity="serious")
    assert Clock.objects.filter(record=concern.record, state="running").get().kind == "go_and_look_critical"


def test_nothing_is_timed_where_somebody_has_looked_already(world):
    concern = world.concern()
    record_look(
        by=world.by("worker"), now=world.now, record=concern.record, how="visit", who="Wes", text="All quiet."
    )
    amend(world, concern, severity="serious")
    assert not Clock.objects.exists()


def test_a_change_is_guarded(world):
    concern = world.concern()
    with pytest.raises(Invalid, match="NHS number"):
        amend(world, concern, narrative=f"Mrs A, {NUMBER}")
    with pytest.raises(Invalid, match="at most 150"):
        amend(world, concern, headline="x" * 151)


@pytest.mark.parametrize("name", ["reader", "inspector", "volunteer"])
def test_whoever_sees_it_but_may_not_is_refused(world, name):
    concern = world.concern()
    for deed in (
        lambda: amend(world, concern, by=name, headline="Mine"),
        lambda: withdraw(world, concern, by=name),
        lambda: close(world, concern, by=name),
    ):
        with pytest.raises(NotPermitted):
            deed()


def test_the_refusal_says_who_may(world):
    concern = world.concern()
    with pytest.raises(NotPermitted, match="Only NHS Example CCG, which looks after this concern"):
        amend(world, concern, by="inspector", headline="Mine")
    with pytest.raises(NotPermitted, match="Ask a person who leads for NHS Example CCG"):
        close(world, concern, by="worker")


@pytest.mark.parametrize("name", ["stranger", "regional", "visitor", "administrator", "auditor"])
def test_for_whoever_does_not_see_it_it_is_absent(world, name):
    concern = world.concern()
    for deed in (
        lambda: amend(world, concern, by=name, headline="Mine"),
        lambda: withdraw(world, concern, by=name),
        lambda: close(world, concern, by=name),
    ):
        with pytest.raises(Http404):
            deed()


def test_a_concern_is_closed_with_what_came_of_it_and_no_more_is_changed(world):
    concern = world.concern(words=world.words(severity="serious", danger="yes"))
    close(world, concern)
    held = Concern.objects.get(pk=concern.pk)
    assert (held.status, held.outcome, held.record.ended) == ("closed", "acted", True)
    change = held.changes.get(became="closed")
    assert (change.was, change.outcome, change.reason, change.by) == (
        "open",
        "acted",
        "The ward was visited.",
        world.lead,
    )
    states = {one.family: one.state for one in Clock.objects.filter(record=concern.record)}
    assert states == {"go_and_look": "stopped", "safeguarding": "running", "safeguarding_notice": "running"}
    with pytest.raises(NotNow, match="was closed"):
        amend(world, held, headline="More")
    with pytest.raises(NotNow, match="was closed"):
        close(world, held)


def test_an_outcome_is_one_on_offer_and_a_reason_is_given(world):
    concern = world.concern()
    assert "acted" in closing_outcomes(world.now)
    assert "withdrawn" not in closing_outcomes(world.now)
    for outcome in ("withdrawn", "forged", ""):
        with pytest.raises(Invalid) as refused:
            close(world, concern, outcome=outcome)
        assert set(refused.value.errors) == {"outcome"}
    for reason in (" ", "x" * 1001, NUMBER):
        with pytest.raises(Invalid) as refused:
            close(world, concern, reason=reason)
        assert set(refused.value.errors) == {"reason"}


def test_a_concern_withdrawn_leaves_a_tombstone_for_those_who_had_it_and_they_are_told(world):
    concern = world.concern(words=world.words(severity="serious", danger="yes"))
    record_reading(by=world.by("inspector"), now=world.now, page="ConcernPage", record=concern.pk)
    record_reading(by=world.by("worker"), now=world.now, page="ConcernPage", record=concern.pk)
    withdraw(world, concern)
    held = Concern.objects.get(pk=concern.pk)
    assert (held.status, held.record.ended) == ("withdrawn", True)
    assert "Falls" not in held.title
    assert sees(world, "inspector", held)
    assert not sees(world, "stranger", held)
    assert {one.state for one in Clock.objects.filter(record=concern.record)} == {"stopped"}
    message = Message.objects.get(event="concern.taken_back")
    assert message.recipient == world.inspector
    with pytest.raises(NotNow, match="was withdrawn"):
        close(world, held)


def test_whoever_joins_later_does_not_get_the_tombstone(world):
    from tests.concerned import person, sits

    concern = world.concern()
    withdraw(world, concern)
    world.people["late"] = person("Lee Late", world.cqc)
    sits(world.late, world.north)
    assert not sees(world, "late", concern)


def test_a_closed_concern_can_still_be_taken_back(world):
    concern = close(world, world.concern())
    assert withdraw(world, concern).status == "withdrawn"


def test_another_concern_takes_the_place_of_one(world):
    old, new = world.concern(), world.concern(words=world.words(headline="Falls on two wards"))
    held = supersede_concern(
        by=world.by("worker"),
        now=world.now,
        concern=old,
        replacement=f" {new.reference.lower()} ",
        reason="It was two wards.",
        seen=1,
    )
    assert (held.status, held.superseded_by) == ("superseded", new)
    assert held.title == f"{old.reference}: replaced by another"
    assert (held.record.ended, new.record.ended) == (True, False)
    with pytest.raises(NotNow, match="took the place"):
        withdraw(world, held)


def test_a_hidden_replacement_reads_like_an_absent_one(world):
    old, theirs, hidden = world.concern(), world.note(by="volunteer"), world.draft("lead")
    sentences = set()
    kept = world.concern(
        by="lead", choice=Choice(closed=True, people=frozenset({(world.lead.pk, world.ccg.pk)}))
    )
    for reference in (theirs.reference, hidden.reference, kept.reference, old.reference, "C-0000-00", ""):
        with pytest.raises(Invalid) as refused:
            supersede_concern(
                by=world.by("worker"),
                now=world.now,
                concern=old,
                replacement=reference,
                reason="Same.",
                seen=1,
            )
        sentences.add(refused.value.errors["replacement"])
    assert len(sentences) == 1


def test_a_draft_is_thrown_away_and_not_withdrawn(world):
    draft = world.draft()
    with pytest.raises(NotNow, match="Throw the draft away"):
        withdraw_concern(
            by=world.by("worker"), now=world.now, concern=draft, reason="Wrong.", seen=draft.version
        )


def test_a_successor_replaces_what_it_took_over_by_its_own_and_is_not_shut_out_of_it(world):
    Inheritance.objects.create(successor=world.neighbour, predecessor=world.ccg, accepted_at=world.now)
    old, own = world.concern(), world.concern(by="stranger")
    by = world.by("stranger")
    with pytest.raises(Invalid, match="Your own body cannot be shut out"):
        share_less(
            by=by, now=world.now, concern=old, shares=[], excluded=frozenset({world.neighbour.pk}), seen=1
        )
    held = supersede_concern(
        by=by, now=world.now, concern=old, replacement=own.reference, reason="Said better.", seen=1
    )
    assert held.superseded_by == own
