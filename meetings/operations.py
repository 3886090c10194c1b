"""The only writers of meetings. What is held for a matter tells that matter.

Every operation takes ``at``: the place where the roles must be held (the risk summit:
its convenor, its ring-holder's lead, its group's chair or secretariat).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from access.models import Record
from access.principal import Place, Principal
from meetings.models import Meeting
from meetings.rules import Attended


class AfterHeld(Protocol):
    """What a matter does when a meeting of it was recorded as held, or that record corrected."""

    def __call__(self, *, meeting: Meeting, by: Principal, now: datetime) -> None:
        """Meet clocks and the like, in the same transaction; raise Invalid or NotNow to refuse all."""


class EarliestAt(Protocol):
    """Says what a meeting of a matter answers: the moment it cannot have opened before."""

    def __call__(self, *, of: Record, purpose: str) -> tuple[datetime, str] | None:
        """Return (the moment, its name in a sentence: "the judgement it answers"), or None."""


AFTER_HELD: dict[str, AfterHeld] = {}
"""By the kind of the matter; filled by the app of that kind, above this one, when it is loaded."""

EARLIEST_AT: dict[str, EarliestAt] = {}
"""By the kind of the matter, likewise. Without one, a meeting cannot open before the matter began."""


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
) -> Meeting:
    """Convene a meeting and send each participant a calendar invitation (NQB ch. 5, l.858).

    Args:
        by: needs ``summit.convene`` at ``at``, and ``of`` in sight.
        now: the moment.
        at: the summit.
        of: the record of the summit's room; its participants see the meeting and are invited.
        purpose: ``response``, ``follow_up`` or ``judgement``.
        starts_at, ends_at: aware moments, in the future.
        place, joining: where, and how to join by call. A place or joining details are needed.
        essential: bodies without whom it does not count as the members having met.
        people: (user, agency) pairs to invite; None invites every current participant.

    Returns:
        The meeting, status ``scheduled``.

    Raises:
        NotPermitted, Invalid, Http404.
    """
    raise NotImplementedError


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
) -> Meeting:
    """Change a scheduled meeting's time or place: everyone invited is sent an update and asked again.

    Needs ``summit.convene`` at ``at``. ``seen`` is the ``version`` that was on the screen; a
    stale one is refused with NotNow.
    """
    raise NotImplementedError


def invite_people(
    *, by: Principal, now: datetime, at: Place, meeting: Meeting, people: Iterable[tuple[UUID, UUID]]
) -> list[UUID]:
    """Invite more of the participants to a scheduled meeting; returns the users newly invited.

    For people called to the summit after the meeting was convened. Needs ``summit.convene``.
    """
    raise NotImplementedError


def cancel_meeting(
    *, by: Principal, now: datetime, at: Place, meeting: Meeting, seen: int, reason: str
) -> Meeting:
    """Cancel a scheduled meeting: everyone invited is sent a cancellation. Needs ``summit.convene``."""
    raise NotImplementedError


def answer_invitation(*, by: Principal, now: datetime, meeting: Meeting, answer: str) -> None:
    """Say whether one is coming (``accepted``, ``tentative``, ``declined``), to the newest invitation.

    For the invited person alone; needs ``meeting.answer`` at the own body.
    """
    raise NotImplementedError


def record_meeting_held(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    meeting: Meeting,
    seen: int,
    opened_at: datetime,
    closed_at: datetime | None,
    how: str,
    attendance: Sequence[Attended],
    discussion: str,
    decisions: Sequence[str],
    identifiers_confirmed: bool = False,
) -> Meeting:
    """Record that a scheduled meeting was held, now or late (clocks.md: happened and recorded).

    ``AFTER_HELD[of.kind]`` is called inside the same transaction; ``EARLIEST_AT[of.kind]`` says
    what it answers. Needs ``summit.record`` at ``at``.

    Args:
        opened_at: when it opened: not in the future, nor before what it answers.
        closed_at: when it closed, if said.
        how: ``in_person``, ``by_call`` or ``both``.
        attendance: who took part, at the bodies called; at least one present.
        discussion: the record of what was said; looked through for patient identifiers.
        decisions: each a text of its own.
        identifiers_confirmed: a person looked at what resembled an identifier, and says it is none.

    Returns:
        The meeting, status ``held``; ``present_at(meeting)`` gives the bodies present.
    """
    raise NotImplementedError


def record_call_held(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    of: Record,
    purpose: str,
    opened_at: datetime,
    closed_at: datetime | None,
    how: str,
    attendance: Sequence[Attended],
    discussion: str,
    decisions: Sequence[str],
    place: str = "",
    essential: Iterable[UUID] = (),
    identifiers_confirmed: bool = False,
) -> Meeting:
    """Record a meeting that nobody convened here: "held at 20:00 by telephone, recorded Monday 09:10".

    Makes the meeting as held. Otherwise as ``record_meeting_held``.
    """
    raise NotImplementedError


def correct_proceedings(
    *,
    by: Principal,
    now: datetime,
    at: Place,
    meeting: Meeting,
    seen: int,
    opened_at: datetime,
    closed_at: datetime | None,
    how: str,
    attendance: Sequence[Attended],
    discussion: str,
    decisions: Sequence[str],
    why: str,
    identifiers_confirmed: bool = False,
) -> Meeting:
    """Put another version of the record in force; the earlier one stays. ``AFTER_HELD`` hears of it too."""
    raise NotImplementedError


def present_at(meeting: Meeting) -> frozenset[UUID]:
    """Return the ids of the bodies for whom somebody was there, by the proceedings in force."""
    raise NotImplementedError


def essential_to(meeting: Meeting) -> frozenset[UUID]:
    """Return the ids of the bodies marked essential."""
    raise NotImplementedError


def participants_of(of: Record) -> list[tuple[UUID, UUID]]:
    """Return (user, agency) of everyone now listed for a matter."""
    raise NotImplementedError


def meetings_of(by: Principal, of: Record) -> list[Meeting]:
    """Return the meetings of a matter that this principal sees, the next or newest first."""
    raise NotImplementedError


