"""Single sign-on's pages: to the organisation, back from it, and unlinked from it."""

import logging
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from access.principal import clockwork, principal_of
from access.refusals import NotNow
from access.views import PUBLIC, Page
from accounts import sign_on
from accounts.adapter import SIGNED_ON
from accounts.fresh import note_factor
from accounts.middleware import FACTOR_SEEN
from accounts.models import User
from accounts.operations import end_sessions
from agencies.operations import invitation_of, open_invited_account
from agencies.views.joining import KEY
from audit.operations import record_deed
from qsg_portal.account import OwnPage
from timekeeping import portal_now

log = logging.getLogger(__name__)


class _SignOnPage(Page):
    """A page of single sign-on; absent where none is set up, and of no use to who is signed in."""

    abstract = True
    permission = PUBLIC
    template = "account/sign_on_refused.jinja"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; say in one sentence that it did not go, whatever it was."""
        if not sign_on.offered():
            raise Http404
        if request.user.is_authenticated:
            return HttpResponseRedirect(get_next_redirect_url(request, "next") or "/")
        try:
            return super().dispatch(request, *args, **kwargs)
        except sign_on.Refused as refusal:
            log.warning("Single sign-on was refused: %s.", refusal.why)
            return self.page(status=403, name=settings.OIDC_NAME)


class SignOnPage(_SignOnPage):
    """Leads to the organisation."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask it who this is."""
        onward = get_next_redirect_url(request, "next") or ""
        return HttpResponseRedirect(sign_on.begin(request.session, onward=onward, now=portal_now()))


class SignOnBack(_SignOnPage):
    """Where the organisation leads back to."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Sign in whoever it says this is, if they have an account or come by invitation."""
        now = portal_now()
        said = sign_on.answer(request.session, request.GET.dict(), now=now)
        user = sign_on.account_of(said) or self.invited(said, now)
        if user is None:
            raise sign_on.Refused("no account")
        if user.is_active and sign_on.link(user, said, now=now):
            record_deed(by=principal_of(user.pk), now=now, deed="account.sign_on_linked")
        request.second_factor_given = said.two_factors  # type: ignore[attr-defined]
        request.session[SIGNED_ON] = settings.OIDC_NAME
        answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=said.onward or None))
        if said.two_factors and request.user == user:  # signed in, not told that the account is closed
            request.session[FACTOR_SEEN] = str(user.pk)
            note_factor(request.session, user, now)
        return answer

    def invited(self, said: sign_on.Said, now: Any) -> User | None:
        """Open the account of somebody who came by the link of an invitation to this very address."""
        invitation = invitation_of(self.request.session.get(KEY, ""), now=now)
        if invitation is None or invitation.email != said.email:
            return None
        try:
            return open_invited_account(by=clockwork(now), now=now, invitation=invitation, password=None)
        except NotNow as refusal:
            raise sign_on.Refused("invitation") from refusal


class UnlinkSignOn(OwnPage):
    """Takes the link away: the organisation opens this account no more."""

    fresh = True
    template = "account/sign_on_unlink.jinja"

    def context(self) -> dict[str, Any]:
        """The organisation, and whether there is another way in."""
        return {"name": settings.OIDC_NAME, "password": self.person.has_usable_password()}

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Unlink, and sign out everywhere else."""
        if sign_on.unlink(self.person):
            end_sessions(user=self.person, keep=request.session.session_key)
            record_deed(by=self.by, now=self.now, deed="account.sign_on_unlinked")
            messages.success(request, f"{settings.OIDC_NAME} opens your account no more.")
        return HttpResponseRedirect(reverse("account"))
