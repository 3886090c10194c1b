"""What the demonstration shows to whoever sits at this machine: each persona's codes, and its mail."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings

from accounts.factors import codes_of
from accounts.models import User
from nhsuk.paging import PAGE_SIZE, ListPage
from qsg_portal.demo.cast import OTHERS, PERSONAS

BETWEEN = re.compile(rb"\n-{79}\n")


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
    """Return everybody of the story, the personas first, with the code that works at this moment."""
    wanted = {one.email: one for one in (*PERSONAS, *OTHERS)}
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


def mails(to: str = "", mark: str = "") -> ListPage:
    """Return a page of the demonstration's mails, the newest first: those of so many sendings, mostly one each.

    Args:
        to: a part of the address; "" for all.
        mark: what ``newer`` or ``older`` of another page said.
    """
    side, _, at = mark.partition(".")
    rising, at = side == "newer", at if side in ("newer", "older") else ""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), reverse=not rising)
    onward = [file for file in files if not at or (file.name > at if rising else file.name < at)]
    sent = ((file.name, _mails_in(file, to.strip().lower())) for file in onward)
    found = list(islice((one for one in sent if one[1]), PAGE_SIZE + 1))
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if rising:
        found.reverse()
    has_newer, has_older = (more, True) if rising else (bool(at), more)
    return ListPage(
        [mail for _, each in found for mail in each],
        f"newer.{found[0][0]}" if found and has_newer else "",
        f"older.{found[-1][0]}" if found and has_older else "",
    )


def _mails_in(file: Path, to: str) -> list[Mail]:
    parts = (part.strip() for part in BETWEEN.split(file.read_bytes()))
    messages = (message_from_bytes(part + b"\n", policy=policy.default) for part in parts if part)
    return [_mail(one) for one in messages if isinstance(one, EmailMessage) and to in str(one["To"]).lower()]


def _mail(message: EmailMessage) -> Mail:
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        to=str(message["To"]),
        at=parsedate_to_datetime(str(message["Date"])).isoformat(sep=" ") if message["Date"] else "",
        subject=str(message["Subject"]),
        text=body.get_content() if isinstance(body, EmailMessage) else "",
    )
