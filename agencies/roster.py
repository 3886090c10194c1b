"""Who sits at a group today, for whom, and which seats nobody holds: read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from agencies.models import (
    Agency,
    FootprintAgency,
    MemberKind,
    Membership,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
    Tier,
)
from agencies.rules import READING_ROLES, Body, Gap, LocalGroup, gaps, seat_counts
from reference import operations as lists
from timekeeping.london import Span


def standing(day: date) -> Q:
    """Rows that stand on a London day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def not_over(day: date) -> Q:
    """Rows that stand on a London day, or will."""
    return Q(ends_on__isnull=True) | Q(ends_on__gt=day)


@dataclass(frozen=True)
class SeatLine:
    """A seat that stands or will, whether it counts today, and why not."""

    seat: Seat
    counts: bool
    why_not: str = ""


@dataclass
class BodyLine:
    """A body at a group: its membership, its seats, its gap, and whether its area is in the footprint."""

    agency: Agency
    member: QSGMember | None = None
    here: bool = False
    seats: list[SeatLine] = field(default_factory=list)
    gap: Gap | None = None


@dataclass
class Roster:
    """A group's bodies and people.

    `members` are full members, `guests` associates, `missing` bodies of the footprint that are neither.
    `gaps` are the seats that the minimum membership wants; `wishes` those to be asked.
    """

    members: list[BodyLine]
    guests: list[BodyLine]
    missing: list[BodyLine]
    gaps: list[Gap]
    wishes: list[Gap]
    footprint: list[FootprintAgency]

    def people(self, kind: str) -> list[SeatLine]:
        """The counting seats of one kind, such as the chair's."""
        lines = [line for body in self.members for line in body.seats]
        return [line for line in lines if line.counts and line.seat.kind == kind]


def roster_of(qsg: QualitySurveillanceGroup, day: date, *, nhs_trusts: bool | None = None) -> Roster:
    """Read a group's roster on a London day.

    `nhs_trusts` says whether NHS trusts stand in the footprint (None: not known): the apps above know.
    """
    return rosters_of([qsg], day, nhs_trusts={qsg.pk: nhs_trusts})[qsg.pk]


def rosters_of(
    groups: Sequence[QualitySurveillanceGroup], day: date, *, nhs_trusts: Mapping[UUID, bool | None]
) -> dict[UUID, Roster]:
    """Read the rosters of several groups on a London day, in a fixed number of queries."""
    keys = [group.pk for group in groups]
    footprints: dict[UUID, list[FootprintAgency]] = defaultdict(list)
    lines: dict[UUID, dict[UUID, BodyLine]] = defaultdict(dict)
    links = FootprintAgency.objects.filter(qsg__in=keys).select_related("agency")
    for link in links.order_by("agency__name"):
        footprints[link.qsg_id].append(link)
        lines[link.qsg_id][link.agency_id] = BodyLine(link.agency, here=True)
    held = QSGMember.objects.filter(not_over(day), qsg__in=keys).select_related("agency")
    for member in held.order_by("agency__name"):
        line = lines[member.qsg_id].setdefault(member.agency_id, BodyLine(member.agency))
        if line.member is None or Span(member.starts_on, member.ends_on).holds(day):
            line.member = member
    for seat_line in seat_lines(Seat.objects.filter(qsg__in=keys), day):
        agency = seat_line.seat.agency
        lines[seat_line.seat.qsg_id].setdefault(agency.pk, BodyLine(agency)).seats.append(seat_line)
    rules = lists.rows("membership_rules", day)
    rows = {group.tier: [row for row in rules if row["tier"] == group.tier] for group in groups}
    asked = _asked(rows.values())
    local_groups = _local_groups([group for group in groups if group.tier == Tier.REGIONAL])
    return {
        group.pk: _roster(
            lines[group.pk],
            gaps(
                rows=rows[group.tier],
                bodies=_bodies(lines[group.pk], asked, rows[group.tier], day),
                local_groups=local_groups[group.pk],
                footprint_known=group.footprint_known,
                nhs_trusts=nhs_trusts.get(group.pk),
            ),
            footprints[group.pk],
        )
        for group in groups
    }


