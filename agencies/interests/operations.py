"""The yearly word: a person says that the register is right, which of its lines are over, or that there is nothing."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet

from access.models import Conflict
from access.operations import operation
from access.principal import OWN_BODY, PORTAL, Principal, clockwork
from access.refusals import Invalid, NotPermitted
from accounts.models import User
from agencies.interests import rules
from agencies.interests.models import InterestsDeclaration
from agencies.models import Membership
from agencies.roster import not_over, standing
from agencies.rules import READING_ROLES
from agencies.stand_ins import portal_administrators
from audit.operations import record_deed
from notifications.models import Message
from notifications.operations import tell
from timekeeping.london import day_starts, london_day

DUE, SAID_OVER = "interests.due", "interests.said_over"
MOST_AT_ONCE = 500
"""People reminded in one run of the task; the next run goes on."""


def own_interests(by: Principal, now: datetime) -> QuerySet[Conflict]:
    """Return a person's own lines of the register that stand, or will."""
    mine = Conflict.objects.filter(not_over(london_day(now)), user=by.user_id)
    return mine.select_related("provider").order_by("provider__name", "starts_on", "pk")


@operation("interests.confirmed")
def confirm_interests(*, by: Principal, now: datetime, over: Collection[UUID] = ()) -> InterestsDeclaration:
    """Say that the register is right of oneself; with no line in it, that there is nothing to declare.

    What is said to be over binds on until an administrator of the portal ends it, who is told: nobody gives sight to
    themselves.

    Args:
        by: the person.
        now: the moment.
        over: the keys of one's own lines that are over.

    Raises:
        NotPermitted: `by` is no person, or a program of one.
        Invalid: a line is not one's own, or does not stand any more.
    """
    by.require("account.own", at=OWN_BODY)
    if by.user_id is None or by.kind != "person":
        raise NotPermitted("Each person declares for themselves. Sign in, and say it there.")
    lines = {one.pk: one for one in own_interests(by, now).select_for_update(of=("self",))}
    if not set(over) <= set(lines):
        raise Invalid({"": "One of these does not stand any more. Look again; nothing was changed."})
    for key in over:
        if lines[key].said_over_at is None:
            lines[key].said_over_at = now
            lines[key].save(update_fields=["said_over_at"])
            tell(record=None, event=SAID_OVER, to=portal_administrators(now), now=now, topic=by.user_id)
    said = InterestsDeclaration.objects.create(user_id=by.user_id, said_at=now, nothing=not lines)
    record_deed(
        by=by, now=now, deed="interests.confirmed", detail={"declaration": str(said.pk), "over": len(over)}
    )
    return said


def people_who_owe(now: datetime) -> QuerySet[User]:
    """Return those who read for a body and whose yearly word is due, and who were not reminded since it was."""
    day = london_day(now)
    year = day_starts(rules.year_before(day) + timedelta(days=1))
    reads = Membership.objects.filter(standing(day), user=OuterRef("pk"), role__in=READING_ROLES)
    said = InterestsDeclaration.objects.filter(user=OuterRef("pk"), said_at__gte=year)
    reminded = Message.objects.filter(recipient=OuterRef("pk"), event=DUE, written_at__gte=year)
    owes = User.objects.filter(Exists(reads), ~Exists(said), ~Exists(reminded), is_active=True)
    return owes.order_by("pk")


@operation("interests.asked")
def ask_for_interests(*, by: Principal, now: datetime) -> int:
    """Tell each person whose yearly word is due, once; return how many.

    Raises:
        NotPermitted: `by` is neither the clockwork nor an administrator of the portal.
    """
    by.require("membership.manage", at=PORTAL)
    owing = list(people_who_owe(now)[:MOST_AT_ONCE])
    tell(record=None, event=DUE, to=owing, now=now)
    record_deed(by=by, now=now, deed="interests.asked", detail={"people": len(owing)})
    return len(owing)


def ask_who_owes(*, now: datetime) -> int:
    """Tell whose yearly word is due, where anybody's is; run again, it goes on."""
    return ask_for_interests(by=clockwork(now), now=now) if people_who_owe(now).exists() else 0


def last_said(users: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when each of these people last gave their word, where they did."""
    said = InterestsDeclaration.objects.filter(user__in=users).values("user").annotate(at=Max("said_at"))
    return {row["user"]: row["at"] for row in said.order_by()}


def owes_now(by: Principal, now: datetime) -> str:
    """Return what is wanted of a person whose word is due, in a sentence; "" while nothing is."""
    if by.user_id is None or not by.reads:
        return ""
    at = last_said([by.user_id]).get(by.user_id)
    said_on = london_day(at) if at else None
    return "" if rules.state_of(said_on, london_day(now)) == rules.SAID else rules.due_words(said_on)
