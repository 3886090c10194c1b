"""The call list as proposed: read from the provider's commissioners, kind and place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from access.principal import Principal
from agencies.models import Agency, MemberKind, QSGMember, QualitySurveillanceGroup, SeatKind, Tier
from agencies.stand_ins import standing
from providers.models import Commissioning, Provider
from reference.operations import rows
from risk_summits.operations.people import conflicted, seats_of
from risk_summits.rules import calling
from risk_summits.rules.calling import Candidate, Proposal
from timekeeping.london import london_day

NATIONAL = ("cqc", "monitor", "nhs_tda", "nhs_improvement", "professional_regulator")


@dataclass(frozen=True)
class Proposed:
    """A body on the proposed call list."""

    agency: Agency
    strength: str
    why: str

    @property
    def always(self) -> bool:
        """Whether it cannot be left out."""
        return self.strength == calling.ALWAYS

    @property
    def ticked(self) -> bool:
        """Whether it is ticked unless the caller takes the tick away."""
        return self.strength != calling.ASK


def homes(provider: Provider, by: Principal, now: datetime) -> list[QualitySurveillanceGroup]:
    """Return the groups that could lead the summit: those of the provider's place, else the caller's, else all local.

    One summit across several groups has one lead (mission F2).
    """
    groups = QualitySurveillanceGroup.objects.select_related("team__parent").order_by("tier", "name")
    found = list(groups.filter(provider_links__provider=provider).distinct())
    if found:
        return found
    mine = QSGMember.objects.filter(standing(now), agency=by.agency_id, kind=MemberKind.FULL)
    return list(groups.filter(pk__in=mine.values("qsg_id"))) or list(groups.filter(tier=Tier.LOCAL))


def commissionings(provider: Provider, now: datetime) -> list[Commissioning]:
    """Return who buys from a provider now, in and out of area, the lead first."""
    held = provider.commissionings.filter(standing(now)).select_related("agency")
    return list(held.order_by("-lead", "agency__name"))


def lead_among(held: Sequence[Commissioning]) -> Agency | None:
    """Return the commissioner that leads for the others; the only one, where there is one; else nobody."""
    if held and (held[0].lead or len(held) == 1):
        return held[0].agency
    return None


def propose(
    *, provider: Provider, home: QualitySurveillanceGroup, by: Principal, now: datetime
) -> list[Proposed]:
    """Return the call list proposed for a provider (NQB ch. 5, l.834-842; ``summit_parties``).

    CQC, the commissioners, NHS England and the caller are always called. A body for which an
    interest in the provider is recorded is left out: it would see nothing.

    Args:
        provider: whom the summit is about.
        home: the group that leads.
        by: who calls it.
        now: the moment.
    """
    shut_out = conflicted(provider.pk, now)[0] - {by.agency_id}
    bodies, candidates = _candidates(provider, home, by, now)
    proposals = calling.propose(
        [one for one in candidates if one.body not in shut_out],
        rows("summit_parties", on=london_day(now)),
        provider_kind=provider.kind,
        caller=by.agency_id,
    )
    found = [Proposed(bodies[_id(one)], one.strength, one.why) for one in proposals]
    order = {calling.ALWAYS: 0, calling.PROPOSED: 1, calling.ASK: 2}
    return sorted(found, key=lambda one: (order[one.strength], one.agency.name))


def _id(proposal: Proposal) -> UUID:
    return UUID(str(proposal.body))


def _candidates(
    provider: Provider, home: QualitySurveillanceGroup, by: Principal, now: datetime
) -> tuple[dict[UUID, Agency], list[Candidate]]:
    """Return every body that has to do with the provider, its commissioners or its area."""
    held = commissionings(provider, now)
    buys, lead = {one.agency_id for one in held}, lead_among(held)
    members = QSGMember.objects.filter(standing(now), qsg=home, kind=MemberKind.FULL).values("agency_id")
    near = set(
        Agency.objects.filter(Q(pk__in=members) | Q(footprint_links__qsg=home)).values_list("pk", flat=True)
    )
    chairs = set(seats_of(home, now).filter(kind=SeatKind.CHAIR).values_list("agency_id", flat=True))
    wanted = Q(pk__in=[*near, *buys, *chairs, home.team_id, home.team.parent_id, by.agency_id]) | Q(
        kind__in=NATIONAL
    )
    bodies = {one.pk: one for one in Agency.objects.filter(wanted, closed_on__isnull=True)}
    return bodies, [
        Candidate(
            one.pk,
            one.kind,
            commissions=one.pk in buys,
            lead=lead is not None and one.pk == lead.pk,
            near=one.pk in near,
            team=one.pk == home.team_id,
            next_tier=one.pk == home.team.parent_id,
            chairs=one.pk in chairs,
        )
        for one in bodies.values()
        if not (one.kind == "cqc" and one.pk not in near and _cqc_is_near(bodies.values(), near))
    ]


def _cqc_is_near(bodies: Iterable[Agency], near: set[UUID]) -> bool:
    """Say whether the group has a CQC of its own: then no other is called."""
    return any(one.kind == "cqc" and one.pk in near for one in bodies)
