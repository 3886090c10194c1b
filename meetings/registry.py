"""What a matter tells its meetings: what they answer, who is called, and what follows when one was held.

This app lies below those that hold meetings, so they come to it, once, when they are made ready
(``AppConfig.ready``)::

    registry.take_matter("summit", after_held=meet_the_response_clock, earliest=judged_at,
                         called=bodies_called, essential=who_must_be_there)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from access.models import Listing, Record
from access.principal import Principal

if TYPE_CHECKING:
    from meetings.models import Meeting


class AfterHeld(Protocol):
    """What follows when a meeting was recorded as held, or that record corrected, in the same transaction."""

    def __call__(self, *, meeting: "Meeting", by: Principal, now: datetime) -> None:
        """Meet clocks and the like; raise Invalid or NotNow to refuse all of it."""
        ...


Hold = Callable[[Record], None]
"""Takes the matter's own row for this transaction, before a meeting's is taken: one order for all who change both."""

Earliest = Callable[[Record, str], tuple[datetime, str] | None]
"""Takes the matter and a meeting's purpose; gives the moment before which such a meeting cannot have opened, and
its name in a sentence ("the judgement it answers")."""

Bodies = Callable[[Record], Iterable[UUID]]
"""Takes the matter; gives the ids of agencies."""


class BeforeConvened(Protocol):
    """What whoever convenes or moves a meeting must know first."""

    def __call__(self, of: Record, *, purpose: str, starts_at: datetime) -> str:
        """Return a sentence to be confirmed, or nothing."""
        ...


class BeforeHeld(Protocol):
    """What whoever records that a meeting was held must know first."""

    def __call__(
        self, of: Record, *, purpose: str, opened_at: datetime, closed_at: datetime | None, went_on: bool
    ) -> str:
        """Return a sentence to be confirmed, or nothing."""
        ...


def _nothing(*, meeting: "Meeting", by: Principal, now: datetime) -> None:
    """Nothing follows."""


def _no_caution(of: Record, **what: object) -> str:
    return ""


def _nothing_held(of: Record) -> None:
    """The matter has no row of its own that its meetings' deeds change."""


def _since_it_was_recorded(of: Record, purpose: str) -> tuple[datetime, str]:
    return of.recorded_at, "the matter was written down"


def _listed_bodies(of: Record) -> list[UUID]:
    return list(Listing.objects.filter(summit=of).values_list("agency_id", flat=True).distinct())


def _nobody(of: Record) -> list[UUID]:
    return []


@dataclass(frozen=True)
class Matter:
    """What a kind of thing says about the meetings held for it.

    Attributes:
        hold: how the matter is held for a transaction that changes one of its meetings; without, it is not.
        after_held: what follows when one was held.
        earliest: what it answers; without, the moment the matter was written down.
        called: the bodies called, whose attendance is recorded; without, those for whom people are listed.
        essential: the bodies proposed as essential when one is convened; without, none.
        before_convened: what must be confirmed before one is convened or moved; without, nothing.
        before_held: what must be confirmed before one is recorded as held; without, nothing.
    """

    after_held: AfterHeld = _nothing
    earliest: Earliest = _since_it_was_recorded
    called: Bodies = _listed_bodies
    essential: Bodies = _nobody
    hold: Hold = _nothing_held
    before_convened: BeforeConvened = _no_caution
    before_held: BeforeHeld = _no_caution


MATTERS: dict[str, Matter] = {}


def take_matter(
    kind: str,
    *,
    after_held: AfterHeld = _nothing,
    earliest: Earliest = _since_it_was_recorded,
    called: Bodies = _listed_bodies,
    essential: Bodies = _nobody,
    hold: Hold = _nothing_held,
    before_convened: BeforeConvened = _no_caution,
    before_held: BeforeHeld = _no_caution,
) -> None:
    """Say what a kind of record tells its meetings; raise ValueError when it was said before."""
    if kind in MATTERS:
        raise ValueError(f"two apps hold the meetings of {kind!r}")
    MATTERS[kind] = Matter(after_held, earliest, called, essential, hold, before_convened, before_held)


def matter_of(of: Record) -> Matter:
    """Return what was said for this record's kind; the usual where nothing was."""
    return MATTERS.get(of.kind, Matter())
