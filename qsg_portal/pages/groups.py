"""A Quality Surveillance Group: who is in it, who is missing, and its providers by level."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from access.principal import OWN_BODY, PORTAL
from access.views import Page
from agencies.agreements.operations import DocumentsOf, shows_papers
from agencies.agreements.reading import GroupPapers, papers_of
from agencies.models import QualitySurveillanceGroup, Tier
from agencies.places import SOME_PEOPLE
from agencies.readiness.reading import may_see_group
from agencies.roster import roster_of
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
        group = QualitySurveillanceGroup.objects.select_related("team", "region").filter(pk=self.kwargs["id"])
        found = group.first()
        if found is None:
            raise Http404
        self.group = found

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
            may_see_readiness=may_see_group(self.by, self.group.pk, today),
            may_see_interests=self.by.may("interest.see", at=self.group),
            may_keep=self.by.may("agreement.keep", at=DocumentsOf(self.group)),
            may_manage=self.by.may("membership.manage", at=PORTAL),
            may_seat=self.by.may("people.manage", at=SOME_PEOPLE),
            may_raise=self.by.may("concern.raise", at=OWN_BODY),
        )

    def papers(self) -> GroupPapers | None:
        """The group's agreement and privacy notice: for its bodies, and for those who keep them."""
        today = london_day(self.now)
        if shows_papers(self.by, self.group, today):
            return papers_of([self.group], today)[0]
        return None

    def levels(self) -> list[Shown]:
        """The levels above routine of this group's providers in the reader's sight, the highest first."""
        return levels_in(self.by, self.group, self.now) if self.by.reads else []


def nhs_trusts_of(group: QualitySurveillanceGroup) -> bool | None:
    """Whether NHS trusts, not foundation trusts, stand in a group's footprint; None where no source tells.

    A regional group has those of its local groups.
    """
    inside = {"group_links__qsg": group} if group.tier == Tier.LOCAL else {"group_links__qsg__region": group}
    trusts = Provider.objects.filter(
        status=ProviderStatus.OPEN, kind__in=("nhs_trust", "foundation_trust"), **inside
    )
    kinds = set(trusts.values_list("kind", flat=True))
    return ("nhs_trust" in kinds) if kinds else None
