"""The pages of actions: my body's board, one action, and a page for each turn."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from access.models import Audience, Record
from access.principal import OWN_BODY, Place
from access.reach import Plan, by_body, plan_of, readers
from access.sight import visible_to
from access.views import FormPage, Page, RecordFormPage, RecordPage
from actions import forms, rules
from actions.models import Action, ActionComment, Turn
from actions.operations import (
    AskingSide,
    accept_action,
    agree_counter,
    ask_for_action,
    board,
    comment_on_action,
    comments_on,
    complete_action,
    counter_action,
    decline_action,
    keep_to_what_was_asked,
    powers_offered,
    record_progress,
    require_asked_side,
    require_asking_side,
    withdraw_action,
)
from actions.operations.asking import ORIGINS
from agencies.models import Agency
from clocks.models import Clock
from clocks.showing import look_of
from nhsuk.paging import page_of
from providers.models import Provider
from timekeeping.london import due_in_words, left_in_words, london_day


class BoardPage(Page):
    """What was asked of my body, and what my body asked of others: the soonest due first."""

    permission = "action.read"
    template = "actions/board.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show a page of the board, and write which actions were shown."""
        asked = request.GET.get("side", "")
        side = asked if asked in forms.SIDES else "of_us"
        chosen = forms.BoardFilter(request.GET)
        states, aim = chosen.wanted()
        found = board(self.by, side=side, state=states, aim=aim, now=self.now)
        page = page_of(found, moment="due_at", mark=request.GET.get("from", ""), soonest=True)
        self.read("BoardPage", shown=[one.pk for one in page.rows])
        return self.page(
            side=side,
            sides=forms.SIDES,
            filter=chosen,
            page=page,
            rows=[self._row(one, side) for one in page.rows],
        )

    def _row(self, action: Action, side: str) -> list[Any]:
        """Return the cells of one action."""
        other = action.asked if side == "by_us" else action.record.owner
        due = {"text": due_in_words(action.due_at), "note": left_in_words(action.due_at, self.now)}
        if action.status != rules.ACCEPTED:
            due.pop("note")
        bodies = f"{action.record.owner} asked {action.asked}" if side == "others" else str(other)
        return [
            {"text": action.title, "href": action.get_absolute_url(), "note": rules.AIMS[action.aim]},
            bodies,
            status_words(action, self.now),
            due,
            action.led_by or None,
        ]


def status_words(action: Action, now: Any) -> str:
    """Return where an action stands, in words; overdue is computed."""
    if rules.is_overdue(action.status, action.due_at, now):
        return "Overdue"
    if action.status == rules.ACCEPTED and action.rag:
        return f"{rules.STATUS_WORDS[action.status]}. {rules.RAGS[action.rag]}"
    return rules.STATUS_WORDS[action.status]


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
            "readers": self._readers(action),
        }

    def _buttons(self, action: Action) -> list[Button]:
        """Return the deeds that this person may do in this status."""
        asking = self.by.may("action.ask", at=AskingSide(action.record.owner_id, action.record.parent))
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

    def _readers(self, action: Action) -> list[dict[str, Any]]:
        """Return who sees it, by body and name, for the body that asked."""
        if self.by.agency_id != action.record.owner_id:
            return []
        return bodies_for_page(plan_of(action.record))


def turn_entry(turn: Turn) -> dict[str, Any]:
    """Return a turn as the timeline shows it."""
    said = [turn.text] if turn.deed != Turn.Deed.ASKED else []
    if turn.deed in (Turn.Deed.ASKED, Turn.Deed.COUNTERED, Turn.Deed.AGREED):
        said.insert(0, f"{turn.statement} By {due_in_words(turn.due_at)}." if turn.due_at else turn.statement)
    return {
        "at": turn.happened_at,
        "recorded_at": turn.recorded_at,
        "what": f"{turn.agency}: {Turn.Deed(turn.deed).label.lower()}",
        "by": str(turn.by or ""),
        "text": "\n\n".join(words for words in said if words),
    }


def comment_entry(comment: ActionComment) -> dict[str, Any]:
    """Return a comment as the timeline shows it."""
    record = comment.record
    narrowed = ", for their own body and the body that asked" if record.narrowed else ""
    return {
        "at": record.recorded_at,
        "what": f"{record.owner}{narrowed}",
        "by": str(record.recorded_by or ""),
        "text": comment.text,
    }


