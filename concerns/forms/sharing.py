"""Who should see a concern: boxes to tick, bodies and people found by name, and why it may be shared."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from agencies.finding import bodies_called, uuid_of
from agencies.models import Agency, Membership, QualitySurveillanceGroup
from concerns.forms.finding import LookingForm, uuids_in
from concerns.operations.places import people_called, reading
from concerns.rules.sharing import (
    ALL_SEATS,
    GATEWAYS,
    GROUP_SHARES,
    QSG_CLEARED,
    QSG_READERS,
    QSG_SEATS,
    Choice,
)
from nhsuk import forms

SHARE_WORDS = {
    QSG_SEATS: "Everyone with a seat in {}",
    QSG_CLEARED: "Only seats in {} that may receive restricted items",
    QSG_READERS: "Everyone who reads intelligence at the member bodies of {}",
}
ORDINARY, CLOSED = "ordinary", "closed"
NOT_SHARED = "not_shared"


def person_value(person: UUID, agency: UUID) -> str:
    """Return a person at a body as a choice's value."""
    return f"{person}@{agency}"


def read_person(value: str) -> tuple[UUID, UUID] | None:
    """Return the person and the body of a choice's value; None when it is none."""
    person, _, agency = value.partition("@")
    found = uuid_of(person), uuid_of(agency)
    return (found[0], found[1]) if found[0] and found[1] else None


def read_group(value: str) -> tuple[str, UUID] | None:
    """Return the kind and the group of a choice's value; None when it is none."""
    kind, _, group = value.partition(":")
    found = uuid_of(group)
    return (kind, found) if kind in GROUP_SHARES and found else None


class FindingForm(LookingForm):
    """Finds bodies and people by part of a name; what was ticked before stays on offer."""

    find = forms.TextField(
        label="Find a body or a person",
        hint="At least two letters of a name. What you find can then be ticked below.",
        required=False,
    )

    def __init__(
        self, *args: Any, near: frozenset[UUID], agency: UUID | None, now: Any, **kwargs: Any
    ) -> None:
        """Look up what was typed: ``near`` are the asker's groups, ``agency`` their body."""
        super().__init__(*args, **kwargs)
        words = self.typed_text("find")
        ticked = uuids_in(one for name in ("agencies", "excluded") for one in self._ticked(name))
        bodies = [*Agency.objects.filter(pk__in=ticked).order_by("name"), *bodies_called(words)]
        self.bodies = list({one.pk: one for one in bodies}.values())
        chosen = [found for found in map(read_person, self._ticked("people")) if found]
        held = reading(now).filter(user_id__in=[person for person, _ in chosen])
        people = [one for one in held if (one.user_id, one.agency_id) in chosen]
        people += people_called(words, near=near, agency=agency, now=now)
        self.known = list({(one.user_id, one.agency_id): one for one in people}.values())
        self._offer("agencies", [(str(one.pk), str(one)) for one in self.bodies])
        self._offer("excluded", [(str(one.pk), str(one)) for one in self.bodies])
        self._offer(
            "people", [(person_value(one.user_id, one.agency_id), person_line(one)) for one in self.known]
        )

    def _ticked(self, name: str) -> list[str]:
        return self.typed_list(name) if name in self.fields else []

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        if name in self.fields:
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def shows(self, name: str) -> bool:
        """Say whether a field has anything to choose from yet."""
        return name in self.fields and bool(self.fields[name].choices)  # type: ignore[attr-defined]


def person_line(held: Membership) -> str:
    """Return a person as a choice: the name, and the body at which they would see it."""
    return f"{held.user.full_name}, {held.agency}"


