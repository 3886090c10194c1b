"""Who counts as standing where, which seats a group lacks, and what a change will mean, in words.

Pure: dates and names in, answers and sentences out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from timekeeping.london import Span, day_in_words, last_day_in_words

READING_ROLES = frozenset({"reader", "contributor", "agency_lead"})

# An agency's own administrator fills these seats; the others are the portal administrator's.
SEATS_A_BODY_FILLS = frozenset({"representative", "deputy"})


# Long enough for a holiday week, short enough that a link left in a mailbox soon opens nothing.
INVITATION_LIFE = timedelta(days=7)

INVITATION_TRANSITIONS: dict[str, frozenset[str]] = {
    "waiting": frozenset({"accepted", "withdrawn", "expired"}),
    "expired": frozenset({"waiting", "withdrawn"}),
    "accepted": frozenset(),
    "withdrawn": frozenset(),
}
"""How an invitation may go on; one that expired is sent again, or taken back."""


def invitation_state(*, accepted: bool, withdrawn: bool, expires_at: datetime, now: datetime) -> str:
    """How an invitation stands: waiting, accepted, withdrawn or expired."""
    if accepted:
        return "accepted"
    if withdrawn:
        return "withdrawn"
    return "waiting" if now < expires_at else "expired"


def seat_counts(
    *, seat: Span, full_memberships: Iterable[Span], memberships: Iterable[Span], active: bool, day: date
) -> bool:
    """Whether a seat counts on a London day (visibility: "Who asks").

    Args:
        seat: the seat's own days.
        full_memberships: the seat's agency's full memberships of that group.
        memberships: the person's memberships of that agency in a reading role.
        active: whether the account may sign in.
        day: the London day.

    Returns:
        True only while all four are current.
    """
    return (
        active
        and seat.holds(day)
        and any(span.holds(day) for span in full_memberships)
        and any(span.holds(day) for span in memberships)
    )


# Minimum membership (NQB ch. 5, l.804-806; `membership_rules`)


@dataclass(frozen=True)
class Body:
    """A body as a group's membership check sees it.

    `member`: it is a full member today. `seats`: how many of its seats count today. `here`: its area
    is in the group's footprint, by a source.
    """

    name: str
    kind: str
    member: bool = False
    seats: int = 0
    here: bool = False
    key: str = ""


@dataclass(frozen=True)
class LocalGroup:
    """A local group of a region: the names of its footprint's bodies tell who speaks for it."""

    name: str
    footprint_known: bool
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Gap:
    """A named gap in a group's membership.

    `force` is `must` for the minimum, `invited` where a wish is to be recorded. `body` is the key of
    the body concerned, "" when no one body is. `counts` says whether the kind counts for a quorum, `near` whether
    only a body of the area could fill it.
    """

    sentence: str
    kind: str
    force: str = "must"
    body: str = ""
    counts: bool = True
    near: bool = False


def gaps(
    *,
    rows: Iterable[Mapping[str, str]],
    bodies: Sequence[Body],
    local_groups: Sequence[LocalGroup] = (),
    footprint_known: bool = True,
    nhs_trusts: bool | None = None,
) -> list[Gap]:
    """The seats that the minimum membership wants and nobody holds, by name.

    Args:
        rows: the rows of `membership_rules` for the group's tier, as they stand today.
        bodies: every body that is a member or stands in the footprint.
        local_groups: the local groups of a regional group.
        footprint_known: whether a source tells the footprint.
        nhs_trusts: whether NHS trusts (not foundation trusts) stand in the footprint; None: not known.

    Returns:
        Gaps in the order of the rules.
    """
    found: list[Gap] = []
    for row in rows:
        of_kind = [body for body in bodies if body.kind == row["member_kind"]]
        found += _gaps_of(row, of_kind, local_groups, footprint_known, nhs_trusts)
    return found


def _gaps_of(
    row: Mapping[str, str],
    bodies: list[Body],
    local_groups: Sequence[LocalGroup],
    footprint_known: bool,
    nhs_trusts: bool | None,
) -> list[Gap]:
    condition = row["condition"].lower()
    if row["requirement"] == "may":
        return []
    if row["requirement"] == "invited":
        return _wishes(row, bodies)
    if condition.startswith("each"):
        return _each(row, bodies, footprint_known)
    if condition.startswith("represented: at least one"):
        return _one_for_each_group(row, bodies, local_groups)
    if "nhs trust" in condition and not nhs_trusts:
        unsure = f"{row['gap_message'].split(',')[0]} (whether there are NHS trusts is not known)"
        return [] if nhs_trusts is False else _some({**row, "gap_message": unsure}, bodies)
    return _some(row, bodies)


def _gap(row: Mapping[str, str], name: str = "", more: str = "", body: str = "", force: str = "must") -> Gap:
    sentence = re.sub(r"\{[^}]*\}", lambda _: name, row["gap_message"]) + more
    return Gap(sentence, row["member_kind"], force, body, row.get("counts_for_quorum") == "yes")


