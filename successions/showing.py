"""A succession as one reader may know it: what is offered, to whom, what was answered, and what they may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.urls import reverse

from access.principal import Principal
from access.sight import visible_to
from actions.models import Action
from agencies.models import Agency, QSGMember, Seat
from clocks.models import Clock
from clocks.timetable import Timetable
from successions import rules
from successions.models import HandingOver, Succession
from successions.reading import (
    came_since,
    held_in_directory,
    held_in_sight,
    may_answer,
    may_offer,
    seats_of_the_portal,
)
from successions.rules import Held
from timekeeping.london import due_in_words, london_day

Key = tuple[str, UUID]


@dataclass(frozen=True)
class Label:
    """What a thing is called, where it stands, and which record that shows."""

    words: str
    href: str = ""
    record: UUID | None = None


@dataclass
class LineShown:
    """One thing, its last offer, and what this reader may do with it.

    `since`: people act for the body since it was accepted of whom it was not said whether they go over.
    """

    label: Label
    thing: UUID
    offer: HandingOver | None = None
    may_answer: bool = False
    may_offer: bool = False
    may_take_back: bool = False
    since: bool = False

    @property
    def waits(self) -> bool:
        """Whether it waits for an answer: its first, or another since people came of whom nothing was said."""
        return self.offer is not None and (self.offer.state == rules.WAITING or self.since)


@dataclass
class KindShown:
    """One kind of what a body holds, as one reader may know it.

    Attributes:
        lines: each thing with its offer, where it is no secret from this reader.
        silent: for what is not told to this reader, how all of it stands in words; "" where the lines say it.
        may_offer: whether this reader offers things of this kind.
    """

    kind: str
    lines: list[LineShown] = field(default_factory=list)
    silent: str = ""
    may_offer: bool = False

    @property
    def words(self) -> str:
        """What the kind is called."""
        return rules.UNTOLD if self.silent else rules.KIND_WORDS[self.kind]

    @property
    def explained(self) -> str:
        """What accepting it means."""
        return rules.UNTOLD_EXPLAINED if self.silent else rules.EXPLAINED[self.kind]

    @property
    def in_sight(self) -> bool:
        """Whether it is intelligence, which a lead of the closing body offers all at once."""
        return self.kind in rules.IN_SIGHT

    @property
    def unoffered(self) -> bool:
        """Whether this reader may offer something of it now."""
        return any(line.may_offer for line in self.lines)

    @property
    def waits(self) -> bool:
        """Whether something of it waits for this reader."""
        return self.unoffered or any(line.may_answer and line.waits for line in self.lines)


def shown_to(by: Principal, succession: Succession, day: date) -> list[KindShown]:
    """Return what the body holds as this person may know it, kind by kind, with the answers.

    Of one that is over, what was offered and answered. Of intelligence, actions and deadlines the closing body's readers
    are told what they see; those of a successor what they see and is offered to them; the portal's desk how it stands.
    """
    offers: dict[Key, HandingOver] = {}
    told_of = succession.offers.select_related("to", "person", "answered_by")
    for offer in sorted(told_of, key=lambda one: one.state in rules.LIVE):
        offers[offer.key] = offer  # the live offer of a thing counts, or else the last
    is_open = succession.state == rules.OPEN
    held = [Held(*key) for key in offers]
    if is_open:
        held = [*held_in_directory(succession.body, day), *held_in_sight(succession.body)]
    sides = {succession.body_id, *(one.pk for one in succession.successors.all())}
    told = by.reads and by.in_scope("concern.read") and by.agency_id in sides
    page = _Reader(by, succession, offers, labels_of(by, succession, held), day)
    shown = [
        page.kind(kind, [one for one in held if one.kind == kind])
        for kind in rules.KIND_WORDS
        if told or kind not in rules.IN_SIGHT
    ]
    shown = [view for view in shown if view.lines or (view.in_sight and is_open)]
    if is_open and not told:
        accepted = {one.key for one in offers.values() if one.state == rules.ACCEPTED}
        left = rules.unaccepted((one for one in held if one.kind in rules.IN_SIGHT), accepted)
        silent = "Not all of it is accepted yet." if left else "Nothing of it waits to be accepted."
        shown.append(KindShown(rules.INTELLIGENCE, silent=silent))
    return shown


class _Reader:
    """One reader of one succession: what they are told of each thing, and what they may do with it."""

    def __init__(
        self,
        by: Principal,
        succession: Succession,
        offers: Mapping[Key, HandingOver],
        labels: Mapping[Key, Label],
        day: date,
    ) -> None:
        self.by, self.succession, self.offers, self.labels = by, succession, offers, labels
        self.is_open = succession.state == rules.OPEN
        self.since = self.is_open and bool(came_since(succession, day))
        self.portals = seats_of_the_portal(thing for kind, thing in offers if kind == rules.SEAT)

    def kind(self, kind: str, held: Iterable[Held]) -> KindShown:
        """Return a kind with its things, as far as they are told."""
        view = KindShown(kind, may_offer=self.is_open and may_offer(self.by, self.succession, kind))
        view.lines = [self._line(view, one) for one in held if one.key in self.labels and self._tells(one)]
        return view

    def _line(self, view: KindShown, one: Held) -> LineShown:
        offer = self.offers.get(one.key)
        live = offer if offer is not None and offer.state in rules.LIVE else None
        return LineShown(
            self.labels[one.key],
            one.thing,
            offer,
            may_answer=self.is_open and live is not None and may_answer(self.by, live, self.portals),
            may_offer=view.may_offer and live is None,
            may_take_back=view.may_offer and live is not None and live.state == rules.WAITING,
            since=one.kind == rules.PEOPLE and self.since,
        )

    def _tells(self, one: Held) -> bool:
        """Say whether a thing is told to them: of intelligence, to the closing body's people and to whom it is offered."""
        if one.kind not in rules.IN_SIGHT or self.by.agency_id == self.succession.body_id:
            return True
        offer = self.offers.get(one.key)
        return offer is not None and offer.state in rules.LIVE and offer.to_id == self.by.agency_id


