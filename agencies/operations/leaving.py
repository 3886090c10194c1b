"""People who leave: everything that they hold for a body ends in one act."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from access.operations import operation
from access.operations.tokens import end_tokens
from access.principal import PORTAL, Principal
from access.refusals import Invalid
from accounts.models import User
from accounts.operations import end_sessions
from agencies.models import DirectorMeeting, Membership, MembershipInvitation, PortalRole, Post, Seat
from agencies.operations.groups import end_held_seat
from agencies.operations.invitations import withdraw_invitation
from agencies.operations.people import end_membership, end_portal_role
from agencies.operations.posts import end_post
from agencies.places import NOBODY, SOME_PEOPLE
from agencies.roster import not_over
from audit.operations import record_deed
from timekeeping.london import london_day


@dataclass
class Leaver:
    """Somebody on a list of leavers, with everything of theirs that ends.

    Attributes:
        user: the account.
        roles: at bodies that the administrator looks after.
        portal_roles: at the portal.
        seats: for these bodies.
        posts: in the directory, at these bodies; where they stand in too.
        kept: posts among these that cannot end before tomorrow.
        stays: they act for another body too, which is not the administrator's: they are not signed out.
    """

    user: User
    roles: list[Membership] = field(default_factory=list)
    portal_roles: list[PortalRole] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    kept: list[Post] = field(default_factory=list)
    stays: bool = False


def leavers_of(by: Principal, emails: Collection[str], day: date) -> list[Leaver]:
    """Those of these addresses whom `by` looks after, A to Z, with what stands or will; in a fixed number of queries."""
    everybody = by.may("membership.manage", at=PORTAL)
    held = Membership.objects.filter(not_over(day), user__email__in=emails).select_related("user", "agency")
    seats = Seat.objects.filter(not_over(day), user__email__in=emails).select_related("user", "agency", "qsg")
    roles = PortalRole.objects.filter(not_over(day), user__email__in=emails).select_related("user")
    found: dict[UUID, Leaver] = {}
    elsewhere: set[UUID] = set()
    for each in held.order_by("agency__name", "role"):
        if everybody or each.agency_id == by.agency_id:
            found.setdefault(each.user_id, Leaver(each.user)).roles.append(each)
        else:
            elsewhere.add(each.user_id)
    for role in roles if everybody else roles.filter(user__in=found):
        found.setdefault(role.user_id, Leaver(role.user)).portal_roles.append(role)
    for seat in seats.order_by("qsg__name", "kind"):
        if everybody or (seat.user_id in found and seat.agency_id == by.agency_id):
            found.setdefault(seat.user_id, Leaver(seat.user)).seats.append(seat)
    meeting = DirectorMeeting.objects.filter(post=OuterRef("pk"))
    posts = Post.objects.filter(not_over(day), user__email__in=emails).annotate(followed=Exists(meeting))
    for post in posts.select_related("user", "agency", "area").order_by("agency__name", "post", "pk"):
        if post.user and (everybody or (post.user_id in found and post.agency_id == by.agency_id)):
            leaver = found.setdefault(post.user.pk, Leaver(post.user))
            (leaver.kept if post.followed and post.starts_on >= day else leaver.posts).append(post)
    for leaver in found.values():
        leaver.stays = leaver.user.pk in elsewhere
    return sorted(found.values(), key=lambda one: (one.user.full_name, one.user.email))


@operation("leavers.ended")
def end_leavers(*, by: Principal, now: datetime, emails: Collection[str]) -> list[Leaver]:
    """End today every role, seat and post of everybody on a list, sign them out, revoke tokens, withdraw invitations.

    An administrator of a body ends what is held for that body, a chair's seat too, which would count no more without
    the role. A Director named today whose meeting is followed already stays in post until somebody ends that tomorrow.
    Addresses of people whom `by` does not look after are left alone, like those of nobody.

    Raises:
        NotPermitted: `by` looks after nobody's people.
        Invalid: `by` is on the list themselves, somebody on it has a role at the portal and `by` does not administer
            that, nobody on it is looked after by `by`, or nobody would administer the portal.
    """
    by.require("people.manage", at=SOME_PEOPLE)
    day, addresses = london_day(now), {one.strip().lower() for one in emails}
    leavers = leavers_of(by, addresses, day)
    _check(by, leavers)
    invited = MembershipInvitation.objects.filter(email__in=addresses, accepted_at=None, withdrawn_at=None)
    if not by.may("membership.manage", at=PORTAL):
        invited = invited.filter(agency_id=by.agency_id or NOBODY)
    waiting = list(invited.select_related("agency"))
    if not leavers and not waiting:
        raise Invalid({"addresses": "None of these is the address of anybody whom you look after."})
    _end_posts(leavers, by=by, now=now, day=day)
    for leaver in leavers:
        _end(leaver, by=by, now=now, day=day)
    for invitation in waiting:
        withdraw_invitation(by=by, now=now, invitation=invitation)
    record_deed(
        by=by,
        now=now,
        deed="leavers.ended",
        detail={"people": [str(one.user.pk) for one in leavers], "invitations": len(waiting)},
    )
    return leavers


def _check(by: Principal, leavers: list[Leaver]) -> None:
    for leaver in leavers:
        if leaver.user.pk == by.user_id:
            raise Invalid(
                {"addresses": "You are on the list yourself. Another administrator ends what you hold."}
            )
        if leaver.portal_roles and not by.may("membership.manage", at=PORTAL):
            who = f"{leaver.user.full_name} has a role at the portal."
            raise Invalid({"addresses": f"{who} Only an administrator of the portal may do this."})


def _end_posts(leavers: list[Leaver], *, by: Principal, now: datetime, day: date) -> None:
    """End everybody's posts, where they stand in first: a stand-in ends with the post, which may be another leaver's."""
    for stands_in in (True, False):
        for leaver in leavers:
            some = [one.pk for one in leaver.posts if (one.stands_in_for_id is not None) is stands_in]
            for post in Post.objects.select_for_update().filter(not_over(day), pk__in=some):
                _end_post(post, leaver, by=by, now=now, day=day)


def _end_post(post: Post, leaver: Leaver, *, by: Principal, now: datetime, day: date) -> None:
    try:
        with transaction.atomic():
            end_post(by=by, now=now, post=post, ends_on=day)
    except Invalid:  # followed since the list was read: the others leave all the same
        leaver.posts = [one for one in leaver.posts if one.pk != post.pk]
        leaver.kept.append(post)


def _end(leaver: Leaver, *, by: Principal, now: datetime, day: date) -> None:
    for seat in Seat.objects.select_for_update().filter(pk__in=[one.pk for one in leaver.seats]):
        end_held_seat(by=by, now=now, seat=seat, ends_on=day)
    for role in leaver.portal_roles:
        end_portal_role(by=by, now=now, portal_role=role, ends_on=day)
    for membership in leaver.roles:
        end_membership(by=by, now=now, membership=membership, ends_on=day)
    if not leaver.stays:
        end_sessions(user=leaver.user)
        end_tokens(now=now, user=leaver.user.pk)
