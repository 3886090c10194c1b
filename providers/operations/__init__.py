"""The only writers of providers, their places, commissioners, groups and licences; each keyword-only, with `by` and `now`."""

from providers.operations.entries import add_location, add_provider, correct_location, correct_provider
from providers.operations.footprints import change_footprint
from providers.operations.links import (
    commission,
    end_commissioning,
    end_licence,
    keep_licence,
    place_in_group,
    take_out_of_group,
)
from providers.operations.loading import Loaded, load_providers

__all__ = [
    "Loaded",
    "add_location",
    "add_provider",
    "change_footprint",
    "commission",
    "correct_location",
    "correct_provider",
    "end_commissioning",
    "end_licence",
    "keep_licence",
    "load_providers",
    "place_in_group",
    "take_out_of_group",
]
