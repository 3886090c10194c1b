"""The cast of 2013, for a demonstration."""

from datetime import date, datetime, timedelta

from access.operations import operation
from access.principal import PORTAL, Principal
from audit.operations import record_deed
from reference import operations as lists
from reference.models import Entry

FOUNDING_DAY = date(2013, 4, 1)  # "by 1 April 2013, there is a comprehensive network" (NQB ch. 5, l.828)
_CAST = ("agency_kinds", "membership_rules", "meeting_series")


@operation("list.cast_set")
def stand_as_in_2013(*, by: Principal, now: datetime) -> list[str]:
    """Let the bodies, memberships and meetings of April 2013 go on, and their successors wait.

    For a demonstration whose bodies stand as in April 2013 while its clocks run today. What an administrator changed
    stays so. Returns the codes changed; doing it again changes none.

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
        if entry.changed_here:
            continue
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
