"""How the account library behaves here: no sign-up, our words, secrets encrypted."""

import base64
import hashlib
import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.devices import device_of, know
from accounts.factors import second_factor_of
from accounts.fresh import ask_again, is_fresh, sign_on_again
from accounts.models import User
from accounts.passkeys import WRONG_PASSKEY, portal_host
from accounts.sessions import began_lately
from timekeeping import portal_now

WRONG = "That e-mail address and password do not belong together. Check both and try again"
RESTING = (
    "There were too many tries for this account, so it is resting. Nobody is locked out for good: "
    "wait five minutes and try again"
)
WRONG_CODE = (
    "That code is not right. Codes from an app change every 30 seconds; a printed code works only once"
)
OLD_LINK = "This link has been used, or is more than a day old. Ask for a new one"

CLOSED = ("secret", "seed")
"""What of a second factor is kept encrypted: an app's secret, and what printed codes are made from."""

BEGUN_WITH = "portal.begun_with"
SIGNED_ON = "portal.signed_on"

SENTENCES = {
    "account_inactive": "This account has been closed. Ask the administrator of your body",
    "email_password_mismatch": WRONG,
    "enter_current_password": "That is not your present password",
    "incorrect_password": "That is not your password",
    "incorrect_code": WRONG_CODE,
    "invalid_login": WRONG,
    "invalid_or_expired_key": OLD_LINK,
    "invalid_password_reset": OLD_LINK,
    "too_many_login_attempts": RESTING,
    "rate_limited": RESTING,
}

# What the library would say, and what we say instead; all else goes unsaid.
TOLD = {
    "account/messages/logged_out.txt": "You are signed out.",
    "account/messages/password_changed.txt": "Your password is changed. You were signed out everywhere else.",
    "mfa/messages/totp_activated.txt": "Your app is set up.",
    "mfa/messages/totp_deactivated.txt": "Your app is removed.",
    "mfa/messages/webauthn_added.txt": "Your passkey is set up.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed.",
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, passwords and sessions."""

    error_messages: ClassVar[dict[str, Any]] = {**DefaultAccountAdapter.error_messages, **SENTENCES}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account for themselves; an administrator does."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Keep which password the sign-in was begun with: a sign-in half done ends when that is changed."""
        request.session[BEGUN_WITH] = user.get_session_auth_hash()
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Tell the person, in our words, what is worth telling; a form's own refusal is in our words already."""
        if message == WRONG_PASSKEY:
            messages.warning(request, f"{message}.")
        sentence = TOLD.get(message_template or "", "")
        if sentence:
            messages.add_message(request, messages.SUCCESS, sentence, extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Never from a page: letters are written down and sent by the clockwork."""

    def logout(self, request: HttpRequest) -> None:
        """Sign out here; say where the person may still be signed in."""
        name = request.session.get(SIGNED_ON)
        super().logout(request)
        if name:
            messages.info(request, f"You may still be signed in at {name}: sign out there too.")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Know this browser from now on, where the sign-in had a second factor too."""
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        if is_fresh(request.session, portal_now()):
            know(answer, user.email)
        return answer

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Under what wrong passwords are counted: the account, and apart from it a browser that is known for it."""
        address = str(credentials.get("email") or "").strip().lower()
        return f"{address}:{device_of(request, address)}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Where a changed password leads: to everything else that opens the account."""
        return reverse("account")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a session was begun, for its owner's own list; limits never hang on it."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return "0.0.0.0"  # nosec B104 - nobody listens there: it stands for "not known"

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check the password of somebody already signed in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again who it is before one's factors are seen or changed, but not of who has just given the first password.

        A password alone is not enough of somebody who has a second factor: it was given a short time ago, or is asked for.

        Raises:
            ImmediateHttpResponse: the second factor was not given a short time ago: it is asked for first. Or nothing
                could be asked for here, and the organisation that signs them in says again who it is.
        """
        request, now = context.request, portal_now()
        if second_factor_of(request.user).usable:
            if not is_fresh(request.session, now):
                raise ImmediateHttpResponse(ask_again(request, now))
            return True
        if not request.user.has_usable_password() and not began_lately(request.session, now):
            raise ImmediateHttpResponse(sign_on_again(request))
        given = [record["at"] for record in get_authentication_records(request, request.user)]
        # The library keeps these moments by its own clock, so they are compared with it.
        return not given or time.time() - max(given) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT  # noqa: TID251


def _box() -> MultiFernet:
    """The cipher of stored secrets; older keys still open what they closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"accounts.second-factor:" + str(key).encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


@transaction.atomic
def close_anew() -> int:
    """Close every stored secret with the present key, whichever closed it; return of how many second factors.

    Raises:
        cryptography.fernet.InvalidToken: one was closed with a key that is given no more; nothing was changed.
    """
    box, changed = _box(), 0
    for held in Authenticator.objects.select_for_update().order_by("pk"):
        closed = {name: held.data[name] for name in CLOSED if name in held.data}
        if closed:
            held.data |= {name: box.rotate(text.encode()).decode() for name, text in closed.items()}
            held.save(update_fields=["data"])
            changed += 1
    return changed


class FactorAdapter(DefaultMFAAdapter):
    """The second factor: encrypted where it is kept, and printed codes count as one."""

    error_messages: ClassVar[dict[str, Any]] = {**DefaultMFAAdapter.error_messages, **SENTENCES}

    def encrypt(self, text: str) -> str:
        """Close a secret; whoever copies the database cannot make codes with it."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """Whether a second factor must be given.

        The library asks about apps and keys when somebody signs in. A person
        without a telephone may have printed codes only, and they count too. Who has
        just given one to the organisation that signs them in is not asked again.
        """
        if types and set(types) == {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
            if getattr(context.request, "second_factor_given", False):
                return False
            types = [*types, Authenticator.Type.RECOVERY_CODES]
        return bool(super().is_mfa_enabled(user, types=types))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whom a passkey is for: the portal at its own address, not whatever host a request names."""
        return {"id": portal_host(), "name": settings.MFA_TOTP_ISSUER}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Never from a page: `qsg_portal.hearing` hears of the change and writes a letter."""
