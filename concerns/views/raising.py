"""Raising a concern: a quick note on one screen, or five short steps."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from access.principal import OWN_BODY, Place
from access.refusals import NotNow
from access.views import FormPage, RecordFormPage, version_in
from agencies.finding import uuid_of
from concerns.forms.raising import ABOUT_FORMS, HappenedForm, KnownForm, QuickForm, happened_initial
from concerns.forms.sharing import SeenByForm, seen_by_initial
from concerns.models import Concern, DangerFlag
from concerns.operations.places import usual_choice
from concerns.operations.raising import (
    discard_draft,
    groups_for,
    note_concern,
    raise_concern,
    save_about,
    save_choice,
    save_words,
    start_draft,
)
from concerns.operations.reading import present
from concerns.operations.ringing import Ringing, numbers_to_ring
from concerns.operations.sharing import foresee
from concerns.operations.writing import content_of, who_acts
from concerns.rules import content as rules
from concerns.rules.content import IN_DANGER
from concerns.rules.sharing import GATEWAYS, Choice, from_plain, keeping
from concerns.rules.states import DRAFT
from concerns.rules.words import FIELD_WORDS
from concerns.views.base import Looking, Shelved, renaming
from concerns.views.listing import about_words
from nhsuk import forms
from providers.models import Provider

RENAMED = {"happened_at": "happened_on", "provider": "provider_words"}


def after(concern: Concern, address: str = "") -> str:
    """Return where a person goes after saving: to the numbers, when somebody may be in danger."""
    if concern.danger in IN_DANGER:
        return reverse("concerns:safety", args=[concern.pk])
    return address or reverse("concerns:concern", args=[concern.pk])


class FromProvider:
    """Mixed into a page that may be opened about a provider, named in its address."""

    @cached_property
    def provider(self: Any) -> Provider | None:
        """The provider of the address, if any."""
        asked = uuid_of(self.request.GET.get("provider", ""))
        return Provider.objects.filter(pk=asked).first() if asked else None

    @property
    def initial(self) -> dict[str, Any]:
        """What the form shows first."""
        return (
            {"provider": str(self.provider.pk), "provider_words": self.provider.name} if self.provider else {}
        )


class QuickPage(FromProvider, Looking, Shelved, FormPage):
    """A quick note: one screen, shared by the group's usual rule, completed later."""

    permission = "concern.raise"
    template = "concerns/quick.jinja"
    form_class = QuickForm

    def form_kwargs(self) -> dict[str, Any]:
        """Return the lists, and the provider of the address."""
        return {"shelf": self.shelf, "initial": self.initial}

    def page(self, status: int = 200, **more: Any) -> Any:
        """Show the form with the numbers to ring, and who will see the note."""
        form: QuickForm = more["form"]
        meant = form.meant()
        choice = usual_choice(meant, self.by.agency_id, self.now) if meant else None
        return super().page(
            status,
            numbers=numbers_to_ring(meant, now=self.now),
            shared=bool(choice and choice.groups),
            foreseen=_foreseen(self.by.agency_id, choice, meant) if choice else None,
            **more,
        )

    def perform(self, form: Any) -> str:
        """Keep the note; then the numbers, or the note itself."""
        with renaming(RENAMED):
            concern = note_concern(
                by=self.by, now=self.now, about=form.about(), content=form.content(), decided=form.decided
            )
        messages.success(
            self.request, f"Saved as {concern.reference}. You can complete it when there is time."
        )
        return after(concern)


def _foreseen(owner: UUID | None, choice: Choice, providers: tuple[UUID, ...]) -> Any:
    return foresee(owner=owner, choice=choice, providers=providers) if owner else None


