"""Concerns through the API: what is shown of them, and what can be done with one."""

from concerns.api import deeds, reading

__all__ = ["deeds", "reading"]
