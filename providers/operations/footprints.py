"""A group's footprint, and the providers that stand in its area through who buys from them: changed in one act."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from access.operations import operation
from access.principal import PORTAL, Principal
from agencies.forming.operations import keep_footprint
from agencies.models import Agency, FootprintAgency, QualitySurveillanceGroup, Tier
from agencies.roster import standing
from audit.operations import record_deed
from providers.importing.links import Links
from providers.models import Commissioning, GroupSource, ProviderGroup
from providers.rules import Moved
from timekeeping.london import london_day


@dataclass(frozen=True)
class FootprintChange:
    """What a change of a footprint came to.

    Attributes:
        there: where bodies that came in lie, or lay, in the footprints of other groups of the tier.
        moves: the providers that came in and went out, counted by group.
    """

    there: list[FootprintAgency]
    moves: list[Moved]


@operation("footprint.changed")
def change_footprint(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    put_in: Sequence[Agency],
    taken_out: Collection[Agency] = (),
    source: str,
    elsewhere: str = "",
) -> FootprintChange:
    """Say which bodies lie in a group's footprint; the providers that stand there through who buys from them follow.

    Where an administrator or a trust's local office says in whose area a provider stands, that stays. What was shared with
    a group stays shared with it.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: see ``keep_footprint``.
    """
    by.require("membership.manage", at=PORTAL)
    there = keep_footprint(
        by=by, now=now, qsg=qsg, put_in=put_in, taken_out=taken_out, source=source, elsewhere=elsewhere
    )
    moves = _regroup(qsg, [*put_in, *taken_out], london_day(now)) if qsg.tier == Tier.LOCAL else []
    record_deed(
        by=by,
        now=now,
        deed="footprint.changed",
        detail={"qsg": str(qsg.pk), "providers": sum(one.number for one in moves)},
    )
    return FootprintChange(there, moves)


def _regroup(qsg: QualitySurveillanceGroup, bodies: Sequence[Agency], day: date) -> list[Moved]:
    """Let the providers of which these bodies buy that day stand where the bodies now lie, in a fixed number of questions.

    One that stands where any of its commissioners lies stays there.
    """
    buys = Commissioning.objects.filter(standing(day), out_of_area=False)
    meant = buys.filter(agency__in=bodies).values("provider_id")
    lies = Links().groups_of_body
    areas: dict[UUID, set[UUID]] = defaultdict(set)
    for provider, body in buys.filter(provider__in=meant).values_list("provider_id", "agency_id"):
        areas[provider] |= lies[body]
    links: dict[UUID, list[ProviderGroup]] = defaultdict(list)
    for link in ProviderGroup.objects.filter(provider__in=areas):
        links[link.provider_id].append(link)
    moves: Counter[tuple[UUID | None, UUID | None]] = Counter()
    gone, new = [], []
    for provider, area in areas.items():
        ours = [one for one in links[provider] if one.source == GroupSource.COMMISSIONER]
        held = {one.qsg_id for one in links[provider]}
        if (links[provider] and not ours) or held & area:
            continue
        after = qsg.pk if qsg.pk in area else (next(iter(area)) if len(area) == 1 else None)
        before = ours[0].qsg_id if ours else None
        if before == after:
            continue
        gone += [one.pk for one in ours]
        if after:
            new.append(ProviderGroup(provider_id=provider, qsg_id=after, source=GroupSource.COMMISSIONER))
        moves[before, after] += 1
    ProviderGroup.objects.filter(pk__in=gone).delete()
    ProviderGroup.objects.bulk_create(new, ignore_conflicts=True)  # an import may have placed one just now
    names: dict[UUID | None, str] = dict(QualitySurveillanceGroup.objects.values_list("pk", "name"))
    told = [
        Moved(names.get(before, ""), names.get(after, ""), number)
        for (before, after), number in moves.items()
    ]
    return sorted(told, key=lambda one: (one.before, one.after))
