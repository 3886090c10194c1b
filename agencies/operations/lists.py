"""The audited door to the lists: who edited which row, and the cast of 2013."""

from datetime import date, datetime, timedelta
from typing import Any

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid
from audit.operations import record_deed
from reference import operations as lists
from reference.models import Entry
from timekeeping.london import london_day

FOUNDING_DAY = date(2013, 4, 1)  # "by 1 April 2013, there is a comprehensive network" (NQB ch. 5, l.828)
_CAST = ("agency_kinds", "membership_rules", "meeting_series")


@operation("list.changed")
def change_row(
    *, by: Principal, now: datetime, list_code: str, code: str, on: date, data: dict[str, Any]
) -> Entry:
    """Edit a row of a list from a London day: the row that stands ends, and another starts.

    Raises:
        NotPermitted: `by` does not look after the lists.
        Invalid: the day is past, no such row stands on it, or a column is not one of the row's.
    """
    by.require("reference.manage", at=PORTAL)
    if on < london_day(now):
        raise Invalid({"on": "A list cannot be changed in the past. Choose today or a later day."})
    standing = lists.row(list_code, code, on)
    if standing is None:
        raise Invalid({"code": "No such row stands on that day. Nothing was changed."})
    strange = sorted(set(data) - set(standing))
    if strange:
        raise Invalid({"data": f"The list has no column {', '.join(strange)}."})
    entry = lists.change_entry(list_code=list_code, code=code, on=on, data=data)
    record_deed(
        by=by,
        now=now,
        deed="list.changed",
        detail={"list": list_code, "code": code, "columns": sorted(data), "from": str(on)},
    )
    return entry


@operation("list.cast_set")
def stand_as_in_2013(*, by: Principal, now: datetime) -> list[str]:
    """Let the bodies, memberships and meetings of April 2013 go on, and their successors wait.

    For a demonstration whose bodies stand as in April 2013 while its clocks run today. Returns the codes
    changed; doing it again changes none.

    Raises:
        NotPermitted: `by` does not look after the lists.
    """
    by.require("reference.manage", at=PORTAL)
    entries = list(Entry.objects.filter(list_code__in=_CAST))
    kinds = [entry for entry in entries if entry.list_code == "agency_kinds"]
    named = {entry.data["successor"] for entry in kinds}
    successors = {e.code for e in kinds if e.effective_from > FOUNDING_DAY and e.code in named}
    changed = []
    for entry in entries:
        later = entry.effective_from > FOUNDING_DAY
        kind = entry.data.get("member_kind") or entry.code
        if later and kind in successors and entry.effective_to != entry.effective_from:
            lists.set_end(list_code=entry.list_code, code=entry.code, effective_to=entry.effective_from)
        elif not later and entry.effective_to and entry.effective_to > FOUNDING_DAY + timedelta(days=1):
            lists.set_end(list_code=entry.list_code, code=entry.code, effective_to=None)
        else:
            continue
        changed.append(f"{entry.list_code}:{entry.code}")
    record_deed(by=by, now=now, deed="list.cast_set", detail={"changed": changed})
    return changed
