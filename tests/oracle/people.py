"""The people's half of a generated world: agencies, stints, roles, groups, seats, conflicts, posts.

Days are offsets from the base day: 0 "today", -1 "yesterday", 1 "tomorrow". Every menu puts the
plainest choice first, so that a failing world shrinks towards plain ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from tests.oracle.days import day_starts
from tests.oracle.world import (
    PORTAL_ROLES,
    QSG,
    READING_ROLES,
    Agency,
    Conflict,
    EmergencyAccess,
    Membership,
    PortalRole,
    Provider,
    QSGMember,
    SafeguardingLead,
    Seat,
    Succession,
    User,
)

Period = tuple[int, int | None]
T = TypeVar("T")

LONG: Period = (-400, None)
PERIODS: list[Period] = [
    *[LONG] * 6,
    (-400, 0),  # ended today: not current
    (-400, 1),  # ends tomorrow: current
    (-400, -7),
    (-400, 40),
    (-30, None),
    (-2, None),  # came after a withdrawal
    (0, None),  # joined today
    (1, None),  # joins tomorrow
    (0, 1),
    (-1, 1),
]
# the agencies of a person one after another: 0 the first, 1 the second, at most one on any day
STINTS: list[list[tuple[int, Period]]] = [
    *[[(0, LONG)]] * 8,
    [(0, (-400, 0)), (1, (0, None))],  # moved today
    [(0, (-400, 1)), (1, (1, None))],  # moves tomorrow
    [(0, (-400, -7)), (1, (-7, None))],  # moved last week
    [(0, (-400, -2)), (1, (-2, None))],  # moved between a withdrawal and now
    [(0, (-400, -20)), (1, (-20, -1)), (0, (-1, None))],  # came back
    [(0, (-400, 0))],  # left today
    [(0, (0, None))],
    [(0, (1, None))],
]
READING = [["reader"], ["contributor"], ["agency_lead"], ["reader", "contributor"]]
ROLES = [
    *READING * 2,
    ["reader", "emergency_access"],
    ["agency_lead", "emergency_access"],
    ["reader", "emergency_access", "agency_administrator"],
    ["agency_administrator"],
    ["emergency_access"],
]
AGENCY_KINDS = ["nhs_england", "icb", "cqc", "local_authority", "healthwatch"]


@dataclass
class Hand:
    """What has been dealt so far, and the means to deal more: one primitive, a number to choose."""

    number: Callable[[int, int], int]  # a whole number between the two, both in
    base: date
    people: dict[str, list[Any]] = field(default_factory=dict)
    dealt: dict[str, int] = field(default_factory=dict)

    def id(self, letter: str) -> UUID:
        """The next identifier of a kind: fixed, so that a printed world can be read."""
        number = self.dealt[letter] = self.dealt.get(letter, 0) + 1
        return UUID(f"{letter * 8}-0000-4000-8000-{number:012d}")

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, the first when shrunk."""
        return choices[self.number(0, len(choices) - 1)]

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        """None to `most` different choices, in any order."""
        left = list(choices)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(self.number(0, min(most, len(left))))]

    def chance(self, of_ten: int) -> bool:
        """True about so many times of ten; False when shrunk."""
        return self.number(0, 9) >= 10 - of_ten

    def day(self, offset: int) -> date:
        """The day so far from the base day."""
        return self.base + timedelta(days=offset)

    def moment(self, offset: int, hours: int = 9) -> datetime:
        """So many hours after the start of a London day."""
        return day_starts(self.day(offset)) + timedelta(hours=hours)

    def days(self, period: Period) -> dict[str, Any]:
        """The two fields of a dated row."""
        first, end = period
        return {"starts_on": self.day(first), "ends_on": None if end is None else self.day(end)}


def deal_people(hand: Hand) -> dict[str, list[Any]]:
    """Deals all the rows about people, keyed by the World's field names."""
    people = hand.people
    people["agencies"] = [
        Agency(id=hand.id("a"), kind=AGENCY_KINDS[place]) for place in range(hand.number(3, 5))
    ]
    people["providers"] = [Provider(id=hand.id("d")) for _ in range(2)]
    people["users"] = [User(id=hand.id("b"), active=not hand.chance(1)) for _ in range(hand.number(4, 8))]
    people["memberships"] = [m for user in people["users"] for m in _memberships(hand, user.id)]
    people["portal_roles"] = [
        PortalRole(user=user.id, role=hand.one(PORTAL_ROLES), **hand.days(hand.one(PERIODS)))
        for user in people["users"]
        if hand.chance(1)
    ]
    people["qsgs"] = _groups(hand)
    people["qsg_members"] = [
        m for qsg in people["qsgs"] for a in people["agencies"] for m in _in_group(hand, qsg.id, a.id)
    ]
    people["seats"] = _seats(hand)
    people["conflicts"] = _conflicts(hand)
    people["emergency_accesses"] = _emergencies(hand)
    people["safeguarding_leads"] = _leads(hand)
    people["successions"] = _successions(hand)
    return people


def _memberships(hand: Hand, user: UUID) -> list[Membership]:
    agencies = [a.id for a in hand.people["agencies"]]
    first = agencies.pop(hand.number(0, len(agencies) - 1))
    second = hand.one(agencies)
    rows = []
    for which, stint in hand.one(STINTS):
        agency = second if which else first
        for place, role in enumerate(hand.one(ROLES)):
            # a role beside the first, or now and then the first, may be shorter than the stint
            period = _part_of(hand, stint) if place or hand.chance(1) else stint
            rows.append(Membership(user=user, agency=agency, role=role, **hand.days(period)))
    return rows


