"""Writing down that people met: now, or late; what was said and decided; and correcting that."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import operation
from access.principal import Place, Principal
from access.refusals import Invalid
from access.sight import must_see
from agencies.models import Membership
from agencies.roster import standing
from audit.operations import record_deed
from meetings import rules
from meetings.models import Attendance, Decision, Meeting, Proceedings
from meetings.operations.holding import check_place, guard, make_meeting, mark_essential, take_up
from meetings.operations.reading import bodies_called, proceedings_of
from meetings.registry import matter_of
from meetings.rules import Attended
from notifications.operations import end_waiting
from reference.personal_data import codes
from timekeeping.london import add_hours, london_day


@dataclass(frozen=True)
class Told:
    """What is written down of a meeting held.

    Attributes:
        opened_at: when it opened: not in the future, nor before what it answers.
        closed_at: when it closed, if said.
        went_on: a meeting to judge that went on to the response, in the same sitting.
        how: ``in_person``, ``by_call`` or ``both``.
        attendance: who took part, at the bodies called; at least one present.
        discussion: what was said.
        decisions: each a text of its own.
        decided: marks of what looks like a patient's and, a person says, is not.
    """

    opened_at: datetime
    how: str
    attendance: Sequence[Attended]
    discussion: str
    decisions: Sequence[str] = ()
    closed_at: datetime | None = None
    went_on: bool = False
    decided: Set[str] = frozenset()


@operation("meeting.held")
def record_meeting_held(
    *, by: Principal, now: datetime, at: Place, meeting: Meeting, seen: int, told: Told
) -> Meeting:
    """Record that a scheduled meeting was held, now or late (NQB ch. 5, l.857: "providing a record").

    What follows for the matter (clocks met) happens in the same transaction: ``meetings.registry``.

    Args:
        by: needs ``summit.record`` at ``at``, and the meeting in sight.
        now: the moment of recording.
        at: the summit.
        meeting: a scheduled one.
        seen: the ``version`` that was on the screen.
        told: when, who and what.

    Returns:
        The meeting, status ``held``; ``present_at(proceedings_of(meeting))`` gives the bodies present.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    meeting = take_up(
        by=by,
        at=at,
        meeting=meeting,
        seen=seen,
        then=rules.HELD,
        given=rules.SCHEDULED,
        permission="summit.record",
    )
    return _hold(by=by, now=now, meeting=meeting, told=told, deed="meeting.held")


@operation("meeting.held")
def record_call_held(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    of: Record,
    purpose: str,
    told: Told,
    place: str = "",
    essential: Iterable[UUID] = (),
) -> Meeting:
    """Record a meeting that nobody convened here: "held at 20:00 by telephone, recorded Monday 09:10".

    Args:
        by: needs ``summit.record`` at ``at``, and ``of`` in sight.
        now: the moment of recording.
        at: the summit.
        of: the record of the summit's room.
        purpose: ``response``, ``follow_up`` or ``judgement``.
        told: when, who and what.
        place: where it was, if anywhere.
        essential: the bodies, of those called, without whom it does not count as the members having met.

    Returns:
        The meeting, made as held.

    Raises:
        Http404, NotPermitted, Invalid: with their sentences.
    """
    must_see(by, of)
    check_place(at, of)
    by.require("summit.record", at=at)
    if purpose not in rules.PURPOSES:
        raise Invalid({"purpose": "Say what the meeting was for."})
    _check_moments(of, purpose, told, now)
    guard({"place": place}, decided=told.decided)
    ends_at = (
        told.closed_at if told.closed_at and told.closed_at > told.opened_at else add_hours(told.opened_at, 1)
    )
    meeting = make_meeting(
        by=by,
        now=now,
        of=of,
        happened_at=told.opened_at,
        purpose=purpose,
        starts_at=told.opened_at,
        ends_at=ends_at,
        place=place.strip(),
    )
    mark_essential(meeting, essential)
    return _hold(by=by, now=now, meeting=meeting, told=told, deed="meeting.held")


