"""Anyone in danger? The flag, and who rang whom (NQB ch. 5 (l.868)).

Made for every record, not concerns alone: meetings and summits ask the same question. It never
delays saving, sharing or calling a summit.
"""

from collections.abc import Iterable, Set
from datetime import datetime

from access.models import Record
from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.reach import answering_body
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import must_see
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import Start, meet, start_clocks, stop
from clocks.rules.states import CLOSED, MET_STATES, OPEN
from concerns.models import Concern, DangerFlag, SafeguardingEntry
from concerns.operations.writing import guard, refuse, who_acts
from concerns.rules import danger
from concerns.rules.content import IN_DANGER
from concerns.rules.danger import Standing
from reference.personal_data import codes


def flag_if_in_danger(concern: Concern, *, by: Principal, now: datetime) -> None:
    """Flag a concern whose answer is yes or not sure, once."""
    if concern.danger in IN_DANGER and not DangerFlag.objects.filter(record=concern.record).exists():
        flag_danger(by=by, now=now, record=concern.record, answer=concern.danger)


@operation("safeguarding.flagged")
def flag_danger(
    *, by: Principal, now: datetime, record: Record, answer: str, flagged_at: datetime | None = None
) -> DangerFlag:
    """Say that somebody may be in danger: the child's and the adult's clocks start, until somebody says which.

    The callers' own permission is asked by them; whoever may write a record may say this on it.

    Args:
        by: who says so.
        now: the moment it is recorded.
        record: what it is about: a concern, a return, a meeting, a summit.
        answer: ``yes`` or ``not_sure``.
        flagged_at: the moment it was said, if not now.

    Returns:
        The flag.

    Raises:
        NotNow: it was flagged already.
    """
    if answer not in IN_DANGER:
        raise Invalid({"danger": "Say whether anyone is in danger; “Not sure” is an answer"})
    if DangerFlag.objects.filter(record=record).exists():
        raise NotNow("Somebody has said already that people may be in danger here.")
    flag = DangerFlag.objects.create(
        record=record, answer=answer, flagged_at=flagged_at or now, recorded_at=now, by_id=by.user_id
    )
    _start(record, danger.CLOCKS, by=by, now=now, started_at=flag.flagged_at)
    record_deed(by=by, now=now, deed="safeguarding.flagged", record=record.pk, detail={"answer": answer})
    return flag


def _start(
    record: Record, kinds: Iterable[str], *, by: Principal, now: datetime, started_at: datetime
) -> None:
    wanted = sorted(kinds)
    if wanted:
        body = answering_body(record, by)
        starts = [Start(kind, started_at, responsible_agency=body) for kind in wanted]
        start_clocks(record=record, starts=starts, by=by, now=now)


def entries_of(record: Record) -> list[SafeguardingEntry]:
    """Return what was done and said about people's safety on a record, in the order it was written."""
    return list(SafeguardingEntry.objects.filter(record=record).select_related("by", "agency"))


def standing_of(entries: Iterable[SafeguardingEntry]) -> Standing:
    """Return how the matter of safety stands."""
    return danger.standing(
        danger.Entry(one.deed, one.about, one.happened_at, one.recorded_at) for one in entries
    )


@operation("safeguarding.recorded")
def record_safeguarding(
    *,
    by: Principal,
    now: datetime,
    record: Record,
    deed: str,
    about: str,
    whom: str = "",
    their_reference: str = "",
    route: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> SafeguardingEntry:
    """Write down who rang whom and when, a formal notice, the council's route, or whom it is about.

    Args:
        by: needs ``safeguarding.answer`` at their own body; only the record's owner says whom it is about.
        now: the moment.
        record: a record that was flagged, in sight of ``by``.
        deed: a code of ``danger.DEED_WORDS``.
        about: whom it is about.
        whom: the desk or office rung or told; never the adult's or child's name.
        their_reference: the reference they gave.
        route: the council's route, for ``route``.
        happened_at: when it was done, if not now.
        decided: see ``note_concern``.

    Returns:
        What was written. It meets the clocks that it answers, and stops those it shows not to be meant.
    """
    must_see(by, record)
    by.require("safeguarding.answer", at=OWN_BODY)
    flag = DangerFlag.objects.select_for_update().filter(record=record).first()
    if flag is None:
        raise NotNow(
            "Nobody has said that anyone is in danger here. If somebody is, say so on the record first."
        )
    if deed == danger.SAID and not record.is_of(by):
        raise NotPermitted(
            "Only the body that raised this says whom it is about. Write down your own call instead."
        )
    at = happened_at or now
    refuse(
        danger.check_entry(
            deed,
            about=about,
            whom=whom,
            route=route,
            happened_at=at,
            their_reference=their_reference,
            now=now,
        )
    )
    guard({"whom": whom, "their_reference": their_reference}, decided=decided)
    person, agency = who_acts(by)
    entry = SafeguardingEntry.objects.create(
        record=record,
        deed=deed,
        about=about,
        whom=whom.strip(),
        their_reference=their_reference.strip(),
        route=route,
        happened_at=at,
        recorded_at=now,
        by_id=person,
        agency_id=agency,
    )
    _bring_clocks_in_step(record, standing_of(entries_of(record)), by=by, now=now)
    detail = {"deed": deed, "about": about, "personal_data": codes([whom, their_reference])}
    record_deed(by=by, now=now, deed="safeguarding.recorded", record=record.pk, detail=detail)
    return entry


def safety_clocks(record: Record) -> list[Clock]:
    """Return the clocks about people's safety on a record."""
    return list(Clock.objects.filter(record=record, kind__in=danger.CLOCKS).order_by("due_at", "kind"))


def _bring_clocks_in_step(record: Record, known: Standing, *, by: Principal, now: datetime) -> None:
    """Meet what was done, stop what is not meant, and start again what is meant after all."""
    clocks = safety_clocks(record)
    for clock in clocks:
        if not clock.is_open:
            continue
        done_at = known.met.get(clock.kind)
        if done_at is not None:
            meet(clock=clock, by=by, now=now, happened_at=max(done_at, clock.started_at), how="by_phone")
        elif clock.kind not in known.wanted:
            stop(clock=clock, by=by, now=now, reason=CLOSED)
    counted = {clock.kind for clock in clocks if clock.state in (*MET_STATES, *OPEN)}
    again = known.wanted - counted - known.met.keys()
    _start(record, again, by=by, now=now, started_at=now)
