"""Risk summits through the API: the headline, what stands in the room, and what is done there."""

from risk_summits.api import deeds, reading

__all__ = ["deeds", "reading"]
