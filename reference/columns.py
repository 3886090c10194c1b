"""What the columns of each list hold, and how a cell that somebody typed is read.

Pure: no framework, no database, no clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from reference.rules import LISTS

LONGEST_CODE = 200
LONGEST = 300
LONGEST_PROSE = 1000
_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_LARGEST = 100_000

TEXT, CODE, WHOLE, DAY, CHOICE = "text", "code", "whole", "day", "choice"

# A column is its name, then: `!` may not be blank, `*` is what the row is called, `#` a whole number, `~` prose,
# `@` a day, `=a|b` one of these.
_COLUMNS = {
    "agency_kinds": (
        "code!, label!*, plain_role!, may_trigger_summit=yes|no|ask, may_hold_ring=yes|no,"
        " is_provider_too=no|sometimes|yes, successor, note"
    ),
    "agenda_templates": "template!, position#!, item!*, prompt, minutes_allowed#, restriction=open|restricted",
    "bank_holidays": "date@!, title!*, notes",
    "breach_patterns": "code!, label!*, test_words, default_threshold!, effect!",
    "clock_intervals": (
        "code!, family!, calendar=elapsed|london_day|working_days, amount!, longest, label!*, starts!, default_words!,"
        " longest_allowed!, met_by!~, at_due_time!, may_be_recorded_late!"
    ),
    "clock_steps": "clock!, step!, at!*, recipients!, effect!",
    "confidence_scale": "code!, rank#!, label!*, definition!",
    "convergence_rules": (
        "code!, sentence!*, agencies#!, independent_origins#!, window_days#!, min_severity, how_many#,"
        " min_confidence, not_counted!, effect!, cooldown_days#!"
    ),
    "disagreement_ladders": "ladder!, rung!, who!*, applies_to",
    "duty_rules": (
        "code!, event!*, who_owes!, to_whom!, what!, by_when!, force=must|should|agreed|endeavour|rule, force_words!,"
        " note"
    ),
    "improvement_support": "code!, label!*, for_whom!, who_may_ask!",
    "meeting_invitees": "series!, body_kind!*, strength!, note, sees_intelligence_by_default!",
    "meeting_series": (
        "code!, label!*, tier!, cadence!, interval_days#, minimum_or_suggested!, chair_rule!, who_minutes!,"
        " default_invited!, agenda_template, return_template"
    ),
    "membership_rules": (
        "tier=local|regional, member_kind!*, requirement=must|may|invited, condition!, how_many!, gap_message!,"
        " attendance_expected!, counts_for_quorum=yes|no"
    ),
    "notification_policy": (
        "event!*, channel!, quiet_hours=held|never held, acknowledge!, repeat!, most_per_person!"
    ),
    "outcome_codes": "list!, code!, label!*, definition",
    "outcome_domains": "code!, label!*, note",
    "plain_words": "design_word!*, screen_word!, why!",
    "provider_kinds": "code!, label!*, sector=nhs|nhs_or_independent|independent|social_care|any",
    "quality_dimensions": "code!, label!*, plain_question!",
    "readiness_questions": "position#!, question!*, evidence!",
    "relations": "code!, meaning!*",
    "return_template": "template!, body_kind!, position#!, field!, label!*, type!, note",
    "ring_holder_suits": "provider_kind!*, suggested!, next, next_tier!, declare_first",
    "routine_exchanges": "code!, sender!, recipient!, what!*, interval!, force!",
    "routing_rules": "code!, scope!, condition!*, first_contact!, then, force, note",
    "safeguarding_routes": "who!*, what_portal_says!, what_portal_records!, what_portal_never_does!",
    "severity_scale": "code!, rank#, label!*, definition!, example!, prompt_shown!, does_not_mean",
    "source_kinds": (
        "code!, label!*, hard_or_soft=hard|soft, usual_holder!, protected_by_default=yes|no,"
        " shown_outside_owner_as!, counts_as_independent_origin!, personal_data_risk!"
    ),
    "source_reliability": "code!, label!*, definition!, note",
    "summit_parties": "party!*, called!, condition",
    "surveillance_levels": (
        "code!, rank#!, label!*, shape=circle|square|triangle|diamond, definition!, what_it_is_not!, raised_by!,"
        " lowered_by!, needs!, default_review_days#, max_review_days#, provider_told!, considered_every_days#!"
    ),
    "tools_and_levers": "body_kind!, purpose=monitoring|intervening, power!*, limited_to",
}
_CALLED = {
    "at": "When",
    "body_kind": "Kind of body",
    "clock": "Which deadline",
    "plain_role": "Statutory role, in plain words",
    "may_hold_ring": "May lead a joint response",
    "starts": "What starts it",
    "list": "Which list of outcomes",
    "member_kind": "Kind of member",
    "provider_kind": "Kind of provider",
    "shape": "Shape on the screen",
    "what_portal_says": "What the portal says",
    "what_portal_records": "What the portal records",
    "what_portal_never_does": "What the portal never does",
}


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        name: as in the data.
        kind: text, code, whole (number), day or choice.
        required: whether it may not be blank.
        choices: of a choice, what may stand there.
        longest: the most characters.
        key: whether it names the row, and so never changes.
        names_row: whether the row is called by it.
    """

    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    longest: int
    key: bool
    names_row: bool

    @property
    def label(self) -> str:
        """What the screen calls it."""
        return _CALLED.get(self.name, self.name.replace("_", " ").capitalize())

    def read(self, typed: str) -> str:
        """Return what is kept of a cell: without needless blanks.

        Raises:
            ValueError: with the sentence that stands beside the field.
        """
        text = " ".join(typed.split())
        if not text:
            if self.required:
                raise ValueError(f"{self.label} cannot be left blank.")
            return ""
        if len(text) > self.longest:
            raise ValueError(
                f"{self.label} must be {self.longest:,} characters or fewer; it has {len(text):,}."
            )
        return _READERS.get(self.kind, _any)(self, text)


