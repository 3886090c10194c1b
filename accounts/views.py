"""What the portal does otherwise than the account library in the library's own pages."""

import functools
from typing import Any

from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.account.models import Login
from allauth.account.views import PasswordChangeView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from accounts.adapter import BEGUN_WITH
from accounts.factors import second_factor_of
from accounts.fresh import ask_again, is_fresh
from accounts.passkeys import WRONG_PASSKEY
from timekeeping import portal_now


class ChangePasswordView(PasswordChangeView):
    """Changes the password; asks for the present one, and for the second factor where it was not given a short time ago."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask; who has none yet, and signs in otherwise, is sent a link to set one."""
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            return HttpResponseRedirect(reverse("account_reset_password"))
        now = portal_now()
        if not is_fresh(request.session, now):
            return ask_again(request, now)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class SecondFactorView(AuthenticateView):
    """Asks for the second factor; begins again when asked to, or when the account is another since the password was given."""

    @functools.wraps(AuthenticateView.dispatch)  # with the library's mark that it is open before sign-in
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, or begin again."""
        stage = get_pending_stage(request)
        if stage is not None and ("again" in request.POST or _is_over(request, stage.login)):
            clear_login(request)
            onward = stage.login.redirect_url
            query = f"?{urlencode({REDIRECT_FIELD_NAME: onward})}" if onward else ""
            return HttpResponseRedirect(reverse("account_login") + query)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class PasskeyAgainView(ReauthenticateWebAuthnView):
    """Asks somebody who is signed in for their passkey."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Say so, and ask again; the page's options are new."""
        messages.warning(self.request, f"{WRONG_PASSKEY}.")
        return HttpResponseRedirect(self.request.get_full_path())


def _is_over(request: HttpRequest, login: Login) -> bool:
    """Whether the account was closed, its password changed or its factor taken away since the sign-in was begun."""
    user = login.user
    begun_with = request.session.get(BEGUN_WITH, "")
    return (
        not user.is_active
        or not constant_time_compare(begun_with, user.get_session_auth_hash())
        or not second_factor_of(user).usable
    )
