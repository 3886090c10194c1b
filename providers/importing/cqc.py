"""What the Care Quality Commission publishes, a row at a time, and its directory with ratings; nothing of the database.

The directory is a CSV file with a heading, a row for each location. Its days are written in two ways, its names begin with
blanks, a new service has no rating, and its "Publication Date" is often the day of registration, which is no report's day.
Its API's answers are read in ``answers``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from providers.importing.rules import Line
from providers.register.rules.ratings import QUESTIONS, code_of
from reference import sent_files
from reference.sent_files import Unreadable

PROVIDER, LOCATION = "provider", "location"
NEEDED = ("Location Name", "Location ID", "Provider Name", "Provider ID", "Location Latest Overall Rating")
_ID = re.compile(r"1-[0-9]{6,13}|[A-Z0-9]{3,9}")
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_LONGEST = {
    "name": 200,
    "address": 250,
    "town": 80,
    "postcode": 10,
    "telephone": 40,
    "council": 100,
    "service": 200,
    "code": 10,
}
_DAY_FIRST = (
    "{what} “{text}” has the day before the month. The publisher's file has the month first, so the other dates of this"
    " one cannot be told apart. Send it as it was downloaded, or with dates such as 2013-12-31. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class RatedReport:
    """The ratings of one report.

    Attributes:
        five: the rating of each key question, "" where the report gave none.
        days: the day of each key question's rating, where it is told.
        predecessor: the identifier of the location that was rated, where that is another.
    """

    current: bool
    overall: str
    five: Mapping[str, str]
    days: Mapping[str, date | None] = field(default_factory=dict)
    report_on: date | None = None
    report: str = ""
    predecessor: str = ""


@dataclass(frozen=True, slots=True)
class CqcRow:
    """A provider or a location as the Commission publishes it.

    Attributes:
        what: ``provider`` or ``location``.
        provider: the identifier of a location's provider, and ``provider_name`` where the row gives it.
        ods_code: as the Commission holds it; "" where it does not tell.
        registration: what the row tells of the registration, by field; what it does not tell is not there.
        reports: ratings, the current one first.
    """

    what: str
    code: str
    name: str
    kind: str
    provider: str = ""
    provider_name: str = ""
    provider_opened_on: date | None = None
    ods_code: str = ""
    address: str = ""
    town: str = ""
    postcode: str = ""
    telephone: str = ""
    registration: Mapping[str, Any] = field(default_factory=dict)
    reports: tuple[RatedReport, ...] = ()

    @property
    def closed_on(self) -> date | None:
        """The day on which its registration ended."""
        day: date | None = self.registration.get("deregistered_on")
        return day


def day_of(text: str, what: str) -> date | None:
    """Return the day in a cell, written as 2013-04-01 or as 4/1/2013 12:00:00 AM; None for a blank one.

    Raises:
        ValueError: it is none.
        Unreadable: it has the day before the month, so that no such date of the file can be trusted.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if found := _ISO_DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _US_DAY.fullmatch(text):
            month, day, year = (int(part) for part in found.groups())
            if month > 12 >= day:
                raise Unreadable(_DAY_FIRST.format(what=what, text=text[:40]))
            return date(year, month, day)
    except ValueError:
        pass
    raise ValueError(f"{what} “{text[:40]}” is not a date such as 2013-04-01 or 4/1/2013")


