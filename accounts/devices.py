"""Browsers that the owner of an account signed in with before: what is tried elsewhere does not hold them up.

A cookie names such a browser: a random word, signed for one address. It opens nothing; it only has wrong
passwords counted apart (docs/adr/0014).
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "portal_device"
LIFE = timedelta(days=180)


def know(response: HttpResponse, address: str) -> None:
    """Give the browser that an answer goes to a name of its own, for one account.

    Args:
        response: the answer to a sign-in that was completed with a second factor.
        address: the account's.
    """
    response.set_cookie(
        COOKIE,
        signing.dumps(secrets.token_urlsafe(16), salt=_salt(address)),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def device_of(request: HttpRequest, address: str) -> str:
    """The name of the browser that asks, "" where it is not known for this address."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(address), max_age=LIFE))
    except signing.BadSignature:
        return ""


def _salt(address: str) -> str:
    return f"accounts.devices:{address}"
