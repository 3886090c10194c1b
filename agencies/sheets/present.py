"""What stands, as a sheet's rows are compared with it: the people, roles and seats that somebody looks after."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from access.principal import PORTAL, Principal
from accounts.models import User
from agencies.models import (
    Agency,
    Membership,
    MembershipInvitation,
    QualitySurveillanceGroup,
    Role,
    Seat,
    SeatKind,
)
from agencies.places import NOBODY
from agencies.roster import not_over
from agencies.sheets.rules import Wanted


def looked_after(by: Principal) -> QuerySet[Agency]:
    """The open bodies whose people somebody looks after: their own, or every one for the portal's administrator."""
    agencies = Agency.objects.filter(closed_on__isnull=True)
    if by.may("people.manage", at=PORTAL):
        return agencies
    return agencies.filter(pk=by.agency_id or NOBODY)


@dataclass
class Present:
    """What stands of what a sheet names, read in a fixed number of queries.

    Attributes:
        people: the accounts that `by` looks after, by address; nobody else's is looked up.
        bodies: the bodies that `by` looks after, by name and code in small letters; several may share a name.
        groups: by name in small letters.
        roles: by person, body and role, the first first; those that are over too.
        seats: by person, body, group and kind, the first first; those that are over too.
        invitations: that wait or have expired, by address and body.
    """

    people: dict[str, User]
    bodies: dict[str, list[Agency]]
    groups: dict[str, QualitySurveillanceGroup]
    roles: dict[tuple[UUID, UUID, str], list[Membership]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[tuple[UUID, UUID, UUID, str], list[Seat]] = field(default_factory=lambda: defaultdict(list))
    invitations: dict[tuple[str, UUID], MembershipInvitation] = field(default_factory=dict)


def present_to(by: Principal, rows: Iterable[Wanted], day: date) -> Present:
    """Read what stands of what the rows name, as far as `by` looks after it."""
    rows = list(rows)
    emails, names = {row.email for row in rows}, {row.body for row in rows}
    agencies = looked_after(by)
    people = User.objects.filter(email__in=emails)
    if not by.may("people.manage", at=PORTAL):
        acts = Membership.objects.filter(not_over(day), agency__in=agencies)
        people = people.filter(pk__in=acts.values("user_id"))
    found = Present(
        people={user.email: user for user in people}, bodies=defaultdict(list), groups=_groups(rows)
    )
    small = {name.lower() for name in names}
    called = agencies.annotate(small_name=Lower("name"), small_code=Lower("ods_code"))
    for agency in called.filter(Q(small_name__in=small) | Q(small_code__in=small)):
        for word in {agency.name.lower(), (agency.ods_code or agency.name).lower()}:
            found.bodies[word].append(agency)
    users = [user.pk for user in found.people.values()]
    for held in Membership.objects.filter(user__in=users).order_by("starts_on"):
        found.roles[held.user_id, held.agency_id, held.role].append(held)
    for seat in (
        Seat.objects.filter(user__in=users).select_related("qsg", "user", "agency").order_by("starts_on")
    ):
        found.seats[seat.user_id, seat.agency_id, seat.qsg_id, seat.kind].append(seat)
    waiting = MembershipInvitation.objects.filter(
        email__in=emails, agency__in=agencies, accepted_at=None, withdrawn_at=None
    )
    for invitation in waiting:
        found.invitations[invitation.email, invitation.agency_id] = invitation
    return found


def _groups(rows: Iterable[Wanted]) -> dict[str, QualitySurveillanceGroup]:
    small = {row.group.lower() for row in rows if row.group}
    named = QualitySurveillanceGroup.objects.annotate(small_name=Lower("name")).filter(small_name__in=small)
    return {group.name.lower(): group for group in named}


def sheet_of(
    by: Principal, day: date, *, agency: Agency | None = None, qsg: QualitySurveillanceGroup | None = None
) -> list[list[str]]:
    """What stands or will at a body or a group, as the rows of a sheet: roles, then seats, A to Z by person.

    Of a group: the seats, and the roles that their holders have at the bodies they sit for. Never more than the people
    of bodies that `by` looks after.
    """
    agencies = looked_after(by)
    roles = Membership.objects.filter(not_over(day), agency__in=agencies)
    seats = Seat.objects.filter(not_over(day), agency__in=agencies)
    if agency is not None:
        roles, seats = roles.filter(agency=agency), seats.filter(agency=agency)
    if qsg is not None:
        seats = seats.filter(qsg=qsg)
        pairs = set(seats.values_list("user_id", "agency_id"))
        roles = roles.filter(user__in={user for user, _ in pairs}, agency__in={body for _, body in pairs})
    order = ("user__full_name", "user__email", "agency__name", "starts_on")
    written = []
    for held in roles.select_related("user", "agency").order_by(*order, "role"):
        last = _last(held.ends_on)
        named = [held.user.email, held.user.full_name, held.agency.name]
        written.append([*named, str(Role(held.role).label), "", "", "", held.starts_on.isoformat(), last])
    for seat in seats.select_related("user", "agency", "qsg").order_by(*order, "kind"):
        last, cleared = _last(seat.ends_on), "yes" if seat.cleared else "no"
        named = [seat.user.email, seat.user.full_name, seat.agency.name, ""]
        kind = str(SeatKind(seat.kind).label)
        written.append([*named, seat.qsg.name, kind, cleared, seat.starts_on.isoformat(), last])
    return written


def _last(ends_on: date | None) -> str:
    return (ends_on - timedelta(days=1)).isoformat() if ends_on else ""
