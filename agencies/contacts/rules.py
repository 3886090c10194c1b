"""What makes a number whole, what a role is looked for by, and what a change of Director is."""

from collections.abc import Collection, Mapping
from datetime import date

from nhsuk.words import dial

DIRECTOR = "director_adult_social_services"
INSPECTOR = "head_of_inspection"
"""Who is told of a new Director, and whose body meets them (ADASS 14, l.29)."""

SHORTEST, LONGEST_HERE, LONGEST = 10, 11, 15
"""Digits of a number: the fewest and most with an area code here, and the most that there are anywhere."""

NOT_WHOLE = "Give the whole number with its area code, such as 0161 496 0100: it is rung at night, from any telephone."

LOOKED_FOR: Mapping[str, str] = {
    "safeguarding_lead": "safeguarding lead named",
    "safeguarding_lead_adults": "safeguarding lead adults adult vulnerable",
    "safeguarding_lead_children": "safeguarding lead children child",
    "regional_director": "regional director region",
    "director": "director",
    DIRECTOR: "director of adult social services dass social care",
    INSPECTOR: "head of inspection inspector inspectorate",
    "deputy": "deputy",
    "responsible_officer": "responsible officer revalidation doctors",
    "employer_liaison_adviser": "employer liaison adviser ela",
    "out_of_hours": "out of hours duty desk emergency night weekend",
}
"""The words by which each role is looked for, in small letters: its own, and what people call it."""

ANYWHERE = frozenset(
    {
        "a", "and", "area", "board", "borough", "city", "council", "county", "district", "for", "group", "in",
        "metropolitan", "nhs", "of", "qsg", "quality", "region", "surveillance", "team", "the", "town",
    }
)  # fmt: skip
"""Words that say of a place only what kind it is."""


def is_whole(number: str) -> bool:
    """Say whether a number can be rung from any telephone: an emergency number, one with its area code, one from abroad."""
    address = dial(number).removeprefix("tel:").partition(";")[0]
    if address.startswith("+"):
        return SHORTEST - 2 <= len(address) - 1 <= LONGEST
    if address.startswith("0"):
        return SHORTEST <= len(address) <= LONGEST_HERE
    return len(address) == 3 or (len(address) == 6 and address.startswith("116"))


def not_whole(numbers: Mapping[str, str]) -> dict[str, str]:
    """Return the sentence for each number that is given and cannot be rung from anywhere, by its field."""
    return {name: NOT_WHOLE for name, number in numbers.items() if number and not is_whole(number)}


def is_another(*, before: tuple[object, str] | None, after: tuple[object, str]) -> bool:
    """Say whether a post passes to somebody else.

    Args:
        before: the account and the name of who held it; None where nobody did.
        after: of who holds it now.
    """
    if before is None:
        return True
    if before[0] is not None and after[0] is not None:
        return before[0] != after[0]
    return _folded(before[1]) != _folded(after[1])


def in_post_from(starts_on: date, since: date | None) -> date:
    """Return the day from which a Director's first three months count: in post, not in this directory."""
    return since or starts_on


def asked_words(text: str) -> list[str]:
    """Return the words to look for, in small letters; short ones say nothing, and nobody needs more than six."""
    words = [word for word in _folded(text).split() if len(word) > 2 or word.isdecimal()]
    return words[:6]


def place_words(text: str) -> list[str]:
    """Return the words that tell one place from another; all of them where none does."""
    words = asked_words(text)
    return [word for word in words if word not in ANYWHERE] or words


def is_called(name: str, words: Collection[str]) -> bool:
    """Say whether a name is these words and no others, but for those that say only what kind of place it is."""
    return set(place_words(name)) == set(words)


def director_words(*, body: str, name: str, day: str, came: bool) -> str:
    """Say what the inspectorate is told of a change of Director (ADASS 14, l.29; 35, l.150)."""
    if came:
        who = name or "nobody is named yet"
        return f"{body} has a new Director of Adult Social Services from {day}: {who}."
    return f"{name or 'Somebody'} is no longer Director of Adult Social Services at {body} from {day}, and nobody is named yet."


def post_words(label: str) -> str:
    """Say a post within a sentence: a title keeps its capitals, a description has none."""
    return label if any(word[0].isupper() for word in label.split()[1:]) else label.lower()


def appointed(
    *, who: str, post: str, day: str, before: str, inspectorate: str, instead: str = "", planned: str = ""
) -> list[str]:
    """Say what naming somebody for a post means.

    Args:
        who: whom the directory will name.
        post: the post, by its label.
        day: from which day.
        before: who holds it until then; "" for nobody.
        inspectorate: who is told of a new Director; "" where nobody is.
        instead: who had been named from the very same day; "" for nobody.
        planned: who is named from a later day, with the day: they stay named; "" for nobody.
    """
    words = [f"From {day}, the directory names {who} as {post_words(post)}."]
    if before:
        words.append(f"{before} holds it until then.")
    if instead:
        words.append(f"{instead}, who was named from that day, is not.")
    if planned:
        words.append(f"{planned}, as planned.")
    if inspectorate:
        words.append(
            f"{inspectorate} is told of the new Director, and that they meet within three months is followed."
        )
    return words


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
