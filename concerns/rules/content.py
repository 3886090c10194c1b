"""What a concern must say, and the five steps in which it is raised."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from timekeeping.london import day_starts, london_day

HEADLINE_LONGEST = 150
NARRATIVE_LONGEST = 10_000
SHORT_LONGEST = 300
NAME_LONGEST = 200
PLACES_MOST = 20

PROVIDER, LOCATION, UNREGISTERED, THEME = "provider", "location", "unregistered", "theme"
ABOUT_WORDS = {
    PROVIDER: "A provider",
    LOCATION: "One place of a provider",
    UNREGISTERED: "A service that seems not to be registered",
    THEME: "Several providers (a theme)",
}

MINUTE, DAY, NOT_SAID = "minute", "day", "not_said"
"""How exactly it is known when it happened."""
MONTH = "month"
"""All that is told of a protected source outside its owner; never kept."""

YES, NO, NOT_SURE = "yes", "no", "not_sure"
DANGER_WORDS = {YES: "Yes", NO: "No", NOT_SURE: "Not sure"}
IN_DANGER = frozenset({YES, NOT_SURE})
"""Answers after which somebody must be rung: not knowing is treated as yes (NQB ch. 5 (l.868))."""

GOOD_PRACTICE, NOT_KNOWN = "none_good", "not_known"
GRAVE = frozenset({"serious", "critical"})
"""Severities after which somebody goes and looks (NQB ch. 6 (l.921))."""

OTHER_SOURCE = "other"

ABOUT, HAPPENED, KNOWN, SEEN_BY, CHECK = "about", "happened", "known", "seen-by", "check"
STEPS = (ABOUT, HAPPENED, KNOWN, SEEN_BY, CHECK)
STEP_WORDS = {
    ABOUT: "What is it about?",
    HAPPENED: "What happened?",
    KNOWN: "How do you know?",
    SEEN_BY: "Who should see it?",
    CHECK: "Check before you save",
}

MARKET_OVERSIGHT = "Market Oversight information is not shared here. Take it out; CQC's Market Oversight team hears it direct."
_MARKET_OVERSIGHT = re.compile(r"\bmarket[\s\-]+oversight\b", re.IGNORECASE)


@dataclass(frozen=True)
class About:
    """What a concern is about.

    Attributes:
        kind: a code of ABOUT_WORDS.
        providers: those it is about; one for a provider or a place, several for a theme.
        location: the place, if it is about one.
        name, place: of an unregistered service, in free words.
    """

    kind: str
    providers: tuple[UUID, ...] = ()
    location: UUID | None = None
    name: str = ""
    place: str = ""


@dataclass(frozen=True)
class Content:
    """What a concern says, apart from what it is about and who sees it."""

    headline: str = ""
    narrative: str = ""
    happened_at: datetime | None = None
    precision: str = NOT_SAID
    danger: str = ""
    source_kind: str = ""
    source_other: str = ""
    reliability: str = ""
    dimensions: tuple[str, ...] = ()
    outcome_domain: str = ""
    severity: str = ""
    confidence: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """The free words, by field: what the guard reads."""
        return {"headline": self.headline, "narrative": self.narrative, "source_other": self.source_other}


@dataclass(frozen=True)
class Lists:
    """The codes on offer that day."""

    source_kinds: Set[str] = field(default_factory=frozenset)
    reliabilities: Set[str] = field(default_factory=frozenset)
    dimensions: Set[str] = field(default_factory=frozenset)
    outcome_domains: Set[str] = field(default_factory=frozenset)
    severities: Set[str] = field(default_factory=frozenset)
    confidences: Set[str] = field(default_factory=frozenset)


ALWAYS = {
    "headline": "Say in one line what it is",
    "source_kind": "Choose how it is known",
    "danger": "Say whether anyone is in danger; “Not sure” is an answer",
}
IN_FULL = {
    **ALWAYS,
    "narrative": "Say what happened",
    "happened_at": "Say when it happened; the day is enough",
    "reliability": "Choose how close the source was; “Cannot say” is an answer",
    "dimensions": "Choose what it touches: at least one",
    "severity": "Choose how serious it is; “Not yet known” is an answer",
    "confidence": "Choose how sure you are",
}
FIELDS_OF_STEP = {
    HAPPENED: ("headline", "narrative", "happened_at", "danger"),
    KNOWN: (
        "source_kind",
        "source_other",
        "reliability",
        "severity",
        "confidence",
        "dimensions",
        "outcome_domain",
    ),
}


def too_long(name: str, text: str, longest: int) -> dict[str, str]:
    """Return a sentence when a text is longer than the portal keeps; the text itself stays on the page."""
    if len(text) <= longest:
        return {}
    return {
        name: f"This is {len(text):,} characters long; at most {longest:,} are kept."
        " Nothing was cut: shorten it and save again"
    }


def check_about(about: About) -> dict[str, str]:
    """Return what is wrong with what a concern is about, by field."""
    if about.kind not in ABOUT_WORDS:
        return {"kind": "Choose what it is about"}
    if about.kind == UNREGISTERED:
        errors = too_long("name", about.name, NAME_LONGEST) | too_long("place", about.place, NAME_LONGEST)
        if not about.name.strip():
            errors["name"] = "Say what the service is called, or what it looks like"
        if not about.place.strip():
            errors["place"] = "Say where it is, as nearly as you know"
        if about.providers:
            errors["providers"] = (
                "A service that is not registered has no provider here. Leave the providers out"
            )
        return errors
    if about.kind == THEME:
        if not 2 <= len(about.providers) <= PLACES_MOST:
            return {"providers": f"Choose at least two providers, and at most {PLACES_MOST}"}
        return {}
    if len(about.providers) != 1:
        return {"provider": "Choose the provider"}
    return {"location": "Choose the place"} if about.kind == LOCATION and not about.location else {}


def check_content(
    content: Content, lists: Lists, *, now: datetime, wanted: Mapping[str, str] = IN_FULL
) -> dict[str, str]:
    """Return what is wrong with what a concern says: a sentence for each field, none when it can be kept.

    Args:
        content: what is to be kept.
        lists: the codes on offer.
        now: the moment; nothing happened after it.
        wanted: the fields that must be filled, with what to say when one is not. A draft wants none.
    """
    errors = {name: sentence for name, sentence in wanted.items() if not getattr(content, name)}
    errors |= _not_on_offer(content, lists)
    if content.source_kind == OTHER_SOURCE and "source_kind" in wanted and not content.source_other.strip():
        errors["source_other"] = "Say what kind of source it is"
    errors |= market_oversight(content.texts)
    longest = {"headline": HEADLINE_LONGEST, "narrative": NARRATIVE_LONGEST, "source_other": SHORT_LONGEST}
    for name, text in content.texts.items():
        errors |= too_long(name, text, longest[name])
    if "happened_at" not in errors:
        errors |= check_happened(content.happened_at, content.precision, now=now)
    return errors


def market_oversight(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the refusal of Market Oversight information, by field: it may not be entered (mission B17, ADASS 34)."""
    return {name: MARKET_OVERSIGHT for name, text in texts.items() if _MARKET_OVERSIGHT.search(text)}


