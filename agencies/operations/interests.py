"""Interests that bind: what a person or a body must not see of a provider, declared and ended."""

from datetime import date, datetime
from uuid import UUID

from access.models import Conflict
from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotPermitted
from accounts.models import User
from agencies.models import Agency, InterestsDeclaration
from agencies.operations.dated import administers, begins_today_or_later, check_days, end, require_manager
from agencies.roster import standing
from audit.operations import record_deed


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
    tie: str = "",
) -> Conflict:
    """Say that a person, or a body, must never see a provider's matters (ADASS 15).

    Anybody may declare their own; an administrator of the body, or of the portal, may declare others'. How a person is
    tied to it, they alone say. A person's first of their own is their first word to the register too; a later one does not
    say that the others are still right.

    Args:
        by: the person, or an administrator.
        now: the moment.
        provider_id: the provider.
        user: whose interest it is, where it is a person's.
        agency: whose it is, where it is a body's.
        starts_on: the day from which it binds.
        ends_on: the first day on which it binds no more, where that is known.
        reason: in the person's own words, which nobody else reads.
        tie: a code of ``Tie``; "" where somebody else declares it, or for a body's.

    Raises:
        NotPermitted: it is somebody else's, and `by` administers neither body nor portal, or says how they are tied.
        Invalid: not exactly one of person and body is given, the days do not make sense, or it is declared already.
    """
    if (user is None) == (agency is None):
        raise Invalid({"": "Say whether the conflict is a person's or a body's."})
    begins_today_or_later(starts_on, now)
    check_days(starts_on, ends_on)
    if agency is not None:
        require_manager(by, agency)
    elif user is not None and by.user_id != user.pk and not administers(by, user, now):
        raise NotPermitted("Only the person, or an administrator of their body, may declare this.")
    if tie and (user is None or by.user_id != user.pk):
        raise NotPermitted("How somebody is tied to a provider, they say themselves. Leave that out.")
    standing_already = Conflict.objects.filter(
        standing(starts_on), user=user, agency=agency, provider_id=provider_id, tie=tie, ends_on=None
    )
    if standing_already.exists():
        raise Invalid({"": "This is declared already, and binds. Nothing was changed."})
    conflict = Conflict.objects.create(
        user=user,
        agency=agency,
        provider_id=provider_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        tie=tie,
    )
    if user is not None and by.user_id == user.pk:
        first_word(user, now)
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


def first_word(user: User, now: datetime) -> None:
    """Keep that a person has declared, where they never had: with a line in the register they have."""
    if not InterestsDeclaration.objects.filter(user=user).exists():
        InterestsDeclaration.objects.create(user=user, said_at=now, nothing=False)


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
