"""Meetings through the API: of a matter, such as a risk summit's room."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import (
    Choice,
    Deed,
    Given,
    Guarded,
    Key,
    Listing,
    ListingUnder,
    Many,
    Moment,
    Named,
    Nothing,
    Number,
    One,
    Shown,
    Text,
    Whether,
    facts_of,
)
from access.api.endpoints import PageOf
from access.models import Record
from access.principal import OWN_BODY, Place, Principal
from access.sight import visible_to
from meetings import rules
from meetings.models import Invitation, Meeting
from meetings.operations import (
    Told,
    answer_invitation,
    cancel_meeting,
    convene_meeting,
    correct_proceedings,
    invite_people,
    move_meeting,
    place_of,
    proceedings_of,
    record_call_held,
    record_meeting_held,
)


class InvitedShown(Shown):
    """Who is invited, and what they answered."""

    person = Named(source="user")
    agency = Named()
    answer = serializers.CharField()


class AttendedShown(Shown):
    """Who took part for a body."""

    agency = Named()
    person = Named(source="user", allow_null=True)
    name = serializers.CharField()
    presence = serializers.CharField()


class ProceedingsShown(Shown):
    """The record of a meeting that was held: the version in force."""

    number = serializers.IntegerField()
    opened_at = Moment()
    closed_at = Moment(allow_null=True)
    how = serializers.CharField()
    went_on = serializers.BooleanField()
    discussion = serializers.CharField()
    decisions = serializers.ListField(child=serializers.CharField())
    attendance = AttendedShown(many=True)
    why_corrected = serializers.CharField()
    recorded_at = Moment()


class MeetingLine(Shown):
    """A meeting in a list."""

    id = serializers.UUIDField()
    of = serializers.UUIDField(allow_null=True, help_text="The record it is held for, where you see that.")
    purpose = serializers.CharField()
    status = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment()
    place = serializers.CharField()


class MeetingShown(MeetingLine):
    """A meeting. `sequence` names the time and place to which invitations are answered."""

    joining = serializers.CharField()
    sequence = serializers.IntegerField()
    essential = Named(many=True)
    invited = InvitedShown(many=True)
    cancelled_at = Moment(allow_null=True)
    cancelled_because = serializers.CharField()
    proceedings = ProceedingsShown(allow_null=True)


def lines_of(by: Principal, meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    """Return meetings as a list tells them; what each is held for only where that is in sight too."""
    seen = visible_to(by, Record.objects.filter(pk__in=[one.of_id for one in meetings]))
    matters = set(seen.values_list("pk", flat=True))
    return [
        facts_of(MeetingLine, one, id=one.pk, of=one.of_id if one.of_id in matters else None)
        for one in meetings
    ]


class Lines:
    """Mixed into the lists of meetings."""

    def filled(self: Any, rows: Sequence[Any]) -> Iterable[Any]:
        """Return each as its line, in one question for all."""
        return lines_of(self.by, rows)


class MeetingFilters(PageOf):
    """What narrows the list of meetings."""

    status = Choice(list(rules.TRANSITIONS), required=False)
    purpose = Choice(list(rules.PURPOSES), required=False)


class ListMeetings(Lines, Listing):
    """The meetings that you see, the latest first."""

    path = "meetings/"
    permission = "meeting.read"
    shows = MeetingLine
    filters = MeetingFilters
    moment = "starts_at"

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        asked = self.narrowing("status", "purpose")
        return visible_to(self.by, Meeting.objects.filter(**asked))


class ReadMeeting(One):
    """One meeting; once it was held, its record."""

    path = "meetings/<uuid:id>/"
    permission = "meeting.read"
    kind = Meeting
    shows = MeetingShown

    def told(self, thing: Meeting) -> Any:
        """Return it with who comes, and who was there."""
        invited = thing.invitations.filter(sequence=thing.sequence).select_related("user", "agency")
        return {
            **lines_of(self.by, [thing])[0],
            "joining": thing.joining,
            "sequence": thing.sequence,
            "essential": list(thing.essential.order_by("name", "pk")),
            "invited": list(invited.order_by("agency__name", "user__full_name", "pk")),
            "cancelled_at": thing.cancelled_at,
            "cancelled_because": thing.cancelled_because,
            "proceedings": self._held(thing),
        }

    def _held(self, meeting: Meeting) -> Any:
        held = proceedings_of(meeting)
        if held is None:
            return None
        there = held.attendance.select_related("agency", "user").order_by("agency__name", "name", "pk")
        decisions = [one.text for one in held.decisions.all()]
        return facts_of(ProceedingsShown, held, decisions=decisions, attendance=list(there))


class ListMeetingsOf(Lines, ListingUnder):
    """The meetings of one matter, such as a summit's room, the latest first."""

    path = "records/<uuid:id>/meetings/"
    permission = "meeting.read"
    kind = Record
    shows = MeetingLine
    moment = "starts_at"

    def rows(self) -> QuerySet[Any]:
        """Return those in sight by themselves."""
        return visible_to(self.by, Meeting.objects.filter(of=self.thing.pk))


