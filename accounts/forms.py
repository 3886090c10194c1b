"""The account library's forms, in our look and our words."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField
from django.http import HttpRequest

from accounts.models import User
from accounts.operations import ask_for_reset
from accounts.passkeys import WRONG_PASSKEY
from nhsuk import forms
from nhsuk.forms import NhsForm
from timekeeping import portal_now

NEW_PASSWORD = (
    "New password",
    "At least 10 characters. Three random words make a good one. You may paste it from a password manager.",
)
AGAIN = ("New password again", "")
CODE = (
    "Code",
    "Six numbers from your app, or one of your printed codes. Spaces do not matter.",
)


class SignInForm(NhsForm, account.LoginForm):
    """E-mail address and password."""

    wording = {"login": ("E-mail address", ""), "password": ("Password", "")}


class PasswordAgainForm(NhsForm, account.ReauthenticateForm):
    """The password, from somebody already signed in."""

    wording = {"password": ("Password", "")}


class ChangePasswordForm(NhsForm, account.ChangePasswordForm):
    """The present password and a new one."""

    wording = {"oldpassword": ("Present password", ""), "password1": NEW_PASSWORD, "password2": AGAIN}


class NewPasswordForm(NhsForm, account.ResetPasswordKeyForm):
    """A new password, from a link."""

    wording = {"password1": NEW_PASSWORD, "password2": AGAIN}


class FirstPasswordForm(forms.Form):
    """The first password of an account that is being opened, held to the same rules as every other."""

    telephone = forms.TelephoneField(
        label="Telephone number", hint="Where colleagues can ring you. They see it.", required=False
    )
    password1 = forms.PasswordField(label="Password", hint=NEW_PASSWORD[1], autocomplete="new-password")
    password2 = forms.PasswordField(label="Password again", autocomplete="new-password")

    def __init__(self, *, owner: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner = User(email=owner.email, full_name=owner.full_name)

    def clean(self) -> dict[str, Any]:
        """Both the same, and none that is short, common or like the name."""
        given = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two are not the same. Type both again.")
        if first:
            try:
                validate_password(first, self.owner)
            except ValidationError as refusal:
                self.add_error("password1", refusal)
        return given


class ResetForm(NhsForm, account.ResetPasswordForm):
    """The address to which a link is to be sent."""

    wording = {"email": ("E-mail address", "The one you sign in with.")}

    def clean_email(self) -> str:
        """The address as typed. Nobody is looked up here: a known address must take no longer."""
        return str(self.cleaned_data["email"]).strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Write down that a link was asked for."""
        address = str(self.cleaned_data["email"])
        ask_for_reset(address=address, now=portal_now())
        return address


class Code:
    """Mixed in: a code is short, and all numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code: Any = self.fields["code"]  # type: ignore[attr-defined]
        code.width, code.inputmode, code.spellcheck = 10, "numeric", False


class CodeForm(Code, NhsForm, mfa.AuthenticateForm):
    """The second factor, when signing in."""

    wording = {"code": CODE}


class CodeAgainForm(Code, NhsForm, mfa.ReauthenticateForm):
    """The second factor, from somebody already signed in."""

    wording = {"code": CODE}


class AppForm(Code, NhsForm, totp.ActivateTOTPForm):
    """The first code of an app that is being set up."""

    wording = {"code": ("Code that the app shows", "Six numbers. Spaces do not matter.")}


class RemoveAppForm(NhsForm, totp.DeactivateTOTPForm):
    """Nothing to fill in: asks whether the app is to go."""


def _dictionary(said: Any) -> Any:
    """What a browser says of a passkey, which may be anything, refused in one sentence where it is nothing of the kind.

    Raises:
        ValidationError: it is not.
    """
    if not isinstance(said, dict) or not isinstance(said.get("response"), dict):
        raise ValidationError(WRONG_PASSKEY)
    return said


class Credential:
    """Mixed in: a passkey that is not taken is refused in one sentence, whatever was wrong with it."""

    def clean_credential(self) -> Any:
        """The passkey's row."""
        _dictionary(self.cleaned_data["credential"])  # type: ignore[attr-defined]
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (ValidationError, ValueError, TypeError, KeyError):
            raise ValidationError(WRONG_PASSKEY) from None


class PasskeyForm(Credential, NhsForm, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second factor, when signing in."""


class PasskeySignInForm(Credential, NhsForm, webauthn.LoginWebAuthnForm):
    """A passkey alone: it is something one has, opened by something one is or knows."""


class PasskeyAgainForm(Credential, NhsForm, webauthn.ReauthenticateWebAuthnForm):
    """A passkey, from somebody already signed in."""


class PasskeyName(forms.Form):
    """What a passkey is called."""

    name = forms.TextField(
        label="Name for it", hint="So that you know it again, such as “My telephone”.", max_length=60
    )


class AddPasskeyForm(PasskeyName):
    """A new passkey, and its name."""

    credential = JSONField(
        widget=HiddenInput, error_messages={"required": WRONG_PASSKEY, "invalid": WRONG_PASSKEY}
    )

    def clean(self) -> dict[str, Any]:
        """Check what the device signed against what it was asked."""
        given = super().clean() or {}
        if "credential" in given:
            _dictionary(given["credential"])
            try:
                auth.parse_registration_response(given["credential"])
                auth.complete_registration(given["credential"])
            except (ValidationError, ValueError, TypeError, KeyError):
                raise ValidationError(WRONG_PASSKEY) from None
        return given
