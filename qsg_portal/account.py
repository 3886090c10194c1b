"""One's own account: second factor, printed codes, sessions, and what was kept at a time-out."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_reset
from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import reverse

from access.operations.tokens import tokens_of
from access.views import Page
from accounts import kept
from accounts.factors import codes_of, make_codes, second_factor_of
from accounts.middleware import NEXT
from accounts.models import User
from accounts.operations import end_sessions
from accounts.passkeys import passkeys_of
from accounts.rules import FEW_CODES
from accounts.sessions import end_one, note_use, sessions_of
from audit.operations import record_deed


class OwnPage(Page):
    """A page of one's own account, open to everybody who is signed in."""

    abstract = True
    permission = "account.own"

    @property
    def person(self) -> User:
        """Whoever is signed in."""
        user: User = self.request.user  # type: ignore[assignment]
        return user

    def onward(self) -> str:
        """Where the person was going before they were led aside."""
        return str(self.request.session.get(NEXT) or "/")


class AccountPage(OwnPage):
    """Name, password, second factor and sessions on one page."""

    template = "account/account.jinja"

    def context(self) -> dict[str, Any]:
        """What the person has set up, and where they are signed in."""
        return {
            "person": self.person,
            "factor": second_factor_of(self.person),
            "passkeys": passkeys_of(self.person),
            "sign_on": self.person.sign_ons.filter(issuer=settings.OIDC_ISSUER).first(),
            "organisation": settings.OIDC_NAME,
            "few": FEW_CODES,
            "tokens": tokens_of(self.by),
            "sessions": sessions_of(self.person, self.request.session.session_key),
        }


class EndSession(OwnPage):
    """Signs out one other session, or all others."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, mark: str = "") -> HttpResponseBase:
        """End it; one that is already over is no mistake."""
        if mark:
            end_one(self.person, mark)
        else:
            end_sessions(user=self.person, keep=request.session.session_key)
        record_deed(by=self.by, now=self.now, deed="account.session_ended")
        messages.success(request, "Signed out there." if mark else "Signed out everywhere else.")
        return HttpResponseRedirect(reverse("account"))


class SecondFactorPage(OwnPage):
    """Leads to setting up an app, or printed codes for whoever has no telephone."""

    template = "account/second_factor.jinja"

    def context(self) -> dict[str, Any]:
        """What is set up, and where to go on."""
        return {"factor": second_factor_of(self.person), "few": FEW_CODES, "onward": self.onward()}


class MakeCodes(OwnPage):
    """Makes fresh printed codes; asks for the password first."""

    template = "account/codes_new.jinja"

    def context(self) -> dict[str, Any]:
        """How many old ones would stop working."""
        return {"factor": second_factor_of(self.person)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask whether to."""
        raise_if_reauthentication_required(request, app="allauth.mfa")
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make them, and lead to the page that prints them."""
        raise_if_reauthentication_required(request, app="allauth.mfa")
        first = not Authenticator.objects.filter(user=self.person).exists()
        made = make_codes(user=self.person, now=self.now)
        signal = authenticator_added if first else authenticator_reset
        signal.send(sender=Authenticator, request=request, user=self.person, authenticator=made)
        return HttpResponseRedirect(reverse("mfa_view_recovery_codes"))


class CodesPage(OwnPage):
    """The unused codes, to print."""

    template = "account/codes.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show them to whoever has just given the password."""
        raise_if_reauthentication_required(request, app="allauth.mfa")
        codes = codes_of(self.person)
        if not codes:
            raise Http404
        factor = second_factor_of(self.person)
        return self.page(codes=codes, factor=factor, person=self.person, onward=self.onward())


class KeptPage(OwnPage):
    """Offers again what was being sent when the person had to show who they are, until it is sent, thrown away or an hour old."""

    template = "account/kept.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; with nothing kept, go home."""
        found = kept.kept_for(request, self.now)
        return self.page(kept=found) if found else HttpResponseRedirect("/")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Throw it away."""
        response = HttpResponseRedirect("/")
        kept.drop(request, response)
        messages.success(request, "What you had typed is thrown away.")
        return response


class SessionExtend(OwnPage):
    """Says how long the session lasts, and makes it last longer."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """How long is left, without making it longer when asked in the background."""
        return self.left(request)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Count this as use; without scripts, go back to where the person was."""
        note_use(request.session, self.now)
        if request.headers.get("Accept", "").startswith("application/json"):
            return self.left(request)
        return HttpResponseRedirect("/")

    def left(self, request: HttpRequest) -> HttpResponse:
        """The seconds left, for the page's warning."""
        limits = request.session_limits  # type: ignore[attr-defined]
        return JsonResponse(
            {"seconds_left": limits.seconds_left, "seconds_to_absolute": limits.seconds_to_absolute}
        )
