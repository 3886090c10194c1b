"""Taking an end back before its day: roles, seats and memberships of groups that go on after all.

It gives what would else be lost, so whoever may give it may, and nobody for themselves.
"""

from datetime import datetime

from access.operations import operation
from access.principal import PORTAL, Principal
from agencies.models import Membership, PortalRole, QSGMember, Seat
from agencies.operations.dated import not_to_oneself, require_manager, take_back_end
from agencies.operations.groups import require_seats
from audit.operations import record_deed


@operation("membership.kept_on")
def keep_membership_on(*, by: Principal, now: datetime, membership: Membership) -> None:
    """Take back the end of a role at an agency.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency, or is the person.
        Invalid: it has no end, has ended, or the person has the role or acts for another body from then on.
    """
    rows = Membership.objects.select_for_update(of=("self",)).select_related("agency", "user")
    held = rows.get(pk=membership.pk)
    require_manager(by, held.agency)
    not_to_oneself(by, held.user_id)
    record_deed(
        by=by,
        now=now,
        deed="membership.kept_on",
        detail={"membership": str(held.pk), "user": str(held.user_id), "agency": str(held.agency_id)},
    )
    take_back_end(
        held,
        overlap=f"{held.user.full_name} acts for another body, or has this role again, from then on.",
        now=now,
    )


@operation("portal_role.kept_on")
def keep_portal_role_on(*, by: Principal, now: datetime, portal_role: PortalRole) -> None:
    """Take back the end of a role at the portal.

    Raises:
        NotPermitted: `by` does not administer the portal, or is the person.
        Invalid: it has no end, has ended, or the role is held again from then on.
    """
    by.require("membership.manage", at=PORTAL)
    held = PortalRole.objects.select_for_update().get(pk=portal_role.pk)
    not_to_oneself(by, held.user_id)
    detail = {"user": str(held.user_id), "role": held.role}
    record_deed(by=by, now=now, deed="portal_role.kept_on", detail=detail)
    take_back_end(held, overlap="The role is held again from then on.", now=now)


@operation("seat.kept_on")
def keep_seat_on(*, by: Principal, now: datetime, seat: Seat) -> None:
    """Take back the end of a seat.

    Raises:
        NotPermitted: `by` may not fill this seat, or is the person.
        Invalid: it has no end, has ended, or the person has such a seat again from then on.
    """
    held = Seat.objects.select_for_update(of=("self",)).select_related("user", "agency").get(pk=seat.pk)
    require_seats(by, held.agency, held.kind, cleared=held.cleared)
    not_to_oneself(by, held.user_id)
    record_deed(
        by=by,
        now=now,
        deed="seat.kept_on",
        detail={"seat": str(held.pk), "qsg": str(held.qsg_id), "user": str(held.user_id)},
    )
    take_back_end(held, overlap=f"{held.user.full_name} has this seat again from then on.", now=now)


@operation("group_member.kept_on")
def keep_qsg_member_on(*, by: Principal, now: datetime, member: QSGMember) -> None:
    """Take back the end of a body's membership of a group.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it has no end, has ended, or another membership begins.
    """
    by.require("membership.manage", at=PORTAL)
    held = QSGMember.objects.select_for_update(of=("self",)).select_related("agency").get(pk=member.pk)
    record_deed(
        by=by,
        now=now,
        deed="group_member.kept_on",
        detail={"qsg": str(held.qsg_id), "agency": str(held.agency_id)},
    )
    take_back_end(held, overlap=f"{held.agency} is a member or guest again from then on.", now=now)
