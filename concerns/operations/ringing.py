"""The numbers to ring first, when somebody may be in danger (NQB ch. 5 (l.868)).

Made for every record, not concerns alone: meetings and summits ask the same question.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agencies.models import Agency, Post, PostCode
from agencies.roster import standing
from concerns.rules.ringing import Desk, Number, lines_of, own_councils, place_of
from providers.models import Provider
from timekeeping.london import london_day

COUNCIL, CCG, PRACTICE = "local_authority", "ccg", "primary_care"
DESKS = {
    PostCode.SAFEGUARDING_LEAD_ADULTS: "adults",
    PostCode.SAFEGUARDING_LEAD_CHILDREN: "children",
    PostCode.SAFEGUARDING_LEAD: "safeguarding",
    PostCode.OUT_OF_HOURS: "",  # whatever it is about
}
EMERGENCY = Number("Police, ambulance or fire service", "999", "somebody is in danger now")


@dataclass(frozen=True)
class Ringing:
    """Whom to ring first.

    ``own`` are the desks of the councils in which the places lie, as far as that is known; ``near`` those of
    the others in the groups' area, or that buy care there. ``asked``: it is about something; ``unknown``: of
    something it is about the own council is not known.
    """

    first: Number = EMERGENCY
    own: list[Number] = field(default_factory=list)
    near: list[Number] = field(default_factory=list)
    asked: bool = False
    unknown: bool = False


def numbers_to_ring(providers: Iterable[UUID], *, now: datetime, groups: Iterable[UUID] = ()) -> Ringing:
    """Return whom to ring first: 999, then the safeguarding desks of the place's own council, then others near.

    Args:
        providers: what it is about.
        now: the moment; posts and contracts are dated.
        groups: for a service that is no provider's, the groups in whose area it may be.

    Returns:
        Each desk with its number, "" where the source has none.
    """
    meant, areas = list(providers), list(groups)
    own, unknown = _own_councils(meant, now)
    near = [one for one in _councils_near(meant, areas) if one not in own]
    desks = _desks([*own, *near], now)
    return Ringing(
        own=[line for one in own for line in lines_of(one.name, desks.get(one.pk, []))],
        near=[line for one in near for line in lines_of(one.name, desks.get(one.pk, []))],
        asked=bool(meant or areas),
        unknown=unknown or bool(areas),
    )


def _own_councils(meant: list[UUID], now: datetime) -> tuple[list[Agency], bool]:
    """Return the councils in which providers' places lie, and whether that of any is not known."""
    if not meant:
        return [], False
    councils = {one.name: one for one in Agency.objects.filter(kind=COUNCIL, closed_on__isnull=True)}
    by_place = {place_of(name): name for name in councils}
    own: dict[str, Agency] = {}
    unknown = False
    for provider in Provider.objects.filter(pk__in=meant).order_by("name", "pk"):
        buying = list(
            provider.commissionings.filter(standing(london_day(now))).values_list(
                "agency__kind", "agency__name"
            )
        )
        found = own_councils(
            provider.town,
            councils=by_place,
            commissioning=[name for kind, name in buying if kind == COUNCIL and name in councils],
            ccgs=[name for kind, name in buying if kind == CCG],
            practice=provider.kind == PRACTICE,
        )
        own.update({name: councils[name] for name in found})
        unknown = unknown or not found
    return list(own.values()), unknown


def _councils_near(meant: list[UUID], areas: list[UUID]) -> list[Agency]:
    """Return the councils that commission from providers, or lie in the area of groups."""
    near = (
        Q(commissionings__provider_id__in=meant)
        | Q(footprint_links__qsg__provider_links__provider_id__in=meant)
        | Q(footprint_links__qsg_id__in=areas)
    )
    return list(Agency.objects.filter(near, kind=COUNCIL, closed_on__isnull=True).distinct().order_by("name"))


def _desks(councils: list[Agency], now: datetime) -> dict[UUID, list[Desk]]:
    """Return the safeguarding desks of councils today, by council."""
    held: dict[UUID, list[Desk]] = {}
    posts = Post.objects.filter(standing(london_day(now)), agency__in=councils, post__in=DESKS)
    for post in posts.select_related("user").order_by("agency_id", "post", "starts_on"):
        code, desks = PostCode(post.post), held.setdefault(post.agency_id, [])
        if code == PostCode.OUT_OF_HOURS:
            desks += [Desk("", "", one) for one in (post.number, post.out_of_hours_telephone)]
        else:
            desks.append(Desk(DESKS[code], post.number, post.out_of_hours_telephone))
    return held
