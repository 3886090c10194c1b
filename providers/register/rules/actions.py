"""What may be entered in a regulatory record, by whom, and how it stands on a day (mission I1; NQB tools table)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

_COMMISSION = frozenset({"cqc"})
_MONITOR = frozenset({"monitor", "nhs_improvement"})
_DEVELOPMENT = frozenset({"nhs_tda", "nhs_improvement"})
_ENGLAND = frozenset({"nhs_england", "nhs_england_regional_team", "nhs_england_area_team"})
_BUYERS = frozenset({"ccg", "icb", "local_authority"}) | _ENGLAND


@dataclass(frozen=True)
class Kind:
    """A kind of entry.

    Attributes:
        label: what the screen calls it.
        bodies: the kinds of body whose power it is.
        breach: whether it may say which standards were breached.
    """

    label: str
    bodies: frozenset[str]
    breach: bool = False


KINDS: dict[str, Kind] = {
    "registration": Kind("Registration", _COMMISSION),
    "condition": Kind("Condition of registration", _COMMISSION, breach=True),
    "breach": Kind("Breach found at an inspection", _COMMISSION, breach=True),
    "warning_notice": Kind("Warning notice", _COMMISSION, breach=True),
    "penalty_notice": Kind("Penalty notice", _COMMISSION, breach=True),
    "suspension": Kind("Suspension of registration", _COMMISSION, breach=True),
    "closure": Kind("Closure: registration cancelled, or a service closed", _COMMISSION, breach=True),
    "prosecution": Kind("Prosecution", _COMMISSION, breach=True),
    "licence": Kind("Licence", _MONITOR),
    "licence_condition": Kind("Condition of the licence", _MONITOR),
    "removal_of_directors": Kind("Removal or replacement of directors", _MONITOR | _DEVELOPMENT),
    "special_measures": Kind("Special measures", _COMMISSION | _MONITOR | _DEVELOPMENT | _ENGLAND),
    "segment": Kind("Segment of oversight", _MONITOR | _DEVELOPMENT | _ENGLAND),
    "contract": Kind("Power under a contract", _BUYERS),
}
"""Every kind of entry; nobody enters another body's."""

NO_APPEAL, APPEALED, ALLOWED, DISMISSED = "none", "made", "allowed", "dismissed"
APPEAL_WORDS = {
    NO_APPEAL: "No appeal known",
    APPEALED: "An appeal is made and not decided",
    ALLOWED: "An appeal was allowed: it was set aside",
    DISMISSED: "An appeal was dismissed",
}

COMING, IN_FORCE, ENDED, SET_ASIDE = "coming", "in_force", "ended", "set_aside"
STANDING_WORDS = {
    COMING: "not in force yet",
    IN_FORCE: "in force",
    ENDED: "ended",
    SET_ASIDE: "set aside on appeal",
}

# Bodies that came after others, or are a part of one, have its powers on the documents' list.
_LISTED_AS = {
    "nhs_england_regional_team": ("nhs_england",),
    "nhs_england_area_team": ("nhs_england",),
    "icb": ("ccg",),
    "nhs_improvement": ("monitor", "nhs_tda"),
}
OTHER_POWER = "other"
"""Stands for a power that is not on the list, and is said in words: nobody is refused for want of a listed one."""

LONGEST, LONGEST_LINE, MOST_STANDARDS = 4_000, 200, 30


@dataclass(frozen=True)
class Facts:
    """What was published.

    Attributes:
        kind: a code of ``KINDS``.
        location: the one place it is about; None for the provider as a whole.
        power: a code of the list of powers, or ``OTHER_POWER``, then ``power_said`` says which.
        about: what it is about, as it was published, without anybody's name.
        standards: which standards were breached, each as it was published.
        inspected_on: the day of the inspection at which they were found.
        comply_by: the day set for putting them right.
        significant: whether the regulator judged the breach significant.
        starts_on: the first day in force.
        ends_on: the first day on which it is no longer in force; a breach is put right then.
        published_on: when it was published; nothing is entered before.
        published_where: a web address or the name of the publication.
        appeal: a code of ``APPEAL_WORDS``.
    """

    kind: str
    about: str
    starts_on: date | None
    published_on: date | None
    published_where: str
    power: str = OTHER_POWER
    power_said: str = ""
    location: UUID | None = None
    standards: tuple[str, ...] = ()
    inspected_on: date | None = None
    comply_by: date | None = None
    significant: bool = False
    ends_on: date | None = None
    appeal: str = NO_APPEAL

    @property
    def texts(self) -> dict[str, str]:
        """The free words, by field."""
        return {
            "about": self.about,
            "power_said": self.power_said,
            "standards": "\n".join(self.standards),
            "published_where": self.published_where,
        }


def kinds_of(body_kind: str) -> dict[str, str]:
    """Return the kinds of entry that a kind of body may make: code to words."""
    return {code: kind.label for code, kind in KINDS.items() if body_kind in kind.bodies}


