"""The pages that open, undo and close a succession, and that offer what the body holds."""

from abc import abstractmethod
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from access.finding import the
from access.models import Record
from access.principal import PORTAL, Place
from access.refusals import Invalid, NotNow
from access.sight import visible_to
from agencies.forms import NoFields, agency_choices
from agencies.models import Agency
from agencies.stand_ins import administrators_of, leads_of
from agencies.views.changing import ChangePage
from concerns.models import Concern
from successions import operations, rules
from successions.forms import ElsewhereForm, HandOnForm, OpenForm, key_in
from successions.models import Succession
from successions.operations.closing import check_due
from successions.operations.offering import check_open, not_offered
from successions.proposed import proposed_for
from successions.reading import held_in_directory, successions_seen
from successions.rules import Held
from successions.showing import labels_of


class OpenSuccession(ChangePage):
    """A body, named by `id` in the address, is to close."""

    permission = "membership.manage"
    form_class = OpenForm
    title = "Say that a body is to close"
    submit = "Open the succession"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def find(self) -> None:
        """Fetch the body; absent where there is none."""
        self.body = the(Agency.objects.filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """The body's name."""
        return self.body.name

    def back(self) -> tuple[str, str]:
        """Back to the body."""
        return f"Back to {self.body}", reverse("agencies:agency", args=[self.body.pk])

    def form_kwargs(self) -> dict[str, Any]:
        """What the reference data proposes, and every other open body."""
        proposed = proposed_for(self.body, self.today)
        known = {one.agency.pk for one in proposed}
        says = self.body.said_to_close_on
        others = Agency.objects.filter(closed_on__isnull=True).exclude(pk__in={self.body.pk, *known})
        return {
            "proposed": agency_choices(one.agency for one in proposed),
            "hints": {str(one.agency.pk): one.why for one in proposed},
            "others": agency_choices(others),
            "on": says + timedelta(days=1) if says else None,  # a file gives the last day
        }

    def _successors(self, form: Any) -> list[Agency]:
        held = {one.pk: one for one in Agency.objects.filter(pk__in=form.successors)}
        return [held[one] for one in form.successors if one in held]

    def words(self, form: Any) -> list[str]:
        """What opening it means."""
        successors = self._successors(form)
        names = [one.name for one in successors]
        lines = rules.opens(body=self.body.name, successors=names, on=form.cleaned_data["on"])
        administered = administrators_of(*(one.pk for one in successors), now=self.now)
        for one in successors:
            lines += rules.cannot_answer(
                one.name,
                lead=bool(leads_of(one.pk, self.now)),
                administrator=bool(administered.get(one.pk)),
            )
        return lines

    def perform(self, form: Any) -> str:
        """Open it."""
        made = operations.open_succession(
            by=self.by,
            now=self.now,
            body=self.body,
            successors=self._successors(form),
            on=form.cleaned_data["on"],
            why=form.cleaned_data["why"],
        )
        return reverse("successions:detail", args=[made.pk])


class OfSuccession(ChangePage):
    """A change about one succession, named by `id` in the address; absent for who has nothing to do with it."""

    abstract = True
    succession: Succession

    def find(self) -> None:
        """Fetch it."""
        self.succession = the(successions_seen(self.by).filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """What it is of."""
        return str(self.succession)

    def back(self) -> tuple[str, str]:
        """Back to the succession."""
        return "Back to the succession", reverse("successions:detail", args=[self.succession.pk])

    def taker(self, form: Any) -> Agency:
        """Return the successor that was chosen."""
        return Agency.objects.get(pk=form.cleaned_data["to"])

    def bodies(self) -> list[tuple[str, str]]:
        """Return the successors as choices."""
        return agency_choices(self.succession.successors.order_by("name", "pk"))


class _OfDesk(OfSuccession):
    """A change that the portal's administrators make."""

    abstract = True
    permission = "membership.manage"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL


class _OfTheWhole(_OfDesk):
    """A change of the whole succession. To show it asks only whether it is time: trying it moves all that the body holds."""

    abstract = True
    form_class = NoFields
    kind = "warning"

    @abstractmethod
    def check(self) -> None:
        """Raise NotNow where it is not time."""

    def _goes(self, form: Any) -> bool:
        if self.request.method == "POST":
            return super()._goes(form)
        try:
            self.check()
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        return not form.errors


class UndoSuccession(_OfTheWhole):
    """The body does not close after all."""

    title = "Undo a succession"
    submit = "Undo it"

    def check(self) -> None:
        """It is under way."""
        check_open(self.succession)

    def words(self, form: Any) -> list[str]:
        """What undoing it means."""
        return rules.undoes(body=self.succession.body.name)

    def perform(self, form: Any) -> str:
        """Undo it."""
        operations.undo_succession(by=self.by, now=self.now, succession=self.succession)
        return self.back()[1]


class CloseBody(_OfTheWhole):
    """Everything is accepted and the day has come: the body closes."""

    title = "Close the body"
    submit = "Close it"

    def check(self) -> None:
        """Its day has come, and everything is accepted."""
        check_due(self.succession, self.today)

    def words(self, form: Any) -> list[str]:
        """What closing it means."""
        return rules.closes(body=self.succession.body.name, on=self.succession.on)

    def perform(self, form: Any) -> str:
        """Close it."""
        operations.close_body(by=self.by, now=self.now, succession=self.succession)
        return self.back()[1]


class OfferElsewhere(_OfDesk):
    """Something that was declined, or came to the body since, is offered to a successor."""

    form_class = ElsewhereForm
    title = "Offer something to a successor"
    submit = "Offer it"

    @cached_property
    def left(self) -> dict[str, tuple[Held, str]]:
        """Return what the body holds that is offered to nobody, with what it is called, by its name in the form."""
        live = set(self.succession.offers.filter(state__in=rules.LIVE).values_list("kind", "thing"))
        held = [one for one in held_in_directory(self.succession.body, self.today) if one.key not in live]
        labels = labels_of(self.by, self.succession, held)
        return {f"{one.kind}.{one.thing}": (one, labels[one.key].words) for one in held}

    def form_kwargs(self) -> dict[str, Any]:
        """What is offered to nobody, and the successors."""
        things = [(name, words) for name, (_, words) in self.left.items()]
        return {"things": things, "chosen": self.request.GET.get("what", ""), "bodies": self.bodies()}

    def words(self, form: Any) -> list[str]:
        """What offering it means."""
        _, words = self.left[form.cleaned_data["what"]]
        return [f"{words}: offered to {self.taker(form)}. People there accept or decline it."]

    def perform(self, form: Any) -> str:
        """Offer it."""
        held, _ = self.left[form.cleaned_data["what"]]
        operations.offer_elsewhere(
            by=self.by,
            now=self.now,
            succession=self.succession,
            kind=held.kind,
            thing=held.thing,
            to=self.taker(form),
        )
        return self.back()[1]


_OFFERS = {
    rules.INTELLIGENCE: "Offer the intelligence, as a whole",
    rules.ACTION: "Offer the open actions",
    rules.CLOCK: "Offer the deadlines",
}


class HandOn(OfSuccession):
    """A lead of the closing body offers its intelligence, its open actions, or its deadlines."""

    permission = "succession.offer"
    form_class = HandOnForm
    title = "Offer what the body looks after"
    submit = "Offer it"

    def place(self) -> Place:
        """The closing body."""
        return self.succession.body

    def find(self) -> None:
        """Fetch the succession; there are three kinds."""
        super().find()
        if self.kwargs["kind"] not in _OFFERS:
            raise Http404
        self.of = self.kwargs["kind"]

    def context(self) -> dict[str, Any]:
        """The title says which kind."""
        return {**super().context(), "title": _OFFERS[self.of]}

    def form_kwargs(self) -> dict[str, Any]:
        """The successors; what stays is asked of intelligence."""
        return {"bodies": self.bodies(), "whole": self.of == rules.INTELLIGENCE}

    def words(self, form: Any) -> list[str]:
        """What offering it means."""
        to = self.taker(form)
        said = {
            rules.INTELLIGENCE: [
                f"{to} is offered everything that {self.succession.body} looks after. Nobody there sees it before the body closes.",
                "Whatever a person's or a body's interest shuts out stays shut out.",
            ],
            rules.ACTION: [
                f"Everybody who reads intelligence at {to} sees from now on what is asked, so that its leads can decide.",
                "The body that asked is told.",
            ],
            rules.CLOCK: [f"Leads of {to} are offered the deadlines whose matter they see."],
        }[self.of]
        if self.of == rules.INTELLIGENCE:
            said += rules.cannot_answer(to.name, lead=bool(leads_of(to.pk, self.now)), administrator=True)
            return [*said, *([f"What stays: {', '.join(form.lines)}."] if form.lines else [])]
        return [*said, *([rules.unanswerable(self.of, to.name, self.unseen)] if self.unseen else [])]

    def perform(self, form: Any) -> str:
        """Offer it."""
        left = not_offered(self.by, self.succession, self.of)
        made = operations.hand_on(
            by=self.by,
            now=self.now,
            succession=self.succession,
            kind=self.of,
            to=self.taker(form),
            stays=self._stays(form) if self.of == rules.INTELLIGENCE else (),
        )
        self.unseen = len(left) - len(made)
        return self.back()[1]

    def _stays(self, form: Any) -> list[UUID]:
        """Return the records named, each in this person's sight; one that is not reads like one that never was."""
        found: list[UUID] = []
        for line in form.lines:
            key = key_in(line)
            if key:
                named: Any = visible_to(self.by, Record.objects.filter(pk=key))
            else:
                named = visible_to(self.by, Concern.objects.filter(reference=line.upper()))
            seen = named.values_list("pk", flat=True).first()
            if seen is None:
                raise Invalid(
                    {"stays": f"“{line}” is no record that you see. Check the reference or the address"}
                )
            found.append(seen)
        return found
