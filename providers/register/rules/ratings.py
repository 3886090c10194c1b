"""Ratings by the five key questions, and how they add up (mission I2; JF 2.2; ADASS 34)."""

from collections.abc import Mapping, Sequence
from datetime import date

OUTSTANDING, GOOD, REQUIRES_IMPROVEMENT, INADEQUATE = (
    "outstanding",
    "good",
    "requires_improvement",
    "inadequate",
)
NOT_RATED, NONE_PUBLISHED, INSUFFICIENT = "not_rated", "none_published", "insufficient"

RATING_WORDS = {
    OUTSTANDING: "Outstanding",
    GOOD: "Good",
    REQUIRES_IMPROVEMENT: "Requires improvement",
    INADEQUATE: "Inadequate",
    NOT_RATED: "Inspected but not rated",
    NONE_PUBLISHED: "No published rating",
    INSUFFICIENT: "Insufficient evidence to rate",
}
"""Every value that the Care Quality Commission publishes; a blank says that the report gave none."""

RATED = frozenset({OUTSTANDING, GOOD, REQUIRES_IMPROVEMENT, INADEQUATE})

QUESTIONS = {
    "safe": "Safe",
    "effective": "Effective",
    "caring": "Caring",
    "responsive": "Responsive",
    "well_led": "Well-led",
}
"""The five key questions, in the order in which they are always printed."""

_CODES = {words.casefold(): code for code, words in RATING_WORDS.items()}


def code_of(words: str) -> str:
    """Return the code of a rating as it is published, whatever its capitals; "" for a blank.

    Raises:
        ValueError: it is no rating.
    """
    text = " ".join(words.split()).casefold()
    if text and text not in _CODES:
        raise ValueError(f"“{words.strip()}” is no rating that is known")
    return _CODES.get(text, "")


def overall_of(five: Sequence[str]) -> str | None:
    """Return the overall rating to which the ratings of the five key questions add up.

    Two or more Inadequate give Inadequate; one, or two or more Requires improvement, give Requires improvement;
    two or more Outstanding with at most one Requires improvement give Outstanding; all else gives Good.

    Args:
        five: codes of ratings.

    Returns:
        A code; None where one of the five is not rated: nothing adds up then.
    """
    if len(five) != len(QUESTIONS) or not RATED.issuperset(five):
        return None
    held = list(five)
    if held.count(INADEQUATE) >= 2:
        return INADEQUATE
    if held.count(INADEQUATE) or held.count(REQUIRES_IMPROVEMENT) >= 2:
        return REQUIRES_IMPROVEMENT
    return OUTSTANDING if held.count(OUTSTANDING) >= 2 else GOOD


def departs(five: Sequence[str], overall: str) -> bool:
    """Say whether the published overall rating is another than the rule gives.

    A report that left a key question out, or gave no overall rating, departs from nothing. Where key questions are
    said not to be rated, the rule gives no overall rating, so a published one departs.
    """
    if not overall or "" in five:
        return False
    adds_up_to = overall_of(five)
    return overall != adds_up_to if adds_up_to else overall in RATED


def departure_in_words(five: Sequence[str], overall: str) -> str:
    """Return a sentence that says how the overall rating departs from the rule; "" where it does not."""
    if not departs(five, overall):
        return ""
    adds_up_to = overall_of(five)
    rule = (
        f"the five key questions add up to {RATING_WORDS[adds_up_to]}"
        if adds_up_to
        else "key questions that are not rated give no overall rating"
    )
    return (
        f"The published overall rating is {RATING_WORDS[overall]}; by the rule {rule}. "
        "Inspectors may depart from the rule."
    )


def tally(ratings: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return how many places have each overall rating, worst first: code, words, number. Blanks are not counted."""
    order = (INADEQUATE, REQUIRES_IMPROVEMENT, GOOD, OUTSTANDING, INSUFFICIENT, NOT_RATED, NONE_PUBLISHED)
    return [(code, RATING_WORDS[code], ratings[code]) for code in order if ratings.get(code)]


def age_in_words(day: date, today: date) -> str:
    """Return how long ago a day was, in whole days below a month, then months, then years and months."""
    if day > today:
        return "dated in the future"
    if day == today:
        return "today"
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    if not months:
        return f"{_count((today - day).days, 'day')} ago"
    years, rest = divmod(months, 12)
    parts = [_count(number, noun) for number, noun in ((years, "year"), (rest, "month")) if number]
    return f"{' and '.join(parts)} ago"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
