"""People: who they are at the portal, what they may do, and through what things reach them."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from access.finding import the
from access.models import Conflict
from access.principal import OWN_BODY, PORTAL, Place
from access.views import Page
from accounts.factors import with_second_factor, without_second_factor
from accounts.models import User
from agencies import rules
from agencies.finding import nearest, words_of
from agencies.forms import PeopleFilter
from agencies.interests.reading import Line, lines_of
from agencies.models import Agency, Membership
from agencies.places import NOBODY, SOME_PEOPLE
from agencies.reviews.reading import suspensions_of
from agencies.roster import not_over, seat_lines, standing
from nhsuk.paging import ListPage, page_by_name
from timekeeping.london import Span, london_day


def whole_portal(page: Page) -> bool:
    """Whether the person looks after everybody at the portal."""
    return page.by.may("people.manage", at=PORTAL)


def people_in_charge(page: Page) -> QuerySet[User]:
    """The people whom the person looks after: their body's, or everybody."""
    people = User.objects.all()
    if whole_portal(page):
        return people
    today = london_day(page.now)
    held = Membership.objects.filter(not_over(today), agency_id=page.by.agency_id or NOBODY)
    return people.filter(pk__in=held.values("user_id"))


def bodies_in_charge(page: Page) -> QuerySet[Agency]:
    """The bodies whose people the person looks after."""
    agencies = Agency.objects.filter(closed_on__isnull=True)
    return agencies if whole_portal(page) else agencies.filter(pk=page.by.agency_id or NOBODY)


class PeoplePage(Page):
    """The people whom an administrator looks after."""

    permission = "people.manage"
    template = "agencies/people.jinja"

    def place(self) -> Place:
        """One's own body's people, or everybody."""
        return SOME_PEOPLE

    def context(self) -> dict[str, Any]:
        """The people found, or a page of them, with the body each acts for today."""
        words = words_of(self.request.GET.get("q", ""))
        without = "yes" if self.request.GET.get("without") else ""
        people = people_in_charge(self)
        if without:
            people = people.filter(without_second_factor(), is_active=True)
        if words:
            rows = nearest(
                people, field="full_name", words=words, exact=Q(email__iexact=words), name="full_name"
            )
            found = ListPage(rows, "", "")
        else:
            found = page_by_name(people, name="full_name", mark=self.request.GET.get("from", ""))
        held = Membership.objects.filter(standing(london_day(self.now)), user__in=found.rows)
        return {
            "filter": PeopleFilter(initial={"q": words, "without": bool(without)}),
            "without": without,
            "factors": with_second_factor(one.pk for one in found.rows),
            "found": found,
            "bodies": {each.user_id: each.agency for each in held.select_related("agency")},
            "words": words,
            "own_body": self.by.agency_id if self.by.may("people.manage", at=OWN_BODY) else None,
            "whole_portal": whole_portal(self),
        }


class PersonPage(Page):
    """One person: roles, seats, posts and conflicts, and through which of them things reach them."""

    permission = "people.manage"
    template = "agencies/person.jinja"

    def place(self) -> Place:
        """One's own body's people, or everybody."""
        return SOME_PEOPLE

    def find(self) -> None:
        """Fetch the person; those of other bodies are absent."""
        self.person = the(people_in_charge(self).filter(pk=self.kwargs["id"]))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show them; that another person's ties were read is written in the log."""
        ties = Conflict.objects.filter(not_over(london_day(self.now)), user=self.person)
        ordered = ties.select_related("provider").order_by("provider__name", "starts_on", "pk")
        self.conflicts: list[Line] = lines_of(ordered)
        if self.conflicts and self.person.pk != self.by.user_id:
            self.read("PersonPage", shown=[key for line in self.conflicts for key in line.keys])
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Everything that stands or will, and what has ended."""
        today = london_day(self.now)
        held = list(self.person.memberships.select_related("agency").order_by("agency__name", "starts_on"))
        seats = seat_lines(self.person.seats.all(), today)
        return {
            "person": self.person,
            "factor": self.person.pk in with_second_factor([self.person.pk]),
            "today": today,
            "roles": [each for each in held if each.ends_on is None or each.ends_on > today],
            "past": [each for each in held if each.ends_on is not None and each.ends_on <= today],
            "portal_roles": self.person.portal_roles.filter(not_over(today)),
            "seats": seats,
            "posts": self.person.posts.filter(not_over(today)).select_related("agency", "area"),
            "conflicts": self.conflicts,
            "suspensions": suspensions_of(self.person.pk),
            "reaches": self._reaches(held, seats, today),
            "whole_portal": whole_portal(self),
            "own": self.person.pk == self.by.user_id,
        }

    def _reaches(self, held: list[Membership], seats: list[Any], today: date) -> list[str]:
        """What can reach the person, by right and never by record."""
        if not self.person.is_active:
            return ["Nothing: the account is closed."]
        current = [each for each in held if Span(each.starts_on, each.ends_on).holds(today)]
        reading = {each.agency.name for each in current if each.role in rules.READING_ROLES}
        said = [f"What {name} owns, and what is shared with it by name." for name in sorted(reading)]
        for line in seats:
            if line.counts:
                more = ", restricted items too" if line.seat.cleared else ""
                said.append(f"What is shared with everyone who has a seat at {line.seat.qsg}{more}.")
        return said or ["Nothing: no role that reads intelligence stands today."]
