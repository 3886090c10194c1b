"""What every deed on a level or on a closure plan refuses alike: what is wrong with it, and words that look like a person's in care."""

from collections.abc import Mapping, Set

from access.refusals import Invalid
from reference.personal_data import sentence, undecided


def refuse(errors: Mapping[str, str]) -> None:
    """Refuse what is wrong, if anything is.

    Raises:
        Invalid: with a sentence for each field.
    """
    if errors:
        raise Invalid(errors)


def guard(texts: Mapping[str, str], *, decided: Set[str], before: tuple[str, ...] = ()) -> None:
    """Refuse words that look like a person's in care until somebody has decided (mission B7).

    Raises:
        Invalid: with what it looks like, and what to write instead.
    """
    found = undecided(texts, decided=decided, before=before)
    refuse({name: sentence(one) for name, one in found.items()})
