"""The regulatory record of a provider, and the forms with which a regulator enters, corrects and ends."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.urls import reverse

from access.finding import the
from access.principal import Place
from access.views import FormPage, Page, version_in
from agencies.models import Agency
from nhsuk.paging import page_by_name
from providers.models import EarlierAction, Location, Provider, Rating, Registration, RegulatoryAction
from providers.register.forms import ActionForm, CorrectForm, EndForm
from providers.register.operations import (
    correct_action,
    end_action,
    enter_action,
    may_enter,
    powers_of,
    require_entering,
)
from providers.register.reading import (
    actions_of,
    places_in_the_register,
    published_about,
    standing_of,
)
from providers.register.rules import actions as rules
from providers.register.rules import ratings
from timekeeping.london import day_in_words, london_day, moment_in_words


class OfProvider(Page):
    """Base of the pages about one provider's record."""

    abstract = True
    provider: Provider

    def find(self) -> None:
        """Fetch the provider; absent where there is none."""
        self.provider = the(Provider.objects.filter(pk=self.kwargs["id"]))


@dataclass(frozen=True)
class PlaceShown:
    """What is published of one place, or of the provider as a whole.

    Attributes:
        name: its name.
        registration: as published now.
        rows: its ratings as cells of a table, the current one first and then the newest report.
        notes: sentences to the ratings: departures from the rule, older days of key questions.
    """

    name: str
    registration: Registration | None
    rows: list[list[Any]]
    notes: list[str]


HEAD = ["Report", "Overall", *ratings.QUESTIONS.values()]


class RegisterPage(OfProvider):
    """Everything published about a provider by those who regulate it or buy from it; open to everybody signed in."""

    permission = "directory.read"
    template = "providers/register.jinja"

    def context(self) -> dict[str, Any]:
        """Return how it stands, the entries, and a page of its places with their ratings."""
        today = london_day(self.now)
        earlier = EarlierAction.objects.select_related("location", "entered_by")
        entries = list(actions_of(self.provider).prefetch_related(Prefetch("earlier", queryset=earlier)))
        places = page_by_name(places_in_the_register(self.provider), mark=self.request.GET.get("from", ""))
        interested = self.provider.pk in self.by.own_conflicts | self.by.body_conflicts
        return {
            "provider": self.provider,
            "standing": standing_of(self.provider, self.now, entries),
            "entries": [self.entry(one, interested) for one in entries],
            "places": self.places([*([] if places.newer else [None]), *places.rows]),
            "page": places,
            "head": HEAD,
            "today": today,
            "may_enter": may_enter(self.by, self.provider),
        }

    def entry(self, action: RegulatoryAction, interested: bool) -> dict[str, Any]:
        """Return an entry with how it stands, and whether this person may change it."""
        today = london_day(self.now)
        standing = action.standing(today)
        return {
            "action": action,
            "standing": standing,
            "words": rules.STANDING_WORDS[standing],
            "appeal": rules.APPEAL_WORDS[action.appeal] if action.appeal != rules.NO_APPEAL else "",
            "in_time": rules.put_right_in_time(
                ends_on=action.ends_on, comply_by=action.comply_by, today=today
            ),
            "may_change": not interested and self.by.may("register.enter", at=action.agency),
        }

    def places(self, wanted: list[Location | None]) -> list[PlaceShown]:
        """Return what is published of these places; None stands for the provider as a whole."""
        rated, registered = published_about(self.provider, [one for one in wanted if one])
        shown = []
        for place in wanted:
            held = rated.get(place.pk if place else None, [])
            registration = registered.get(place.pk if place else None)
            if held or registration:
                name = place.name if place else f"{self.provider.name}, as a whole"
                shown.append(PlaceShown(name, registration, [_cells(one) for one in held], _notes(held)))
        return shown


def _cells(rating: Rating) -> list[Any]:
    report = day_in_words(rating.report_on) if rating.report_on else "day not in the source"
    notes = [
        "current" if rating.current else "",
        f"of its predecessor {rating.predecessor}" if rating.predecessor else "",
        f"replaced by the publisher {moment_in_words(rating.replaced_at)}" if rating.replaced_at else "",
        "departs from the rule" if rating.departure else "",
    ]
    values = (rating.overall, *rating.five)
    return [
        {"text": report, "note": ", ".join(filter(None, notes))},
        *(ratings.RATING_WORDS[value] if value else None for value in values),
    ]


