"""What a body holds, what of it nobody has accepted, and who answers for what: in fixed numbers of questions."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import Inheritance, Record
from access.principal import PORTAL, Principal, principal_of
from access.sight import visible_to
from actions.models import Action
from actions.operations.passing import open_actions_of
from agencies.holding import clocks_of, groups_joined, people_of, posts_of, seats_of
from agencies.models import Agency, FootprintAgency, Seat
from agencies.roster import not_over
from agencies.rules import SEATS_A_BODY_FILLS
from agencies.stand_ins import leads_of
from clocks.models import Clock
from providers.models import Commissioning
from successions import rules
from successions.models import HandingOver, Succession
from successions.rules import Held


def held_in_directory(body: Agency, day: date) -> list[Held]:
    """Return what a body holds that everybody may know of: people, groups, seats, entries, area, what it buys."""
    found = []
    if people_of(body, day).exists():
        found.append(Held(rules.PEOPLE, body.pk))
    found += [Held(rules.MEMBERSHIP, one.pk) for one in groups_joined(body, day)]
    found += [Held(rules.SEAT, one.pk) for one in seats_of(body, day)]
    if posts_of(body, day).exists():
        found.append(Held(rules.POSTS, body.pk))
    if FootprintAgency.objects.filter(agency=body).exists():
        found.append(Held(rules.AREA, body.pk))
    if Commissioning.objects.filter(not_over(day), agency=body).exists():
        found.append(Held(rules.BUYING, body.pk))
    return found


def held_in_sight(body: Agency) -> list[Held]:
    """Return what a body holds that is intelligence: keys only, for rules and never for the screen.

    Its own intelligence is always among it, whether there is any or none: so nobody learns which. What it took over from
    others stands by itself, for acceptance is direct only (visibility.md).
    """
    before = Inheritance.objects.filter(successor=body).values_list("predecessor_id", flat=True)
    return [
        *(Held(rules.INTELLIGENCE, one) for one in (body.pk, *before)),
        *(Held(rules.ACTION, one) for one in open_actions_of(body).values_list("pk", flat=True)),
        *(Held(rules.CLOCK, one) for one in clocks_about_others(body).values_list("pk", flat=True)),
    ]


def clocks_about_others(body: Agency) -> QuerySet[Clock]:
    """Return the deadlines that a body has to meet about what others look after, its actions apart.

    A deadline about what the body looks after goes with its intelligence.
    """
    before = Inheritance.objects.filter(successor=body).values("predecessor_id")
    theirs = clocks_of(body).exclude(record__owner=body).exclude(record__owner__in=before)
    return theirs.exclude(record__in=open_actions_of(body).values("pk"))


def left_of(succession: Succession, day: date) -> list[Held]:
    """Return what nobody has accepted of what the body holds now: what came to it since is asked too."""
    accepted = set(succession.offers.filter(state=rules.ACCEPTED).values_list("kind", "thing"))
    if came_since(succession, day):
        accepted.discard((rules.PEOPLE, succession.body_id))
    held = [*held_in_directory(succession.body, day), *held_in_sight(succession.body)]
    return rules.unaccepted(held, accepted)


def came_since(succession: Succession, day: date) -> set[UUID]:
    """Return who acts for the body now and was not asked about when it was accepted who of its people goes over."""
    answer = succession.offers.filter(kind=rules.PEOPLE, state=rules.ACCEPTED)
    asked = answer.prefetch_related("people", "behind").first()
    if asked is None:
        return set()
    here = set(people_of(succession.body, day).values_list("user_id", flat=True))
    return here - {one.pk for one in (*asked.people.all(), *asked.behind.all())}


def records_of(offers: Iterable[HandingOver]) -> dict[UUID, Record]:
    """Return what these are about, by thing, where whoever answers must see that: of actions, and of deadlines."""
    given = list(offers)
    actions = [one.thing for one in given if one.kind == rules.ACTION]
    clocks = [one.thing for one in given if one.kind == rules.CLOCK]
    about: list[Action | Clock] = []
    if actions:
        about += Action.objects.filter(pk__in=actions).select_related("record")
    if clocks:
        about += Clock.objects.filter(pk__in=clocks).select_related("record")
    return {one.pk: one.record for one in about}


def leads_who_see(records: Iterable[Record], body: UUID, now: datetime) -> dict[UUID, list[UUID]]:
    """Return for each of these records which leads of a body see it, by name; a few questions a lead, however many records.

    Emergency access, which passes, does not count.
    """
    found: dict[UUID, list[UUID]] = {one.pk: [] for one in records}
    for lead in leads_of(body, now) if found else ():
        by = principal_of(lead).calm
        if by.agency_id == body:
            for key in visible_to(by, Record.objects.filter(pk__in=found)).values_list("pk", flat=True):
                found[key].append(lead)
    return found


def successions_seen(by: Principal) -> QuerySet[Succession]:
    """Return the successions that a person may open: of their own body, to it, or all for the portal's administrators."""
    found = Succession.objects.select_related("body", "opened_by", "ended_by")
    if by.may("membership.manage", at=PORTAL):
        return found
    if by.agency_id is None:
        return found.none()
    mine = Q(body=by.agency_id) | Q(
        pk__in=Succession.successors.through.objects.filter(agency=by.agency_id).values("succession_id")
    )
    return found.filter(mine)


def seats_of_the_portal(things: Iterable[UUID]) -> frozenset[UUID]:
    """Return which of these seats are the portal's to give: the chair's, the secretariat's and cleared ones."""
    theirs = Seat.objects.filter(Q(cleared=True) | ~Q(kind__in=SEATS_A_BODY_FILLS), pk__in=list(things))
    return frozenset(theirs.values_list("pk", flat=True))


def may_answer(by: Principal, offer: HandingOver, portals: Collection[UUID]) -> bool:
    """Say whether a person answers for the body that something is offered to; `portals` are the seats the portal gives."""
    if offer.kind == rules.SEAT and offer.thing in portals:
        return by.may("membership.manage", at=PORTAL)
    if offer.kind in rules.PEOPLES:
        return by.may("people.manage", at=offer.to)
    return by.may("succession.answer", at=offer.to)


def may_offer(by: Principal, succession: Succession, kind: str) -> bool:
    """Say whether a person offers things of this kind: intelligence the closing body's lead, the rest the portal."""
    if kind in rules.IN_SIGHT:
        return by.may("succession.offer", at=succession.body)
    return by.may("membership.manage", at=PORTAL)
