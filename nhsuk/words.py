"""Small turns of phrase that pages need: plurals and lists.

Pure functions; the environment offers them to templates as filters.
"""

import re
from collections.abc import Iterable


def plural(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `plural(1, "action")` is "1 action", 2 is "2 actions".

    Args:
        count: how many.
        one: the noun for one.
        many: the noun for any other number; by default `one` and an s.
    """
    return f"{count:,} {one if count == 1 else (many or one + 's')}"


def listing(things: Iterable[object], joiner: str = "and") -> str:
    """Things in a sentence: "A", "A and B", "A, B and C"; nothing gives ""."""
    names = [str(thing) for thing in things]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joiner} {names[-1]}"


def initial_small(text: str) -> str:
    """The text with a small first letter, unless its first word is an abbreviation."""
    first = text.split(" ", 1)[0]
    if not text or (len(first) > 1 and not first[1:].islower()) or first == "I":
        return text
    return text[0].lower() + text[1:]


_EXTENSION = re.compile(r"(?:ext(?:ension)?\.?|x)\s*(\d{1,6})\s*$", re.IGNORECASE)


def dial(number: str) -> str:
    """The address that rings a number as it was typed: spaces, brackets and words left out, its extension kept.

    Returns:
        Such as ``tel:01614960100;ext=12``; "" where there is nothing to ring.
    """
    extension = _EXTENSION.search(number)
    main = re.split(r"[^\d\s()+.\-]", number[: extension.start()] if extension else number)[0].strip()
    abroad = "+" if main.startswith("+") else ""
    digits = re.sub(r"\D", "", main.replace("(0)", "") if abroad else main)
    inside = f";ext={extension[1]}" if extension else ""
    return f"tel:{abroad}{digits}{inside}" if digits else ""
