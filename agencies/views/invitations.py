"""Invitations as administrators see them: sent, listed, sent again, withdrawn."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from access.views import Page
from agencies import operations, rules
from agencies.finding import uuid_of
from agencies.forms import InviteForm, NoFields, agency_choices
from agencies.models import (
    Agency,
    MemberKind,
    MembershipInvitation,
    QSGMember,
    QualitySurveillanceGroup,
    SeatKind,
)
from agencies.places import NOBODY, SOME_PEOPLE
from agencies.roster import standing
from agencies.views.changing import ChangePage
from agencies.views.people import bodies_in_charge
from nhsuk.paging import page_of


def invitations_in_charge(page: Page) -> QuerySet[MembershipInvitation]:
    """The invitations to bodies whose people the person looks after."""
    found = MembershipInvitation.objects.select_related(
        "agency", "qsg", "invited_by", "accepted_by", "letter"
    )
    return found.filter(agency__in=bodies_in_charge(page))


class InvitationsPage(Page):
    """Who is invited, and how each invitation stands."""

    permission = "people.manage"
    template = "agencies/invitations.jinja"

    def place(self) -> Place:
        """One's own body's people, or everybody."""
        return SOME_PEOPLE

    def context(self) -> dict[str, Any]:
        """A page of them, the newest first."""
        found = page_of(invitations_in_charge(self), moment="sent_at", mark=self.request.GET.get("from", ""))
        return {"found": found, "lines": [(each, each.state(self.now)) for each in found.rows]}


class _OfInvitations(ChangePage):
    """A change of an invitation."""

    abstract = True
    permission = "people.manage"

    def place(self) -> Place:
        """One's own body's people, or everybody: the operation asks again."""
        return SOME_PEOPLE

    def about(self) -> str:
        """Nobody yet."""
        return ""

    def back(self) -> tuple[str, str]:
        """Back to the invitations."""
        return "Back to invitations", reverse("agencies:invitations")


class Invite(_OfInvitations):
    """A person is asked to join."""

    form_class = InviteForm
    title = "Invite a person"
    submit = "Send the invitation"

    def form_kwargs(self) -> dict[str, Any]:
        """The bodies in charge of, and the seats that might be given."""
        bodies = bodies_in_charge(self)
        return {"agencies": agency_choices(bodies), "seats": self.seats(bodies)}

    def seats(self, bodies: QuerySet[Agency]) -> list[tuple[str, str]]:
        """A seat of each kind that the person may give, at each group of which the bodies are members."""
        kinds = [
            (code, label)
            for code, label in SeatKind.choices
            if code in rules.SEATS_A_BODY_FILLS or self.by.may("membership.manage", at=PORTAL)
        ]
        members = QSGMember.objects.filter(standing(self.today), kind=MemberKind.FULL, agency__in=bodies)
        groups = QualitySurveillanceGroup.objects.filter(pk__in=members.values("qsg_id"))
        return [
            (f"{group.pk}.{code}", f"{label} at {group.name}") for group in groups for code, label in kinds
        ]

    def seat(self, form: Any) -> tuple[QualitySurveillanceGroup | None, str]:
        """The seat chosen."""
        group, _, kind = form.cleaned_data["seat"].partition(".")
        return QualitySurveillanceGroup.objects.filter(pk=uuid_of(group) or NOBODY).first(), kind

    def words(self, form: Any) -> list[str]:
        """What will happen when they join."""
        given = form.cleaned_data
        qsg, kind = self.seat(form)
        return [
            f"A link goes to {given['email']}. It works once, for {rules.INVITATION_LIFE.days} days.",
            *rules.joining(
                person=given["full_name"],
                agency=Agency.objects.get(pk=given["agency"]).name,
                role=given["role"],
                group=qsg.name if qsg else "",
                seat_kind=kind,
            ),
            "They say yes themselves, signed in. Nothing is given before that.",
        ]

    def perform(self, form: Any) -> str:
        """Send it."""
        given = form.cleaned_data
        qsg, kind = self.seat(form)
        operations.invite(
            by=self.by,
            now=self.now,
            agency=Agency.objects.get(pk=given["agency"]),
            email=given["email"],
            full_name=given["full_name"],
            role=given["role"],
            qsg=qsg,
            seat_kind=kind,
        )
        return reverse("agencies:invitations")


class _OfInvitation(_OfInvitations):
    """A deed about one invitation, named by `id`, that needs nothing but a yes."""

    abstract = True
    form_class = NoFields

    def find(self) -> None:
        """Fetch the invitation; those to other bodies are absent."""
        self.invitation = the(invitations_in_charge(self).filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """Who is invited."""
        return self.invitation.full_name


class InviteAgain(_OfInvitation):
    """The person is written to again."""

    title = "Send an invitation again"
    submit = "Send it again"

    def words(self, form: Any) -> list[str]:
        """What will happen."""
        return [
            f"A new link goes to {self.invitation.email}. It works for {rules.INVITATION_LIFE.days} days.",
            "The link sent before stops working.",
        ]

    def perform(self, form: Any) -> str:
        """Send it."""
        operations.invite_again(by=self.by, now=self.now, invitation=self.invitation)
        return reverse("agencies:invitations")


class WithdrawInvitation(_OfInvitation):
    """The invitation is taken back."""

    title = "Withdraw an invitation"
    submit = "Withdraw it"
    kind = "warning"

    def words(self, form: Any) -> list[str]:
        """What will happen."""
        return [
            f"The link sent to {self.invitation.email} opens nothing any more.",
            "They are not written to: a mail that still waits is not sent.",
        ]

    def perform(self, form: Any) -> str:
        """Take it back."""
        operations.withdraw_invitation(by=self.by, now=self.now, invitation=self.invitation)
        return reverse("agencies:invitations")