def _not_on_offer(content: Content, lists: Lists) -> dict[str, str]:
    """Return a sentence for each code that is on no list."""
    offered: dict[str, Set[str]] = {
        "source_kind": lists.source_kinds,
        "reliability": lists.reliabilities,
        "outcome_domain": lists.outcome_domains,
        "severity": lists.severities,
        "confidence": lists.confidences,
        "danger": DANGER_WORDS.keys(),
    }
    sentence = "Choose one of the answers in the list"
    errors = {
        name: sentence
        for name, codes in offered.items()
        if getattr(content, name) and getattr(content, name) not in codes
    }
    if not lists.dimensions >= set(content.dimensions):
        errors["dimensions"] = sentence
    return errors


def check_happened(happened_at: datetime | None, precision: str, *, now: datetime) -> dict[str, str]:
    """Return a sentence when something is said to have happened later than now, or only half of when it did is said."""
    if happened_at is None:
        half = "Say when it happened too, or nothing of how exactly that is known"
        return {} if precision == NOT_SAID else {"precision": half}
    if precision == NOT_SAID:
        return {
            "precision": "You say when it happened, so say how exactly that is known: the minute or the day"
        }
    late = london_day(happened_at) > london_day(now) if precision == DAY else happened_at > now
    return {"happened_at": "This lies in the future. Enter when it happened"} if late else {}


def month_of(moment: datetime) -> datetime:
    """Return the start of the London month: all that is shown of a protected source outside its owner."""
    first = london_day(moment).replace(day=1)
    return day_starts(first)


def first_missing_step(done: Set[str]) -> str:
    """Return the first step of raising that was not taken yet; ``check`` when only that is left."""
    return next((step for step in STEPS if step not in done), CHECK)


def may_take(step: str, done: Set[str]) -> bool:
    """Say whether a step may be taken now: all before it were, so none is skipped."""
    return STEPS.index(step) <= STEPS.index(first_missing_step(done))


def as_plain(content: Content) -> dict[str, object]:
    """Return a content as plain values, to keep as a version."""
    plain: dict[str, object] = {name: getattr(content, name) for name in content.__dataclass_fields__}
    plain["dimensions"] = list(content.dimensions)
    plain["happened_at"] = content.happened_at.isoformat() if content.happened_at else None
    return plain


def from_plain(plain: Mapping[str, Any]) -> Content:
    """Return the content that ``as_plain`` kept; fields it did not know are blank."""
    values = {name: plain[name] for name in Content.__dataclass_fields__ if name in plain}
    values["dimensions"] = tuple(plain.get("dimensions", ()))
    happened_at = plain.get("happened_at")
    values["happened_at"] = datetime.fromisoformat(happened_at) if happened_at else None
    return Content(**values)
