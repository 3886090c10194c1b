"""Of any record: why can I see it, who can, and who did."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.models import Record
from access.principal import OWN_BODY, PORTAL, Place, Principal
from access.reach import Reader, Reason, names_of, plan_as_known, readers, rooms_out_of_sight, why
from access.sight import owned, visible_to
from access.views import Page, RecordPage
from actions.views.words import origin_may_be_hidden
from agencies.finding import words_of
from audit.models import Line
from nhsuk.paging import page_of
from notifications.inbox import things_of
from qsg_portal.saying import sentences_of


class Owners:
    """Where a record is looked after: its owner, and a body that accepted it from its owner (visibility, example 24)."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def roles_of(self, principal: Principal) -> set[str]:
        """Return the roles held at one's own body, where it is one of these."""
        ours = Record.objects.filter(owned(principal, ""), pk=self.record.pk)
        return set(principal.agency_roles) if visible_to(principal, ours).exists() else set()


class AboutRecord(RecordPage):
    """Base of the pages about one record of any kind, named by ``id`` in the address."""

    abstract = True
    record: Record

    def find(self) -> None:
        """Fetch the record if it is in sight; otherwise it is absent."""
        found = visible_to(self.by, Record.objects.select_related("owner", "parent__parent__parent"))
        record = the(found.filter(pk=self.kwargs["id"]))
        self.record, self.thing = record, things_of([record.pk])[record.pk]
        self.reasons = why(self.by, record)

    def place(self) -> Place:
        """The owners: their people may ask who reads what is theirs."""
        return Owners(self.record)

    def context(self) -> dict[str, Any]:
        """The record, beside the thing itself."""
        return {"record": self.record}


class WhyPage(AboutRecord):
    """Why can I see this, in sentences."""

    permission = "access.why"
    template = "qsg_portal/why.jinja"

    def place(self) -> Place:
        """One's own body: whoever sees a record may ask why."""
        return OWN_BODY


class ReadersPage(AboutRecord):
    """Who can see this, by body and name, for the people of the body that looks after it."""

    permission = "audit.own"
    template = "qsg_portal/readers.jinja"

    def context(self) -> dict[str, Any]:
        """Every reader with the right that lets them in, as far as what gives it is in the asker's sight."""
        plan = plan_as_known(self.by, self.record)
        found = readers(plan)
        groups = {r.audience for one in found for r in one.reasons if r.audience}
        names = names_of(groups) | dict.fromkeys(rooms_out_of_sight(self.by, groups), WORDS["named"])
        bodies: dict[str, list[dict[str, str]]] = {}
        for one in found:
            bodies.setdefault(one.agency_name, []).append({"name": one.name, "why": _said(one, names)})
        return {
            **super().context(),
            "bodies": [{"name": name, "people": people} for name, people in bodies.items()],
            "count": len(found),
            "beyond": origin_may_be_hidden(plan),
        }


WORDS = {
    "owner": "works at the body that looks after it",
    "successor": "works at the body that took it over",
    "named": "named on it",
    "parent": "sees what it came from",
    "emergency": "emergency access",
    "safeguarding_lead": "safeguarding lead",
}


def _said(reader: Reader, names: dict[int, str]) -> str:
    return "; ".join(dict.fromkeys(_reason(one, names) for one in reader.reasons))


def _reason(reason: Reason, names: dict[int, str]) -> str:
    return WORDS[reason.code] if reason.audience is None else names.get(reason.audience, "shared with them")


class WhoSawThisPage(AboutRecord):
    """Who read this and did what to it, for the people of the body that looks after it."""

    permission = "audit.own"
    template = "qsg_portal/who_saw_this.jinja"

    def context(self) -> dict[str, Any]:
        """The log's lines about it: when it was opened, and where lists showed it."""
        shown = Q(detail__contains={"shown": [str(self.record.pk)]})
        about = Line.objects.filter(Q(record=self.record) | shown)
        lines = page_of(about, moment="at", mark=self.request.GET.get("from", ""))
        said = sentences_of(lines.rows, self.by, counted=False)
        return {**super().context(), "page": lines, "lines": said}


class WhoSawPage(Page):
    """Who saw what, for the auditor, who learns nothing of what it was."""

    permission = "audit.read"
    template = "qsg_portal/who_saw.jinja"

    def place(self) -> Place:
        """The portal: an auditor's role is held there."""
        return PORTAL

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the newest lines, or those of one person, body or deed."""
        wanted = {name: words_of(request.GET.get(name, "")) for name in ("person", "body", "deed")}
        lines = Line.objects.all()
        if wanted["person"]:
            lines = lines.filter(user__full_name__icontains=wanted["person"])
        if wanted["body"]:
            lines = lines.filter(agency__name__icontains=wanted["body"])
        if wanted["deed"]:
            lines = lines.filter(deed=wanted["deed"])
        page = page_of(lines, moment="at", mark=request.GET.get("from", ""))
        self.read("WhoSawPage", shown=[])
        return self.page(page=page, lines=sentences_of(page.rows, self.by, counted=True), wanted=wanted)