def plain(value: Any) -> str:
    """A text, or a number as one; "" for whatever else stands in its place."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def identifier(text: Any, whose: str) -> str:
    """An identifier of the Commission's.

    Raises:
        ValueError: it is none.
    """
    held = plain(text).strip()
    if not _ID.fullmatch(held):
        raise ValueError(f"the {whose}'s identifier “{held[:40]}” is not one of the Care Quality Commission")
    return held


def text_of(value: Any, what: str) -> str:
    """A text with single blanks.

    Raises:
        ValueError: it is longer than is kept of ``what``.
    """
    held = " ".join(plain(value).split())
    if len(held) > _LONGEST[what]:
        raise ValueError(f"its {what} is longer than {_LONGEST[what]} characters")
    return held


def name_of(value: Any) -> str:
    """A name.

    Raises:
        ValueError: there is none, or it is too long.
    """
    held = text_of(value, "name")
    if not held:
        raise ValueError("it has no name")
    return held


def understood(number: int, code: str, name: str, understand: Callable[[], CqcRow]) -> Line:
    """A row as it is understood, or with what is wrong with it."""
    try:
        row = understand()
    except ValueError as fault:
        return Line(number, code[:40], name[:200], fault=str(fault))
    return Line(number, row.code, row.name, row)


def read_directory(file: BinaryIO) -> Iterator[Line]:
    """The locations of a directory with ratings.

    Raises:
        Unreadable: the heading lacks a column that must be there.
    """
    with closing(sent_files.records(file)) as rows:
        _, _, heading = next(rows, (0, 0, None))
        lacking = [name for name in NEEDED if name not in (heading or ())]
        if heading is None or lacking:
            raise Unreadable(
                f"The heading lacks {', '.join(lacking)}, so this is no directory with ratings. Nothing was changed."
            )
        for number, last, cells in rows:
            if cells is None or len(cells) != len(heading):
                fault = "the row has more or fewer cells than the heading, or a quotation mark left open"
                if last > number:
                    fault = (
                        f"rows {number:,} to {last:,} were read as one, and none of them is taken: {fault}"
                    )
                yield Line(number, fault=fault)
                continue
            told = dict(zip(heading, cells, strict=True))
            yield understood(number, told["Location ID"], told["Location Name"], partial(_listed, told))


def _listed(told: Mapping[str, str]) -> CqcRow:
    registration: dict[str, Any] = {}
    for column, name in (
        ("Location HSCA start date", "registered_on"),
        ("Location HSCA end date", "deregistered_on"),
    ):
        if column in told:
            registration[name] = day_of(told[column], column)
    if "Location HSCA end date" in told:
        registration["deregistered"] = registration["deregistered_on"] is not None
    if "Dormant" in told:
        registration["dormant"] = told["Dormant"].upper() == "Y"
    services = told.get("Service Types", "")
    if services:
        registration["services"] = [text_of(one, "service") for one in services.split(",")]
    if "Care homes beds" in told:
        registration["beds"] = beds_of(told["Care homes beds"])
    if "Location Local Authority" in told:
        registration["council"] = text_of(told["Location Local Authority"], "council")
    published_on = day_of(told.get("Publication Date", ""), "Publication Date")
    if published_on == registration.get("registered_on"):
        published_on = None  # the day of registration again, which is no report's day
    overall = code_of(told["Location Latest Overall Rating"])
    five = {
        name: code_of(told.get(f"Location {words.lower()} rating", "")) for name, words in QUESTIONS.items()
    }
    rated = bool(overall or any(five.values()))
    return CqcRow(
        LOCATION,
        identifier(told["Location ID"], "location"),
        name_of(told["Location Name"]),
        kind_of(services, told.get("Primary inspection category", "")),
        provider=identifier(told["Provider ID"], "provider"),
        provider_name=name_of(told["Provider Name"]),
        provider_opened_on=day_of(told.get("Provider HSCA start date", ""), "Provider HSCA start date"),
        registration=registration,
        reports=(RatedReport(True, overall, five, report_on=published_on),) if rated else (),
    )


def beds_of(value: Any) -> int | None:
    """A number of beds; None where it is not told.

    Raises:
        ValueError: it is no such number.
    """
    text = str(value if value is not None else "").strip()
    if text and not (text.isdecimal() and len(text) < 6):
        raise ValueError(f"“{text[:40]}” is no number of beds")
    return int(text) if text else None


def kind_of(services: str, category: str) -> str:
    """The kind of provider, a code of `provider_kinds`, by the words for what it does."""
    words = f"{services} {category}".casefold()
    for part, kind in (
        ("care home", "care_home"),
        ("residential social care", "care_home"),
        ("dental", "dental"),
        ("dentist", "dental"),
        ("ambulance", "ambulance"),
        ("domiciliary", "home_care"),
        ("homecare", "home_care"),
        ("supported living", "home_care"),
        ("community based adult social care", "home_care"),
        ("out of hours", "out_of_hours"),
        ("gp practices", "primary_care"),
        ("doctors consultation", "primary_care"),
    ):
        if part in words:
            return kind
    return "independent_hospital"
