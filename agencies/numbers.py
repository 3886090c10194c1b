"""Whom to ring: the numbers of bodies and of the people who hold posts, out of hours too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from agencies.models import Agency, FootprintAgency, Post, QSGMember, QualitySurveillanceGroup
from agencies.roster import standing

# What is rung first stands first.
_ORDER = (
    "out_of_hours",
    "safeguarding_lead_adults",
    "safeguarding_lead_children",
    "safeguarding_lead",
    "director",
    "regional_director",
    "director_adult_social_services",
    "head_of_inspection",
    "deputy",
    "responsible_officer",
    "employer_liaison_adviser",
)


NATIONAL = frozenset(
    {
        "nhs_england", "cqc", "monitor", "nhs_tda", "nhs_improvement", "professional_regulator", "hee", "dh", "phe",
        "healthwatch_england", "hse", "nice", "royal_college", "skills_for_care",
    }
)  # fmt: skip
"""Kinds of body that there is one of for the whole country; those of any other kind stand with their area."""

NO_AREA = "Bodies whose area is not in the sources"


@dataclass
class NumberLine:
    """A body with its numbers and the people who hold its posts."""

    agency: Agency
    posts: list[Post] = field(default_factory=list)

    @property
    def can_be_rung(self) -> bool:
        """Whether any number of the body or of its people is known."""
        own = bool(self.agency.telephone or self.agency.out_of_hours_telephone)
        return own or any(post.number or post.out_of_hours_telephone for post in self.posts)


@dataclass(frozen=True)
class Section:
    """The bodies of one area, or the national ones.

    Attributes:
        title: what stands over them.
        lines: those that can be rung.
        without: those of which no number is kept.
    """

    title: str
    lines: list[NumberLine]
    without: list[Agency]


def holders(agencies: list[UUID], day: date, posts: tuple[str, ...] = _ORDER) -> list[Post]:
    """Who holds posts at these bodies on a London day, in the order in which they are rung."""
    held = Post.objects.filter(standing(day), agency__in=agencies, post__in=posts).select_related(
        "user", "agency", "area", "stands_in_for"
    )
    return sorted(held, key=lambda each: (posts.index(each.post), each.topic, each.holder_name))


def of_group(qsg: UUID, day: date) -> Q:
    """The bodies of a group on a London day: members, guests, and those whose area is in its footprint."""
    here = FootprintAgency.objects.filter(qsg=qsg).values("agency_id")
    members = QSGMember.objects.filter(standing(day), qsg=qsg).values("agency_id")
    return Q(pk__in=here) | Q(pk__in=members)


def sections_of(areas: Sequence[QualitySurveillanceGroup], day: date, *, whole: bool) -> list[Section]:
    """Every number needed in an emergency: area by area, then the national bodies; in a fixed number of questions.

    Args:
        areas: the groups, in the order in which their areas stand.
        day: the London day.
        whole: whether these are all, so that bodies of no area stand at the end and every post is shown; otherwise a
            national body shows the posts held for these areas, for the regions around them, or for the country.
    """
    stands = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    bodies = {one.pk: one for one in Agency.objects.filter(stands).order_by("name", "pk")}
    inside: dict[UUID, set[UUID]] = {group.pk: set() for group in areas}
    links = FootprintAgency.objects.filter(qsg__in=inside).values_list("qsg_id", "agency_id")
    members = QSGMember.objects.filter(standing(day), qsg__in=inside).values_list("qsg_id", "agency_id")
    for qsg, agency in [*links, *members]:
        inside[qsg].add(agency)
    for group in areas:
        inside[group.pk].add(group.team_id)
    national = [pk for pk, one in bodies.items() if one.kind in NATIONAL]
    placed = set().union(*inside.values()) if whole else set(bodies)
    kept = [
        (group.name, [pk for pk in bodies if pk in inside[group.pk] and pk not in national])
        for group in areas
    ]
    kept += [("National bodies", national)]
    kept += [(NO_AREA, [pk for pk in bodies if pk not in placed and pk not in national])]
    around = {*inside, *(group.region_id for group in areas)}
    lines = {pk: NumberLine(bodies[pk]) for _, keys in kept for pk in keys}
    for post in holders(list(lines), day):
        if whole or post.area_id is None or post.area_id in around:
            lines[post.agency_id].posts.append(post)
    return [_section(title, [lines[pk] for pk in keys]) for title, keys in kept if keys]


def desks_in(sections: Sequence[Section]) -> list[tuple[str, str, str]]:
    """The duty desks of the councils in these sections, rung right after 999: whose, the number, and when it answers."""
    lines = [line for section in sections for line in section.lines if line.agency.kind == "local_authority"]
    desks = {post.pk: post for line in lines for post in line.posts if post.post == "out_of_hours"}
    numbers = [
        (f"Duty desk, {desk.agency.name}", number, when)
        for desk in desks.values()
        for number, when in ((desk.number, "office hours"), (desk.out_of_hours_telephone, "out of hours"))
    ]
    return [one for one in numbers if one[1]]


def _section(title: str, lines: list[NumberLine]) -> Section:
    return Section(
        title, [one for one in lines if one.can_be_rung], [one.agency for one in lines if not one.can_be_rung]
    )
