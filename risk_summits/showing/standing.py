"""That a risk summit is open, for the pages of a provider and of a group.

It is the highest level of surveillance, set and ended by the summit alone (``surveillance_levels``). It is never kept as
a level: a level is for every seat of the group (visibility.md, "surveillance level"), and the headline of a summit only
for those cleared, or, where its caller restricted it, for those called (mission F1). So it is read from the headlines
that the reader sees.
"""

from django.db.models import Q, QuerySet

from access.principal import Principal
from access.sight import visible_to
from agencies.models import QualitySurveillanceGroup
from providers.models import Provider
from risk_summits.models import RiskSummit
from risk_summits.rules import stages


def _open(by: Principal) -> QuerySet[RiskSummit]:
    seen = visible_to(by, RiskSummit.objects.filter(status=stages.OPEN))
    return seen.select_related("record", "provider", "home").order_by("provider__name", "pk")


def open_about(by: Principal, provider: Provider) -> list[RiskSummit]:
    """Return the open summits about a provider whose headline this principal sees."""
    return list(_open(by).filter(provider=provider))


def open_in(by: Principal, group: QualitySurveillanceGroup) -> list[RiskSummit]:
    """Return the open summits of a group, and of the local groups under it, whose headline this principal sees."""
    return list(_open(by).filter(Q(home=group) | Q(home__region=group)))
