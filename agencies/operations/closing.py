"""How a body closes, once everything that it held is somebody else's: parts of the succession that writes the line."""

from datetime import date, datetime

from access.models import Token
from access.principal import Principal
from agencies.holding import REVIEW, groups_joined, people_of, posts_of, seats_of
from agencies.models import Agency, FootprintAgency, Membership, MembershipInvitation
from agencies.operations.dated import end
from agencies.operations.groups import end_held_seat
from agencies.operations.invitations import withdraw_invitation
from clocks.models import Clock
from clocks.operations import stop
from clocks.rules.states import CLOSED, OPEN


def end_what_is_held(*, by: Principal, now: datetime, agency: Agency, day: date) -> list[Membership]:
    """End a body's people, seats, posts, memberships of groups and invitations on a London day, and its systems' tokens.

    Returns:
        The roles that ended, as they stood: a successor may give them again.
    """
    roles = list(people_of(agency, day))
    for seat in seats_of(agency, day):
        end_held_seat(by=by, now=now, seat=seat, ends_on=day)
    for row in (
        *groups_joined(agency, day),
        *posts_of(agency, day),
        *people_of(agency, day),
    ):
        end(row, ends_on=day, now=now)
    for invitation in MembershipInvitation.objects.filter(
        agency=agency, accepted_at__isnull=True, withdrawn_at__isnull=True
    ):
        withdraw_invitation(by=by, now=now, invitation=invitation)
    Token.objects.filter(agency=agency, revoked_at=None).update(revoked_at=now)
    for clock in Clock.objects.filter(responsible_agency=agency, family=REVIEW, state__in=OPEN):
        stop(clock=clock, by=by, now=now, reason=CLOSED)
    return roles


def pass_area(*, agency: Agency, to: Agency, source: str) -> None:
    """Let a body stand in the footprints in which another stood; the other is in none from now on."""
    links = FootprintAgency.objects.filter(agency=agency)
    for link in links:
        FootprintAgency.objects.get_or_create(qsg_id=link.qsg_id, agency=to, defaults={"source": source})
    links.delete()


def mark_closed(*, agency: Agency, on: date) -> None:
    """Say in the directory that a body closed; its name and code stay."""
    agency.closed_on, agency.said_to_close_on = on, None
    agency.save(update_fields=["closed_on", "said_to_close_on"])
