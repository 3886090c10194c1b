"""What is taken of concerns."""

from collections.abc import Mapping
from typing import Any

from access.api import Choice, Given, Guarded, Key, Many, Moment, Text, Whether
from concerns.models import GoAndLook
from concerns.operations.changing import REASON_LONGEST
from concerns.rules import origins
from concerns.rules.content import (
    ABOUT_WORDS,
    DANGER_WORDS,
    DAY,
    HEADLINE_LONGEST,
    MINUTE,
    NAME_LONGEST,
    NARRATIVE_LONGEST,
    NOT_SAID,
    SHORT_LONGEST,
    About,
    Content,
)
from concerns.rules.sharing import GATEWAYS, GROUP_SHARES
from concerns.rules.sharing import Choice as Sharing


class AboutGiven(Given):
    """What a concern is about: one provider, one place of it, several providers, or a service that is not registered."""

    kind = Choice(list(ABOUT_WORDS))
    providers = Many(Key(), required=False, max_length=20)
    location = Key(required=False)
    name = Text(max_length=NAME_LONGEST, required=False, help_text="Of a service that is not registered.")
    place = Text(max_length=NAME_LONGEST, required=False)


class PersonGiven(Given):
    """A person, at the body at which they are meant."""

    person = Key()
    agency = Key()


class GroupGiven(Given):
    """The people of a group."""

    group = Key()
    kind = Choice(list(GROUP_SHARES))


class SharingGiven(Given):
    """Who should see it, and why it may be shared."""

    people = Many(PersonGiven(), required=False)
    agencies = Many(Key(), required=False)
    groups = Many(GroupGiven(), required=False)
    all_groups = Whether(required=False)
    excluded = Many(Key(), required=False, help_text="Bodies shut out, whatever they are granted.")
    gateway = Choice(list(GATEWAYS), required=False)


class FirstSharing(SharingGiven):
    """Who should see a new concern."""

    closed = Whether(required=False, help_text="At your own body, only the people named.")


class ContentGiven(Guarded):
    """What a concern says. Codes are those of the lists."""

    guarded = ("headline", "narrative", "source_other")

    headline = Text(max_length=HEADLINE_LONGEST)
    narrative = Text(max_length=NARRATIVE_LONGEST, required=False, allow_blank=True)
    happened_at = Moment(required=False, allow_null=True)
    precision = Choice([MINUTE, DAY, NOT_SAID], required=False, help_text="`minute` unless told.")
    danger = Choice(
        list(DANGER_WORDS), help_text="Whether anyone is in danger. Not knowing is treated as yes."
    )
    source_kind = Text()
    source_other = Text(max_length=SHORT_LONGEST, required=False, allow_blank=True)
    reliability = Text(required=False)
    dimensions = Many(Text(), required=False)
    outcome_domain = Text(required=False, allow_blank=True)
    severity = Text(required=False)
    confidence = Text(required=False)


class NoteGiven(ContentGiven):
    """A quick note: one line, how it is known, and whether anyone is in danger are enough."""

    about = AboutGiven()


class ConcernGiven(NoteGiven):
    """A whole concern, and who should see it."""

    narrative = Text(max_length=NARRATIVE_LONGEST)
    happened_at = Moment()
    reliability = Text()
    dimensions = Many(Text(), min_length=1)
    severity = Text()
    confidence = Text()
    sharing = FirstSharing()


class ConcernChanged(ContentGiven):
    """What a concern says from now on; what is not named stays as it is."""

    headline = Text(max_length=HEADLINE_LONGEST, required=False)
    danger = Choice(list(DANGER_WORDS), required=False)
    source_kind = Text(required=False)


class ClosingGiven(Guarded):
    """What came of it."""

    guarded = ("reason",)

    outcome = Text(help_text="A code of the list `concern_close`.")
    reason = Text(max_length=REASON_LONGEST)


class ReasonGiven(Guarded):
    """Why."""

    guarded = ("reason",)

    reason = Text(max_length=REASON_LONGEST)


class ReplacementGiven(ReasonGiven):
    """What takes its place."""

    replacement = Text(help_text="The reference of another open concern of your body.")


class EndingGiven(Given):
    """Who should no longer see it."""

    shares = Many(Key(), required=False)
    excluded = Many(Key(), required=False)


class WishGiven(Given):
    """Who else should see it: one group, or one body."""

    group = Key(required=False)
    agency = Key(required=False)


class CorroborationGiven(Guarded):
    """That your body sees it too, or sees the opposite, and from where it has it."""

    guarded = ("text", "source_other")

    stance = Choice(list(origins.STANCE_WORDS))
    source_kind = Text()
    reliability = Text()
    origin = Choice(list(origins.ORIGIN_WORDS))
    text = Text(required=False, allow_blank=True)
    source_other = Text(max_length=SHORT_LONGEST, required=False, allow_blank=True)
    same_as = Key(
        required=False, help_text="The corroboration whose origin it shares; the concern's unless told."
    )


class CommentGiven(Guarded):
    """A comment; narrowed, it is for your body, the concern's owner and the people named."""

    guarded = ("text",)

    text = Text()
    narrowed = Whether(required=False)
    people = Many(PersonGiven(), required=False)


class LookGiven(Guarded):
    """Who went and what was found, or why nobody went."""

    guarded = ("who", "text")

    how = Choice(GoAndLook.How.values)
    text = Text()
    who = Text(max_length=NAME_LONGEST, required=False, allow_blank=True)
    happened_at = Moment(required=False)


def about_of(said: Mapping[str, Any]) -> About:
    """Return what is said that a concern is about, as the operations take it."""
    return About(**{**said, "providers": tuple(dict.fromkeys(said.get("providers", ())))})


def content_of(said: Mapping[str, Any], now_says: Content | None = None) -> Content:
    """Return what is said, upon what it says already."""
    fields = {name: value for name, value in said.items() if name in Content.__dataclass_fields__}
    if "happened_at" in fields:
        fields.setdefault("precision", MINUTE if fields["happened_at"] else NOT_SAID)
    elif fields.get("precision") == NOT_SAID:
        fields["happened_at"] = None
    if "dimensions" in fields:
        fields["dimensions"] = tuple(dict.fromkeys(fields["dimensions"]))
    before = {name: getattr(now_says, name) for name in Content.__dataclass_fields__} if now_says else {}
    return Content(**{**before, **fields})


def people_of(said: Mapping[str, Any]) -> frozenset[tuple[Any, Any]]:
    """Return the people named."""
    return frozenset((one["person"], one["agency"]) for one in said.get("people", ()))


def sharing_of(said: Mapping[str, Any]) -> Sharing:
    """Return with whom it is to be shared, as the operations take it."""
    return Sharing(
        closed=said.get("closed", False),
        people=people_of(said),
        agencies=frozenset(said.get("agencies", ())),
        groups=frozenset((one["kind"], one["group"]) for one in said.get("groups", ())),
        all_groups=said.get("all_groups", False),
        excluded=frozenset(said.get("excluded", ())),
        gateway=said.get("gateway", ""),
    )
