"""The pages on which the portal's administrators keep the directory's entry of a provider; each change is said in words first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from access.views import Page
from agencies.forms import NoFields, agency_choices
from agencies.models import Agency, QualitySurveillanceGroup, Tier
from agencies.views.changing import ChangePage
from providers import operations
from providers.models import Commissioning, Licence, Location, Provider, ProviderGroup
from providers.operations.entries import facts_of, facts_of_place
from providers.upkeep.forms import (
    CommissionerForm,
    GroupForm,
    LastDayForm,
    LicenceForm,
    PlaceForm,
    ProviderForm,
)
from providers.upkeep.rules import change_words
from reference import operations as lists
from timekeeping.london import day_in_words


class _Upkeep(Page):
    """Base of these pages: for whoever keeps the directory of the portal."""

    abstract = True
    permission = "membership.manage"
    model: type[Model] = Provider
    related: tuple[str, ...] = ()
    thing: Any

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def find(self) -> None:
        """Fetch what the address names; absent where there is none."""
        found: QuerySet[Any] = self.model._default_manager.select_related(*self.related)
        self.thing = the(found.filter(pk=self.kwargs["id"]))

    @property
    def provider(self) -> Provider:
        """The provider that it is about."""
        return self.thing if isinstance(self.thing, Provider) else self.thing.provider


class EntryPage(_Upkeep):
    """A provider's entry as it stands and stood, with what may be changed of it."""

    template = "providers/upkeep.jinja"

    def context(self) -> dict[str, Any]:
        """The provider with everything that hangs on its entry; what is over comes last."""
        kinds = kinds_of_provider()
        return {
            "provider": self.thing,
            "kind": dict(kinds).get(self.thing.kind, self.thing.kind),
            "places": list(self.thing.locations.all()),
            "buyers": list(self.thing.commissionings.select_related("agency")),
            "licences": list(self.thing.licences.all()),
            "groups": list(self.thing.group_links.select_related("qsg").order_by("qsg__name")),
        }


class _Change(_Upkeep, ChangePage):
    """Base of the forms: published facts, which give sight to nobody."""

    abstract = True
    fresh = False
    done = ""

    def about(self) -> str:
        """The provider's name."""
        return self.provider.name

    def back(self) -> tuple[str, str]:
        """Back to the entry."""
        return "Back to the entry", self.entry(self.provider.pk)

    def entry(self, provider: UUID) -> str:
        """The address of a provider's entry."""
        return reverse("providers:entry", args=[provider])

    def kept(self, provider: Provider, words: str) -> str:
        """Say that it is done, and return to the entry."""
        messages.success(self.request, words)
        return self.entry(provider.pk)

    def seen(self, mark: str) -> str:
        """The mark of what stood when the person began: the form's own, or now's on a new form."""
        return self.request.POST.get("seen", mark)


class AddProvider(_Change):
    """A provider that the national files lack."""

    form_class = ProviderForm
    title = "Add a provider"
    submit = "Add the provider"

    def find(self) -> None:
        """Nothing is named in the address."""

    def about(self) -> str:
        """Nothing yet."""
        return ""

    def back(self) -> tuple[str, str]:
        """Back to the finder."""
        return "Back to the providers", reverse("providers:finder")

    def form_kwargs(self) -> dict[str, Any]:
        """The kinds to choose from."""
        return {"kinds": kinds_of_provider(), "facts": None}

    def words(self, form: Any) -> list[str]:
        """What is entered."""
        return [
            f"{form.cleaned_data['name']} is entered in the directory, where everybody who is signed in can find it.",
            "Concerns can be raised about it from then on.",
        ]

    def perform(self, form: Any) -> str:
        """Add it."""
        facts = form.facts()
        fictional = "fictional" in facts.name.lower()
        provider = operations.add_provider(by=self.by, now=self.now, facts=facts, fictional=fictional)
        return self.kept(provider, "It is entered. Say next who buys from it, and in whose area it stands.")


