"""The files of the Care Quality Commission: its directory with ratings, and its API's answers; nothing of the database.

The directory is a CSV file with a heading, a row for each location. Its days are written in two ways, its names begin with
blanks, a new service has no rating, and its "Publication Date" is often the day of registration, which is no report's day.
The API's answers are JSON, one a line, of providers and of locations, with every rating that was ever published.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from providers.importing.rules import Line
from providers.register.rules.ratings import QUESTIONS, code_of
from providers.rules import kind_of_trust
from reference import sent_files
from reference.sent_files import Unreadable

PROVIDER, LOCATION = "provider", "location"
NEEDED = ("Location Name", "Location ID", "Provider Name", "Provider ID", "Location Latest Overall Rating")
_ID = re.compile(r"1-[0-9]{6,13}|[A-Z0-9]{3,9}")
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_UNKEPT = re.compile("[\0\ud800-\udfff]")  # no text of the database can hold these; JSON can spell them
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
_QUESTIONS = {words: name for name, words in QUESTIONS.items()}


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


def _plain(value: Any) -> str:
    """A text, or a number as one; "" for whatever else stands in its place."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _identifier(text: Any, whose: str) -> str:
    held = _plain(text).strip()
    if not _ID.fullmatch(held):
        raise ValueError(f"the {whose}'s identifier “{held[:40]}” is not one of the Care Quality Commission")
    return held


def _text(value: Any, what: str) -> str:
    held = " ".join(_plain(value).split())
    if len(held) > _LONGEST[what]:
        raise ValueError(f"its {what} is longer than {_LONGEST[what]} characters")
    return held


def _name(value: Any) -> str:
    held = _text(value, "name")
    if not held:
        raise ValueError("it has no name")
    return held


def _understood(number: int, code: str, name: str, understand: Callable[[], CqcRow]) -> Line:
    """A row as it is understood, or with what is wrong with it."""
    try:
        row = understand()
    except ValueError as fault:
        return Line(number, code[:40], name[:200], fault=str(fault))
    return Line(number, row.code, row.name, row)


# --- The directory -----------------------------------------------------------------------------------


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
            yield _understood(number, told["Location ID"], told["Location Name"], partial(_listed, told))


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
        registration["services"] = [_text(one, "service") for one in services.split(",")]
    if "Care homes beds" in told:
        registration["beds"] = _beds(told["Care homes beds"])
    if "Location Local Authority" in told:
        registration["council"] = _text(told["Location Local Authority"], "council")
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
        _identifier(told["Location ID"], "location"),
        _name(told["Location Name"]),
        _kind_of(services, told.get("Primary inspection category", "")),
        provider=_identifier(told["Provider ID"], "provider"),
        provider_name=_name(told["Provider Name"]),
        provider_opened_on=day_of(told.get("Provider HSCA start date", ""), "Provider HSCA start date"),
        registration=registration,
        reports=(RatedReport(True, overall, five, report_on=published_on),) if rated else (),
    )


def _beds(value: Any) -> int | None:
    text = str(value if value is not None else "").strip()
    if text and not (text.isdecimal() and len(text) < 6):
        raise ValueError(f"“{text[:40]}” is no number of beds")
    return int(text) if text else None


def _kind_of(services: str, category: str) -> str:
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


# --- The API's answers -------------------------------------------------------------------------------


def read_answers(file: BinaryIO) -> Iterator[Line]:
    """The providers and locations in the answers of the API, one a line, in the file's order.

    Raises:
        Unreadable: no line of it is JSON.
    """
    for number, text in sent_files.lines(file):
        try:
            told = json.loads(text)
            kept = "\\u" not in text or _can_be_kept(told)
        except (ValueError, RecursionError):  # a ValueError too for a number of thousands of digits
            told, kept = None, True
        if not kept:
            yield Line(number, fault="it holds a character that no text can have")
            continue
        if not isinstance(told, dict):
            if number == 1:
                raise Unreadable(
                    "The first row is no answer of the API: each row is one JSON object. Nothing was changed."
                )
            yield Line(number, fault="the row is no JSON object, or was cut off")
            continue
        code = _plain(told.get("locationId") or told.get("providerId"))
        yield _understood(number, code, _plain(told.get("name")), partial(_answered, told))


