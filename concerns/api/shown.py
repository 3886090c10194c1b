"""What is answered of concerns and of what is said of them."""

from typing import Any

from rest_framework import serializers

from access.api import Moment, Named, Shown, facts_of
from access.principal import Principal
from access.sight import visible_to
from concerns.models import Comment, Concern, Corroboration, GoAndLook
from concerns.operations.lists import Shelf
from concerns.operations.reading import known
from concerns.operations.writing import content_of
from concerns.rules.content import Content
from concerns.rules.states import TOMBSTONES


class ConcernLine(Shown):
    """A concern in a list; of one that was withdrawn or replaced, only that it was."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = serializers.CharField()
    headline = serializers.CharField()
    severity = serializers.CharField()
    about = serializers.CharField()
    providers = Named(many=True)
    owner = Named()
    recorded_at = Moment()


class ConcernShown(ConcernLine):
    """A concern. Of one that was withdrawn or replaced only that it was: its words are blank.

    Outside the body that looks after it `source_kind` is blank, and `source` says what may be told of it; of a
    protected source `happened_at` is then the start of its month, and `precision` is `month`.
    """

    location = Named(allow_null=True)
    service_name = serializers.CharField()
    service_place = serializers.CharField()
    narrative = serializers.CharField()
    danger = serializers.CharField()
    happened_at = Moment(allow_null=True)
    precision = serializers.CharField(help_text="`minute`, `day`, `month` or `not_said`.")
    source_kind = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    source_other = serializers.CharField()
    reliability = serializers.CharField()
    dimensions = serializers.ListField(child=serializers.CharField())
    outcome_domain = serializers.CharField()
    confidence = serializers.CharField()
    to_complete = serializers.BooleanField(help_text="A quick note, which its owner is to complete.")
    outcome = serializers.CharField(help_text="Of a closed one, a code of the list `concern_close`.")
    superseded_by = serializers.UUIDField(allow_null=True)


def line_of(concern: Concern) -> dict[str, Any]:
    """Return a concern as a list tells it."""
    buried = concern.status in TOMBSTONES
    return {
        "id": concern.pk,
        "reference": concern.reference,
        "status": concern.status,
        "headline": "" if buried else concern.headline,
        "severity": "" if buried else concern.severity,
        "about": concern.about,
        "providers": list(concern.record.providers.all()),
        "owner": concern.record.owner,
        "recorded_at": concern.record.recorded_at,
    }


def whole_of(by: Principal, concern: Concern, shelf: Shelf) -> dict[str, Any]:
    """Return a concern as this reader may know it."""
    buried = concern.status in TOMBSTONES
    content = Content() if buried else content_of(concern)
    may_know = known(content, ours=concern.record.is_of(by), shelf=shelf)
    after = visible_to(by, Concern.objects.filter(pk=concern.superseded_by_id)).first()
    return {
        **line_of(concern),
        "location": None if buried else concern.location,
        "service_name": "" if buried else concern.service_name,
        "service_place": "" if buried else concern.service_place,
        "narrative": content.narrative,
        "danger": content.danger,
        "happened_at": may_know.happened_at,
        "precision": may_know.precision,
        "source_kind": may_know.source_kind,
        "source": may_know.source,
        "source_other": may_know.source_other,
        "reliability": content.reliability,
        "dimensions": content.dimensions,
        "outcome_domain": content.outcome_domain,
        "confidence": content.confidence,
        "to_complete": concern.to_complete and not buried,
        "outcome": "" if buried else concern.outcome,
        "superseded_by": after.pk if after else None,
    }


class SaidShown(Shown):
    """What somebody says of a concern."""

    id = serializers.UUIDField()
    by = serializers.CharField()
    agency = Named()
    text = serializers.CharField()
    recorded_at = Moment()


class CorroborationShown(SaidShown):
    """That another body sees it too, or sees the opposite. Whose origin it shares is shown to nobody."""

    stance = serializers.CharField()
    source_kind = serializers.CharField(help_text="Blank outside the body that said it.")
    source = serializers.CharField()  # type: ignore[assignment]
    reliability = serializers.CharField()


class CommentShown(SaidShown):
    """A comment."""

    narrowed = serializers.BooleanField()


class LookShown(SaidShown):
    """Who went and looked, or why nobody went."""

    how = serializers.CharField()
    who = serializers.CharField()
    happened_at = Moment()


def said_of(shows: type[Shown], said: Corroboration | Comment | GoAndLook, **known: Any) -> dict[str, Any]:
    """Return what is told of anything that is said: of its record who, for whom and when, and what is known besides."""
    record = said.record
    told = {
        "id": said.pk,
        "by": str(record.recorded_by or ""),
        "agency": record.owner,
        "recorded_at": record.recorded_at,
        "happened_at": record.happened_at,
        "narrowed": record.narrowed,
    }
    return facts_of(shows, said, **told, **known)


def corroboration_of(by: Principal, said: Corroboration, shelf: Shelf) -> dict[str, Any]:
    """Return a corroboration as this reader may know it: outside its body, the kind of source by its public name."""
    ours = said.record.is_of(by)
    label = shelf.label("source_kind", said.source_kind) if ours else shelf.shown_outside(said.source_kind)
    return said_of(
        CorroborationShown,
        said,
        source_kind=said.source_kind if ours else "",
        source=f"{label}: {said.source_other}" if ours and said.source_other else label,
        reliability=said.reliability if ours else "",
    )


class StretchShown(Shown):
    """A stretch of a text beside its earlier form."""

    state = serializers.CharField(help_text="`same`, `added` or `gone`.")
    text = serializers.CharField()


class FieldChanged(Shown):
    """A field that read differently before."""

    field = serializers.CharField()
    stretches = StretchShown(many=True)


class StepShown(Shown):
    """A change of a concern."""

    at = Moment()
    by = serializers.CharField()
    changes = FieldChanged(many=True)


class HistoryShown(Shown):
    """The changes that the reader may read, the newest first."""

    steps = StepShown(many=True)


class ReaderShown(Shown):
    """Somebody who sees it."""

    name = serializers.CharField()
    agency = serializers.CharField()


class ShareShown(Shown):
    """With whom it is shared."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    to = serializers.CharField()
    at = Moment()
    gateway = serializers.CharField()


class AccessShown(Shown):
    """Why the caller sees it; to the body that looks after it also who else does, and through which shares."""

    why = serializers.ListField(child=serializers.CharField())
    readers = ReaderShown(many=True)
    shares = ShareShown(many=True)
