"""The pages about one offer: a successor's people accept it, or decline it with a reason; who made it takes it back."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from access.sight import must_see
from accounts.models import User
from agencies.forms import NoFields
from agencies.holding import people_of
from agencies.models import Seat
from agencies.views.changing import ChangePage
from successions import operations, rules
from successions.forms import AcceptForm, DeclineForm
from successions.models import HandingOver
from successions.operations.answering import may_sit
from successions.reading import may_answer, may_offer, records_of, seats_of_the_portal, successions_seen
from successions.showing import called


class _OfOffer(ChangePage):
    """A deed with one offer, named by `id` in the address; absent for whose it is not."""

    abstract = True
    permission = "directory.read"
    offer: HandingOver

    def find(self) -> None:
        """Fetch the offer for whose deed it is, and who sees what it is."""
        offers = HandingOver.objects.select_related("succession__body", "to", "person")
        offer = offers.filter(
            pk=self.kwargs["id"], succession__in=successions_seen(self.by), state__in=rules.LIVE
        ).first()
        if offer is None or not self.is_theirs(offer):
            raise Http404
        for record in records_of([offer]).values():
            must_see(self.by, record)
        self.offer = offer
        self.what = called(self.by, offer)

    def is_theirs(self, offer: HandingOver) -> bool:
        """Say whether they answer for the body that it is offered to."""
        return may_answer(self.by, offer, seats_of_the_portal([offer.thing]))

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
        chosen = [str(one.pk) for one in self.offer.people.all()]
        initial = {"people": chosen}  # of people who were asked about before, who was to go over
        return {"person": person, "people": people, "asks": asks, "hint": hint, "initial": initial}

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


class TakeBack(_OfOffer):
    """What nobody has answered is offered no longer."""

    form_class = NoFields
    title = "Take an offer back"
    submit = "Take it back"
    kind = "warning"

    def is_theirs(self, offer: HandingOver) -> bool:
        """Say whether they make such offers."""
        return may_offer(self.by, offer.succession, offer.kind)

    def words(self, form: Any) -> list[str]:
        """What taking it back means."""
        there = self.offer.thing not in seats_of_the_portal(
            [self.offer.thing]
        )  # else the portal answers it, and is not told
        lines = [
            f"{self.offer.to} is offered this no longer.{' Those who could answer it there are told.' if there else ''}"
        ]
        if self.offer.kind == rules.ACTION:
            lines.append("They no longer see the action for that reason. The body that asked for it is told.")
        return [
            *lines,
            f"{self.offer.succession.body} cannot close before it is offered again, and accepted.",
        ]

    def perform(self, form: Any) -> str:
        """Take it back."""
        operations.take_offer_back(by=self.by, now=self.now, offer=self.offer)
        return self.back()[1]
