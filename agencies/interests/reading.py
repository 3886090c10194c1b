"""Who is tied to which provider, as far as an administrator of their body or the chair of their group may know."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import Conflict
from accounts.models import User
from agencies.interests import rules
from agencies.interests.operations import last_said
from agencies.models import Agency, Membership, QualitySurveillanceGroup, Seat
from agencies.roster import not_over, standing
from timekeeping.london import london_day


@dataclass(frozen=True)
class Line:
    """What others read of a tie to a provider. Several ties that others read as one kind are one line: their number says more.

    Attributes:
        keys: of the ties, the earliest first, for the log.
        provider: whom it is with.
        kind: in words, and no more than others may know.
        starts_on: since when the earliest binds.
        ends_on: the first day on which none does; None where no end is known.
        said_over: whether the person says that all of it is over.
    """

    keys: tuple[UUID, ...]
    provider: Any
    kind: str
    starts_on: date
    ends_on: date | None
    said_over: bool


@dataclass
class Register:
    """A person's, or a body's, part of the register."""

    name: str
    state: str = ""
    said_on: date | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether the yearly word is due."""
        return self.state in (rules.DUE, rules.OVERDUE)


def lines_of(ties: Iterable[Conflict]) -> list[Line]:
    """Return what others read of one owner's ties: a line for each provider and kind, in the order of the ties."""
    alike: dict[tuple[UUID, str], list[Conflict]] = defaultdict(list)
    for one in ties:
        alike[one.provider_id, rules.kind_of(one.tie)].append(one)
    return [
        Line(
            keys=tuple(one.pk for one in same),
            provider=same[0].provider,
            kind=kind,
            starts_on=min(one.starts_on for one in same),
            ends_on=_last_of(one.ends_on for one in same),
            said_over=all(one.said_over_at is not None for one in same),
        )
        for (_, kind), same in alike.items()
    ]


def _last_of(ends: Iterable[date | None]) -> date | None:
    known = list(ends)
    return None if None in known else max(one for one in known if one)


def of_body(agency: Agency, now: datetime) -> list[Register]:
    """Return the register of those who act for a body today, and of the body itself, for who looks after its people."""
    held = Membership.objects.filter(standing(london_day(now)), agency=agency)
    return _registers(held.values("user"), [agency], Q(), now)


def of_group(group: QualitySurveillanceGroup, now: datetime) -> list[Register]:
    """Return the register of a group's seat-holders and their bodies, for its chair: of providers in its area alone."""
    day = london_day(now)
    seats = Seat.objects.filter(standing(day), qsg=group)
    here = Q(provider__group_links__qsg=group) | Q(provider__group_links__qsg__region=group)
    bodies = Agency.objects.filter(pk__in=seats.values("agency")).order_by("name", "pk")
    return _registers(seats.values("user"), bodies, here, now)


def _registers(people: QuerySet[Any, Any], bodies: Iterable[Agency], of: Q, now: datetime) -> list[Register]:
    today = london_day(now)
    users = list(User.objects.filter(pk__in=people, is_active=True).order_by("full_name", "pk"))
    bodies = list(bodies)
    said = last_said([user.pk for user in users])
    tied = Conflict.objects.filter(not_over(today), Q(user__in=users) | Q(agency__in=bodies))
    found = tied.filter(pk__in=tied.filter(of).values("pk")).select_related("provider")
    ties: dict[UUID | None, list[Conflict]] = defaultdict(list)
    for one in found.order_by("provider__name", "starts_on", "pk"):
        ties[one.user_id or one.agency_id].append(one)
    lines = defaultdict(list, {owner: lines_of(theirs) for owner, theirs in ties.items()})
    registers = [Register(body.name, lines=lines[body.pk]) for body in bodies if lines[body.pk]]
    for user in users:
        said_on = london_day(said[user.pk]) if user.pk in said else None
        state = rules.state_of(said_on, today)
        registers.append(Register(user.full_name, state, said_on, lines[user.pk]))
    return registers
