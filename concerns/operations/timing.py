"""The clocks that hang on a record for people's safety, and for somebody to go and look."""

from collections.abc import Collection
from datetime import datetime

from access.models import Record
from access.principal import Principal
from clocks.models import Clock
from clocks.operations import stop
from clocks.rules.states import OPEN

SAFETY = frozenset({"safeguarding", "safeguarding_notice"})
LOOK = frozenset({"go_and_look"})
FAMILIES = SAFETY | LOOK


def open_clocks(record: Record, families: Collection[str] = FAMILIES) -> list[Clock]:
    """Return the clocks of these families that still count on a record, the one due first in front."""
    held = Clock.objects.filter(record=record, family__in=families, state__in=OPEN)
    return list(held.order_by("due_at", "kind"))


def stop_clocks(
    record: Record, families: Collection[str] = FAMILIES, *, by: Principal, now: datetime, reason: str
) -> None:
    """Stop those clocks, because what they are about has ended; no notice follows."""
    for clock in open_clocks(record, families):
        stop(clock=clock, by=by, now=now, reason=reason)
