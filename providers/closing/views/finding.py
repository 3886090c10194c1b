"""Pages on which a body or a provider is found by its name, then chosen: a council, alternative places, who takes over."""

from functools import cached_property
from typing import Any, ClassVar

from agencies.finding import bodies_called, words_of
from agencies.models import Agency
from providers.closing import forms
from providers.closing.operations import councils_near, name_council, offer_place, say_incoming
from providers.closing.operations.reading import COUNCIL
from providers.closing.views.deeds import DeedPage, UnguardedPage
from providers.finding import found_by
from providers.models import Provider, ProviderStatus

SHOWN = 20


class FindingPage(DeedPage):
    """Base: what is found stands in the address, so that it can be chosen without scripts."""

    abstract = True
    template = "providers/plan_find.jinja"
    find_label: ClassVar[str]
    find_hint: ClassVar[str]

    @property
    def typed(self) -> str:
        """What was typed to find by."""
        return words_of(self.request.GET.get("find", ""))

    def context(self) -> dict[str, Any]:
        """Return the form that finds, and whether it found nothing."""
        finder = forms.FindForm(label=self.find_label, hint=self.find_hint, initial={"find": self.typed})
        nothing = bool(self.typed) and not self.offered
        return {**super().context(), "finder": finder, "nothing_found": nothing, "found": bool(self.offered)}

    @cached_property
    def offered(self) -> list[Any]:
        """What can be chosen."""
        raise NotImplementedError  # pragma: no cover - each says its own

    def form_kwargs(self) -> dict[str, Any]:
        """Return what can be chosen."""
        return {"offered": self.offered}


class CouncilPage(FindingPage, UnguardedPage):
    """Name a council that places people there, or say another number."""

    permission = "closing.keep"
    form_class = forms.CouncilForm
    heading = "Name a council that places people there"
    button = "Name this council"
    done = "It is named, and sees the plan. Tell the councils that were not told yet when all are named."
    intro = (
        "Everyone who reads intelligence at the council will see the plan, and whoever does so later."
        " A council that was told already is told of another number, and confirms again where it had confirmed."
    )
    find_label = "Find another council"
    find_hint = "At least two letters of its name."
    operation = name_council

    @cached_property
    def offered(self) -> list[Agency]:
        """Return the councils found; those named and those near, where nothing was typed."""
        if self.typed:
            return [one for one in bodies_called(self.typed) if one.kind == COUNCIL]
        named = Agency.objects.filter(pk__in=self.thing.councils.values("agency_id")).order_by("name", "pk")
        return list(dict.fromkeys([*named, *councils_near(self.thing.provider, self.now)]))


class _OfProviders(FindingPage):
    """Base of the pages on which a provider is chosen: an open one, and not the one that goes."""

    abstract = True
    find_label = "Find a provider"
    find_hint = "Its name, town or code; spelling is forgiven."

    @cached_property
    def offered(self) -> list[Provider]:
        """Return the providers found."""
        if not self.typed:
            return []
        rows = Provider.objects.filter(status=ProviderStatus.OPEN).exclude(pk=self.thing.provider_id)
        return found_by(self.typed, rows, SHOWN)


class PlacePage(_OfProviders, UnguardedPage):
    """Write down that another provider offers places."""

    permission = "closing.keep"
    form_class = forms.PlaceForm
    heading = "Add alternative places"
    button = "Add these places"
    done = "The places are added."
    operation = offer_place


class IncomingPage(_OfProviders):
    """Say who takes over."""

    permission = "closing.keep"
    form_class = forms.IncomingForm
    heading = "Say who takes over"
    button = "Save this"
    done = "It is saved."
    operation = say_incoming
