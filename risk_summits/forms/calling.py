"""Calling a risk summit, and the call list: who is called, told, and listed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from access.principal import Principal
from accounts.models import User
from agencies.finding import uuid_of
from agencies.models import Agency
from concerns.forms.finding import OneProviderForm
from nhsuk import forms
from providers.models import Provider
from risk_summits.forms.fields import NO_PATIENT, TOO_LONG, DeedForm, line, when
from risk_summits.operations.proposing import Proposed, homes, propose
from risk_summits.operations.trigger import Trigger
from risk_summits.rules import response
from risk_summits.rules.calling import LONGEST_NAME, LONGEST_TEXT

OTHER = "other"
GONE = "One of the bodies ticked is not on the list any more. Look again and tick it there."


class TriggerForm(OneProviderForm):
    """The three lines; then the call list as proposed for that provider, to be ticked."""

    guarded = ("feared",)

    provider_words = forms.TextField(
        label="Which provider?", hint="Its name, town or code.", required=False, asked=True, label_size="m"
    )
    feared = forms.TextAreaField(
        label="What is feared?",
        hint=f"A sentence or two. {NO_PATIENT}",
        rows=3,
        max_length=LONGEST_TEXT,
        error_messages=TOO_LONG,
        required=False,
        asked=True,
        label_size="m",
    )
    danger = forms.ChoiceField(
        label="Is anyone in danger now?",
        hint="If yes, or if you are not sure: ring first. Calling the summit does not wait for the call.",
        choices=list(response.DANGER.items()),
        required=False,
        asked=True,
        label_size="m",
    )
    home = forms.ChoiceField(
        label="Which group leads?",
        hint="The provider stands in the area of several. One summit has one lead.",
        choices=[],
        required=False,
        asked=True,
    )
    called = forms.CheckboxesField(
        label="Call these too",
        hint="Proposed for this provider are ticked already.",
        choices=[],
        required=False,
        error_messages={"invalid_choice": GONE},
    )
    essential = forms.CheckboxesField(
        label="Without whom must the response not count as met?",
        hint="Whoever leads the response and the lead commissioner always count. Tick only those beside them.",
        choices=[],
        required=False,
        error_messages={"invalid_choice": GONE},
    )
    restricted = forms.ConfirmField(
        label="Only those called may know of it: do not tell the group's other seats", required=False
    )
    criticised = forms.ConfirmField(
        label="NHS England is itself criticised, so its next tier leads until another body is agreed",
        required=False,
    )

    def __init__(self, *args: Any, by: Principal, now: datetime, **kwargs: Any) -> None:
        """Offer, once the provider is known, its groups and the call list as proposed."""
        super().__init__(*args, **kwargs)
        self.fields["provider"].asked = True  # type: ignore[attr-defined]
        self.about = self._about()
        self.homes = homes(self.about, by, now) if self.about else []
        wanted = uuid_of(self.typed_text("home"))
        self.group = next((one for one in self.homes if one.pk == wanted), next(iter(self.homes), None))
        self.proposed: list[Proposed] = []
        if self.about and self.group:
            self.proposed = propose(provider=self.about, home=self.group, by=by, now=now)
        self._offer("home", ((one.pk, one.name) for one in self.homes))
        self._offer("called", ((one.agency.pk, one.agency.name) for one in self.proposed if not one.always))
        self._offer("essential", ((one.agency.pk, one.agency.name) for one in self.proposed))

    def _offer(self, name: str, choices: Iterable[tuple[UUID, str]]) -> None:
        self.fields[name].choices = [(str(key), words) for key, words in choices]  # type: ignore[attr-defined]

    def _about(self) -> Provider | None:
        """Return the provider that was chosen, or the only one called exactly what was typed."""
        chosen = uuid_of(self.typed_text("provider"))
        words = " ".join(self.typed_text("provider_words").split()).casefold()
        sure = [one for one in self.offered if one.pk == chosen] or [
            one for one in self.offered if words in (one.name.casefold(), (one.ods_code or "").casefold())
        ]
        return sure[0] if len(sure) == 1 else None

    @property
    def mark(self) -> str:
        """What the list on the screen was proposed for; another provider or group proposes another."""
        return f"{self.about.pk}:{self.group.pk}" if self.about and self.group else ""

    @property
    def listed(self) -> bool:
        """Whether the list that was sent is the one proposed for what is chosen now."""
        return bool(self.mark) and self.data.get("listed") == self.mark

    def clean(self) -> dict[str, Any]:
        """Ask for the three lines."""
        cleaned = super().clean()
        if not cleaned.get("feared", "").strip() and "feared" not in self.errors:
            self.add_error("feared", "Say in a sentence what is feared.")
        if not cleaned.get("danger") and "danger" not in self.errors:
            self.add_error("danger", "Say whether anyone is in danger; “Not sure” is an answer.")
        return cleaned

    def kept(self) -> dict[str, Any]:
        """Return what was said, as the start of the next page, the list ticked as proposed."""
        ticked = [str(one.agency.pk) for one in self.proposed if one.ticked and not one.always]
        return {
            "provider_words": self.typed_text("provider_words"),
            "provider": str(self.about.pk) if self.about else "",
            "home": str(self.group.pk) if self.group else "",
            "called": ticked,
            **{name: self[name].value() for name in ("feared", "danger", "restricted", "criticised")},
        }

    def said(self) -> Trigger:
        """Return what the caller says."""
        said = self.cleaned_data
        always = [one.agency.pk for one in self.proposed if one.always]
        assert self.about
        assert self.group
        return Trigger(
            provider=self.about.pk,
            feared=said["feared"],
            danger=said["danger"],
            called=[*always, *map(UUID, said["called"])],
            home=self.group.pk,
            essential=[UUID(one) for one in said["essential"]],
            restricted=bool(said["restricted"]),
            criticised=bool(said["criticised"]),
            decided=self.decided,
        )


class CallBodyForm(DeedForm):
    """Another body, and why it is needed."""

    agency = forms.ModelChoiceField(
        label="Which body?",
        hint="One that was called already can be marked as one that must be there, or no longer.",
        queryset=Agency.objects.none(),
    )
    why = line("Why is it needed?", "A few words. Everyone in the room reads them.")
    essential = forms.ConfirmField(label="The response does not count as met without it", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every open body: the directory is everybody's."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {**self.cleaned_data, "agency": self.cleaned_data["agency"].pk}


class ListPersonForm(DeedForm):
    """Somebody of a body called, to be in the room."""

    person = forms.ChoiceField(
        label="Whom?",
        hint="Only people who read intelligence at a body called.",
        choices=[],
        as_select=True,
        error_messages={"required": "Choose a person"},
    )

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, UUID, str]], **kwargs: Any) -> None:
        """Offer people, each at a body: (person, body, words)."""
        super().__init__(*args, **kwargs)
        choices = [(f"{person}:{agency}", words) for person, agency, words in people]
        self.fields["person"].choices = [("", "Choose one"), *choices]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        person, _, agency = self.cleaned_data["person"].partition(":")
        return {"person": UUID(person), "agency": UUID(agency)}


class ToldForm(DeedForm):
    """Who was told by telephone, and when."""

    person = forms.ChoiceField(
        label="Who was told?",
        choices=[],
        reveals={OTHER: "whom"},
        error_messages={"required": "Say who was told."},
    )
    whom = forms.TextField(
        label="Who?",
        hint="A name, or a post such as “director on call”.",
        max_length=LONGEST_NAME,
        required=False,
        asked=True,
    )
    happened_at = when("When was the call?", "The call")

    def __init__(self, *args: Any, people: Iterable[UUID], **kwargs: Any) -> None:
        """Offer those who were sent the alert, and somebody else."""
        super().__init__(*args, **kwargs)
        found = User.objects.filter(pk__in=list(people)).order_by("full_name", "pk")
        choices = [(str(one.pk), one.full_name) for one in found]
        self.fields["person"].choices = [*choices, (OTHER, "Somebody else")]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        person = self.cleaned_data["person"]
        if person == OTHER:
            return {**self.cleaned_data, "person": None}
        return {**self.cleaned_data, "person": UUID(person), "whom": ""}
