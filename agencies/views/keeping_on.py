"""An end that was set is taken back before its day: of a seat, a role, a body's membership."""

from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from agencies import operations, rules
from agencies.forms import NoFields
from agencies.models import Membership, PortalRole, QSGMember, Seat
from agencies.operations.dated import not_to_oneself
from agencies.places import PeopleOf
from agencies.views.changing import ChangePage


class _KeepOn(ChangePage):
    """A dated row, named by `id` in the address, goes on after all."""

    abstract = True
    form_class = NoFields
    title = "Take an end back"
    submit = "Take the end back"
    rows: Any
    held: Any

    def find(self) -> None:
        """Fetch the row; absent where there is none."""
        self.held = the(self.rows.filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """What goes on."""
        return str(self.held)


class KeepSeat(_KeepOn):
    """A seat goes on."""

    permission = "people.manage"
    rows = Seat.objects.select_related("qsg", "agency", "user")

    def place(self) -> Place:
        """The people of the seat's body."""
        return PeopleOf(self.held.agency)

    def back(self) -> tuple[str, str]:
        """Back to the group."""
        return f"Back to {self.held.qsg}", reverse("group", args=[self.held.qsg_id])

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        what = f"this seat at {self.held.qsg}"
        return rules.kept_on(person=self.held.user.full_name, what=what, ends_on=self.held.ends_on)

    def perform(self, form: Any) -> str:
        """Take the end back."""
        operations.keep_seat_on(by=self.by, now=self.now, seat=self.held)
        return self.back()[1]


class KeepMember(_KeepOn):
    """A body stays in a group."""

    permission = "membership.manage"
    rows = QSGMember.objects.select_related("qsg", "agency")

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def back(self) -> tuple[str, str]:
        """Back to the group."""
        return f"Back to {self.held.qsg}", reverse("group", args=[self.held.qsg_id])

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        what = f"its place in {self.held.qsg}"
        return rules.kept_on(person=self.held.agency.name, what=what, ends_on=self.held.ends_on)

    def perform(self, form: Any) -> str:
        """Take the end back."""
        operations.keep_qsg_member_on(by=self.by, now=self.now, member=self.held)
        return self.back()[1]


class KeepRole(_KeepOn):
    """A role at a body goes on."""

    permission = "people.manage"
    rows = Membership.objects.select_related("agency", "user")

    def place(self) -> Place:
        """The body's people."""
        return PeopleOf(self.held.agency)

    def back(self) -> tuple[str, str]:
        """Back to the person."""
        return f"Back to {self.held.user}", reverse("agencies:person", args=[self.held.user_id])

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        what = f"the role {self.held.get_role_display().lower()} at {self.held.agency}"
        return rules.kept_on(person=self.held.user.full_name, what=what, ends_on=self.held.ends_on)

    def perform(self, form: Any) -> str:
        """Take the end back."""
        operations.keep_membership_on(by=self.by, now=self.now, membership=self.held)
        return self.back()[1]


class KeepPortalRole(_KeepOn):
    """A role at the portal goes on."""

    permission = "membership.manage"
    rows = PortalRole.objects.select_related("user")

    def find(self) -> None:
        """Fetch the row; nobody keeps their own role on, and is told so before anything is asked."""
        super().find()
        if self.by.may(self.permission, at=PORTAL):
            not_to_oneself(self.by, self.held.user_id)

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def back(self) -> tuple[str, str]:
        """Back to the person."""
        return f"Back to {self.held.user}", reverse("agencies:person", args=[self.held.user_id])

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        what = f"the role {self.held.get_role_display().lower()}"
        return rules.kept_on(person=self.held.user.full_name, what=what, ends_on=self.held.ends_on)

    def perform(self, form: Any) -> str:
        """Take the end back."""
        operations.keep_portal_role_on(by=self.by, now=self.now, portal_role=self.held)
        return self.back()[1]
