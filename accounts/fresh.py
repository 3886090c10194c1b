"""Asking again, before what is worth guarding, for something that the person has besides the password."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.factors import second_factor_of
from accounts.kept import gather, keep
from accounts.middleware import NEXT
from accounts.models import User

GIVEN_AT = "portal.factor_given_at"
SIGN_ON_AGAIN = "This needs you to sign in again, so you were signed out. Nothing was changed."
ASK_AGAIN = "This needs your second factor again. Give it, then repeat what you did."


def note_factor(session: SessionBase, user: User, now: datetime) -> None:
    """Keep that this person gave a second factor in this session; it is nobody else's who signs in with it later."""
    session[GIVEN_AT] = {"by": str(user.pk), "at": now.isoformat()}


def is_fresh(session: SessionBase, now: datetime) -> bool:
    """Whether whoever is signed in gave a second factor in this session a short time ago (`FACTOR_FRESH`).

    Args:
        session: the request's; one without a person, a token's say, is never fresh.
        now: the moment.
    """
    given = session.get(GIVEN_AT)
    if not isinstance(given, dict) or given["by"] != session.get(SESSION_KEY):
        return False
    return now - datetime.fromisoformat(given["at"]) < settings.FACTOR_FRESH


def sign_on_again(request: HttpRequest) -> HttpResponse:
    """Sign out somebody who has neither password nor second factor here, and lead to signing in and back to the page.

    Only the organisation that signs them in can say again who it is; without this whoever finds the screen could.
    """
    back = request.get_full_path()
    logout(request)
    messages.info(request, SIGN_ON_AGAIN)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def ask_again(request: HttpRequest, now: datetime) -> HttpResponse:
    """Lead to giving the second factor again, and back; a form on its way is kept meanwhile."""
    kept = gather(request) if request.method == "POST" else None
    back = reverse("kept") if kept else request.get_full_path()
    factor = second_factor_of(request.user)  # type: ignore[arg-type]
    by_passkey = factor.passkeys and not factor.app
    asking = reverse("mfa_reauthenticate_webauthn" if by_passkey else "mfa_reauthenticate")
    address = f"{asking}?{urlencode({'next': back})}"
    if not factor.usable:  # signed in by an organisation that asked for one: here it needs one of its own
        request.session[NEXT] = back
        address = reverse("second_factor")
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"detail": ASK_AGAIN}, status=403)
    if request.headers.get("HX-Request"):
        response: HttpResponse = HttpResponse(status=204, headers={"HX-Redirect": address})
    else:
        response = HttpResponseRedirect(address)
    if kept:
        keep(request, response, kept, user_id=str(request.user.pk), now=now)
    return response
