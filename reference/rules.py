"""What the lists are: their keys, the codes their cells may name, and how a row of a file is read.

Pure: no framework, no database, no clock.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

# A list whose file gives no dates stands from here; nothing in the portal is older.
BEGINNING = date(2000, 1, 1)
STATUSES = frozenset({"paper", "judgement"})
_META = frozenset({"effective_from", "effective_to", "source", "status"})

PARTIES = ("agency_kinds", "relations")


@dataclass(frozen=True)
class ListSpec:
    """How one list is keyed and what its cells refer to.

    `keys`: the columns whose values, joined with ":", make the code. `parties`: columns that name
    bodies in codes or in the documents' free words. `codes`: column -> lists whose codes it may name.
    """

    label: str
    keys: tuple[str, ...]
    parties: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


LISTS: dict[str, ListSpec] = {
    "agency_kinds": ListSpec("Kinds of agency", ("code",), codes={"successor": ("agency_kinds",)}),
    "agenda_templates": ListSpec("Agenda templates", ("template", "position")),
    "bank_holidays": ListSpec("Bank holidays of England and Wales", ("date",)),
    "breach_patterns": ListSpec("Patterns of breach", ("code",)),
    "clock_intervals": ListSpec("Times allowed", ("code",)),
    "clock_steps": ListSpec(
        "Reminders and what happens when time is up",
        ("clock", "step"),
        codes={"clock": ("clock_intervals.family",)},
    ),
    "confidence_scale": ListSpec("How sure we are", ("code",)),
    "convergence_rules": ListSpec("Several people worried", ("code",)),
    "disagreement_ladders": ListSpec("Settling disagreements", ("ladder", "rung")),
    "duty_rules": ListSpec("Duties to tell", ("code",), parties=("who_owes", "to_whom")),
    "improvement_support": ListSpec("Support for improvement", ("code",)),
    "meeting_invitees": ListSpec(
        "Who is invited to which meeting",
        ("series", "body_kind"),
        parties=("body_kind",),
        codes={"series": ("meeting_series",)},
    ),
    "meeting_series": ListSpec(
        "Series of meetings",
        ("code",),
        codes={
            "agenda_template": ("agenda_templates.template",),
            "return_template": ("return_template.template",),
        },
    ),
    "membership_rules": ListSpec("Who belongs to a group", ("tier", "member_kind"), parties=("member_kind",)),
    "notification_policy": ListSpec("What interrupts people", ("event",)),
    "outcome_codes": ListSpec("Outcomes and judgements", ("list", "code")),
    "outcome_domains": ListSpec("Outcomes framework", ("code",)),
    "plain_words": ListSpec("Words on the screen", ("design_word",)),
    "provider_kinds": ListSpec("Kinds of provider", ("code",)),
    "quality_dimensions": ListSpec("Dimensions of quality", ("code",)),
    "readiness_questions": ListSpec("Readiness questions", ("position",)),
    "relations": ListSpec("Parties named by what they are to the matter", ("code",)),
    "return_template": ListSpec("Returns", ("template", "body_kind", "position"), parties=("body_kind",)),
    "ring_holder_suits": ListSpec(
        "Who suits the lead for the response",
        ("provider_kind",),
        parties=("suggested", "next"),
        codes={"provider_kind": ("provider_kinds",)},
    ),
    "routine_exchanges": ListSpec("Routine exchanges", ("code",), parties=("sender", "recipient")),
    "routing_rules": ListSpec("Where a worry goes first", ("code",)),
    "safeguarding_routes": ListSpec("Safeguarding routes", ("who",)),
    "severity_scale": ListSpec("How serious", ("code",)),
    "source_kinds": ListSpec("Kinds of source", ("code",)),
    "source_reliability": ListSpec("How close the source was", ("code",)),
    "summit_parties": ListSpec("Who is called to a risk summit", ("party",), parties=("party",)),
    "surveillance_levels": ListSpec("Surveillance levels", ("code",)),
    "tools_and_levers": ListSpec(
        "Powers of each body", ("body_kind", "purpose", "power"), parties=("body_kind",)
    ),
}

# The documents' free words, mapped to codes of `agency_kinds` and `relations`.
_WORDS: dict[str, tuple[str, ...]] = {
    "adass regional": ("local_authority",),
    "chair of the discussion": ("chair",),
    "commissioner": ("commissioners",),
    "cqc and council(s)": ("cqc", "local_authority"),
    "cqc local head of inspection": ("cqc",),
    "each other": ("each_other",),
    "employer or contractor": ("employer",),
    "impacted local authorities": ("local_authority",),
    "its other inspection teams": ("cqc",),
    "its own yearly report": (),  # published, told to no one body
    "other commissioners": ("other_commissioners",),
    "other commissioners, in and out of area (social care and continuing healthcare)": (
        "other_commissioners",
    ),
    "other local government": ("local_authority", "council_other"),
    "owner of the concern": ("owner",),
    "practices": ("provider",),
    "providers and partners": ("provider", "any"),
    "safeguarding boards": ("safeguarding_boards",),
    "safeguarding partners": ("safeguarding_partners",),
    "safeguarding_leads": ("safeguarding_boards",),
    "that body": ("finder",),
    "the other": ("the_other",),
    "the provider": ("provider",),
    "whoever learns first": ("finder",),
}
# Words of `ring_holder_suits` that stand for several kinds, or for none.
CASES = frozenset({"care_home_or_home_care", "several_areas", "default"})
_BETWEEN = re.compile(r"\s*(?:/|;|\bAND\b)\s*")


@dataclass(frozen=True)
class Row:
    """One row of a file, read and checked, ready to be kept. `line` is its line in the file."""

    list_code: str
    line: int
    code: str
    position: int
    data: dict[str, object]
    effective_from: date
    effective_to: date | None
    source: str
    status: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row, in a sentence. A row with a `fatal` problem is not kept."""

    list_code: str
    line: int
    sentence: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.list_code}, line {self.line}: {self.sentence}"


