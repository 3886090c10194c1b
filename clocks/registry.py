"""What the apps above tell the clocks: who receives a step, what happens at one, and what decides a clock.

This app lies below those whose deadlines it keeps, so they come to it. ``clock_steps`` names the receivers of each step
in words ("ring-holder", "chair", "regional director"). Whoever knows what a word means says so once, when the app is
made ready (``AppConfig.ready``)::

    registry.name_recipients({"chair": chair_of, "regional director": ...})          # meant wherever it stands
    registry.take_family(
        "ring",
        recipients={"every participant": participants},                              # meant in this family alone
        effects={"interim becomes default": default_holder},
        decide=agreed_holder,
    )

A family that nobody took cannot start a clock. A word of the shipped lists that nobody knows stops the portal from
starting (``clocks.checks``). One that an administrator wrote since is logged by the ticker, and those of last resort
are told: a deadline is not lost over a word.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from clocks.rules.steps import Offset
from notifications.events import Row, nothing, nowhere

if TYPE_CHECKING:
    from clocks.models import Clock
    from notifications.models import Message

Resolver = Callable[["Clock", datetime], Iterable[UUID]]
"""Takes a clock and the moment; gives the ids of the users who are meant now."""

Together = Callable[[Sequence["Clock"], datetime], Mapping[UUID, Iterable[UUID]]]
"""The same for several clocks of a family at once, by the clock's id."""


class Effect(Protocol):
    """What an app does when a step is taken, in the tick's transaction. It must be quick and must not wait."""

    def __call__(self, clock: "Clock", *, at: datetime, now: datetime) -> None:
        """Do it; ``at`` is the step's own moment, ``now`` the moment it is recorded."""
        ...


@dataclass(frozen=True)
class Deed:
    """A deed that meets a clock: when it happened and when it was recorded."""

    happened_at: datetime
    recorded_at: datetime


Words = Callable[["Message", str], str]
"""Takes what a person was told and what it amounts to ("start", "missed"); gives the words for that reader, with the
places ``{label}``, ``{when}`` and ``{left}``, or nothing where the usual ones do."""


Decider = Callable[["Clock", datetime], Deed | None]
"""For a clock that is decided once, when it falls due: takes the clock and that moment, gives the deed that met it."""


@dataclass(frozen=True)
class Family:
    """What the app that a family of clocks belongs to says about it.

    Attributes:
        code: the family, as in the reference data.
        recipients: what its receivers' names mean.
        together: the names of whom many clocks ask at once, as when a whole room is called: looked up for all of them.
        words: what the inbox says to one reader, where that depends on who reads.
        about: the rows that these words speak of.
        effects: what is done at a step, by the words of its effect.
        decide: what decides it at its due moment, where a deed recorded earlier may.
        met_by_time: that its time passes is one of its proper ends: it is met as it falls due, and its step then taken.
        by_office: whom it tells are told by their office and need not see its record, which is no intelligence: what it
            says then stands by itself in the inbox, and ``address`` says where it leads.
        address: where a message of such a family leads.
        met_by_acknowledging: that whom it waits for acknowledged, or was told by telephone, is the deed that meets it.
    """

    code: str
    recipients: Mapping[str, Resolver] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    decide: Decider | None = None
    met_by_acknowledging: bool = False
    met_by_time: bool = False
    together: Mapping[str, Together] = field(default_factory=dict)
    words: Words | None = None
    about: Callable[["Message"], Iterable[Row]] = nothing
    by_office: bool = False
    address: Callable[["Message"], str] = nowhere


FAMILIES: dict[str, Family] = {}
NAMES: dict[str, Resolver] = {}

LAST_RESORT = "last resort"
"""Who is told of a step when nobody stands for any of its names; named by ``agencies``, for every family."""

ACTING_EFFECTS = frozenset({"interim becomes default", "views revealed", "who is not confirmed is suspended"})
"""Effects in ``clock_steps`` that change something; the family's app must say how. The others only describe."""


def take_family(
    code: str,
    *,
    recipients: Mapping[str, Resolver] | None = None,
    effects: Mapping[str, Effect] | None = None,
    decide: Decider | None = None,
    met_by_acknowledging: bool = False,
    met_by_time: bool = False,
    together: Mapping[str, Together] | None = None,
    words: Words | None = None,
    about: Callable[["Message"], Iterable[Row]] = nothing,
    by_office: bool = False,
    address: Callable[["Message"], str] = nowhere,
) -> None:
    """Say that a family of clocks is this app's; raise ValueError when another app took it."""
    if code in FAMILIES:
        raise ValueError(f"two apps take the clocks of {code!r}")
    FAMILIES[code] = Family(
        code,
        recipients or {},
        effects or {},
        decide,
        met_by_acknowledging,
        met_by_time,
        together or {},
        words,
        about,
        by_office,
        address,
    )


def name_recipients(names: Mapping[str, Resolver]) -> None:
    """Say what receivers' names mean in every family; raise ValueError when one is taken."""
    for name, resolver in names.items():
        if name in NAMES:
            raise ValueError(f"two apps say who {name!r} is")
        NAMES[name] = resolver


def family_of(code: str) -> Family:
    """Return a family that was taken; raise ValueError when nobody took it."""
    if code not in FAMILIES:
        raise ValueError(f"no app takes the clocks of {code!r}")
    return FAMILIES[code]


def resolver_of(family: str, name: str) -> Resolver | None:
    """Return who a name means in a family; None when nobody knows."""
    return family_of(family).recipients.get(name) or NAMES.get(name)


def together_of(family: str, name: str) -> Together | None:
    """Return who a name means in a family, for many clocks at once; None when each is asked by itself."""
    return family_of(family).together.get(name)


def gaps(steps: Mapping[str, Iterable[Offset]]) -> list[str]:
    """Return a sentence for each word of the steps that nobody explained, in the families that were taken."""
    found = (
        [] if LAST_RESORT in NAMES or not FAMILIES else ["Nobody says who is told when nobody else can be."]
    )
    for code, offsets in steps.items():
        if code not in FAMILIES:
            continue
        for offset in offsets:
            names = [name for group in offset.recipients for name in group]
            unknown = [name for name in names if not (together_of(code, name) or resolver_of(code, name))]
            found += [
                f"clock_steps, {code}, {offset.step}: nobody knows who “{name}” is." for name in unknown
            ]
            if offset.effect in ACTING_EFFECTS and offset.effect not in FAMILIES[code].effects:
                found.append(f"clock_steps, {code}, {offset.step}: nobody does “{offset.effect}”.")
    return found
