"""The demonstration's own page: sign-ins with their codes, and the mail it sent."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

from access.views import PUBLIC, Page
from nhsuk import forms
from qsg_portal.demo.people import demo_password
from qsg_portal.demo.showing import mails, personas
from qsg_portal.health import asked_on_this_machine


class MailTo(forms.Form):
    """Whose mail is looked for."""

    to = forms.TextField(
        label="Mail to", hint="An e-mail address, or a part of one.", max_length=254, spellcheck=False
    )


class DemonstrationPage(Page):
    """Open to whoever sits at the machine that runs a demonstration; absent everywhere else."""

    permission = PUBLIC
    template = "qsg_portal/demonstration.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it to whoever sits here, and not to those a proxy brings."""
        if not settings.DEMO or not asked_on_this_machine(request):
            raise Http404
        to = request.GET.get("to", "").strip()
        return self.page(
            personas=personas(),
            password=demo_password(),
            found=mails(to, request.GET.get("from", "")),
            to=to,
            finding=MailTo(initial={"to": to}),
        )