def _can_be_kept(value: Any) -> bool:
    """Whether every text in what a line says is one that the database can hold."""
    if isinstance(value, dict):
        return all(_can_be_kept(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(map(_can_be_kept, value))
    return not (isinstance(value, str) and _UNKEPT.search(value))


def _answered(told: Mapping[str, Any]) -> CqcRow:
    what = PROVIDER if told.get("organisationType") == "Provider" else LOCATION
    code = _identifier(told.get(f"{what}Id"), what)
    services = [_text(one.get("description"), "service") for one in _dicts(told.get("gacServiceTypes"))]
    address = [_text(told.get(f"postalAddressLine{number}"), "address") for number in (1, 2)]
    return CqcRow(
        what,
        code,
        _name(told.get("name")),
        _kind_of_answer(told, services),
        provider=_identifier(told.get("providerId"), "provider"),
        ods_code=_text(told.get("odsCode"), "code"),
        address=_text(", ".join(filter(None, address)), "address"),
        town=_text(told.get("postalAddressTownCity"), "town"),
        postcode=_text(told.get("postalCode"), "postcode"),
        telephone=_text(told.get("mainPhoneNumber"), "telephone"),
        registration=_registration(told, services, what),
        reports=tuple(_reports(told, code)),
    )


def _dicts(value: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _day(told: Mapping[str, Any], name: str) -> date | None:
    return day_of(_plain(told.get(name)), name)


def _registration(told: Mapping[str, Any], services: list[str], what: str) -> dict[str, Any]:
    related = f"related{what.capitalize()}Id"
    ties = [
        (_plain(one.get("type")), _plain(one.get(related))[:20]) for one in _dicts(told.get("relationships"))
    ]
    status = _plain(told.get("registrationStatus"))
    if status not in ("Registered", "Deregistered"):
        raise ValueError(f"its registration is “{status[:40]}”, neither Registered nor Deregistered")
    return {
        "registered_on": _day(told, "registrationDate"),
        "deregistered_on": _day(told, "deregistrationDate"),
        "deregistered": status == "Deregistered",
        "dormant": told.get("dormancy") == "Y",
        "services": services,
        "beds": _beds(told.get("numberOfBeds")),
        "council": _text(told.get("localAuthority"), "council"),
        "last_inspected_on": _day(_dict(told.get("lastInspection")), "date"),
        "predecessors": sorted({code for kind, code in ties if kind.endswith("Predecessor") and code}),
        "successors": sorted({code for kind, code in ties if kind.endswith("Successor") and code}),
    }


def _kind_of_answer(told: Mapping[str, Any], services: list[str]) -> str:
    """The kind of provider by the Commission's own type, and what it does where that tells more."""
    kind = _plain(told.get("type"))
    homes = any(one.get("code") == "RA2" for one in _dicts(told.get("regulatedActivities")))
    return {
        "Social Care Org": "care_home" if told.get("careHome") == "Y" or homes else "home_care",
        "Primary Dental Care": "dental",
        "Primary Medical Services": "primary_care",
        "Independent Ambulance": "ambulance",
        "NHS Healthcare Organisation": kind_of_trust(_plain(told.get("name"))),
    }.get(kind) or _kind_of(", ".join(services), "")


def _reports(told: Mapping[str, Any], code: str) -> Iterator[RatedReport]:
    current = _dict(told.get("currentRatings"))
    overall = _dict(current.get("overall"))
    if overall:
        yield _report(
            overall, _day(overall, "reportDate") or _day(current, "reportDate"), overall, code, current=True
        )
    for held in _dicts(told.get("historicRatings")):
        overall = _dict(held.get("overall"))
        if overall:
            yield _report(overall, _day(held, "reportDate"), held, code, current=False)


def _report(
    overall: Mapping[str, Any], report_on: date | None, told: Mapping[str, Any], code: str, *, current: bool
) -> RatedReport:
    five, days = dict.fromkeys(QUESTIONS, ""), dict[str, date | None]()
    rated = {_plain(told.get("organisationId"))}
    for one in _dicts(overall.get("keyQuestionRatings")):
        name = _QUESTIONS.get(_plain(one.get("name")))
        if name is None:
            raise ValueError(f"“{_plain(one.get('name'))[:40]}” is none of the five key questions")
        five[name], days[name] = code_of(_plain(one.get("rating"))), _day(one, "reportDate")
        rated.add(_plain(one.get("organisationId")))
    # Which location was rated stands beside the whole of an old report, and beside each key question of the current one.
    others = rated - {"", code}
    return RatedReport(
        current,
        code_of(_plain(overall.get("rating"))),
        five,
        days,
        report_on,
        _plain(told.get("reportLinkId"))[:60],
        min(others, default="")[:20],
    )
