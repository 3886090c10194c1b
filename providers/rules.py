"""How a provider is named, recognised and commissioned: plain functions of words and dates."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
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
    whole = "".join(parts).upper()
    if len(parts) > 1 and _CODE.fullmatch(whole) and any(letter.isdigit() for letter in whole):
        codes.append(whole)  # "rm 3"
    return codes, [part for part in parts if _CQC_ID.fullmatch(part)]


@dataclass(frozen=True)
class ProviderFacts:
    """What the directory says of a provider: who it is, its codes, whether it gives care, and where it is found."""

    name: str
    kind: str
    ods_code: str = ""
    cqc_provider_id: str = ""
    sector: str = ""
    status: str = "open"
    opened_on: date | None = None
    closed_on: date | None = None
    address: str = ""
    town: str = ""
    postcode: str = ""
    telephone: str = ""

    @property
    def mark(self) -> str:
        """What tells these facts from others: a form that somebody has had open says which it began with."""
        return _mark(self)


@dataclass(frozen=True)
class PlaceFacts:
    """What the directory says of a place where a provider gives care."""

    name: str
    kind: str = ""
    ods_code: str = ""
    cqc_location_id: str = ""
    status: str = "open"
    opened_on: date | None = None
    closed_on: date | None = None
    postcode: str = ""

    @property
    def mark(self) -> str:
        """See ``ProviderFacts.mark``."""
        return _mark(self)


def _mark(facts: ProviderFacts | PlaceFacts) -> str:
    return sha256(repr(facts).encode()).hexdigest()[:16]


def whole_address(address: str, town: str, postcode: str) -> str:
    """An address in one line, in which no part stands twice."""
    parts = [part.strip() for part in (*address.split(","), town, postcode)]
    return ", ".join({part.casefold(): part for part in parts if part}.values())


SECTORS = {"nhs": "NHS", "independent": "Independent", "social_care": "Social care"}
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.IGNORECASE)


def faults_of_provider(facts: ProviderFacts, *, kinds: Container[str], today: date) -> dict[str, str]:
    """Return what does not hold together in what is said of a provider, by field; empty where all does.

    Args:
        facts: what is said.
        kinds: the codes of the list of kinds of provider.
        today: the London day.
    """
    faults = _faults(facts, today)
    if facts.kind not in kinds:
        faults["kind"] = "That is not a kind of provider the portal knows. Choose one of the list."
    if facts.sector and facts.sector not in SECTORS:
        faults["sector"] = "That is not a sector the portal knows. Choose one of the list."
    if facts.cqc_provider_id and not _CQC_ID.fullmatch(facts.cqc_provider_id):
        faults["cqc_provider_id"] = _NO_CQC_ID
    return faults


def faults_of_place(facts: PlaceFacts, *, kinds: Container[str], today: date) -> dict[str, str]:
    """Return what does not hold together in what is said of a place, by field; empty where all does."""
    faults = _faults(facts, today)
    if facts.kind and facts.kind not in kinds:
        faults["kind"] = "That is not a kind of provider the portal knows. Choose one of the list."
    if facts.cqc_location_id and not _CQC_ID.fullmatch(facts.cqc_location_id):
        faults["cqc_location_id"] = _NO_CQC_ID
    return faults


_NO_CQC_ID = "An identifier of the Care Quality Commission looks like 1-123456789."


def _faults(facts: ProviderFacts | PlaceFacts, today: date) -> dict[str, str]:
    faults = {}
    if not facts.name.strip():
        faults["name"] = "Enter the name"
    if facts.ods_code and not re.fullmatch(r"[A-Z0-9]{3,10}", facts.ods_code):
        faults["ods_code"] = (
            "A code of the Organisation Data Service is three to ten capitals and digits, such as RW6."
        )
    if facts.postcode and not _POSTCODE.fullmatch(facts.postcode):
        faults["postcode"] = "Enter a whole postcode, such as OL1 2JH."
    if facts.status not in ("open", "closed", "dormant"):
        faults["status"] = "Choose whether it is open, closed or dormant."
    if facts.opened_on and facts.closed_on and facts.closed_on < facts.opened_on:
        faults["closed_on"] = "It cannot close before it opened. Correct one of the two days."
    elif facts.closed_on and facts.closed_on <= today and facts.status == "open":
        faults["status"] = (
            "It closed on a day that is past: choose “Closed”, or take the day of closing away."
        )
    elif facts.closed_on and facts.closed_on > today and facts.status == "closed":
        faults["status"] = "It closes on a day to come: choose “Open” until then."
    return faults


def faults_of_share(share: int | None, others: Iterable[int | None]) -> dict[str, str]:
    """Return what is wrong with a commissioner's share beside those of the others on the same days; empty where nothing is.

    Args:
        share: in per cent; None where nobody says.
        others: the shares of others who buy on some of these days.
    """
    if share is None:
        return {}
    if not 1 <= share <= 100:
        return {"share": "A share is a whole number from 1 to 100."}
    taken = sum(other or 0 for other in others)
    if share + taken > 100:
        return {
            "share": f"The others buy {taken} per cent on some of these days. Enter at most {100 - taken}, or nothing."
        }
    return {}


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


@dataclass(frozen=True)
class Moved:
    """How many providers stand in another group's area than before; "" for no group that is known."""

    before: str
    after: str
    number: int


def regrouped(moves: Sequence[Moved]) -> list[str]:
    """What a change of a footprint means for providers, in sentences."""
    told = [_moved(one) for one in moves]
    if not told:
        return ["No provider comes to stand in another group's area by this."]
    return [
        *told,
        "What was shared with a group stays shared with it.",
        "A level that a group has set stays that group's to keep or lower, until it ends.",
    ]


def _moved(one: Moved) -> str:
    who = f"{one.number:,} provider{'' if one.number == 1 else 's'}"
    verb = "goes" if one.number == 1 else "go"
    if not one.after:
        return f"{who} {verb} out of the area of {one.before}, and no other group is known for {'it' if one.number == 1 else 'them'}."
    if not one.before:
        return f"{who} of which no group was known {'comes' if one.number == 1 else 'come'} into the area of {one.after}."
    return f"{who} {verb} from the area of {one.before} to that of {one.after}."
