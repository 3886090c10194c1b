"""The writers of accounts: closed, opened again, signed out, written to.

Who may do this is asked above, where roles are known.
"""

import hashlib
import logging
import secrets
from datetime import datetime
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.factors import second_factor_of
from accounts.models import Letter, SignOn, User
from accounts.rules import KEEP_LETTERS, LEASE, LETTER_LIFE, MOST_RESETS, RESETS_WITHIN, next_try

log = logging.getLogger(__name__)
Kind, Outcome = Letter.Kind, Letter.Outcome
LONGEST_ADDRESS = User._meta.get_field("email").max_length or 0

SUBJECTS = {
    Kind.RESET: "Set a new password",
    Kind.INVITED: "You are invited to join",
    Kind.OPENED: "Your account is open again",
    Kind.PASSWORD_CHANGED: "Your password was changed",
    Kind.PASSWORD_RESET: "Your password was set anew",
    Kind.FACTOR_SET_UP: "Your account has a second factor",
    Kind.FACTOR_CHANGED: "Your second factor was changed",
    Kind.FACTOR_TAKEN_BODY: "Your second factor was taken away",
    Kind.FACTOR_TAKEN_PORTAL: "Your second factor was taken away",
    Kind.TOKEN_MADE: "A token for programs was made",
    Kind.SIGN_ON_LINKED: "Your account can be opened another way",
}


@transaction.atomic
def close_account(*, user: User) -> None:
    """End an account: its sessions are dead at the next request. Nothing it wrote is lost."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user=user)


@transaction.atomic
def reopen_account(*, user: User, now: datetime) -> None:
    """Open a closed account again; a new password must be set first, and single sign-on linked anew."""
    SignOn.objects.filter(user_id=user.pk).delete()
    user.is_active = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    write(kind=Kind.OPENED, address=user.email, now=now)


def end_sessions(*, user: User, keep: str | None = None) -> int:
    """Sign a person out everywhere.

    Args:
        user: whose sessions.
        keep: the key of the one session that goes on.

    Returns:
        How many sessions ended.
    """
    ended = UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep or "")
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    return len(keys)


@transaction.atomic
def forget_second_factor(*, user: User, now: datetime, by_portal: bool) -> None:
    """Take away a lost second factor; the person is written to, and sets up another when they next sign in.

    Args:
        user: whose.
        now: the moment.
        by_portal: an administrator of the portal takes it, not one of the person's body; the letter says which.
    """
    Authenticator.objects.filter(user_id=user.pk).delete()
    end_sessions(user=user)
    kind = Kind.FACTOR_TAKEN_PORTAL if by_portal else Kind.FACTOR_TAKEN_BODY
    write(kind=kind, address=user.email, now=now)


def ask_for_reset(*, address: str, now: datetime) -> None:
    """Write down that somebody asked for a link to set a new password.

    The same single row whether anybody has that address or not; none for one longer than any account's can be. Nobody is
    refused for what a stranger asked before them: after a few in a quarter of an hour no more are written, and the links
    that were sent to the address work for a day.
    """
    if len(address) > LONGEST_ADDRESS:
        return
    lately = Letter.objects.filter(kind=Kind.RESET, address=address, asked_at__gt=now - RESETS_WITHIN)
    if lately.exclude(outcome=Outcome.GIVEN_UP).count() < MOST_RESETS:
        write(kind=Kind.RESET, address=address, now=now)


def write(*, kind: str, address: str, now: datetime) -> Letter:
    """Put a letter in the tray; the clockwork sends it."""
    return Letter.objects.create(kind=kind, address=address, asked_at=now, next_try_at=now)


def stop(letter: Letter | None, *, now: datetime) -> None:
    """See to it that a letter which still waits is not sent: what it says no longer holds."""
    if letter is not None:
        Letter.objects.filter(pk=letter.pk, outcome=Outcome.WAITING).update(
            outcome=Outcome.GIVEN_UP, ended_at=now
        )


def send_letters(*, now: datetime, most: int = 20) -> int:
    """Send what waits. A clockwork's door: safe to call often, and twice at once.

    Args:
        now: the moment.
        most: how many at a time, so that a slow server holds nobody up for long.

    Returns:
        How many went out.
    """
    return sum(_send(letter, now) for letter in _take(now, most))


def _take(now: datetime, most: int) -> list[Letter]:
    """Take letters that are due, for as long as the lease lasts."""
    with transaction.atomic():
        due = Letter.objects.select_for_update(skip_locked=True).filter(
            outcome=Outcome.WAITING, next_try_at__lte=now
        )
        taken = list(due.order_by("next_try_at")[:most])
        Letter.objects.filter(pk__in=[letter.pk for letter in taken]).update(next_try_at=now + LEASE)
    return taken


def _send(letter: Letter, now: datetime) -> bool:
    """Send one letter, outside any transaction, unless it was stopped since it was taken; say whether it went out."""
    letter.refresh_from_db(fields=["outcome"])
    if letter.outcome != Outcome.WAITING:
        return False
    user = User.objects.filter(email=letter.address.lower(), is_active=True).first()
    if user is None and letter.kind != Kind.INVITED:
        _end(letter, Outcome.NOBODY, now)
        return False
    if now - letter.asked_at > LETTER_LIFE:
        _end(letter, Outcome.GIVEN_UP, now)
        log.error("Letter %s (%s) was given up: no mail server took it in time.", letter.pk, letter.kind)
        return False
    try:
        _mail(letter, user).send()
    except (SMTPException, OSError):
        letter.tries += 1
        letter.next_try_at = next_try(letter.tries, now)
        letter.save(update_fields=["tries", "next_try_at"])
        return False
    _end(letter, Outcome.SENT, now)
    return True


def _end(letter: Letter, outcome: str, now: datetime) -> None:
    letter.outcome, letter.ended_at = outcome, now
    letter.save(update_fields=["outcome", "ended_at"])


def _mail(letter: Letter, user: User | None) -> EmailMessage:
    """The mail itself: one recipient, and nothing about the field in it; to whoever is invited, no name either."""
    known = {
        "user": user,
        "factor": second_factor_of(user) if user else None,
        "portal": settings.PORTAL_URL,
        "link": _link(letter, user),
        "letter": letter,
    }
    return EmailMessage(
        subject=SUBJECTS[Kind(letter.kind)],
        body=render_to_string(f"account/letters/{letter.kind}.jinja", known),
        to=[letter.address],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )


def hash_of(key: str) -> str:
    """What is kept of the key in an invitation's link."""
    return hashlib.sha256(key.encode()).hexdigest()


def _link(letter: Letter, user: User | None) -> str:
    """The address at which an invitation is taken up or a password set, "" for letters that only tell."""
    if letter.kind == Kind.INVITED:
        key = secrets.token_urlsafe(32)
        letter.key_hash = hash_of(key)
        letter.save(update_fields=["key_hash"])
        return f"{settings.PORTAL_URL}{reverse('agencies:invitation', kwargs={'key': key})}"
    if user is None or letter.kind not in (Kind.RESET, Kind.OPENED):
        return ""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.PORTAL_URL}{path}"


def tidy(*, now: datetime) -> int:
    """Forget old letters and sessions that are over; say how many rows went."""
    letters, _ = Letter.objects.filter(asked_at__lt=now - KEEP_LETTERS).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    listed, _ = UserSession.objects.exclude(session_key__in=alive).delete()
    return letters + sessions + listed
