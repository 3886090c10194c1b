"""Home: what needs me today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DurationField, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponseBase

from access.models import Sighted
from access.newest import MOMENT, Newest
from access.principal import OWN_BODY, PORTAL, Principal
from access.roles import permissions_of
from access.sight import visible_to
from access.views import Page
from actions.models import Action
from agencies.interests.operations import owes_now
from agencies.models import QualitySurveillanceGroup
from agencies.operations import invitations_to
from agencies.reviews.models import ReviewedPerson
from agencies.reviews.operations import open_people
from agencies.reviews.reading import suspensions_of
from agencies.vacancies.reading import Attention
from clocks.models import Clock
from clocks.showing import Look, look_of, open_clocks
from clocks.timetable import Timetable
from concerns.models import Concern
from meetings.models import Meeting
from notifications.inbox import folded, lines_of, things_of
from providers.models import ClosurePlan, SurveillanceLevel
from qsg_portal.pages.administering import desk_of
from qsg_portal.pages.groups import attention_to
from risk_summits.models import RiskSummit
from successions.models import Succession
from successions.reading import successions_seen
from successions.rules import OPEN
from timekeeping.london import london_day

NEWS = 10
MINE = 15
CLOCKS = 50
OLD = timedelta(days=7)
NEW = timedelta(days=28)
NEWS_KINDS: tuple[type[Sighted], ...] = (Concern, RiskSummit, Action, SurveillanceLevel, ClosurePlan)
EVERYBODYS = ("risk_summit", "summit_room")
QUIET = ("views_reveal", "summit_alert")  # the inbox asks about an alert; a reveal asks nothing


@dataclass(frozen=True)
class Waiting:
    """A running or missed clock: what it is about, how it looks now, whether it waits for the reader or their body."""

    clock: Clock
    look: Look
    label: str
    title: str
    address: str
    mine: bool
    old: bool


class HomePage(Page):
    """What needs me today: what waits for my answer, clocks, what is new, what comes."""

    permission = "home.read"
    template = "qsg_portal/home.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; for a reader, write which records it showed."""
        always: dict[str, Any] = {
            "groups": self.groups(),
            "invitations": list(invitations_to(self.by, now=self.now)),
            "unconfirmed": self.unconfirmed(),
            "suspensions": self.suspensions(),
            "interests": owes_now(self.by, self.now),
            "attention": self.attention(),
            "successions": self.successions(),
            "desk": desk_of(self.now) if self.by.may("membership.manage", at=PORTAL) else None,
        }
        if not self.by.reads:
            return self.page(
                waiting=[], mine=[], others=[], old=[], offered=[], news=[], meetings=[], **always
            )
        clocks, offered, news, meetings = (
            clocks_of(self.by, self.now),
            self.offered(),
            self.news(),
            self.meetings(),
        )
        timed = {one.clock.pk for one in clocks}
        asked = lines_of(self.by, self.now, waiting=True)
        waiting = folded(line for line in asked if line.message.topic not in timed)
        shown = [one.clock.record_id for one in clocks]
        shown += [one.line.message.record_id for one in waiting if one.line.message.record_id]
        shown += [one.pk for one in (*offered, *news, *meetings)]
        self.read("HomePage", shown=dict.fromkeys(shown))
        return self.page(
            waiting=waiting,
            mine=[one for one in clocks if one.mine and not one.old],
            others=[one for one in clocks if not one.mine and not one.old],
            old=[one for one in clocks if one.old],
            offered=offered,
            news=news,
            meetings=meetings,
            **always,
            may_raise=self.by.may("concern.raise", at=OWN_BODY),
            may_trigger=self.by.may("summit.trigger", at=OWN_BODY),
        )

    def offered(self) -> list[Action]:
        """Actions that wait for this person's body: asked of it, or countered to it."""
        wait = Q(asked=self.by.agency_id, status=Action.Status.OFFERED) | Q(
            record__owner__in=[self.by.agency_id, *self.by.predecessors], status=Action.Status.COUNTERED
        )
        actions = Action.objects.filter(wait).select_related("record__owner", "asked")
        return list(visible_to(self.by, actions).order_by("due_at", "pk")[:MINE])

    def news(self) -> list[Any]:
        """The newest things in sight of the last four weeks, by any body."""
        since = self.now - NEW
        newest, take = [], Newest(self.by, since=since)
        for kind in NEWS_KINDS:
            new = kind._default_manager.filter(record__recorded_at__gte=since)
            seen = visible_to(self.by, new.select_related("record__owner"))
            newest += take(seen.order_by(f"-{MOMENT}", "-pk"), NEWS)
        return sorted(newest, key=lambda thing: thing.record.recorded_at, reverse=True)[:NEWS]

    def meetings(self) -> list[Meeting]:
        """The next meetings this person is invited to see."""
        coming = Meeting.objects.filter(status=Meeting.Status.SCHEDULED, ends_at__gte=self.now)
        return list(visible_to(self.by, coming).order_by("starts_at", "pk")[:5])

    def unconfirmed(self) -> int:
        """How many people of their own body wait for this person's word in its access review."""
        if not (self.by.agency_id and self.by.may("people.manage", at=OWN_BODY)):
            return 0
        people = open_people(self.by.agency_id, day=london_day(self.now)).exclude(user=self.by.user_id)
        return people.values("user").distinct().count()

    def suspensions(self) -> list[ReviewedPerson]:
        """Where this person is suspended; asked only of whoever acts for no body, as the suspended do."""
        if self.by.agency_id or not self.by.user_id:
            return []
        return list(suspensions_of(self.by.user_id))

    def attention(self) -> list[Attention]:
        """The groups that this person looks after by a seat and whose seats ask for something."""
        held = [pk for pk, kinds in self.by.seats.items() if "seat.watch" in permissions_of(kinds)]
        if not held:
            return []
        groups = list(QualitySurveillanceGroup.objects.filter(pk__in=held).order_by("name"))
        return [one for one in attention_to(groups, self.now) if one.vacancies or one.endings]

    def successions(self) -> list[Succession]:
        """The bodies that close, of those for which this person answers: their own, or one whose place theirs takes.

        An administrator of the portal reads of all of them with what else the portal needs.
        """
        answers = any(self.by.may(code, at=OWN_BODY) for code in ("succession.answer", "people.manage"))
        if not answers or self.by.may("membership.manage", at=PORTAL):
            return []
        return list(successions_seen(self.by).filter(state=OPEN).order_by("on", "pk")[:MINE])

    def groups(self) -> list[QualitySurveillanceGroup]:
        """The groups in which this person has a seat."""
        return list(QualitySurveillanceGroup.objects.filter(pk__in=self.by.seats).order_by("name"))


