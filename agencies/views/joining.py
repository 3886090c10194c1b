"""The invited person's side: an account is opened where there is none, and what is joined is said yes to."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from access.finding import the
from access.principal import clockwork
from access.refusals import NotNow, NotPermitted
from access.views import PUBLIC, FormPage, Page
from accounts.forms import FirstPasswordForm
from accounts.models import User
from accounts.operations import hash_of
from agencies import operations, rules
from agencies.forms import NoFields
from agencies.models import MembershipInvitation
from agencies.operations.invitations import NO_LONGER
from agencies.places import NOBODY
from timekeeping import portal_now
from timekeeping.london import Span, london_day

KEY = "portal.invited"


class InvitationLink(Page):
    """Where the link in the mail leads: keeps its key in the session, so that no log and no history holds it."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead on, whatever the key opens."""
        request.session[KEY] = self.kwargs["key"]
        return HttpResponseRedirect(reverse("agencies:invited"))


class InvitedPage(Page):
    """To signing in, or to opening the account that is to sign in."""

    permission = PUBLIC
    template = "agencies/invitation.jinja"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead on; say so where the link opens nothing."""
        found = operations.invitation_of(request.session.get(KEY, ""), now=portal_now())
        if found is None:
            return self.page(status=404)
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("agencies:join"))
        account = User.objects.filter(email=found.email).first()
        if account is None:
            return self.page(invitation=found, form=FirstPasswordForm(owner=found))
        return self.page(invitation=found, closed=not account.is_active)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open the account and sign its owner in; what they join is asked on the next page."""
        now = portal_now()
        found = operations.invitation_of(request.session.get(KEY, ""), now=now)
        if found is None or request.user.is_authenticated or User.objects.filter(email=found.email).exists():
            return self.get(request)
        form = FirstPasswordForm(data=request.POST, owner=found)
        if not form.is_valid():
            return self.page(status=422, invitation=found, form=form)
        try:
            user = operations.open_invited_account(
                by=clockwork(now),
                now=now,
                invitation=found,
                password=form.cleaned_data["password1"],
                telephone=form.cleaned_data["telephone"],
            )
        except NotNow:  # somebody was quicker: the page says how it stands
            return self.get(request)
        login = Login(user=user, redirect_url=reverse("agencies:join"))
        answer: HttpResponse = perform_password_login(request, {}, login)
        return answer


class JoinPage(FormPage):
    """Says what the person is to join, and asks for their yes."""

    permission = "account.own"
    template = "agencies/join.jinja"
    form_class = NoFields
    invitation: MembershipInvitation

    def asked(self) -> Q:
        """Which invitation: the one behind the link."""
        return Q(letter__key_hash=hash_of(self.request.session.get(KEY, "")))

    def find(self) -> None:
        """Fetch the invitation, if it waits for this person or was accepted by them."""
        invitations = MembershipInvitation.objects.select_related("agency", "qsg", "invited_by")
        found = the(invitations.filter(self.asked()))
        if not User.objects.filter(pk=self.by.user_id or NOBODY, email=found.email).exists():
            raise NotPermitted(
                "This invitation is for another address. Sign out, and open the link again as the person it was sent to."
            )
        if found.state(self.now) != "waiting" and found.accepted_by_id != self.by.user_id:
            raise NotNow(NO_LONGER)
        self.invitation = found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask; who has joined goes home."""
        if self.invitation.accepted_at is not None:
            return HttpResponseRedirect("/")
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """What joining means, in words."""
        held, span = self.invitation, Span(london_day(self.now), None)
        said = rules.membership_starts(
            person=self.by.name, agency=held.agency.name, role=held.role, span=span
        )
        if held.qsg is not None:
            said += rules.seat_starts(
                person=self.by.name,
                agency=held.agency.name,
                group=held.qsg.name,
                kind=held.seat_kind,
                cleared=False,
                span=span,
                others=0,
            )
        return {"invitation": held, "words": said}

    def perform(self, form: Any) -> str:
        """Join."""
        no_seat = operations.accept_invitation(by=self.by, now=self.now, invitation=self.invitation)
        messages.success(self.request, f"You have joined {self.invitation.agency}.")
        if no_seat:
            messages.warning(
                self.request,
                f"The seat that was proposed could not be given. {no_seat} Ask the administrator of your body.",
            )
        return "/"


class JoinFromHomePage(JoinPage):
    """The same for who is signed in and has no link at hand: their address is their account's; others' are absent."""

    def asked(self) -> Q:
        """Which invitation: the one in the address, sent to this person."""
        return Q(
            pk=self.kwargs["id"], email__in=User.objects.filter(pk=self.by.user_id or NOBODY).values("email")
        )
