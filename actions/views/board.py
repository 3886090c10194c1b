"""My body's board."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from access.views import Page
from actions import forms, rules
from actions.models import Action
from actions.operations import (
    board,
)
from actions.views.words import status_words
from nhsuk.paging import page_of
from timekeeping.london import due_in_words, left_in_words


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
