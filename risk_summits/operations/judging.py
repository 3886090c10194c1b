"""Judgements: the group's, and those that a body takes for itself; each with its moment (NQB ch. 5, l.834-836)."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow
from agencies.models import Agency
from clocks.models import Clock
from clocks.operations import extend, meet, start_clock
from clocks.rules.states import OPEN
from reference.operations import row
from risk_summits.models import CalledBody, Judgement, Room
from risk_summits.operations.closing import end_room
from risk_summits.operations.entering import enter, fact, guard, happened, log, own_call
from risk_summits.operations.facts import failure_at, gates, judgements
from risk_summits.operations.proposing import commissionings
from risk_summits.operations.telling import tell_participants
from risk_summits.operations.timing import newest, settle
from risk_summits.rules import closing, judging, stages
from risk_summits.rules.calling import LONGEST_LINE
from timekeeping.london import london_day, moment_in_words


@operation("summit.judged")
def record_judgement(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    judge: str,
    code: str,
    text: str = "",
    happened_at: datetime | None = None,
    until: datetime | None = None,
    severity: str = "",
    seen: int | None = None,
    decided: Set[str] = frozenset(),
) -> Judgement:
    """Record a judgement, now or afterwards, with the moment at which it was taken.

    The group's meets the judgement clock, or puts it off ("cannot yet say"), or ends the summit
    ("no failure and no further action"). The earliest that there is, or may be, serious failure
    starts the response; NHS England leads it in the same second.

    Args:
        by: for the group's, needs ``summit.judge_together`` at the summit; for a body's own, a
            lead of that body, called, which judges in that quality. CQC's is CQC's alone.
        now: the moment it is recorded.
        room: the room.
        judge: one of ``judging.JUDGES``.
        code: a code of that judge's list (``outcome_codes``).
        text: what it rests on; for ``extended``, what is awaited.
        happened_at: when it was taken, if not now; neither in the future nor before the call.
        until: for ``extended``, the new time, within 72 hours of the call.
        severity: a code of ``severity_scale``, where it is said.
        seen: the room's version on the screen.
        decided: marks of what looks like a patient's and, a person says, is not.

    Returns:
        The judgement.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    room = enter(by=by, room=room, seen=seen)
    if judge not in judging.LISTS:
        raise Invalid({"judge": "Say whose judgement it is."})
    check_may_judge(by, room, judge, now=now)
    if not row("outcome_codes", f"{judging.LISTS[judge]}:{code}", london_day(now)):
        raise Invalid({"code": "Choose one of the judgements."})
    judging.check_words(judge, code, text)
    if severity and not row("severity_scale", severity, london_day(now)):
        raise Invalid({"severity": "Choose how serious it is."})
    let_through = guard({"text": text}, decided=decided)
    at = happened(room, happened_at, now=now)
    new_time = None
    if code == judging.EXTENDED:
        new_time = judging.extended_until(until, triggered_at=room.record.happened_at, now=now)
    if code == judging.NOT_TAKEN_FORWARD:
        _check_may_end(room, text)
    before = failure_at(room)
    judgement = Judgement.objects.create(
        judge=judge,
        code=code,
        text=text.strip(),
        until=new_time,
        **fact(room, by=by, now=now, happened_at=at),
    )
    if severity:
        room.severity = severity
    log(room, by=by, now=now, deed="summit.judged", save=("severity",), judge=judge, code=code, **let_through)
    if judge == judging.GROUP:
        _keep_judgement_clock(room, judgement, by=by, now=now)
    _follow(room, judgement, before, by=by, now=now)
    return judgement


def check_may_judge(by: Principal, room: Room, judge: str, *, now: datetime) -> None:
    """Raise NotPermitted unless this principal may record this judge's judgement."""
    if judge == judging.GROUP:
        by.require(
            "summit.judge_together",
            at=room,
            sentence="The group's judgement is recorded by its chair, or by the body that calls the bodies together or "
            "leads the response.",
        )
        return
    own = own_call(room, by)
    judging.check_judge(judge, kind=own.agency.kind, commissions=_commissions(room, own.agency, now))
    by.require(
        "summit.judge_for_body",
        at=OWN_BODY,
        sentence=f"A lead for {own.agency} records its judgement. Ring yours.",
    )


