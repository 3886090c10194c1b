"""A person's passkeys: each a key that a device keeps and uses after a finger, a face or a PIN."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User

WRONG_PASSKEY = (
    "That passkey was not taken: it is of another account or was removed, or the page was open too long. "
    "Nothing was changed. Try again, or choose another way"
)


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it.

    Attributes:
        mark: names it in an address; numbers there could be counted through.
        name: what its owner calls it.
        added_at, used_at: UTC; never used yet is None.
        row: where the library keeps it.
    """

    mark: str
    name: str
    added_at: datetime
    used_at: datetime | None
    row: Authenticator


def _mark(row: Authenticator) -> str:
    secret = b"accounts.passkeys:" + settings.SECRET_KEY.encode()
    return hmac.new(secret, str(row.pk).encode(), hashlib.sha256).hexdigest()[:32]


def passkeys_of(user: User) -> list[Passkey]:
    """A person's passkeys, the first added first."""
    rows = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    return [
        Passkey(_mark(row), row.wrap().name, row.created_at, row.last_used_at, row)
        for row in rows.order_by("created_at", "pk")
    ]


def passkey_of(user: User, mark: str) -> Passkey | None:
    """One of a person's passkeys by its mark; None where they have none of it."""
    return next((each for each in passkeys_of(user) if hmac.compare_digest(each.mark, mark)), None)


def portal_host() -> str:
    """The host that every passkey is for: the portal's own address, whatever a request says."""
    return urlsplit(settings.PORTAL_URL).hostname or "localhost"
