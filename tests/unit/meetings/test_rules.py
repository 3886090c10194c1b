from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from access.refusals import Invalid, NotNow
from meetings import rules
from meetings.rules import Attended

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CQC, CCG, TDA = UUID(int=1), UUID(int=2), UUID(int=3)
ADA, BEN = UUID(int=11), UUID(int=12)

FOLLOWS = {("scheduled", "scheduled"), ("scheduled", "held"), ("scheduled", "cancelled"), ("held", "held")}


@pytest.mark.parametrize("status", rules.TRANSITIONS)
@pytest.mark.parametrize("then", rules.TRANSITIONS)
def test_only_what_may_follow_follows(status, then):
    assert rules.may_follow(status, then) == ((status, then) in FOLLOWS)
    if (status, then) in FOLLOWS:
        rules.check_follows(status, then)
    else:
        with pytest.raises(NotNow, match=rules.ALREADY[status]):
            rules.check_follows(status, then)


def test_every_status_has_its_words():
    assert set(rules.STATUS_WORDS) == set(rules.ALREADY) == set(rules.TRANSITIONS)
    assert set(rules.PRESENCES) > rules.PRESENT


def test_people_can_only_be_asked_to_meet_at_a_time_still_to_come():
    rules.check_times(NOON + HOUR, NOON + 2 * HOUR, NOON)
    rules.check_times(NOON + HOUR, NOON + 13 * HOUR, NOON)
    for starts_at, ends_at, field in [
        (NOON, NOON + HOUR, "starts_at"),
        (NOON + HOUR, NOON + HOUR, "ends_at"),
        (NOON + HOUR, NOON + 14 * HOUR, "ends_at"),
    ]:
        with pytest.raises(Invalid) as refusal:
            rules.check_times(starts_at, ends_at, NOON)
        assert set(refusal.value.errors) == {field}


def test_a_meeting_needs_somewhere_to_be():
    rules.check_where("Room 4", "")
    rules.check_where("", "0300 000 0000")
    with pytest.raises(Invalid):
        rules.check_where(" ", "\n")


def held(opened_at, closed_at=None, not_before=NOON - 2 * HOUR):
    rules.check_held(
        opened_at, closed_at, not_before=not_before, what_before="the judgement it answers", now=NOON
    )


def test_a_meeting_may_be_recorded_late():
    held(NOON - HOUR, NOON)
    held(NOON - 2 * HOUR)
    held(NOON - 100 * HOUR, NOON - 90 * HOUR, not_before=None)


@pytest.mark.parametrize(
    ("opened_at", "closed_at", "field", "words"),
    [
        (NOON + HOUR, None, "opened_at", "has not come yet"),
        (NOON - 3 * HOUR, None, "opened_at", "before the judgement it answers, on 3 March 2026, 10am"),
        (NOON - HOUR, NOON + HOUR, "closed_at", "has not come yet"),
        (NOON - HOUR, NOON - 90 * timedelta(minutes=1), "closed_at", "after it opened"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(opened_at, closed_at, field, words):
    with pytest.raises(Invalid, match=words) as refusal:
        held(opened_at, closed_at)
    assert set(refusal.value.errors) == {field}


def test_a_meeting_lasts_twelve_hours_at_most():
    with pytest.raises(Invalid, match="12 hours"):
        held(NOON - 13 * HOUR, NOON, not_before=None)


def test_somebody_was_there_and_is_said():
    rules.check_attendance(
        [
            Attended(CQC, "in_person", user=ADA),
            Attended(CQC, "by_call", name="Inspector on duty"),
            Attended(CCG, "apologies"),
            Attended(TDA, "absent"),
        ],
        [CQC, CCG, TDA],
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "Say who was there"),
        ([Attended(CQC, "absent"), Attended(CCG, "apologies", user=BEN)], "Say who was there"),
        ([Attended(TDA, "in_person", user=ADA)], "was not called"),
        ([Attended(CQC, "by_call", user=ADA), Attended(CQC, "absent", user=ADA)], "twice"),
        ([Attended(CQC, "by_call", name="A. Ray"), Attended(CQC, "by_call", name=" a. ray ")], "twice"),
        ([Attended(CQC, "by_call"), Attended(CCG, "by_call", user=BEN)], "for each body"),
        ([Attended(CQC, "by_call", name="x" * 201)], "200 characters"),
    ],
)
def test_an_attendance_list_that_cannot_be_is_refused(rows, words):
    with pytest.raises(Invalid, match=words) as refusal:
        rules.check_attendance(rows, [CQC, CCG])
    assert set(refusal.value.errors) == {"attendance"}


def test_an_attendance_list_knows_no_other_words():
    with pytest.raises(Invalid):
        rules.check_attendance([Attended(CQC, "asleep", user=ADA)], [CQC])


def test_the_bodies_present_are_those_for_whom_somebody_was_there():
    rows = [
        Attended(CQC, "absent", user=ADA),
        Attended(CQC, "by_call", name="Duty inspector"),
        Attended(CCG, "in_person", user=BEN),
        Attended(TDA, "apologies"),
    ]
    assert rules.present_bodies(rows) == {CQC, CCG}


def test_decisions_are_texts_of_their_own():
    assert rules.clean_decisions([" Stop admissions. ", "", "  ", "Meet again on Friday."]) == [
        "Stop admissions.",
        "Meet again on Friday.",
    ]
    with pytest.raises(Invalid, match="2,000"):
        rules.clean_decisions(["x" * 2001])


def test_a_record_says_something_and_can_be_kept():
    rules.check_words("discussion", "x" * 20_000, "Say.", longest=20_000)
    with pytest.raises(Invalid, match="Say"):
        rules.check_words("discussion", " ", "Say.", longest=20_000)
    with pytest.raises(Invalid, match="20,000"):
        rules.check_words("discussion", "x" * 20_001, "Say.", longest=20_000)
