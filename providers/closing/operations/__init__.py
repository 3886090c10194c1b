"""The only writers of plans, and what is read of them."""

from providers.closing.operations.councils import (
    confirm_by_telephone,
    confirm_reading,
    drop_council,
    name_council,
    tell_councils,
)
from providers.closing.operations.keeping import (
    change_plan,
    decide_plan,
    make_plan,
    may_make,
    note_plan,
    require_making,
    share_plan,
)
from providers.closing.operations.places import end_place, offer_place, say_incoming
from providers.closing.operations.reading import (
    audiences_near,
    councils_near,
    plans_of,
)

__all__ = [
    "audiences_near", "change_plan", "confirm_by_telephone", "confirm_reading", "councils_near", "decide_plan",
    "drop_council", "end_place", "make_plan", "may_make", "name_council", "note_plan", "offer_place", "plans_of",
    "require_making", "say_incoming", "share_plan", "tell_councils",
]  # fmt: skip
