"""What is answered of risk summits. Codes are those of ``risk_summits.rules`` and of the list `outcome_codes`."""

from typing import Any

from rest_framework import serializers

from access.api import Moment, Named, Shown


class FactShown(Shown):
    """A fact of a room: when it happened, when it was recorded, and for which body."""

    id = serializers.UUIDField()
    happened_at = Moment()
    recorded_at = Moment()
    by_agency = Named(allow_null=True)


class LeadShown(Shown):
    """Who convenes or leads the response from one moment to another."""

    agency = Named()
    basis = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment(allow_null=True)


class RoomShown(Shown):
    """The room of a summit, as those in it see it. `record` is its key among records; `version` counts its changes."""

    record = serializers.UUIDField()
    version = serializers.IntegerField()
    stage = serializers.CharField()
    feared = serializers.CharField()
    danger = serializers.CharField()
    severity = serializers.CharField()
    lead = LeadShown()
    ring_decided_at = Moment(allow_null=True)
    revealed_at = Moment(allow_null=True)
    revealed_because = serializers.CharField()
    sooner_hours = serializers.IntegerField(allow_null=True)
    sooner_reason = serializers.CharField()
    follow_up_days = serializers.IntegerField()
    concerned = serializers.CharField()
    learning = serializers.CharField()
    closing_words = serializers.CharField()


class SummitLine(Shown):
    """A summit's headline."""

    id = serializers.UUIDField()
    provider = Named()
    qsg = Named()
    convenor = Named()
    called_by = Named()
    called_at = Moment()
    status = serializers.CharField()
    ended_at = Moment(allow_null=True)
    outcome = serializers.CharField()


class SummitShown(SummitLine):
    """A summit: its headline, and its room to those in it."""

    room = RoomShown(allow_null=True)


class ViewShown(Shown):
    """What one body says. Sealed from other bodies until the reveal."""

    id = serializers.UUIDField()
    agency = Named()
    answer = serializers.CharField()
    text = serializers.CharField()
    stated_at = Moment()
    after_reveal = serializers.BooleanField()


class ViewsShown(Shown):
    """What the bodies say, as far as you see it; before the reveal, who has spoken."""

    revealed_at = Moment(allow_null=True)
    views = ViewShown(many=True)
    spoken = serializers.ListField(child=serializers.CharField())
    silent = serializers.ListField(child=serializers.CharField())


class JudgementShown(FactShown):
    """A judgement. One that was corrected says by which."""

    judge = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()
    until = Moment(allow_null=True)
    replaced_by = serializers.UUIDField(source="replaced_by_id", allow_null=True)
    why_corrected = serializers.CharField()


class JudgementsShown(Shown):
    """Every judgement, in the order in which they were taken."""

    judgements = JudgementShown(many=True)


class OfferShown(FactShown):
    """A body proposed as lead."""

    agency = Named()
    accepted_at = Moment(allow_null=True)
    declined_at = Moment(allow_null=True)
    reason = serializers.CharField()


class ObjectionShown(FactShown):
    """An objection to a body as lead."""

    agency = Named()
    ground = serializers.CharField()
    text = serializers.CharField()
    withdrawn_at = Moment(allow_null=True)


class HandoverShown(FactShown):
    """The lead offered to another body."""

    to = Named()
    accepted_at = Moment(allow_null=True)
    declined_at = Moment(allow_null=True)
    reason = serializers.CharField()


class RingShown(Shown):
    """Who leads the response, and how that came about."""

    holdings = LeadShown(many=True)
    offers = OfferShown(many=True)
    objections = ObjectionShown(many=True)
    handovers = HandoverShown(many=True)


class CalledShown(FactShown):
    """A body called, and why."""

    agency = Named()
    strength = serializers.CharField()
    why = serializers.CharField()
    essential = serializers.BooleanField()
    speaks = serializers.BooleanField()


class ListedShown(Shown):
    """Somebody listed for the room."""

    person = Named()
    agency = Named()


class AlertShown(Shown):
    """An alert of a body called, or of a seat-holder: `clock` names it when they are told by telephone."""

    clock = serializers.UUIDField(source="pk")
    agency = Named(source="responsible_agency", allow_null=True)
    person = Named(source="responsible_person", allow_null=True)
    state = serializers.CharField()
    due_at = Moment()


class ParticipantsShown(Shown):
    """Who was called, who is in the room, and whom the alert has not reached."""

    called = CalledShown(many=True)
    people = ListedShown(many=True)
    alerts = AlertShown(many=True)


class KnownShown(FactShown):
    """Something that became known."""

    text = serializers.CharField()


class DangerShown(FactShown):
    """That somebody is, or may be, in danger."""

    answer = serializers.CharField()
    text = serializers.CharField()


class TabledShown(FactShown):
    """A concern that was put before the room."""

    record = serializers.UUIDField(source="record_id")
    keep = serializers.BooleanField()


class KnowledgeShown(Shown):
    """What is known: what became known, who said that people are in danger, and what was put before the room."""

    known = KnownShown(many=True)
    dangers = DangerShown(many=True)
    tabled = TabledShown(many=True)


class AssessmentShown(Shown):
    """What one body says that a step would do."""

    id = serializers.UUIDField()
    agency = Named()
    declined = serializers.BooleanField(allow_null=True)
    text = serializers.CharField()
    answered_at = Moment(allow_null=True)


class ImpactShown(FactShown):
    """What CQC asked of the bodies, and their answers."""

    step = serializers.CharField()
    due_at = Moment()
    assessments = AssessmentShown(many=True, source="assessments.all")


class ImpactsShown(Shown):
    """The rapid impact assessments."""

    impacts = ImpactShown(many=True)


class GateShown(Shown):
    """A question asked as a matter of routine, its newest answer, and what it lacks."""

    gate = serializers.CharField()
    answer = serializers.CharField()
    lacks = serializers.ListField(child=serializers.CharField())


class CriterionShown(FactShown):
    """Something that must be so before the summit may end."""

    text = serializers.CharField()
    met_at = Moment(allow_null=True)
    evidence = serializers.CharField()


class ProviderWordShown(FactShown):
    """What passed between the room and the provider."""

    kind = serializers.CharField()
    text = serializers.CharField()


class WithholdingShown(FactShown):
    """That the summit is kept from the provider, by two people."""

    reason = serializers.CharField()
    agreed_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)


class ClosingShown(Shown):
    """What stands between the room and its end, and the provider's part."""

    gates = GateShown(many=True)
    criteria = CriterionShown(many=True)
    provider_words = ProviderWordShown(many=True)
    withholdings = WithholdingShown(many=True)


class EntryShown(Shown):
    """Something that happened."""

    at = Moment()
    recorded_at = Moment()
    what = serializers.CharField()
    by = serializers.CharField()
    text = serializers.CharField()


class TimelineShown(Shown):
    """What happened, the newest first."""

    entries = EntryShown(many=True)


def line_of(summit: Any) -> dict[str, Any]:
    """Return a summit's headline."""
    return {
        "id": summit.pk,
        "provider": summit.provider,
        "qsg": summit.home,
        "convenor": summit.convenor,
        "called_by": summit.record.owner,
        "called_at": summit.record.happened_at,
        "status": summit.status,
        "ended_at": summit.ended_at,
        "outcome": summit.outcome,
    }
