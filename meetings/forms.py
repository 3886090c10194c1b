"""What people fill in about meetings."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from access.models import Listing, Record
from agencies.models import Agency
from meetings import rules
from meetings.models import Invitation, Meeting, Proceedings
from meetings.operations.holding import DIAL_IN
from meetings.operations.reading import attendance_of, bodies_called
from meetings.operations.recording import Told
from meetings.registry import matter_of
from meetings.rules import Attended
from nhsuk import forms
from reference.forms import GuardedForm

LENGTHS = {
    30: "Half an hour",
    60: "1 hour",
    90: "1 hour and a half",
    120: "2 hours",
    180: "3 hours",
    240: "4 hours",
}
NOT_SAID = ("", "Not said")


class PresenceField(forms.ChoiceField):
    """How somebody took part. Nothing said is an answer, so it is never "optional" and never missing."""

    def __init__(self, *, label: str, was: str) -> None:
        """Offer the ways to take part, starting from what was said before."""
        choices = [NOT_SAID, *rules.PRESENCES.items()]
        super().__init__(label=label, choices=choices, initial=was, as_select=True)

    def clean(self, value: Any) -> Any:
        """Return the code, or nothing."""
        return super().clean(value) if value else ""


class CautionedForm(GuardedForm):
    """A form whose saving may have to be confirmed: the sentence that says why stands beside the tick."""

    def caution(self) -> str:
        """Return what must be known first, or nothing; asked of a form without a fault."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Ask for the tick, where there is something to be known."""
        said = super().clean()
        sentence = "" if self.errors else self.caution()
        if sentence:
            self.fields["all_the_same"] = forms.ConfirmField(label="Save it all the same", required=False)
            if not self.data.get("all_the_same"):
                self.add_error("all_the_same", sentence)
        return said


class TimesForm(CautionedForm):
    """When and where people are asked to meet, and who must be there."""

    guarded = ("place", "joining")
    belongs = DIAL_IN

    starts_at = forms.MomentField(label="When does it start?", name="The start")
    lasts = forms.ChoiceField(
        label="How long may it last?",
        choices=[(str(minutes), words) for minutes, words in LENGTHS.items()],
        as_select=True,
    )
    place = forms.TextField(
        label="Where?",
        hint="Fill in this or how people join by call: one of the two.",
        max_length=rules.LONGEST_PLACE,
        required=False,
        asked=True,
    )
    joining = forms.TextAreaField(
        label="How do people join by call?",
        hint="Shown in the portal only; no calendar and no mail carries it.",
        max_length=rules.LONGEST_JOINING,
        rows=3,
        required=False,
        asked=True,
    )
    essential = forms.ModelCheckboxesField(
        label="Without whom does it not count?",
        hint="Whoever leads the response and the lead commissioner must be there. Others who are absent are named.",
        queryset=Agency.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, of: Record, **kwargs: Any) -> None:
        """Offer the bodies called, those that the matter proposes ticked."""
        super().__init__(*args, **kwargs)
        self.of = of
        self.fields["essential"].queryset = Agency.objects.filter(pk__in=bodies_called(of))  # type: ignore[attr-defined]
        self.fields["essential"].initial = list(matter_of(of).essential(of))

    def purpose_said(self) -> str:
        """Return what the meeting is for."""
        raise NotImplementedError

    def caution(self) -> str:
        """Return what the matter says of the time."""
        starts_at = self.cleaned_data["starts_at"]
        return matter_of(self.of).before_convened(self.of, purpose=self.purpose_said(), starts_at=starts_at)

    def said(self) -> dict[str, Any]:
        """Return what the operation takes."""
        said = dict(self.cleaned_data)
        said["ends_at"] = said["starts_at"] + timedelta(minutes=int(said.pop("lasts")))
        said["essential"] = [one.pk for one in said["essential"]]
        return said


class ConveneForm(TimesForm):
    """A meeting to be convened."""

    purpose = forms.ChoiceField(label="What is it for?", choices=list(rules.PURPOSES.items()))
    field_order = ("purpose",)

    def purpose_said(self) -> str:
        """Return what was chosen."""
        return str(self.cleaned_data["purpose"])


