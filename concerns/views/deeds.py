"""What the body that looks after a concern does with it: change, close, withdraw."""

from functools import cached_property
from typing import Any

from django.urls import reverse

from access.refusals import NotNow
from concerns.forms.raising import AmendForm, amend_initial
from concerns.forms.saying import CloseForm, WithdrawForm
from concerns.operations.changing import (
    amend_concern,
    close_concern,
    closing_outcomes,
    supersede_concern,
    withdraw_concern,
)
from concerns.operations.reading import present
from concerns.operations.ringing import numbers_to_ring
from concerns.operations.writing import content_of
from concerns.rules.content import IN_DANGER
from concerns.rules.states import CLOSED, OPEN, check_open
from concerns.rules.words import FIELD_WORDS
from concerns.views.base import DeedPage
from concerns.views.raising import RENAMED


class AmendPage(DeedPage):
    """Change what a concern says, or complete a quick note; the version before stays."""

    permission = "concern.amend"
    template = "concerns/amend.jinja"
    form_class = AmendForm
    done = "Saved. What it said before is kept."
    renamed = RENAMED

    def possible(self) -> None:
        """Only an open concern is changed."""
        check_open(self.thing.status)

    def form_kwargs(self) -> dict[str, Any]:
        """Return what it says now."""
        words = content_of(self.thing)
        return {
            "shelf": self.shelf,
            "now": self.now,
            "to_complete": self.thing.to_complete,
            "initial": amend_initial(words),
            "before": words.texts.values(),
        }

    def context(self) -> dict[str, Any]:
        """Return how it stands, for whoever was overtaken by somebody else's change; of a tombstone no word."""
        providers = self.thing.record.about.values_list("provider_id", flat=True)
        overtaken = self.request.method == "POST" and self.seen != self.thing.version
        stale = overtaken and self.thing.status == OPEN
        says = present(self.thing, ours=True, shelf=self.shelf) if stale else {}
        return {
            **super().context(),
            "stale": stale,
            "now_rows": [
                {"key": words, "value": says[name]} for name, words in FIELD_WORDS.items() if says.get(name)
            ],
            "numbers": numbers_to_ring(providers, now=self.now),
        }

    def act(self, form: Any) -> str:
        """Save the change."""
        was = self.thing.danger
        saved = amend_concern(
            by=self.by,
            now=self.now,
            concern=self.thing,
            content=form.content(),
            seen=self.seen,
            decided=form.decided,
        )
        newly = saved.danger in IN_DANGER and was not in IN_DANGER
        return reverse("concerns:safety", args=[saved.pk]) if newly else ""


class ClosePage(DeedPage):
    """Close a concern with what came of it."""

    permission = "concern.close"
    template = "concerns/close.jinja"
    form_class = CloseForm
    done = "Closed. Everyone who sees it reads what came of it."

    def possible(self) -> None:
        """Only an open concern is closed."""
        check_open(self.thing.status)

    @cached_property
    def outcomes(self) -> dict[str, str]:
        """The outcomes on offer."""
        return closing_outcomes(self.now)

    def form_kwargs(self) -> dict[str, Any]:
        """Return the outcomes."""
        return {"outcomes": self.outcomes}

    def act(self, form: Any) -> str:
        """Close it."""
        close_concern(
            by=self.by,
            now=self.now,
            concern=self.thing,
            seen=self.seen,
            decided=form.decided,
            **form.said(),
        )
        return ""


class WithdrawPage(DeedPage):
    """Take a concern back, or let another take its place."""

    permission = "concern.withdraw"
    template = "concerns/withdraw.jinja"
    form_class = WithdrawForm
    done = "Withdrawn. Those who read it are told."

    def possible(self) -> None:
        """What was raised and stands can be taken back."""
        if self.thing.status not in (OPEN, CLOSED):
            raise NotNow("Only a concern that was raised, and still stands, can be withdrawn.")

    def act(self, form: Any) -> str:
        """Withdraw it, or put the other one in its place."""
        said = form.said()
        replacement = said.pop("replacement")
        known = {
            "by": self.by,
            "now": self.now,
            "concern": self.thing,
            "seen": self.seen,
            "decided": form.decided,
        }
        if replacement.strip():
            supersede_concern(**known, **said, replacement=replacement)
        else:
            withdraw_concern(**known, **said)
        return ""
