"""Changing a concern, taking it back, replacing it, closing it: its owner's deeds, each kept."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from access.operations import operation, withdraw_record
from access.principal import Principal
from access.reach import bodies_of
from access.refusals import Invalid, NotNow
from access.sight import visible_to
from audit.operations import record_deed
from clocks.rules import states as clock_states
from concerns.models import Concern
from concerns.operations.lists import shelf
from concerns.operations.looking import time_the_look
from concerns.operations.safety import flag_if_in_danger
from concerns.operations.telling import tell_of_the_taking_back
from concerns.operations.timing import LOOK, stop_clocks
from concerns.operations.writing import (
    change_status,
    content_of,
    guard,
    keep_version,
    mark_changed,
    put_content,
    refuse,
    take_up,
)
from concerns.rules import content as rules
from concerns.rules import states
from concerns.rules.content import Content, too_long
from reference import operations as lists
from reference.personal_data import codes
from timekeeping.london import london_day

REASON_LONGEST = 1000
NOT_A_CLOSING = frozenset({"withdrawn"})
"""Outcomes that a deed of its own gives."""


def require_owner(by: Principal, concern: Concern, permission: str) -> None:
    """Refuse whoever is not at the owner in a role that permits it, with a sentence that says who may."""
    owner = concern.record.owner
    sentence = f"Only {owner}, which looks after this concern, can do this."
    if concern.record.is_of(by):
        sentence = (
            f"Your role at {by.agency_name} does not allow this. Ask a person who leads for {by.agency_name}."
        )
    by.require(permission, at=concern.record, sentence=sentence)


@operation("concern.amended")
def amend_concern(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    content: Content,
    seen: int,
    decided: Set[str] = frozenset(),
) -> Concern:
    """Change what a concern says; the version before stays. A quick note is completed this way.

    Args:
        by: needs ``concern.amend`` at the owner.
        now: the moment.
        concern: in sight of ``by``.
        content: what it says from now on.
        seen: its ``version`` when the person read it.
        decided: see ``note_concern``.

    Returns:
        The concern, one version on.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by=by, concern=concern, seen=seen)
    require_owner(by, held, "concern.amend")
    states.check_open(held.status)
    before = content_of(held)
    if content == before:
        raise Invalid({"": "Nothing was changed, so nothing was saved."})
    complete = not rules.check_content(content, shelf(london_day(now)).lists, now=now)
    wanted = rules.ALWAYS if held.to_complete else rules.IN_FULL
    refuse(rules.check_content(content, shelf(london_day(now)).lists, now=now, wanted=wanted))
    guard(content.texts, decided=decided, before=before.texts.values())
    put_content(held, replace(content, severity=content.severity or rules.NOT_KNOWN))
    held.to_complete = held.to_complete and not complete
    mark_changed(held, by=by, now=now)
    held.save()
    held.record.save(update_fields=["happened_at"])
    keep_version(held, by=by, now=now)
    flag_if_in_danger(held, by=by, now=now)
    time_the_look(held, by=by, now=now)
    detail = {"version": held.version, "personal_data": codes(content.texts.values())}
    record_deed(by=by, now=now, deed="concern.amended", record=held.pk, detail=detail)
    return held


