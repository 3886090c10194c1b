"""Looking a name up: a code that was typed, the words as they stand, then spelling that is nearly right."""

from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, FloatField, Model, Q, QuerySet, Value, When

M = TypeVar("M", bound=Model)

MOST = 100  # letters looked at; nobody types more of a name
NEAR = 0.35  # how much of what was typed must be found in a name, from 0 to 1


def words_of(typed: str) -> str:
    """What was typed, without what no name holds."""
    return " ".join(typed.replace("\0", " ").split())[:MOST]


def uuid_of(text: str) -> UUID | None:
    """The identifier in an address's parameter, None when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def nearest(
    rows: QuerySet[M], *, field: str, words: str, exact: Q, name: str = "name", most: int = 50
) -> list[M]:
    """The rows whose text in `field` is nearest to the words, best first.

    Args:
        rows: what may be found.
        field: the field of text looked through.
        words: what was typed, by `words_of`.
        exact: the condition of a sure find, such as a code; those come first.
        name: the field that orders equals.
        most: how many at most.
    """
    likeness = Case(
        When(exact, then=Value(3.0)),
        When(**{f"{field}__istartswith": words}, then=Value(2.0)),
        When(**{f"{field}__icontains": words}, then=Value(1.5)),
        default=TrigramWordSimilarity(words, field),
        output_field=FloatField(),
    )
    found = rows.annotate(likeness=likeness).filter(likeness__gt=NEAR).order_by("-likeness", name, "pk")
    return list(found[:most])
