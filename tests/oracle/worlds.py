"""Small, adversarial worlds for Hypothesis, and the moments at which to ask about them.

`worlds()` and `world_of(number)` give worlds that a database keeping the page's invariants would
accept (`constraints.problems` is empty), full of the cases where the rule is easily got wrong: days
that pass between two moments, people who moved, associates, closed records shared abroad, conflicts
at home, children of children, comments on actions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tests.oracle.days import day_starts
from tests.oracle.people import Hand, agencies_of, current_readers, deal_people
from tests.oracle.world import Audience, BodyCalled, Participant, Record, Share, Succession, World

# an ordinary winter day, a summer day (London is an hour ahead of UTC), and the two changes
BASE_DAYS = [date(2026, 1, 14), date(2026, 6, 15), date(2026, 3, 28), date(2026, 10, 24)]

TOP_LEVEL = [
    ("concern", "open"),
    ("concern", "open"),
    ("concern", "open"),
    ("referral", "open"),
    ("meeting", "open"),
    ("concern", "draft"),
    ("concern", "sealed"),
    ("concern", "sealed"),
    ("concern", "withdrawn"),
    ("concern", "withdrawn"),
    ("protected_source", "named"),
    ("named_professional", "named"),
    ("planned_visit", "named"),
    ("stated_view", "listed"),
    ("minutes", "listed"),
]
CHILDREN = ["comment", "corroboration", "attachment", "amendment"]
CHILD_GATES = [*["open"] * 7, "draft", "named", "withdrawn"]


@st.composite
def worlds(draw: Any) -> World:
    """Worlds that shrink, for `@given`: a failing one is told in its plainest form."""
    return deal(lambda least, most: draw(st.integers(least, most)))


def world_of(number: int) -> World:
    """The world of a number: always the same one, and more various than Hypothesis' own first
    hundred, which resemble one another. For a broad comparison; `worlds()` is for shrinking."""
    return deal(Random(number).randint)


def deal(number: Callable[[int, int], int]) -> World:
    """A world of three to five agencies, four to eight users and six to twelve records.

    `number(least, most)` makes every choice.
    """
    hand = Hand(number=number, base=BASE_DAYS[number(0, len(BASE_DAYS) - 1)])
    people = deal_people(hand)
    records: list[Record] = []
    summit = _record(hand, "risk_summit", "open")
    records.append(summit)
    people["bodies_called"], people["participants"] = _room(hand, summit.id)
    records[0] = _shared(hand, records, summit)
    for _ in range(hand.number(2, 4)):
        kind, gate = hand.one(TOP_LEVEL)
        records.append(_shared(hand, records, _record(hand, kind, gate)))
    for _ in range(hand.number(1, 2)):
        records.append(_shared(hand, records, _action(hand, records)))
    for _ in range(hand.number(2, 5)):
        records.append(_shared(hand, records, _child(hand, records)))
    people["successions"] = [_excepted(hand, s, records) for s in people["successions"]]
    return World(
        base_day=hand.base,
        moments=moments(hand.base),
        records=tuple(records),
        **{name: tuple(rows) for name, rows in people.items()},
    )


def moments(base: date) -> tuple[datetime, ...]:
    """Before and after every date that passes: the base day's first moment, noon and last second,
    the next day's first moment and noon, and a day six weeks on."""
    tomorrow, later = day_starts(base + timedelta(days=1)), day_starts(base + timedelta(days=41))
    return (
        day_starts(base),
        day_starts(base) + timedelta(hours=12),
        (tomorrow - timedelta(seconds=1)).astimezone(UTC),
        tomorrow,
        tomorrow + timedelta(hours=12),
        later + timedelta(hours=12),
    )


def _record(hand: Hand, kind: str, gate: Any) -> Record:
    providers = [p.id for p in hand.people["providers"]]
    return Record(
        id=hand.id("e"),
        kind=kind,
        owner=hand.one(hand.people["agencies"]).id,
        gate=gate,
        closed=gate != "draft" and hand.chance(3),
        providers=tuple(hand.one([providers[:1], providers[:1], providers, providers[1:], []])),
        excluded=_excluded(hand, 9 if gate == "sealed" else 4),
        withdrawn_at=hand.moment(hand.one([-3, -1]), 12) if gate == "withdrawn" else None,
    )


def _excluded(hand: Hand, of_ten: int) -> tuple[UUID, ...]:
    if not hand.chance(of_ten):
        return ()
    return tuple(hand.some([a.id for a in hand.people["agencies"]], 2))


def _action(hand: Hand, records: list[Record]) -> Record:
    """An action, most often from a top-level record; mostly about what that is about."""
    action = _record(hand, "action", "open")
    if hand.chance(1):
        return action
    parent = hand.one([r for r in records if r.parent is None and r.kind != "action"])
    return replace(
        action,
        parent=parent.id,
        parent_rule="adds",
        providers=action.providers if hand.chance(3) else parent.providers,
    )


