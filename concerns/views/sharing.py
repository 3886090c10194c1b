"""Sharing more, sharing less, and asking the owner to share."""

from typing import Any
from uuid import UUID

from access.reach import rooms_out_of_sight
from access.refusals import NotNow
from concerns.forms.sharing import AskForm, AudienceForm, LessForm
from concerns.operations.raising import groups_for
from concerns.operations.sharing import (
    ask_to_share,
    foresee,
    live_shares,
    share_less,
    share_more,
    words_that_go_with,
)
from concerns.rules.states import CLOSED, OPEN
from concerns.views.base import DeedPage, Looking
from concerns.views.detail import share_words


class SharingPage(Looking, DeedPage):
    """Base of the pages on which it is chosen who sees a concern."""

    abstract = True

    def possible(self) -> None:
        """What was raised and stands can be shared."""
        if self.thing.status not in (OPEN, CLOSED):
            raise NotNow("Only a concern that was raised, and still stands, can be shared.")

    def finding(self) -> dict[str, Any]:
        """Return what finding bodies and people by name asks."""
        return {"near": frozenset(self.by.seats), "agency": self.by.agency_id, "now": self.now}


class SharePage(SharingPage):
    """Share a concern with more people, having seen who they are."""

    permission = "concern.share"
    template = "concerns/share.jinja"
    form_class = AudienceForm
    done = "Shared. Those named, and those whose words go with it, are told."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the groups on offer."""
        return {**self.finding(), "groups": groups_for(self.thing, self.now)}

    def page(self, status: int = 200, **more: Any) -> Any:
        """Show who will see it then, and whose words go with it."""
        record = self.thing.record
        foreseen = foresee(owner=record.owner_id, choice=more["form"].choice(), providers=(), saved=record)
        return super().page(status, foreseen=foreseen, words=words_that_go_with(self.thing), **more)

    def act(self, form: Any) -> str:
        """Share it."""
        share_more(by=self.by, now=self.now, concern=self.thing, choice=form.choice(), seen=self.seen)
        return ""


class LessPage(SharingPage):
    """End shares, and shut bodies out."""

    permission = "concern.share"
    template = "concerns/less.jinja"
    form_class = LessForm
    done = "Saved. They no longer see it from their next page on."

    def form_kwargs(self) -> dict[str, Any]:
        """Return the shares to choose from; what was put before a room is taken back there."""
        live = live_shares(self.thing.record)
        rooms = rooms_out_of_sight(self.by, [one.audience_id for one in live])
        shares = [(str(one.pk), share_words(one)) for one in live if one.audience_id not in rooms]
        return {**self.finding(), "shares": shares}

    def act(self, form: Any) -> str:
        """End them."""
        shares, excluded = form.chosen()
        share_less(
            by=self.by, now=self.now, concern=self.thing, shares=shares, excluded=excluded, seen=self.seen
        )
        return ""


class AskPage(SharingPage):
    """A reader asks the owner to share further."""

    permission = "concern.comment"
    template = "concerns/ask.jinja"
    form_class = AskForm
    at_owner = False
    done = "Asked. The body that looks after it decides."

    def possible(self) -> None:
        """One's own concern is shared, not asked for."""
        super().possible()
        if self.thing.record.is_of(self.by):
            raise NotNow("Your own body looks after this concern, so it can share it itself.")

    def form_kwargs(self) -> dict[str, Any]:
        """Return what finding asks."""
        return self.finding()

    def act(self, form: Any) -> str:
        """Ask."""
        wish: dict[str, UUID | None] = form.chosen()
        ask_to_share(by=self.by, now=self.now, concern=self.thing, **wish)
        return ""
