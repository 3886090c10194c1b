"""The pages of tokens: which there are, making one, ending one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from access.operations.tokens import DAYS, NAME_LONGEST, make_token, revoke_token, tokens_of
from access.principal import OWN_BODY, Principal
from access.roles import SCOPES, SERVICE_SCOPES
from access.tokens import stands_for
from access.views import Former
from agencies.models import Seat
from agencies.roster import standing
from nhsuk import forms
from qsg_portal.account import OwnPage
from timekeeping.london import london_day

ME, SERVICE = "me", "service"


class TokenForm(forms.Form):
    """What a token is for, how long it lives, and with what it ends."""

    name = forms.TextField(
        label="What is it for?", hint="Such as “our incident system”.", max_length=NAME_LONGEST
    )
    whose = forms.ChoiceField(label="Who does it act as?")
    scopes = forms.CheckboxesField(
        label="What may it do?",
        hint="Only what it needs. It never does more than you, or a reader of your body, may.",
    )
    days = forms.ChoiceField(
        label="How long does it live?", choices=[(str(days), f"{days} days") for days in DAYS]
    )
    seat = forms.ChoiceField(label="Should it end with one of your seats?", as_select=True, required=False)

    def __init__(self, *args: Any, by: Principal, seats: list[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = [(ME, "Me: it sees what I see")]
        if by.may("token.make_service", at=OWN_BODY):
            whose.append((SERVICE, f"A system of {by.agency_name}: it sees what every reader there sees"))
        self.fields["whose"].choices = whose  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (code, words if code in SERVICE_SCOPES else f"{words} (not for a system)")
            for code, (words, _) in SCOPES.items()
        ]
        chosen = [(str(one.pk), f"{one.get_kind_display()}, {one.qsg}") for one in seats]
        self.fields["seat"].choices = [("", "No"), *chosen]  # type: ignore[attr-defined]
        if not chosen:
            del self.fields["seat"]


class TokensPage(OwnPage):
    """The tokens that the person looks after, and whether each still opens anything."""

    template = "account/tokens.jinja"

    def context(self) -> dict[str, Any]:
        """The tokens that live, the newest first, and how many have ended."""
        tokens = tokens_of(self.by)
        return {
            "tokens": [
                (one, [SCOPES[scope][0] for scope in one.scopes], stands_for(one) is not None)
                for one in tokens
            ],
            "ended": len(tokens_of(self.by, over=True)) - len(tokens),
        }


class MakeToken(Former, OwnPage):
    """Makes a token, and shows its secret once."""

    fresh = True
    template = "account/token_new.jinja"
    form_class = TokenForm
    secret = ""

    def form_kwargs(self) -> dict[str, Any]:
        """Who asks, and their seats."""
        seats = Seat.objects.filter(standing(london_day(self.now)), user=self.by.user_id)
        return {"by": self.by, "seats": list(seats.select_related("qsg"))}

    def perform(self, form: Any) -> str:
        """Make it."""
        said = form.cleaned_data
        _, self.secret = make_token(
            by=self.by,
            now=self.now,
            name=said["name"],
            scopes=said["scopes"],
            days=int(said["days"]),
            service=said["whose"] == SERVICE,
            seat=said.get("seat") or None,
        )
        return reverse("tokens")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Make it and show the secret; the same form sent again leads to the list, which does not."""
        answer = super().post(request, *args, **kwargs)
        if not self.secret:
            return answer
        self.template = "account/token_made.jinja"
        return self.page(secret=self.secret)


class RevokeToken(OwnPage):
    """Ends a token."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """End it."""
        revoke_token(by=self.by, now=self.now, token=self.kwargs["id"])
        messages.success(request, "Revoked. It opens nothing any more.")
        return HttpResponseRedirect(reverse("tokens"))
