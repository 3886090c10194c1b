"""One's own passkeys: added, named, removed."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import auth, flows
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts.forms import AddPasskeyForm, PasskeyName
from accounts.passkeys import Passkey, passkey_of, portal_host
from accounts.rules import device_in_words
from qsg_portal.account import OwnPage


class AddPasskey(OwnPage):
    """Lets the device make a passkey for the portal; asks first who it is."""

    template = "account/passkey_add.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the device."""
        raise_if_reauthentication_required(request, app="allauth.mfa")
        name = device_in_words(request.headers.get("User-Agent", ""))
        return self.ask(AddPasskeyForm(initial={"name": name}))

    def ask(self, form: AddPasskeyForm, status: int = 200) -> HttpResponse:
        """Show the form, with what the device is to sign."""
        options = auth.begin_registration(self.person, passwordless=True)
        return self.page(status=status, form=form, options=options, host=portal_host())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep it; with the first factor come printed codes."""
        raise_if_reauthentication_required(request, app="allauth.mfa")
        form = AddPasskeyForm(data=request.POST)
        if not form.is_valid():
            return self.ask(form, status=422)
        given = form.cleaned_data
        made, codes = flows.add_authenticator(request, given["name"], given["credential"])
        post_authentication(request, made, reauthenticated=True)  # to make it is to use it
        return HttpResponseRedirect(reverse("mfa_view_recovery_codes" if codes else "account"))


class _OfPasskey(OwnPage):
    """A change of one passkey, named by `mark` in the address; asks first who it is."""

    abstract = True
    passkey: Passkey

    def find(self) -> None:
        """Fetch it; another person's is absent. Then ask who it is, before anything is shown."""
        found = passkey_of(self.person, self.kwargs["mark"])
        if found is None:
            raise Http404
        raise_if_reauthentication_required(self.request, app="allauth.mfa")
        self.passkey = found

    def context(self) -> dict[str, Any]:
        """The passkey."""
        return {"passkey": self.passkey}


class RenamePasskey(_OfPasskey):
    """A passkey gets another name."""

    template = "account/passkey_name.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for it."""
        return self.page(form=PasskeyName(initial={"name": self.passkey.name}))

    def post(self, request: HttpRequest, mark: str) -> HttpResponseBase:
        """Keep it."""
        form = PasskeyName(data=request.POST)
        if not form.is_valid():
            return self.page(status=422, form=form)
        flows.rename_authenticator(request, self.passkey.row, form.cleaned_data["name"])
        messages.success(request, "The passkey has its new name.")
        return HttpResponseRedirect(reverse("account"))


class RemovePasskey(_OfPasskey):
    """A passkey opens the portal no more."""

    template = "account/passkey_remove.jinja"

    def post(self, request: HttpRequest, mark: str) -> HttpResponseBase:
        """Remove it."""
        flows.remove_authenticator(request, self.passkey.row)
        return HttpResponseRedirect(reverse("account"))