def listed_as(body_kind: str) -> tuple[str, ...]:
    """Return the kinds of body under which its powers stand on the list."""
    return _LISTED_AS.get(body_kind, (body_kind,))


def lines_of(text: str) -> tuple[str, ...]:
    """Return the standards named in a text, one a line, each once."""
    return tuple(dict.fromkeys(line for each in text.splitlines() if (line := " ".join(each.split()))))


def standard_key(standard: str) -> str:
    """Return what makes two spellings of a standard the same one: its letters and figures alone."""
    return "".join(letter for letter in standard.casefold() if letter.isalnum())


def tidied(facts: Facts) -> Facts:
    """Return the facts as they are kept: without spaces around them, and a listed power needs no words."""
    return replace(
        facts,
        about=facts.about.strip(),
        published_where=facts.published_where.strip(),
        power_said=facts.power_said.strip() if facts.power == OTHER_POWER else "",
    )


def check(
    facts: Facts,
    *,
    body_kind: str,
    powers: Collection[str],
    locations: Collection[UUID],
    today: date,
) -> dict[str, str]:
    """Return what is wrong with an entry: a sentence for each field.

    Args:
        facts: as it would be entered.
        body_kind: of the body that enters it.
        powers: the codes of its powers on the list.
        locations: the provider's places.
        today: the London day.
    """
    if facts.kind not in kinds_of(body_kind):
        return {"kind": "Choose one of the powers that are your body's own"}
    errors = _too_long(facts) | _days(facts, today) | _breach(facts, today)
    if facts.location is not None and facts.location not in locations:
        errors["location"] = "Choose the provider as a whole, or one of its places"
    if facts.power != OTHER_POWER and facts.power not in powers:
        errors["power"] = "Choose the power that was used"
    if facts.power == OTHER_POWER and not facts.power_said.strip():
        errors["power_said"] = "Say which power was used"
    if not facts.about.strip():
        errors.setdefault("about", "Say what it is about, as it was published")
    if not facts.published_where.strip():
        errors.setdefault("published_where", "Say where it is published: a web address, or the publication")
    if facts.appeal not in APPEAL_WORDS:
        errors["appeal"] = "Say whether there is an appeal"
    return errors


def _too_long(facts: Facts) -> dict[str, str]:
    errors = {}
    for name, text, most in (
        ("about", facts.about, LONGEST),
        ("power_said", facts.power_said, LONGEST_LINE),
        ("published_where", facts.published_where, LONGEST_LINE),
        ("standards", max(facts.standards, key=len, default=""), LONGEST_LINE),
    ):
        if len(text) > most:
            errors[name] = (
                f"This is {len(text):,} characters long; at most {most:,} are kept. Nothing was cut: shorten it"
            )
    if len(facts.standards) > MOST_STANDARDS:
        errors["standards"] = f"At most {MOST_STANDARDS} standards are kept in one entry. Nothing was cut"
    return errors


def _days(facts: Facts, today: date) -> dict[str, str]:
    errors = {}
    if facts.starts_on is None:
        errors["starts_on"] = "Say from which day it is in force"
    elif facts.ends_on is not None and facts.ends_on <= facts.starts_on:
        errors["ends_on"] = "It ends after it begins. Choose a later day"
    if facts.published_on is None:
        errors["published_on"] = "Say when it was published"
    elif facts.published_on > today:
        errors["published_on"] = "Only what is published is entered here. Enter it when it is"
    return errors


def _breach(facts: Facts, today: date) -> dict[str, str]:
    """Say what does not fit about the breach; where the kind has none, nothing may be said of one."""
    errors = {}
    if not KINDS[facts.kind].breach:
        said = {
            "standards": bool(facts.standards),
            "inspected_on": facts.inspected_on is not None,
            "comply_by": facts.comply_by is not None,
            "significant": facts.significant,
        }
        return {
            name: "An entry of this kind names no breach. Leave this empty" for name in said if said[name]
        }
    if facts.kind == "breach" and not facts.standards:
        errors["standards"] = "Say which standard was breached"
    if facts.inspected_on is not None and facts.inspected_on > today:
        errors["inspected_on"] = "This lies in the future. Enter the day of the inspection"
    elif facts.kind == "breach" and facts.inspected_on is None:
        errors["inspected_on"] = "Say on which day the inspection was"
    if facts.comply_by is not None and facts.starts_on is not None and facts.comply_by < facts.starts_on:
        errors["comply_by"] = "The day set for putting it right is not before it is in force"
    return errors


def standing(*, starts_on: date, ends_on: date | None, appeal: str, today: date) -> str:
    """Return how an entry stands on a London day."""
    if appeal == ALLOWED:
        return SET_ASIDE
    if starts_on > today:
        return COMING
    return ENDED if ends_on is not None and ends_on <= today else IN_FORCE


def put_right_in_time(*, ends_on: date | None, comply_by: date | None, today: date) -> bool:
    """Say whether a breach was put right by the day set for it: a temporary dip (NQB ch. 2, l.217)."""
    return ends_on is not None and comply_by is not None and ends_on <= min(today, comply_by)
