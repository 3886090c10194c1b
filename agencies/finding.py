"""Looking a name up: a code that was typed, the words as they stand, then spelling that is nearly right."""

import re
from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, Model, Q, QuerySet, Value, When

from agencies.models import Agency

M = TypeVar("M", bound=Model)

MOST = 100  # letters looked at; nobody types more of a name
NEAR = 0.4  # how much of what was typed must be found in a name, from 0 to 1
BODIES = 20  # bodies found at most
FEW = 10  # with fewer finds than this, spelling is forgiven


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
    rows: QuerySet[M],
    *,
    field: str,
    words: str,
    exact: Q,
    name: str = "name",
    folded: bool = False,
    most: int = 50,
) -> list[M]:
    """The rows whose text in `field` is nearest to the words, best first.

    Sure finds come first, then texts that hold the words as they stand, those that begin with them
    before the others; only when these are few is spelling forgiven. Each step can use an index.

    Args:
        rows: what may be found.
        field: the field of text looked through.
        words: what was typed, by `words_of`.
        exact: the condition of a sure find, such as a code.
        name: the field that orders equals.
        folded: the field holds small letters only.
        most: how many at most.
    """
    typed, i = (words.lower(), "") if folded else (words, "i")
    begins = Case(When(**{f"{field}__{i}startswith": typed}, then=Value(0)), default=Value(1))
    found = list(rows.filter(exact).order_by(name, "pk")[:most])
    holding = rows.filter(**{f"{field}__{i}contains": typed}).order_by(begins, name, "pk")
    found += _others(holding, found, most)
    if len(found) < FEW:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(NEAR)])
            alike = rows.filter(**{f"{field}__trigram_word_similar": typed})
            likeness = TrigramWordSimilarity(typed, field)
            found += _others(alike.order_by(likeness.desc(), name, "pk"), found, most)
    return found


def _others(rows: QuerySet[M], found: list[M], most: int) -> list[M]:
    """The first of these rows that are not found yet, as many as there is room for."""
    held = {each.pk for each in found}
    return [each for each in rows[:most] if each.pk not in held][: most - len(found)]


def bodies_found(words: str, rows: QuerySet[Agency]) -> list[Agency]:
    """The bodies nearest to what was typed, by `words_of`: a code first, then names, then spelling."""
    return nearest(rows, field="name", words=words, exact=Q(ods_code__iexact=words))


def bodies_called(words: str) -> list[Agency]:
    """The open bodies in whose name a word begins with what was typed; those that begin with it come first.

    "Bury" finds the council and the CCG of Bury, and neither Canterbury nor Newbury. Two letters at least.
    """
    asked = words_of(words)
    if len(asked) < 2:
        return []
    word = rf"\m{re.escape(asked)}"
    named = Q(name__iregex=word) | Q(short_name__iregex=word)
    begins = Q(name__istartswith=asked) | Q(short_name__istartswith=asked)
    found = Agency.objects.filter(named, closed_on__isnull=True)
    return list(found.order_by(Case(When(begins, then=0), default=1), "name", "id")[:BODIES])
