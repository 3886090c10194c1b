"""Setting a group up: what it still lacks, its footprint, and the members that the minimum membership proposes."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from access.principal import PORTAL, Place
from access.views import Page
from agencies.forming import rules
from agencies.forming.forms import FootprintForm, ProposedForm
from agencies.forming.operations import take_members
from agencies.forming.reading import progress_of, proposals_for
from agencies.forms import agency_choices
from agencies.models import Agency
from agencies.views.changing import ChangePage
from providers.operations import change_footprint
from providers.rules import regrouped
from qsg_portal.pages.groups import group_at, nhs_trusts_of
from timekeeping.london import london_day

STEPS = {
    "footprint": ("Say which bodies' areas lie in it", "footprint"),
    "members": ("Take the members that the minimum membership wants", "proposed_members"),
    "agreement": ("Put its information-sharing agreement there, and say who has signed", "group"),
    "notice": ("Put its privacy notice there", "group"),
    "chair": ("Give the chair's seat", "agencies:add_seat"),
    "secretariat": ("Give the secretariat's seat", "agencies:add_seat"),
    "seats": ("Fill the seats of the minimum membership", "agencies:add_seat"),
}
"""Each step of setting up, in words, and the page on which it is done."""


class SetUpPage(Page):
    """What a group has and what it still lacks, step by step."""

    permission = "membership.manage"
    template = "qsg_portal/set_up.jinja"

    def find(self) -> None:
        """Fetch the group; absent where there is none."""
        self.group = group_at(self)

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def context(self) -> dict[str, Any]:
        """The steps with what each lacks, and the gaps with whom to ring."""
        progress = progress_of(self.group, london_day(self.now), nhs_trusts=nhs_trusts_of(self.group))
        steps = [
            {
                "text": words,
                "href": f"{reverse(page, args=[self.group.pk])}{'#papers' if page == 'group' else ''}",
                "hint": progress.missing.get(step, ""),
                "state": "To do" if step in progress.missing else "Done",
                "colour": "blue" if step in progress.missing else "green",
            }
            for step, (words, page) in STEPS.items()
        ]
        return {
            "group": self.group,
            "steps": steps,
            "missing": len(progress.missing),
            "attention": progress.attention,
        }


class KeepFootprint(ChangePage):
    """Which bodies' areas lie in a group's footprint, and which providers stand in it by that."""

    permission = "membership.manage"
    form_class = FootprintForm
    title = "Change the footprint"
    submit = "Save the footprint"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def find(self) -> None:
        """Fetch the group."""
        self.group = group_at(self)
        self.here: dict[UUID, Agency] = {
            link.agency_id: link.agency
            for link in self.group.footprint_links.select_related("agency").order_by("agency__name")
        }

    def about(self) -> str:
        """The group's name."""
        return self.group.name

    def back(self) -> tuple[str, str]:
        """Back to what the group lacks."""
        return "Back to setting up", reverse("set_up", args=[self.group.pk])

    def form_kwargs(self) -> dict[str, Any]:
        """Those that are in it."""
        return {"here": agency_choices(self.here.values())}

    def taken_out(self, form: Any) -> list[Agency]:
        """The bodies chosen to go out."""
        return [self.here[UUID(key)] for key in form.cleaned_data.get("taken_out") or ()]

    def words(self, form: Any) -> list[str]:
        """What it will mean for bodies, and for providers, as the trial just found."""
        new = [body.name for body in form.cleaned_data["named"] if body.pk not in self.here]
        words = rules.footprint_kept(
            group=self.group.name,
            put_in=new,
            taken_out=[body.name for body in self.taken_out(form)],
            there=[(str(one.agency), str(one.qsg)) for one in self.changed.there],
            elsewhere=form.cleaned_data["elsewhere"],
        )
        return words + regrouped(self.changed.moves)

    def perform(self, form: Any) -> str:
        """Save it; the providers of these bodies follow."""
        self.changed = change_footprint(
            by=self.by,
            now=self.now,
            qsg=self.group,
            put_in=form.cleaned_data["named"],
            taken_out=self.taken_out(form),
            source=form.cleaned_data["source"],
            elsewhere=form.cleaned_data["elsewhere"],
        )
        return self.back()[1]


class ProposedMembers(ChangePage):
    """The bodies that the minimum membership wants become members, in one confirmed step."""

    permission = "membership.manage"
    form_class = ProposedForm
    template = "qsg_portal/proposed_members.jinja"
    title = "Take the proposed members"
    submit = "Make them members"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def find(self) -> None:
        """Fetch the group, and what is proposed for it."""
        self.group = group_at(self)
        self.proposed = proposals_for(self.group, self.today, nhs_trusts=nhs_trusts_of(self.group))

    def about(self) -> str:
        """The group's name."""
        return self.group.name

    def back(self) -> tuple[str, str]:
        """Back to what the group lacks."""
        return "Back to setting up", reverse("set_up", args=[self.group.pk])

    def context(self) -> dict[str, Any]:
        """The group, and what is proposed for it."""
        return {**super().context(), "group": self.group, "proposed": self.proposed}

    def form_kwargs(self) -> dict[str, Any]:
        """What is proposed."""
        return {"proposed": self.proposed, "today": self.today}

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        chosen = set(form.cleaned_data["agencies"])
        return rules.members_taken(
            group=self.group.name,
            bodies=[one.body.name for one in self.proposed if one.body.key in chosen],
            starts_on=form.cleaned_data["starts_on"],
        )

    def perform(self, form: Any) -> str:
        """Make them members."""
        take_members(
            by=self.by,
            now=self.now,
            qsg=self.group,
            agencies=list(Agency.objects.filter(pk__in=form.cleaned_data["agencies"])),
            starts_on=form.cleaned_data["starts_on"],
        )
        return self.back()[1]
