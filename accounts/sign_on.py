"""Single sign-on by OpenID Connect: an organisation says who somebody is, and the portal checks each word of it.

The account library's own client takes an identity that nobody signed, asks with no nonce, and would open accounts;
so this is a client of the portal's own: the code flow with state, nonce and PKCE, and a signature checked always.
"""

import base64
import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request

import jwt
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from jwt.types import Options

from accounts.models import Letter, SignOn, User
from accounts.operations import write
from accounts.rules import SIGNATURES, gave_two_factors, why_refused

log = logging.getLogger(__name__)

ASKED = "portal.sign_on"
ANSWERED_WITHIN = timedelta(minutes=10)
PATIENCE = 5
"""Seconds, of each step of asking."""
KEPT = 5 * 60
"""Seconds for which what the organisation says of itself, and its keys, are kept."""
DOWN = 10 * 60
RESTS = 20
"""Seconds: for ten minutes after it did not answer only one at a time asks it, every twenty seconds; others are refused at once."""
MOST_BYTES = 1_000_000


class Refused(Exception):
    """What came back lets nobody in; `why` is for the log and names nobody."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Said:
    """Who an organisation says somebody is.

    Attributes:
        subject: its own lasting name for them.
        email: their address, which it has verified, in small letters.
        two_factors: it asked for a second factor.
        onward: where the person was going.
    """

    subject: str
    email: str
    two_factors: bool
    onward: str


def offered() -> bool:
    """Whether an organisation is set up."""
    return bool(settings.OIDC_ISSUER)


def _back() -> str:
    return f"{settings.PORTAL_URL}{reverse('sign_on_back')}"


def begin(session: SessionBase, *, onward: str, now: datetime) -> str:
    """Keep what the answer must match, and say where to ask.

    Args:
        session: the browser's.
        onward: where the person is going; checked to be the portal's own.
        now: the moment.

    Returns:
        The organisation's address.

    Raises:
        Refused: it does not answer.
    """
    found = _discover()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    session[ASKED] = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "onward": onward,
        "at": now.isoformat(),
    }
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    question = {
        "response_type": "code",
        "scope": "openid email",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": _back(),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in found["authorization_endpoint"] else "?"
    return f"{found['authorization_endpoint']}{joint}{urlencode(question)}"


def answer(session: SessionBase, given: Mapping[str, str], *, now: datetime) -> Said:
    """Check what came back with the browser; a question is answered once.

    Args:
        session: the browser's.
        given: the address's parameters.
        now: the moment.

    Raises:
        Refused: something is not as it must be; nothing was changed.
    """
    asked = session.pop(ASKED, None)
    if not asked or not constant_time_compare(asked["state"], given.get("state", "")):
        raise Refused("state")
    if now - datetime.fromisoformat(asked["at"]) > ANSWERED_WITHIN:
        raise Refused("late")
    if given.get("iss", settings.OIDC_ISSUER).rstrip("/") != settings.OIDC_ISSUER:
        raise Refused("issuer")
    if "code" not in given:
        raise Refused("declined")
    found = _discover()
    claims = _claims(_token(found, given["code"], asked["verifier"]), found)
    why = why_refused(
        claims, issuer=found["issuer"], client_id=settings.OIDC_CLIENT_ID, nonce=asked["nonce"], now=now
    )
    if why:
        raise Refused(why)
    two_factors = gave_two_factors(claims, settings.OIDC_STRONG_ACR)
    return Said(claims["sub"], claims["email"].strip().lower(), two_factors, asked["onward"])


def _fetch(address: str, data: bytes | None = None, **headers: str) -> dict[str, Any]:
    """Fetch JSON from the organisation; it leads nowhere else.

    Raises:
        Refused: it does not answer so.
    """
    if not isinstance(address, str) or not address.startswith(
        ("https://", "http://127.0.0.1", "http://localhost")
    ):
        raise Refused("discovery")
    if cache.get(_key("down")) and not cache.add(_key("asked"), True, RESTS):
        raise Refused("unreachable")
    opener = OpenerDirector()  # with no handler that follows a redirect, opens files or asks a proxy
    opener.add_handler(HTTPSHandler())
    opener.add_handler(HTTPHandler())
    try:
        with opener.open(
            Request(address, data, {"Accept": "application/json", **headers}), timeout=PATIENCE
        ) as said:
            found = json.loads(said.read(MOST_BYTES)) if said.status == 200 else None
    except ValueError as problem:
        raise Refused("answer") from problem
    except (OSError, HTTPException) as problem:
        cache.set(_key("down"), True, DOWN)
        cache.set(_key("asked"), True, RESTS)
        raise Refused("unreachable") from problem
    cache.delete(_key("down"))
    if not isinstance(found, dict):
        raise Refused("answer")
    return found


def _key(what: str) -> str:
    """Name something about this organisation in the cache that all processes share."""
    return f"sign_on:{hashlib.sha256(f'{settings.OIDC_ISSUER} {what}'.encode()).hexdigest()}"


def _kept(address: str, *, anew: bool = False) -> dict[str, Any]:
    """Return what stands at an address of the organisation, some minutes old at most, or fetched anew."""
    found: dict[str, Any] | None = None if anew else cache.get(_key(address))
    if found is None:
        found = _fetch(address)
        cache.set(_key(address), found, KEPT)
    return found


def _discover() -> dict[str, Any]:
    found = _kept(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER:
        raise Refused("issuer")
    if not str(found.get("authorization_endpoint", "")).startswith(
        ("https://", "http://127.0.0.1", "http://localhost")
    ):
        raise Refused("discovery")
    return found


def _token(found: Mapping[str, Any], code: str, verifier: str) -> str:
    """Exchange the code for what was signed."""
    question = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _back(),
        "code_verifier": verifier,
        "client_id": settings.OIDC_CLIENT_ID,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if "client_secret_post" in found.get("token_endpoint_auth_methods_supported", ()):
        question["client_secret"] = settings.OIDC_CLIENT_SECRET
    else:  # what every organisation takes that says nothing else
        pair = f"{quote(settings.OIDC_CLIENT_ID, safe='')}:{quote(settings.OIDC_CLIENT_SECRET, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    said = _fetch(found.get("token_endpoint", ""), urlencode(question).encode(), **headers)
    return str(said.get("id_token", ""))


def _claims(signed: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was signed, by one of the keys that the organisation shows.

    Raises:
        Refused: nobody signed it, or not with such a key. Times are checked apart, by the portal's clock.
    """
    try:
        kid = jwt.get_unverified_header(signed).get("kid")
        meant = _keys_called(kid, _kept(found.get("jwks_uri", "")))
        if not meant:  # it signs with a new one since they were fetched
            meant = _keys_called(kid, _kept(found.get("jwks_uri", ""), anew=True))
        if len(meant) != 1:
            raise Refused("key")
        unchecked: Options = {
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_aud": False,
        }
        return dict(jwt.decode(signed, meant[0], algorithms=list(SIGNATURES), options=unchecked))
    except (jwt.PyJWTError, ValueError, TypeError) as problem:
        raise Refused("signature") from problem


