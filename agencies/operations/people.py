"""People at agencies and at the portal: the roles they hold there."""

from datetime import date, datetime

from access.operations import operation
from access.operations.tokens import end_tokens
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotPermitted
from accounts.models import User
from accounts.operations import close_account, forget_second_factor, reopen_account
from agencies.models import Agency, Membership, PortalRole, PortalRoleKind, ReviewedPerson
from agencies.operations.dated import (
    administers,
    begins_today_or_later,
    end,
    keep,
    not_to_oneself,
    require_manager,
)
from agencies.reviews.rules import SUSPENDED, suspended_there
from agencies.roster import not_over
from audit.operations import record_deed
from timekeeping.london import london_day


@operation("membership.started")
def add_membership(
    *,
    by: Principal,
    now: datetime,
    user: User,
    agency: Agency,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    given_back: bool = False,
) -> Membership:
    """Give a person a role at an agency. `given_back`: an access review confirms them, and they have it again.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency, or is the person.
        Invalid: the start is past, the days clash with the same role, or with another agency; or the person is suspended
            there, and is to be confirmed in the review instead.
    """
    require_manager(by, agency)
    not_to_oneself(by, user.pk)
    begins_today_or_later(starts_on, now)
    if not given_back:
        _require_new(user, agency, starts_on)
    membership = Membership(user=user, agency=agency, role=role, starts_on=starts_on, ends_on=ends_on)
    keep(
        membership,
        f"{user.full_name} acts for another body, or has this role, on some of these days. End that first.",
    )
    record_deed(
        by=by,
        now=now,
        deed="membership.started",
        detail={"user": str(user.pk), "agency": str(agency.pk), "role": role, "from": str(starts_on)},
    )
    return membership


def _require_new(user: User, agency: Agency, starts_on: date) -> None:
    if agency.closed_on and agency.closed_on <= starts_on:
        raise Invalid({"agency": f"{agency} has closed, and takes nobody new."})
    if ReviewedPerson.objects.filter(user=user, review__agency=agency, state=SUSPENDED).exists():
        raise Invalid({"agency": suspended_there(person=user.full_name, agency=agency.name)})


@operation("membership.ended")
def end_membership(*, by: Principal, now: datetime, membership: Membership, ends_on: date) -> None:
    """End a person's role at an agency on a London day, the first without it.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency.
        Invalid: the day is past, or it ended before.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("agency").get(pk=membership.pk)
    )
    require_manager(by, membership.agency)
    record_deed(
        by=by,
        now=now,
        deed="membership.ended",
        detail={
            "membership": str(membership.pk),
            "user": str(membership.user_id),
            "agency": str(membership.agency_id),
            "role": membership.role,
            "on": str(ends_on),
        },
    )
    end(membership, ends_on=ends_on, now=now)


def _require_account_of(by: Principal, user: User, now: datetime) -> None:
    """Insist that `by` looks after this account: who works for the portal itself is the portal's alone."""
    if not administers(by, user, now):
        raise NotPermitted("Only an administrator of the person's body, or of the portal, may do this.")
    if user.portal_roles.filter(not_over(london_day(now))).exists():
        by.require(
            "membership.manage",
            at=PORTAL,
            sentence=f"{user.full_name} has a role at the portal. Only an administrator of the portal may do this.",
        )


@operation("person.shut_out")
def shut_out(*, by: Principal, now: datetime, user: User) -> None:
    """Close a person's account at once: signed out everywhere, tokens revoked, seats count no longer. Nothing is lost.

    Raises:
        NotPermitted: `by` looks after neither the portal nor the person's body, or is the person; or the person has a
            role at the portal and `by` does not administer it.
        Invalid: nobody would administer the portal.
    """
    _require_account_of(by, user, now)
    if by.user_id == user.pk:
        raise NotPermitted("Nobody closes their own account. Ask another administrator.")
    _lock_administrators()
    day = london_day(now)
    held = PortalRole.objects.filter(not_over(day), user=user, role=PortalRoleKind.PORTAL_ADMINISTRATOR)
    if held.exists() and not _another_administrator(user, day):
        raise Invalid({"": "Nobody else administers the portal then. Give somebody the role first."})
    close_account(user=user)
    end_tokens(now=now, user=user.pk)
    record_deed(by=by, now=now, deed="person.shut_out", detail={"user": str(user.pk)})


