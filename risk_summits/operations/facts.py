"""What follows from a room's facts: its judgements in force, whether anyone is in danger, where it stands."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from concerns.models import DangerFlag, SafeguardingEntry
from concerns.operations.safety import entries_of, standing_of
from risk_summits.models import Judgement, Room
from risk_summits.rules import closing, judging, response, stages


def judgements(room: Room) -> QuerySet[Judgement]:
    """Return the judgements in force, in the order in which they were taken."""
    return room.judgements.filter(replaced_by=None).select_related("by_agency", "by")


def failure_at(room: Room) -> datetime | None:
    """Return the earliest judgement that there is, or may be, serious failure; None while there is none."""
    return judging.failure_judged_at(one.fact for one in judgements(room))


def terms(room: Room) -> response.Terms | None:
    """Return how soon the bodies must meet, by the facts; None while no failure has been judged."""
    judged_at = failure_at(room)
    if judged_at is None:
        return None
    return response.terms(
        judged_at,
        danger=in_danger(room),
        severity=room.severity,
        sooner_hours=room.sooner_hours,
    )


def in_danger(room: Room) -> bool:
    """Say whether anybody said that people are, or may be, in danger here."""
    return room.dangerreports.exists() or DangerFlag.objects.filter(record=room.pk).exists()


def stage(room: Room) -> str:
    """Return how far the room has come."""
    codes = [one.code for one in judgements(room) if one.judge == judging.GROUP]
    return stages.stage(
        failure=failure_at(room) is not None, group_codes=codes, ended=room.summit.ended_at is not None
    )


def gates(room: Room) -> dict[str, list[str]]:
    """Return what each gate still lacks, as sentences; an empty list means that it is answered."""
    said = {one.gate: one.answer for one in room.gateanswers.order_by("recorded_at")}
    flagged = DangerFlag.objects.filter(record=room.pk).exists()
    return lacks_by_gate(said, entries_of(room.record), flagged=flagged)


def lacks_by_gate(
    said: Mapping[str, str], entries: Iterable[SafeguardingEntry], *, flagged: bool
) -> dict[str, list[str]]:
    """Return what each gate still lacks, by the newest answer to each and what was done about people's safety."""
    safety = standing_of(entries)
    return {gate: closing.lacks(gate, said.get(gate), safety, flagged=flagged) for gate in closing.GATES}
