"""Who sees a visit or a request: the same choice as for a concern."""

from dataclasses import replace
from typing import Any

from access.models import Record
from access.reach import rooms_out_of_sight
from concerns.forms.sharing import AudienceForm, LessForm
from concerns.operations.places import groups_to_offer
from concerns.operations.sharing import foresee, live_shares
from concerns.views.base import Looking
from concerns.views.detail import share_words
from visits.forms import OnlyPeopleForm
from visits.models import InformationRequest, Visit
from visits.operations.sharing import share_request, share_visit, unshare_request, unshare_visit
from visits.views.base import DeedPage

ONLY_THE_NAMED = (
    "anyone who is not named (at your own body too)",
    "anyone with a declared interest in the provider",
)


class SharingPage(Looking, DeedPage):
    """Base of the pages on which it is chosen who sees it."""

    abstract = True

    def finding(self) -> dict[str, Any]:
        """Return what finding bodies and people by name asks."""
        return {"near": frozenset(self.by.seats), "agency": self.by.agency_id, "now": self.now}

    @property
    def by_name(self) -> bool:
        """Whether it is shown to people by name only."""
        return bool(self.thing.record.gate == Record.Gate.NAMED)


class SharePage(SharingPage):
    """Base: show it to more people, having seen who they are."""

    abstract = True
    template = "visits/share.jinja"
    form_class = AudienceForm
    heading = "Who else should see this?"
    submit = "Share it"
    done = "Shared. They see it from their next page on."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the groups on offer: those of the provider and of the own body, and their regions."""
        groups = groups_to_offer([self.thing.provider_id], self.thing.record.owner_id, self.now)
        return {**self.finding(), "groups": groups}

    def page(self, status: int = 200, **more: Any) -> Any:
        """Show who will see it then."""
        record = self.thing.record
        foreseen = foresee(owner=record.owner_id, choice=more["form"].choice(), providers=(), saved=record)
        if self.by_name:
            foreseen = replace(foreseen, not_them=ONLY_THE_NAMED)
        return super().page(status, foreseen=foreseen, by_name=self.by_name, **more)


class LessPage(SharingPage):
    """Base: end shares, and shut bodies out."""

    abstract = True
    template = "visits/less.jinja"
    form_class = LessForm
    heading = "Share this with fewer people"
    submit = "Save"
    done = "Saved. They no longer see it from their next page on."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the shares to choose from; what was put before a room is taken back there."""
        live = live_shares(self.thing.record)
        rooms = rooms_out_of_sight(self.by, [one.audience_id for one in live])
        shares = [(str(one.pk), share_words(one)) for one in live if one.audience_id not in rooms]
        return {**self.finding(), "shares": shares}


class ShareVisitPage(SharePage):
    """Show a visit to more people; an unannounced one by name only."""

    permission = "visit.plan"
    kind = Visit

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        """People only, where the visit is unannounced."""
        return OnlyPeopleForm if self.by_name else AudienceForm

    def act(self, form: Any) -> None:
        """Share it."""
        share_visit(by=self.by, now=self.now, visit=self.thing, choice=form.choice(), seen=self.seen)


class LessVisitPage(LessPage):
    """Show a visit to fewer people."""

    permission = "visit.plan"
    kind = Visit

    def act(self, form: Any) -> None:
        """End the shares."""
        shares, excluded = form.chosen()
        unshare_visit(
            by=self.by, now=self.now, visit=self.thing, shares=shares, excluded=excluded, seen=self.seen
        )


class ShareRequestPage(SharePage):
    """Show a request to more people."""

    permission = "information.ask"
    kind = InformationRequest

    def act(self, form: Any) -> None:
        """Share it."""
        share_request(by=self.by, now=self.now, request=self.thing, choice=form.choice(), seen=self.seen)


class LessRequestPage(LessPage):
    """Show a request to fewer people."""

    permission = "information.ask"
    kind = InformationRequest

    def act(self, form: Any) -> None:
        """End the shares."""
        shares, excluded = form.chosen()
        unshare_request(
            by=self.by, now=self.now, request=self.thing, shares=shares, excluded=excluded, seen=self.seen
        )
