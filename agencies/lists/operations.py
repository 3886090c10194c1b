"""Changing the lists from a day on: the row that stands ends, another begins, and what was planned can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotPermitted
from agencies.lists import rules
from agencies.lists.checking import check_faults, check_free, read_row
from agencies.lists.models import ListChange
from agencies.lists.reading import (
    changes_of,
    in_force,
    is_planned,
    meanwhile,
    on_day,
    version_of,
)
from audit.operations import record_deed
from reference import operations as lists
from reference.columns import code_of
from reference.models import Entry
from reference.rules import LISTS
from timekeeping.london import day_in_words, london_day

_LISTS_LOCK = 7_210_342
"""One change of the lists at a time: what one of them needs stands in another."""


@dataclass(frozen=True)
class Wording:
    """What a row is to say, as it was typed.

    Attributes:
        cells: by column.
        source: which document and paragraph, or whose judgement.
        status: ``paper`` or ``judgement``.
    """

    cells: Mapping[str, str]
    source: str
    status: str


@operation("list.row_changed")
def change_row(
    *,
    by: Principal,
    now: datetime,
    list_code: str,
    code: str,
    seen: int,
    starts_on: date,
    wording: Wording,
    reason: str,
) -> ListChange:
    """Let a row say something else from a London day on, tomorrow or later. The columns that name it stay.

    Raises:
        NotPermitted: `by` does not look after the lists.
        Invalid: by column what it cannot say; somebody changed it meanwhile; the day; what the portal would lack.
    """
    before, old = _take_up(by, now, list_code, code, seen, starts_on)
    rules.check_words(source=wording.source, status=wording.status, reason=reason)
    keys = {key: str(old.data.get(key, "")) for key in LISTS[list_code].keys}
    data = read_row(list_code, {**wording.cells, **keys}, on_day(before, starts_on), old)
    was, will = _told(old), _wording(data, wording)
    if not rules.differences(list_code, was, will):
        raise Invalid({"": "This is what the row says already. Change something, or go back."})
    lists.put_row(
        list_code=list_code,
        code=code,
        on=starts_on,
        data=data,
        source=wording.source.strip(),
        status=wording.status,
    )
    check_faults(before, starts_on)
    change = _keep(by, now, rules.CHANGED, list_code, code, starts_on, was, will, reason)
    record_deed(by=by, now=now, deed="list.row_changed", detail=_detail(change))
    return change


@operation("list.row_added")
def add_row(
    *,
    by: Principal,
    now: datetime,
    list_code: str,
    starts_on: date,
    wording: Wording,
    reason: str,
    after: str = "",
) -> ListChange:
    """Add a row to a list from a London day on, tomorrow or later; one that ended before may come back.

    Args:
        by: who looks after the lists.
        now: the moment.
        list_code: which list.
        starts_on: its first day.
        wording: what it says.
        reason: why.
        after: the code of the row it comes after; "" for the end of the list.

    Raises:
        NotPermitted: `by` does not look after the lists.
        Invalid: by column what it cannot say; the list has such a row; the day; what the portal would lack.
    """
    before = _begin(by, now, list_code, starts_on)
    rules.check_words(source=wording.source, status=wording.status, reason=reason)
    data = read_row(list_code, wording.cells, on_day(before, starts_on))
    code = code_of(list_code, data)
    check_free(list_code, code, starts_on)
    above = in_force(list_code, starts_on).filter(code=after).first() if after else None
    lists.put_row(
        list_code=list_code,
        code=code,
        on=starts_on,
        data=data,
        source=wording.source.strip(),
        status=wording.status,
        after=above.position if above else None,
    )
    check_faults(before, starts_on)
    will = _wording(data, wording)
    change = _keep(by, now, rules.ADDED, list_code, code, starts_on, None, will, reason)
    record_deed(by=by, now=now, deed="list.row_added", detail=_detail(change))
    return change


@operation("list.row_retired")
def retire_row(
    *, by: Principal, now: datetime, list_code: str, code: str, seen: int, starts_on: date, reason: str
) -> ListChange:
    """End a row: `starts_on`, tomorrow or later, is the first London day on which it is not offered.

    Raises:
        NotPermitted: `by` does not look after the lists.
        Invalid: somebody changed it meanwhile; the day; what the portal would lack.
    """
    before, old = _take_up(by, now, list_code, code, seen, starts_on)
    rules.check_reason(reason)
    ended_before = old.effective_to
    lists.end_row(old, starts_on)
    check_faults(before, starts_on)
    change = _keep(by, now, rules.RETIRED, list_code, code, starts_on, _told(old), None, reason, ended_before)
    record_deed(by=by, now=now, deed="list.row_retired", detail=_detail(change))
    return change


@operation("list.change_undone")
def undo_change(*, by: Principal, now: datetime, change: ListChange) -> None:
    """Take a change back that has not yet taken effect.

    Raises:
        NotPermitted: `by` does not look after the lists.
        Invalid: it has taken effect or was taken back; a later change builds on it; what the portal would lack.
    """
    before = _locked(by)
    held = ListChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    _check_may_undo(held, now)
    rows = Entry.objects.filter(list_code=held.list_code, code=held.code)
    begun = rows.filter(effective_from=held.starts_on).first() if held.deed != rules.RETIRED else None
    ends = (
        rows.filter(effective_to=held.starts_on - timedelta(days=1))
        if held.deed != rules.ADDED
        else rows.none()
    )
    others = ListChange.objects.filter(list_code=held.list_code, code=held.code, undone_at__isnull=True)
    lists.take_back(
        begun=begun,
        before=ends.first(),
        until=begun.effective_to if begun else held.ended_before,
        changed=others.exclude(pk=held.pk).exists(),
    )
    check_faults(before, held.starts_on)
    held.undone_at, held.undone_by_id = now, _person(by)
    held.save(update_fields=("undone_at", "undone_by"))
    record_deed(by=by, now=now, deed="list.change_undone", detail=_detail(held))


def _check_may_undo(held: ListChange, now: datetime) -> None:
    if held.undone_at is not None:
        raise Invalid({"": f"{held.undone_by} has taken this back already. Nothing more was changed."})
    if not is_planned(held, london_day(now)):
        raise Invalid(
            {
                "": f"It took effect on {day_in_words(held.starts_on)}. Change the row again, from a day to come."
            }
        )
    later = ListChange.objects.filter(
        list_code=held.list_code, code=held.code, undone_at__isnull=True, starts_on__gt=held.starts_on
    )
    if later.exists():
        raise Invalid({"": "A later change of this row builds on it. Undo the later one first."})


def _locked(by: Principal) -> list[Entry]:
    """Insist on the permission, let nobody else change a list meanwhile, and return every row as it stands."""
    by.require(
        "reference.manage",
        at=PORTAL,
        sentence="Only an administrator of the portal changes what it works by.",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LISTS_LOCK])
    return list(Entry.objects.all())


def _begin(by: Principal, now: datetime, list_code: str, starts_on: date) -> list[Entry]:
    before = _locked(by)
    if list_code not in LISTS:
        raise Invalid({"": "There is no such list."})
    rules.check_day(starts_on, london_day(now))
    return before


def _take_up(
    by: Principal, now: datetime, list_code: str, code: str, seen: int, starts_on: date
) -> tuple[list[Entry], Entry]:
    """Return every row, and the one of this code that stands on the day; refuse what was changed meanwhile."""
    before = _begin(by, now, list_code, starts_on)
    changes = changes_of(list_code, code)
    if version_of(changes) != seen:
        raise Invalid({"": meanwhile(changes)})
    old = in_force(list_code, starts_on).filter(code=code).first()
    if old is None:
        raise Invalid({"starts_on": "The row does not stand on that day. Choose a day on which it does."})
    if old.effective_from == starts_on:
        raise Invalid(
            {"starts_on": "A change from that very day is planned. Undo it first, or choose another day."}
        )
    return before, old


def _told(entry: Entry) -> dict[str, object]:
    return {**entry.data, "source": entry.source, "status": entry.status}


def _wording(data: Mapping[str, object], wording: Wording) -> dict[str, object]:
    return {**data, "source": wording.source.strip(), "status": wording.status}


def _person(by: Principal) -> UUID:
    if by.user_id is None:
        raise NotPermitted("A person changes the lists, and stands by it.")
    return by.user_id


def _keep(
    by: Principal,
    now: datetime,
    deed: str,
    list_code: str,
    code: str,
    starts_on: date,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    reason: str,
    ended_before: date | None = None,
) -> ListChange:
    return ListChange.objects.create(
        list_code=list_code,
        code=code,
        deed=deed,
        starts_on=starts_on,
        before=before,
        after=after,
        ended_before=ended_before,
        reason=reason.strip(),
        made_at=now,
        by_id=_person(by),
    )


def _detail(change: ListChange) -> dict[str, object]:
    """Return what the log keeps: codes only. The row's own words, which people type, stand with the change."""
    return {"change": str(change.pk), "list": change.list_code, "on": str(change.starts_on)}