@operation("concern.closed")
def close_concern(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    outcome: str,
    reason: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> Concern:
    """Close a concern with what came of it. Clocks for people's safety go on: closing makes nobody safe.

    Args:
        by: needs ``concern.close`` at the owner.
        now: the moment.
        concern: in sight of ``by``.
        outcome: a code of the list ``concern_close``.
        reason: what was done, in a sentence or two.
        seen: its ``version`` when the person read it.
        decided: see ``note_concern``.
    """
    held = take_up(by=by, concern=concern, seen=seen)
    require_owner(by, held, "concern.close")
    if outcome not in closing_outcomes(now):
        raise Invalid({"outcome": "Choose what came of it"})
    _check_reason(reason, "Say in a sentence what was done", decided)
    change_status(held, states.CLOSED, by=by, now=now, outcome=outcome, reason=reason.strip())
    held.outcome = outcome
    mark_changed(held, by=by, now=now)
    held.save()
    keep_version(held, by=by, now=now)
    stop_clocks(held.record, LOOK, by=by, now=now, reason=clock_states.CLOSED)
    record_deed(by=by, now=now, deed="concern.closed", record=held.pk, detail={"outcome": outcome})
    return held


def closing_outcomes(now: datetime) -> dict[str, str]:
    """Return the outcomes on offer: code to words."""
    rows = lists.rows("outcome_codes", on=london_day(now))
    return {
        str(one["code"]): str(one["label"])
        for one in rows
        if one["list"] == "concern_close" and one["code"] not in NOT_A_CLOSING
    }


@operation("concern.withdrawn")
def withdraw_concern(
    *, by: Principal, now: datetime, concern: Concern, reason: str, seen: int, decided: Set[str] = frozenset()
) -> Concern:
    """Take a concern back: those who had it keep a tombstone without its words, and those who opened it are told.

    Args:
        by: needs ``concern.withdraw`` at the owner.
        now: the moment.
        concern: in sight of ``by``.
        reason: why, for the owner's own file.
        seen: its ``version`` when the person read it.
        decided: see ``note_concern``.
    """
    held = take_up(by=by, concern=concern, seen=seen)
    require_owner(by, held, "concern.withdraw")
    if held.status == states.DRAFT:
        raise NotNow("This was not raised yet. Throw the draft away instead: its words go with it.")
    _check_reason(reason, "Say why it is withdrawn", decided)
    change_status(held, states.WITHDRAWN, by=by, now=now, outcome="withdrawn", reason=reason.strip())
    _bury(held, by=by, now=now)
    record_deed(by=by, now=now, deed="concern.withdrawn", record=held.pk)
    return held


@operation("concern.superseded")
def supersede_concern(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    replacement: str,
    reason: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> Concern:
    """Let another concern of the same body take the place of this one, which becomes a tombstone.

    Args:
        by: needs ``concern.withdraw`` at the owner.
        now: the moment.
        concern: in sight of ``by``.
        replacement: the reference of the other one, in sight of ``by``; a hidden one reads like an absent one.
        reason: why.
        seen: its ``version`` when the person read it.
        decided: see ``note_concern``.
    """
    held = take_up(by=by, concern=concern, seen=seen)
    require_owner(by, held, "concern.withdraw")
    _check_reason(reason, "Say why it is replaced", decided)
    others = Concern.objects.filter(
        reference=replacement.strip().upper(), record__owner__in=bodies_of(held.record), status=states.OPEN
    ).exclude(pk=held.pk)
    other = visible_to(by, others).first()
    if other is None:
        raise Invalid(
            {"replacement": "No other open concern of your body has this reference. Check how it is written"}
        )
    change_status(held, states.SUPERSEDED, by=by, now=now, reason=reason.strip())
    held.superseded_by = other
    _bury(held, by=by, now=now)
    record_deed(by=by, now=now, deed="concern.superseded", record=held.pk, detail={"by": str(other.pk)})
    return held


def _check_reason(reason: str, sentence: str, decided: Set[str]) -> None:
    refuse(too_long("reason", reason, REASON_LONGEST) if reason.strip() else {"reason": sentence})
    guard({"reason": reason}, decided=decided)


def _bury(concern: Concern, *, by: Principal, now: datetime) -> None:
    """Leave a tombstone: nothing runs on, nothing is searched, those who had it are told."""
    mark_changed(concern, by=by, now=now)
    concern.save()
    stop_clocks(concern.record, by=by, now=now, reason=clock_states.WITHDRAWN)
    withdraw_record(record=concern.record, now=now)
    tell_of_the_taking_back(concern, by=by, now=now)
