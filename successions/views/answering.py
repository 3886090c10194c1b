"""The pages on which a successor's people answer: accept, or decline with a reason."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from access.sight import visible_to
from accounts.models import User
from actions.models import Action
from agencies.holding import people_of
from agencies.models import Seat
from agencies.views.changing import ChangePage
from clocks.models import Clock
from successions import operations, rules
from successions.forms import AcceptForm, DeclineForm
from successions.models import HandingOver
from successions.operations.answering import may_sit
from successions.reading import may_answer, seats_of_the_portal, successions_seen
from successions.showing import called


class _OfOffer(ChangePage):
    """An answer to one thing offered, named by `id` in the address; absent for who does not answer it."""

    abstract = True
    permission = "directory.read"
    offer: HandingOver

    def find(self) -> None:
        """Fetch the offer for whoever answers it and sees what it is."""
        offers = HandingOver.objects.select_related("succession__body", "to", "person")
        offer = offers.filter(
            pk=self.kwargs["id"], succession__in=successions_seen(self.by), state__in=rules.LIVE
        ).first()
        if offer is None or not self._answers(offer) or not self._sees(offer):
            raise Http404
        self.offer = offer
        self.what = called(self.by, offer)

    def _answers(self, offer: HandingOver) -> bool:
        return may_answer(self.by, offer, seats_of_the_portal([offer.thing]))

    def _sees(self, offer: HandingOver) -> bool:
        if offer.kind == rules.ACTION:
            return visible_to(self.by, Action.objects.filter(pk=offer.thing)).exists()
        if offer.kind == rules.CLOCK:
            return visible_to(self.by, Clock.objects.filter(pk=offer.thing), through="record").exists()
        return True

    def about(self) -> str:
        """What is offered."""
        return self.what

    def context(self) -> dict[str, Any]:
        """What is offered may be intelligence."""
        marking = "OFFICIAL-SENSITIVE" if self.offer.kind in rules.IN_SIGHT else ""
        return {**super().context(), "marking": marking}

    def back(self) -> tuple[str, str]:
        """Back to the succession."""
        return "Back to the succession", reverse("successions:detail", args=[self.offer.succession_id])


class Accept(_OfOffer):
    """Something is accepted."""

    form_class = AcceptForm
    title = "Accept what is offered"
    submit = "Accept it"

    def form_kwargs(self) -> dict[str, Any]:
        """What is asked: who sits, who goes over, who handles what is closed."""
        kind, body = self.offer.kind, self.offer.succession.body
        person = people = None
        asks = hint = ""
        if kind == rules.SEAT:
            person = self._names(may_sit(self.offer, self.today))
        elif kind == rules.PEOPLE:
            held = people_of(body, self.today).values_list("user_id", flat=True)
            people = self._names(list(held))
            asks = f"Who acts for {self.offer.to} from the day on?"
            hint = "In the same roles. The roles of those who are not chosen end with the body."
        elif kind == rules.INTELLIGENCE:
            people = self._names(may_sit(self.offer, self.today))
            asks = "Who handles what is closed to all but those named?"
            hint = "They are named on every closed record that goes over. Without anybody, nobody sees those."
        return {"person": person, "people": people, "asks": asks, "hint": hint}

    def _names(self, keys: list[UUID]) -> list[tuple[str, str]]:
        """Return who may be named: nobody names themselves."""
        others = [one for one in keys if one != self.by.user_id]
        users = User.objects.filter(pk__in=others).order_by("full_name", "pk")
        return [(str(one.pk), one.full_name) for one in users]

    def words(self, form: Any) -> list[str]:
        """What accepting it means."""
        given = form.cleaned_data
        people = User.objects.filter(pk__in=[*given.get("people", []), *filter(None, [given.get("person")])])
        names = ", ".join(people.order_by("full_name", "pk").values_list("full_name", flat=True))
        lines = [rules.EXPLAINED[self.offer.kind]]
        if self.offer.kind == rules.SEAT:
            seat = Seat.objects.select_related("qsg").get(pk=self.offer.thing)
            lines.append(
                f"{names} sits at {seat.qsg} for {self.offer.to}, from the day on which the body closes."
            )
        elif self.offer.kind == rules.PEOPLE:
            lines.append(f"Going over: {names or 'nobody'}.")
        elif self.offer.kind == rules.INTELLIGENCE:
            lines.append(f"Named on what is closed: {names or 'nobody; then nobody sees it'}.")
        return [*lines, "Nothing moves before the body closes; until then this can still be declined."]

    def perform(self, form: Any) -> str:
        """Accept it."""
        given = form.cleaned_data
        operations.accept(
            by=self.by,
            now=self.now,
            offer=self.offer,
            person=UUID(given["person"]) if given.get("person") else None,
            people=[UUID(one) for one in given.get("people", [])],
        )
        return self.back()[1]


class Decline(_OfOffer):
    """Something is declined, with a reason."""

    form_class = DeclineForm
    title = "Decline what is offered"
    submit = "Decline it"
    kind = "warning"

    def words(self, form: Any) -> list[str]:
        """What declining it means."""
        body = self.offer.succession.body
        return [
            f"{self.offer.to} does not take this over. {body} cannot close before somebody else does.",
            f"Your reason: {form.cleaned_data['reason']}",
        ]

    def perform(self, form: Any) -> str:
        """Decline it."""
        operations.decline(by=self.by, now=self.now, offer=self.offer, reason=form.cleaned_data["reason"])
        return self.back()[1]
