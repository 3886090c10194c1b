"""What the pages of a room share."""

from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from access.finding import the
from access.principal import OWN_BODY, Place
from access.reach import why
from access.refusals import NotNow
from access.sight import visible_to
from access.views import RecordFormPage, version_in
from risk_summits.models import CalledBody, Room
from risk_summits.operations.entering import own_call
from risk_summits.operations.facts import stage
from risk_summits.operations.people import called_bodies
from risk_summits.rules import stages
from timekeeping.london import moment_in_words


class RoomFormPage(RecordFormPage):
    """Base of the pages on which something is done in one room, named by its summit's ``id``.

    ``at_room`` says that the role must be held at the summit; otherwise at one's own body.
    The page's words stand in its class; ``possible`` says why it cannot be done now.
    """

    abstract = True
    kind = Room
    template = "risk_summits/deed.jinja"
    at_room: ClassVar[bool] = True
    heading: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    button: ClassVar[str] = "Save"
    look: ClassVar[str] = ""
    done: ClassVar[str] = "Saved."
    anchor: ClassVar[str] = ""
    after_end: ClassVar[bool] = False
    thing: Room

    def find(self) -> None:
        """Fetch the room, if the reader is in it."""
        rooms = Room.objects.select_related(
            "record",
            "record__owner",
            "summit__record",
            "summit__home",
            "summit__provider",
            "summit__convenor",
        )
        found = the(visible_to(self.by, rooms).filter(summit_id=self.kwargs["id"]))
        self.thing = found
        self.reasons = why(self.by, found.record)
        self.by.require(self.permission, at=self.place(), sentence=self.refusal)

    @property
    def refusal(self) -> str:
        """What a person is told whose role does not allow this."""
        if self.at_room:
            return (
                "Those who chair or call the bodies together, and the body that leads the response, do this. "
                "Ring them, and say what you would do."
            )
        return f"Your role does not allow this. Ring a lead for {self.by.agency_name}, and say what you would do."

    def place(self) -> Place:
        """Return the summit, or one's own body."""
        return self.thing if self.at_room else OWN_BODY

    def refuse(self, template: str, sentence: str, status: int) -> HttpResponse:
        """Answer a refusal with its own sentence, and the way back to the summit."""
        back = {"back_to": self.thing.get_absolute_url(), "back_words": "Back to the summit"}
        known = {"by": self.by, "sentence": sentence, **back}
        return render(self.request, template, known, status=status)

    def possible(self) -> None:
        """Raise NotNow or NotPermitted when it cannot be done; the operation asks again."""
        if not self.at_room:
            own_call(self.thing, self.by)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form while the deed is possible; say why when it is not."""
        ended_at = self.thing.summit.ended_at
        if ended_at is not None and not self.after_end:
            raise NotNow(f"This risk summit was closed on {moment_in_words(ended_at)}.")
        self.possible()
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not; the rest is said beside the form, where nothing that was typed is lost."""
        with suppress(NotNow):
            self.possible()
        return super().post(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the words of the page, and the version that it shows."""
        return {
            "room": self.thing,
            "back_to": self.thing.get_absolute_url(),
            "page_heading": self.heading,
            "intro": self.intro,
            "button": self.button,
            "look": self.look,
            "seen": self.thing.version,
            "stage": stages.STAGE_WORDS[stage(self.thing)],
        }

    @property
    def seen(self) -> int:
        """The version that was on the screen."""
        return version_in(self.request.POST.get("seen", ""))

    @cached_property
    def called(self) -> list[CalledBody]:
        """The bodies called, by name."""
        return sorted(called_bodies(self.thing), key=lambda one: one.agency.name)

    def act(self, form: Any) -> None:
        """Call the operation."""
        raise NotImplementedError

    def known(self) -> dict[str, Any]:
        """Return what every operation takes."""
        return {"by": self.by, "now": self.now, "room": self.thing}

    def perform(self, form: Any) -> str:
        """Do it, say that it is done, and go back to the room."""
        self.act(form)
        messages.success(self.request, self.done)
        address = reverse("risk_summits:detail", kwargs={"id": self.thing.summit_id})
        return f"{address}#{self.anchor}" if self.anchor else address


def bodies(called: list[CalledBody], *, but: UUID | None = None) -> list[tuple[str, str]]:
    """Return bodies called as choices."""
    return [(str(one.agency_id), one.agency.name) for one in called if one.agency_id != but]
