"""What is asked as a matter of routine, when it is over, and how a summit ends (NQB ch. 5, l.838, l.868; ch. 6)."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from access.operations import audience, end_shares, operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from clocks.operations import start_clock
from clocks.rules.states import CLOSED
from meetings.models import Meeting
from meetings.operations import cancel_meeting
from meetings.rules import SCHEDULED
from risk_summits.models import ExitCriterion, GateAnswer, Room
from risk_summits.operations.entering import enter, fact, guard, happened, log
from risk_summits.operations.facts import gates, in_danger, judgements
from risk_summits.operations.holding import derive_holdings
from risk_summits.operations.informing import flag_once
from risk_summits.operations.telling import tell_ended
from risk_summits.operations.timing import RESPONSE, newest, settle, stop_clocks
from risk_summits.rules import closing, judging, response, stages
from risk_summits.rules.calling import LONGEST_LINE
from risk_summits.rules.closing import GATES

ENDS = (
    "summit_alert",
    "judgement",
    "response",
    "ring",
    "follow_up",
    "views_reveal",
    "impact",
    "special_condition",
    "provider_reply",
)
"""The families that a summit's end stops. Safeguarding and the word to the provider go on until they are done."""


@operation("summit.gate_answered")
def answer_gate(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    gate: str,
    answer: str,
    text: str = "",
    reference: str = "",
    happened_at: datetime | None = None,
    seen: int | None = None,
    decided: Set[str] = frozenset(),
) -> GateAnswer:
    """Answer at a gate: professional standards, safeguarding adults, safeguarding children.

    "At risk" starts the safeguarding clocks; who rang whom, the notices and the council's route
    are then written down with ``concerns.operations.safety.record_safeguarding``.

    Args:
        by: needs ``summit.record`` at the summit.
        now: the moment.
        room: the room.
        gate: one of ``closing.GATES``.
        answer: one of that gate's answers.
        text: how it is known; never a name.
        reference: a regulator's reference, if there is one.
        happened_at: when it was said, if not now.
        seen: how many answers at this gate were on the screen; another one meanwhile is never passed over.
        decided: marks of what looks like a patient's and, a person says, is not.

    Raises:
        NotNow: another answer was recorded since.
        Invalid: an unknown gate or answer, or no reason where one is needed.
    """
    room = enter(by=by, room=room)
    by.require("summit.record", at=room)
    if gate not in GATES:
        raise Invalid({"gate": "Choose one of the questions."})
    if seen is not None and seen != room.gateanswers.filter(gate=gate).count():
        raise NotNow(
            "Somebody answered this while you were writing. Nothing was changed: their answer is shown above, and "
            "yours is still below. Send yours again if it still holds."
        )
    closing.check_answer(gate, answer, text)
    let_through = guard({"text": text, "reference": reference}, decided=decided, reference=LONGEST_LINE)
    at = happened(room, happened_at, now=now)
    held = GateAnswer.objects.create(
        gate=gate,
        answer=answer,
        text=text.strip(),
        reference=reference.strip(),
        **fact(room, by=by, now=now, happened_at=at),
    )
    if answer == closing.AT_RISK:
        before = in_danger(room)
        flag_once(room, response.YES, by=by, now=now, at=at)
        if not before:
            settle(room, by=by, now=now)
    log(room, by=by, now=now, deed="summit.gate_answered", gate=gate, answer=answer, **let_through)
    return held


@operation("summit.criterion_set")
def set_criterion(
    *, by: Principal, now: datetime, room: Room, text: str, decided: Set[str] = frozenset()
) -> ExitCriterion:
    """Set something that must be so before the summit may end. Needs ``summit.record`` at the summit."""
    room = enter(by=by, room=room)
    by.require("summit.record", at=room)
    if not text.strip():
        raise Invalid({"text": "Say what must be so."})
    let_through = guard({"text": text}, decided=decided, text=LONGEST_LINE)
    criterion = ExitCriterion.objects.create(text=text.strip(), **fact(room, by=by, now=now))
    log(room, by=by, now=now, deed="summit.criterion_set", **let_through)
    return criterion


