"""One timeline of a provider: what is in the reader's sight, and what is published, by the day it is of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from access.models import Record
from access.principal import Principal
from access.sight import visible_to
from nhsuk.paging import Lane, ListPage, page_of_lanes
from notifications.inbox import things_of
from providers.closing.rules import DEED_WORDS, KIND_WORDS, MADE
from providers.levels.rules import PROVIDER_WORDS
from providers.models import (
    ClosurePlan,
    DirectoryTurn,
    EarlierName,
    LevelWithholding,
    LevelWord,
    Licence,
    PlanNote,
    Provider,
    Rating,
    RegulatoryAction,
    SurveillanceLevel,
)
from providers.register.rules.ratings import RATING_WORDS
from timekeeping import DayStarts
from timekeeping.london import day_in_words, day_starts, last_day_in_words, london_day, moment_in_words

RECORDS = {
    "concern": "Concerns",
    "risk_summit": "Risk summits",
    "action": "Actions",
    "surveillance_level": "Levels",
    "closure_plan": "Closure and hand-back plans",
    "meeting": "Meetings",
    "planned_visit": "Visits",
    "information_request": "Requests for information",
}
"""The kinds of record that stand on it, and what many of them are called."""

PUBLISHED = {
    "regulatory_action": "Regulatory actions",
    "rating": "Ratings",
    "directory": "Changes of the directory",
}
"""What everybody who is signed in may read."""

KINDS = {**RECORDS, **PUBLISHED}


@dataclass(frozen=True)
class Entry:
    """A line of the timeline.

    Attributes:
        at: the moment, or the start of the London day, for machines.
        when: the same as people read it.
        title: what happened.
        address: where it is told in full.
        kind: what its kind is called.
        note: a little more, "" for nothing.
        caution: the tag beside its title, "" for none; what has one is not printed.
    """

    at: datetime
    when: str
    title: str
    address: str
    kind: str
    note: str = ""
    caution: str = ""


@dataclass(frozen=True)
class Timeline:
    """A page of it.

    Attributes:
        entries: newest first.
        records: the records among them, for the log of reading.
        page: its marks.
    """

    entries: list[Entry]
    records: list[UUID]
    page: ListPage


def timeline_of(by: Principal, provider: Provider, *, kind: str = "", mark: str = "") -> Timeline:
    """Return a page of a provider's timeline.

    Args:
        by: who reads: records stand on it where they are in sight, what is published for everybody.
        provider: with its locations fetched.
        kind: one of ``KINDS``; anything else is all of them.
        mark: of the page before or after.
    """
    kinds = [kind] if kind in KINDS else list(KINDS)
    lanes = [lane for code in PUBLISHED if code in kinds for lane in _published(code, provider)]
    recorded = [code for code in kinds if code in RECORDS]
    if by.reads and recorded:
        lanes.append(Lane(records_about(by, provider, recorded), "recorded_at"))
        lanes += [lane for code in recorded for lane in _hanging(code, by, provider)]
    page = page_of_lanes(lanes, mark=mark)
    records = [row.pk for row in page.rows if isinstance(row, Record)]
    things = things_of(records)
    entries = [
        _entry(row, provider, things) for row in page.rows if row.pk in things or row.pk not in records
    ]
    return Timeline(entries, records, page)


def records_about(by: Principal, provider: Provider, kinds: Sequence[str] = tuple(RECORDS)) -> Any:
    """Return the records about a provider that are in the reader's sight."""
    about = Record.objects.filter(kind__in=kinds, about__provider=provider)
    return visible_to(by, about.select_related("owner"))


def _hanging(code: str, by: Principal, provider: Provider) -> list[Lane]:
    """Return the lanes of what was said of levels and of plans afterwards: seen where they are."""
    if code == "surveillance_level":
        of_it = Q(level__provider=provider)
        words = visible_to(by, LevelWord.objects.filter(of_it), through="level__record")
        agreed = LevelWithholding.objects.filter(of_it, agreed_at__isnull=False)
        withheld = visible_to(by, agreed, through="level__record")
        return [
            _by_day(words.select_related("level"), "on"),
            Lane(withheld.select_related("level__qsg", "by", "agreed_by"), "agreed_at"),
        ]
    if code == "closure_plan":
        notes = PlanNote.objects.filter(plan__provider=provider).exclude(deed=MADE)
        seen = visible_to(by, notes, through="plan__record")
        return [Lane(seen.select_related("plan", "by", "agency"), "recorded_at")]
    return []


