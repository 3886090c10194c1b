"""The pages of the inbox: what waits for me, and who could not be reached."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property

from access.finding import the
from access.principal import OWN_BODY, Place
from access.views import FormPage, Page
from notifications.forms import AcknowledgeForm, ToldForm
from notifications.inbox import Line, Unreached, folded, inbox_of, line_of, lines_of, not_brought, unreached
from notifications.models import Message
from notifications.operations import acknowledge, mark_seen, told_by_phone


class InboxPage(Page):
    """What waits for me."""

    permission = "notification.read"
    template = "notifications/inbox.jinja"

    @cached_property
    def lines(self) -> list[Line]:
        """The lines, those that wait for an answer first."""
        return lines_of(self.by, self.now)

    def context(self) -> dict[str, Any]:
        """The lines in two parts."""
        return {
            "waiting": folded(line for line in self.lines if line.waits),
            "earlier": folded(line for line in self.lines if not line.waits),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, and write in the log which records were named."""
        self.read(
            "InboxPage", shown=[line.message.record_id for line in self.lines if line.message.record_id]
        )
        return self.page()


class MessagePage(FormPage):
    """One message, with the button that says it was read."""

    permission = "notification.read"
    template = "notifications/message.jinja"
    form_class = AcknowledgeForm
    message: Message

    def find(self) -> None:
        """Fetch one of the person's own messages, about what the person sees now."""
        self.message = the(inbox_of(self.by).filter(pk=self.kwargs["id"]).select_related("record"))

    def context(self) -> dict[str, Any]:
        """The message's line."""
        return {"line": line_of(self.message, self.now)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, and note that it was seen: a receipt, not an answer."""
        mark_seen(message=self.message, by=self.by, now=self.now)
        if self.message.record_id:
            self.read("MessagePage", shown=[self.message.record_id])
        return super().get(request, *args, **kwargs)

    def perform(self, form: AcknowledgeForm) -> str:
        """Acknowledge."""
        acknowledge(message=self.message, by=self.by, now=self.now)
        return reverse("notifications:message", args=[self.message.pk])


class UnreachedPage(Page):
    """Who could not be reached, with the number to ring."""

    permission = "clock.read"
    template = "notifications/unreached.jinja"

    @cached_property
    def people(self) -> list[Unreached]:
        """Those whom the reader is to ring."""
        return unreached(self.by, self.now)

    def context(self) -> dict[str, Any]:
        """The people."""
        return {"people": self.people}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, and write in the log which records were named."""
        self.read("UnreachedPage", shown=[one.record for one in self.people])
        return self.page()


class ToldPage(FormPage):
    """Told by telephone: by whom and when."""

    permission = "summit.acknowledge"
    template = "notifications/told.jinja"
    form_class = ToldForm
    message: Message

    def find(self) -> None:
        """Fetch a message that could not be brought, which the reader is to ring about."""
        found = (
            not_brought(self.by).select_related("recipient", "record").filter(pk=self.kwargs["id"]).first()
        )
        if found is None:
            raise Http404
        self.message = found

    def place(self) -> Place:
        """Return the caller's own body: whoever is shown it may ring."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """The message's line."""
        return {"line": line_of(self.message, self.now)}

    def perform(self, form: ToldForm) -> str:
        """Record the call."""
        told_by_phone(
            message=self.message, by=self.by, now=self.now, happened_at=form.cleaned_data["happened_at"]
        )
        return reverse("notifications:unreached")
