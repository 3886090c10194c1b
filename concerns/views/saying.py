"""What others say of a concern: reports of their own, comments, looks; and people's safety."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from access.models import Record
from access.principal import OWN_BODY, Place
from access.refusals import NotNow
from access.sight import visible_to
from access.views import FormPage, RecordFormPage
from audit.operations import record_reading
from clocks.showing import labelled
from concerns.forms.saying import CommentForm, LookForm, ReportForm, SafetyForm
from concerns.models import Concern, DangerFlag
from concerns.operations.looking import record_look
from concerns.operations.ringing import numbers_to_ring
from concerns.operations.safety import entries_of, record_safeguarding, safety_clocks, standing_of
from concerns.operations.saying import comment, corroborate, reports_on
from concerns.rules import danger
from concerns.rules.content import DANGER_WORDS
from concerns.rules.origins import OPPOSITE, STANCE_WORDS, TOO
from concerns.rules.states import check_open
from concerns.views.base import DeedPage, Looking
from notifications.inbox import things_of
from providers.models import SurveillanceLevel


class ReportPage(DeedPage):
    """Base of the two pages on which another body says what it sees."""

    abstract = True
    template = "concerns/report.jinja"
    form_class = ReportForm
    at_owner = False
    done = "Saved. The body that raised it is told."
    stance: ClassVar[str]

    def possible(self) -> None:
        """Another body, and an open concern."""
        check_open(self.thing.status)
        if self.thing.record.is_of(self.by):
            raise NotNow("Your own body raised this. Change the concern itself to say more.")

    def form_kwargs(self) -> dict[str, Any]:
        """Return the lists, and the reports that the person sees."""
        seen = [
            (str(one.pk), f"{one.record.owner}: {STANCE_WORDS[one.stance].lower()}")
            for one in reports_on(self.by, self.thing)
        ]
        return {"shelf": self.shelf, "reports": seen}

    def context(self) -> dict[str, Any]:
        """Return the words of the page."""
        return {**super().context(), "heading": STANCE_WORDS[self.stance]}

    def act(self, form: Any) -> str:
        """Say it."""
        corroborate(
            by=self.by,
            now=self.now,
            concern=self.thing,
            stance=self.stance,
            decided=form.decided,
            **form.said(),
        )
        return ""


class TooPage(ReportPage):
    """We see it too."""

    permission = "concern.corroborate"
    stance = TOO


class OppositePage(ReportPage):
    """We see the opposite."""

    permission = "concern.corroborate"
    stance = OPPOSITE


class CommentPage(Looking, DeedPage):
    """Say a word on a concern, to all its readers or to fewer."""

    permission = "concern.comment"
    template = "concerns/comment.jinja"
    form_class = CommentForm
    at_owner = False

    def possible(self) -> None:
        """Only an open concern is commented on."""
        check_open(self.thing.status)

    def form_kwargs(self) -> dict[str, Any]:
        """Return what finding people asks."""
        return {"near": frozenset(self.by.seats), "agency": self.by.agency_id, "now": self.now}

    def act(self, form: Any) -> str:
        """Say it."""
        comment(by=self.by, now=self.now, concern=self.thing, decided=form.decided, **form.said())
        return ""


class LookPage(DeedPage):
    """Write down who went to look, and what was found; or why nobody went."""

    permission = "concern.go_and_look"
    template = "concerns/look.jinja"
    form_class = LookForm
    at_owner = False

    def possible(self) -> None:
        """Only an open concern is looked into."""
        check_open(self.thing.status)

    def act(self, form: Any) -> str:
        """Write it down."""
        record_look(by=self.by, now=self.now, record=self.thing.record, decided=form.decided, **form.said())
        return ""


class LevelLookPage(RecordFormPage):
    """Write down who went to look for a level that wants more information."""

    permission = "concern.go_and_look"
    template = "concerns/look.jinja"
    form_class = LookForm
    kind = SurveillanceLevel
    thing: SurveillanceLevel

    def place(self) -> Place:
        """Return one's own body."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return where to go back to."""
        return {"back": (self.thing.title, self.thing.get_absolute_url())}

    def perform(self, form: Any) -> str:
        """Write it down."""
        record_look(by=self.by, now=self.now, record=self.thing.record, decided=form.decided, **form.said())
        messages.success(self.request, "Saved.")
        return self.thing.get_absolute_url()


class SafetyPage(FormPage):
    """The numbers to ring first, and who rang whom; of any record on which somebody may be in danger."""

    permission = "concern.read"
    template = "concerns/safety.jinja"
    form_class = SafetyForm
    record: Record
    flag: DangerFlag

    def find(self) -> None:
        """Fetch the record if it is in sight and was flagged; otherwise there is nothing here."""
        found = visible_to(self.by, Record.objects.select_related("owner"))
        record = found.filter(pk=self.kwargs["id"]).exclude(gate=Record.Gate.WITHDRAWN).first()
        flag = DangerFlag.objects.filter(record=record).select_related("by").first() if record else None
        if record is None or flag is None:
            raise Http404
        self.record, self.flag = record, flag

    @cached_property
    def thing(self) -> Any:
        """What the record is of."""
        return things_of([self.record.pk])[self.record.pk]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, and write that it was read."""
        record_reading(by=self.by, now=self.now, page="SafetyPage", record=self.record.pk)
        return super().get(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        """Offer what this person may write down: only the owner says whom it is about."""
        ours = self.record.is_of(self.by)
        return {
            "deeds": {code: words for code, words in danger.DEED_WORDS.items() if ours or code != danger.SAID}
        }

    def context(self) -> dict[str, Any]:
        """Return the numbers, what was done, and what is still to be done."""
        entries = entries_of(self.record)
        providers = list(self.record.about.values_list("provider_id", flat=True))
        groups = () if providers else self.by.seats.keys()
        known = standing_of(entries)
        return {
            "thing": self.thing,
            "numbers": numbers_to_ring(providers, now=self.now, groups=groups),
            "answer": DANGER_WORDS[self.flag.answer],
            "flag": self.flag,
            "entries": [self._entry(one) for one in entries],
            "lacks": [danger.TO_DO_WORDS[one] for one in known.lacks],
            "about": danger.ABOUT_WORDS.get(known.about, ""),
            "clocks": labelled(safety_clocks(self.record), self.now),
            "is_concern": isinstance(self.thing, Concern),
            "may_write": self.by.may("safeguarding.answer", at=OWN_BODY),
        }

    def _entry(self, one: Any) -> dict[str, Any]:
        said = [one.whom, danger.ABOUT_WORDS[one.about], danger.ROUTE_WORDS.get(one.route, "")]
        said.append(f"Reference {one.their_reference}" if one.their_reference else "")
        return {
            "at": one.happened_at,
            "recorded_at": one.recorded_at,
            "what": danger.DEED_WORDS[one.deed],
            "by": f"{one.by}, {one.agency}",
            "text": ". ".join(part for part in said if part),
        }

    def place(self) -> Any:
        """Return one's own body."""
        return OWN_BODY

    def perform(self, form: Any) -> str:
        """Write it down."""
        record_safeguarding(by=self.by, now=self.now, record=self.record, decided=form.decided, **form.said())
        messages.success(self.request, "Written down.")
        return reverse("concerns:safety", args=[self.record.pk])
