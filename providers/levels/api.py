"""The levels at which providers are watched, through the API."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import (
    Choice,
    Day,
    Deed,
    Guarded,
    Key,
    Listing,
    Many,
    Moment,
    Named,
    Number,
    One,
    Shown,
    Text,
    facts_of,
)
from access.api.endpoints import PageOf
from access.finding import the
from access.principal import Place
from access.sight import visible_to
from agencies.models import QualitySurveillanceGroup
from providers.levels import rules
from providers.levels.operations import (
    agree_withholding,
    meet_criterion,
    propose_withholding,
    record_word,
    refuse_withholding,
    set_level,
    shown,
)
from providers.models import LevelWithholding, Provider, SurveillanceLevel


class ExitCriterionShown(Shown):
    """One of what must be so for a level to end; `met_on` and `evidence` once it is."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    met_on = serializers.DateField(allow_null=True)
    evidence = serializers.CharField()


class WordShown(Shown):
    """A letter that told the provider (`told`), or its answer (`answered`)."""

    kind = serializers.CharField()
    on = serializers.DateField()
    whose = serializers.CharField()
    text = serializers.CharField()
    recorded_at = Moment()


class LevelWithholdingShown(Shown):
    """Keeping a level from the provider: proposed by one, agreed or refused by another, decided again each day."""

    reason = serializers.CharField()
    proposed_by = Named()
    proposed_at = Moment()
    agreed_by = Named(allow_null=True)
    agreed_at = Moment(allow_null=True)
    refused_by = Named(allow_null=True)
    refusal = serializers.CharField(help_text="Why it was refused; empty where it was not.")
    ended_at = Moment(allow_null=True)


