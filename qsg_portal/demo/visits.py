"""Visits to come and requests for information in the demonstration: twice two on the same days, unannounced ones too."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from access.principal import principal_of
from agencies.models import Membership
from agencies.rules import READING_ROLES
from concerns.rules.sharing import QSG_SEATS, Choice
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import CANAL, HOLLIN, MOORSIDE, WEAVERS, in_office_hours
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day
from visits.operations.asking import ask_provider, record_answer
from visits.operations.planning import plan_visit
from visits.operations.sharing import share_request, share_visit
from visits.rules.asking import Wish
from visits.rules.planning import Plan


@dataclass(frozen=True)
class Meant:
    """A visit that is meant.

    Attributes:
        about: the fictional provider's code.
        by: the mark of a person of the body.
        ahead: in how many days it begins, or on the Monday after.
        days: how many days it may take.
        announced: whether the provider knows; then the local group's seats know too.
        named: the marks of people named on an unannounced one besides the planner.
    """

    about: str
    by: str
    ahead: int
    days: int
    kind: str
    purpose: str
    announced: bool = True
    named: tuple[str, ...] = ()


# fmt: off
VISITS = (
    Meant(HOLLIN, "council", 9, 4, "contract_monitoring", "Rotas of the evenings, against who was there."),
    Meant(HOLLIN, "cqc", 10, 3, "inspection", "Whether evenings are staffed safely.", False, ("chair",)),
    Meant(WEAVERS, "council", 16, 1, "quality_visit", "Turning charts, seen at night."),
    Meant(WEAVERS, "bury", 16, 2, "contract_monitoring", "Who was on each shift, against what is paid for."),
    Meant(MOORSIDE, "cqc", 12, 2, "inspection", "Whether the calls that are bought are made.", False),
    Meant(CANAL, "ccg", 5, 1, "review", "Repeat prescriptions, with the practice's pharmacist."),
)
REQUESTS = (  # about whom, by whom, asked how many days ago, what kind, what, and where the answer is held
    (HOLLIN, "council", 12, "staffing", "Rotas of all evening shifts.", "Contracts team, file of the home"),
    (CANAL, "ccg", 6, "medicines", "Lost repeat prescriptions of the last three months.", ""),
)
# fmt: on


def load_visits(everybody: Cast, *, now: datetime) -> None:
    """Plan the story's visits and write down what was asked, shared with the seats of the local group."""
    seats = Choice(groups=frozenset({(QSG_SEATS, everybody.group(cast.HOME_GROUP).pk)}), gateway="functions")
    at = in_office_hours(now - timedelta(days=1))
    for one in VISITS:
        _plan(everybody, one, seats, at)
    for about, by, days, kind, words, held in REQUESTS:
        who, when = principal_of(everybody.person(by).pk), in_office_hours(now - timedelta(days=days))
        day = london_day(when)
        wish = Wish(kind, words, day - timedelta(days=92), day, day, day + timedelta(days=14))
        made = ask_provider(by=who, now=when, provider=everybody.provider(about), wish=wish)
        made = share_request(by=who, now=when, request=made, choice=seats, seen=made.version)
        if held:
            answered = when + timedelta(days=5)
            record_answer(
                by=who,
                now=answered,
                request=made,
                answered_on=london_day(answered),
                held_where=held,
                seen=made.version,
            )


def _plan(everybody: Cast, one: Meant, seats: Choice, at: datetime) -> None:
    by, first = principal_of(everybody.person(one.by).pk), _on_a_weekday(london_day(at), one.ahead)
    visit = plan_visit(
        by=by,
        now=at,
        provider=everybody.provider(one.about),
        plan=Plan(one.kind, None, first, first + timedelta(days=one.days - 1), purpose=one.purpose),
        announced=one.announced,
    )
    if not one.announced and not one.named:
        return  # its planner's alone
    people = [everybody.person(mark).pk for mark in one.named]
    held = Membership.objects.filter(user__in=people, role__in=READING_ROLES)
    named = Choice(people=frozenset(held.values_list("user_id", "agency_id")), gateway="functions")
    share_visit(by=by, now=at, visit=visit, choice=seats if one.announced else named, seen=visit.version)


def _on_a_weekday(today: date, ahead: int) -> date:
    """Return the day so far ahead, or the Monday after it."""
    day = today + timedelta(days=ahead)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day
