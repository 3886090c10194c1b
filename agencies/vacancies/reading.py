"""What the secretariat is told of a group's seats: gaps with since when and whom to ring, and what ends soon."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from access.principal import PORTAL, Principal
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    Post,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
)
from agencies.numbers import holders
from agencies.roster import Roster, rosters_of
from agencies.rules import READING_ROLES, Gap
from agencies.vacancies import rules
from timekeeping.london import Span

MOST_RUNG = 3
"""Bodies of a kind that are named with their numbers, where any of them could take the seat."""


class Watched:
    """A group's seats: its secretariat and chair watch over them, and the portal's administrator."""

    def __init__(self, qsg: QualitySurveillanceGroup) -> None:
        """Keep the group."""
        self.qsg = qsg

    def roles_of(self, principal: Principal) -> set[str]:
        """The seats held at the group, and the roles at the portal."""
        return self.qsg.roles_of(principal) | PORTAL.roles_of(principal)


@dataclass(frozen=True)
class Number:
    """Somebody to ring: who, and the number; "" where the source has none."""

    who: str
    number: str


@dataclass(frozen=True)
class Vacancy:
    """A seat that is wanted and nobody holds.

    Attributes:
        kind: of body that is wanted; chair or secretariat where that seat is empty.
        words: the gap, with since when it stands.
        counts: the kind of body counts for a quorum.
        numbers: whom to ring.
    """

    kind: str
    words: str
    counts: bool
    numbers: list[Number]


@dataclass(frozen=True)
class Ending:
    """A seat that counts today and will not before long: in words, and its first day without."""

    words: str
    ends_on: date


@dataclass
class Attention:
    """What a group's seats ask of whoever looks after it."""

    group: QualitySurveillanceGroup
    vacancies: list[Vacancy] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)


@dataclass(frozen=True)
class _Sat:
    """A seat that somebody has or had, with the days on which it counted."""

    seat: Seat
    spans: list[Span]


def attention_of(
    groups: Sequence[QualitySurveillanceGroup], day: date, *, nhs_trusts: Mapping[UUID, bool | None]
) -> list[Attention]:
    """What the seats of these groups ask on a London day, in the groups' order and a fixed number of queries.

    `nhs_trusts` says of a group whether NHS trusts stand in its footprint (None: not known): the apps above know.
    """
    rosters = rosters_of(groups, day, nhs_trusts=nhs_trusts)
    sat = _sat(groups)
    bodies = _to_ring(rosters.values())
    posts: dict[UUID, list[Post]] = defaultdict(list)
    for post in holders([body.pk for body in bodies], day):
        posts[post.agency_id].append(post)
    found = []
    for group in groups:
        roster, mine = rosters[group.pk], sat[group.pk]
        numbers = {gap: _numbers(gap, roster, group, bodies, posts) for gap in roster.gaps}
        vacancies = [_vacancy(gap, roster, mine, numbers[gap], day) for gap in roster.gaps]
        found.append(Attention(group, [*_without(mine, day), *vacancies], _endings(mine, day)))
    return found


def _sat(groups: Sequence[QualitySurveillanceGroup]) -> dict[UUID, list[_Sat]]:
    seats = list(Seat.objects.filter(qsg__in=groups).select_related("user", "agency"))
    acting: dict[tuple[UUID, UUID], list[Span]] = defaultdict(list)
    people = {seat.user_id for seat in seats}
    for held in Membership.objects.filter(user__in=people, role__in=READING_ROLES):
        acting[held.user_id, held.agency_id].append(Span(held.starts_on, held.ends_on))
    members: dict[tuple[UUID, UUID], list[Span]] = defaultdict(list)
    for member in QSGMember.objects.filter(qsg__in=groups, kind=MemberKind.FULL):
        members[member.qsg_id, member.agency_id].append(Span(member.starts_on, member.ends_on))
    found: dict[UUID, list[_Sat]] = defaultdict(list)
    for seat in seats:
        spans = rules.counted(
            Span(seat.starts_on, seat.ends_on),
            members[seat.qsg_id, seat.agency_id],
            acting[seat.user_id, seat.agency_id],
        )
        found[seat.qsg_id].append(_Sat(seat, spans))
    return found


def _without(sat: list[_Sat], day: date) -> list[Vacancy]:
    found = []
    for kind, sentence in rules.WITHOUT.items():
        held = [one for one in sat if one.seat.kind == kind]
        if any(one.seat.user.is_active and any(span.holds(day) for span in one.spans) for one in held):
            continue
        since = rules.vacant_since([span for one in held for span in one.spans], day)
        words = rules.vacancy_words(sentence, since=since, member_since=None)
        found.append(Vacancy(kind, words, True, []))
    return found


def _vacancy(gap: Gap, roster: Roster, sat: list[_Sat], numbers: list[Number], day: date) -> Vacancy:
    held = [
        span
        for one in sat
        for span in one.spans
        if (str(one.seat.agency_id) == gap.body if gap.body else one.seat.agency.kind == gap.kind)
    ]
    member = next((line.member for line in roster.members if str(line.agency.pk) == gap.body), None)
    words = rules.vacancy_words(
        gap.sentence,
        since=rules.vacant_since(held, day),
        member_since=member.starts_on if member else None,
    )
    return Vacancy(gap.kind, words, gap.counts, numbers)


def _to_ring(rosters: Iterable[Roster]) -> list[Agency]:
    """The open bodies that could fill a gap: the one that is named, or those of its kind."""
    wanted = [gap for roster in rosters for gap in roster.gaps]
    kinds = {gap.kind for gap in wanted}
    return list(Agency.objects.filter(kind__in=kinds, closed_on__isnull=True).order_by("name", "pk"))


def _numbers(
    gap: Gap,
    roster: Roster,
    group: QualitySurveillanceGroup,
    bodies: list[Agency],
    posts: Mapping[UUID, list[Post]],
) -> list[Number]:
    if gap.body:
        near = [body for body in bodies if str(body.pk) == gap.body]
    else:
        here = {line.agency.pk for line in (*roster.members, *roster.guests, *roster.missing)}
        here |= {link.agency_id for link in roster.footprint} | {group.team_id}
        every = [body for body in bodies if body.kind == gap.kind]
        near = [body for body in every if body.pk in here]
        if not near and not gap.near and len(every) <= MOST_RUNG:
            near = every
    return [_number(body, posts.get(body.pk, [])) for body in near[:MOST_RUNG]]


def _number(body: Agency, posts: list[Post]) -> Number:
    """Whom to ring in office hours: the body's own number, else that of the first who holds a post with one."""
    if body.telephone:
        return Number(body.name, body.telephone)
    for post in posts:
        if post.number:
            return Number(f"{post.holder_name or post.get_post_display()}, {body.name}", post.number)
    return Number(body.name, "")


def _endings(sat: list[_Sat], day: date) -> list[Ending]:
    """A seat given again to the same person, such as with other clearance, is one seat here."""
    held: dict[tuple[UUID, UUID, str], list[_Sat]] = defaultdict(list)
    for one in sat:
        if one.seat.user.is_active:
            held[one.seat.user_id, one.seat.agency_id, one.seat.kind].append(one)
    found = []
    for every in held.values():
        ends_on = rules.ends_soon(rules.joined(span for one in every for span in one.spans), day)
        if ends_on:
            seat = every[0].seat
            words = rules.ending_words(
                person=seat.user.full_name,
                kind=seat.get_kind_display().lower(),
                agency=seat.agency.name,
                ends_on=ends_on,
                day=day,
            )
            found.append(Ending(words, ends_on))
    return sorted(found, key=lambda ending: (ending.ends_on, ending.words))
