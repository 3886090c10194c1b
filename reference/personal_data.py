"""What in a text looks like a patient: found before anything is stored, and explained in place.

One guard for all free text of the portal, drafts too (mission B7, ADASS 9). Pure: it finds and
explains; a person decides. About one in fifteen random ten-digit numbers passes the check of an
NHS number, so nothing here refuses for good: what a person says is no patient's is let through,
and the log keeps the code of what was found, never the text.
"""

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise

import nhs_number

NHS_NUMBER, BIRTH, TELEPHONE, EMAIL, POSTCODE = (
    "nhs_number",
    "date_of_birth",
    "telephone",
    "email",
    "postcode",
)

WORDS: dict[str, tuple[str, str]] = {
    NHS_NUMBER: (
        "looks like an NHS number",
        "Leave it out. Write “one patient” or “three residents”; who they are stays in your own records.",
    ),
    BIRTH: (
        "looks like a date of birth",
        "Write an age group instead, such as “in her eighties”.",
    ),
    TELEPHONE: (
        "looks like somebody's telephone number",
        "Leave out a patient's, a relative's or a witness's number. Say how you can be reached instead.",
    ),
    EMAIL: (
        "looks like somebody's e-mail address",
        "Leave out a patient's, a relative's or a witness's address.",
    ),
    POSTCODE: (
        "is a full postcode",
        "If somebody lives there, write the town or the first half only. A service's own postcode may stay.",
    ),
}
"""For each kind: what it looks like, and what to write instead."""


@dataclass(frozen=True, order=True)
class Finding:
    """A stretch of a text that may identify a person: where it stands, and as what."""

    start: int
    end: int
    kind: str
    text: str

    @property
    def mark(self) -> str:
        """Names the finding without repeating it: what a person's decision is kept under."""
        plain = re.sub(r"\W", "", unicodedata.normalize("NFKC", self.text)).lower()
        return hashlib.sha256(f"{self.kind}:{plain}".encode()).hexdigest()[:16]

    @property
    def looks_like(self) -> str:
        """What it looks like, in words."""
        return WORDS[self.kind][0]

    @property
    def instead(self) -> str:
        """What to write instead."""
        return WORDS[self.kind][1]

    @property
    def sentence(self) -> str:
        """The whole explanation, in two or three sentences."""
        return f"“{self.text}” {self.looks_like}. {self.instead}"


# Digits of any alphabet, in groups that blanks, dashes, full stops or slashes hold together;
# marks without width count as nothing.
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_DASH = r"\-\u2010-\u2015\u2212"
_GAP = rf"[{_NOTHING}\s.,/_\u00b7{_DASH}]{{1,3}}"
_DIGITS = re.compile(rf"(?<!\d)\d+(?:{_GAP}\d+)*(?!\d)")
_GROUP = re.compile(r"\d+")
_USUAL = ([10], [3, 3, 4])

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_SEP = rf"\s?[/.{_DASH}]\s?"
_DAY_MONTH = rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+"
_MONTH_DAY = rf"{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+"
_ANY_DATE = (
    rf"(?:\d{{1,2}}{_SEP}\d{{1,2}}{_SEP}(?:\d{{4}}|\d{{2}})|\d{{4}}{_SEP}\d{{1,2}}{_SEP}\d{{1,2}}"
    rf"|(?:{_DAY_MONTH}|{_MONTH_DAY})(?:\d{{4}}|['\u2019]?\d{{2}}))"
)
_BORN = re.compile(
    rf"\b(?:d\s?\.?\s?o\s?\.?\s?b\b\.?|dates? of birth|birth\s?dates?|birthdays?|born)"
    rf"(?:\s+(?:is|was|on|of))?\s*[:={_DASH}(]?\s*(?P<date>{_ANY_DATE})(?!\d)",
    re.IGNORECASE,
)
# A full date of the last century is hardly ever anything else in what people write here.
_LAST_CENTURY = re.compile(
    rf"(?<!\d)(?P<date>\d{{1,2}}{_SEP}\d{{1,2}}{_SEP}19\d\d|19\d\d{_SEP}\d{{1,2}}{_SEP}\d{{1,2}}"
    rf"|(?:{_DAY_MONTH}|\b{_MONTH_DAY})19\d\d)(?!\d)",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(rf"(?<![\d+])(?:\+\s?44|0044|0)(?:[\s().{_DASH}]{{0,3}}\d){{9,11}}(?!\d)")
_PUBLIC_NUMBER = re.compile(r"0?(?:80|84|87|30)")  # freephone, shared cost, public bodies
_EMAIL = re.compile(r"(?<![\w.+'\-])[\w.+'\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_OFFICIAL = re.compile(r"(?:^|[.@])(?:nhs\.uk|nhs\.net|gov\.uk|police\.uk|cqc\.org\.uk)$", re.IGNORECASE)
_POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPS-UW]|[A-HK-Y]\d[ABEHMNPRV-Y])"
    r"\s?\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)