def _child(hand: Hand, records: list[Record]) -> Record:
    """A comment or its like, on anything dealt so far: a record, an action, another child."""
    child = _record(hand, hand.one(CHILDREN), hand.one(CHILD_GATES))
    late = [r for r in records if r.parent is not None]
    parent = hand.one(late if late and hand.chance(5) else records)
    return replace(
        child,
        parent=parent.id,
        parent_rule="required",
        providers=child.providers if hand.chance(2) else parent.providers,
        narrowed=hand.chance(4),
    )


def _shared(hand: Hand, records: list[Record], record: Record) -> Record:
    """The record with its shares: live and ended audiences, people named, handlers if closed."""
    shares: dict[tuple[object, ...], Share] = {}
    for audience in hand.some(_audiences(hand, records, record), 3):
        shares[audience,] = Share(audience=audience, **_span(hand))
    for user, agency in hand.some(_nameable(hand, record), 2):
        shares[user, agency] = Share(user=user, agency=agency, **_span(hand))
    if record.gate in ("draft", "sealed", "named") and not _names_anybody(shares):
        user, agency = hand.one(_nameable(hand, record) or [(hand.people["users"][0].id, record.owner)])
        shares[user, agency] = Share(user=user, agency=agency, at=hand.moment(-60))
    readers = current_readers(hand, record.owner)
    if record.closed and readers:
        handler = hand.one(readers)
        shares[handler, record.owner] = Share(user=handler, agency=record.owner, at=hand.moment(-60))
    again = [
        replace(share, at=share.ended_at, ended_at=None)
        for share in shares.values()
        if share.ended_at is not None and hand.chance(2)
    ]
    return replace(record, closed=record.closed and bool(readers), shares=(*shares.values(), *again))


def _names_anybody(shares: dict[tuple[object, ...], Share]) -> bool:
    return any(share.user is not None for share in shares.values())


def _span(hand: Hand) -> dict[str, Any]:
    """When a share was made and ended: around the withdrawals, before the first moment asked."""
    started, ended = hand.one([*[(-60, None)] * 6, (-2, None), (-60, -20), (-60, -2), (-20, -1), (-1, None)])
    return {"at": hand.moment(started), "ended_at": None if ended is None else hand.moment(ended)}


def _audiences(hand: Hand, records: list[Record], record: Record) -> list[Audience]:
    groups = [q.id for q in hand.people["qsgs"]]
    agencies = [a.id for a in hand.people["agencies"]]
    summit = records[0].id
    found: list[Audience] = [("qsg_seats", q) for q in groups]
    found += [("qsg_readers", q) for q in groups]
    found += [("qsg_cleared", q) for q in groups]
    found += [("agency", a) for a in agencies]
    room: list[Audience] = [("participants", summit)]
    room += [("body_participants", summit, a) for a in agencies]
    return [*found, ("all_seats",), *room, *(room if record.gate == "listed" else [])]


def _nameable(hand: Hand, record: Record) -> list[tuple[UUID, UUID]]:
    """People at the agencies they are, were or will be at; a protected source names the owner's."""
    return [
        (user.id, agency)
        for user in hand.people["users"]
        for agency in agencies_of(hand, user.id)
        if record.kind != "protected_source" or agency == record.owner
    ]


def _room(hand: Hand, summit: UUID) -> tuple[list[BodyCalled], list[Participant]]:
    """Who is in the room: bodies called and let go, persons listed and gone, some never called."""
    spans = [
        *[(hand.moment(-10), None)] * 4,
        (hand.moment(-10), hand.moment(-1)),  # gone
        (hand.moment(-10), hand.moment(0, 12)),  # goes at noon
        (hand.moment(0, 12), None),  # comes at noon
    ]
    called, listed = [], []
    for agency in hand.some([a.id for a in hand.people["agencies"]], 4):
        starts_at, ends_at = hand.one(spans)
        called.append(BodyCalled(summit=summit, agency=agency, starts_at=starts_at, ends_at=ends_at))
    for user in hand.some([u.id for u in hand.people["users"]], 6):
        starts_at, ends_at = hand.one(spans)
        listed.append(
            Participant(
                summit=summit,
                user=user,
                agency=hand.one(agencies_of(hand, user)),
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )
    return called, listed


def _excepted(hand: Hand, one: Succession, records: list[Record]) -> Succession:
    """The succession with some of the predecessor's records left out of it."""
    held = [r.id for r in records if r.owner == one.predecessor]
    return replace(one, exceptions=tuple(hand.some(held, 2) if hand.chance(4) else ()))