def _why(body: Body) -> str:
    return ": nobody sits for it" if body.member else ": it is not a member"


def _wishes(row: Mapping[str, str], bodies: list[Body]) -> list[Gap]:
    return [
        _gap(row, body.name, body=body.key, force="invited")
        for body in bodies
        if not body.member and not body.seats
    ]


def _each(row: Mapping[str, str], bodies: list[Body], footprint_known: bool) -> list[Gap]:
    here = [body for body in bodies if body.here]
    if not here:
        name = re.sub(r"^each | in the .*$| whose .*$| with .*$", "", row["condition"].split("(")[0]).strip()
        if any(body.seats for body in bodies):
            return []
        known = "none of the area is in the directory" if footprint_known else "footprint not in the source"
        return [replace(_gap(row, f"any {name}", more=f": {known}"), near=True)]
    return [_gap(row, body.name, _why(body), body.key) for body in here if not body.seats]


def _one_for_each_group(
    row: Mapping[str, str], bodies: list[Body], local_groups: Sequence[LocalGroup]
) -> list[Gap]:
    found = []
    for group in local_groups:
        speak = [body for body in bodies if body.seats and body.key in group.keys]
        if not speak:
            more = "" if group.footprint_known else ": footprint not in the source"
            found.append(_gap(row, group.name, more))
    return found


def _some(row: Mapping[str, str], bodies: list[Body]) -> list[Gap]:
    if any(body.seats for body in bodies):
        return []
    member = next((body for body in bodies if body.member), None)
    if member:
        return [_gap(row, member.name, _why(member), member.key)]
    return [_gap(row)]


# What a change will mean, in words: said before it is done, and never what a person could read.


def _days(span: Span) -> str:
    until = f" until the end of {last_day_in_words(span.ends_on)}" if span.ends_on else ""
    return f"From {day_in_words(span.starts_on)}{until}"


_ROLE_WORDS = {
    "reader": "read and comment on what {agency} can see",
    "contributor": "raise and share concerns for {agency}, and read what it can see",
    "agency_lead": "speak for {agency}: state its views, answer actions asked of it, call a risk summit",
    "agency_administrator": "look after the people and seats of {agency}; this gives no sight of intelligence",
    "emergency_access": "use emergency access for {agency}, with a reason, audited and reviewed",
}
_SEAT_WORDS = {
    "chair": "chairs",
    "representative": "represents {agency} at",
    "deputy": "stands in for {agency}'s representative at",
    "secretariat": "keeps the agenda and minutes of",
}


def membership_starts(*, person: str, agency: str, role: str, span: Span) -> list[str]:
    """What giving a role at an agency will mean."""
    return [f"{_days(span)}, {person} may {_ROLE_WORDS[role].format(agency=agency)}."]


def joining(*, person: str, agency: str, role: str, group: str, seat_kind: str) -> list[str]:
    """What accepting an invitation will mean. `group`: where a seat is proposed; "" for none."""
    words = [f"From the day they join, {person} may {_ROLE_WORDS[role].format(agency=agency)}."]
    if group:
        words.append(
            f"{person} then also {_SEAT_WORDS[seat_kind].format(agency=agency)} {group}, without restricted items."
        )
    return words


def membership_ends(
    *,
    person: str,
    agency: str,
    ends_on: date,
    last_role: bool,
    seats: int,
) -> list[str]:
    """What ending a role will mean. `last_role`: no other role at the agency stands then; for the rest see `seats_fall`."""
    words = [f"From {day_in_words(ends_on)}, {person} no longer holds this role at {agency}."]
    if last_role:
        words.append(
            f"{person} will then act for {agency} no more, and nothing seen through it follows them."
        )
    return words + seats_fall(agency=agency, seats=seats)


def seats_fall(*, agency: str, seats: int) -> list[str]:
    """What the end of a person's last reading role takes along. `seats`: how many held for the body stop counting."""
    if not seats:
        return []
    return [f"{_count(seats, 'seat')} held for {agency} will stop counting, and will show as a gap."]


def seat_starts(
    *, person: str, agency: str, group: str, kind: str, cleared: bool, span: Span, others: int
) -> list[str]:
    """What a new seat will mean. `others`: people who already sit there for the agency."""
    words = [f"{_days(span)}, {person} {_SEAT_WORDS[kind].format(agency=agency)} {group}."]
    words.append(
        f"{person} may receive what is shared with everyone who has a seat there"
        + (", restricted items too." if cleared else ", but not restricted items.")
    )
    if others:
        words.append(
            f"{_count(others, 'other person', 'other people')} already sit{'s' if others == 1 else ''} there for {agency}."
        )
    return words