def read_parties(words: str, known: frozenset[str] | set[str]) -> tuple[list[str], list[str]]:
    """Turn a cell that names bodies into codes.

    `words` is the cell; `known` the codes of `agency_kinds` and `relations`. Returns the codes and the
    words that could not be read.
    """
    codes: list[str] = []
    unread: list[str] = []
    whole = words.strip().lower()
    parts = [words.strip()] if whole in _WORDS else _BETWEEN.split(words.strip())
    for part in parts:
        word = part.lower().split(":")[0]  # "professional_regulator:GMC" names the one regulator
        if word in known:
            codes.append(word)
        elif word in _WORDS:
            codes.extend(_WORDS[word])
        elif word:
            unread.append(part)
    return codes, unread


def read_rows(
    list_code: str, table: Iterable[tuple[int, Mapping[str, str]]]
) -> tuple[list[Row], list[Problem]]:
    """Read the rows of one list.

    `table` yields (line number, cells by column). Returns the rows that can be kept and every problem
    found; a bad row never spoils its neighbours.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    spans: dict[str, list[Row]] = {}
    for position, (line, cells) in enumerate(table, start=1):
        try:
            row = _read_row(list_code, line, position, cells)
        except ValueError as error:
            problems.append(Problem(list_code, line, str(error)))
            continue
        if any(meet(row, other) for other in spans.setdefault(row.code, [])):
            problems.append(Problem(list_code, line, f"“{row.code}” is given twice for the same days"))
            continue
        spans[row.code].append(row)
        rows.append(row)
    return rows, problems


class Span(Protocol):
    """Anything that stands from one day to another, both included."""

    @property
    def effective_from(self) -> date:
        """The first day."""
        ...

    @property
    def effective_to(self) -> date | None:
        """The last day; None has no end."""
        ...


def meet(a: Span, b: Span) -> bool:
    """Whether two spans of days share a day."""
    return a.effective_from <= (b.effective_to or date.max) and b.effective_from <= (
        a.effective_to or date.max
    )


def _read_row(list_code: str, line: int, position: int, text: Mapping[str, str]) -> Row:
    spec = LISTS[list_code]
    status = text.get("status", "paper")
    if status not in STATUSES:
        raise ValueError(f"status “{status}” is neither paper nor judgement")
    starts = _day(text.get("effective_from", ""), "effective_from") or BEGINNING
    ends = _day(text.get("effective_to", ""), "effective_to")
    if ends and ends < starts:
        raise ValueError(f"it ends on {ends} before it starts on {starts}")
    return Row(
        list_code=list_code,
        line=line,
        code=":".join(text[key] for key in spec.keys),
        position=position,
        data={column: value for column, value in text.items() if column not in _META},
        effective_from=starts,
        effective_to=ends,
        source=text.get("source") or "gov.uk",
        status=status,
    )


def _day(cell: str, column: str) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"{column} “{cell}” is not a date (2013-04-01)") from None


def name_codes(rows: Iterable[Row], codes: Mapping[str, set[str]]) -> list[Problem]:
    """Check what the rows refer to, and write beside each party cell the codes it means.

    `codes` maps a list (or "list.column") to the codes it holds. A cell that names something unknown
    is kept and reported by row: it is the reader's to put right, not the loader's to drop.
    """
    known = set().union(*(codes.get(each, set()) for each in PARTIES))
    problems = []
    for row in rows:
        spec = LISTS[row.list_code]
        for column in spec.parties:
            meant, unread = read_parties(str(row.data.get(column, "")), known)
            row.data[f"{column}_codes"] = meant
            problems += [_unknown(row, column, word) for word in unread]
        for column, lists in spec.codes.items():
            value = str(row.data.get(column, ""))
            held = set().union(*(codes.get(each, set()) for each in lists))
            if value and value not in held and value not in CASES:
                problems.append(_unknown(row, column, value))
    return problems


def _unknown(row: Row, column: str, word: str) -> Problem:
    return Problem(row.list_code, row.line, f"{column} names “{word}”, which no list knows", False)
