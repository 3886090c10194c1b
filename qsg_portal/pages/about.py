"""What the portal's facts and rules rest on."""

from collections import Counter
from typing import Any

from access.views import Page
from agencies.models import Agency, QualitySurveillanceGroup
from providers.models import Commissioning, Location, Provider, ProviderGroup
from reference.models import Entry
from reference.rules import LISTS

# Columns that say where a row comes from or serve the machine, and not what it says.
_QUIET = frozenset({"code", "position", "list", "template"})
_OF_OTHERS = "bank_holidays"


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


class AboutRulesPage(Page):
    """Every list the portal works by: what stands in the documents, and what is judgement."""

    permission = "directory.read"
    template = "qsg_portal/about_rules.jinja"

    def context(self) -> dict[str, Any]:
        """The lists with their rows, in one query."""
        rows: dict[str, list[Entry]] = {}
        for entry in Entry.objects.exclude(list_code=_OF_OTHERS):
            rows.setdefault(entry.list_code, []).append(entry)
        return {
            "lists": [
                {
                    "code": code,
                    "label": spec.label,
                    "rows": [(said(entry), entry) for entry in rows[code]],
                    "judged": sum(entry.status == "judgement" for entry in rows[code]),
                }
                for code, spec in LISTS.items()
                if code in rows
            ]
        }


def said(entry: Entry) -> list[str]:
    """A row in words: what its columns say, in their order, without codes."""
    return [
        str(value)
        for column, value in entry.data.items()
        if value and column not in _QUIET and not column.endswith("_codes")
    ]
