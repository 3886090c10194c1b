"""A Quality Surveillance Group: who is in it, who is missing, and its providers by level."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.principal import OWN_BODY, PORTAL, Place
from access.views import Page
from agencies.agreements.operations import DocumentsOf, shows_papers
from agencies.agreements.reading import GroupPapers, papers_of
from agencies.models import QualitySurveillanceGroup
from agencies.places import SOME_PEOPLE
from agencies.readiness.reading import may_see_group
from agencies.roster import roster_of
from agencies.vacancies.reading import Attention, Watched, attention_of
from providers.levels.operations import Shown, levels_in
from providers.models import Provider, ProviderStatus
from risk_summits.showing.standing import open_in
from timekeeping.london import london_day

PROVIDERS = 200


class GroupPage(Page):
    """Members, seats and gaps for everybody; levels for those who see them."""

    permission = "directory.read"
    template = "qsg_portal/group.jinja"
    group: QualitySurveillanceGroup

    def find(self) -> None:
        """Fetch the group; absent where there is none."""
        self.group = group_at(self)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; for a reader, write which levels it showed."""
        today = london_day(self.now)
        levels = self.levels()
        summits = open_in(self.by, self.group) if self.by.reads else []
        if self.by.reads:
            shown = [*(one.level.pk for one in levels), *(one.pk for one in summits)]
            self.read("GroupPage", shown=shown)
        providers = Provider.objects.filter(group_links__qsg=self.group).order_by("name", "pk")
        return self.page(
            group=self.group,
            roster=roster_of(self.group, today, nhs_trusts=nhs_trusts_of(self.group)),
            levels=levels,
            summits=summits,
            providers=list(providers[:PROVIDERS]),
            papers=self.papers(),
            attention=self.attention(),
            may_see_readiness=may_see_group(self.by, self.group.pk, today),
            may_see_interests=self.by.may("interest.see", at=self.group),
            may_keep=self.by.may("agreement.keep", at=DocumentsOf(self.group)),
            may_manage=self.by.may("membership.manage", at=PORTAL),
            may_seat=self.by.may("people.manage", at=SOME_PEOPLE),
            may_raise=self.by.may("concern.raise", at=OWN_BODY),
        )

    def attention(self) -> Attention | None:
        """What the group's seats ask of whoever looks after it; None for everybody else."""
        if not self.by.may("seat.watch", at=Watched(self.group)):
            return None
        return attention_to([self.group], self.now)[0]

    def papers(self) -> GroupPapers | None:
        """The group's agreement and privacy notice: for its bodies, and for those who keep them."""
        today = london_day(self.now)
        if shows_papers(self.by, self.group, today):
            return papers_of([self.group], today)[0]
        return None

    def levels(self) -> list[Shown]:
        """The levels above routine of this group's providers in the reader's sight, the highest first."""
        return levels_in(self.by, self.group, self.now) if self.by.reads else []


class VacanciesPage(Page):
    """A group's vacancies and the seats about to end, with the numbers to ring; made to print."""

    permission = "seat.watch"
    template = "qsg_portal/vacancies.jinja"
    group: QualitySurveillanceGroup

    def find(self) -> None:
        """Fetch the group; absent where there is none."""
        self.group = group_at(self)

    def place(self) -> Place:
        """The group: its secretariat and chair, and the portal's administrator."""
        return Watched(self.group)

    def context(self) -> dict[str, Any]:
        """What its seats ask."""
        return {"group": self.group, "attention": attention_to([self.group], self.now)[0]}


def group_at(page: Page) -> QualitySurveillanceGroup:
    """The group that a page's address names; absent where there is none."""
    group = QualitySurveillanceGroup.objects.select_related("team", "region").filter(pk=page.kwargs["id"])
    return the(group)


def attention_to(groups: list[QualitySurveillanceGroup], now: datetime) -> list[Attention]:
    """What the seats of these groups ask today, in a fixed number of queries."""
    return attention_of(groups, london_day(now), nhs_trusts=nhs_trusts_in(groups))


def nhs_trusts_of(group: QualitySurveillanceGroup) -> bool | None:
    """Whether NHS trusts stand in one group's footprint, as ``nhs_trusts_in`` says."""
    return nhs_trusts_in([group])[group.pk]


def nhs_trusts_in(groups: list[QualitySurveillanceGroup]) -> dict[UUID, bool | None]:
    """Whether NHS trusts, not foundation trusts, stand in each group's footprint; None where no source tells.

    A regional group has those of its local groups.
    """
    trusts = Provider.objects.filter(
        status=ProviderStatus.OPEN, kind__in=("nhs_trust", "foundation_trust")
    ).filter(Q(group_links__qsg__in=groups) | Q(group_links__qsg__region__in=groups))
    kinds: dict[UUID | None, set[str]] = defaultdict(set)
    for kind, local, region in trusts.values_list(
        "kind", "group_links__qsg", "group_links__qsg__region"
    ).distinct():
        kinds[local].add(kind)
        kinds[region].add(kind)
    return {group.pk: ("nhs_trust" in kinds[group.pk]) if group.pk in kinds else None for group in groups}
