"""One clock decides: the database's. Everything else is told the time."""

from timekeeping.moment import portal_now

__all__ = ["portal_now"]
