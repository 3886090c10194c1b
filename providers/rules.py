"""How a provider is named, recognised and commissioned: plain functions of words and dates."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from timekeeping.london import Span

# Codes of the NHS Organisation Data Service: trusts and their sites, practices, five-character codes
# given since 2023.
_CODE = re.compile(
    r"R[A-Z0-9]{2}|R[A-Z0-9]{4}|[A-HJ-NPYVW][0-9]{5}|[A-Z][0-9][A-Z][0-9][A-Z]|[A-Z0-9]{3,6}", re.IGNORECASE
)
_CQC_ID = re.compile(r"1-[0-9]{6,12}")

_SMALL = frozenset({"and", "at", "by", "for", "in", "of", "on", "or", "the", "upon", "with", "under", "le"})
_CAPITALS = frozenset(
    {
        "NHS",
        "GP",
        "GPS",
        "PCT",
        "PMS",
        "APMS",
        "OOH",
        "UK",
        "FT",
        "HQ",
        "A&E",
        "HMP",
        "CCG",
        "II",
        "III",
        "IV",
    }
)
_SPECIAL = {"FT": "FT", "MCDONALD": "McDonald", "DRS": "Drs", "GPS": "GPs"}
_WORD = re.compile(r"[A-Za-z0-9&']+")


def readable_name(name: str) -> str:
    """A name in capitals, as the national files hold it, in ordinary letters.

    Names that already have small letters are left alone but for their small words.
    """
    text = " ".join(name.split())
    if text != text.upper():
        return re.sub(r"(?<=\s)(And|Of|The|For|In|On|At|Upon)(?=\s)", lambda word: word[0].lower(), text)
    words = _WORD.sub(lambda found: _word(found[0], first=found.start() == 0), text)
    return re.sub(r"\bMc([a-z])", lambda found: "Mc" + found[1].upper(), words)


@lru_cache(maxsize=20_000)
def _word(word: str, *, first: bool) -> str:
    if word in _SPECIAL:
        return _SPECIAL[word]
    if word in _CAPITALS or (len(word) == 1 and word.isalpha()) or any(letter.isdigit() for letter in word):
        return word
    if word.lower() in _SMALL and not first:
        return word.lower()
    head, mark, tail = word.partition("'")
    if mark and len(head) == 1:  # O'Brien, D'Arcy
        return f"{head}'{tail.capitalize()}"
    return head.capitalize() + (mark + tail.lower() if mark else "")


def kind_of_trust(name: str) -> str:
    """The kind of an NHS trust, by the words of its name: a foundation trust says so."""
    return "foundation_trust" if "FOUNDATION" in name.upper() else "nhs_trust"


def sector_of(kind: str, sectors: dict[str, str]) -> str:
    """The sector of a kind of provider, "" when the list does not tell or says several."""
    sector = sectors.get(kind, "")
    return sector if sector in ("nhs", "independent", "social_care") else ""


def identifiers_in(words: str) -> tuple[list[str], list[str]]:
    """The identifiers that what was typed may hold.

    Returns codes of the Organisation Data Service (capitals) and identifiers of the Care Quality
    Commission. An ordinary short word may look like a code: the finder asks for both.
    """
    parts = words.split()
    codes = [part.upper() for part in parts if _CODE.fullmatch(part)]
    return codes, [part for part in parts if _CQC_ID.fullmatch(part)]


class Dated(Protocol):
    """Anything that commissions from one London day, and perhaps until another."""

    lead: bool
    starts_on: date
    ends_on: date | None


C = TypeVar("C", bound=Dated)


def lead_commissioner(commissionings: Sequence[C], day: date) -> C | None:
    """The commissioner that leads at a provider on a day (NQB ch. 4, 2a).

    The one that leads, where one is said to; else the only one; else none can be told.
    """
    current = [each for each in commissionings if Span(each.starts_on, each.ends_on).holds(day)]
    leading = [each for each in current if each.lead]
    if len(leading) == 1:
        return leading[0]
    return current[0] if len(current) == 1 else None