class MoveForm(TimesForm):
    """Another time or place for a meeting."""

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        """Start from how it stands."""
        super().__init__(*args, of=meeting.of, before=[meeting.place, meeting.joining], **kwargs)
        self.meeting = meeting
        lasts = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
        if lasts not in LENGTHS:
            choices = [*self.fields["lasts"].choices, (str(lasts), f"{lasts} minutes")]  # type: ignore[attr-defined]
            self.fields["lasts"].choices = choices  # type: ignore[attr-defined]
        stands = {
            "starts_at": meeting.starts_at,
            "lasts": str(lasts),
            "place": meeting.place,
            "joining": meeting.joining,
            "essential": [one.agency_id for one in meeting.essential_bodies.all()],
        }
        for name, value in stands.items():
            self.fields[name].initial = value

    def purpose_said(self) -> str:
        """Return what it was convened for."""
        return self.meeting.purpose


class CancelForm(GuardedForm):
    """Why a meeting is cancelled."""

    guarded = ("reason",)

    reason = forms.TextField(
        label="Why is it cancelled?",
        max_length=rules.LONGEST_REASON,
        error_messages={"required": "Say why it is cancelled"},
    )


class AnswerForm(forms.Form):
    """Whether one is coming."""

    answer = forms.ChoiceField(
        label="Are you coming?",
        choices=[
            (Invitation.Answer.ACCEPTED, "Yes"),
            (Invitation.Answer.TENTATIVE, "Not sure yet"),
            (Invitation.Answer.DECLINED, "No"),
        ],
    )


class InviteForm(forms.Form):
    """Inviting those listed since; there is nothing to fill in."""


class HeldForm(CautionedForm):
    """That a meeting was held: when, who was there, what was said and decided.

    The people listed at each body called have a line each; those without an account are typed by
    name, a line each. A body of whom nothing is said is recorded as absent.
    """

    guarded: tuple[str, ...] = ("discussion", "decisions")

    opened_at = forms.MomentField(
        label="When did it open?",
        name="The opening",
        hint="When it happened, not when you write this: both moments are kept.",
    )
    closed_at = forms.MomentField(label="When did it close?", name="The close", required=False)
    how = forms.ChoiceField(label="How was it held?", choices=list(rules.HOW.items()))
    went_on = forms.ConfirmField(
        label="It judged, and went on to the response in the same sitting", required=False
    )
    discussion = forms.TextAreaField(
        label="What was said?",
        hint="A few sentences do. Name no patient.",
        max_length=rules.LONGEST_DISCUSSION,
        rows=10,
    )
    decisions = forms.TextAreaField(
        label="What was decided?", hint="Each decision on a line of its own.", max_length=8000, required=False
    )

    def __init__(
        self, *args: Any, of: Record, purpose: str = "", held: Proceedings | None = None, **kwargs: Any
    ) -> None:
        """Make a line for each person listed, and a name for each body called.

        Args:
            *args: as any form.
            of: the matter.
            purpose: the meeting's, where it is known already.
            held: the proceedings in force, to start from when they are corrected.
            **kwargs: as any form.
        """
        said = list(held.decisions.values_list("text", flat=True)) if held else []
        before = [held.discussion, *said] if held else []
        super().__init__(*args, before=before, **kwargs)
        self.of, self.meant_for = of, purpose
        if purpose and purpose != rules.JUDGEMENT:
            del self.fields["went_on"]
        rows = attendance_of(held) if held else []
        if held:
            for name in ("opened_at", "closed_at", "how", "went_on", "discussion"):
                if name in self.fields:
                    self.fields[name].initial = getattr(held, name)
            self.fields["decisions"].initial = "\n".join(said)
        self.bodies = [self._body(one, rows) for one in _bodies_with_people(of)]
        self.guarded = (*type(self).guarded, *(body["name"] for body in self.bodies))
        self.before += tuple(row.name for row in rows)

    def _body(self, body: "BodyLine", rows: Sequence[Attended]) -> dict[str, Any]:
        """Make the fields of one body; return their names for the template."""
        agency = body.agency
        people = []
        for user, name in body.people:
            key = f"person_{agency.pk.hex}_{user.hex}"
            was = next((row.presence for row in rows if (row.agency, row.user) == (agency.pk, user)), "")
            people.append(self._presence(key, name, was))
        others = [row for row in rows if row.agency == agency.pk and row.user is None]
        key = f"name_{agency.pk.hex}"
        self.fields[key] = forms.TextAreaField(
            label="Others, by name",
            rows=2,
            required=False,
            max_length=1000,
            initial="\n".join(row.name for row in others),
        )
        was = next((row.presence for row in others if row.name or row.presence != rules.ABSENT), "")
        presence = self._presence(f"{key}_presence", "How they took part", was)
        return {"agency": agency, "people": people, "name": key, "presence": presence}

    def _presence(self, key: str, label: str, was: str) -> str:
        self.fields[key] = PresenceField(label=label, was=was)
        return key

    def attendance(self) -> list[Attended]:
        """Return who took part; a body of whom nothing was said was absent."""
        rows: list[Attended] = []
        for body in self.bodies:
            agency = body["agency"].pk
            mine = [
                Attended(agency, self.cleaned_data[key], user=UUID(key.rpartition("_")[2]))
                for key in body["people"]
                if self.cleaned_data.get(key)
            ]
            names = [
                one.strip() for one in self.cleaned_data.get(body["name"], "").splitlines() if one.strip()
            ]
            presence = self.cleaned_data.get(body["presence"])
            mine += [Attended(agency, presence or rules.IN_PERSON, name=one) for one in names]
            if presence and not names:
                mine.append(Attended(agency, presence))
            rows += mine or [Attended(agency, rules.ABSENT)]
        return rows

    def caution(self) -> str:
        """Return what the matter says of a meeting that was held then."""
        said = self.cleaned_data
        return matter_of(self.of).before_held(
            self.of,
            purpose=said.get("purpose") or self.meant_for,
            opened_at=said["opened_at"],
            closed_at=said["closed_at"],
            went_on=bool(said.get("went_on")),
        )

    def told(self) -> Told:
        """Return what the operation takes."""
        said = self.cleaned_data
        return Told(
            opened_at=said["opened_at"],
            closed_at=said["closed_at"],
            how=said["how"],
            went_on=bool(said.get("went_on")),
            attendance=self.attendance(),
            discussion=said["discussion"],
            decisions=said["decisions"].splitlines(),
            decided=self.decided,
        )


