"""The page on which a new group is made; its footprint and what it still lacks are composed above."""

from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from agencies.finding import uuid_of
from agencies.forming import rules
from agencies.forming.forms import GroupForm, RenameForm
from agencies.forming.operations import TEAM_OF, form_group, rename_group, undo_group
from agencies.forms import NoFields, agency_choices
from agencies.models import Agency, EarlierGroupName, QualitySurveillanceGroup, Tier
from agencies.places import NOBODY
from agencies.views.changing import ChangePage


class FormGroup(ChangePage):
    """A group is made."""

    permission = "membership.manage"
    form_class = GroupForm
    title = "Set up a new group"
    submit = "Make the group"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def about(self) -> str:
        """None yet."""
        return ""

    def back(self) -> tuple[str, str]:
        """Back to all groups."""
        return "Back to groups", reverse("agencies:groups")

    def form_kwargs(self) -> dict[str, Any]:
        """The regional groups, and the open teams."""
        regions = QualitySurveillanceGroup.objects.filter(tier=Tier.REGIONAL)
        teams = Agency.objects.filter(kind__in=TEAM_OF.values(), closed_on__isnull=True)
        return {"regions": [(str(one.pk), one.name) for one in regions], "teams": agency_choices(teams)}

    def chosen(self, form: Any) -> dict[str, Any]:
        """What was chosen, as the operation takes it."""
        given = form.cleaned_data
        region = QualitySurveillanceGroup.objects.filter(pk=uuid_of(given["region"]) or NOBODY).first()
        team = Agency.objects.get(pk=given["team"])
        return {"name": given["name"], "tier": given["tier"], "team": team, "region": region}

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        given = self.chosen(form)
        return rules.group_formed(
            name=given["name"],
            tier=Tier(given["tier"]).label.lower(),
            region=given["region"].name if given["region"] else "",
            team=given["team"].name,
            supported=[str(group) for group in given["team"].facilitated_groups.all()],
        )

    def perform(self, form: Any) -> str:
        """Make it, and lead to what it still lacks."""
        group = form_group(by=self.by, now=self.now, **self.chosen(form))
        return reverse("set_up", args=[group.pk])


class _OfGroup(ChangePage):
    """A change of a group itself, named by `id` in the address."""

    abstract = True
    permission = "membership.manage"
    group: QualitySurveillanceGroup

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def find(self) -> None:
        """Fetch the group; absent where there is none."""
        self.group = the(QualitySurveillanceGroup.objects.filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """The group's name."""
        return self.group.name

    def back(self) -> tuple[str, str]:
        """Back to the group."""
        return f"Back to {self.group}", reverse("group", args=[self.group.pk])


class RenameGroup(_OfGroup):
    """A group gets another name."""

    form_class = RenameForm
    title = "Rename the group"
    submit = "Rename it"

    def form_kwargs(self) -> dict[str, Any]:
        """The name it has."""
        return {"initial": {"name": self.group.name}}

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        to = form.cleaned_data["name"]
        had = EarlierGroupName.objects.filter(name=to).exclude(qsg=self.group).select_related("qsg")
        return rules.group_renamed(
            name=self.group.name, to=to, had=[(one.qsg.name, one.until_on) for one in had]
        )

    def perform(self, form: Any) -> str:
        """Rename it."""
        rename_group(by=self.by, now=self.now, qsg=self.group, name=form.cleaned_data["name"])
        return self.back()[1]


class UndoGroup(_OfGroup):
    """A group that was made by mistake is taken back."""

    form_class = NoFields
    title = "Undo the group"
    submit = "Undo the group"
    kind = "warning"

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        return rules.group_undone(name=self.group.name)

    def perform(self, form: Any) -> str:
        """Take it back."""
        undo_group(by=self.by, now=self.now, qsg=self.group)
        return reverse("agencies:groups")