def _roster(lines: dict[UUID, BodyLine], found: list[Gap], footprint: list[FootprintAgency]) -> Roster:
    for gap in found:
        if gap.body and UUID(gap.body) in lines:
            lines[UUID(gap.body)].gap = gap
    ordered = sorted(lines.values(), key=lambda line: (line.agency.name, str(line.agency.pk)))
    return Roster(
        members=[line for line in ordered if line.member and line.member.kind == MemberKind.FULL],
        guests=[line for line in ordered if line.member and line.member.kind == MemberKind.ASSOCIATE],
        missing=[line for line in ordered if not line.member and (line.gap or line.seats)],
        gaps=[gap for gap in found if gap.force == "must"],
        wishes=[gap for gap in found if gap.force != "must"],
        footprint=footprint,
    )


def seat_lines(seats: object, day: date) -> list[SeatLine]:
    """Seats of a queryset that are not over, each with whether it counts on a London day, and why not."""
    chosen = list(
        seats.filter(not_over(day))  # type: ignore[attr-defined]
        .select_related("user", "agency", "qsg")
        .order_by("kind", "user__full_name", "starts_on")
    )
    people = {seat.user_id for seat in chosen}
    acting: dict[tuple[UUID, UUID], list[Span]] = defaultdict(list)
    for held in Membership.objects.filter(user__in=people, role__in=READING_ROLES):
        acting[held.user_id, held.agency_id].append(Span(held.starts_on, held.ends_on))
    members: dict[tuple[UUID, UUID], list[Span]] = defaultdict(list)
    for member in QSGMember.objects.filter(qsg__in={seat.qsg_id for seat in chosen}, kind=MemberKind.FULL):
        members[member.qsg_id, member.agency_id].append(Span(member.starts_on, member.ends_on))
    return [
        _line(seat, members[seat.qsg_id, seat.agency_id], acting[seat.user_id, seat.agency_id], day)
        for seat in chosen
    ]


def _line(seat: Seat, members: list[Span], acting: list[Span], day: date) -> SeatLine:
    span = Span(seat.starts_on, seat.ends_on)
    counts = seat_counts(
        seat=span, full_memberships=members, memberships=acting, active=seat.user.is_active, day=day
    )
    if counts:
        return SeatLine(seat, True)
    if not span.holds(day):
        return SeatLine(seat, False, "has not started")
    if not any(each.holds(day) for each in members):
        return SeatLine(seat, False, f"{seat.agency} is not a member")
    if not seat.user.is_active:
        return SeatLine(seat, False, "the account is closed")
    return SeatLine(seat, False, f"does not read for {seat.agency} today")


def _asked(tiers: Iterable[list[dict]]) -> dict[UUID, BodyLine]:
    """Bodies that the rules invite without wanting them: those to be asked whether they wish to take part."""
    kinds = {row["member_kind"] for rows in tiers for row in rows if row["requirement"] == "invited"}
    return {agency.pk: BodyLine(agency) for agency in Agency.objects.filter(kind__in=kinds)}


def _bodies(
    lines: dict[UUID, BodyLine], asked: dict[UUID, BodyLine], rows: list[dict], day: date
) -> list[Body]:
    invited = {row["member_kind"] for row in rows if row["requirement"] == "invited"}
    wished = {key: line for key, line in asked.items() if line.agency.kind in invited}
    return [
        Body(
            name=line.agency.name,
            kind=line.agency.kind,
            member=_is_member(line, day),
            seats=sum(seat.counts for seat in line.seats),
            here=line.here,
            key=str(line.agency.pk),
        )
        for line in {**wished, **lines}.values()
    ]


def _is_member(line: BodyLine, day: date) -> bool:
    member = line.member
    return (
        member is not None
        and member.kind == MemberKind.FULL
        and Span(member.starts_on, member.ends_on).holds(day)
    )


def _local_groups(regions: Sequence[QualitySurveillanceGroup]) -> dict[UUID, list[LocalGroup]]:
    found: dict[UUID, list[LocalGroup]] = defaultdict(list)
    if not regions:
        return found
    keys: dict[UUID, set[str]] = defaultdict(set)
    inside = FootprintAgency.objects.filter(qsg__region__in=regions)
    for qsg_id, agency_id in inside.values_list("qsg_id", "agency_id"):
        keys[qsg_id].add(str(agency_id))
    for group in QualitySurveillanceGroup.objects.filter(region__in=regions).order_by("name"):
        if group.region_id:
            local = LocalGroup(group.name, group.footprint_known, frozenset(keys[group.pk]))
            found[group.region_id].append(local)
    return found
