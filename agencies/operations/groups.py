"""Members and seats of Quality Surveillance Groups."""

from datetime import date, datetime

from access.operations import operation
from access.operations.tokens import release_seat
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotPermitted
from accounts.models import User
from agencies.agreements.reading import require_agreement
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
)
from agencies.operations.dated import begins_today_or_later, end, keep, not_to_oneself
from agencies.roster import standing
from agencies.rules import SEATS_A_BODY_FILLS
from audit.operations import record_deed


@operation("group_member.started")
def add_qsg_member(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    agency: Agency,
    kind: str = MemberKind.FULL,
    starts_on: date,
    ends_on: date | None = None,
) -> QSGMember:
    """Make a body a member of a group, or an occasional guest (`kind` associate) (NQB ch. 5, l.804).

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: the start is past, or it is one on those days.
    """
    by.require("membership.manage", at=PORTAL)
    begins_today_or_later(starts_on, now)
    member = QSGMember(qsg=qsg, agency=agency, kind=kind, starts_on=starts_on, ends_on=ends_on)
    keep(member, f"{agency} is a member or guest of {qsg} on some of these days. End that first.")
    record_deed(
        by=by,
        now=now,
        deed="group_member.started",
        detail={"qsg": str(qsg.pk), "agency": str(agency.pk), "kind": kind, "from": str(starts_on)},
    )
    return member


@operation("group_member.ended")
def end_qsg_member(*, by: Principal, now: datetime, member: QSGMember, ends_on: date) -> None:
    """End a body's membership of a group; its seats there count no longer from that day.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: the day is past, or it ended before.
    """
    by.require("membership.manage", at=PORTAL)
    held = QSGMember.objects.select_for_update().get(pk=member.pk)
    record_deed(
        by=by,
        now=now,
        deed="group_member.ended",
        detail={"qsg": str(held.qsg_id), "agency": str(held.agency_id), "on": str(ends_on)},
    )
    end(held, ends_on=ends_on, now=now)


def require_seats(by: Principal, agency: Agency, kind: str, *, cleared: bool) -> None:
    """A body's administrator fills its ordinary seats; chair, secretariat and clearance are the portal's.

    Raises:
        NotPermitted: the seat is not `by`'s to give.
    """
    if by.may("membership.manage", at=PORTAL):
        return
    if not by.may("people.manage", at=agency):
        raise NotPermitted(f"Only an administrator of {agency}, or of the portal, may change its seats.")
    if kind not in SEATS_A_BODY_FILLS or cleared:
        raise NotPermitted(
            "Chair, secretariat, and seats that may receive restricted items, are given by the portal's"
            " administrator."
        )


@operation("seat.started")
def add_seat(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    user: User,
    agency: Agency,
    kind: str,
    cleared: bool = False,
    starts_on: date,
    ends_on: date | None = None,
) -> Seat:
    """Give a person a seat at a group, for a body.

    Raises:
        NotPermitted: `by` may not fill this seat, or is the person.
        Invalid: the start is past; on the first day the person does not act for the body, or the body is not a full
            member or has no information-sharing agreement in force; the person has such a seat on those days.
    """
    require_seats(by, agency, kind, cleared=cleared)
    not_to_oneself(by, user.pk)
    begins_today_or_later(starts_on, now)
    return _seat(
        by=by,
        now=now,
        seat=Seat(
            qsg=qsg,
            user=user,
            agency=agency,
            kind=kind,
            cleared=cleared,
            starts_on=starts_on,
            ends_on=ends_on,
        ),
    )


def _require_standing(seat: Seat) -> None:
    """Refuse a seat that could not stand on its first day: for want of a role, of a membership, or of an agreement."""
    day = seat.starts_on
    if not Membership.objects.filter(standing(day), user_id=seat.user_id, agency_id=seat.agency_id).exists():
        raise Invalid({"user": f"{seat.user.full_name} does not act for {seat.agency} on that day."})
    members = QSGMember.objects.filter(standing(day), qsg_id=seat.qsg_id, agency_id=seat.agency_id)
    if not members.filter(kind=MemberKind.FULL).exists():
        raise Invalid({"agency": f"{seat.agency} is not a member of {seat.qsg} on that day."})
    require_agreement(seat.qsg, seat.agency, day)


def _seat(*, by: Principal, now: datetime, seat: Seat, gives: bool = True) -> Seat:
    """Keep a new seat. `gives`: it lets more through than was; one that only lowers what it receives asks for nothing."""
    if gives:
        _require_standing(seat)
    keep(seat, f"{seat.user.full_name} has this seat on some of these days.")
    record_deed(
        by=by,
        now=now,
        deed="seat.started",
        detail={
            "seat": str(seat.pk),
            "qsg": str(seat.qsg_id),
            "user": str(seat.user_id),
            "agency": str(seat.agency_id),
            "kind": seat.kind,
            "cleared": seat.cleared,
            "from": str(seat.starts_on),
        },
    )
    return seat


def end_held_seat(*, by: Principal, now: datetime, seat: Seat, ends_on: date) -> None:
    """End a seat inside another deed, which has asked whether `by` may."""
    record_deed(
        by=by,
        now=now,
        deed="seat.ended",
        detail={
            "seat": str(seat.pk),
            "qsg": str(seat.qsg_id),
            "user": str(seat.user_id),
            "kind": seat.kind,
            "cleared": seat.cleared,
            "on": str(ends_on),
        },
    )
    if ends_on <= seat.starts_on:
        release_seat(now=now, seat=seat.pk)
    end(seat, ends_on=ends_on, now=now)


def _held(seat: Seat) -> Seat:
    return (
        Seat.objects.select_for_update(of=("self",)).select_related("qsg", "user", "agency").get(pk=seat.pk)
    )


@operation("seat.ended")
def end_seat(*, by: Principal, now: datetime, seat: Seat, ends_on: date) -> None:
    """End a seat on a London day, the first without it. One's own may be given up.

    Raises:
        NotPermitted: `by` may not change this seat.
        Invalid: the day is past, or it ended before.
    """
    held = _held(seat)
    if by.user_id is None or by.user_id != held.user_id:
        require_seats(by, held.agency, held.kind, cleared=held.cleared)
    end_held_seat(by=by, now=now, seat=held, ends_on=ends_on)


@operation("seat.cleared_changed")
def set_cleared(*, by: Principal, now: datetime, seat: Seat, cleared: bool, on: date) -> Seat:
    """Change whether a seat may receive restricted items: one seat ends and another starts that day.

    Raises:
        NotPermitted: `by` does not administer the portal, or is the person.
        Invalid: the day is past, nothing would change, or a seat that receives more could not be given.
    """
    by.require("membership.manage", at=PORTAL)
    held = _held(seat)
    not_to_oneself(by, held.user_id)
    if held.cleared == cleared:
        raise Invalid({"cleared": "That is how the seat stands already. Nothing was changed."})
    until = held.ends_on
    start = max(on, held.starts_on)
    end_held_seat(by=by, now=now, seat=held, ends_on=start)
    changed = _seat(
        by=by,
        now=now,
        seat=Seat(
            qsg=held.qsg,
            user=held.user,
            agency=held.agency,
            kind=held.kind,
            cleared=cleared,
            starts_on=start,
            ends_on=until,
        ),
        gives=cleared,
    )
    record_deed(
        by=by,
        now=now,
        deed="seat.cleared_changed",
        detail={"seat": str(changed.pk), "cleared": cleared, "on": str(start)},
    )
    return changed
