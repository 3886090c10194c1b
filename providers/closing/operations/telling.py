"""Who is told of a plan, and what the inbox says. Sight is asked again when it is read or mailed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.principal import Principal
from access.reach import bodies_of
from agencies.models import Membership
from agencies.roster import standing
from agencies.rules import READING_ROLES
from agencies.stand_ins import leads_of, speakers_for
from clocks.models import Clock
from notifications.events import Event, Row
from notifications.models import Message
from notifications.operations import tell
from providers.closing import rules
from providers.models import ClosurePlan
from timekeeping.london import london_day

CHANGED_EVENT = "closing.changed"
POLICY = "closure or hand-back plan"

SAYS_OF_RECEIPT = {
    "start": "{body} places people there. Read the plan, and confirm on its page that you have, by {{when}}: {{left}}.",
    "reminder": "{body} has not confirmed yet that it has read the plan. It is due {{when}}: {{left}}.",
    "missed": "{body} has not confirmed that it has read the plan: it was due {{when}}. Ring them, or confirm it.",
    "again": "{body} has still not confirmed that it has read the plan: it was due {{when}}. Ring them, or confirm it.",
    "over": "{body} was asked to confirm that it has read the plan, and that is over.",
}


def readers_at(bodies: Iterable[UUID], now: datetime) -> list[UUID]:
    """Return who reads intelligence at some bodies now, by name."""
    held = Membership.objects.filter(
        standing(london_day(now)), agency_id__in=bodies, role__in=READING_ROLES, user__is_active=True
    )
    people = held.order_by("user__full_name", "user_id").values_list("user_id", flat=True)
    return list(dict.fromkeys(people))


def _councils_people(clock: Clock, now: datetime) -> Iterable[UUID]:
    """Return a council's leads; everyone who reads there where it has none."""
    agency = clock.responsible_agency_id
    return (leads_of(agency, now) or readers_at([agency], now)) if agency else ()


def _owner(clock: Clock, now: datetime) -> Iterable[UUID]:
    """Return who made the plan, while still where it is looked after, then the leads there."""
    readers = readers_at(bodies_of(clock.record), now)
    maker = [one for one in readers if one == clock.record.recorded_by_id]
    return list(dict.fromkeys([*maker, *speakers_for(clock.record, now)]))


RECIPIENTS = {"council's people": _councils_people, "owner": _owner}


def _row(message: Message) -> Row:
    return Clock.objects.select_related("responsible_agency"), message.topic


def about_receipt(message: Message) -> Iterable[Row]:
    """Return the rows that the sentence speaks of: the clock, with its council."""
    return (_row(message),)


def words_of_receipt(message: Message, said: str) -> str:
    """Return what the inbox says of a council's receipt; which plan it is stands beside it."""
    clock = message.facts[_row(message)]
    if said not in SAYS_OF_RECEIPT or clock is None or clock.responsible_agency is None:
        return ""
    name = clock.responsible_agency.name.replace("{", "").replace("}", "")
    return SAYS_OF_RECEIPT[said].format(body=name)


def tell_of_change(
    plan: ClosurePlan, deed: str, *, by: Principal, now: datetime, only: UUID | None = None
) -> None:
    """Tell the people of the councils that were told, or of one alone, that the plan is another now."""
    told = plan.councils.filter(told_at__isnull=False, **({"agency": only} if only else {}))
    agencies = told.order_by("agency__name").values_list("agency_id", flat=True)
    people = [
        person for agency in agencies for person in (leads_of(agency, now) or readers_at([agency], now))
    ]
    to = [one for one in dict.fromkeys(people) if one != by.user_id]
    if to:
        tell(record=plan.record, event=CHANGED_EVENT, to=to, now=now, topic=plan.pk, detail={"deed": deed})


def _sentence(message: Message, now: datetime) -> str:
    return f"{rules.DEED_WORDS[message.detail['deed']]}. Your body places people there."


CHANGED = Event(CHANGED_EVENT, POLICY, _sentence)
