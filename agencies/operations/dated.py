"""What every dated row has in common: how it is kept, and how it ends."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from psycopg2.errors import ExclusionViolation

from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotPermitted
from accounts.models import User
from agencies.models import Agency, Membership
from agencies.places import PeopleOf
from agencies.roster import standing
from timekeeping.london import london_day


def keep(row: models.Model, overlap: str) -> None:
    """Save a new dated row; two at once, or a clash of days, are refused in words.

    Raises:
        Invalid: it overlaps another row (`overlap` is the sentence), or ends before it starts.
    """
    check_days(row.starts_on, row.ends_on)  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        raise Invalid({"starts_on": overlap})


def check_days(starts_on: date, ends_on: date | None) -> None:
    """Refuse days that end before they start.

    Raises:
        Invalid: said on `ends_on`.
    """
    if ends_on is not None and ends_on <= starts_on:
        raise Invalid({"ends_on": "The end must be after the start. Choose a later day."})


def begins_today_or_later(starts_on: date, now: datetime) -> None:
    """Refuse a start in the past: what people could see on a past day is not rewritten.

    Raises:
        Invalid: said on `starts_on`.
    """
    if starts_on < london_day(now):
        raise Invalid({"starts_on": "This cannot start in the past. Choose today or a later day."})


def end(row: Any, *, ends_on: date, now: datetime) -> None:
    """End a dated row on a London day, the first on which it no longer stands.

    A row that would then never have stood a whole day is taken back; the log keeps both deeds.

    Raises:
        Invalid: the day is past, or the row has ended by then.
    """
    if ends_on < london_day(now):
        raise Invalid({"ends_on": "This cannot end in the past. Choose today or a later day."})
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Invalid({"ends_on": "It has ended, or ends earlier than that. Nothing was changed."})
    if ends_on <= row.starts_on:
        row.delete()
        return
    row.ends_on = ends_on
    row.save(update_fields=("ends_on",))


def take_back_end(row: Any, *, overlap: str, now: datetime) -> None:
    """Take back the end of a dated row, which then has none, for as long as that day has not come.

    Raises:
        Invalid: it has no end, it has ended, or it then overlaps another row (`overlap` is the sentence).
    """
    if row.ends_on is None:
        raise Invalid({"": "It has no end to take back. Nothing was changed."})
    if row.ends_on <= london_day(now):
        raise Invalid({"": "It has ended, and what was is not rewritten. Give it again from today."})
    row.ends_on = None
    try:
        with transaction.atomic():
            row.save(update_fields=("ends_on",))
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        raise Invalid({"": overlap})


def require_manager(by: Principal, agency: Agency) -> None:
    """Insist that `by` looks after the members of the portal, or the people of this agency.

    Raises:
        NotPermitted: neither role is held there.
    """
    by.require(
        "people.manage",
        at=PeopleOf(agency),
        sentence=f"Only an administrator of {agency}, or of the portal, may change its people.",
    )


def administers(by: Principal, user: User, now: datetime) -> bool:
    """Say whether `by` looks after everybody at the portal, or the people of the body for which a person acts today."""
    if by.may("people.manage", at=PORTAL):
        return True
    held = Membership.objects.filter(standing(london_day(now)), user=user).select_related("agency")
    return any(by.may("people.manage", at=each.agency) for each in held)


def not_to_oneself(by: Principal, user_id: object) -> None:
    """Insist that nobody gives a role, a seat or a post to themselves.

    Raises:
        NotPermitted: they are the same person.
    """
    if by.user_id is not None and by.user_id == user_id:
        raise NotPermitted("Nobody gives a role or a seat to themselves. Ask another administrator.")
