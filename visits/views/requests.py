"""The register of requests for information: the list, one request, asking, and what becomes of it."""

from typing import Any

from access.principal import OWN_BODY
from access.views import Page
from nhsuk.paging import page_of
from timekeeping.london import day_in_words, london_day
from visits.forms import ANY, AnsweredForm, AskProviderForm, RequestsFilter, WhyForm
from visits.models import InformationRequest
from visits.operations.asking import ask_provider, record_answer, withdraw_request
from visits.operations.reading import held_already, load_before_asking, requests_seen
from visits.rules import asking
from visits.views.base import AboutProvider, DeedPage, ReadPage, WarnsFirst, provider_in

MOST_HELD = 20


class RequestsPage(Page):
    """Who asked which provider for what, as far as the reader sees."""

    permission = "information.read"
    template = "visits/requests.jinja"

    def context(self) -> dict[str, Any]:
        """Return a page of requests, the newest first."""
        asked = self.request.GET
        chosen = RequestsFilter(asked)
        provider = provider_in(asked)
        narrowed = {name: value for name, value in chosen.wanted.items() if value != ANY}
        rows = requests_seen(
            self.by,
            provider=provider.pk if provider else None,
            kind=narrowed.get("kind", ""),
            status=narrowed.get("status", ""),
        )
        page = page_of(rows, moment="record__recorded_at", mark=asked.get("from", ""))
        self.read("RequestsPage", shown=[one.pk for one in page.rows])
        return {
            "filter": chosen,
            "provider": provider,
            "page": page,
            "rows": [self.cells(one) for one in page.rows],
            "query": {**chosen.wanted, **({"provider": str(provider.pk)} if provider else {})},
            "may_ask": provider is not None and self.by.may("information.ask", at=OWN_BODY),
        }

    def cells(self, one: InformationRequest) -> list[Any]:
        """Return a request as a row of the table."""
        late = asking.is_late(one.status, one.due_on, london_day(self.now))
        return [
            {"text": one.get_kind_display(), "href": one.get_absolute_url(), "note": one.period},
            one.provider.name,
            str(one.record.owner),
            {"text": "Overdue" if late else one.get_status_display(), "note": one.held_where},
            day_in_words(one.due_on),
        ]


class RequestPage(ReadPage):
    """One request: what for, by when, and where the answer is held."""

    permission = "information.read"
    template = "visits/request.jinja"
    kind = InformationRequest
    thing: InformationRequest

    def context(self) -> dict[str, Any]:
        """Return the request, and what may be done."""
        return {
            "status": asking.REQUEST_WORDS[self.thing.status],
            "late": asking.is_late(self.thing.status, self.thing.due_on, london_day(self.now)),
            "ours": self.thing.record.is_of(self.by),
            "may_change": self.by.may("information.ask", at=self.thing.record),
        }


class AskProviderPage(WarnsFirst, AboutProvider):
    """Ask a provider for information; before, who holds the same already."""

    permission = "information.ask"
    template = "visits/ask.jinja"
    form_class = AskProviderForm

    def form_kwargs(self) -> dict[str, Any]:
        """Start from today."""
        return {"initial": {"asked_on": london_day(self.now)}}

    def said_before(self, form: Any) -> dict[str, Any]:
        """Return who holds the same in the reader's sight, and whether the provider is asked much."""
        wish = form.wish()
        if wish.covers_to < wish.covers_from:
            return {}  # the operation says so
        held = held_already(self.by, self.provider.pk, wish.kind, wish.covers_from, wish.covers_to)
        found = list(held.select_related("changed_by").order_by("-asked_on", "pk")[:MOST_HELD])
        weight = load_before_asking(self.by, self.provider, wish.due_on)
        if not found and weight is None:
            return {}
        self.read("AskProviderPage", shown=[one.pk for one in found])
        return {"held": found, "load": weight}

    def perform(self, form: Any) -> str:
        """Enter it."""
        made = ask_provider(
            by=self.by, now=self.now, provider=self.provider, wish=form.wish(), decided=form.decided
        )
        return made.get_absolute_url()


class RequestDeed(DeedPage):
    """Base of the deeds with one request."""

    abstract = True
    permission = "information.ask"
    kind = InformationRequest
    thing: InformationRequest
    then: str

    def possible(self) -> None:
        """Say why it cannot be done, where it cannot."""
        asking.check_follows(self.thing.status, self.then)


class AnsweredPage(RequestDeed):
    """Say that the provider answered, and where that is held."""

    form_class = AnsweredForm
    heading = "The provider answered"
    submit = "Save"
    done = "Saved. Whoever sees this request knows whom to ask."
    then = asking.ANSWERED

    def act(self, form: Any) -> None:
        """Say so."""
        record_answer(
            by=self.by,
            now=self.now,
            request=self.thing,
            answered_on=form.cleaned_data["answered_on"],
            held_where=form.cleaned_data["held_where"],
            seen=self.seen,
            decided=form.decided,
        )


class WithdrawPage(RequestDeed):
    """No longer ask for it."""

    form_class = WhyForm
    heading = "No longer ask for this"
    submit = "Withdraw the request"
    done = "It is withdrawn."
    then = asking.WITHDRAWN

    def act(self, form: Any) -> None:
        """Withdraw it."""
        withdraw_request(
            by=self.by,
            now=self.now,
            request=self.thing,
            why=form.cleaned_data["why"],
            seen=self.seen,
            decided=form.decided,
        )
