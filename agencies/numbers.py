"""Whom to ring: the numbers of bodies and of the people who hold posts, out of hours too."""

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
    "deputy",
    "responsible_officer",
    "employer_liaison_adviser",
)


@dataclass
class NumberLine:
    """A body with its numbers and the people who hold its posts."""

    agency: Agency
    posts: list[Post] = field(default_factory=list)

    @property
    def can_be_rung(self) -> bool:
        """Whether any number of the body or of its people is known."""
        own = bool(self.agency.telephone or self.agency.out_of_hours_telephone)
        return own or any(number_of(post) or post.out_of_hours_telephone for post in self.posts)


def number_of(post: Post) -> str:
    """The number of a post in office hours: the post's own, else its holder's."""
    return post.telephone or (post.user.telephone if post.user else "")


def holders(agencies: list[UUID], day: date, posts: tuple[str, ...] = _ORDER) -> list[Post]:
    """Who holds posts at these bodies on a London day, in the order in which they are rung."""
    held = Post.objects.filter(standing(day), agency__in=agencies, post__in=posts).select_related(
        "user", "agency"
    )
    return sorted(held, key=lambda each: (posts.index(each.post), each.topic, each.holder_name))


def of_group(qsg: UUID, day: date) -> Q:
    """The bodies of a group on a London day: members, guests, and those whose area is in its footprint."""
    here = FootprintAgency.objects.filter(qsg=qsg).values("agency_id")
    members = QSGMember.objects.filter(standing(day), qsg=qsg).values("agency_id")
    return Q(pk__in=here) | Q(pk__in=members)


def numbers_of(qsg: QualitySurveillanceGroup, day: date) -> list[NumberLine]:
    """The bodies of a group and of its footprint, with their numbers; in a fixed number of queries."""
    agencies = list(Agency.objects.filter(of_group(qsg.pk, day)).order_by("name", "pk"))
    lines = {agency.pk: NumberLine(agency) for agency in agencies}
    for post in holders(list(lines), day):
        lines[post.agency_id].posts.append(post)
    return list(lines.values())