def _keys_called(kid: str | None, shown: dict[str, Any]) -> list[jwt.PyJWK]:
    keys = jwt.PyJWKSet.from_dict(shown).keys
    return [key for key in keys if key.public_key_use in (None, "sig") and kid in (None, key.key_id)]


def account_of(said: Said) -> User | None:
    """Find the account that this is: by the link, or else by the address that the organisation verified.

    Raises:
        Refused: the address's account is linked to another name there, which the address may have belonged to before.
    """
    linked = (
        SignOn.objects.select_related("user")
        .filter(issuer=settings.OIDC_ISSUER, subject=said.subject)
        .first()
    )
    if linked is not None:
        return linked.user
    user = User.objects.filter(email=said.email).first()
    if user is not None and user.sign_ons.filter(issuer=settings.OIDC_ISSUER).exists():
        raise Refused("another subject")
    return user


@transaction.atomic
def link(user: User, said: Said, *, now: datetime) -> bool:
    """Link the name to the account, where it is not yet, and write to its owner.

    Returns:
        Whether it was linked now.

    Raises:
        Refused: somebody was quicker with another name or account.
    """
    if SignOn.objects.filter(user=user, issuer=settings.OIDC_ISSUER, subject=said.subject).exists():
        return False
    try:
        with transaction.atomic():
            SignOn.objects.create(user=user, issuer=settings.OIDC_ISSUER, subject=said.subject, linked_at=now)
    except IntegrityError:
        raise Refused("another subject") from None
    write(kind=Letter.Kind.SIGN_ON_LINKED, address=user.email, now=now)
    return True


def unlink(user: User) -> bool:
    """Take the link away; say whether there was one."""
    gone, _ = SignOn.objects.filter(user_id=user.pk, issuer=settings.OIDC_ISSUER).delete()
    return bool(gone)