class CorrectProvider(_Change):
    """What the directory says of a provider is corrected."""

    form_class = ProviderForm
    title = "Correct the entry"
    submit = "Save the correction"

    def context(self) -> dict[str, Any]:
        """The words around the form, and what the person began with."""
        return {**super().context(), "seen": self.seen(facts_of(self.thing).mark)}

    def form_kwargs(self) -> dict[str, Any]:
        """The kinds to choose from, and what stands."""
        return {"kinds": kinds_of_provider(), "facts": facts_of(self.thing)}

    def words(self, form: Any) -> list[str]:
        """What will be different."""
        return change_words(facts_of(self.thing), form.facts(), kinds=dict(kinds_of_provider()))

    def perform(self, form: Any) -> str:
        """Correct it."""
        operations.correct_provider(
            by=self.by, now=self.now, provider=self.thing, facts=form.facts(), seen=self.seen("")
        )
        return self.kept(self.thing, "It is corrected.")


class AddPlace(_Change):
    """A place where the provider gives care."""

    form_class = PlaceForm
    title = "Add a place"
    submit = "Add the place"

    def form_kwargs(self) -> dict[str, Any]:
        """The kinds to choose from."""
        return {"kinds": kinds_of_provider(), "facts": None}

    def words(self, form: Any) -> list[str]:
        """What is entered."""
        return [f"{form.cleaned_data['name']} is entered as a place where {self.provider} gives care."]

    def perform(self, form: Any) -> str:
        """Add it."""
        operations.add_location(by=self.by, now=self.now, provider=self.thing, facts=form.facts())
        return self.kept(self.thing, "The place is entered.")


class CorrectPlace(_Change):
    """What the directory says of a place is corrected; it may be closed."""

    model = Location
    related = ("provider",)
    form_class = PlaceForm
    title = "Correct a place"
    submit = "Save the correction"

    def context(self) -> dict[str, Any]:
        """The words around the form, and what the person began with."""
        return {**super().context(), "seen": self.seen(facts_of_place(self.thing).mark)}

    def form_kwargs(self) -> dict[str, Any]:
        """The kinds to choose from, and what stands."""
        return {"kinds": kinds_of_provider(self.thing.kind), "facts": facts_of_place(self.thing)}

    def words(self, form: Any) -> list[str]:
        """What will be different."""
        return change_words(facts_of_place(self.thing), form.facts(), kinds=dict(kinds_of_provider()))

    def perform(self, form: Any) -> str:
        """Correct it."""
        operations.correct_location(
            by=self.by, now=self.now, location=self.thing, facts=form.facts(), seen=self.seen("")
        )
        return self.kept(self.provider, "The place is corrected.")


class AddCommissioner(_Change):
    """A body that buys care from the provider."""

    form_class = CommissionerForm
    title = "Say who buys from it"
    submit = "Enter it"

    def form_kwargs(self) -> dict[str, Any]:
        """The bodies that are not closed."""
        bodies = Agency.objects.filter(closed_on__isnull=True).order_by("name", "pk")
        return {"agencies": agency_choices(bodies), "today": self.today}

    def words(self, form: Any) -> list[str]:
        """What is stated."""
        given = form.cleaned_data
        body = Agency.objects.get(pk=given["agency"])
        share = f", {given['share']} per cent of what it gives" if given["share"] else ""
        sentences = [f"{body} buys care from {self.provider} from {day_in_words(given['starts_on'])}{share}."]
        if form.ends_on:
            sentences.append(f"It does so until the end of {day_in_words(given['last_day'])}.")
        if given["lead"]:
            sentences.append("It leads for the others: what a lead commissioner must do falls to it.")
        if given["out_of_area"]:
            sentences.append("It buys from outside its own area.")
        return sentences

    def perform(self, form: Any) -> str:
        """State it."""
        given = form.cleaned_data
        operations.commission(
            by=self.by,
            now=self.now,
            provider=self.thing,
            agency=Agency.objects.get(pk=given["agency"]),
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
            lead=bool(given["lead"]),
            share=given["share"],
            out_of_area=bool(given["out_of_area"]),
        )
        return self.kept(self.thing, "It is entered.")


