"""What the demonstration shows to whoever sits at this machine: each persona's codes, and its mail."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings

from accounts.factors import codes_of
from accounts.models import User
from qsg_portal.demo.cast import PERSONAS

BETWEEN = re.compile(rb"\n-{79}\n")
MOST = 100


@dataclass(frozen=True)
class Shown:
    """A persona's sign-in: the code that works now, or printed codes that work once each."""

    email: str
    name: str
    post: str
    code: str
    printed: list[str]


@dataclass(frozen=True)
class Mail:
    """One mail that the portal sent."""

    to: str
    at: str
    subject: str
    text: str


def personas() -> list[Shown]:
    """Return every persona with the code that works at this moment."""
    wanted = {one.email: one for one in PERSONAS}
    users = {user.email: user for user in User.objects.filter(email__in=wanted)}
    apps = Authenticator.objects.filter(user__in=users.values(), type=Authenticator.Type.TOTP)
    secrets = {app.user_id: decrypt(app.data["secret"]) for app in apps}
    return [
        Shown(
            email=email,
            name=users[email].full_name,
            post=persona.post,
            code=_code_now(secrets[users[email].pk]) if users[email].pk in secrets else "",
            printed=[] if users[email].pk in secrets else codes_of(users[email])[:3],
        )
        for email, persona in wanted.items()
        if email in users
    ]


def _code_now(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def mails(to: str = "") -> list[Mail]:
    """Return the newest mails of the demonstration, to one address or to all."""
    found: list[Mail] = []
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    for file in files:
        if len(found) >= MOST:
            break
        for part in BETWEEN.split(file.read_bytes()):
            if part.strip():
                message = message_from_bytes(part.strip() + b"\n", policy=policy.default)
                if isinstance(message, EmailMessage) and (not to or to in str(message["To"])):
                    found.append(_mail(message))
    return found[:MOST]


def _mail(message: EmailMessage) -> Mail:
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        to=str(message["To"]),
        at=parsedate_to_datetime(str(message["Date"])).isoformat(sep=" ") if message["Date"] else "",
        subject=str(message["Subject"]),
        text=body.get_content() if isinstance(body, EmailMessage) else "",
    )
