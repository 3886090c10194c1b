"""Raising: a quick note, five steps, what is refused, and what follows."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from access.models import Conflict, Record
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from audit.models import Line
from clocks.models import Clock
from concerns.models import Concern, DangerFlag
from concerns.operations.raising import (
    discard_draft,
    note_concern,
    raise_concern,
    save_about,
    save_choice,
    save_words,
    start_draft,
)
from concerns.operations.sharing import choice_of
from concerns.rules import content as rules
from concerns.rules.content import About, Content
from concerns.rules.sharing import QSG_SEATS, Choice
from notifications.models import Message
from reference.personal_data import find

NUMBER = "999 962 4596"


def sees(world, name, concern):
    return visible_to(world.by(name), Concern.objects.filter(pk=concern.pk)).exists()


def deeds():
    return sorted(Line.objects.exclude(deed="read").values_list("deed", flat=True))


def test_a_quick_note_is_open_at_once_shared_by_the_usual_rule_and_completed_later(world):
    note = world.note()
    assert note.status == "open"
    assert note.to_complete
    assert note.severity == "not_known"
    assert choice_of(note.record).groups == {(QSG_SEATS, world.north.pk)}
    assert note.record.shares.get().gateway == "functions"
    seen_by = {name for name in world.people if sees(world, name, note)}
    assert seen_by == {
        "lead", "worker", "reader", "unseated", "inspector", "volunteer", "social_worker", "chair", "secretariat",
    }  # fmt: skip
    assert deeds() == ["concern.noted"]


def test_a_quick_note_of_a_body_outside_the_providers_groups_stays_at_home(world):
    note = world.note(by="stranger")
    assert choice_of(note.record) == Choice()
    assert {name for name in world.people if sees(world, name, note)} == {"stranger"}


def test_a_quick_note_about_a_service_that_is_not_registered_goes_to_the_bodys_only_group(world):
    about = About(rules.UNREGISTERED, name="Rose House", place="by the station")
    said = Content(headline="A home nobody knows", danger="no", source_kind="community_staff")
    note = note_concern(by=world.by("worker"), now=world.now, about=about, content=said)
    assert (note.service_name, note.service_place) == ("Rose House", "by the station")
    assert choice_of(note.record).groups == {(QSG_SEATS, world.north.pk)}
    assert not note.record.about.exists()


def test_five_steps_raise_a_concern_that_only_its_author_saw_before(world):
    draft = world.draft()
    assert draft.status == "draft"
    assert draft.record.gate == Record.Gate.DRAFT
    assert {name for name in world.people if sees(world, name, draft)} == {"worker"}
    raised = raise_concern(by=world.by("worker"), now=world.now, concern=draft, seen=draft.version)
    assert raised.status == "open"
    assert not raised.to_complete
    assert raised.record.gate == Record.Gate.OPEN
    assert choice_of(raised.record).people == frozenset()
    assert sees(world, "inspector", raised)
    assert sees(world, "reader", raised)
    assert not sees(world, "stranger", raised)
    assert (raised.version, raised.versions.count()) == (1, 1)
    assert raised.record.happened_at == world.now - timedelta(days=2)
    assert [(one.was, one.became) for one in raised.changes.all()] == [("", "draft"), ("draft", "open")]


def test_the_steps_are_written_in_the_log_without_a_word(world):
    world.concern()
    assert deeds() == [
        *["concern.draft_saved"] * 3,
        "concern.draft_started",
        "concern.raised",
    ]
    assert "Falls" not in str(list(Line.objects.values_list("detail", flat=True)))


def test_a_draft_counts_as_recorded_when_it_is_raised(world, freeze):
    draft = world.draft()
    later = freeze("2026-03-10T09:00Z")
    raised = raise_concern(by=world.by("worker"), now=later, concern=draft, seen=draft.version)
    assert raised.record.recorded_at == later


def take(world, draft, step):
    """Take one step of a draft, whatever was taken before."""
    known = {"by": world.by("worker"), "now": world.now, "concern": draft, "seen": draft.version}
    if step == "check":
        return raise_concern(**known)
    if step == "seen-by":
        return save_choice(**known, choice=Choice())
    return save_words(**known, step=step, values={"source_kind": "complaint"})


@pytest.mark.parametrize(
    ("steps", "step"),
    [
        ((), "known"),
        ((), "seen-by"),
        (("happened",), "seen-by"),
        ((), "check"),
        (("happened",), "check"),
        (("happened", "known"), "check"),
    ],
)
def test_no_step_is_skipped(world, steps, step):
    draft = world.draft(steps=steps)
    with pytest.raises(NotNow, match="earlier step"):
        take(world, draft, step)


def test_each_step_asks_for_its_own_fields_and_keeps_the_others(world):
    draft = world.draft(steps=())
    with pytest.raises(Invalid) as refused:
        save_words(
            by=world.by("worker"),
            now=world.now,
            concern=draft,
            step="happened",
            values={},
            seen=draft.version,
        )
    assert set(refused.value.errors) == {"headline", "narrative", "happened_at", "danger"}
    assert Concern.objects.get(pk=draft.pk).steps_done == ["about"]


def test_a_step_back_keeps_what_the_other_steps_say(world):
    draft = world.draft()
    again = save_words(
        by=world.by("worker"),
        now=world.now,
        concern=draft,
        step="happened",
        values={"headline": "Falls on two wards"},
        seen=draft.version,
    )
    assert (again.headline, again.source_kind) == ("Falls on two wards", "complaint")
    assert again.steps_done == ["about", "happened", "known", "seen-by"]


def test_who_sees_it_is_asked_again_when_it_is_about_somebody_else(world):
    draft = world.draft()
    about = world.about(world.other_provider)
    again = save_about(by=world.by("worker"), now=world.now, concern=draft, about=about, seen=draft.version)
    assert [one.provider for one in again.record.about.all()] == [world.other_provider]
    with pytest.raises(NotNow, match="earlier step"):
        raise_concern(by=world.by("worker"), now=world.now, concern=again, seen=again.version)


def test_a_concern_is_about_a_place_or_several_providers(world):
    place = About(rules.LOCATION, (world.provider.pk,), world.location.pk)
    assert world.concern(about=place).location == world.location
    theme = world.concern(about=world.about(world.provider, world.other_provider))
    assert theme.record.about.count() == 2


@pytest.mark.parametrize("kind", [rules.PROVIDER, rules.LOCATION, rules.THEME])
def test_a_forged_provider_reads_like_an_absent_one(world, kind):
    about = About(
        kind, (uuid4(), world.provider.pk) if kind == rules.THEME else (uuid4(),), world.location.pk
    )
    with pytest.raises(Invalid) as refused:
        start_draft(by=world.by("worker"), now=world.now, about=about)
    assert set(refused.value.errors.values()) == {"Choose one of the answers in the list"}
    assert not Record.objects.exists()


def test_another_providers_place_is_refused(world):
    about = About(rules.LOCATION, (world.other_provider.pk,), world.location.pk)
    with pytest.raises(Invalid) as refused:
        start_draft(by=world.by("worker"), now=world.now, about=about)
    assert set(refused.value.errors) == {"location"}


def test_a_person_with_an_interest_in_the_provider_does_not_raise_it(world):
    Conflict.objects.create(user=world.worker, provider=world.provider, starts_on=world.now.date())
    with pytest.raises(Invalid, match="declared interest"):
        world.note()


@pytest.mark.parametrize("name", ["reader", "administrator", "auditor"])
def test_whoever_may_not_raise_is_refused(world, name):
    with pytest.raises(NotPermitted):
        world.note(by=name)
    with pytest.raises(NotPermitted):
        start_draft(by=world.by(name), now=world.now, about=world.about())
    assert not Record.objects.exists()


def test_a_strangers_draft_is_absent(world):
    draft = world.draft()
    for name in ("lead", "inspector", "stranger"):
        by = world.by(name)
        with pytest.raises(Http404):
            raise_concern(by=by, now=world.now, concern=draft, seen=draft.version)
        with pytest.raises(Http404):
            discard_draft(by=by, now=world.now, concern=draft)


def test_a_stale_step_is_refused_and_says_who_changed_what(world, freeze):
    draft = world.draft()
    with pytest.raises(NotNow, match="Wes Worker changed this at midday"):
        save_about(
            by=world.by("worker"), now=world.now, concern=draft, about=world.about(), seen=draft.version - 1
        )


def test_what_is_raised_is_not_raised_again_nor_thrown_away(world):
    draft = world.draft()
    by, now = world.by("worker"), world.now
    raised = raise_concern(by=by, now=now, concern=draft, seen=draft.version)
    with pytest.raises(NotNow, match="raised already"):
        raise_concern(by=by, now=now, concern=raised, seen=raised.version)
    with pytest.raises(NotNow, match="raised already"):
        discard_draft(by=by, now=now, concern=raised)


def test_a_draft_thrown_away_leaves_no_word(world):
    draft = world.draft(words=world.words(danger="yes"))
    discard_draft(by=world.by("worker"), now=world.now, concern=draft)
    gone = Concern.objects.get(pk=draft.pk)
    assert (gone.status, gone.headline, gone.narrative, gone.sharing_plan) == ("withdrawn", "", "", {})
    assert {one.state for one in Clock.objects.filter(record=draft.record)} == {"stopped"}


@pytest.mark.parametrize("field", ["headline", "narrative", "source_other"])
def test_a_patients_number_is_caught_before_anything_is_stored_and_a_person_decides(world, field):
    said = {"headline": "Falls", "narrative": "", field: f"See {NUMBER}"}
    with pytest.raises(Invalid, match="looks like an NHS number"):
        world.note(**said)
    assert not Record.objects.exists()
    (found,) = find(NUMBER)
    words = Content(**{"danger": "no", "source_kind": "complaint", **said})
    noted = note_concern(
        by=world.by("worker"), now=world.now, about=world.about(), content=words, decided={found.mark}
    )
    assert getattr(noted, field) == f"See {NUMBER}"
    assert Line.objects.get(deed="concern.noted").detail["personal_data"] == ["nhs_number"]


def test_a_draft_is_guarded_too(world):
    with pytest.raises(Invalid, match="looks like an NHS number"):
        world.draft(words=world.words(narrative=f"Mrs A, {NUMBER}"))
    assert NUMBER not in str(list(Concern.objects.values_list("narrative", flat=True)))
    about = About(rules.UNREGISTERED, name=f"Home of {NUMBER}", place="here")
    with pytest.raises(Invalid, match="looks like an NHS number"):
        start_draft(by=world.by("worker"), now=world.now, about=about)


def test_what_was_decided_at_one_step_is_not_asked_again_at_the_next(world):
    draft = world.draft(steps=())
    (found,) = find(NUMBER)
    by, now = world.by("worker"), world.now
    values = {"headline": NUMBER, "narrative": "x", "happened_at": now, "precision": "minute", "danger": "no"}
    draft = save_words(
        by=by,
        now=now,
        concern=draft,
        step="happened",
        values=values,
        seen=draft.version,
        decided={found.mark},
    )
    known = {"source_kind": "complaint", "reliability": "record", "severity": "low", "confidence": "heard"}
    saved = save_words(
        by=by,
        now=now,
        concern=draft,
        step="known",
        values={**known, "dimensions": ("safety",)},
        seen=draft.version,
    )
    assert saved.headline == NUMBER


def test_a_future_day_is_refused(world):
    tomorrow = world.words(happened_at=world.now + timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        world.draft(words=tomorrow)
    assert set(refused.value.errors) == {"happened_at"}


def test_yes_and_not_sure_start_the_clocks_of_a_child_and_an_adult_even_on_a_draft(world):
    draft = world.draft(steps=("happened",), words=world.words(danger="not_sure"))
    clocks = {one.kind: one for one in Clock.objects.filter(record=draft.record)}
    assert set(clocks) == {"safeguard_child", "safeguard_adult", "safeguard_child_notice"}
    assert clocks["safeguard_adult"].due_at == world.now + timedelta(hours=2)
    assert {one.responsible_agency for one in clocks.values()} == {world.ccg}
    assert DangerFlag.objects.get().answer == "not_sure"


def test_no_starts_none_and_the_flag_is_raised_once(world):
    world.concern()
    assert not Clock.objects.exists()
    world.concern(words=world.words(danger="yes"))
    assert Clock.objects.count() == 3


@pytest.mark.parametrize(
    ("severity", "kind", "due"), [("serious", "go_and_look", 7), ("critical", "go_and_look_critical", 1)]
)
def test_a_grave_concern_wants_somebody_to_go_and_look(world, severity, kind, due):
    concern = world.concern(words=world.words(severity=severity))
    clock = Clock.objects.get(record=concern.record)
    assert clock.kind == kind
    assert (clock.due_at.date() - world.now.date()).days in (due, due + 1)


def test_a_closed_concern_is_for_those_named_and_they_are_told(world):
    choice = Choice(closed=True, people=frozenset({(world.lead.pk, world.ccg.pk)}))
    concern = world.concern(choice=choice)
    assert {name for name in world.people if sees(world, name, concern)} == {"lead", "worker"}
    assert Message.objects.get().recipient == world.lead


def test_whoever_raises_a_closed_concern_stays_among_those_named(world):
    concern = world.concern(choice=Choice(closed=True))
    assert {name for name in world.people if sees(world, name, concern)} == {"worker"}


def test_a_body_that_is_shut_out_does_not_see_it(world):
    concern = world.concern(choice=world.seats(excluded=frozenset({world.cqc.pk})))
    assert not sees(world, "inspector", concern)
    assert sees(world, "volunteer", concern)


def test_a_choice_is_checked_when_it_is_kept_and_again_when_it_is_raised(world):
    with pytest.raises(Invalid) as refused:
        world.draft(choice=Choice(agencies=frozenset({uuid4()}), gateway="functions"))
    assert set(refused.value.errors) == {"agencies"}
    draft = world.draft(
        choice=Choice(people=frozenset({(world.inspector.pk, world.cqc.pk)}), gateway="functions")
    )
    world.inspector.memberships.update(ends_on=world.now.date())
    with pytest.raises(Invalid, match="no longer works there"):
        raise_concern(by=world.by("worker"), now=world.now, concern=draft, seen=draft.version)


@pytest.mark.parametrize("field", ["groups", "people"])
def test_a_forged_group_or_person_is_refused(world, field):
    forged = {"groups": {(QSG_SEATS, uuid4())}, "people": {(world.inspector.pk, world.ccg.pk)}}[field]
    with pytest.raises(Invalid) as refused:
        world.draft(choice=Choice(gateway="functions", **{field: frozenset(forged)}))
    assert set(refused.value.errors) == {field}


def test_a_reference_that_is_taken_is_drawn_again(world, monkeypatch):
    taken = world.note().reference
    drawn = iter([taken, taken, "C-2345-67"])
    monkeypatch.setattr("concerns.rules.states.new_reference", lambda: next(drawn))
    assert world.note().reference == "C-2345-67"


def test_when_no_reference_is_free_a_sentence_says_so(world, monkeypatch):
    taken = world.note().reference
    monkeypatch.setattr("concerns.rules.states.new_reference", lambda: taken)
    with pytest.raises(NotNow, match="save again"):
        world.note()


def test_another_fault_of_the_database_is_not_taken_for_a_taken_reference(world, monkeypatch):
    from django.db import IntegrityError

    monkeypatch.setattr(
        "concerns.operations.raising._put_about", lambda concern, about: setattr(concern, "about", "x")
    )
    with pytest.raises(IntegrityError):
        world.note()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE concerns_concernversion SET number = 2",
        "DELETE FROM concerns_concernchange",
        "TRUNCATE concerns_concernversion CASCADE",
    ],
)
def test_what_was_said_stays_even_for_the_owner_of_the_tables(world, database_role, sql):
    world.concern()
    with database_role(None), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError):
            cursor.execute(sql)
        transaction.set_rollback(True)


def test_a_script_in_the_title_is_a_text_like_any_other(world):
    noted = world.note(headline="<script>alert(1)</script>")
    assert noted.title == "<script>alert(1)</script>"
    assert replace(world.words(), headline=noted.title).headline == noted.headline
