"""One clock decides: the database's. Everything else is told the time."""

from timekeeping.moment import DayStarts, portal_now

__all__ = ["DayStarts", "portal_now"]
