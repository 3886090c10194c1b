"""What the portal's facts rest on."""

from collections import Counter
from typing import Any

from access.views import Page
from agencies.models import Agency, QualitySurveillanceGroup
from providers.models import Commissioning, Location, Provider, ProviderGroup


class AboutDataPage(Page):
    """Which public data the directory rests on, how much of it there is, and what it lacks."""

    permission = "directory.read"
    template = "qsg_portal/about_data.jinja"

    def context(self) -> dict[str, Any]:
        """Counts by kind, as they stand."""
        return {
            "bodies": Counter(Agency.objects.values_list("kind", flat=True)),
            "groups": QualitySurveillanceGroup.objects.count(),
            "without_footprint": QualitySurveillanceGroup.objects.filter(footprint_known=False).count(),
            "providers": Provider.objects.filter(fictional=False).count(),
            "fictional": Provider.objects.filter(fictional=True).count(),
            "locations": Location.objects.count(),
            "commissioned": Commissioning.objects.values("provider_id").distinct().count(),
            "grouped": ProviderGroup.objects.values("provider_id").distinct().count(),
        }