def judges_as(called: CalledBody | None, by: Principal, room: Room, now: datetime) -> str | None:
    """Return as what the principal's own body judges here; None when it judges only with the group.

    ``called`` is the call of that body, if it was called.
    """
    if called is None or not by.may("summit.judge_for_body", at=OWN_BODY):
        return None
    return judging.judge_of(called.agency.kind, commissions=_commissions(room, called.agency, now))


def _commissions(room: Room, agency: Agency, now: datetime) -> bool:
    return any(one.agency_id == agency.pk for one in commissionings(room.summit.provider, now))


def _check_may_end(room: Room, text: str) -> None:
    unanswered = [gate for gate, lacks in gates(room).items() if lacks]
    closing.check_may_end_not_taken_forward(
        unanswered, failure_judged=failure_at(room) is not None, reason=text
    )


def _keep_judgement_clock(room: Room, judgement: Judgement, *, by: Principal, now: datetime) -> None:
    """Meet the judgement clock by the group's judgement, or put it off."""
    clock = Clock.objects.filter(record=room.pk, family="judgement", state__in=OPEN).first()
    if clock is None:
        return
    if judgement.until is not None:
        extend(clock=clock, by=by, now=now, until=judgement.until)
    else:
        meet(
            clock=clock,
            by=by,
            now=now,
            happened_at=max(judgement.happened_at, clock.started_at),
            how="judged",
        )


def _follow(
    room: Room, judgement: Judgement, before: datetime | None, *, by: Principal, now: datetime
) -> None:
    """Let what follows from a judgement follow: the response, the word to the provider, or the end."""
    if judgement.code == judging.NOT_TAKEN_FORWARD:
        end_room(room, status=stages.NOT_TAKEN_FORWARD, words=judgement.text, by=by, now=now)
        log(room, by=by, now=now, deed="summit.not_taken_forward")
        return
    if judgement.fact.starts_response:
        settle(room, by=by, now=now)
        if before is None:
            tell_participants(room, event="summit.judged", now=now, topic=judgement.pk, besides=by.user_id)
    if judgement.fact.starts_response or judgement.code == judging.FOCUSED:
        owe_the_provider_a_word(room, by=by, now=now, since=judgement.happened_at)


def owe_the_provider_a_word(room: Room, *, by: Principal, now: datetime, since: datetime) -> None:
    """Start the time to tell the provider, unless it was told, or two people decided not to tell it yet."""
    told = room.providerwords.filter(kind=closing.TOLD).exists()
    withheld = room.withholdings.filter(agreed_at__isnull=False, ended_at=None).exists()
    if not told and not withheld and newest(room, "provider_notice") is None:
        start_clock(kind="provider_notice", record=room.record, by=by, now=now, started_at=since)


@operation("summit.judgement_corrected")
def correct_judgement(
    *,
    by: Principal,
    now: datetime,
    room: Room,
    judgement: UUID,
    happened_at: datetime,
    why: str,
    decided: Set[str] = frozenset(),
) -> Judgement:
    """Put a mistyped moment right: another judgement stands in its place, and both stay.

    The clocks that it started are stopped as corrected, and others start from the right moment.

    Args:
        by: whoever may record that judge's judgement.
        now: the moment.
        room: the room.
        judgement: the one that is wrong.
        happened_at: the right moment.
        why: what was wrong.
        decided: marks of what looks like a patient's and, a person says, is not.
    """
    room = enter(by=by, room=room)
    old = judgements(room).filter(pk=judgement).first()
    if old is None:
        raise NotNow("This judgement has been corrected already. Look at how it stands now.")
    check_may_judge(by, room, old.judge, now=now)
    if old.judge != judging.GROUP and old.by_agency_id != by.agency_id:
        raise NotNow(f"{old.by_agency} recorded this judgement, so it puts it right.")
    if not why.strip():
        raise Invalid({"why": "Say what was wrong."})
    let_through = guard({"why": why}, decided=decided, why=LONGEST_LINE)
    at = happened(room, happened_at, now=now)
    if at == old.happened_at:
        raise Invalid({"happened_at": f"It stands at {moment_in_words(at)} already."})
    new = Judgement.objects.create(
        judge=old.judge,
        code=old.code,
        text=old.text,
        until=old.until,
        **fact(room, by=by, now=now, happened_at=at),
    )
    old.replaced_by, old.why_corrected = new, why.strip()
    old.save(update_fields=["replaced_by", "why_corrected"])
    detail = {"judge": old.judge, "code": old.code, **let_through}
    log(room, by=by, now=now, deed="summit.judgement_corrected", **detail)
    settle(room, by=by, now=now)
    return new
