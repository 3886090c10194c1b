"""Asking people to come: real calendar invitations, updates and cancellations, one recipient each."""

from collections.abc import Iterable, Set
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import operation
from access.principal import OWN_BODY, Place, Principal
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import must_see
from audit.operations import record_deed
from meetings import rules
from meetings.models import Invitation, Meeting
from meetings.operations.holding import check_place, guard, make_meeting, mark_essential, take_up
from meetings.operations.reading import participants_of
from meetings.operations.telling import CANCELLED, INVITED, MOVED, tell_of
from timekeeping.london import moment_in_words

Method, Answer = Invitation.Method, Invitation.Answer


@operation("meeting.convened")
def convene_meeting(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    of: Record,
    purpose: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    joining: str = "",
    essential: Iterable[UUID] = (),
    people: Iterable[tuple[UUID, UUID]] | None = None,
    decided: Set[str] = frozenset(),
) -> Meeting:
    """Convene a meeting and send each participant a calendar invitation (NQB ch. 5, l.856).

    Args:
        by: needs ``summit.convene`` at ``at``, and ``of`` in sight.
        now: the moment.
        at: the summit.
        of: the record of the summit's room; its participants see the meeting and are invited.
        purpose: ``response``, ``follow_up`` or ``judgement``.
        starts_at: an aware moment, in the future.
        ends_at: an aware moment, at most 12 hours later.
        place: where it is held.
        joining: how to join by call. A place or joining details are needed.
        essential: bodies, of those called, without whom it does not count as the members having met.
        people: (user, agency) pairs to invite; None invites every current participant.
        decided: marks of what looks like a patient's and, a person says, is not.

    Returns:
        The meeting, status ``scheduled``.

    Raises:
        Http404, NotPermitted, Invalid: with their sentences.
    """
    must_see(by, of)
    check_place(at, of)
    by.require("summit.convene", at=at)
    _check(now, starts_at, ends_at, place, joining, decided)
    if purpose not in rules.PURPOSES:
        raise Invalid({"purpose": "Say what the meeting is for."})
    meeting = make_meeting(
        by=by,
        now=now,
        of=of,
        happened_at=now,
        purpose=purpose,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip(),
        joining=joining.strip(),
    )
    mark_essential(meeting, essential)
    invited = _invite(meeting, _chosen(of, people), now=now)
    record_deed(
        by=by,
        now=now,
        deed="meeting.convened",
        record=meeting.pk,
        detail={"of": str(of.pk), "purpose": purpose, "invited": len(invited)},
    )
    tell_of(meeting, INVITED, to=invited, now=now)
    return meeting


def _check(
    now: datetime, starts_at: datetime, ends_at: datetime, place: str, joining: str, decided: Set[str]
) -> None:
    rules.check_times(starts_at, ends_at, now)
    rules.check_where(place, joining)
    guard({"place": place, "joining": joining}, decided=decided)


def _chosen(of: Record, people: Iterable[tuple[UUID, UUID]] | None) -> list[tuple[UUID, UUID]]:
    """Return whom to invite, who must be participants."""
    participants = participants_of(of)
    if people is None:
        return participants
    wanted = set(people)
    if not wanted <= set(participants):
        raise Invalid({"people": "Choose among the people listed for this summit."})
    return [one for one in participants if one in wanted]


def _invite(meeting: Meeting, people: Iterable[tuple[UUID, UUID]], *, now: datetime) -> list[UUID]:
    """Write the invitations of the calendar entry's present version."""
    rows = Invitation.objects.bulk_create(
        Invitation(
            meeting=meeting, user_id=user, agency_id=agency, sequence=meeting.sequence, recorded_at=now
        )
        for user, agency in people
    )
    return [row.user_id for row in rows]


