"""Seats and members of a group: added, ended, changed; each said in words first."""

from datetime import date
from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from accounts.models import User
from agencies import operations, rules
from agencies.finding import uuid_of
from agencies.forms import ClearedForm, EndNowForm, MemberForm, SeatForm, agency_choices
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
)
from agencies.places import NOBODY, SOME_PEOPLE, PeopleOf
from agencies.roster import not_over, seat_lines
from agencies.rules import READING_ROLES
from agencies.vacancies.falling import left_without
from agencies.views.changing import ChangePage, warned
from timekeeping.london import Span, day_in_words


class _OfGroup(ChangePage):
    """A change at one group, named by `id` in the address."""

    abstract = True
    group: QualitySurveillanceGroup

    def find(self) -> None:
        """Fetch the group; absent where there is none."""
        self.group = the(QualitySurveillanceGroup.objects.filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """The group's name."""
        return self.group.name

    def back(self) -> tuple[str, str]:
        """Back to the group's members and seats."""
        return f"Back to {self.group}", group_address(self.group)


def group_address(group: QualitySurveillanceGroup) -> str:
    """The address of a group's own page."""
    return reverse("group", args=[group.pk])


class AddSeat(_OfGroup):
    """A new seat for a person of a member body; a body's own administrator fills its ordinary seats."""

    permission = "people.manage"
    form_class = SeatForm
    template = "agencies/seat.jinja"
    title = "Give somebody a seat"
    submit = "Give the seat"

    def place(self) -> Place:
        """People somewhere: the operation asks about this body's."""
        return SOME_PEOPLE

    def find(self) -> None:
        """Fetch the group, and the people who may be chosen."""
        super().find()
        members = self.group.members.filter(not_over(self.today), kind=MemberKind.FULL)
        held = Membership.objects.filter(
            not_over(self.today),
            role__in=READING_ROLES,
            user__is_active=True,
            agency__in=members.values("agency_id"),
        ).exclude(user_id=self.by.user_id or NOBODY)
        if not self.by.may("membership.manage", at=PORTAL):
            held = held.filter(agency_id=self.by.agency_id or NOBODY)
        self.people: dict[str, tuple[User, Agency]] = {
            f"{each.user_id}.{each.agency_id}": (each.user, each.agency)
            for each in held.select_related("user", "agency").order_by("user__full_name", "user_id")
        }

    def form_kwargs(self) -> dict[str, Any]:
        """The people to choose from, each with their body."""
        choices = [(key, f"{user.full_name}, {agency}") for key, (user, agency) in self.people.items()]
        return {"people": choices, "today": self.today}

    def context(self) -> dict[str, Any]:
        """Whether there is anybody to choose."""
        return {**super().context(), "people": self.people}

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the form; a body may be named, whose people stand alone in the list."""
        only = uuid_of(request.GET.get("body", ""))
        if only:
            self.people = {key: pair for key, pair in self.people.items() if pair[1].pk == only}
        return super().get(request, *args, **kwargs)

    def words(self, form: Any) -> list[str]:
        """What the seat will mean."""
        given = form.cleaned_data
        user, agency = self.people[given["person"]]
        lines = [
            line for line in seat_lines(self.group.seats.filter(agency=agency), self.today) if line.counts
        ]
        others = len({line.seat.user_id for line in lines} - {user.pk})
        return rules.seat_starts(
            person=user.full_name,
            agency=agency.name,
            group=self.group.name,
            kind=given["kind"],
            cleared=bool(given["cleared"]),
            span=Span(given["starts_on"], form.ends_on),
            others=others,
        )

    def perform(self, form: Any) -> str:
        """Give the seat."""
        given = form.cleaned_data
        user, agency = self.people[given["person"]]
        operations.add_seat(
            by=self.by,
            now=self.now,
            qsg=self.group,
            user=user,
            agency=agency,
            kind=given["kind"],
            cleared=bool(given["cleared"]),
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return group_address(self.group)


class AddMember(_OfGroup):
    """A body joins a group, as a member or an occasional guest."""

    permission = "membership.manage"
    form_class = MemberForm
    title = "Add a body to the group"
    submit = "Add the body"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def form_kwargs(self) -> dict[str, Any]:
        """Every body that stands."""
        agencies = Agency.objects.filter(closed_on__isnull=True)
        first = self.request.GET.get("body", "")
        initial = {"starts_on": self.today, "agency": first, "kind": "full" if first else ""}
        return {"agencies": agency_choices(agencies), "today": self.today, "initial": initial}

    def _agency(self, form: Any) -> Agency:
        return Agency.objects.get(pk=form.cleaned_data["agency"])

    def words(self, form: Any) -> list[str]:
        """What the membership will mean."""
        given = form.cleaned_data
        return rules.member_starts(
            agency=self._agency(form).name,
            group=self.group.name,
            kind=given["kind"],
            span=Span(given["starts_on"], form.ends_on),
        )

    def perform(self, form: Any) -> str:
        """Add the body."""
        given = form.cleaned_data
        operations.add_qsg_member(
            by=self.by,
            now=self.now,
            qsg=self.group,
            agency=self._agency(form),
            kind=given["kind"],
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return group_address(self.group)


class EndMember(_OfGroup):
    """A body leaves a group."""

    permission = "membership.manage"
    form_class = EndNowForm
    title = "End a body's membership"
    submit = "End the membership"
    kind = "warning"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def find(self) -> None:
        """Fetch the membership."""
        member = the(QSGMember.objects.select_related("qsg", "agency").filter(pk=self.kwargs["id"]))
        self.member, self.group = member, member.qsg

    def about(self) -> str:
        """The body and the group."""
        return str(self.member)

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        member = self.member
        return rules.member_ends(
            agency=member.agency.name,
            group=self.group.name,
            ends_on=form.ends_on,
            seats=[
                (one.user.full_name, one.get_kind_display().lower(), one.cleared)
                for one in self._seats(form.ends_on)
            ],
            guest=member.kind == MemberKind.ASSOCIATE,
            supports=self.group.team_id == member.agency_id,
        )

    def warnings(self, form: Any) -> list[str]:
        """That the group is left without a chair, or a secretariat."""
        return warned(left_without(self._seats(form.ends_on), form.ends_on))

    def _seats(self, day: date) -> list[Seat]:
        """The body's seats there that would count on a day."""
        lines = seat_lines(self.group.seats.filter(agency=self.member.agency), day)
        return [line.seat for line in lines if line.counts]

    def perform(self, form: Any) -> str:
        """End the membership."""
        operations.end_qsg_member(by=self.by, now=self.now, member=self.member, ends_on=form.ends_on)
        return group_address(self.group)


class _OfSeat(_OfGroup):
    """A change to one seat, named by `id` in the address."""

    abstract = True
    seat: Seat

    def find(self) -> None:
        """Fetch the seat; those of other bodies are not a body's administrator's to change."""
        seat = the(Seat.objects.select_related("qsg", "agency", "user").filter(pk=self.kwargs["id"]))
        self.seat, self.group = seat, seat.qsg

    def about(self) -> str:
        """Who sits where, for whom."""
        return f"{self.seat}, for {self.seat.agency}"


class EndSeat(_OfSeat):
    """A seat ends; one's own may be given up."""

    permission = "directory.read"
    form_class = EndNowForm
    title = "End a seat"
    submit = "End the seat"
    kind = "warning"

    def find(self) -> None:
        """Fetch the seat, and refuse those who may not end it before any word is said."""
        super().find()
        if self.seat.user_id != self.by.user_id:
            self.by.require(
                "people.manage",
                at=PeopleOf(self.seat.agency),
                sentence=f"Only an administrator of {self.seat.agency}, or of the portal, may end this seat.",
            )

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        seat, others = self.seat, self.group.seats.exclude(pk=self.seat.pk)
        held = [line.seat for line in seat_lines(others, form.ends_on) if line.counts]
        kept = [one for one in held if one.user_id == seat.user_id]
        return rules.seat_ends(
            person=seat.user.full_name,
            kind=seat.get_kind_display().lower(),
            agency=seat.agency.name,
            group=self.group.name,
            ends_on=form.ends_on,
            others=len({one.user_id for one in held if one.agency_id == seat.agency_id} - {seat.user_id}),
            keeps=bool(kept),
            restricted=seat.cleared and not any(one.cleared for one in kept),
        )

    def warnings(self, form: Any) -> list[str]:
        """That the group is left without a chair, or a secretariat."""
        return warned(left_without([self.seat], form.ends_on))

    def perform(self, form: Any) -> str:
        """End the seat."""
        operations.end_seat(by=self.by, now=self.now, seat=self.seat, ends_on=form.ends_on)
        return group_address(self.group)


class ChangeCleared(_OfSeat):
    """Whether a seat may receive restricted items: one seat ends and another starts."""

    permission = "membership.manage"
    form_class = ClearedForm
    title = "Change what a seat may receive"
    submit = "Change the seat"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def words(self, form: Any) -> list[str]:
        """What the change will mean."""
        may = "may" if form.cleaned_data["cleared"] else "may no longer"
        who = f"From {day_in_words(self.today)}, {self.seat.user.full_name}"
        return [
            f"{who} {may} receive restricted items through this seat at {self.group}.",
            "The seat as it stands ends, and another starts the same day.",
        ]

    def perform(self, form: Any) -> str:
        """Change the seat."""
        operations.set_cleared(
            by=self.by, now=self.now, seat=self.seat, cleared=form.cleaned_data["cleared"], on=self.today
        )
        return group_address(self.group)
