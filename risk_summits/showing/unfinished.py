"""What a summit leaves unfinished when it is closed, and which of its deadlines go on."""

from dataclasses import dataclass, field
from typing import Any

from actions.rules import ACCEPTED, OUTSTANDING
from clocks.models import Clock
from nhsuk.words import listing
from risk_summits.operations.closing import ENDS
from risk_summits.rules import closing
from risk_summits.showing import calls, clocks, voices
from risk_summits.showing.held import Held
from timekeeping.london import due_in_words

PROVIDER = "provider_notice"


@dataclass
class Unfinished:
    """What is not done yet, as sentences; what is asked for; and what becomes of the deadlines.

    Attributes:
        sentences: what was not done in the room.
        actions: what the bodies asked of each other and is outstanding, as far as the reader sees it; each
            (the action, how it stands).
        stop: the deadlines that end with the summit, unmet.
        go_on: those that go on after it.
    """

    sentences: list[str] = field(default_factory=list)
    actions: list[tuple[Any, str]] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    go_on: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything is unfinished: a deadline that goes on is no obstacle."""
        return bool(self.sentences or self.actions)


def unfinished(held: Held) -> Unfinished:
    """Return what closing this summit now would leave."""
    found = Unfinished()
    unreached = [one.name for one in calls.call_list(held) if not one.reached]
    if unreached:
        found.sentences.append(f"Not reached: {listing(unreached)}.")
    if not any(one.kind == closing.TOLD for one in held.provider_words):
        found.sentences.append("The provider has not been told of the summit.")
    views = voices.views_of(held)
    if views.revealed_at and not views.of_one_mind:
        found.sentences.append(f"The bodies differ. {views.spread}")
    if views.silent:
        found.sentences.append(f"No view was stated by {listing(list(views.silent))}.")
    for one in held.actions:
        if one.status in OUTSTANDING:
            stands = "accepted, not done" if one.status == ACCEPTED else "not accepted"
            found.actions.append((one, f"{one.asked}, {stands}, due {due_in_words(one.due_at)}"))
    for clock in (one for one in held.clocks if one.is_open):
        (found.stop if clock.family in ENDS else found.go_on).append(_deadline(held, clock))
    if not any(one.family == PROVIDER and one.is_open for one in held.clocks):
        found.go_on.append("Tell the provider how it ended: this starts as you close the summit")
    return found


def _deadline(held: Held, clock: Clock) -> str:
    return f"{clocks.label_of(held, clock)}, due {due_in_words(clock.fell_due_at)}"