class StartPage(FromProvider, Looking, FormPage):
    """Step one: what it is about. First what kind of thing, then which."""

    permission = "concern.raise"
    template = "concerns/about.jinja"
    form_class = ABOUT_FORMS[rules.PROVIDER]

    def find(self) -> None:
        """Take the kind of thing from the address."""
        asked = self.request.GET.get("about", "")
        self.about = asked if asked in ABOUT_FORMS else rules.PROVIDER if self.provider else ""
        self.form_class = ABOUT_FORMS.get(self.about, ABOUT_FORMS[rules.PROVIDER])

    def form_kwargs(self) -> dict[str, Any]:
        """Return the provider of the address."""
        return {"initial": self.initial}

    def context(self) -> dict[str, Any]:
        """Return the kinds of thing to choose from, and the numbers to ring."""
        kinds = [(kind, words) for kind, words in rules.ABOUT_WORDS.items() if kind != rules.LOCATION]
        return {"about": self.about, "kinds": kinds, "numbers": Ringing(), "draft": None}

    def perform(self, form: Any) -> str:
        """Keep a draft, and go to the next step."""
        with renaming(RENAMED):
            draft = start_draft(by=self.by, now=self.now, about=form.about(), decided=form.decided)
        return reverse("concerns:step", args=[draft.pk, rules.HAPPENED])


