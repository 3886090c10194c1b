"""What is kept of concerns: the concern with its versions, what others say of it, and people's safety."""

from concerns.models.concern import Concern, ConcernChange, ConcernVersion
from concerns.models.danger import DangerFlag, SafeguardingEntry
from concerns.models.said import Comment, Corroboration, GoAndLook

__all__ = [
    "Comment",
    "Concern",
    "ConcernChange",
    "ConcernVersion",
    "Corroboration",
    "DangerFlag",
    "GoAndLook",
    "SafeguardingEntry",
]