@operation("meeting.moved")
def move_meeting(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    meeting: Meeting,
    seen: int,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    joining: str,
    essential: Iterable[UUID] | None = None,
    decided: Set[str] = frozenset(),
) -> Meeting:
    """Change a scheduled meeting's time or place: everyone invited is sent an update and asked again.

    Args:
        by: needs ``summit.convene`` at ``at``, and the meeting in sight.
        now: the moment.
        at: the summit.
        meeting: a scheduled one.
        seen: the ``version`` that was on the screen.
        starts_at: as in ``convene_meeting``.
        ends_at: likewise.
        place: likewise.
        joining: likewise.
        essential: None leaves them as they are.
        decided: marks of what looks like a patient's and, a person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    meeting = take_up(
        by=by,
        at=at,
        meeting=meeting,
        seen=seen,
        then=rules.SCHEDULED,
        given=rules.SCHEDULED,
        permission="summit.convene",
    )
    _check(now, starts_at, ends_at, place, joining, decided)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.place, meeting.joining = place.strip(), joining.strip()
    if essential is not None:
        mark_essential(meeting, essential)
    people = _invited(meeting)
    meeting.sequence += 1
    meeting.save()
    invited = _invite(meeting, people, now=now)
    record_deed(
        by=by, now=now, deed="meeting.moved", record=meeting.pk, detail={"sequence": meeting.sequence}
    )
    tell_of(meeting, MOVED, to=invited, now=now)
    return meeting


def _invited(meeting: Meeting) -> list[tuple[UUID, UUID]]:
    """Return whom the present version of the calendar entry was sent to."""
    return list(
        meeting.invitations.filter(sequence=meeting.sequence)
        .order_by("recorded_at", "user_id")
        .values_list("user_id", "agency_id")
    )


@operation("meeting.invited")
def invite_people(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    meeting: Meeting,
    people: Iterable[tuple[UUID, UUID]] | None = None,
) -> list[UUID]:
    """Invite more of the participants to a scheduled meeting, such as those called since it was convened.

    Args:
        by: needs ``summit.convene`` at ``at``, and the meeting in sight.
        now: the moment.
        at: the summit.
        meeting: a scheduled one.
        people: (user, agency) pairs; None means every participant who was not invited yet.

    Returns:
        The users newly invited.
    """
    meeting = take_up(
        by=by,
        at=at,
        meeting=meeting,
        seen=meeting.version,
        then=rules.SCHEDULED,
        given=rules.SCHEDULED,
        permission="summit.convene",
    )
    have = {user for user, _ in _invited(meeting)}
    fresh = [(user, agency) for user, agency in _chosen(meeting.of, people) if user not in have]
    invited = _invite(meeting, fresh, now=now)
    record_deed(by=by, now=now, deed="meeting.invited", record=meeting.pk, detail={"invited": len(invited)})
    tell_of(meeting, INVITED, to=invited, now=now)
    return invited


@operation("meeting.cancelled")
def cancel_meeting(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    meeting: Meeting,
    seen: int,
    reason: str,
    decided: Set[str] = frozenset(),
) -> Meeting:
    """Cancel a scheduled meeting, with the reason: everyone invited is sent a cancellation.

    Needs ``summit.convene`` at ``at``; arguments and refusals as ``move_meeting``.
    """
    meeting = take_up(
        by=by,
        at=at,
        meeting=meeting,
        seen=seen,
        then=rules.CANCELLED,
        given=rules.SCHEDULED,
        permission="summit.convene",
    )
    rules.check_words("reason", reason, "Say why it is cancelled.", longest=rules.LONGEST_REASON)
    guard({"reason": reason}, decided=decided)
    people = _invited(meeting)
    meeting.sequence += 1
    meeting.status, meeting.cancelled_at, meeting.cancelled_because = rules.CANCELLED, now, reason.strip()
    meeting.save()
    Invitation.objects.bulk_create(
        Invitation(
            meeting=meeting,
            user_id=user,
            agency_id=agency,
            sequence=meeting.sequence,
            method=Method.CANCEL,
            recorded_at=now,
        )
        for user, agency in people
    )
    record_deed(
        by=by, now=now, deed="meeting.cancelled", record=meeting.pk, detail={"sequence": meeting.sequence}
    )
    tell_of(meeting, CANCELLED, to=[user for user, _ in people], now=now)
    return meeting


@operation("meeting.answered")
def answer_invitation(
    *, by: Principal, now: datetime, meeting: Meeting, sequence: int, answer: str
) -> Invitation:
    """Say whether one is coming: ``accepted``, ``tentative`` or ``declined``.

    Args:
        by: the invited person, the meeting in sight.
        now: the moment.
        meeting: a scheduled one.
        sequence: the version of the calendar entry that was on the screen: an answer is to a time.
        answer: the code.

    Raises:
        Http404: out of sight.
        NotPermitted: not invited.
        NotNow: it moved meanwhile, or is not to be held.
        Invalid: an unknown answer.
    """
    must_see(by, meeting.record)
    by.require("meeting.answer", at=OWN_BODY)
    fresh = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if fresh.status != rules.SCHEDULED:
        raise NotNow(f"This meeting {rules.ALREADY[fresh.status]}. Nothing more is needed.")
    if fresh.sequence != sequence:
        raise NotNow(
            f"The meeting was changed: it is now on {moment_in_words(fresh.starts_at)}. Nothing was saved: answer again."
        )
    newest = fresh.invitations.filter(sequence=fresh.sequence)
    invitation = next((one for one in newest if one.user_id == by.user_id), None)
    if invitation is None:
        raise NotPermitted("You were not invited to this meeting, so there is nothing to answer.")
    if answer not in Answer.values or answer == Answer.NONE:
        raise Invalid({"answer": "Say whether you are coming."})
    invitation.answer, invitation.answered_at = answer, now
    invitation.save(update_fields=["answer", "answered_at"])
    record_deed(by=by, now=now, deed="meeting.answered", record=meeting.pk, detail={"answer": answer})
    return invitation
