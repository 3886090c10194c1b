"""The pages of the review: one body's people, the answers, and for the portal which bodies have answered."""

from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from access.refusals import NotNow
from access.views import Page
from agencies.forms import NoFields
from agencies.models import Agency
from agencies.places import PeopleOf
from agencies.reviews import operations, rules
from agencies.reviews.forms import END, RIGHT, AnswerForm
from agencies.reviews.reading import PersonLine, bodies_reviewed, body_lines, lines_of, newest_review
from agencies.roster import standing
from agencies.stand_ins import administrators_of
from agencies.views.changing import ChangePage
from clocks.rules.intervals import due_at
from clocks.timetable import Timetable
from nhsuk.paging import ListPage, page_by_name
from timekeeping.london import due_in_words, london_day

ASKED_AT_ONCE = 50
"""People on one form; the others follow when these are answered for."""


def _agency(page: Page) -> Agency:
    return the(Agency.objects.filter(pk=page.kwargs["id"]))


class ReviewPage(Page):
    """A body's people with their roles, seats, last sign-in and second factor, and what was said of each.

    For whoever looks after the body's people: its own administrators, and the portal's.
    """

    permission = "people.manage"
    template = "agencies/review.jinja"

    def find(self) -> None:
        """Fetch the body."""
        self.agency = _agency(self)

    def place(self) -> Place:
        """The body's people."""
        return PeopleOf(self.agency)

    def context(self) -> dict[str, Any]:
        """The people, and what is still to be said."""
        review, clock = newest_review(self.agency)
        lines = lines_of(self.agency, self.now)
        waiting = [line for line in lines if line.open]
        own = any(line.user.pk == self.by.user_id for line in waiting)
        administrators = administrators_of(self.agency.pk, now=self.now)[self.agency.pk]
        day = london_day(self.now)
        return {
            "agency": self.agency,
            "review": review,
            "quarter": rules.quarter_words(review.quarter) if review else "",
            "clock": clock,
            "lines": lines,
            "waiting": waiting,
            "others": [line for line in waiting if line.user.pk != self.by.user_id],
            "own": own,
            "alone": rules.alone(agency=self.agency.name, waiting=len(waiting) - 1)
            if own and administrators == [self.by.user_id]
            else "",
            "next": rules.next_quarter(day),
            "may_begin": self.by.may("membership.manage", at=PORTAL)
            and (review is None or review.quarter != rules.quarter_of(day))
            and self.agency.memberships.filter(standing(day)).exists(),
            "whole_portal": self.by.may("membership.manage", at=PORTAL),
        }


class _OfBody(ChangePage):
    """A change to one body's review."""

    abstract = True
    agency: Agency

    def find(self) -> None:
        """Fetch the body."""
        self.agency = _agency(self)

    def about(self) -> str:
        """The body's name."""
        return self.agency.name

    def back(self) -> tuple[str, str]:
        """Back to the review."""
        return "Back to the review", reverse("agencies:review", args=[self.agency.pk])


class BeginReview(_OfBody):
    """This quarter's review of a body is begun by hand, where it has not begun by itself."""

    permission = "membership.manage"
    form_class = NoFields
    title = "Begin this quarter's review"
    submit = "Begin the review"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def words(self, form: Any) -> list[str]:
        """What it will mean, and by when."""
        timetable = Timetable()
        due = due_at(operations.CLOCK, self.now, timetable.intervals(self.today), timetable.holidays())
        return [
            f"Everybody who acts for {self.agency} today is to be confirmed, or ended, by {due_in_words(due)}.",
            "Its administrators are told now, reminded, and whoever is not confirmed by then is suspended.",
        ]

    def perform(self, form: Any) -> str:
        """Begin it."""
        operations.begin_review(by=self.by, now=self.now, agency=self.agency)
        return self.back()[1]


class AnswerReview(_OfBody):
    """What is said of a body's people: still right, or it has ended. Nobody answers for themselves."""

    permission = "people.manage"
    form_class = AnswerForm
    title = "Are they still right?"
    submit = "Save these answers"

    def place(self) -> Place:
        """The body's people."""
        return PeopleOf(self.agency)

    def form_kwargs(self) -> dict[str, Any]:
        """The people of whom something is still to be said, oneself apart."""
        every = lines_of(self.agency, self.now)
        once = {line.user.pk: line for line in every if line.open and line.user.pk != self.by.user_id}
        self.lines: dict[Any, PersonLine] = dict(list(once.items())[:ASKED_AT_ONCE])
        if not self.lines and self.request.method == "GET":
            raise NotNow("There is nobody here of whom you have anything left to say. Nothing is waiting.")
        return {"lines": list(self.lines.values())}

    def words(self, form: Any) -> list[str]:
        """What each answer will mean."""
        agency = self.agency.name
        going = [
            rules.goes(
                person=line.user.full_name,
                agency=agency,
                suspended=line.person.state == rules.SUSPENDED,
                seats=sum(one.counts for one in line.seats),
            )
            for line in map(self.lines.__getitem__, form.said(END))
        ]
        staying = [
            rules.stays(
                person=line.user.full_name,
                agency=agency,
                back=line.roles if line.person.state == rules.SUSPENDED else (),
            )
            for line in map(self.lines.__getitem__, form.said(RIGHT))
        ]
        return going + staying

    def perform(self, form: Any) -> str:
        """Save the answers."""
        operations.answer_review(
            by=self.by, now=self.now, agency=self.agency, right=form.said(RIGHT), ended=form.said(END)
        )
        return self.back()[1]


class ReviewsPage(Page):
    """Which bodies have answered, for the portal's administrator."""

    permission = "membership.manage"
    template = "agencies/reviews.jinja"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def context(self) -> dict[str, Any]:
        """A page of bodies, each with how its review stands."""
        found = page_by_name(bodies_reviewed(), mark=self.request.GET.get("from", ""))
        return {
            "found": ListPage(body_lines(found.rows, self.now), found.newer, found.older),
            "next": rules.next_quarter(london_day(self.now)),
        }