@operation("summit.criterion_met")
def meet_criterion(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    criterion: UUID,
    evidence: str,
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> ExitCriterion:
    """Mark an exit criterion met, with what shows it. Needs ``summit.record`` at the summit."""
    room = enter(by=by, room=room)
    by.require("summit.record", at=room)
    held = room.criteria.filter(pk=criterion).first()
    if held is None:
        raise Invalid({"criterion": "Choose one of the exit criteria."})
    if held.met_at is not None:
        raise NotNow("This has been marked as met already. Nothing was changed.")
    if not evidence.strip():
        raise Invalid({"evidence": "Say what shows it."})
    let_through = guard({"evidence": evidence}, decided=decided)
    held.met_at = happened(room, happened_at, now=now)
    held.met_recorded_at, held.evidence = now, evidence.strip()
    held.save()
    log(room, by=by, now=now, deed="summit.criterion_met", criterion=str(held.pk), **let_through)
    return held


@operation("summit.stood_down")
def stand_down(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    seen: int,
    learning: str,
    outcome: str = "",
    decided: Set[str] = frozenset(),
) -> Room:
    """Close the summit: its questions answered, its exit criteria met, what was learnt written down.

    Args:
        by: needs ``summit.close`` at the summit.
        now: the moment.
        room: the room.
        seen: its version on the screen; a stale page is refused, with nothing lost.
        learning: what was learnt, for others.
        outcome: in one line, for everyone who was told of the summit.
        decided: marks of what looks like a patient's and, a person says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    room = enter(by=by, room=room, seen=seen)
    by.require("summit.close", at=room)
    clock = newest(room, RESPONSE)
    closing.check_may_stand_down(
        [gate for gate, lacks in gates(room).items() if lacks],
        judged=any(
            one.judge == judging.GROUP and one.code not in judging.NOT_A_JUDGEMENT for one in judgements(room)
        ),
        criteria=room.criteria.count(),
        criteria_met=room.criteria.filter(met_at__isnull=False).count(),
        running_response=clock is not None and clock.is_open,
        learning=learning,
    )
    let_through = guard({"learning": learning, "outcome": outcome}, decided=decided, outcome=LONGEST_LINE)
    room.learning = learning.strip()
    room.summit.outcome = outcome.strip()
    end_room(room, status=stages.STOOD_DOWN, words="", by=by, now=now)
    log(room, by=by, now=now, deed="summit.stood_down", save=("learning",), **let_through)
    return room


def end_room(room: Room, *, status: str, words: str, by: Principal, now: datetime) -> None:
    """End a summit: clocks stopped, sharing that lasted until now ended, meetings to come cancelled, all told."""
    for meeting in Meeting.objects.filter(of=room.pk, status=SCHEDULED).select_related("record", "of"):
        cancel_meeting(
            by=by,
            now=now,
            at=room,
            meeting=meeting,
            seen=meeting.version,
            reason="The risk summit was closed.",
        )
    summit = room.summit
    summit.status, summit.ended_at = status, now
    summit.save(update_fields=["status", "ended_at", "outcome"])
    room.closing_words, room.closed_by_id = words, by.user_id
    room.save(update_fields=["closing_words", "closed_by"])
    stop_clocks(room, ENDS, reason=CLOSED, by=by, now=now)
    _end_tabled(room, now)
    derive_holdings(room, now=now)
    owed = newest(room, "provider_notice")
    if owed is None or not owed.is_open:  # the provider is told how it ended, in writing (mission F8, F10)
        start_clock(kind="provider_notice", record=room.record, by=by, now=now)
    tell_ended(room, now=now, besides=by.user_id)


def _end_tabled(room: Room, now: datetime) -> None:
    """End the sharing of what was put before the room, unless its owner keeps it (visibility.md, example 20)."""
    everyone = audience("participants", summit=room.pk)
    for one in room.tabled.filter(ended_at=None, keep=False).select_related("record"):
        end_shares(record=one.record, audiences=[everyone], now=now)
        one.ended_at = now
        one.save(update_fields=["ended_at"])
