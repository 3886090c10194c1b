"""The pages of which provider took the place of which."""

from datetime import date
from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from access.views import Page
from agencies.forms import NoFields
from agencies.views.changing import ChangePage
from providers.models import Provider
from providers.succession.forms import LinkForm
from providers.succession.models import ProviderSuccession
from providers.succession.operations import link_providers, unlink_providers
from providers.succession.proposed import said_of
from timekeeping.london import day_in_words


class SuccessionPage(Page):
    """Which providers took this one's place and whose place it took; and what the reference data says of its code."""

    permission = "directory.read"
    template = "providers/succession.jinja"

    def find(self) -> None:
        """Fetch the provider; absent where there is none."""
        self.provider = provider_at(self.kwargs["id"])

    def context(self) -> dict[str, Any]:
        """The links, and the published lines with the names that stand here."""
        lines = said_of(self.provider.ods_code)
        codes = {code for line in lines for code in (line.old, line.new)}
        names = dict(Provider.objects.filter(ods_code__in=codes).values_list("ods_code", "name"))
        return {
            "provider": self.provider,
            "after": self.provider.successor_links.select_related("successor"),
            "before": self.provider.predecessor_links.select_related("predecessor"),
            "lines": [(line, names.get(line.old, line.old), names.get(line.new, line.new)) for line in lines],
            "may_link": self.by.may("membership.manage", at=PORTAL),
        }


def provider_at(key: Any) -> Provider:
    """Return a provider; raise Http404 where there is none."""
    return the(Provider.objects.filter(pk=key))


class _OfProvider(ChangePage):
    """A change about one provider's succession."""

    abstract = True
    permission = "membership.manage"
    provider: Provider

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def about(self) -> str:
        """The provider's name."""
        return self.provider.name

    def back(self) -> tuple[str, str]:
        """Back to the provider's succession."""
        return "Back to its succession", reverse("providers:succession", args=[self.provider.pk])


class Link(_OfProvider):
    """Another provider took this one's place."""

    form_class = LinkForm
    title = "Say which provider took its place"
    submit = "Save"

    def find(self) -> None:
        """Fetch the provider."""
        self.provider = provider_at(self.kwargs["id"])

    def form_kwargs(self) -> dict[str, Any]:
        """What the reference data proposes, of the providers that stand here and are not linked."""
        said: dict[str, date] = {
            line.new: line.on
            for line in said_of(self.provider.ods_code)
            if line.old == self.provider.ods_code
        }
        linked = self.provider.successor_links.values("successor_id")
        found = Provider.objects.filter(ods_code__in=said).exclude(pk__in=linked).order_by("name", "pk")
        return {"proposed": [(one, said[one.ods_code or ""]) for one in found]}

    def words(self, form: Any) -> list[str]:
        """What the link says."""
        given = form.cleaned_data
        return [
            f"From {day_in_words(given['on'])}, {given['provider']} stands in the place of {self.provider}.",
            "Both keep their names, codes and history. Nothing is moved, and nobody's sight changes.",
        ]

    def perform(self, form: Any) -> str:
        """Save the link."""
        given = form.cleaned_data
        link_providers(
            by=self.by,
            now=self.now,
            predecessor=self.provider,
            successor=given["provider"],
            on=given["on"],
        )
        return self.back()[1]


class Unlink(_OfProvider):
    """A link that was a mistake is taken back."""

    form_class = NoFields
    title = "Take a link back"
    submit = "Take it back"
    kind = "warning"

    def find(self) -> None:
        """Fetch the link and its predecessor."""
        links = ProviderSuccession.objects.select_related("predecessor", "successor")
        link = the(links.filter(pk=self.kwargs["id"]))
        self.link, self.provider = link, link.predecessor

    def words(self, form: Any) -> list[str]:
        """What taking it back means."""
        return [f"{self.link.successor} is no longer said to stand in the place of {self.provider}."]

    def perform(self, form: Any) -> str:
        """Take it back."""
        unlink_providers(by=self.by, now=self.now, link=self.link)
        return self.back()[1]