def _published(code: str, provider: Provider) -> list[Lane]:
    """Return the lanes of what is published of one kind, each row by its day."""
    places = [one.pk for one in provider.locations.all()]
    if code == "regulatory_action":
        return [_by_day(provider.regulatory_actions.select_related("agency", "location"), "starts_on")]
    if code == "rating":
        of_it = Q(provider=provider) | Q(location__in=places)
        rated = Rating.objects.filter(of_it, replaced_at=None, report_on__isnull=False)
        return [_by_day(rated.select_related("location", "provider"), "report_on")]
    of_it = Q(provider=provider) | Q(location__in=places)
    had, turns = EarlierName.objects.filter(of_it), DirectoryTurn.objects.filter(of_it)
    return [
        _by_day(had.select_related("location"), "until_on"),
        _by_day(turns.select_related("location"), "on"),
        _by_day(provider.licences.all(), "starts_on"),
    ]


def _by_day(rows: Any, day: str) -> Lane:
    return Lane(rows.annotate(at_day=DayStarts(day)), "at_day")


def _entry(row: Any, provider: Provider, things: Mapping[UUID, Any]) -> Entry:
    """Put a row into a line."""
    if isinstance(row, Record):
        thing = things[row.pk]
        return Entry(
            row.recorded_at,
            moment_in_words(row.recorded_at),
            thing.title,
            thing.get_absolute_url(),
            KINDS[thing.KIND],
            caution=thing.caution,
        )
    if isinstance(row, LevelWord | LevelWithholding | PlanNote):
        return _said_since(row)
    at: datetime = row.at_day
    title, note, kind = _said(row)
    address = reverse("providers:register", args=[provider.pk])
    if isinstance(row, RegulatoryAction):
        address += f"#entry-{row.pk}"
    elif isinstance(row, Rating):
        address += "#ratings"
    else:
        address = ""
    return Entry(at, day_in_words(london_day(at)), title, address, KINDS[kind], note)


def _said_since(row: LevelWord | LevelWithholding | PlanNote) -> Entry:
    """Put what was said of a level or of a plan afterwards into a line."""
    where: ClosurePlan | SurveillanceLevel
    if isinstance(row, PlanNote):
        said = f"{KIND_WORDS[row.plan.kind]}: {DEED_WORDS[row.deed].lower()}"
        at, when, where = row.recorded_at, moment_in_words(row.recorded_at), row.plan
        who = f"{row.by}, {row.agency}"
    elif isinstance(row, LevelWithholding):
        said = f"{row.level.label}, in {row.level.qsg.name}: the provider is not told yet"
        at = row.agreed_at or row.recorded_at  # the lane holds only those that were agreed
        when, where, who = moment_in_words(at), row.level, f"{row.by} and {row.agreed_by}"
    else:
        said = f"{PROVIDER_WORDS[row.kind]} about “{row.level.label.lower()}”"
        at, when, where, who = day_starts(row.on), day_in_words(row.on), row.level, row.whose
    return Entry(at, when, said, where.get_absolute_url(), KINDS[where.KIND], who)


def _said(row: Any) -> tuple[str, str, str]:
    """Return what a published row says: title, note, and the code of its kind."""
    if isinstance(row, RegulatoryAction):
        ends = f", until the end of {last_day_in_words(row.ends_on)}" if row.ends_on else ""
        return f"{row.get_kind_display()}, by {row.agency}{ends}", f"About {row.place}", "regulatory_action"
    if isinstance(row, Rating):
        rated = RATING_WORDS.get(row.overall, "No overall rating")
        return f"Rated by the Care Quality Commission: {rated}", f"About {row.place}", "rating"
    if isinstance(row, Licence):
        return f"Monitor's licence {row.number}".strip(), f"Published: {row.published_where}", "directory"
    if isinstance(row, DirectoryTurn):
        return str(row), row.source, "directory"
    what = row.location.name if row.location else "It"
    return f"{what} was called {row.name} until then", "", "directory"
