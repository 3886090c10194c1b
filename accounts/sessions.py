"""When a session began, was last used, and ends."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.models import User
from accounts.rules import Limits, device_in_words, limits

BEGAN_AT, SEEN_AT = "portal.began_at", "portal.seen_at"
ENDED = "portal.ended"

# Written at most this often: a page a second must not be a write a second.
NOTED_EVERY = timedelta(minutes=1)


def begin(request: HttpRequest, now: datetime) -> None:
    """Start the session's clocks; called when sign-in is complete."""
    request.session[BEGAN_AT] = request.session[SEEN_AT] = now.isoformat()
    request.session.pop(ENDED, None)
    _note_use(request.session, now, began=True)


def began_lately(session: SessionBase, now: datetime) -> bool:
    """Whether whoever is signed in signed in a short time ago (`FACTOR_FRESH`)."""
    began = session.get(BEGAN_AT)
    return began is not None and now - datetime.fromisoformat(began) < settings.FACTOR_FRESH


def limits_of(session: SessionBase, now: datetime) -> Limits | None:
    """When a signed-in session ends; None when nobody is signed in."""
    if SESSION_KEY not in session:
        return None
    began = session.get(BEGAN_AT)
    # A session that some other door began has no clock yet: it ends now.
    began_at = datetime.fromisoformat(began) if began else now - settings.SESSION_ABSOLUTE
    seen_at = datetime.fromisoformat(session[SEEN_AT]) if session.get(SEEN_AT) else began_at
    return limits(
        began_at=began_at,
        seen_at=seen_at,
        now=now,
        idle=settings.SESSION_IDLE,
        absolute=settings.SESSION_ABSOLUTE,
        warn=settings.SESSION_WARNING,
    )


def note_use(session: SessionBase, now: datetime) -> None:
    """Keep that something was done, at most once a minute."""
    seen = session.get(SEEN_AT)
    if seen and now - datetime.fromisoformat(seen) < NOTED_EVERY:
        return
    session[SEEN_AT] = now.isoformat()
    _note_use(session, now)


def _note_use(session: SessionBase, now: datetime, *, began: bool = False) -> None:
    moments = {"last_seen_at": now} | ({"created_at": now} if began else {})
    UserSession.objects.filter(session_key=session.session_key).update(**moments)


@dataclass(frozen=True)
class Listed:
    """A session as its owner sees it.

    Attributes:
        mark: names it in an address; says nothing about its key.
        device: "Firefox on Windows".
        began_at, used_at: UTC.
        is_this: the one that is being used to look.
    """

    mark: str
    device: str
    began_at: datetime
    used_at: datetime
    is_this: bool


def _mark(session_key: str) -> str:
    secret = b"accounts.sessions:" + settings.SECRET_KEY.encode()
    return hmac.new(secret, session_key.encode(), hashlib.sha256).hexdigest()[:32]


def sessions_of(user: User, this: str | None) -> list[Listed]:
    """A person's live sessions, the last used first.

    Args:
        user: whose.
        this: the key of the session that asks.
    """
    live = UserSession.objects.purge_and_list(user)
    found = [
        Listed(
            mark=_mark(each.session_key),
            device=device_in_words(each.user_agent),
            began_at=each.created_at,
            used_at=each.last_seen_at,
            is_this=each.session_key == this,
        )
        for each in live
    ]
    return sorted(found, key=lambda each: each.used_at, reverse=True)


def end_one(user: User, mark: str) -> bool:
    """Sign out one of a person's sessions; say whether there was one of that mark."""
    for each in UserSession.objects.filter(user_id=user.pk):
        if hmac.compare_digest(_mark(each.session_key), mark):
            each.end()
            return True
    return False