class _Ends(_Change):
    """Base of the forms that end something published."""

    abstract = True
    related: tuple[str, ...] = ("provider",)
    form_class = LastDayForm
    kind = "warning"

    @property
    def what(self) -> str:
        """What ends, as the start of a sentence."""
        raise NotImplementedError

    def words(self, form: Any) -> list[str]:
        """What will be different."""
        day = day_in_words(form.cleaned_data["last_day"])
        return [f"{self.what} ends with {day}. That it was so stays in the entry."]


class EndCommissioner(_Ends):
    """A body buys no longer."""

    model = Commissioning
    related = ("provider", "agency")
    title = "Say that a body buys no longer"
    submit = "End it"

    @property
    def what(self) -> str:
        """Who buys from whom."""
        return f"What {self.thing.agency} buys from {self.provider}"

    def perform(self, form: Any) -> str:
        """End it."""
        operations.end_commissioning(by=self.by, now=self.now, buys=self.thing, ends_on=form.ends_on)
        return self.kept(self.provider, "It is ended.")


class KeepLicence(_Change):
    """Monitor's licence."""

    form_class = LicenceForm
    title = "Enter the licence"
    submit = "Enter the licence"

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What is entered."""
        return [
            f"{self.provider} holds Monitor's licence from {day_in_words(form.cleaned_data['starts_on'])}.",
            f"It is published here: {form.cleaned_data['published_where']}.",
        ]

    def perform(self, form: Any) -> str:
        """Enter it."""
        given = form.cleaned_data
        operations.keep_licence(
            by=self.by,
            now=self.now,
            provider=self.thing,
            number=given["number"],
            published_where=given["published_where"],
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return self.kept(self.thing, "The licence is entered.")


class EndLicence(_Ends):
    """A licence ends."""

    model = Licence
    title = "End a licence"
    submit = "End the licence"

    @property
    def what(self) -> str:
        """Whose licence."""
        return f"The licence of {self.provider}"

    def perform(self, form: Any) -> str:
        """End it."""
        operations.end_licence(by=self.by, now=self.now, licence=self.thing, ends_on=form.ends_on)
        return self.kept(self.provider, "The licence is ended.")


class PlaceInGroup(_Change):
    """In whose area the provider stands: whom its matters concern first."""

    form_class = GroupForm
    title = "Say in whose area it stands"
    submit = "Place it there"

    def form_kwargs(self) -> dict[str, Any]:
        """The local groups in whose area it does not stand yet."""
        groups = QualitySurveillanceGroup.objects.filter(tier=Tier.LOCAL).exclude(
            provider_links__provider=self.thing
        )
        return {"groups": [(str(one.pk), one.name) for one in groups.order_by("name")]}

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        group = QualitySurveillanceGroup.objects.get(pk=form.cleaned_data["qsg"])
        return [
            f"{self.provider} stands in the area of {group}: who raises a concern about it is offered that group.",
            "Nothing that has been shared is shared any wider by this.",
        ]

    def perform(self, form: Any) -> str:
        """Place it."""
        group = QualitySurveillanceGroup.objects.get(pk=form.cleaned_data["qsg"])
        operations.place_in_group(by=self.by, now=self.now, provider=self.thing, qsg=group)
        return self.kept(self.thing, f"It stands in the area of {group}.")


class TakeOutOfGroup(_Change):
    """A provider does not stand in a group's area."""

    model = ProviderGroup
    related = ("provider", "qsg")
    form_class = NoFields
    title = "Take it out of an area"
    submit = "Take it out"
    kind = "warning"

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        return [
            f"{self.provider} no longer stands in the area of {self.thing.qsg}.",
            "Who raises a concern about it is no longer offered that group.",
            "What has been shared with the group stays shared with it.",
        ]

    def perform(self, form: Any) -> str:
        """Take it out."""
        provider = self.provider
        operations.take_out_of_group(by=self.by, now=self.now, link=self.thing)
        return self.kept(provider, f"It no longer stands in the area of {self.thing.qsg}.")


def kinds_of_provider(also: str = "") -> list[tuple[str, str]]:
    """Return the kinds of provider as choices; one that only the source's own words name stands among them."""
    kinds = [(code, row["label"]) for code, row in lists.latest("provider_kinds").items()]
    return kinds if not also or also in dict(kinds) else [*kinds, (also, also)]
