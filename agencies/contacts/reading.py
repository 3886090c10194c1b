"""Finding the right person at the right organisation: by role, body and topic, and for a place; spelling is forgiven."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import add, and_, or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat, Lower

from agencies.contacts import rules
from agencies.contacts.models import Post
from agencies.finding import NEAR
from agencies.models import Agency, FootprintAgency, MemberKind, QSGMember, QualitySurveillanceGroup
from agencies.numbers import of_group
from agencies.roster import standing

PLACES = 10
"""Bodies that one name of a place may mean, at most."""
MOST = 60
"""Contacts shown of what was looked for, at most."""

_ROLE = Case(
    *[When(post=code, then=Value(words)) for code, words in rules.LOOKED_FOR.items()], default=Value("")
)


def _joined(*fields: Any) -> Any:
    parts: list[Any] = []
    for one in fields:
        parts += [one if not isinstance(one, str) else Coalesce(F(one), Value("")), Value(" ")]
    return Lower(Concat(*parts))


_OF_A_POST = (
    _ROLE,
    "holder_name",
    "topic",
    "area__name",
    "agency__name",
    "agency__short_name",
    "agency__town",
)


def _with_words(rows: QuerySet[Any], fields: Sequence[Any], words: Sequence[str]) -> QuerySet[Any]:
    """Return the rows in which each word is found or nearly found, with how near as ``likeness``."""
    rows = rows.annotate(finding=_joined(*fields))
    likenesses = {
        f"like_{number}": TrigramWordSimilarity(word, F("finding")) for number, word in enumerate(words)
    }
    rows = rows.annotate(**likenesses)
    found = [
        Q(**{f"like_{number}__gte": NEAR}) | Q(finding__contains=word) for number, word in enumerate(words)
    ]
    return rows.filter(reduce(and_, found)).annotate(likeness=reduce(add, (F(name) for name in likenesses)))


def contacts_on(day: date, *, stand_ins: bool = False) -> QuerySet[Post]:
    """Return the posts that stand on a London day, each with who stands in then, as ``standing_in``.

    Args:
        day: the day.
        stand_ins: whether those who stand in are rows of their own, too.
    """
    now = Post.objects.filter(standing(day)).select_related("user")
    rows = Post.objects.filter(standing(day), agency__closed_on=None)
    if not stand_ins:
        rows = rows.filter(stands_in_for=None)
    return rows.select_related("user", "agency", "area").prefetch_related(
        Prefetch("stand_ins", queryset=now, to_attr="standing_in")
    )


def called(rows: QuerySet[Post], text: str) -> QuerySet[Post]:
    """Return the posts for which every word of a text is the role, body, topic, place or name, or nearly; nearest first."""
    words = rules.asked_words(text)
    if not words:
        return rows.none()
    found: QuerySet[Any] = _with_words(rows, _OF_A_POST, words)
    return found.order_by("-likeness", "agency__name", "post", "pk")


@dataclass(frozen=True)
class Place:
    """What a name of a place means.

    Attributes:
        named: the bodies and groups that it names.
        here: the bodies of the place itself.
        wider: the bodies that look after it among other places.
        groups: the groups in whose area it lies, and their regions.
    """

    named: list[str] = field(default_factory=list)
    here: frozenset[UUID] = frozenset()
    wider: frozenset[UUID] = frozenset()
    groups: frozenset[UUID] = frozenset()

    def posts(self, rows: QuerySet[Post]) -> QuerySet[Post]:
        """The posts of the place itself, and those that look after it among others."""
        for_it = Q(area=None) | Q(area__in=self.groups)
        return rows.filter(Q(agency__in=self.here) | (for_it & Q(agency__in=self.wider)))

    def posts_here(self, rows: QuerySet[Post]) -> QuerySet[Post]:
        """The posts of the place itself."""
        return rows.filter(agency__in=self.here)

    def posts_wider(self, rows: QuerySet[Post]) -> QuerySet[Post]:
        """The posts that look after it among others; those held for another area alone are left out."""
        return self.posts(rows).exclude(agency__in=self.here)


def place_called(text: str, day: date) -> Place:
    """Return what a council, a town, a region or an area team of this name means; nothing where none is called so.

    A council or a town means the bodies called so and those that look after its area; a group, an area team or a region
    means all the bodies of its area.
    """
    words = rules.place_words(text)
    if not words:
        return Place()
    stands = Q(closed_on=None) | Q(closed_on__gt=day)
    bodies, groups = _nearest(
        _with_words(Agency.objects.filter(stands), ("name", "short_name", "town"), words),
        _with_words(QualitySurveillanceGroup.objects.select_related("team"), ("name", "team__name"), words),
    )
    groups = [
        one for one in groups if rules.is_called(one.name, words) or rules.is_called(one.team.name, words)
    ] or groups
    whole = {group.pk for group in groups}
    whole |= set(QualitySurveillanceGroup.objects.filter(region__in=whole).values_list("pk", flat=True))
    here = {body.pk for body in bodies}
    if whole:
        inside = reduce(or_, (of_group(pk, day) for pk in sorted(whole)))
        here |= set(Agency.objects.filter(stands & inside).values_list("pk", flat=True))
    lies = set(FootprintAgency.objects.filter(agency__in=here).values_list("qsg_id", flat=True)) | whole
    regions = QualitySurveillanceGroup.objects.filter(local_groups__in=lies)
    lies |= set(regions.values_list("pk", flat=True))
    placed = FootprintAgency.objects.values("agency_id")
    members = QSGMember.objects.filter(standing(day), qsg__in=lies, kind=MemberKind.FULL)
    wider = set(members.exclude(agency__in=placed).values_list("agency_id", flat=True))
    return Place(
        named=[*(group.name for group in groups), *(body.name for body in bodies)],
        here=frozenset(here),
        wider=frozenset(wider - here),
        groups=frozenset(lies),
    )


def _nearest(*of: QuerySet[Any]) -> list[list[Any]]:
    """Return of each kind those that are as near as the nearest of any kind: a surer find pushes out what resembles it."""
    found = [list(rows.order_by("-likeness", "name", "pk")[:PLACES]) for rows in of]
    best = max((one.likeness for each in found for one in each), default=0)
    return [[one for one in each if one.likeness >= best - 0.01] for each in found]


def history_of(post: Post) -> list[Post]:
    """Return everybody who held the same post, or stood in, the latest first; those to come too."""
    same = Post.objects.filter(agency=post.agency_id, post=post.post, topic=post.topic, area=post.area_id)
    return list(same.select_related("user", "stands_in_for", "area").order_by("-starts_on", "-pk"))