@operation("person.let_in")
def let_in(*, by: Principal, now: datetime, user: User) -> None:
    """Open a closed account again; the person sets a new password first, and makes new tokens.

    Raises:
        NotPermitted: `by` looks after neither the portal nor the person's body; or the person has a role at the portal
            and `by` does not administer it.
        Invalid: the account is open; opening it again would take its password away.
    """
    _require_account_of(by, user, now)
    if User.objects.select_for_update().get(pk=user.pk).is_active:
        raise Invalid({"": f"The account of {user.full_name} is open. Nothing was changed."})
    end_tokens(now=now, user=user.pk)  # of an account that was closed some other way
    reopen_account(user=user, now=now)
    record_deed(by=by, now=now, deed="person.let_in", detail={"user": str(user.pk)})


@operation("person.factor_forgotten")
def forget_factor(*, by: Principal, now: datetime, user: User) -> None:
    """Take away a lost second factor, after the person was spoken to, and revoke their tokens; they set up another.

    Raises:
        NotPermitted: `by` looks after neither the portal nor the person's body, or is the person; or the person has a
            role at the portal and `by` does not administer it.
    """
    _require_account_of(by, user, now)
    if by.user_id == user.pk:
        raise NotPermitted("Nobody takes away their own second factor here. Ask another administrator.")
    forget_second_factor(user=user, now=now, by_portal=by.may("people.manage", at=PORTAL))
    end_tokens(now=now, user=user.pk)
    record_deed(by=by, now=now, deed="person.factor_forgotten", detail={"user": str(user.pk)})


@operation("portal_role.started")
def add_portal_role(
    *, by: Principal, now: datetime, user: User, role: str, starts_on: date, ends_on: date | None = None
) -> PortalRole:
    """Give a person a role at the portal itself.

    Raises:
        NotPermitted: `by` does not administer the portal, or is the person.
        Invalid: the start is past, or the role is held on those days.
    """
    by.require("membership.manage", at=PORTAL)
    not_to_oneself(by, user.pk)
    begins_today_or_later(starts_on, now)
    held = PortalRole(user=user, role=role, starts_on=starts_on, ends_on=ends_on)
    keep(held, f"{user.full_name} has this role on some of these days.")
    record_deed(
        by=by,
        now=now,
        deed="portal_role.started",
        detail={"user": str(user.pk), "role": role, "from": str(starts_on)},
    )
    return held


@operation("portal_role.ended")
def end_portal_role(*, by: Principal, now: datetime, portal_role: PortalRole, ends_on: date) -> None:
    """End a person's role at the portal.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: the day is past, it ended before, or nobody would administer the portal.
    """
    by.require("membership.manage", at=PORTAL)
    _lock_administrators()
    held = PortalRole.objects.select_for_update().get(pk=portal_role.pk)
    if held.role == PortalRoleKind.PORTAL_ADMINISTRATOR and not _another_administrator(held.user, ends_on):
        raise Invalid({"ends_on": "Nobody else administers the portal then. Give somebody the role first."})
    record_deed(
        by=by,
        now=now,
        deed="portal_role.ended",
        detail={"user": str(held.user_id), "role": held.role, "on": str(ends_on)},
    )
    end(held, ends_on=ends_on, now=now)


def _lock_administrators() -> None:
    """Take every row of the role that must never be without a holder, so that two cannot take it from each other."""
    rows = PortalRole.objects.select_for_update().filter(role=PortalRoleKind.PORTAL_ADMINISTRATOR)
    list(rows.order_by("pk"))


def _another_administrator(user: User, day: date) -> bool:
    others = PortalRole.objects.filter(
        role=PortalRoleKind.PORTAL_ADMINISTRATOR, starts_on__lte=day, ends_on=None, user__is_active=True
    )
    return others.exclude(user=user).exists()
