"""Hears what the account library tells, and acts on it: the portal's one file of signals.

The library signs people in and out and changes passwords and second factors by
itself; this is where the log learns of it, other sessions end, and the owner of
the account is written to.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in as any_door
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

from access.operations.tokens import end_tokens
from access.principal import clockwork, principal_of
from access.tokens import living
from accounts.fresh import note_factor
from accounts.middleware import FACTOR_SEEN
from accounts.models import Letter, User
from accounts.operations import end_sessions, write
from accounts.sessions import begin
from audit.operations import record_deed
from timekeeping import portal_now


def _deed(user: User, deed: str, **detail: object) -> None:
    record_deed(by=principal_of(user.pk), now=portal_now(), deed=deed, detail=detail)


def _failed(user: User | None, deed: str) -> None:
    """A failure is nobody's deed until it is known whose: the clockwork writes about whom it was."""
    if user is not None:
        now = portal_now()
        record_deed(by=clockwork(now), now=now, deed=deed, detail={"person": str(user.pk)})


@receiver(any_door)
def on_session_begun(request: HttpRequest, **kwargs: Any) -> None:
    """Start the session's clocks, whichever door it came in by: one without clocks is over."""
    begin(request, portal_now())


@receiver(user_logged_in)
def on_signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Write it in the log; the library's own list of sessions has it by now."""
    begin(request, portal_now())
    _deed(user, "account.signed_in")


@receiver(user_logged_out)
def on_signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Write it in the log; also when the session ended by itself."""
    if user is not None:
        _deed(user, "account.signed_out")


@receiver(user_login_failed)
def on_sign_in_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Write it in the log where the address is somebody's."""
    address = str(credentials.get("email") or "").strip().lower()
    _failed(User.objects.filter(email=address).first() if address else None, "account.sign_in_failed")


@receiver(authentication_failed)
def on_code_failed(user: User, **kwargs: Any) -> None:
    """Write it in the log."""
    _failed(user, "account.code_failed")


@receiver(password_changed)
def on_password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Sign out everywhere else."""
    end_sessions(user=user, keep=request.session.session_key)
    write(kind=Letter.Kind.PASSWORD_CHANGED, address=user.email, now=portal_now())
    if living().filter(user=user).exists():
        messages.warning(
            request, "Your tokens for programs go on working. They stand below: revoke what you do not know."
        )
    _deed(user, "account.password_changed")


@receiver(password_reset)
def on_password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Sign out everywhere and revoke the tokens: whoever knew the password before may have made some."""
    now = portal_now()
    end_sessions(user=user)
    end_tokens(now=now, user=user.pk)
    write(kind=Letter.Kind.PASSWORD_RESET, address=user.email, now=now)
    _deed(user, "account.password_reset")


@receiver(authenticator_used)
@receiver(authenticator_added)
@receiver(authenticator_reset)
def on_factor_given(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Keep when it was given and by whom, by the portal's clock; to set one up is to give it."""
    note_factor(request.session, user, portal_now())


@receiver(authenticator_added)
@receiver(authenticator_removed)
@receiver(authenticator_reset)
def on_second_factor_changed(
    request: HttpRequest, user: User, authenticator: Authenticator, signal: Any, **kwargs: Any
) -> None:
    """Sign out everywhere else; look again at what is set up, and write to its owner what happened, once.

    The library makes printed codes along with the first app or passkey and takes them away with the last, and tells
    of it as of a change of its own; whoever asks for codes alone is told of by `MakeCodes`.
    """
    first = signal is authenticator_added and not _earlier(authenticator).exists()
    if (
        authenticator.type == Authenticator.Type.RECOVERY_CODES
        and signal is not authenticator_reset
        and not first
    ):
        return
    end_sessions(user=user, keep=request.session.session_key)
    request.session.pop(FACTOR_SEEN, None)
    kind = Letter.Kind.FACTOR_SET_UP if first else Letter.Kind.FACTOR_CHANGED
    write(kind=kind, address=user.email, now=portal_now())
    _deed(user, "account.second_factor_changed")


def _earlier(authenticator: Authenticator) -> QuerySet[Authenticator]:
    """What its owner had set up before it."""
    held: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=authenticator.user_id)
    return held.filter(pk__lt=authenticator.pk)
