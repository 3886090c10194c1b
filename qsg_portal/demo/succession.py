"""A succession in the demonstration: a fictional body closes, another takes its place, and not all is answered yet."""

from datetime import datetime, timedelta

from access.principal import principal_of
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import in_office_hours
from qsg_portal.demo.people import Cast
from successions.models import HandingOver
from successions.operations import accept, hand_on, open_succession
from successions.rules import INTELLIGENCE, MEMBERSHIP
from timekeeping.london import london_day

CLOSES_IN = timedelta(days=40)


def load_succession(everybody: Cast, *, now: datetime) -> None:
    """Open it, and let the closing body's lead offer its intelligence: its membership is accepted, the rest waits."""
    opened, offered = (in_office_hours(now - timedelta(days=days)) for days in (12, 6))
    taker = everybody.body(cast.SUCCESSOR)
    held = open_succession(
        by=principal_of(everybody.person("admin").pk),
        now=opened,
        body=everybody.body(cast.CLOSING),
        successors=[taker],
        on=london_day(now) + CLOSES_IN,
        why="Fictional: the contracts of the two bodies become one",
    )
    hand_on(
        by=principal_of(everybody.person("closing").pk),
        now=offered,
        succession=held,
        kind=INTELLIGENCE,
        to=taker,
    )
    accept(
        by=principal_of(everybody.person("successor").pk),
        now=offered,
        offer=HandingOver.objects.get(succession=held, kind=MEMBERSHIP),
    )
