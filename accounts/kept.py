"""What somebody was sending when they had to show again who they are, kept until they have.

The text lies in the session, closed with a key that only the browser has,
and only for an hour: it has not been through the guard against identifiers, so
nobody at the portal must be able to read it.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEPT = "portal.kept"
COOKIE = "portal_kept"
LIFE = timedelta(hours=1)
MOST_CHARACTERS = 250_000
FORMS_OWN = ("once", "next", "sure")
KEY = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code")


@dataclass(frozen=True)
class Kept:
    """A form that was on its way.

    Attributes:
        path: where it was going.
        fields: (name, value) as typed; files cannot be kept.
        files: how many files were with it.
    """

    path: str
    fields: list[tuple[str, str]]
    files: int

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The fields worth reading: what was typed, without the form's own marks and keys."""
        return [
            (name.replace("_", " ").capitalize(), "As you chose" if KEY.match(value) else value)
            for name, value in self.fields
            if value and name not in FORMS_OWN
        ]


def gather(request: HttpRequest) -> Kept | None:
    """What a form that cannot be taken now held; None when it is too long or empty."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(part in name for part in NEVER_KEPT)
    ]
    if not fields or sum(len(value) for _, value in fields) > MOST_CHARACTERS:
        return None
    return Kept(request.get_full_path(), fields, len(request.FILES))


def keep(request: HttpRequest, response: HttpResponse, kept: Kept, *, user_id: str, now: datetime) -> None:
    """Put a form in the session, and its key in the browser."""
    key = Fernet.generate_key()
    text = json.dumps([kept.path, kept.fields, kept.files])
    request.session[KEPT] = {
        "user": user_id,
        "until": (now + LIFE).isoformat(),
        "closed": Fernet(key).encrypt(text.encode()).decode(),
    }
    response.set_cookie(
        COOKIE,
        key.decode(),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def kept_for(request: HttpRequest, now: datetime) -> Kept | None:
    """The form kept for the person who is now signed in, if it is theirs and not too old."""
    found = request.session.get(KEPT)
    if not found or found["user"] != str(request.user.pk) or datetime.fromisoformat(found["until"]) < now:
        return None
    try:
        opened = Fernet(request.COOKIES.get(COOKIE, "").encode()).decrypt(found["closed"].encode())
    except (InvalidToken, ValueError):
        return None
    path, fields, files = json.loads(opened)
    return Kept(path, [(name, value) for name, value in fields], files)


def drop(request: HttpRequest, response: HttpResponse | None = None) -> None:
    """Forget what was kept."""
    request.session.pop(KEPT, None)
    if response is not None:
        response.delete_cookie(COOKIE, samesite="Lax")