def _any(column: Column, text: str) -> str:
    return text


def _code(column: Column, text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(
            f"{column.label} must be small letters, figures and underlines, at most 60: such as care_home."
        )
    return text


def _whole(column: Column, text: str) -> str:
    if not text.isascii() or not text.isdigit() or int(text) > _LARGEST:
        raise ValueError(f"{column.label} must be a whole number from 0 to {_LARGEST:,}.")
    return str(int(text))


def _day(column: Column, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{column.label} must be a day, such as 2027-12-25.") from None


def _choice(column: Column, text: str) -> str:
    if text not in column.choices:
        raise ValueError(f"{column.label} must be one of: {', '.join(column.choices)}.")
    return text


_READERS = {CODE: _code, WHOLE: _whole, DAY: _day, CHOICE: _choice}


@cache
def columns_of(list_code: str) -> tuple[Column, ...]:
    """Return the columns of a list, in their order."""
    keys = LISTS[list_code].keys
    return tuple(_column(written, keys) for written in _COLUMNS[list_code].split(", "))


def _column(written: str, keys: tuple[str, ...]) -> Column:
    name, _, offered = written.strip().partition("=")
    marks = set(name) & set("!*#~@")
    name = name.rstrip("!*#~@")
    kind = CHOICE if offered else WHOLE if "#" in marks else DAY if "@" in marks else TEXT
    if name == "code":
        kind = CODE
    return Column(
        name=name,
        kind=kind,
        required="!" in marks or bool(offered),
        choices=tuple(offered.split("|")) if offered else (),
        longest=LONGEST_PROSE if "~" in marks else LONGEST,
        key=name in keys,
        names_row="*" in marks,
    )


def read_cells(list_code: str, typed: Mapping[str, str]) -> tuple[dict[str, object], dict[str, str]]:
    """Read the cells of one row.

    Returns:
        What is kept by column, and what is wrong by column, each in a sentence.
    """
    kept: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for column in columns_of(list_code):
        try:
            kept[column.name] = column.read(typed.get(column.name, ""))
        except ValueError as refusal:
            wrong[column.name] = str(refusal)
    return kept, wrong


def code_of(list_code: str, cells: Mapping[str, object]) -> str:
    """Return what names a row within its list."""
    return ":".join(str(cells[key]) for key in LISTS[list_code].keys)


def title_of(list_code: str, cells: Mapping[str, object]) -> str:
    """Return what a row is called on the screen."""
    (column,) = (one for one in columns_of(list_code) if one.names_row)
    return str(cells.get(column.name) or code_of(list_code, cells))


def said(list_code: str, cells: Mapping[str, object]) -> list[tuple[Column, str]]:
    """Return a row as it is read: each column that says something, in the list's order."""
    return [
        (column, str(cells[column.name]))
        for column in columns_of(list_code)
        if cells.get(column.name) not in (None, "")
    ]