def called(by: Principal, offer: HandingOver) -> str:
    """Return what is offered, for whoever answers it."""
    label = labels_of(by, offer.succession, [Held(offer.kind, offer.thing)]).get(offer.key)
    return f"{offer.succession.body}: {label.words}" if label else str(offer.succession.body)


def labels_of(by: Principal, succession: Succession, held: Iterable[Held]) -> dict[Key, Label]:
    """Return what each thing is called and where it stands, as far as this person may know it."""
    keys: dict[str, list[UUID]] = {kind: [] for kind in rules.KIND_WORDS}
    labels: dict[Key, Label] = {}
    for one in held:
        keys[one.kind].append(one.thing)
        if one.kind not in rules.IN_SIGHT:
            labels[one.key] = Label(rules.WHOLE.get(one.kind, rules.KIND_WORDS[one.kind]))
    for member in QSGMember.objects.filter(pk__in=keys[rules.MEMBERSHIP]).select_related("qsg"):
        labels[rules.MEMBERSHIP, member.pk] = Label(f"{member.qsg}: {member.get_kind_display().lower()}")
    for seat in Seat.objects.filter(pk__in=keys[rules.SEAT]).select_related("qsg", "user"):
        words = f"{seat.get_kind_display()} at {seat.qsg}, held by {seat.user.full_name}"
        more = "; may receive restricted items" if seat.cleared else ""
        labels[rules.SEAT, seat.pk] = Label(words + more)
    for key, name in Agency.objects.filter(pk__in=keys[rules.INTELLIGENCE]).values_list("pk", "name"):
        own = key == succession.body_id
        labels[rules.INTELLIGENCE, key] = Label(
            "What it wrote and looks after" if own else f"What it took over from {name}"
        )
    if by.reads and by.in_scope("action.read"):
        labels |= _labels_of_actions(by, keys[rules.ACTION])
    if by.reads and by.in_scope("clock.read"):
        labels |= _labels_of_clocks(by, keys[rules.CLOCK])
    return labels


def _labels_of_actions(by: Principal, keys: list[UUID]) -> dict[Key, Label]:
    seen = visible_to(by, Action.objects.filter(pk__in=keys)) if keys else ()
    return {
        (rules.ACTION, one.pk): Label(
            f"{one.title} (due {due_in_words(one.due_at)})", one.get_absolute_url(), one.pk
        )
        for one in seen
    }


def _labels_of_clocks(by: Principal, keys: list[UUID]) -> dict[Key, Label]:
    """Return what deadlines are called, of those whose matter is in sight."""
    seen = visible_to(by, Clock.objects.filter(pk__in=keys), through="record") if keys else ()
    timetable = Timetable()
    return {
        (rules.CLOCK, one.pk): Label(
            f"{timetable.interval(one.kind, london_day(one.started_at)).label} (due {due_in_words(one.due_at)})",
            reverse("clocks:proof", args=[one.pk]),
            one.record_id,
        )
        for one in seen
    }
