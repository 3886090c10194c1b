"""Keeping the call list: who was told by telephone, who else is called, who is in the room."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from access.finding import the
from access.models import Listing
from access.refusals import NotNow
from access.sight import visible_to
from accounts.models import User
from agencies.models import Membership
from agencies.rules import READING_ROLES
from agencies.stand_ins import standing
from clocks.models import Clock
from risk_summits.forms.calling import CallBodyForm, ListPersonForm, ToldForm
from risk_summits.operations import call_body, list_person, tell_by_phone
from risk_summits.operations.alerting import FAMILY, alert_for, alert_messages
from risk_summits.views.base import RoomFormPage


class ToldPage(RoomFormPage):
    """Told by phone: who, when, by whom."""

    permission = "summit.call"
    form_class = ToldForm
    heading = "Told by phone"
    intro = "Saving this counts as reached, from the moment of the call."
    button = "Save the call"
    done = "Saved: told by phone."
    anchor = "call-list"
    alert: Clock

    def find(self) -> None:
        """Fetch the alert of the address, in this room or its headline."""
        super().find()
        alerts = Clock.objects.select_related("responsible_agency", "responsible_person")
        found = the(
            visible_to(self.by, alerts, through="record").filter(
                pk=self.kwargs["clock"], family=FAMILY, record_id__in=[self.thing.pk, self.thing.summit_id]
            )
        )
        self.alert = found

    def possible(self) -> None:
        """An alert that nobody has answered."""
        if not self.alert.is_open:
            raise NotNow("They have been reached already. Nothing more is needed.")

    def form_kwargs(self) -> dict[str, Any]:
        """Return whom the alert is for."""
        return {"people": alert_for(self.alert)}

    def context(self) -> dict[str, Any]:
        """Return whom the alert is for."""
        whom = self.alert.responsible_agency or self.alert.responsible_person
        return {**super().context(), "page_heading": f"Told by phone: {whom}"}

    def act(self, form: Any) -> None:
        """Record the call."""
        said = form.told()
        if said["person"] and not alert_messages([self.alert.pk]).filter(recipient=said["person"]).exists():
            said |= {"person": None, "whom": User.objects.get(pk=said["person"]).full_name}
        tell_by_phone(clock=self.alert.pk, **said, **self.known())


class CallBodyPage(RoomFormPage):
    """Call another body, or mark one as one that must be there."""

    permission = "summit.call"
    form_class = CallBodyForm
    heading = "Call another body"
    intro = "Its people will see everything in this room: the reasons, the judgements, and the views once revealed."
    button = "Call this body"
    done = "Done. A body called now is being told."
    anchor = "call-list"

    def form_kwargs(self) -> dict[str, Any]:
        """Start from the body of the address, where one is named."""
        wanted = self.request.GET.get("body", "")
        held = next((one for one in self.called if str(one.agency_id) == wanted), None)
        initial = {"agency": held.agency_id, "why": held.why, "essential": held.essential} if held else {}
        return {"initial": initial}

    def act(self, form: Any) -> None:
        """Call it."""
        call_body(**form.told(), **self.known())


class ListPersonPage(RoomFormPage):
    """List somebody of any body called: for those who call."""

    permission = "summit.call"
    form_class = ListPersonForm
    heading = "List a person"
    intro = "They see everything in this room, while they and their body are in it."
    button = "List this person"
    done = "This person is listed for the room now."
    anchor = "call-list"

    def bodies(self) -> Iterable[UUID]:
        """Return the bodies whose people can be listed."""
        return [one.agency_id for one in self.called]

    def form_kwargs(self) -> dict[str, Any]:
        """Return the people who read intelligence at those bodies and are not listed."""
        here = Listing.objects.filter(summit=self.thing.pk, ended_at=None).values("user_id")
        people = Membership.objects.filter(
            standing(self.now), agency__in=list(self.bodies()), role__in=READING_ROLES, user__is_active=True
        ).exclude(user_id__in=here)
        rows = people.select_related("user", "agency").order_by("agency__name", "user__full_name")
        found = {(one.user_id, one.agency_id): f"{one.user.full_name}, {one.agency}" for one in rows}
        return {"people": [(user, agency, words) for (user, agency), words in found.items()]}

    def act(self, form: Any) -> None:
        """List them."""
        list_person(**form.told(), **self.known())


class BringPage(ListPersonPage):
    """List somebody of one's own body: for its leads."""

    permission = "summit.bring"
    at_room = False
    heading = "Bring somebody of your body"

    def bodies(self) -> Iterable[UUID]:
        """Return one's own body, if it was called."""
        return [one.agency_id for one in self.called if one.agency_id == self.by.agency_id]
