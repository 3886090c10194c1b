"""The contacts: found by role, body, topic and place; and a post with its history."""

from datetime import date
from typing import Any

from access.finding import the
from access.sight import visible_to
from access.views import Page
from agencies.contacts import reading
from agencies.contacts.forms import ContactFilter
from agencies.contacts.models import DirectorMeeting, Post, PostCode
from agencies.finding import words_of
from agencies.places import PeopleOf
from nhsuk.paging import page_by_name
from timekeeping.london import london_day


class ContactsPage(Page):
    """Whom to ring for what, and where: by role, body, topic and name, for a council, town, region or area team."""

    permission = "directory.read"
    template = "agencies/contacts.jinja"

    def context(self) -> dict[str, Any]:
        """What was found, nearest first; without a question, everybody by body, a page at a time."""
        asked = self.request.GET
        words, place = words_of(asked.get("q", "")), words_of(asked.get("place", ""))
        post = asked.get("post", "") if asked.get("post") in PostCode.values else ""
        today = london_day(self.now)
        rows = reading.contacts_on(today)
        if post:
            rows = rows.filter(post=post)
        found: dict[str, Any] = {"found": None, "here": [], "wider": [], "where": None}
        if place:
            where = reading.place_called(place, today)
            named = reading.called(rows, words) if words else rows.order_by("agency__name", "post", "pk")
            found["where"] = where
            found["here"] = list(where.posts_here(named)[: reading.MOST])
            found["wider"] = list(where.posts_wider(named)[: reading.MOST])
        elif words:
            found["here"] = list(reading.called(rows, words)[: reading.MOST])
        else:
            found["found"] = page_by_name(rows, name="agency__name", mark=asked.get("from", ""))
        given = {"q": words, "place": place, "post": post}
        return {"filter": ContactFilter(initial=given), "narrowed": given, **found}


class PostPage(Page):
    """A post: who holds it, who stands in, how they are rung, and who held it before."""

    permission = "directory.read"
    template = "agencies/post.jinja"

    def find(self) -> None:
        """Fetch the post; a stand-in has the page of the post itself."""
        of = Post.objects.select_related(
            "user", "agency", "area", "stands_in_for__agency", "stands_in_for__area"
        )
        held = the(of.filter(pk=self.kwargs["id"]))
        self.held: Post = held.stands_in_for or held

    def context(self) -> dict[str, Any]:
        """The post, its history, and the meeting of a new Director where that is in sight."""
        today = london_day(self.now)
        history = reading.history_of(self.held)
        meetings = visible_to(self.by, DirectorMeeting.objects.filter(post=self.held))
        return {
            "held": self.held,
            "stands": (self.held.ends_on is None or self.held.ends_on > today),
            "today": today,
            "stand_ins": [
                one for one in history if one.stands_in_for_id == self.held.pk and _is_open(one, today)
            ],
            "history": [one for one in history if one.pk != self.held.pk],
            "meeting": meetings.first(),
            "may_manage": self.by.may("people.manage", at=PeopleOf(self.held.agency)),
        }


def _is_open(post: Post, today: date) -> bool:
    return post.ends_on is None or post.ends_on > today
