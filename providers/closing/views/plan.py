"""The list of plans, the page of one, and the page on which one is made."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.models import Record
from access.principal import OWN_BODY, Place
from access.reach import plan_of, readers
from access.sight import visible_to
from access.views import FormPage, Page, RecordPage
from clocks.showing import look_of
from nhsuk.paging import page_of
from notifications.inbox import things_of
from providers.closing import rules
from providers.closing.forms import MakeForm
from providers.closing.operations import audiences_near, make_plan, require_making
from providers.closing.operations.reading import councils_of
from providers.models import ClosurePlan, PlacingCouncil, Provider
from timekeeping.london import london_day


class PlansPage(Page):
    """The plans in the reader's sight, the newest first."""

    permission = "closing.read"
    template = "providers/plans.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show a page of them, and write which were shown."""
        rows = visible_to(self.by, ClosurePlan.objects.select_related("record__owner", "provider"))
        found = page_of(rows, moment="record__recorded_at", mark=request.GET.get("from", ""))
        self.read("PlansPage", shown=[one.pk for one in found.rows])
        return self.page(found=found, states=rules.STATE_WORDS)


class PlanPage(RecordPage):
    """A plan: what ends and when, who is affected, which councils have read it, where people can go, what was done."""

    permission = "closing.read"
    template = "providers/plan.jinja"
    kind = ClosurePlan
    thing: ClosurePlan

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return the plan with its parts, each in its own fixed number of questions."""
        plan = self.thing
        councils = councils_of(plan)
        places = list(plan.places.filter(ended_at=None).select_related("provider"))
        children = visible_to(self.by, Record.objects.filter(parent=plan.pk)).order_by("recorded_at")
        things = things_of(children.values_list("pk", flat=True))
        told = {one.agency.name: (one.told_at is not None, one.confirmed_at is not None) for one in councils}
        untold, silent = rules.receipts(told)
        notes = plan.notes.select_related("by", "agency").order_by("-number")
        late = plan.expected_on is not None and plan.expected_on < london_day(self.now)
        return {
            "state_words": rules.STATE_WORDS[plan.state],
            "councils": [(one, self.receipt(one)) for one in councils],
            "ring": self.without_readers(councils),
            "untold": untold,
            "silent": [] if plan.is_over else silent,
            "places": places,
            "sums": rules.sums(
                people=plan.people,
                placed=[one.people for one in councils],
                places=[one.places for one in places],
            ),
            "day_has_passed": late and not plan.is_over,
            "notes": [{"note": one, "what": rules.DEED_WORDS[one.deed]} for one in notes],
            "tasks": [things[one.pk] for one in children if one.pk in things],
            **self.offers(councils),
        }

    def offers(self, councils: list[PlacingCouncil]) -> dict[str, bool]:
        """Return which deeds are offered to the reader: those of the owner, and the own council's receipt."""
        record, stands = self.thing.record, not self.thing.is_over
        waits = any(
            one.agency_id == self.by.agency_id and one.told_at and not one.confirmed_at for one in councils
        )
        keeps = self.by.may("closing.keep", at=record)
        return {
            "may_keep": stands and keeps,
            "may_note": keeps,
            "may_decide": stands and self.by.may("closing.decide", at=record),
            "may_ask": stands and self.by.may("action.ask", at=OWN_BODY),
            "may_confirm": stands and waits and self.by.may("closing.confirm", at=OWN_BODY),
        }

    def receipt(self, council: PlacingCouncil) -> Any:
        """Return how a council's receipt looks: its clock, where it was told."""
        return look_of(council.clock, self.now) if council.clock else None

    def without_readers(self, councils: list[PlacingCouncil]) -> set[Any]:
        """Return the councils at which nobody can read it here, be it for a conflict of interest, so that they are rung."""
        if not councils:
            return set()
        there = {one.agency_id for one in readers(plan_of(self.thing.record), emergency=False)}
        return {one.agency_id for one in councils} - there


class MakePage(FormPage):
    """Draft a plan about a provider."""

    permission = "closing.keep"
    template = "providers/make_plan.jinja"
    form_class = MakeForm
    provider: Provider

    def find(self) -> None:
        """Fetch the provider."""
        found = the(Provider.objects.filter(pk=self.kwargs["id"]))
        self.provider = found
        require_making(self.by, found)

    def form_kwargs(self) -> dict[str, Any]:
        """Return what the form offers."""
        near = audiences_near(self.provider, self.now, besides=self.by.agency_id)
        return {
            "places": self.provider.locations.order_by("name", "pk"),
            "near": {mark: one.words for mark, one in near.items()},
        }

    def context(self) -> dict[str, Any]:
        """Return whose plan it is."""
        return {"provider": self.provider}

    def perform(self, form: Any) -> str:
        """Draft it."""
        plan = make_plan(
            by=self.by, now=self.now, provider=self.provider, decided=form.decided, **form.said()
        )
        messages.success(self.request, "The plan is drafted. Name the councils that place people there next.")
        return plan.get_absolute_url()
