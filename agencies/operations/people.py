"""People at agencies and at the portal: roles, posts, conflicts of interest."""

from datetime import date, datetime
from uuid import UUID

from access.models import Conflict
from access.operations import operation
from access.operations.tokens import end_tokens
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotPermitted
from accounts.models import User
from accounts.operations import close_account, forget_second_factor, reopen_account
from agencies.models import Agency, Membership, PortalRole, PortalRoleKind, Post, ReviewedPerson
from agencies.operations.dated import (
    begins_today_or_later,
    check_days,
    end,
    keep,
    not_to_oneself,
    require_manager,
)
from agencies.reviews.rules import SUSPENDED, suspended_there
from agencies.roster import not_over, standing
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
    if not _administers(by, user, now):
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


@operation("post.filled")
def appoint(
    *,
    by: Principal,
    now: datetime,
    agency: Agency,
    post: str,
    starts_on: date,
    topic: str = "",
    user: User | None = None,
    holder_name: str = "",
    telephone: str = "",
    out_of_hours_telephone: str = "",
) -> Post:
    """Say who holds a post at an agency from a London day; the holder before, if any, ends that day.

    Whoever is named from a later day stays named: the new holder has the post until then. One named from the same day is
    replaced.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency, or is the person.
        Invalid: the start is past, or nobody is named (a duty desk needs a telephone instead).
    """
    require_manager(by, agency)
    if user is not None:
        not_to_oneself(by, user.pk)
    begins_today_or_later(starts_on, now)
    if user is None and not holder_name and not (telephone or out_of_hours_telephone):
        raise Invalid({"holder_name": "Say who holds the post, or give the desk's telephone number."})
    Agency.objects.select_for_update().get(pk=agency.pk)  # two at once would leave two holders
    named = list(Post.objects.filter(not_over(starts_on), agency=agency, post=post, topic=topic))
    later = [one.starts_on for one in named if one.starts_on > starts_on]
    ended = {str(one.pk): one for one in named if one.starts_on <= starts_on}
    for before in ended.values():
        end(before, ends_on=starts_on, now=now)
    held = Post.objects.create(
        agency=agency,
        post=post,
        topic=topic,
        user=user,
        holder_name=holder_name or (user.full_name if user else ""),
        telephone=telephone,
        out_of_hours_telephone=out_of_hours_telephone,
        starts_on=starts_on,
        ends_on=min(later, default=None),
    )
    record_deed(
        by=by,
        now=now,
        deed="post.filled",
        detail={
            "agency": str(agency.pk),
            "post": post,
            "user": str(user.pk) if user else "",
            "from": str(starts_on),
            "ended": sorted(ended),
        },
    )
    return held


@operation("post.ended")
def end_post(*, by: Principal, now: datetime, post: Post, ends_on: date) -> None:
    """Say that a post is held no longer.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency.
        Invalid: the day is past, or it ended before.
    """
    held = Post.objects.select_for_update(of=("self",)).select_related("agency").get(pk=post.pk)
    require_manager(by, held.agency)
    record_deed(
        by=by,
        now=now,
        deed="post.ended",
        detail={"agency": str(held.agency_id), "post": held.post, "on": str(ends_on)},
    )
    end(held, ends_on=ends_on, now=now)


@operation("conflict.declared")
def declare_conflict(
    *,
    by: Principal,
    now: datetime,
    provider_id: UUID,
    user: User | None = None,
    agency: Agency | None = None,
    starts_on: date,
    ends_on: date | None = None,
    reason: str = "",
) -> Conflict:
    """Say that a person, or a body, must never see a provider's matters (ADASS 15).

    Anybody may declare their own; an administrator of the body, or of the portal, may declare others'.

    Raises:
        NotPermitted: it is somebody else's, and `by` administers neither body nor portal.
        Invalid: not exactly one of person and body is given, or the days do not make sense.
    """
    if (user is None) == (agency is None):
        raise Invalid({"": "Say whether the conflict is a person's or a body's."})
    begins_today_or_later(starts_on, now)
    check_days(starts_on, ends_on)
    if agency is not None:
        require_manager(by, agency)
    elif user is not None and by.user_id != user.pk and not _administers(by, user, now):
        raise NotPermitted("Only the person, or an administrator of their body, may declare this.")
    conflict = Conflict.objects.create(
        user=user,
        agency=agency,
        provider_id=provider_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
    )
    record_deed(
        by=by,
        now=now,
        deed="conflict.declared",
        detail={
            "conflict": str(conflict.pk),
            "user": str(user.pk) if user else "",
            "agency": str(agency.pk) if agency else "",
            "provider": str(provider_id),
            "from": str(starts_on),
        },
    )
    return conflict


def _administers(by: Principal, user: User, now: datetime) -> bool:
    if by.may("people.manage", at=PORTAL):
        return True
    held = Membership.objects.filter(standing(london_day(now)), user=user).select_related("agency")
    return any(by.may("people.manage", at=each.agency) for each in held)


@operation("conflict.ended")
def end_conflict(*, by: Principal, now: datetime, conflict: Conflict, ends_on: date) -> None:
    """End a conflict of interest. Never one's own, nor one's own body's: somebody else decides.

    Raises:
        NotPermitted: `by` does not administer the portal, or is concerned.
        Invalid: the day is past, or it ended before.
    """
    by.require("membership.manage", at=PORTAL)
    held = Conflict.objects.select_for_update().get(pk=conflict.pk)
    concerned = by.user_id is not None and by.user_id == held.user_id
    if concerned or (by.agency_id is not None and by.agency_id == held.agency_id):
        raise NotPermitted("Nobody ends their own conflict of interest. Ask another administrator.")
    record_deed(by=by, now=now, deed="conflict.ended", detail={"conflict": str(held.pk), "on": str(ends_on)})
    end(held, ends_on=ends_on, now=now)