def find(text: str) -> tuple[Finding, ...]:
    """Return what in a text may identify a person, in the order in which it stands.

    Args:
        text: what somebody typed.

    Returns:
        Findings that do not overlap; where two would, the graver kind stays.
    """
    held: list[Finding] = []
    for rank in _by_gravity(text):
        taken = bytearray(len(text))
        for one in held:
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
        held += [one for one in rank if not any(taken[one.start : one.end])]
    return tuple(sorted(held))


def _by_gravity(text: str) -> Iterator[Iterable[Finding]]:
    """Give the findings of each kind, the gravest kind first; those of one kind never overlap."""
    yield list(_nhs_numbers(text))
    for pattern in (_BORN, _LAST_CENTURY):
        yield [Finding(*date.span("date"), BIRTH, date["date"]) for date in pattern.finditer(text)]
    yield [
        Finding(*number.span(), TELEPHONE, number[0])
        for number in _TELEPHONE.finditer(text)
        if not _PUBLIC_NUMBER.match(re.sub(r"\D", "", number[0]).removeprefix("00").removeprefix("44"))
    ]
    yield [
        Finding(*address.span(), EMAIL, address[0])
        for address in _EMAIL.finditer(text)
        if not _OFFICIAL.search(address[0].rpartition("@")[2])
    ]
    yield [Finding(*code.span(), POSTCODE, code[0]) for code in _POSTCODE.finditer(text)]


def _nhs_numbers(text: str) -> Iterator[Finding]:
    """Give each stretch of whole groups of digits that is a valid NHS number."""
    for run in _DIGITS.finditer(text):
        groups = [(run.start() + one.start(), run.start() + one.end()) for one in _GROUP.finditer(run[0])]
        first = 0
        while first < len(groups):
            taken = _number_at(text, groups[first : first + 10])
            if taken:
                start, end = groups[first][0], groups[first + taken - 1][1]
                yield Finding(start, end, NHS_NUMBER, text[start:end])
            first += max(taken, 1)


def _number_at(text: str, groups: list[tuple[int, int]]) -> int:
    """Return how many of the first groups make a valid NHS number together; 0 when none do."""
    lengths: list[int] = []
    for start, end in groups:
        lengths.append(end - start)
        if sum(lengths) >= 10:
            break
    if sum(lengths) != 10:
        return 0
    spans = groups[: len(lengths)]
    if lengths not in _USUAL and not _evenly_spaced(text, spans):
        return 0
    digits = "".join(str(unicodedata.digit(sign)) for start, end in spans for sign in text[start:end])
    return len(lengths) if nhs_number.is_valid(digits) else 0


def _evenly_spaced(text: str, spans: list[tuple[int, int]]) -> bool:
    """Say whether the same sign stands between all groups: a number spaced oddly, not a date and a time."""
    gaps = [re.sub(rf"[{_NOTHING}]", "", text[one[1] : other[0]]) for one, other in pairwise(spans)]
    return len({gap.strip() for gap in gaps}) == 1 and not any("\n" in gap for gap in gaps)


NOTHING_BELONGS: Mapping[str, Set[str]] = {}


def find_but(text: str, kinds: Container[str]) -> tuple[Finding, ...]:
    """Return what in a text may identify a person, but for the kinds that its field is there to hold."""
    return tuple(one for one in find(text) if one.kind not in kinds)


def undecided(
    texts: Mapping[str, str],
    *,
    decided: Set[str] = frozenset(),
    before: Iterable[str] = (),
    belongs: Mapping[str, Set[str]] = NOTHING_BELONGS,
) -> dict[str, tuple[Finding, ...]]:
    """Return, by field, what no person has decided about yet.

    Args:
        texts: what is to be stored, by the name of the field.
        decided: the marks of findings that the person says are no patient's.
        before: what is stored already; what stands there was decided when it was stored.
        belongs: by field, kinds that it is there to hold, and nobody's: a dial-in number among how people join.

    Returns:
        Only fields with findings left. Nothing may be stored unless this is empty.
    """
    known = {one.mark for text in before for one in find(text)} | decided
    left = {
        name: tuple(one for one in find_but(text, belongs.get(name, ())) if one.mark not in known)
        for name, text in texts.items()
    }
    return {name: found for name, found in left.items() if found}


def codes(texts: Iterable[str]) -> list[str]:
    """Return the kinds found in these texts, each once and in order: all that the log keeps."""
    return sorted({one.kind for text in texts for one in find(text)})


def sentence(found: Iterable[Finding]) -> str:
    """Return what is said beside a field: each thing once, what to write instead, and that nothing was saved."""
    said = dict.fromkeys(one.sentence for one in found)
    return f"{' '.join(said)} Nothing has been saved yet and what you typed is still here."


@dataclass(frozen=True)
class Piece:
    """A stretch of a text as the page shows it: plain, or underlined with what it looks like."""

    text: str
    finding: Finding | None = None


def pieces(text: str, found: Iterable[Finding]) -> list[Piece]:
    """Cut a text where the findings stand, so that a page can underline them in place."""
    cut: list[Piece] = []
    at = 0
    for one in sorted(found):
        if one.start > at:
            cut.append(Piece(text[at : one.start]))
        cut.append(Piece(text[one.start : one.end], one))
        at = one.end
    if at < len(text):
        cut.append(Piece(text[at:]))
    return cut
