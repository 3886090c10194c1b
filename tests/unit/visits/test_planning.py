"""What may be planned, asked and answered, and what follows what."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from access.refusals import Invalid, NotNow
from visits.rules import asking, planning
from visits.rules.asking import Wish
from visits.rules.planning import Plan, check_plan, days_in_words

TODAY = date(2026, 3, 3)
BODY, OTHER = UUID(int=1), UUID(int=2)
PLAN = Plan("inspection", None, date(2026, 3, 10), date(2026, 3, 12), "A lead", "To look")
WISH = Wish("staffing", "The rotas", date(2026, 1, 1), date(2026, 1, 31), TODAY, date(2026, 3, 17))


def refused(plan: Plan) -> set[str]:
    try:
        check_plan(plan, body=BODY, today=TODAY)
    except Invalid as refusal:
        return set(refusal.errors)
    return set()


def test_what_is_whole_may_be_planned() -> None:
    assert refused(PLAN) == set()
    assert refused(replace(PLAN, starts_on=date(2026, 2, 20), ends_on=TODAY)) == set(), "it is running"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"kind": "nonsense"}, {"kind"}),
        ({"purpose": "  "}, {"purpose"}),
        ({"purpose": "x" * 2001}, {"purpose"}),
        ({"lead_name": "x" * 121}, {"lead_name"}),
        ({"ends_on": date(2026, 3, 9)}, {"ends_on"}),
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 2)}, {"ends_on"}),
        ({"ends_on": PLAN.starts_on + timedelta(days=92)}, {"ends_on"}),
        ({"starts_on": date(2028, 3, 4), "ends_on": date(2028, 3, 4)}, {"starts_on"}),
        ({"parties": frozenset({BODY, OTHER})}, {"parties"}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changed: dict, fields: set[str]) -> None:
    assert refused(replace(PLAN, **changed)) == fields


def test_the_longest_window_and_the_farthest_day_are_taken() -> None:
    assert refused(replace(PLAN, ends_on=PLAN.starts_on + timedelta(days=91))) == set()
    farthest = TODAY + timedelta(days=planning.FARTHEST)
    assert refused(replace(PLAN, starts_on=farthest, ends_on=farthest)) == set()


@pytest.mark.parametrize("state", list(planning.TRANSITIONS))
@pytest.mark.parametrize("then", list(planning.TRANSITIONS))
def test_what_follows_what(state: str, then: str) -> None:
    if state in planning.AHEAD and then != planning.PLANNED:
        planning.check_follows(state, then)
    else:
        with pytest.raises(NotNow, match=planning.STATE_WORDS[state].lower()):
            planning.check_follows(state, then)


@pytest.mark.parametrize("state", list(planning.JOINT_TRANSITIONS))
def test_a_proposal_is_answered_once(state: str) -> None:
    if state == planning.PROPOSED:
        planning.check_unanswered(state)
    else:
        with pytest.raises(NotNow, match=planning.JOINT_WORDS[state].lower()):
            planning.check_unanswered(state)


def test_a_visit_was_made_on_a_day_that_can_be() -> None:
    planning.check_done(TODAY, starts_on=TODAY, today=TODAY)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Invalid):
            planning.check_done(day, starts_on=TODAY, today=TODAY)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 3), date(2026, 3, 3), "3 March 2026"),
        (date(2026, 3, 3), date(2026, 3, 5), "3 to 5 March 2026"),
        (date(2026, 3, 30), date(2026, 4, 2), "30 March to 2 April 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December 2026 to 2 January 2027"),
    ],
)
def test_a_window_in_words(first: date, last: date, words: str) -> None:
    assert days_in_words(first, last) == words


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, set()),
        ({"kind": "nonsense"}, {"kind"}),
        ({"about": " "}, {"about"}),
        ({"about": "x" * 2001}, {"about"}),
        ({"covers_to": date(2025, 12, 31)}, {"covers_to"}),
        ({"covers_from": date(2010, 1, 1)}, {"covers_to"}),
        ({"asked_on": TODAY + timedelta(days=1)}, {"asked_on"}),
        ({"due_on": TODAY - timedelta(days=1)}, {"due_on"}),
        ({"due_on": TODAY}, set()),
    ],
)
def test_what_a_provider_is_asked_for(changed: dict, fields: set[str]) -> None:
    if not fields:
        asking.check_wish(replace(WISH, **changed), today=TODAY)
        return
    with pytest.raises(Invalid) as refusal:
        asking.check_wish(replace(WISH, **changed), today=TODAY)
    assert set(refusal.value.errors) == fields


@pytest.mark.parametrize("status", list(asking.REQUEST_TRANSITIONS))
@pytest.mark.parametrize("then", list(asking.REQUEST_TRANSITIONS))
def test_what_becomes_of_a_request(status: str, then: str) -> None:
    if status == asking.ASKED and then != asking.ASKED:
        asking.check_follows(status, then)
    else:
        with pytest.raises(NotNow):
            asking.check_follows(status, then)


def test_it_was_answered_on_a_day_that_can_be() -> None:
    asking.check_answered(TODAY, asked_on=TODAY, today=TODAY)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Invalid):
            asking.check_answered(day, asked_on=TODAY, today=TODAY)


@pytest.mark.parametrize(
    ("status", "due_on", "late"),
    [
        (asking.ASKED, TODAY, False),
        (asking.ASKED, TODAY - timedelta(days=1), True),
        (asking.ANSWERED, TODAY - timedelta(days=1), False),
        (asking.WITHDRAWN, TODAY - timedelta(days=1), False),
    ],
)
def test_what_is_overdue(status: str, due_on: date, late: bool) -> None:
    assert asking.is_late(status, due_on, TODAY) is late