@operation("meeting.corrected")
def correct_proceedings(
    *, by: Principal, now: datetime, at: Place, meeting: Meeting, seen: int, told: Told, why: str
) -> Meeting:
    """Put another version of the record in force, complete in itself; the earlier one stays.

    Needs ``summit.record`` at ``at``. What follows for the matter is asked again: a clock may have
    been met at another moment. Arguments and refusals as ``record_meeting_held``; ``why`` says why.
    """
    meeting = take_up(
        by=by,
        at=at,
        meeting=meeting,
        seen=seen,
        then=rules.HELD,
        given=rules.HELD,
        permission="summit.record",
    )
    rules.check_words("why", why, "Say why it is corrected.", longest=rules.LONGEST_REASON)
    guard({"why": why}, decided=told.decided)
    return _hold(by=by, now=now, meeting=meeting, told=told, deed="meeting.corrected", why=why.strip())


def _check_moments(of: Record, purpose: str, told: Told, now: datetime) -> None:
    floor = matter_of(of).earliest(of, purpose)
    rules.check_held(
        told.opened_at,
        told.closed_at,
        not_before=floor[0] if floor else None,
        what_before=floor[1] if floor else "",
        now=now,
    )


def _hold(*, by: Principal, now: datetime, meeting: Meeting, told: Told, deed: str, why: str = "") -> Meeting:
    """Write the proceedings, put them in force, and let the matter draw what follows."""
    _check_moments(meeting.of, meeting.purpose, told, now)
    if told.how not in rules.HOW:
        raise Invalid({"how": "Say how it was held."})
    rules.check_attendance(told.attendance, bodies_called(meeting.of))
    _check_people(told)
    rules.check_words(
        "discussion",
        told.discussion,
        "Say in a few words what was said; it is the record of the meeting.",
        longest=rules.LONGEST_DISCUSSION,
    )
    decisions = rules.clean_decisions(told.decisions)
    last = proceedings_of(meeting)
    texts = {"discussion": told.discussion, "decisions": "\n".join(decisions)}
    names = {"attendance": "\n".join(row.name for row in told.attendance)}
    before = _words_of(last) if last else []
    guard({**texts, **names}, decided=told.decided, before=before)
    proceedings = Proceedings.objects.create(
        meeting=meeting,
        number=last.number + 1 if last else 1,
        opened_at=told.opened_at,
        closed_at=told.closed_at,
        how=told.how,
        went_on=told.went_on and meeting.purpose == rules.JUDGEMENT,
        discussion=told.discussion.strip(),
        why_corrected=why,
        recorded_at=now,
        recorded_by_id=by.user_id,
        recorded_for_id=by.agency_id,
    )
    _write_rows(proceedings, told.attendance, decisions)
    meeting.status, meeting.opened_at, meeting.closed_at = rules.HELD, told.opened_at, told.closed_at
    meeting.save()
    end_waiting(topic=meeting.pk, now=now)
    detail: dict[str, object] = {"version": proceedings.number, "purpose": meeting.purpose}
    if let_through := codes(texts.values()):
        detail["let_through"] = let_through
    record_deed(by=by, now=now, deed=deed, record=meeting.pk, detail=detail)
    matter_of(meeting.of).after_held(meeting=meeting, by=by, now=now)
    return meeting


def _words_of(held: Proceedings) -> list[str]:
    """Return what stands in a version already: it was decided then."""
    texts = held.decisions.values_list("text", flat=True)
    return [held.discussion, *texts, *held.attendance.values_list("name", flat=True)]


def _check_people(told: Told) -> None:
    """Refuse a person who did not act for that body on the day; a forged id reads like an absent one."""
    day = london_day(told.opened_at)
    pairs = {(row.user, row.agency) for row in told.attendance if row.user is not None}
    there = Membership.objects.filter(standing(day), user__in=[user for user, _ in pairs])
    if not pairs <= set(there.values_list("user_id", "agency_id")):
        raise Invalid(
            {"attendance": "One of these people does not act for that body. Type the name instead."}
        )


def _write_rows(proceedings: Proceedings, attendance: Iterable[Attended], decisions: Iterable[str]) -> None:
    Attendance.objects.bulk_create(
        Attendance(
            proceedings=proceedings,
            agency_id=row.agency,
            user_id=row.user,
            name=row.name.strip(),
            presence=row.presence,
        )
        for row in attendance
    )
    Decision.objects.bulk_create(
        Decision(proceedings=proceedings, number=number, text=text)
        for number, text in enumerate(decisions, start=1)
    )
