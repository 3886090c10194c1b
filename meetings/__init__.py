"""Meetings: who was asked to come, who came, what was said and decided."""
