"""The regulatory record in the demonstration: ratings as the weekly file would bring them, and what regulators did."""

import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.principal import Principal, principal_of
from providers.importing.operations import apply_import, preview_import
from providers.models import RegulatoryAction
from providers.register.operations import end_action, enter_action
from providers.register.rules.actions import Facts
from providers.register.rules.ratings import QUESTIONS
from qsg_portal.demo.concerns import HOLLIN, PENNINE, WEAVERS
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day

GOOD, LOW, INADEQUATE = "Good", "Requires improvement", "Inadequate"


@dataclass(frozen=True)
class Report:
    """One report: how many days ago it was published, overall, and the five key questions in their order."""

    days: int
    overall: str
    five: tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Done:
    """What a body did and published.

    Attributes:
        about: the fictional provider's code.
        by: the mark of a person of the body.
        days: how many days ago it came into force; it was published the day after.
        put_right: how many days ago it ended; 0 where it has not.
    """

    about: str
    by: str
    days: int
    kind: str
    power: str
    text: str
    standards: tuple[str, ...] = ()
    comply_in: int = 0
    significant: bool = False
    put_right: int = 0


# fmt: off
RATINGS = {
    WEAVERS: ("Fictional Weavers Court", (
        Report(60, LOW, (INADEQUATE, LOW, GOOD, GOOD, LOW)),
        Report(420, LOW, (LOW, LOW, GOOD, GOOD, GOOD)),
        Report(1100, GOOD, (GOOD, GOOD, GOOD, GOOD, GOOD)),
    )),
    HOLLIN: ("Fictional Hollin House", (
        Report(300, LOW, (GOOD, GOOD, GOOD, GOOD, GOOD)),
        Report(900, GOOD, (GOOD, GOOD, GOOD, GOOD, LOW)),
    )),
    PENNINE: ("Fictional Pennine Edge General", (
        Report(200, GOOD, (GOOD, GOOD, GOOD, LOW, GOOD)),
    )),
}
ACTIONS = (
    Done(WEAVERS, "cqc", 75, "warning_notice", "cqc:intervening:Warning notice",
         "People were not turned at night as their care plans said.",
         ("Regulation 12: safe care and treatment", "Regulation 17: good governance"), 45, significant=True),
    Done(WEAVERS, "cqc", 430, "breach", "cqc:intervening:Inspection",
         "Pressure care was not recorded.", ("Regulation 12: safe care and treatment",), 90, put_right=360),
    Done(WEAVERS, "cqc", 28, "condition", "cqc:intervening:Service or ward restriction or closure",
         "No new residents on the first floor until people there are turned at night as planned."),
    Done(HOLLIN, "council", 15, "contract", "local_authority:intervening:Require improvements under contract",
         "Two on every evening shift, shown by the rota each week."),
)
# fmt: on


def load_register(everybody: Cast, *, by: Principal, now: datetime) -> None:
    """Bring the ratings in as the weekly file does, then enter what the bodies published."""
    file = io.BytesIO("\n".join(json.dumps(_answer(code, now)) for code in RATINGS).encode())
    run = preview_import(by=by, now=now, kind="cqc_answers", file=file, name="fictional-answers.jsonl")
    apply_import(by=by, now=now, run=run)
    for one in ACTIONS:
        _enter(everybody, one, now)


def _answer(code: str, now: datetime) -> dict[str, object]:
    """A fictional place as the API would tell of it."""
    name, reports = RATINGS[code]
    days = [str(london_day(now - timedelta(days=one.days))) for one in reports]
    told = [
        {
            "rating": one.overall,
            "keyQuestionRatings": [
                {"name": question, "rating": rating}
                for question, rating in zip(QUESTIONS.values(), one.five, strict=True)
            ],
        }
        for one in reports
    ]
    return {
        "organisationType": "Location",
        "locationId": f"{code}01",
        "providerId": code,
        "name": name,
        "registrationStatus": "Registered",
        "registrationDate": "2011-04-01",
        "lastInspection": {"date": str(london_day(now - timedelta(days=reports[0].days + 20)))},
        "currentRatings": {"overall": {**told[0], "reportDate": days[0]}},
        "historicRatings": [
            {"overall": each, "reportDate": day} for each, day in zip(told[1:], days[1:], strict=True)
        ],
    }


def _enter(everybody: Cast, one: Done, now: datetime) -> RegulatoryAction:
    by = principal_of(everybody.person(one.by).pk)
    starts_on = london_day(now - timedelta(days=one.days))
    action = enter_action(
        by=by,
        now=now - timedelta(days=one.days - 2),
        provider=everybody.provider(one.about),
        facts=Facts(
            kind=one.kind,
            power=one.power,
            about=one.text,
            standards=one.standards,
            inspected_on=starts_on - timedelta(days=14) if one.standards else None,
            comply_by=starts_on + timedelta(days=one.comply_in) if one.comply_in else None,
            significant=one.significant,
            starts_on=starts_on,
            published_on=starts_on + timedelta(days=1),
            published_where="Invented for the demonstration",
        ),
    )
    if one.put_right:
        at = now - timedelta(days=one.put_right)
        return end_action(by=by, now=at, action=action, ends_on=london_day(at), seen=action.version)
    return action