class TimesGiven(Guarded):
    """When and where. Without `essential`, those without whom it would not count stay as they are."""

    guarded = ("place", "joining")

    starts_at = Moment()
    ends_at = Moment()
    place = Text(max_length=rules.LONGEST_PLACE, required=False, allow_blank=True)
    joining = Text(max_length=rules.LONGEST_JOINING, required=False, allow_blank=True)
    essential = Many(Key(), required=False)


class ConveningGiven(TimesGiven):
    """A meeting of everybody in the matter."""

    purpose = Choice(list(rules.PURPOSES))


class OfMatter(Deed):
    """Base of the deeds that make a meeting for a matter."""

    abstract = True
    kind = Record
    gives = ReadMeeting
    makes = True

    def find(self) -> None:
        """Fetch the matter, if it is in sight and has meetings."""
        super().find()
        place_of(self.thing)

    def place(self) -> Place:
        """Return the matter; what is no place has no meetings."""
        return place_of(self.thing)


class ConveneMeeting(OfMatter):
    """Convene a meeting; everyone in the matter is sent a calendar invitation."""

    path = "records/<uuid:id>/meetings/"
    permission = "summit.convene"
    takes = ConveningGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Convene it."""
        return convene_meeting(by=self.by, now=self.now, at=self.place(), of=self.thing, **said)


class AttendedGiven(Given):
    """How one person, or a body as such, took part."""

    agency = Key()
    presence = Choice(list(rules.PRESENCES))
    user = Key(required=False)
    name = Text(max_length=rules.LONGEST_NAME, required=False, allow_blank=True)


class HeldGiven(Guarded):
    """What is written down of a meeting that was held."""

    guarded = ("discussion",)

    opened_at = Moment()
    closed_at = Moment(required=False)
    how = Choice(list(rules.HOW))
    went_on = Whether(required=False, help_text="A meeting to judge that went on to the response.")
    attendance = Many(AttendedGiven())
    discussion = Text(max_length=rules.LONGEST_DISCUSSION)
    decisions = Many(Text(max_length=rules.LONGEST_DECISION), required=False)


class CallHeldGiven(HeldGiven):
    """A meeting that nobody convened here."""

    purpose = Choice(list(rules.PURPOSES))
    place = Text(max_length=rules.LONGEST_PLACE, required=False, allow_blank=True)
    essential = Many(Key(), required=False)


class CorrectionGiven(HeldGiven):
    """Another version of the record, and why."""

    why = Text(max_length=rules.LONGEST_REASON)


def told_of(said: dict[str, Any]) -> Told:
    """Return what is written down, as the operations take it; the rest stays in ``said``."""
    attendance = [rules.Attended(**one) for one in said.pop("attendance")]
    return Told(
        attendance=attendance,
        **{name: said.pop(name) for name in list(said) if name in Told.__dataclass_fields__},
    )


class RecordCall(OfMatter):
    """Record a meeting that nobody convened here: a call, say, held in the evening."""

    path = "records/<uuid:id>/meetings/held/"
    permission = "summit.record"
    takes = CallHeldGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Record it."""
        told = told_of(said)
        return record_call_held(by=self.by, now=self.now, at=self.place(), of=self.thing, told=told, **said)


