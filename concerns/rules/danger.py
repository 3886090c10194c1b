"""Anyone in danger? Who was rung, and what that means for the clocks (NQB ch. 5 (l.868)).

The answer starts a child's and an adult's clock, both until somebody says which. Nothing here delays
saving, sharing or calling a summit; a notice to a Board is never treated as the referral of a child.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

CHILD, ADULT = "child", "adult"
BOTH, NEITHER, NOT_SAID = "both", "neither", "not_said"
ABOUT_WORDS = {
    CHILD: "A child or children",
    ADULT: "An adult or adults",
    BOTH: "Children and adults",
    NEITHER: "Nobody is in danger: we have made sure",
}

RANG, NOTIFIED, ENGAGED, DESIGNATED, ROUTE, SAID = (
    "rang",
    "notified",
    "engaged",
    "designated_officer",
    "route",
    "said_about",
)
DEED_WORDS = {
    RANG: "Rang the safeguarding desk or 999",
    NOTIFIED: "Formally notified the Safeguarding Children Board or partners",
    ENGAGED: "The Board or partners are engaged",
    DESIGNATED: "Told the designated officer, as a worker is involved",
    ROUTE: "The council said which route it takes for the adult",
    SAID: "Said whom it is about",
}

TO_DO_WORDS = {
    RANG: "Ring the safeguarding desk, or 999",
    NOTIFIED: "Notify the Safeguarding Children Board or partners formally: that is not the referral of a child",
    ENGAGED: "See that the Board or partners are engaged",
    ROUTE: "Ask the council which route it takes for the adult",
}
"""What is still to be done, said to whoever does it."""

ENQUIRY, QUALITY_ROUTE, NO_FURTHER = "enquiry", "quality_route", "no_further_action"
ROUTE_WORDS = {
    ENQUIRY: "A safeguarding enquiry",
    QUALITY_ROUTE: "The quality route, through the commissioner or CQC",
    NO_FURTHER: "No further action",
}

CLOCK_CHILD, CLOCK_ADULT, CLOCK_NOTICE = "safeguard_child", "safeguard_adult", "safeguard_child_notice"
CLOCKS = (CLOCK_CHILD, CLOCK_ADULT, CLOCK_NOTICE)
_CLOCKS_OF = {
    CHILD: frozenset({CLOCK_CHILD, CLOCK_NOTICE}),
    ADULT: frozenset({CLOCK_ADULT}),
    BOTH: frozenset(CLOCKS),
    NOT_SAID: frozenset(CLOCKS),
    NEITHER: frozenset(),
}

WHO_LONGEST = 200
REFERENCE_LONGEST = 60


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did or said about the safety of people.

    Attributes:
        deed: a code of DEED_WORDS.
        about: whom it is about: CHILD, ADULT, BOTH or NEITHER.
        happened_at: when it was done.
        recorded_at: when it was written down.
    """

    deed: str
    about: str
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Standing:
    """How the matter of safety stands: whom it is about, and when each thing was done."""

    about: str = NOT_SAID
    rang_child_at: datetime | None = None
    rang_adult_at: datetime | None = None
    notified_at: datetime | None = None
    engaged_at: datetime | None = None
    designated_at: datetime | None = None
    route_at: datetime | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """The kinds of clock that this still concerns."""
        return _CLOCKS_OF[self.about]

    @property
    def met(self) -> dict[str, datetime]:
        """The kinds of clock that what was done meets, and when it was done."""
        found = {CLOCK_CHILD: self.rang_child_at, CLOCK_ADULT: self.rang_adult_at}
        if self.notified_at and self.engaged_at:
            found[CLOCK_NOTICE] = max(self.notified_at, self.engaged_at)
        return {kind: at for kind, at in found.items() if at is not None and kind in self.wanted}

    @property
    def lacks(self) -> list[str]:
        """What is still to be done, as codes of DEED_WORDS, in the order of urgency."""
        open_deeds: list[str] = []
        if (self.wanted - self.met.keys()) & {CLOCK_CHILD, CLOCK_ADULT}:
            open_deeds.append(RANG)
        if CLOCK_NOTICE in self.wanted:
            open_deeds += [NOTIFIED] if self.notified_at is None else []
            open_deeds += [ENGAGED] if self.engaged_at is None else []
        if CLOCK_ADULT in self.wanted and self.route_at is None:
            open_deeds.append(ROUTE)
        return open_deeds


def standing(entries: Iterable[Entry]) -> Standing:
    """Return how the matter stands after all that was recorded; what was recorded last says whom it is about."""
    known = Standing()
    values: dict[str, datetime | None] = {}
    about = known.about
    for entry in sorted(entries, key=lambda one: one.recorded_at):
        if entry.deed == SAID:
            about = entry.about
            continue
        for name in _names(entry):
            earlier = values.get(name)
            values[name] = entry.happened_at if earlier is None else min(earlier, entry.happened_at)
    return Standing(about=about, **values)


def _names(entry: Entry) -> tuple[str, ...]:
    """Return the attributes of Standing that an entry sets."""
    if entry.deed == RANG:
        meant = {CHILD: ("rang_child_at",), ADULT: ("rang_adult_at",)}
        return meant.get(entry.about, ("rang_child_at", "rang_adult_at"))
    return {
        NOTIFIED: ("notified_at",),
        ENGAGED: ("engaged_at",),
        DESIGNATED: ("designated_at",),
        ROUTE: ("route_at",),
    }[entry.deed]


def check_entry(
    deed: str,
    *,
    about: str,
    whom: str,
    route: str,
    happened_at: datetime | None,
    their_reference: str = "",
    now: datetime,
) -> dict[str, str]:
    """Return what is wrong with an entry, by field.

    Args:
        deed: what was done.
        about: whom it is about.
        whom: who was rung or told, in free words: a desk or an office, never the adult's or child's name.
        route: the council's route, for ``route``.
        happened_at: when; nothing happened after now, and a call before the question was asked is welcome.
        their_reference: the reference they gave.
        now: the moment.
    """
    if deed not in DEED_WORDS:
        return {"deed": "Choose what was done"}
    errors: dict[str, str] = {}
    if about not in ABOUT_WORDS or (about == NEITHER and deed != SAID):
        errors["about"] = "Choose whom it is about"
    if deed != SAID and not whom.strip():
        errors["whom"] = "Say which desk or office, so that others need not ring again"
    if len(whom) > WHO_LONGEST:
        errors["whom"] = f"At most {WHO_LONGEST} characters are kept here. Nothing was cut; shorten it"
    if len(their_reference) > REFERENCE_LONGEST:
        errors["their_reference"] = (
            f"At most {REFERENCE_LONGEST} characters are kept here. Nothing was cut; shorten it"
        )
    if (deed == ROUTE) != (route in ROUTE_WORDS):
        errors["route"] = "Choose the route that the council said"
    if happened_at is None:
        errors["happened_at"] = "Say when"
    elif happened_at > now:
        errors["happened_at"] = "This lies in the future. Enter when it was done"
    return errors
