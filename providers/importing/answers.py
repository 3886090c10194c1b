"""The answers of the Care Quality Commission's API: JSON, one a line, of providers and of locations.

They hold every rating that was ever published.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from providers.importing.cqc import (
    LOCATION,
    PROVIDER,
    CqcRow,
    RatedReport,
    beds_of,
    day_of,
    identifier,
    kind_of,
    name_of,
    plain,
    text_of,
    understood,
)
from providers.importing.rules import Line
from providers.register.rules.ratings import QUESTIONS, code_of
from providers.rules import kind_of_trust
from reference import sent_files
from reference.sent_files import Unreadable

_UNKEPT = re.compile("[\0\ud800-\udfff]")  # no text of the database can hold these; JSON can spell them
_QUESTIONS = {words: name for name, words in QUESTIONS.items()}


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
        code = plain(told.get("locationId") or told.get("providerId"))
        yield understood(number, code, plain(told.get("name")), partial(_answered, told))


def _can_be_kept(value: Any) -> bool:
    """Whether every text in what a line says is one that the database can hold."""
    if isinstance(value, dict):
        return all(_can_be_kept(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(map(_can_be_kept, value))
    return not (isinstance(value, str) and _UNKEPT.search(value))


def _answered(told: Mapping[str, Any]) -> CqcRow:
    what = PROVIDER if told.get("organisationType") == "Provider" else LOCATION
    code = identifier(told.get(f"{what}Id"), what)
    services = [text_of(one.get("description"), "service") for one in _dicts(told.get("gacServiceTypes"))]
    address = [text_of(told.get(f"postalAddressLine{number}"), "address") for number in (1, 2)]
    return CqcRow(
        what,
        code,
        name_of(told.get("name")),
        _kind_of_answer(told, services),
        provider=identifier(told.get("providerId"), "provider"),
        ods_code=text_of(told.get("odsCode"), "code"),
        address=text_of(", ".join(filter(None, address)), "address"),
        town=text_of(told.get("postalAddressTownCity"), "town"),
        postcode=text_of(told.get("postalCode"), "postcode"),
        telephone=text_of(told.get("mainPhoneNumber"), "telephone"),
        registration=_registration(told, services, what),
        reports=tuple(_reports(told, code)),
    )


def _dicts(value: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _day(told: Mapping[str, Any], name: str) -> date | None:
    return day_of(plain(told.get(name)), name)


def _registration(told: Mapping[str, Any], services: list[str], what: str) -> dict[str, Any]:
    related = f"related{what.capitalize()}Id"
    ties = [
        (plain(one.get("type")), plain(one.get(related))[:20]) for one in _dicts(told.get("relationships"))
    ]
    status = plain(told.get("registrationStatus"))
    if status not in ("Registered", "Deregistered"):
        raise ValueError(f"its registration is “{status[:40]}”, neither Registered nor Deregistered")
    return {
        "registered_on": _day(told, "registrationDate"),
        "deregistered_on": _day(told, "deregistrationDate"),
        "deregistered": status == "Deregistered",
        "dormant": told.get("dormancy") == "Y",
        "services": services,
        "beds": beds_of(told.get("numberOfBeds")),
        "council": text_of(told.get("localAuthority"), "council"),
        "last_inspected_on": _day(_dict(told.get("lastInspection")), "date"),
        "predecessors": sorted({code for kind, code in ties if kind.endswith("Predecessor") and code}),
        "successors": sorted({code for kind, code in ties if kind.endswith("Successor") and code}),
    }


def _kind_of_answer(told: Mapping[str, Any], services: list[str]) -> str:
    """The kind of provider by the Commission's own type, and what it does where that tells more."""
    kind = plain(told.get("type"))
    homes = any(one.get("code") == "RA2" for one in _dicts(told.get("regulatedActivities")))
    return {
        "Social Care Org": "care_home" if told.get("careHome") == "Y" or homes else "home_care",
        "Primary Dental Care": "dental",
        "Primary Medical Services": "primary_care",
        "Independent Ambulance": "ambulance",
        "NHS Healthcare Organisation": kind_of_trust(plain(told.get("name"))),
    }.get(kind) or kind_of(", ".join(services), "")


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
    rated = {plain(told.get("organisationId"))}
    for one in _dicts(overall.get("keyQuestionRatings")):
        name = _QUESTIONS.get(plain(one.get("name")))
        if name is None:
            raise ValueError(f"“{plain(one.get('name'))[:40]}” is none of the five key questions")
        five[name], days[name] = code_of(plain(one.get("rating"))), _day(one, "reportDate")
        rated.add(plain(one.get("organisationId")))
    # Which location was rated stands beside the whole of an old report, and beside each key question of the current one.
    others = rated - {"", code}
    return RatedReport(
        current,
        code_of(plain(overall.get("rating"))),
        five,
        days,
        report_on,
        plain(told.get("reportLinkId"))[:60],
        min(others, default="")[:20],
    )
