"""Finding the one row that an address names."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)


def the(rows: QuerySet[M]) -> M:
    """Return the one row among those a person may see; absent, like a thing that never was, where there is none.

    Raises:
        Http404: nothing is there, or nothing in sight.
    """
    found = rows.first()
    if found is None:
        raise Http404
    return found
