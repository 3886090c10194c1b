"""Plans in a reader's sight, and whom a plan about a provider concerns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from access.models import Audience
from access.principal import Principal
from access.sight import visible_to
from agencies.models import Agency
from agencies.roster import standing
from providers.closing import rules
from providers.models import ClosurePlan, PlacingCouncil, Provider
from timekeeping.london import london_day

COUNCIL = "local_authority"
NEAR = 40


@dataclass(frozen=True)
class Near:
    """An audience that a plan may be shared with: its kind, what names it, and its words."""

    kind: str
    key: Mapping[str, UUID]
    words: str


def audiences_near(provider: Provider, now: datetime, *, besides: UUID | None = None) -> dict[str, Near]:
    """Return with whom a plan about a provider may be shared besides councils, by a mark; not with one body.

    Its groups' seats, its commissioners, and the regulators (ADASS 15, 16; MON B: "commissioners will have the primary
    responsibility to ensure continuity of services").
    """
    day = london_day(now)
    near = {
        f"group-{link.qsg_id}": Near(
            Audience.Kind.QSG_SEATS, {"qsg": link.qsg_id}, f"Everyone with a seat in {link.qsg.name}"
        )
        for link in provider.group_links.select_related("qsg").order_by("qsg__name")
    }
    buys = provider.commissionings.filter(standing(day)).values("agency_id")
    found = Agency.objects.filter(Q(kind__in=("cqc", "monitor")) | Q(pk__in=buys), closed_on__isnull=True)
    for body in found.order_by("name", "pk")[:NEAR]:
        if body.pk != besides:
            near[f"body-{body.pk}"] = Near(Audience.Kind.AGENCY, {"agency": body.pk}, body.name)
    return near


def councils_near(provider: Provider, now: datetime) -> list[Agency]:
    """Return the councils whose area the provider's groups hold, and those that buy from it, by name."""
    buys = provider.commissionings.filter(standing(london_day(now))).values("agency_id")
    groups = provider.group_links.values("qsg_id")
    near = Q(pk__in=buys) | Q(footprint_links__qsg__in=groups)
    found = Agency.objects.filter(near, kind=COUNCIL, closed_on__isnull=True).distinct()
    return list(found.order_by("name", "pk")[:NEAR])


def councils_of(plan: ClosurePlan) -> list[PlacingCouncil]:
    """Return the councils of a plan, by name, with what is shown of them."""
    return list(plan.councils.select_related("agency", "told_by", "confirmed_by", "clock"))


def plans_of(by: Principal, provider: Provider) -> list[ClosurePlan]:
    """Return the plans about a provider that a person sees and that are not over, the newest first."""
    held = ClosurePlan.objects.filter(provider=provider).exclude(state__in=rules.OVER)
    seen = visible_to(by, held.select_related("provider", "record__owner", "location"))
    return list(seen.order_by("-record__recorded_at", "pk"))