class AudienceForm(FindingForm):
    """Whom to add: groups, bodies, people; whom to shut out; why it may be shared."""

    groups = forms.CheckboxesField(label="Groups", choices=[], required=False)
    agencies = forms.CheckboxesField(
        label="Share with everyone who reads intelligence at", choices=[], required=False
    )
    people = forms.CheckboxesField(label="Share with these people by name", choices=[], required=False)
    excluded = forms.CheckboxesField(
        label="Shut out, whatever they are granted",
        hint="For a body that has an interest of its own, or must not be warned.",
        choices=[],
        required=False,
    )
    gateway = forms.ChoiceField(
        label="Why may you share it?",
        hint="Kept with the share.",
        choices=[(NOT_SHARED, "Nobody outside our body sees it"), *GATEWAYS.items()],
        as_select=True,
        error_messages={"required": "Choose why you may share this"},
    )

    def __init__(self, *args: Any, groups: Iterable[QualitySurveillanceGroup], **kwargs: Any) -> None:
        """Offer these groups, each in three widths, and every group in the country."""
        super().__init__(*args, **kwargs)
        self.offered = list(groups)
        choices = [
            (f"{kind}:{group.pk}", SHARE_WORDS[kind].format(group.name))
            for group in self.offered
            for kind in (QSG_SEATS, QSG_CLEARED, QSG_READERS)
        ]
        self._offer("groups", [*choices, (ALL_SEATS, "Everyone with a seat in any group in the country")])

    def choice(self) -> Choice:
        """Return who should see it: what was checked, or what is ticked while somebody only looks."""
        ticked = {name: self.typed_list(name) for name in ("groups", "agencies", "people", "excluded")}
        offered = {group.pk for group in self.offered}
        return Choice(
            closed=self.is_closed(),
            people=frozenset(found for found in map(read_person, ticked["people"]) if found),
            agencies=frozenset(uuids_in(ticked["agencies"])),
            groups=frozenset(
                found for found in map(read_group, ticked["groups"]) if found and found[1] in offered
            ),
            all_groups=ALL_SEATS in ticked["groups"],
            excluded=frozenset(uuids_in(ticked["excluded"])),
            gateway=self.typed_text("gateway").removeprefix(NOT_SHARED),
        )

    def is_closed(self) -> bool:
        """Say whether inside the owner only people named see it."""
        return False


class SeenByForm(AudienceForm):
    """Step four: who should see it, one's own body included."""

    within = forms.ChoiceField(
        label="At your own body",
        choices=[
            (ORDINARY, "Everyone who reads intelligence there"),
            (CLOSED, "Only you, and the people you name below"),
        ],
        error_messages={"required": "Choose who at your own body sees it"},
    )
    field_order = ("within", "groups", "find", "agencies", "people", "excluded", "gateway")

    def is_closed(self) -> bool:
        """Say whether inside the owner only people named see it."""
        return self.typed_text("within") == CLOSED


def seen_by_initial(choice: Choice, *, made: bool) -> dict[str, Any]:
    """Return what the form shows for a choice.

    Args:
        choice: who should see it.
        made: a person chose it; of the usual rule, why it may be shared is still to be chosen.
    """
    groups = [f"{kind}:{group}" for kind, group in sorted(choice.groups)]
    return {
        "within": CLOSED if choice.closed else ORDINARY,
        "groups": [*groups, *([ALL_SEATS] if choice.all_groups else [])],
        "agencies": sorted(map(str, choice.agencies)),
        "people": sorted(person_value(person, agency) for person, agency in choice.people),
        "excluded": sorted(map(str, choice.excluded)),
        "gateway": (choice.gateway or NOT_SHARED) if made else "",
    }


class LessForm(FindingForm):
    """Whom to take it from: shares to end, and bodies to shut out."""

    shares = forms.CheckboxesField(label="Who should no longer see it?", choices=[], required=False)
    find = forms.TextField(
        label="Find a body to shut out",
        hint="At least two letters of its name. It can then be ticked below.",
        required=False,
    )
    excluded = forms.CheckboxesField(label="Shut out, whatever they are granted", choices=[], required=False)
    field_order = ("shares", "find", "excluded")

    def __init__(self, *args: Any, shares: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the shares of the concern."""
        super().__init__(*args, **kwargs)
        self._offer("shares", shares)

    def chosen(self) -> tuple[list[UUID], frozenset[UUID]]:
        """Return the shares to end, and the bodies to shut out."""
        return uuids_in(self.typed_list("shares")), frozenset(uuids_in(self.typed_list("excluded")))


class AskForm(FindingForm):
    """A reader's wish: one group, or one body found by name."""

    group = forms.ChoiceField(label="A group", choices=[], as_select=True, empty_label="None", required=False)
    find = forms.TextField(
        label="Find a body",
        hint="At least two letters of its name. It can then be chosen below.",
        required=False,
    )
    agency = forms.ChoiceField(label="A body", choices=[], required=False)
    field_order = ("group", "find", "agency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every group, and the bodies found."""
        super().__init__(*args, **kwargs)
        every = QualitySurveillanceGroup.objects.order_by("name")
        self._offer("group", [(str(one.pk), one.name) for one in every])
        chosen = uuid_of(self.typed_text("agency"))
        bodies = [*Agency.objects.filter(pk=chosen), *self.bodies] if chosen else self.bodies
        self._offer("agency", list({str(one.pk): str(one) for one in bodies}.items()))

    def chosen(self) -> dict[str, UUID | None]:
        """Return what is asked for."""
        return {name: uuid_of(self.cleaned_data.get(name, "")) for name in ("group", "agency")}