def clocks_of(by: Principal, now: datetime) -> list[Waiting]:
    """Return the open clocks that wait for this person, their body or a summit they see; missed ones first.

    One missed a week ago or more is old: it stays missed, and no longer stands before what can be done today.
    """
    mine = Q(responsible_agency=by.agency_id) | Q(responsible_person=by.user_id)
    summit = Q(record__kind__in=EVERYBODYS, responsible_agency=None, responsible_person=None)
    wanted = open_clocks(by).filter(mine | summit).exclude(family__in=QUIET)
    clocks = _nearest(wanted, now - OLD)
    timetable, today = Timetable(), london_day(now)
    things = things_of(one.record_id for one in clocks)
    found = [
        Waiting(
            clock=one,
            look=look_of(one, now),
            label=timetable.interval(one.kind, today).label,
            title=things[one.record_id].title,
            address=things[one.record_id].get_absolute_url(),
            mine=one.responsible_agency_id == by.agency_id or one.responsible_person_id == by.user_id,
            old=one.due_at < now - OLD,
        )
        for one in clocks
        if one.record_id in things
    ]
    return sorted(found, key=lambda one: one.look.state != "missed")


def _nearest(clocks: QuerySet[Clock], moment: datetime) -> list[Clock]:
    """Return those due from a moment on, the first due first, then those due before it, the last due first."""
    away = Case(
        When(past=True, then=Value(moment) - F("due_at")),
        default=F("due_at") - Value(moment),
        output_field=DurationField(),
    )
    place = Window(RowNumber(), partition_by=["past"], order_by=[away, "pk"])
    ranked = clocks.annotate(past=Q(due_at__lt=moment)).annotate(place=place)
    return list(ranked.filter(place__lte=CLOCKS).order_by("past", "place"))
