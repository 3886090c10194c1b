"""Putting a concern before the room: only the body that looks after it can."""

from typing import Any

from django.http import Http404

from risk_summits.forms.judging import ChangeTabledForm, TableForm
from risk_summits.operations import change_tabled, table_concern
from risk_summits.operations.tabling import offered
from risk_summits.views.base import RoomFormPage


class TablePage(RoomFormPage):
    """Put a concern of the own body before the room."""

    permission = "summit.table"
    at_room = False
    form_class = TableForm
    heading = "Put a concern before the room"
    intro = (
        "Everyone in this room will see the whole concern until the summit is closed. Only the body that looks after it "
        "can do this."
    )
    button = "Put it before the room"
    done = "Done. Everyone in this room sees it."
    anchor = "known"

    def form_kwargs(self) -> dict[str, Any]:
        """Return the own body's concerns about this provider."""
        return {"concerns": offered(self.by, self.thing)}

    def act(self, form: Any) -> None:
        """Put it there."""
        table_concern(**form.told(), **self.known())


class ChangeTabledPage(RoomFormPage):
    """Take something back, or keep it shared."""

    permission = "summit.table"
    at_room = False
    form_class = ChangeTabledForm
    heading = "What was put before the room"
    done = "What you put before the room is changed."
    anchor = "known"

    def find(self) -> None:
        """Fetch it; another body's is absent."""
        super().find()
        rows = self.thing.tabled.filter(ended_at=None).select_related("record")
        found = rows.filter(pk=self.kwargs["tabled"]).first()
        if found is None or not found.record.is_of(self.by):
            raise Http404
        self.tabled = found

    def form_kwargs(self) -> dict[str, Any]:
        """Return how it stands."""
        return {"keep": self.tabled.keep}

    def context(self) -> dict[str, Any]:
        """Return what it is."""
        return {**super().context(), "quoted": self.tabled.record.sighted.title}

    def act(self, form: Any) -> None:
        """Change it."""
        change_tabled(tabled=self.tabled.pk, **form.told(), **self.known())
