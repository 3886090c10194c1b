"""Registrations and ratings as the Care Quality Commission publishes them, compared with what was published before.

Nothing is overwritten: what is published in another's stead is another row, and the one before says since when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from providers.importing.cqc import CqcRow, RatedReport
from providers.importing.kinds import shown
from providers.importing.rules import Changes
from providers.models import Location, Provider, Rating, Registration
from providers.register.rules.ratings import QUESTIONS, RATING_WORDS
from timekeeping import portal_now

_TOLD = (
    "registered_on", "deregistered_on", "deregistered", "dormant", "services", "beds", "council", "last_inspected_on",
    "predecessors", "successors",
)  # fmt: skip
_WORDS = {
    "registered_on": "registered on",
    "deregistered_on": "deregistered on",
    "last_inspected_on": "last inspected on",
    "council": "local authority",
}
Key = tuple[date | str | None, ...]


@dataclass
class SoFar:
    """What was published of one provider or place so far.

    Attributes:
        registration: as published now.
        ratings: those that were not replaced.
    """

    registration: Registration | None = None
    ratings: list[Rating] = field(default_factory=list)


@dataclass
class ToPublish:
    """What is written of one row; ``owner`` is a location's provider, where the row brings it in."""

    of: Provider | Location
    owner: Provider | None = None
    registration: Mapping[str, Any] | None = None
    after: Registration | None = None
    reports: list[RatedReport] = field(default_factory=list)
    replaced: list[UUID] = field(default_factory=list)
    historic: list[UUID] = field(default_factory=list)
    current: list[UUID] = field(default_factory=list)


def held_of(of: Iterable[Provider | Location]) -> dict[UUID, SoFar]:
    """Return what is held of these, in two questions, by key."""
    keys = [one.pk for one in of]
    held = {key: SoFar() for key in keys}
    about = Q(provider__in=keys) | Q(location__in=keys)
    for registration in Registration.objects.filter(about, replaced_at=None):
        held[registration.about].registration = registration
    for rating in Rating.objects.filter(about, replaced_at=None):
        held[rating.about].ratings.append(rating)
    return held


def twice(reports: Sequence[RatedReport]) -> str:
    """Why a row's ratings cannot be taken: two are of one report and say different things; "" where they can."""
    said: dict[Key, tuple[str, ...]] = {}
    for one in reports:
        if said.setdefault(_key(one), _values(one)) != _values(one):
            return f"two of its ratings are of one report{_when(one.report_on)} and say different things"
    return ""


def compare(row: CqcRow, of: Provider | Location, held: SoFar) -> tuple[Changes, ToPublish]:
    """Return what a row says anew of a registration and its ratings, and what to write of it."""
    wanted = ToPublish(of)
    changes = _registration(row, held, wanted)
    changes |= _ratings(row.reports, held.ratings, wanted)
    return changes, wanted


def _registration(row: CqcRow, held: SoFar, wanted: ToPublish) -> Changes:
    before = held.registration
    said = {name: row.registration[name] for name in _TOLD if name in row.registration}
    if before is None:
        wanted.registration = said
        return {}
    said = {name: value for name, value in said.items() if getattr(before, name) != value}
    if said:
        wanted.registration, wanted.after = said, before
    return {
        _WORDS.get(name, name): (_plain(getattr(before, name)), _plain(value)) for name, value in said.items()
    }


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else shown(value)


def _ratings(reports: Sequence[RatedReport], held: Sequence[Rating], wanted: ToPublish) -> Changes:
    by_key: dict[Key, Rating] = {_key(one): one for one in held}
    current = next((one for one in held if one.current), None)
    changes: Changes = {}
    # The current one last: it takes the other's place. A report that stands among the historic ones too is one report.
    last = sorted(reports, key=lambda one: one.current)
    for report in sorted({_key(one): one for one in last}.values(), key=lambda one: one.current):
        same = by_key.get(_key(report)) if not report.current or _known(report) else None
        if report.current:
            changes |= _current(report, same, current, wanted)
        elif same is None:
            wanted.reports.append(report)
            changes |= _earlier(report)
        elif _values(same) != _values(report):
            wanted.replaced.append(same.pk)
            wanted.reports.append(report)
            changes |= _earlier(report)
        elif same.current:
            wanted.historic.append(same.pk)
            if not any(one.current for one in reports):
                changes["current rating"] = (_overall(same), "historic")
    return changes


