"""A page for each turn that a side can take."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from access.principal import Place
from access.views import RecordFormPage, version_in
from actions import forms, rules
from actions.models import Action
from actions.operations import (
    AskingSide,
    accept_action,
    agree_counter,
    complete_action,
    counter_action,
    decline_action,
    keep_to_what_was_asked,
    record_progress,
    require_asked_side,
    require_asking_side,
    withdraw_action,
)
from actions.views.words import status_words


class TurnPage(RecordFormPage):
    """Base of the pages on which one side takes a turn."""

    abstract = True
    kind = Action
    template = "actions/turn.jinja"
    heading: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    then: ClassVar[str]
    given: ClassVar[str] = ""
    operation: ClassVar[Callable[..., Action]]
    form_class: type[BaseForm]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form while the turn can be taken; say why when it cannot."""
        rules.check_follows(self.thing.status, self.then, given=self.given)
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        """Return the action that the form is about."""
        return {"action": self.thing, "now": self.now}

    def context(self) -> dict[str, Any]:
        """Return the words of the page, and the version that it shows."""
        return {
            "heading": self.heading,
            "button": self.button,
            "aims": rules.AIMS,
            "status": status_words(self.thing, self.now),
            "seen": self.thing.turn,
        }

    def perform(self, form: Any) -> str:
        """Take the turn, and go back to the action."""
        type(self).operation(
            by=self.by,
            now=self.now,
            action=self.thing,
            seen=version_in(self.request.POST.get("seen", "")),
            decided=form.decided,
            **form.said(),
        )
        messages.success(self.request, self.done)
        return reverse("actions:detail", kwargs={"id": self.thing.pk})


class AnswerPage(TurnPage):
    """Base of the asked side's pages: only that body's people, by a sentence that says so."""

    abstract = True

    def find(self) -> None:
        """Fetch the action; refuse another body's people in words."""
        super().find()
        require_asked_side(self.by, self.thing, self.permission)

    def place(self) -> Place:
        """Return the body asked."""
        asked: Place = self.thing.asked
        return asked


class AskingPage(TurnPage):
    """Base of the asking side's pages."""

    abstract = True
    permission = "action.ask"

    def find(self) -> None:
        """Fetch the action; refuse anybody else's people in words."""
        super().find()
        require_asking_side(self.by, self.thing)

    def place(self) -> Place:
        """Return the body that asked, and the summit it came from."""
        return AskingSide.of(self.thing.record)


class AcceptPage(AnswerPage):
    """Accept what was asked."""

    permission = "action.answer"
    form_class = forms.AcceptForm
    heading, button, then = "Accept this action", "Accept", rules.ACCEPTED
    done = "Accepted. Its time is running, and the body that asked is told."
    operation = staticmethod(accept_action)


class DeclinePage(AnswerPage):
    """Decline, with a reason."""

    permission = "action.answer"
    form_class = forms.DeclineForm
    heading, button, then = "Decline this action", "Decline", rules.DECLINED
    done = "Declined. The body that asked is told why."
    operation = staticmethod(decline_action)


class CounterPage(AnswerPage):
    """Propose another way."""

    permission = "action.answer"
    form_class = forms.CounterForm
    heading, button, then = "Propose another way", "Propose this", rules.COUNTERED
    done = "Proposed. What was asked stands until they agree."
    operation = staticmethod(counter_action)


class ProgressPage(AnswerPage):
    """Say how it is going."""

    permission = "action.progress"
    form_class = forms.ProgressForm
    heading, button, then = "Say how it is going", "Save", rules.ACCEPTED
    given = rules.ACCEPTED
    done = "Saved. The body that asked is told."
    operation = staticmethod(record_progress)


class DonePage(AnswerPage):
    """Say that it is done, with the evidence."""

    permission = "action.progress"
    form_class = forms.DoneForm
    heading, button, then = "Say that it is done", "It is done", rules.DONE
    done = "Done. The body that asked is told."
    operation = staticmethod(complete_action)


class AgreePage(AskingPage):
    """Agree to the other way."""

    form_class = forms.AgreeForm
    heading, button, then = "Agree to their proposal", "Agree", rules.ACCEPTED
    given = rules.COUNTERED
    done = "Agreed. Its time is running, and they are told."
    operation = staticmethod(agree_counter)


class KeepPage(AskingPage):
    """Keep to what was asked."""

    form_class = forms.KeepForm
    heading, button, then = "Keep to what you asked", "Keep to it", rules.OFFERED
    given = rules.COUNTERED
    done = "They are asked again, as before, and told why."
    operation = staticmethod(keep_to_what_was_asked)


class WithdrawPage(AskingPage):
    """No longer ask for it."""

    form_class = forms.WithdrawForm
    heading, button, then = "Withdraw what you asked", "Withdraw it", rules.WITHDRAWN
    done = "Withdrawn. They are told why."
    operation = staticmethod(withdraw_action)
