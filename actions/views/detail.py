"""One action: where it stands, what was said, what the reader may do."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from access.principal import OWN_BODY, Place
from access.reach import plan_as_known, readers
from access.views import RecordFormPage, RecordPage
from actions import forms, rules
from actions.models import Action
from actions.operations import (
    AskingSide,
    comment_on_action,
    comments_on,
)
from actions.views.words import (
    bodies_for_page,
    comment_entry,
    origin_in_sight,
    origin_may_be_hidden,
    status_words,
    turn_entry,
)
from clocks.models import Clock
from clocks.showing import look_of


@dataclass(frozen=True)
class Button:
    """A deed that the reader may do now."""

    text: str
    page: str
    kind: str = "secondary"


class ActionPage(RecordPage):
    """One action: what is asked, where it stands, what was said, and what the reader may do."""

    permission = "action.read"
    template = "actions/detail.jinja"
    kind = Action

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return its parts, each only as far as it is in the reader's sight."""
        action: Action = self.thing
        return {
            "status": status_words(action, self.now),
            "overdue": rules.is_overdue(action.status, action.due_at, self.now),
            "aims": rules.AIMS,
            "risks": rules.RISKS,
            "power_words": rules.POWER_WORDS,
            "origin": origin_in_sight(self.by, action.record.parent_id),
            "providers": list(action.record.providers.all()),
            "buttons": self._buttons(action),
            "own_body": OWN_BODY,
            "clocks": self._clocks(action),
            "turns": [
                turn_entry(one) for one in action.turns.select_related("agency", "by").order_by("-number")
            ],
            "comments": [comment_entry(one) for one in comments_on(self.by, action)],
            **self._readers(action),
        }

    def _buttons(self, action: Action) -> list[Button]:
        """Return the deeds that this person may do in this status."""
        asking = self.by.may("action.ask", at=AskingSide.of(action.record))
        answering = self.by.may("action.answer", at=action.asked)
        working = self.by.may("action.progress", at=action.asked)
        offered = [
            (asking and action.status == rules.COUNTERED, Button("Agree to their proposal", "agree", "")),
            (asking and action.status == rules.COUNTERED, Button("Keep to what we asked", "keep")),
            (answering and action.status in rules.WAITING, Button("Accept", "accept", "")),
            (answering and action.status == rules.OFFERED, Button("Propose another way", "propose")),
            (answering and action.status in rules.WAITING, Button("Decline", "decline")),
            (working and action.status == rules.ACCEPTED, Button("Say that it is done", "done", "")),
            (working and action.status == rules.ACCEPTED, Button("Say how it is going", "progress")),
            (asking and action.status in rules.OUTSTANDING, Button("Withdraw this", "withdraw")),
        ]
        return [button for may, button in offered if may]

    def _clocks(self, action: Action) -> list[dict[str, Any]]:
        running = Clock.objects.filter(record=action.pk).order_by("started_at")
        return [{"clock": one, "look": look_of(one, self.now)} for one in running]

    def _readers(self, action: Action) -> dict[str, Any]:
        """Return who sees it, by body and name, for the body that asked, as far as the reader may know."""
        if not action.record.is_of(self.by):
            return {"readers": []}
        plan = plan_as_known(self.by, action.record)
        return {"readers": bodies_for_page(readers(plan)), "beyond": origin_may_be_hidden(plan)}


class CommentPage(RecordFormPage):
    """Say something about an action, without taking a turn."""

    permission = "action.comment"
    template = "actions/comment.jinja"
    kind = Action
    form_class = forms.CommentForm

    def place(self) -> Place:
        """Return one's own body: whoever sees it may say something."""
        return OWN_BODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form."""
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> str:
        """Say it, and go back to the action."""
        comment = comment_on_action(
            by=self.by,
            now=self.now,
            action=self.thing,
            text=form.cleaned_data["text"],
            narrowed=form.cleaned_data["narrowed"],
            decided=form.decided,
        )
        return comment.get_absolute_url()