class OfMeeting(Deed):
    """Base of what whoever convenes or records does to a meeting, upon what was read."""

    abstract = True
    kind = Meeting
    related = ("of",)
    gives = ReadMeeting
    seen = "version"

    def place(self) -> Place:
        """Return the matter."""
        return place_of(self.thing.of)

    def act(self, said: dict[str, Any]) -> Any:
        """Do it at the matter."""
        return super().act({"at": self.place(), **said})


class MoveMeeting(OfMeeting):
    """Change a meeting's time or place; everyone invited is sent the change and asked again."""

    path = "meetings/<uuid:id>/"
    method = "PATCH"
    permission = "summit.convene"
    takes = TimesGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Move it; a place that is not named stays."""
        kept = {"place": self.thing.place, "joining": self.thing.joining}
        return move_meeting(
            by=self.by,
            now=self.now,
            at=self.place(),
            meeting=self.thing,
            seen=self.thing.version,
            **{**kept, **said},
        )


class CancelGiven(Guarded):
    """Why."""

    guarded = ("reason",)

    reason = Text(max_length=rules.LONGEST_REASON)


class CancelMeeting(OfMeeting):
    """Cancel a meeting; everyone invited is told."""

    path = "meetings/<uuid:id>/cancel/"
    permission = "summit.convene"
    takes = CancelGiven
    does = cancel_meeting


class InviteToMeeting(OfMeeting):
    """Invite those who came into the matter after the meeting was convened."""

    path = "meetings/<uuid:id>/invite/"
    permission = "summit.convene"
    takes = Nothing

    def act(self, said: dict[str, Any]) -> Any:
        """Invite them."""
        invite_people(by=self.by, now=self.now, at=self.place(), meeting=self.thing)
        return self.thing


class RecordHeld(OfMeeting):
    """Record that a meeting was held: now, or late."""

    path = "meetings/<uuid:id>/held/"
    permission = "summit.record"
    takes = HeldGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Record it."""
        return record_meeting_held(
            by=self.by,
            now=self.now,
            at=self.place(),
            meeting=self.thing,
            seen=self.thing.version,
            told=told_of(said),
        )


class CorrectProceedings(OfMeeting):
    """Put another version of a meeting's record in force; the earlier one stays."""

    path = "meetings/<uuid:id>/correct/"
    permission = "summit.record"
    takes = CorrectionGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Correct it."""
        return correct_proceedings(
            by=self.by,
            now=self.now,
            at=self.place(),
            meeting=self.thing,
            seen=self.thing.version,
            told=told_of(said),
            **said,
        )


class AnswerGiven(Given):
    """Whether one is coming, to the time and place of that `sequence`."""

    answer = Choice([one for one in Invitation.Answer.values if one != Invitation.Answer.NONE])
    sequence = Number(min_value=0)


class AnswerInvitation(Deed):
    """Say whether you are coming."""

    path = "meetings/<uuid:id>/answer/"
    permission = "meeting.answer"
    kind = Meeting
    takes = AnswerGiven
    gives = ReadMeeting

    def place(self) -> Place:
        """Return one's own body: the operation asks whether one was invited."""
        return OWN_BODY

    def act(self, said: dict[str, Any]) -> Any:
        """Answer."""
        answer_invitation(by=self.by, now=self.now, meeting=self.thing, **said)
        return self.thing