def seat_ends(
    *,
    person: str,
    kind: str,
    agency: str,
    group: str,
    ends_on: date,
    others: int,
    keeps: bool = False,
    restricted: bool = False,
) -> list[str]:
    """What ending a seat will mean, without saying what the person could read.

    Args:
        person: who.
        kind: of seat, in words.
        agency: for which body.
        group: where.
        ends_on: the first day without the seat.
        others: other people who sit there for the body.
        keeps: the person has another seat there.
        restricted: restricted items reach them there through this seat alone.
    """
    day = day_in_words(ends_on)
    if keeps:
        words = [
            f"From {day}, {person} no longer has the seat as {kind} at {group} for {agency}.",
            "They keep another seat there, and receive what reaches them through it.",
        ]
        return [*words, "Restricted items no longer reach them there."] if restricted else words
    words = [
        f"From {day}, {person} no longer sits at {group} for {agency}.",
        _no_longer_reached("They", group, restricted),
        "What reached them through this seat closes to them at their next page.",
    ]
    if not others:
        words.append(f"Nobody else sits there for {agency}: the group will show a gap until somebody does.")
    return words


def _no_longer_reached(who: str, group: str, restricted: bool) -> str:
    too = ", restricted items too" if restricted else ""
    return f"{who} will no longer receive what {group} shares with its seats{too}."


def last_of_kind(kind: str, group: str) -> str:
    """That a group will have no chair, or no secretariat, from then: a warning wherever such a seat ends."""
    what = "chairs" if kind == "chair" else "is the secretariat of"
    return (
        f"Nobody else {what} {group} from that day. Give somebody that seat first, or nobody does its work."
    )


def kept_on(*, person: str, what: str, ends_on: date | None) -> list[str]:
    """What taking an end back will mean. `what`: what goes on, such as "this seat at Example QSG"."""
    until = f" It was to end on {day_in_words(ends_on)}." if ends_on else ""
    return [f"{person} keeps {what}, and no end is known.{until}", "What it lets reach them goes on."]


# Leavers

MOST_LEAVERS = 500
MOST_LEAVERS_BYTES = 1_000_000
_APART = re.compile(r"[\s,;<>()\[\]\"']+")
_ADDRESS = re.compile(r"[^@]+@[^@]+\.[^@]+")
_LONGEST_ADDRESS = 254


def addresses_in(text: str) -> list[str]:
    """The e-mail addresses in a text, in small letters, each once, in its order."""
    words = (word for word in _APART.split(text) if "@" in word and len(word) <= _LONGEST_ADDRESS)
    return list(dict.fromkeys(word.strip(".").lower() for word in words if _ADDRESS.fullmatch(word)))


def leaves(
    *,
    person: str,
    roles: Sequence[str],
    seats: Sequence[str],
    posts: Sequence[str] = (),
    kept: Sequence[str] = (),
    stays: bool,
) -> str:
    """What the act will mean for one leaver.

    Args:
        person: who.
        roles: what they hold, such as "Reader at NHS Example CCG".
        seats: where they sit, such as "Chair at Example QSG".
        posts: that they hold or stand in for, such as "Director at Example Council".
        kept: posts that cannot end today.
        stays: they act for another body too, and stay signed in.
    """
    held = "; ".join([*roles, *seats, *posts])
    said = [f"{person} holds nothing of this any more: {held}."] if held else []
    if kept:
        said.append(
            f"{person} stays {'; '.join(kept)}: their meeting with the Care Quality Commission is followed already."
            " End that tomorrow."
        )
    said.append(
        "They act for another body and stay signed in." if stays else "They are signed out everywhere."
    )
    return " ".join(said)


def member_starts(*, agency: str, group: str, kind: str, span: Span) -> list[str]:
    """What a body's membership of a group will mean."""
    if kind == "associate":
        return [
            f"{_days(span)}, {agency} is an occasional guest of {group}: it sees only what is sent to it by name."
        ]
    return [
        f"{_days(span)}, {agency} is a member of {group}: what is shared with member bodies reaches its readers."
    ]


def member_ends(
    *,
    agency: str,
    group: str,
    ends_on: date,
    seats: Iterable[tuple[str, str, bool]] = (),
    guest: bool = False,
    supports: bool = False,
) -> list[str]:
    """What the end of a body's membership of a group will mean.

    Args:
        agency: the body.
        group: where.
        ends_on: the first day without.
        seats: of those who sit there for it: the name, the kind of seat in words, and whether restricted items reach it.
        guest: it is an occasional guest only.
        supports: it is the team that supports the group.
    """
    day = day_in_words(ends_on)
    if guest:
        return [f"From {day}, {agency} is no longer an occasional guest of {group}."]
    words = [
        f"From {day}, {agency} is no longer a member of {group}.",
        "What is shared with member bodies no longer reaches its readers.",
    ]
    words += [_no_longer_reached(f"{name} ({kind})", group, cleared) for name, kind, cleared in seats]
    words.append("The group will show a gap where the minimum membership wants it.")
    if supports:
        words.append(f"It stays the team that supports {group}, without a seat there.")
    return words


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
