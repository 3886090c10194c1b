"""The demonstration's own page: sign-ins with their codes, and the mail it sent."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

from access.views import PUBLIC, Page
from qsg_portal.demo.people import demo_password
from qsg_portal.demo.showing import mails, personas
from qsg_portal.health import asked_on_this_machine


class DemonstrationPage(Page):
    """Open to whoever sits at the machine that runs a demonstration; absent everywhere else."""

    permission = PUBLIC
    template = "qsg_portal/demonstration.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it to whoever sits here, and not to those a proxy brings."""
        if not settings.DEMO or not asked_on_this_machine(request):
            raise Http404
        to = request.GET.get("to", "")
        return self.page(personas=personas(), password=demo_password(), mails=mails(to), to=to)
