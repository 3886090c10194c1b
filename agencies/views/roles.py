"""Roles and conflicts of a person: given and ended, in words first."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from access.finding import the
from access.models import Conflict
from access.principal import PORTAL, Place
from accounts.models import User
from agencies import operations, rules
from agencies.forms import EndNowForm, PortalRoleForm, RoleForm, agency_choices
from agencies.interests.rules import kind_of
from agencies.models import Agency, Membership, PortalRole
from agencies.places import SOME_PEOPLE, PeopleOf
from agencies.roster import standing
from agencies.vacancies.falling import falls_with
from agencies.views.changing import ChangePage, warned
from agencies.views.people import bodies_in_charge, people_in_charge
from timekeeping.london import Span, day_in_words


class OfPerson(ChangePage):
    """A change about one person, named by `id` in the address."""

    abstract = True
    permission = "people.manage"
    person: User

    def place(self) -> Place:
        """One's own body's people, or everybody: the operation asks again."""
        return SOME_PEOPLE

    def find(self) -> None:
        """Fetch the person; those of other bodies are absent."""
        self.person = the(people_in_charge(self).filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """The person's name."""
        return self.person.full_name

    def back(self) -> tuple[str, str]:
        """Back to the person."""
        return f"Back to {self.person.full_name}", self.address()

    def address(self) -> str:
        """The person's page; one who is no longer in charge of them is led to the list."""
        return reverse("agencies:person", args=[self.person.pk])


class AddRole(OfPerson):
    """A role at an agency."""

    form_class = RoleForm
    title = "Give a role"
    submit = "Give the role"

    def form_kwargs(self) -> dict[str, Any]:
        """The bodies in charge of."""
        return {"agencies": agency_choices(bodies_in_charge(self)), "today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the role will mean."""
        given = form.cleaned_data
        return rules.membership_starts(
            person=self.person.full_name,
            agency=Agency.objects.get(pk=given["agency"]).name,
            role=given["role"],
            span=Span(given["starts_on"], form.ends_on),
        )

    def perform(self, form: Any) -> str:
        """Give the role."""
        given = form.cleaned_data
        operations.add_membership(
            by=self.by,
            now=self.now,
            user=self.person,
            agency=Agency.objects.get(pk=given["agency"]),
            role=given["role"],
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return self.address()


class AddPortalRole(OfPerson):
    """A role at the portal itself."""

    permission = "membership.manage"
    form_class = PortalRoleForm
    title = "Give a role at the portal"
    submit = "Give the role"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the role will mean."""
        label = dict(form.fields["role"].choices)[form.cleaned_data["role"]].lower()
        return [
            f"From {day_in_words(form.cleaned_data['starts_on'])}, {self.person.full_name} is a {label}.",
            "This gives no sight of intelligence.",
        ]

    def perform(self, form: Any) -> str:
        """Give the role."""
        given = form.cleaned_data
        operations.add_portal_role(
            by=self.by,
            now=self.now,
            user=self.person,
            role=given["role"],
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return self.address()


class _Ending(OfPerson):
    """The end of something that a person has, named by `id` in the address."""

    abstract = True
    form_class = EndNowForm
    kind = "warning"
    model: Any

    def find(self) -> None:
        """Fetch what ends, and the person; both absent when the person is another body's."""
        self.held = the(self.model.objects.filter(pk=self.kwargs["id"]))
        self.person = the(people_in_charge(self).filter(pk=self.held.user_id))

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}


class EndRole(_Ending):
    """A role at an agency ends."""

    model = Membership
    title = "End a role"
    submit = "End the role"

    def find(self) -> None:
        """Refuse those who do not look after this body's people before any word is said."""
        super().find()
        self.by.require("people.manage", at=PeopleOf(self.held.agency))

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        day, agency = form.ends_on, self.held.agency
        others = self.person.memberships.filter(standing(day), agency=agency).exclude(pk=self.held.pk)
        fall = falls_with(self.held, day)
        return rules.membership_ends(
            person=self.person.full_name,
            agency=agency.name,
            ends_on=day,
            last_role=not others.exists(),
            seats=fall.seats,
        )

    def warnings(self, form: Any) -> list[str]:
        """That a group is left without a chair, or a secretariat."""
        return warned(falls_with(self.held, form.ends_on).without)

    def perform(self, form: Any) -> str:
        """End the role."""
        operations.end_membership(by=self.by, now=self.now, membership=self.held, ends_on=form.ends_on)
        still = people_in_charge(self).filter(pk=self.person.pk).exists()
        return self.address() if still else reverse("agencies:people")


class EndPortalRole(_Ending):
    """A role at the portal ends."""

    permission = "membership.manage"
    model = PortalRole
    title = "End a role at the portal"
    submit = "End the role"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        role = self.held.get_role_display().lower()
        return [f"From {day_in_words(form.ends_on)}, {self.person.full_name} is no longer a {role}."]

    def perform(self, form: Any) -> str:
        """End the role."""
        operations.end_portal_role(by=self.by, now=self.now, portal_role=self.held, ends_on=form.ends_on)
        return self.address()


class EndConflict(_Ending):
    """A conflict of interest ends; never one's own."""

    permission = "membership.manage"
    model = Conflict
    title = "End a conflict of interest"
    submit = "End the conflict"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        day, name = day_in_words(form.ends_on), self.person.full_name
        if self._others_bind(form.ends_on):
            return [
                f"From {day}, this line about {self.held.provider} binds {name} no longer.",
                "Another line does, theirs or their body's: what is about that provider stays kept from them.",
            ]
        return [
            f"From {day}, what is about {self.held.provider} is no longer kept from {name}.",
            "What their roles and seats allow then reaches them.",
        ]

    def perform(self, form: Any) -> str:
        """End the line: every tie of theirs to that provider that others read as of this kind."""
        for tie in self._alike(form.ends_on) or [self.held]:
            operations.end_conflict(by=self.by, now=self.now, conflict=tie, ends_on=form.ends_on)
        return self.address()

    def _lasting(self, ends_on: date) -> QuerySet[Conflict]:
        """What would bind to that provider on a day."""
        last = Q(ends_on=None) | Q(ends_on__gt=ends_on)
        return Conflict.objects.filter(last, provider=self.held.provider_id)

    def _alike(self, ends_on: date) -> list[Conflict]:
        """Their ties of this line that would last longer."""
        theirs = self._lasting(ends_on).filter(user=self.person).order_by("starts_on", "pk")
        return [one for one in theirs if kind_of(one.tie) == kind_of(self.held.tie)]

    def _others_bind(self, ends_on: date) -> bool:
        """Whether something else, theirs or their body's, keeps that provider's matters from them then."""
        bodies = Membership.objects.filter(standing(ends_on), user=self.person)
        lasting = self._lasting(ends_on).filter(starts_on__lte=ends_on)
        alike = [one.pk for one in self._alike(ends_on)]
        theirs = Q(user=self.person) | Q(agency__in=bodies.values("agency"))
        return lasting.filter(theirs).exclude(pk__in=[self.held.pk, *alike]).exists()