class CallHeldForm(HeldForm):
    """A meeting that nobody convened here."""

    purpose = forms.ChoiceField(label="What was it for?", choices=list(rules.PURPOSES.items()))
    place = forms.TextField(label="Where was it?", max_length=rules.LONGEST_PLACE, required=False)
    essential = forms.ModelCheckboxesField(
        label="Without whom would it not count?", queryset=Agency.objects.none(), required=False
    )
    field_order = ("purpose",)

    def __init__(self, *args: Any, of: Record, **kwargs: Any) -> None:
        """Offer the bodies called, those that the matter proposes ticked."""
        super().__init__(*args, of=of, **kwargs)
        self.fields["essential"].queryset = Agency.objects.filter(pk__in=bodies_called(of))  # type: ignore[attr-defined]
        self.fields["essential"].initial = list(matter_of(of).essential(of))


class CorrectForm(HeldForm):
    """Another version of the record."""

    guarded = ("discussion", "decisions", "why")

    why = forms.TextField(
        label="Why is it corrected?",
        max_length=rules.LONGEST_REASON,
        error_messages={"required": "Say why it is corrected"},
    )


class BodyLine:
    """A body called, and the people listed for it."""

    def __init__(self, agency: Agency) -> None:
        """Start with nobody."""
        self.agency = agency
        self.people: list[tuple[UUID, str]] = []


def _bodies_with_people(of: Record) -> Iterable[BodyLine]:
    """Return the bodies called with everyone ever listed for them, by name."""
    bodies = {
        one.pk: BodyLine(one) for one in Agency.objects.filter(pk__in=bodies_called(of)).order_by("name")
    }
    listed = Listing.objects.filter(summit=of, agency__in=bodies).values_list(
        "agency_id", "user_id", "user__full_name"
    )
    for agency, user, name in listed.order_by("user__full_name", "user_id").distinct():
        bodies[agency].people.append((user, name))
    return bodies.values()