def _notes(held: list[Rating]) -> list[str]:
    notes = [
        f"{day_in_words(one.report_on)}: {one.departure}" if one.report_on else one.departure
        for one in held
        if one.departure
    ]
    older = [
        f"{words} rests on the report of {day_in_words(day)}."
        for one in held
        if one.current
        for words, day in one.older
    ]
    return notes + older


class EntryPage(OfProvider, FormPage):
    """Base of the forms of the record."""

    abstract = True
    permission = "register.enter"
    template = "providers/enter_action.jinja"
    title = ""
    submit = ""
    body: Agency

    def context(self) -> dict[str, Any]:
        """Return the words around the form."""
        return {"provider": self.provider, "title": self.title, "submit": self.submit}

    def offered(self) -> dict[str, Any]:
        """Return what the form offers to the body that enters."""
        return {
            "body": self.body,
            "powers": self.powers(),
            "provider": self.provider,
            "places": self.provider.locations.order_by("name", "pk"),
        }

    def powers(self) -> dict[str, str]:
        """Return the body's powers on the list."""
        return powers_of(self.body, self.now)

    def said(self, words: str) -> str:
        """Say that it is done, and return to the record."""
        messages.success(self.request, words)
        return reverse("providers:register", args=[self.provider.pk])


class EnterPage(EntryPage):
    """Enter what one's own body published."""

    form_class = ActionForm
    title = "Enter what was published"
    submit = "Enter it"

    def find(self) -> None:
        """Fetch the provider, and the body whose power it is."""
        super().find()
        self.body = require_entering(self.by, self.provider)

    def form_kwargs(self) -> dict[str, Any]:
        """Return what is offered."""
        return self.offered()

    def perform(self, form: Any) -> str:
        """Enter it."""
        enter_action(
            by=self.by, now=self.now, provider=self.provider, facts=form.facts(), decided=form.decided
        )
        return self.said("It is entered. Everybody who is signed in can read it.")


class ChangePage(EntryPage):
    """Base of the forms about one entry: only the body whose power it was changes it."""

    abstract = True
    action: RegulatoryAction

    def find(self) -> None:
        """Fetch the entry."""
        found = RegulatoryAction.objects.select_related("provider", "agency", "location", "entered_by")
        action = the(found.filter(pk=self.kwargs["id"]))
        self.action, self.provider, self.body = action, action.provider, action.agency
        require_entering(self.by, self.provider, self.body)

    def place(self) -> Place:
        """Return the body whose entry it is."""
        return self.body

    def context(self) -> dict[str, Any]:
        """Return the entry, and the version that the page shows."""
        return {**super().context(), "action": self.action, "seen": self.action.version}

    def powers(self) -> dict[str, str]:
        """Return the body's powers on the list, and the one by which the entry was made."""
        return powers_of(self.body, self.now, self.action)

    @property
    def seen(self) -> int:
        """The version that the person had before them."""
        return version_in(self.request.POST.get("seen", ""))


class CorrectPage(ChangePage):
    """Correct an entry; the version before stays."""

    form_class = CorrectForm
    title = "Correct this entry"
    submit = "Save the correction"

    def form_kwargs(self) -> dict[str, Any]:
        """Return what is offered, and the entry."""
        return {**self.offered(), "action": self.action}

    def perform(self, form: Any) -> str:
        """Correct it."""
        correct_action(
            by=self.by,
            now=self.now,
            action=self.action,
            facts=form.facts(),
            reason=form.cleaned_data["reason"],
            seen=self.seen,
            decided=form.decided,
        )
        return self.said("It is corrected. The version before stays in the record.")


class EndPage(ChangePage):
    """Say from which day an entry is no longer in force."""

    form_class = EndForm
    title = "End this entry"
    submit = "End it"

    def perform(self, form: Any) -> str:
        """End it."""
        end_action(
            by=self.by, now=self.now, action=self.action, ends_on=form.cleaned_data["ends_on"], seen=self.seen
        )
        ends_on = form.cleaned_data["ends_on"]
        if ends_on > london_day(self.now):
            return self.said(
                f"It is no longer in force from {day_in_words(ends_on)}, and stays in the record."
            )
        return self.said("It is ended, and stays in the record.")
