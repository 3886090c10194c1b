"""What the portal's facts and rules rest on."""

from collections import Counter
from typing import Any

from django.http import Http404

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
    """Every list the portal works by, and how much of each stands in the documents."""

    permission = "directory.read"
    template = "qsg_portal/about_rules.jinja"

    def context(self) -> dict[str, Any]:
        """The lists with how many rows stand in the documents, and how many are judgement."""
        held = Counter(Entry.objects.exclude(list_code=_OF_OTHERS).values_list("list_code", "status"))
        lists = [
            {
                "code": code,
                "label": spec.label,
                "papers": held[code, "paper"],
                "judged": held[code, "judgement"],
            }
            for code, spec in sorted(LISTS.items(), key=lambda each: each[1].label)
            if code != _OF_OTHERS
        ]
        return {"lists": lists}


class AboutListPage(Page):
    """One list: each row, whether it stands in the documents or is judgement, and where."""

    permission = "directory.read"
    template = "qsg_portal/about_list.jinja"

    def find(self) -> None:
        """Find the list; absent where there is none."""
        if self.kwargs["code"] not in LISTS:
            raise Http404

    def context(self) -> dict[str, Any]:
        """The list's rows, those that have ended too."""
        code = self.kwargs["code"]
        rows = [(said(entry), entry) for entry in Entry.objects.filter(list_code=code)]
        return {"label": LISTS[code].label, "rows": rows}


def said(entry: Entry) -> list[str]:
    """A row in words: what its columns say, in their order, without codes."""
    return [
        str(value)
        for column, value in entry.data.items()
        if value and column not in _QUIET and not column.endswith("_codes")
    ]