def origin_in_sight(by: Any, parent: uuid.UUID | None) -> Any:
    """Return what an action came from, where the reader sees it; None otherwise."""
    if parent is None:
        return None
    record = visible_to(by, Record.objects.filter(pk=parent)).first()
    return record.sighted if record else None


def bodies_for_page(plan: Plan) -> list[dict[str, Any]]:
    """Return who sees what a plan says, as the page's component takes it."""
    return [
        {"name": name, "count": len(people), "people": [one.name for one in people]}
        for name, people in by_body(readers(plan)).items()
    ]


class AskPage(FormPage):
    """Ask a body for action: first which body, then what."""

    permission = "action.ask"
    template = "actions/ask.jinja"
    form_class = forms.AskForm
    origin: Record | None = None
    about: list[uuid.UUID]

    def find(self) -> None:
        """Fetch what it comes from, if anything, and the body asked."""
        if "origin" in self.kwargs:
            found = visible_to(self.by, Record.objects.filter(gate__in=ORIGINS, parent=None))
            self.origin = found.filter(pk=self.kwargs["origin"]).first()
            if self.origin is None:
                raise Http404
            self.about = list(self.origin.about.values_list("provider_id", flat=True))
        elif "provider" in self.kwargs:
            if not Provider.objects.filter(pk=self.kwargs["provider"]).exists():
                raise Http404
            self.about = [self.kwargs["provider"]]
        else:
            self.about = []

    def place(self) -> Place:
        """Return one's own body, or the summit it comes from."""
        return AskingSide(self.by.agency_id, self.origin)

    @cached_property
    def asked(self) -> Agency | None:
        """The body chosen on the first page, if it was a real choice."""
        form = forms.ChooseBodyForm(data=self.request.GET)
        return form.cleaned_data["asked"] if form.is_valid() else None

    def form_kwargs(self) -> dict[str, Any]:
        """Return the chosen body's powers, and whom it may be about."""
        assert self.asked
        return {"powers": powers_offered(self.asked, london_day(self.now)), "about": self.about}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the body, then show the form."""
        if self.asked is None:
            return self._choose()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask."""
        if self.asked is None:
            return self._choose(status=422)
        return super().post(request, *args, **kwargs)

    def _choose(self, status: int = 200) -> HttpResponseBase:
        data = self.request.GET if "asked" in self.request.GET else None
        return self.page(status=status, choose=forms.ChooseBodyForm(data=data), form=None)

    def context(self) -> dict[str, Any]:
        """Return the body asked, where it comes from, and who will see it."""
        thing = self.origin.sighted if self.origin else None
        known = {
            "asked": self.asked,
            "origin": thing,
            "providers": Provider.objects.filter(pk__in=self.about),
        }
        return {**known, "readers": bodies_for_page(self._plan(self.asked)) if self.asked else []}

    def _plan(self, asked: Agency) -> Plan:
        """Return who will see it, before it is saved: everyone at the body asked, and those where it comes from."""
        groups = Audience.objects.filter(kind=Audience.Kind.AGENCY, agency=asked).values_list("pk", flat=True)
        return Plan(
            owner=self.by.agency_id or asked.pk,
            audiences=frozenset(groups),
            providers=frozenset(self.about),
            parent=plan_of(self.origin) if self.origin else None,
            parent_rule=Record.ParentRule.ADDS if self.origin else "",
        )

    def perform(self, form: Any) -> str:
        """Ask, and go to the action."""
        assert self.asked
        said = {"providers": None if self.origin else self.about, **form.said()}
        action = ask_for_action(
            by=self.by, now=self.now, asked=self.asked.pk, origin=self.origin, decided=form.decided, **said
        )
        messages.success(self.request, f"You asked {self.asked}. They will be told now.")
        return action.get_absolute_url()


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
    form_class: ClassVar[type[BaseForm]]

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
        seen = self.request.POST.get("seen", "")
        type(self).operation(
            by=self.by,
            now=self.now,
            action=self.thing,
            seen=int(seen) if seen.isdecimal() else 0,
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
        return AskingSide(self.thing.record.owner_id, self.thing.record.parent)


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
