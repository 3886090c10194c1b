"""The door for each body's own systems: the bases of every endpoint.

An endpoint is a class: where it is, which permission it needs, what it takes, which operation does it
and what it answers. `endpoints` says how one is written; the other files are what all of them share.
"""

from access.api.address import addresses, nothing_here
from access.api.endpoints import ENDPOINTS, Deed, Endpoint, Listing, ListingUnder, One, Reading
from access.api.fields import (
    FIRST_DAY_WITHOUT,
    Choice,
    Day,
    Given,
    Guarded,
    Key,
    Many,
    Moment,
    Named,
    Nothing,
    Number,
    Scope,
    Shown,
    Text,
    Whether,
    facts_of,
)

__all__ = [
    "ENDPOINTS",
    "FIRST_DAY_WITHOUT",
    "Choice",
    "Day",
    "Deed",
    "Endpoint",
    "Given",
    "Guarded",
    "Key",
    "Listing",
    "ListingUnder",
    "Many",
    "Moment",
    "Named",
    "Nothing",
    "Number",
    "One",
    "Reading",
    "Scope",
    "Shown",
    "Text",
    "Whether",
    "addresses",
    "facts_of",
    "nothing_here",
]
