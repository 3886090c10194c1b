"""The page of a level, and the pages on which something is written on it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages

from access.models import Record
from access.principal import OWN_BODY, Place
from access.sight import visible_to
from access.views import RecordFormPage, RecordPage, version_in
from clocks.showing import labelled, open_clocks
from notifications.inbox import things_of
from providers.levels import rules
from providers.levels.forms import CriterionForm, NoteForm, RefuseForm, WithholdForm, WordForm
from providers.levels.operations import (
    agree_withholding,
    groups_to_set,
    meet_criterion,
    past_levels,
    proposal_for,
    propose_withholding,
    record_word,
    refuse_withholding,
    shown,
)
from providers.models import SurveillanceLevel
from reference import operations as lists
from timekeeping.london import london_day


class LevelPage(RecordPage):
    """A level: why, until when, who follows it, what ends it, what the provider was told, and what stood before."""

    permission = "level.read"
    template = "providers/level.jinja"
    kind = SurveillanceLevel
    thing: SurveillanceLevel

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return the level, its clocks, what hangs on it, and its history."""
        level = self.thing
        row = lists.row("surveillance_levels", level.level, london_day(self.now)) or {}
        clocks = open_clocks(self.by).filter(record=level.record)
        children = visible_to(self.by, Record.objects.filter(parent=level.pk)).order_by("recorded_at")
        things = things_of(children.values_list("pk", flat=True))
        held = shown(level, self.now)
        withheld = list(level.withholdings.select_related("by", "agreed_by", "refused_by"))
        return {
            "shown": held,
            "what_it_is_not": row.get("what_it_is_not", ""),
            "how": rules.HOW_WORDS[level.how],
            "agreed_by": list(level.agreed_by.order_by("name")),
            "clocks": labelled(clocks, self.now),
            "hanging": [things[one.pk] for one in children if one.pk in things],
            "past": past_levels(self.by, level, self.now),
            "criteria": criteria_with(level),
            "words": list(level.words.select_related("by")),
            "word_words": rules.PROVIDER_WORDS,
            "withheld": withheld,
            "proposed": next((one for one in withheld if not one.agreed_at and not one.ended_at), None),
            "may_look": level.ended_at is None and self.by.may("concern.go_and_look", at=OWN_BODY),
            "may_set": level.qsg in groups_to_set(self.by, level.provider, self.now),
            "stands": held.standing == rules.SET,
        }


def criteria_with(level: SurveillanceLevel) -> list[tuple[int, str, Any]]:
    """Return a level's exit criteria by number, each with what shows that it is met, or None."""
    met = {one.number: one for one in level.met.all()}
    lines = rules.criteria_of(level.exit_criteria)
    return [(number, text, met.get(number)) for number, text in enumerate(lines, start=1)]


class NotePage(RecordFormPage):
    """Base of the pages on which something is written on a level."""

    abstract = True
    permission = "level.set"
    template = "providers/deed.jinja"
    kind = SurveillanceLevel
    thing: SurveillanceLevel
    form_class: type[NoteForm]
    heading: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    intro: ClassVar[str] = ""
    operation: ClassVar[Callable[..., SurveillanceLevel]]

    def place(self) -> Place:
        """Return the group: its chair and its secretariat write on its levels."""
        return self.thing.qsg

    def context(self) -> dict[str, Any]:
        """Return the words of the page, and the version that it shows."""
        return {
            "heading": self.heading,
            "button": self.button,
            "intro": self.intro,
            "seen": self.had_seen(self.thing.version),
            "back": ("Back to the level", self.thing.get_absolute_url()),
        }

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return what the operation is told besides who, when, which and which version."""
        return {"decided": form.decided, **form.said()}

    def perform(self, form: Any) -> str:
        """Write it, and go back to the level."""
        type(self).operation(
            by=self.by,
            now=self.now,
            level=self.thing,
            seen=version_in(self.request.POST.get("seen", "")),
            **self.arguments(form),
        )
        messages.success(self.request, self.done)
        return self.thing.get_absolute_url()


class CriterionPage(NotePage):
    """Say that one of what must be so for the level to end is so."""

    permission = "level.set"
    form_class = CriterionForm
    heading = "Say what is met"
    button = "Save this"
    done = "It is written down. The level stands until the group lowers it."
    operation = meet_criterion

    def form_kwargs(self) -> dict[str, Any]:
        """Return the criteria that are not met."""
        left = [(number, text) for number, text, met in criteria_with(self.thing) if met is None]
        return {"left": left, "initial": {"met_on": london_day(self.now)}}


class WordPage(NotePage):
    """Base of the letters to the provider and from it."""

    abstract = True
    form_class = WordForm
    operation = record_word
    which: ClassVar[str]

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return the letter, and whose it is."""
        return {**super().arguments(form), "kind": self.which}


class ToldPage(WordPage):
    """Record the letter that told the provider."""

    permission = "level.set"
    heading = "Record how the provider was told in writing"
    intro = "The portal sends the provider nothing. Write down the letter that went out, with its day."
    button = "Record the letter"
    done = "The letter is recorded. The provider's time to answer runs."
    which = rules.TOLD


class AnswerPage(WordPage):
    """Record what the provider answered."""

    permission = "level.set"
    heading = "Record what the provider answered"
    intro = "Its answer stands beside the level for everyone who sees it."
    button = "Record the answer"
    done = "The answer is recorded."
    which = rules.ANSWERED


class WithholdPage(NotePage):
    """Propose that the provider is not told yet."""

    permission = "level.set"
    form_class = WithholdForm
    heading = "Propose not to tell the provider yet"
    intro = "Two different people decide this, and decide it again each day until the provider is told."
    button = "Propose it"
    done = "It is proposed. A second person must agree; until then the time to tell the provider runs on."
    operation = propose_withholding


class AgreeForm(NoteForm):
    """A yes, with nothing to fill in."""


class DecidePage(NotePage):
    """Base of the two answers of a second person to what was proposed."""

    abstract = True

    def find(self) -> None:
        """Fetch the level, and what waits to be decided; whoever may not decide it is told so before they press anything."""
        super().find()
        self.by.require(self.permission, at=self.place())
        self.held = proposal_for(self.by, self.thing, self.now)

    def context(self) -> dict[str, Any]:
        """Return what was proposed, and why."""
        return {**super().context(), "quoted": f"{self.held.by}: {self.held.reason}"}


class AgreePage(DecidePage):
    """Agree that the provider is not told yet, as the second of two."""

    permission = "level.set"
    form_class = AgreeForm
    heading = "Agree that the provider is not told yet"
    intro = "You are the second person. It is decided again within 24 hours."
    button = "I agree"
    done = "It is decided by two. It is decided again within 24 hours."
    operation = agree_withholding

    def arguments(self, form: Any) -> dict[str, Any]:
        """Return nothing more: there is nothing to say."""
        return {}


class RefusePage(DecidePage):
    """Refuse, as the second person, that the provider is not told yet."""

    permission = "level.set"
    form_class = RefuseForm
    heading = "Refuse: the provider is told"
    intro = "You are the second person. The provider is then to be told in its time; nothing is kept from it."
    button = "I refuse"
    done = "It is refused. The time to tell the provider runs."
    operation = refuse_withholding