class StepPage(Looking, Shelved, RecordFormPage):
    """One step of raising a draft. Steps are not skipped, and each is kept."""

    permission = "concern.raise"
    kind = Concern
    thing: Concern
    templates = {
        rules.ABOUT: "concerns/about.jinja",
        rules.HAPPENED: "concerns/happened.jinja",
        rules.KNOWN: "concerns/known.jinja",
        rules.SEEN_BY: "concerns/seen_by.jinja",
        rules.CHECK: "concerns/check.jinja",
    }

    def find(self) -> None:
        """Fetch the draft of the author; refuse a step that skips another."""
        super().find()
        self.by.require(self.permission, at=self.place())
        self.step = self.kwargs["step"]
        if self.step not in rules.STEPS:
            raise Http404
        if self.thing.status != DRAFT:
            raise NotNow("This was raised already. Open it to see how it stands, and change it there.")
        if not rules.may_take(self.step, set(self.thing.steps_done)):
            raise NotNow(
                "An earlier step is still open. Take the steps in their order; what you wrote is kept."
            )
        self.template = self.templates[self.step]
        forms_of: dict[str, type[BaseForm]] = {
            rules.ABOUT: ABOUT_FORMS[self.thing.about],
            rules.HAPPENED: HappenedForm,
            rules.KNOWN: KnownForm,
            rules.SEEN_BY: SeenByForm,
            rules.CHECK: forms.Form,
        }
        self.form_class = forms_of[self.step]

    def place(self) -> Place:
        """Return one's own body."""
        return OWN_BODY

    @cached_property
    def providers(self) -> tuple[UUID, ...]:
        """Whom the draft is about."""
        return tuple(self.thing.record.about.values_list("provider_id", flat=True))

    @cached_property
    def choice(self) -> Choice:
        """Who should see it, as kept; the group's usual rule before anything was chosen."""
        if self.thing.sharing_plan:
            return from_plain(self.thing.sharing_plan)
        return usual_choice(self.providers, self.by.agency_id, self.now)

    def form_kwargs(self) -> dict[str, Any]:
        """Return what the form of this step is made with."""
        words = content_of(self.thing)
        if self.step == rules.ABOUT:
            return {
                "initial": self._about_initial(),
                "before": [self.thing.service_name, self.thing.service_place],
            }
        if self.step in (rules.HAPPENED, rules.KNOWN):
            plain = {name: getattr(words, name) for name in rules.FIELDS_OF_STEP[self.step]}
            initial = {**plain, "dimensions": list(words.dimensions), **happened_initial(words)}
            known = {"shelf": self.shelf, "initial": initial, "before": words.texts.values()}
            return {**known, "now": self.now} if self.step == rules.HAPPENED else known
        if self.step == rules.SEEN_BY:
            return {
                "initial": seen_by_initial(self.choice, made=bool(self.thing.sharing_plan)),
                "groups": groups_for(self.thing, self.now),
                "near": frozenset(self.by.seats),
                "agency": self.by.agency_id,
                "now": self.now,
            }
        return {}

    def _about_initial(self) -> dict[str, Any]:
        names = dict(Provider.objects.filter(pk__in=self.providers).values_list("pk", "name"))
        first = self.providers[0] if self.providers else None
        return {
            "provider": str(first) if first else "",
            "provider_words": names[first] if first and self.thing.about != rules.THEME else "",
            "location": str(self.thing.location_id or ""),
            "providers": [str(one) for one in self.providers],
            "name": self.thing.service_name,
            "place": self.thing.service_place,
        }

    def context(self) -> dict[str, Any]:
        """Return the draft and where the person stands."""
        number = rules.STEPS.index(self.step) + 1
        return {
            "draft": self.thing,
            "about": self.thing.about,
            "seen": self.thing.version,
            "step": self.step,
            "heading": rules.STEP_WORDS[self.step],
            "caption": f"Raise a concern: step {number} of {len(rules.STEPS)}",
            "back_step": rules.STEPS[number - 2] if number > 1 else "",
            "numbers": numbers_to_ring(self.providers, now=self.now),
        }

    def page(self, status: int = 200, **more: Any) -> Any:
        """Show the step; where it is asked who should see it, who will and who will not."""
        if self.step == rules.SEEN_BY:
            more["foreseen"] = self._foreseen(more["form"].choice())
            more["usual"] = bool(self.choice.groups and not self.thing.sharing_plan)
        if self.step == rules.CHECK:
            more |= self._checked()
        return super().page(status, **more)

    def _foreseen(self, choice: Choice) -> Any:
        held = keeping(choice, who_acts(self.by))
        return foresee(owner=self.thing.record.owner_id, choice=held, providers=self.providers)

    def _checked(self) -> dict[str, Any]:
        """Return everything as it will be kept."""
        thing = Concern.objects.select_related("record", "location").get(pk=self.thing.pk)
        return {
            "about_words": about_words(thing),
            "says": present(thing, ours=True, shelf=self.shelf),
            "labels": FIELD_WORDS,
            "foreseen": self._foreseen(self.choice),
            "gateway": GATEWAYS.get(self.choice.gateway, ""),
            "flagged": DangerFlag.objects.filter(record=self.thing.record).exists(),
        }

    def perform(self, form: Any) -> str:
        """Keep the step, and go to the next; after the last, the concern is raised."""
        known: dict[str, Any] = {"by": self.by, "now": self.now, "concern": self.thing, "seen": self.seen}
        following = reverse("concerns:step", args=[self.thing.pk, self._next()])
        with renaming(RENAMED):
            if self.step == rules.ABOUT:
                save_about(**known, about=form.about(), decided=form.decided)
            elif self.step == rules.SEEN_BY:
                save_choice(**known, choice=form.choice())
            elif self.step == rules.CHECK:
                raised = raise_concern(**known)
                messages.success(self.request, f"Raised as {raised.reference}.")
                return reverse("concerns:concern", args=[raised.pk])
            else:
                saved = save_words(**known, step=self.step, values=form.values(), decided=form.decided)
                return after(saved, following) if self.step == rules.HAPPENED else following
        return following

    def _next(self) -> str:
        return rules.STEPS[min(rules.STEPS.index(self.step) + 1, len(rules.STEPS) - 1)]

    @property
    def seen(self) -> int:
        """The version that the person had before them."""
        return version_in(self.request.POST.get("seen", ""))


class DiscardPage(RecordFormPage):
    """Throw a draft away."""

    permission = "concern.raise"
    template = "concerns/discard.jinja"
    kind = Concern
    form_class = forms.Form

    def place(self) -> Place:
        """Return one's own body."""
        return OWN_BODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask; what is no draft goes to its page."""
        if self.thing.status != DRAFT:
            return HttpResponseRedirect(reverse("concerns:concern", args=[self.thing.pk]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> str:
        """Throw it away."""
        discard_draft(by=self.by, now=self.now, concern=self.thing)
        messages.success(self.request, "The draft was thrown away.")
        return reverse("concerns:list")
