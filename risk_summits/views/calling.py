"""Calling a risk summit: three lines, then who is called."""

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from access.views import FormPage
from accounts.models import User
from agencies.finding import uuid_of
from agencies.models import Agency, Membership
from agencies.stand_ins import standing
from concerns.forms.finding import LOOK
from concerns.operations.ringing import numbers_to_ring
from concerns.rules.content import IN_DANGER
from providers.models import Provider
from reference.operations import latest
from risk_summits.forms.calling import TriggerForm
from risk_summits.operations.people import conflicted, representatives, seats_of
from risk_summits.operations.trigger import check_may_trigger, trigger_summit


class TriggerPage(FormPage):
    """Call a risk summit: the three lines; then the call list, who will be told, and the button that calls."""

    permission = "summit.trigger"
    template = "risk_summits/trigger.jinja"
    form_class = TriggerForm

    def find(self) -> None:
        """Say who can call one, to those who cannot."""
        check_may_trigger(self.by, self.now)

    def form_kwargs(self) -> dict[str, Any]:
        """Return who calls, when, and the provider of the address."""
        asked = uuid_of(self.request.GET.get("provider", ""))
        found = Provider.objects.filter(pk=asked).first() if asked else None
        initial = {"provider": str(found.pk), "provider_words": found.name} if found else {}
        return {"by": self.by, "now": self.now, "initial": initial}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the provider; show the call list; or call the summit."""
        form = TriggerForm(data=request.POST, **self.form_kwargs())
        once = request.POST.get("once") or uuid.uuid4()
        if LOOK in request.POST:
            form.look()
            return self.page(form=form, once=once)
        if form.listed:
            return super().post(request, *args, **kwargs)
        if not form.is_valid():
            return self.page(status=422, form=form, once=once)
        fresh = TriggerForm(by=self.by, now=self.now, initial=form.kept())
        return self.page(
            form=fresh, once=once, carried=sorted(form.decided), again="listed" in request.POST, listing=True
        )

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        """Show the form; with the list, when it was asked for, and who will be told."""
        form: TriggerForm = more["form"]
        listing = more.pop("listing", False) or form.listed
        danger = form.typed_text("danger") in IN_DANGER
        known = self._told(form) if listing else {}
        return super().page(
            status,
            listing=listing,
            danger=danger,
            numbers=numbers_to_ring([form.about.pk] if form.about else [], now=self.now),
            **known,
            **more,
        )

    def _told(self, form: TriggerForm) -> dict[str, Any]:
        """Return who will be told: of the headline by body, and of the room by name, beside each body."""
        people = self._listed(form)
        users = {user for held in people.values() for user in held}
        names = {one.pk: one.full_name for one in User.objects.filter(pk__in=users)}
        told = {
            agency: ", ".join(sorted(names[user] for user in held if user in names))
            for agency, held in people.items()
        }
        ring = self._to_ring([one.agency for one in form.proposed if not told.get(one.agency.pk)])
        words = {
            one.agency.pk: f"{one.why[:1].upper()}{one.why[1:]}. "
            + (f"Told: {told[one.agency.pk]}." if told.get(one.agency.pk) else ring[one.agency.pk])
            for one in form.proposed
        }
        form.fields["called"].choice_hints = {str(key): text for key, text in words.items()}  # type: ignore[attr-defined]
        return {
            "always": [(one.agency.name, words[one.agency.pk]) for one in form.proposed if one.always],
            "seats": self._seats(form),
            "no_number": any("no number is recorded" in text for text in words.values()),
            "about_words": self._about_words(form),
        }

    def _about_words(self, form: TriggerForm) -> str:
        """Return whom the summit is about, in full: a code says nothing to whoever is about to call."""
        assert form.about
        kinds = latest("provider_kinds")
        kind = str(kinds[form.about.kind]["label"]) if form.about.kind in kinds else ""
        return ", ".join(one for one in (kind, form.about.town, form.about.ods_code or "") if one)

    def _to_ring(self, agencies: Sequence[Agency]) -> dict[UUID, str]:
        """Return, for bodies of whom nobody is told, why that is and which number to ring."""
        current = Membership.objects.filter(standing(self.now), user__is_active=True, agency__in=agencies)
        have = set(current.values_list("agency_id", flat=True))

        def words(one: Agency) -> str:
            why = (
                "Nobody there is a lead or holds a cleared seat"
                if one.pk in have
                else "Nobody there has an account"
            )
            number = one.telephone or one.out_of_hours_telephone
            where = f"ring {number}" if number else "ring; no number is recorded here, so look for one below"
            return f"{why}, so nobody is told: {where}."

        return {one.pk: words(one) for one in agencies}

    def _listed(self, form: TriggerForm) -> dict[UUID, set[UUID]]:
        """Return the people who will be in the room, by body."""
        assert form.about
        assert form.group
        tier = form.group.team.parent
        people = representatives(
            [one.agency.pk for one in form.proposed],
            form.group,
            form.about.pk,
            self.now,
            only_told=None if tier and tier.pk == self.by.agency_id else tier,
        )
        if self.by.agency_id in people and self.by.user_id:
            people[self.by.agency_id] |= {self.by.user_id}
        return people

    def _seats(self, form: TriggerForm) -> list[dict[str, Any]]:
        """Return the seats of the group that may receive restricted items, by body: they hear that it is open."""
        assert form.about
        assert form.group
        shut_out = conflicted(form.about.pk, self.now)[1]
        bodies: dict[str, list[str]] = {}
        seats = seats_of(form.group, self.now).filter(cleared=True).exclude(user_id__in=shut_out)
        for seat in seats.order_by("agency__name", "user__full_name"):
            bodies.setdefault(seat.agency.name, []).append(seat.user.full_name)
        return [
            {"name": name, "count": len(held), "people": list(dict.fromkeys(held))}
            for name, held in bodies.items()
        ]

    def perform(self, form: Any) -> str:
        """Call it, and go to the room."""
        summit = trigger_summit(by=self.by, now=self.now, said=form.said())
        messages.success(
            self.request, "The risk summit is called. Everyone on the call list is being told now."
        )
        return summit.get_absolute_url()