class LevelShown(Shown):
    """A level of surveillance in one group. One that lapsed counts as routine."""

    id = serializers.UUIDField()
    provider = Named()
    qsg = Named()
    level = serializers.CharField(help_text="A code of the list `surveillance_levels`.")
    standing = serializers.CharField(help_text="`set`, `lapsed` or `ended`.")
    reason = serializers.CharField()
    follows = Named(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    exit_criteria = serializers.CharField()
    relied_on = serializers.CharField()
    put_to_provider = serializers.CharField()
    how = serializers.CharField()
    met_on = serializers.DateField(allow_null=True)
    told_on = serializers.DateField(allow_null=True, help_text="When the provider was told in writing.")
    criteria = ExitCriterionShown(many=True)
    words = WordShown(many=True)
    withholdings = LevelWithholdingShown(many=True)
    recorded_at = Moment()
    ended_at = Moment(allow_null=True)


class LevelFilters(PageOf):
    """What narrows the list of levels."""

    provider = Key(required=False)
    qsg = Key(required=False)
    level = Text(required=False)


class ToldLevel:
    """Mixed into the endpoints of levels: a level, and how it stands now."""

    def told(self: Any, thing: SurveillanceLevel) -> Any:
        """Return it with its standing."""
        return facts_of(
            LevelShown,
            thing,
            id=thing.pk,
            standing=shown(thing, self.now).standing,
            recorded_at=thing.record.recorded_at,
            criteria=_criteria(thing),
            words=list(thing.words.all()),
            withholdings=[_withholding(one) for one in thing.withholdings.all()],
        )


def _criteria(level: SurveillanceLevel) -> list[dict[str, Any]]:
    met = {one.number: one for one in level.met.all()}
    return [
        {
            "number": number,
            "text": text,
            "met_on": met[number].met_on if number in met else None,
            "evidence": met[number].evidence if number in met else "",
        }
        for number, text in enumerate(rules.criteria_of(level.exit_criteria), start=1)
    ]


_WITHHOLDING = ("reason", "agreed_by", "agreed_at", "refused_by", "refusal", "ended_at")


def _withholding(held: LevelWithholding) -> dict[str, Any]:
    return {
        **{name: getattr(held, name) for name in _WITHHOLDING},
        "proposed_by": held.by,
        "proposed_at": held.recorded_at,
    }


class ListLevels(ToldLevel, Listing):
    """The levels that you see, the newest first; earlier ones stay in the list."""

    path = "levels/"
    permission = "level.read"
    shows = LevelShown
    filters = LevelFilters

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        asked = self.narrowing("provider", "qsg", "level")
        held = SurveillanceLevel.objects.filter(**asked)
        rows = visible_to(self.by, held).select_related("record", "provider", "qsg", "follows")
        return rows.prefetch_related(
            "met", "words", *(f"withholdings__{who}" for who in ("by", "agreed_by", "refused_by"))
        )


class ReadLevel(ToldLevel, One):
    """One level."""

    path = "levels/<uuid:id>/"
    permission = "level.read"
    kind = SurveillanceLevel
    related = ("follows",)
    shows = LevelShown


class LevelGiven(Guarded):
    """A level, and what it rests on."""

    guarded = ("reason", "exit_criteria", "relied_on", "put_to_provider")

    seen = Key(
        required=False,
        allow_null=True,
        help_text="The level that you read last, in force or lapsed; none where none was ever set.",
    )
    met = Many(
        Number(min_value=1),
        required=False,
        help_text="Which criteria of that level were found met, by number.",
    )
    level = Text()
    reason = Text()
    follows = Key(required=False)
    review_on = Day(required=False)
    exit_criteria = Text(required=False, allow_blank=True)
    relied_on = Text(required=False, allow_blank=True)
    put_to_provider = Text(required=False, allow_blank=True)
    how = Choice(list(rules.HOW_WORDS))
    met_on = Day(required=False)
    agreed_by = Many(Key(), required=False)


class SetLevel(Deed):
    """Set a provider's level in a group; the one before ends, and stays in the list."""

    path = "providers/<uuid:id>/levels/<uuid:qsg>/"
    permission = "level.set"
    kind = Provider
    takes = LevelGiven
    gives = ReadLevel
    makes = True
    qsg: QualitySurveillanceGroup

    def find(self) -> None:
        """Fetch the provider and the group."""
        super().find()
        self.qsg = the(QualitySurveillanceGroup.objects.filter(pk=self.ids["qsg"]))

    def place(self) -> Place:
        """Return the group."""
        return self.qsg

    def act(self, said: dict[str, Any]) -> Any:
        """Set it."""
        decided, seen = said.pop("decided", frozenset()), said.pop("seen", None)
        sets = {name: frozenset(said.get(name, ())) for name in ("agreed_by", "met")}
        proposal = rules.Proposal(**{**said, **sets})
        return set_level(
            by=self.by,
            now=self.now,
            qsg=self.qsg,
            provider=self.thing,
            proposal=proposal,
            seen=seen,
            decided=decided,
        )


class NoteOnLevel(Deed):
    """Base of what is written on a level by its group's chair and secretariat."""

    abstract = True
    permission = "level.set"
    kind = SurveillanceLevel
    related = ("provider", "qsg")
    called = "level"
    gives = ReadLevel
    seen = "version"

    def place(self) -> Place:
        """Return the group."""
        return self.thing.qsg


class ExitCriterionGiven(Guarded):
    """Which criterion is met, since when, and what shows it."""

    guarded = ("evidence",)

    number = Number(min_value=1)
    met_on = Day()
    evidence = Text()


class MeetLevelCriterion(NoteOnLevel):
    """Say that one of what must be so for a level to end is so."""

    path = "levels/<uuid:id>/criteria/"
    permission = "level.set"
    takes = ExitCriterionGiven
    does = meet_criterion


class WordGiven(Guarded):
    """A letter to the provider, or its answer."""

    guarded = ("text", "whose")

    kind = Choice(list(rules.WORD_WORDS))
    on = Day()
    whose = Text(max_length=rules.LONGEST_NAME)
    text = Text()


class RecordWord(NoteOnLevel):
    """Record the letter that told the provider of its level, or what it answered."""

    path = "levels/<uuid:id>/words/"
    permission = "level.set"
    takes = WordGiven
    does = record_word


class ReasonToWithhold(Guarded):
    """Why the provider is not told yet."""

    guarded = ("reason",)

    reason = Text()


class ProposeLevelWithholding(NoteOnLevel):
    """Propose not to tell the provider of its level yet; a second person must agree."""

    path = "levels/<uuid:id>/withholding/"
    permission = "level.set"
    takes = ReasonToWithhold
    does = propose_withholding


class AgreeWithholding(NoteOnLevel):
    """Agree, as the second person, that the provider is not told of its level yet."""

    path = "levels/<uuid:id>/withholding/agree/"
    permission = "level.set"
    does = agree_withholding


class ReasonToRefuse(Guarded):
    """Why the provider is to be told all the same."""

    guarded = ("reason",)

    reason = Text()


class RefuseLevelWithholding(NoteOnLevel):
    """Refuse, as the second person, that the provider is not told of its level yet; the time to tell it runs."""

    path = "levels/<uuid:id>/withholding/refuse/"
    permission = "level.set"
    takes = ReasonToRefuse
    does = refuse_withholding