def _current(report: RatedReport, same: Rating | None, current: Rating | None, wanted: ToPublish) -> Changes:
    """Compare the rating that a row gives as the current one."""
    if current is not None and _values(current) == _values(report) and _agree(current, report):
        return {}
    if current is not None and _older(report, current):
        if same is None:  # a file from before: what it calls current is history here
            wanted.reports.append(_as_historic(report))
            return _earlier(report)
        return {}
    if current is not None:
        # The same report with other words was corrected by its publisher; so was one whose day is known only now.
        corrected = current is same or (current.report_on is None and _values(current) == _values(report))
        (wanted.replaced if corrected else wanted.historic).append(current.pk)
    if same is not None and same is not current and _values(same) == _values(report):
        wanted.current.append(same.pk)
    else:
        if same is not None and same is not current:
            wanted.replaced.append(same.pk)
        wanted.reports.append(report)
    other = (
        [
            number
            for number, pair in enumerate(zip(_values(current), _values(report), strict=True))
            if number and pair[0] != pair[1]
        ]
        if current
        else []
    )
    return {"current rating": (_said(current, other) if current else "", _said(report, other))}


def _said(one: Rating | RatedReport, questions: Sequence[int]) -> str:
    """A rating in words, with the key questions that changed."""
    words = ["Overall", *QUESTIONS.values()]
    values = [RATING_WORDS.get(value, "none") for value in _values(one)]
    changed = [f"{words[number]}: {values[number]}" for number in questions]
    return "; ".join([f"{values[0]}{_when(one.report_on)}", *changed])


def _agree(current: Rating, report: RatedReport) -> bool:
    """Whether both are of one report, as far as the row tells."""
    return (
        report.report_on is None
        or _key(current) == _key(report)
        or (current.report_on == report.report_on and not report.report)
    )


def _older(report: RatedReport, current: Rating) -> bool:
    return bool(report.report_on and current.report_on and report.report_on < current.report_on)


def _as_historic(report: RatedReport) -> RatedReport:
    return RatedReport(
        False, report.overall, report.five, report.days, report.report_on, report.report, report.predecessor
    )


def _known(one: Rating | RatedReport) -> bool:
    """Whether it can be told which report it is of: by its day, or by the publisher's key of it."""
    return bool(one.report_on or one.report)


def _key(one: Rating | RatedReport) -> Key:
    """What makes two ratings those of one report; of one that is not told, what it says."""
    return one.report_on, one.report, one.predecessor, *(() if _known(one) else _values(one))


def _values(one: Rating | RatedReport) -> tuple[str, ...]:
    five = one.five if isinstance(one, Rating) else tuple(one.five.get(name, "") for name in QUESTIONS)
    return one.overall, *five


def _overall(one: Rating) -> str:
    return RATING_WORDS.get(one.overall, "")


def _when(day: date | None) -> str:
    return f" ({day})" if day else ""


def _earlier(report: RatedReport) -> Changes:
    return {f"rating{_when(report.report_on)}": ("", RATING_WORDS.get(report.overall, ""))}


def keep(each: Sequence[ToPublish], source: str) -> None:
    """Write what is published anew, in bulk: a constant number of statements."""
    now = portal_now()  # once, and not by each row: rows without an expression are written twice as fast
    Registration.objects.filter(pk__in=[one.after.pk for one in each if one.after]).update(replaced_at=now)
    Registration.objects.bulk_create(
        Registration(
            **_about(one.of), **{**_whole(one.after), **one.registration}, source=source, recorded_at=now
        )
        for one in each
        if one.registration is not None
    )
    Rating.objects.filter(pk__in=[key for one in each for key in one.replaced]).update(
        replaced_at=now, current=False
    )
    Rating.objects.filter(pk__in=[key for one in each for key in one.historic]).update(current=False)
    Rating.objects.filter(pk__in=[key for one in each for key in one.current]).update(current=True)
    Rating.objects.bulk_create(
        Rating(
            **_about(one.of),
            current=report.current,
            overall=report.overall,
            report_on=report.report_on,
            report=report.report,
            predecessor=report.predecessor,
            source=source,
            recorded_at=now,
            **report.five,
            **{f"{name}_on": day for name, day in report.days.items()},
        )
        for one in each
        for report in one.reports
    )


def _about(of: Provider | Location) -> dict[str, Any]:
    return {"provider" if isinstance(of, Provider) else "location": of}


def _whole(before: Registration | None) -> dict[str, Any]:
    return {name: getattr(before, name) for name in _TOLD} if before else {}
