"""Ends sessions in time, keeping what was typed, and insists on a second factor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from accounts.factors import second_factor_of
from accounts.kept import gather, keep
from accounts.sessions import ENDED, limits_of, note_use
from timekeeping import portal_now

Answer = Callable[[HttpRequest], HttpResponse]

BACKGROUND = "Portal-Background"
FACTOR_SEEN = "portal.second_factor_seen"
NEXT = "portal.next"


class SessionLimits:
    """Ends a session that was idle, or lasted, too long; sets `request.session_limits`.

    A request that says `Portal-Background: 1` (a page refreshing itself) keeps
    no idle session alive.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead an ended session to sign-in."""
        request.session_limits = None  # type: ignore[attr-defined]
        if "\0" in (request.session.session_key or ""):
            request.session = type(
                request.session
            )()  # no database could look such a key up: there is no session
        if SESSION_KEY not in request.session:
            return self.get_response(request)
        now = portal_now()
        limits = limits_of(request.session, now)
        if limits is not None and limits.over:
            return self.end(request, now)
        if request.headers.get(BACKGROUND) != "1":
            note_use(request.session, now)
            limits = limits_of(request.session, now)
        request.session_limits = limits  # type: ignore[attr-defined]
        return self.get_response(request)

    def end(self, request: HttpRequest, now: Any) -> HttpResponse:
        """Sign the person out; a form on its way is kept for when they are back."""
        user_id = str(request.session[SESSION_KEY])
        kept = gather(request) if request.method == "POST" and not is_public(request) else None
        logout(request)
        request.session[ENDED] = True
        if is_public(request):
            return self.get_response(request)
        return_to = reverse("kept") if kept else request.get_full_path() if request.method == "GET" else "/"
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': return_to})}"
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"detail": "You were signed out. Sign in again."}, status=401)
        if request.headers.get("HX-Request"):
            response: HttpResponse = HttpResponse(status=204, headers={"HX-Redirect": address})
        else:
            response = HttpResponseRedirect(address)
        if kept:
            keep(request, response, kept, user_id=user_id, now=now)
        return response


def is_public(request: HttpRequest) -> bool:
    """Whether the address may be opened without signing in; an unknown one may (it is 404)."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return True
    return not getattr(view, "login_required", True)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the person could sign in again; remembered for the session: taking a factor away ends or resets it."""
    whose = str(request.user.pk)
    if request.session.get(FACTOR_SEEN) != whose and second_factor_of(request.user).usable:  # type: ignore[arg-type]
        request.session[FACTOR_SEEN] = whose
    return bool(request.session.get(FACTOR_SEEN) == whose)


class SecondFactorRequired:
    """Leads a person who could not sign in again to setting up a second factor, before anything else."""

    # What can be done without one: setting it up, and leaving.
    OPEN = frozenset(
        {
            "second_factor", "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes",
            "add_passkey", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout", "session_extend", "mfa_index",
        }
    )  # fmt: skip

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Let the view answer when the person has a second factor, or needs none here."""
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        match = request.resolver_match
        if (match is not None and match.url_name in self.OPEN) or has_second_factor(request):
            return None
        if request.method == "GET":
            request.session[NEXT] = request.get_full_path()
        return HttpResponseRedirect(reverse("second_factor"))
