"""What is read of actions together: a body's board, and what came from one record."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import Record
from access.principal import Principal
from access.reach import plan_of, readers
from access.sight import visible_to
from accounts.models import User
from actions import rules
from actions.models import Action
from agencies.models import Agency, MemberKind, Membership, QSGMember
from agencies.roster import standing
from agencies.rules import READING_ROLES
from providers.models import Commissioning
from reference.operations import rows
from timekeeping.london import london_day

OF_US, BY_US, OTHERS = "of_us", "by_us", "others"
OVERDUE = "overdue"


def board(
    by: Principal, *, side: str, state: Iterable[str] = (), aim: str = "", now: datetime
) -> QuerySet[Action]:
    """Return the actions of a body's board, the soonest due first.

    Args:
        by: whose body, and whose sight.
        side: ``of_us`` (asked of the body), ``by_us`` (asked by it), or ``others`` (seen, neither).
        state: statuses, or ``overdue``; none means all.
        aim: one of the three aims; empty means all.
        now: the moment, for what is overdue.
    """
    mine = Q(asked_id=by.agency_id)
    ours = Q(record__owner_id=by.agency_id)
    if by.predecessors:
        ours |= Q(record__owner_id__in=by.predecessors) & ~Q(pk__in=by.exceptions)
    sides = {OF_US: mine, BY_US: ours, OTHERS: ~mine & ~ours}
    found = visible_to(by, Action.objects.filter(sides[side]))
    wanted = Q()
    for one in state:
        wanted |= Q(status=rules.ACCEPTED, due_at__lt=now) if one == OVERDUE else Q(status=one)
    found = found.filter(wanted)
    if aim:
        found = found.filter(aim=aim)
    return found.select_related("record__owner", "asked", "lead").order_by("due_at", "pk")


def people_at(agency: UUID, now: datetime) -> QuerySet[User]:
    """Return the people who read intelligence at a body now, by name."""
    held = Membership.objects.filter(standing(london_day(now)), agency_id=agency, role__in=READING_ROLES)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True)


def actions_from(by: Principal, origin: Record) -> list[Action]:
    """Return the actions that came from a record and that this principal sees, by due moment."""
    found = visible_to(by, Action.objects.filter(record__parent_id=origin.pk))
    return list(found.select_related("record__owner", "asked", "lead").order_by("due_at", "pk"))


def outstanding_for(origin: Record) -> int:
    """Return how many actions that came from a record are not yet done, declined or withdrawn.

    For the rule that follow-up meetings go on "until action has been taken" (NQB ch. 5, l.856): a
    fact for the clocks, never shown to a person, whose sight may hold fewer.
    """
    return Action.objects.filter(record__parent_id=origin.pk, status__in=rules.OUTSTANDING).count()


def powers_offered(agency: Agency, on: date) -> list[str]:
    """Return the powers listed for a body on a London day (NQB, tools and levers)."""
    return rules.powers_of(agency.kind, rows("tools_and_levers", on=on))


def bodies_near(
    origin: Record | None, about: Iterable[UUID], groups: Iterable[UUID], now: datetime
) -> list[Agency]:
    """Return the open bodies likeliest to be asked, by name.

    Args:
        origin: what the action comes from: the bodies that read it, such as those in a summit's room.
        about: providers: those that buy care there, and the members of their groups.
        groups: where there is neither, the groups whose members are meant.
        now: the moment; contracts and memberships are dated.
    """
    day, providers = london_day(now), list(about)
    meant = {one.agency_id for one in readers(plan_of(origin))} if origin else set()
    buying = Commissioning.objects.filter(standing(day), provider_id__in=providers)
    of_groups = Q(qsg__provider_links__provider_id__in=providers)
    if not (origin or providers):
        of_groups = Q(qsg_id__in=list(groups))
    members = QSGMember.objects.filter(standing(day), of_groups, kind=MemberKind.FULL)
    near = Q(pk__in=meant) | Q(pk__in=buying.values("agency_id")) | Q(pk__in=members.values("agency_id"))
    return list(Agency.objects.filter(near, closed_on__isnull=True).order_by("name", "pk"))