def _part_of(hand: Hand, stint: Period) -> Period:
    first, end = stint
    parts = [stint]
    for cut in (0, 1, -2):
        if first < cut and (end is None or cut < end):
            parts += [(first, cut), (cut, end)]
    return hand.one(parts)


def _groups(hand: Hand) -> list[QSG]:
    groups = [
        QSG(id=hand.id("c"), tier="local", region="north"),
        QSG(id=hand.id("c"), tier="regional", region="north"),
    ]
    if hand.chance(5):
        groups.append(QSG(id=hand.id("c"), tier="local", region="north"))
    return groups


def _in_group(hand: Hand, qsg: UUID, agency: UUID) -> list[QSGMember]:
    plain: list[tuple[Any, Period]] = [("full", LONG)]
    spans: list[tuple[Any, Period]] = hand.one(
        [
            *[plain] * 6,
            [("associate", LONG)],
            [("associate", LONG)],
            [("full", (-400, -7))],  # left last week
            [("full", (-400, 1))],  # leaves tomorrow
            [("full", (0, None))],
            [("full", (-400, 0)), ("associate", (0, None))],
            [("associate", (-400, 1)), ("full", (1, None))],
            [("full", (-400, -2)), ("full", (-1, None))],
            [],
            [],
        ]
    )
    return [QSGMember(qsg=qsg, agency=agency, kind=kind, **hand.days(span)) for kind, span in spans]


def agencies_of(hand: Hand, user: UUID) -> list[UUID]:
    """The agencies a person is, was or will be at, in order."""
    return list(dict.fromkeys(m.agency for m in hand.people["memberships"] if m.user == user))


def _seats(hand: Hand) -> list[Seat]:
    rows = []
    for qsg in hand.people["qsgs"]:
        chaired = False
        for user in hand.people["users"]:
            spans = hand.one(
                [
                    [],
                    [],
                    [],
                    *[[period] for period in PERIODS],
                    [(-400, 0), (0, None)],  # "changing cleared ends one seat and starts another"
                    [(-400, 1), (1, None)],
                ]
            )
            cleared = hand.chance(5)
            for span in spans:
                kind = hand.one(["representative", "deputy", "secretariat", "chair"])
                kind = "representative" if kind == "chair" and chaired else kind
                chaired = chaired or kind == "chair"
                rows.append(
                    Seat(
                        qsg=qsg.id,
                        user=user.id,
                        agency=hand.one(agencies_of(hand, user.id)),
                        kind=kind,
                        cleared=cleared,
                        **hand.days(span),
                    )
                )
                cleared = not cleared
    return rows


def _conflicts(hand: Hand) -> list[Conflict]:
    subjects: list[dict[str, Any]] = [{"agency": a.id} for a in hand.people["agencies"]]
    subjects += [{"user": u.id} for u in hand.people["users"]]
    pairs = [(place, p.id) for p in hand.people["providers"] for place in range(len(subjects))]
    return [
        Conflict(**subjects[place], provider=provider, **hand.days(hand.one(PERIODS)))
        for place, provider in hand.some(pairs, 4)
    ]


def _emergencies(hand: Hand) -> list[EmergencyAccess]:
    today = 0
    windows = [
        (hand.moment(today, 11), 4),  # open at noon
        (hand.moment(today, 8), 4),  # runs out at noon
        (hand.moment(today, 12), 2),  # begins at noon
        (hand.moment(today, 22), 4),  # across midnight
        (hand.moment(-3, 11), 4),  # open at a withdrawal
    ]
    rows = []
    for user in hand.people["users"]:
        agencies = [
            m.agency for m in hand.people["memberships"] if m.user == user.id and m.role == "emergency_access"
        ] or (agencies_of(hand, user.id) if hand.chance(1) else [])
        for agency in dict.fromkeys(agencies):
            starts_at, hours = hand.one(windows)
            rows.append(
                EmergencyAccess(
                    user=user.id,
                    agency=agency,
                    provider=hand.one(hand.people["providers"]).id,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=hours),
                )
            )
    return rows


def _leads(hand: Hand) -> list[SafeguardingLead]:
    rows = []
    for agency in hand.people["agencies"]:
        known = [u.id for u in hand.people["users"] if agency.id in agencies_of(hand, u.id)]
        if known and hand.chance(8):
            rows.append(
                SafeguardingLead(agency=agency.id, user=hand.one(known), **hand.days(hand.one(PERIODS)))
            )
    return rows


def _successions(hand: Hand) -> list[Succession]:
    agencies = [a.id for a in hand.people["agencies"]]
    rows = []
    for place, predecessor in enumerate(agencies[1:], start=1):
        if hand.chance(4):
            rows.append(
                Succession(
                    successor=hand.one([agencies[place - 1], agencies[0]]),
                    predecessor=predecessor,
                    accepted_on=hand.day(hand.one([-30, 0, -2])),
                )
            )
    return rows


def current_readers(hand: Hand, agency: UUID) -> list[UUID]:
    """The active people with a reading role at an agency on the base day."""
    return sorted(
        {
            m.user
            for m in hand.people["memberships"]
            if m.agency == agency
            and m.role in READING_ROLES
            and m.starts_on <= hand.base
            and (m.ends_on is None or hand.base < m.ends_on)
            and any(u.id == m.user and u.active for u in hand.people["users"])
        }
    )
