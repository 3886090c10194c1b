"""Which bodies the minimum membership proposes for a group, and what a group still lacks (NQB ch. 5, l.804-806)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from timekeeping.london import day_in_words


@dataclass(frozen=True)
class Candidate:
    """A body that may be proposed.

    Attributes:
        key: of the body.
        name: of the body.
        kind: a code of ``agency_kinds``.
        here: its area is in the group's footprint.
        team: it is the NHS England team that supports the group.
        member: it is a member or guest already, or will be.
        below: it stands in the footprint of a local group of the region.
    """

    key: str
    name: str
    kind: str
    here: bool = False
    team: bool = False
    member: bool = False
    below: bool = False


@dataclass(frozen=True)
class Proposal:
    """A body proposed as a member, and why. `ticked`: no choice is left, so that it stands chosen at first."""

    body: Candidate
    why: str
    ticked: bool


def proposals(
    rows: Iterable[Mapping[str, str]], bodies: Sequence[Candidate], *, nhs_trusts: bool | None
) -> list[Proposal]:
    """The bodies that the minimum membership wants and that are no members yet.

    Where the rules want each of a kind, those of the footprint; where they want one and there is one only, that one,
    the group's own team before others; where several could be it, each, unticked.

    Args:
        rows: the rows of `membership_rules` for the group's tier, as they stand today.
        bodies: the open bodies of the kinds that the rows name.
        nhs_trusts: whether NHS trusts stand in the footprint; None: not known.

    Returns:
        Proposals in the order of the rules, then A to Z; none twice.
    """
    found: dict[str, Proposal] = {}
    for row in rows:
        if row["requirement"] != "must":
            continue
        of_kind = [body for body in bodies if body.kind == row["member_kind"]]
        for one in _proposed(row, of_kind, nhs_trusts):
            if not one.body.member:
                found.setdefault(one.body.key, one)
    return list(found.values())


def _proposed(row: Mapping[str, str], bodies: list[Candidate], nhs_trusts: bool | None) -> list[Proposal]:
    condition, source = row["condition"].lower(), row.get("source", "")
    wanted = "always wanted" if condition == "always" else row["condition"]
    why = f"{wanted[:1].upper()}{wanted[1:]}: {source}" if source else wanted
    if condition.startswith("each"):
        return [Proposal(body, why, True) for body in bodies if body.here]
    if "nhs trust" in condition and nhs_trusts is False:
        return []
    certain = not ("nhs trust" in condition and nhs_trusts is None)
    chosen = [body for body in bodies if body.team] or [body for body in bodies if body.here]
    if chosen or len(bodies) == 1:
        return [Proposal(body, why, certain) for body in chosen or bodies]
    if any(body.member for body in bodies):
        return []
    near = [body for body in bodies if body.below]
    return [Proposal(body, why, False) for body in near]


STEPS = ("footprint", "members", "agreement", "notice", "chair", "secretariat", "seats")
"""What a group wants before its membership is complete, in the order in which it is best done."""


@dataclass(frozen=True)
class Standing:
    """How far a group is.

    Attributes:
        footprint: bodies in its footprint.
        proposed: bodies that the minimum membership proposes, no choice left, and that are no members yet.
        offered: bodies among which it leaves a choice, and that are no members yet.
        members: full members.
        agreement: the members without a signature under an agreement in force; None where there is no agreement.
        notice: a privacy notice is in force.
        chair: somebody chairs it today.
        secretariat: somebody is its secretariat today.
        gaps: seats that are wanted and nobody holds.
    """

    footprint: int
    proposed: int
    members: int
    agreement: int | None
    notice: bool
    chair: bool
    secretariat: bool
    gaps: int
    offered: int = 0


def still_missing(group: Standing) -> dict[str, str]:
    """What is still missing, by step, in words; a step that is not there is done."""
    members = group.members
    wanted = {
        "footprint": "" if group.footprint else "No body stands in its footprint",
        "members": _members(members, group.proposed, group.offered),
        "agreement": _agreement(group.agreement),
        "notice": "" if group.notice else "No privacy notice is in force",
        "chair": "" if group.chair else "Nobody chairs it",
        "secretariat": "" if group.secretariat else "Nobody is its secretariat",
        "seats": _counted(group.gaps, "seat is", "seats are", "wanted and not held") + _besides(group),
    }
    return {step: wanted[step] for step in STEPS if wanted[step]}


def _besides(group: Standing) -> str:
    """That the seats of chair and secretariat are counted by themselves, where one of them is missing."""
    return ", chair and secretariat apart" if group.gaps and not (group.chair and group.secretariat) else ""


def _members(members: int, proposed: int, offered: int) -> str:
    if proposed:
        wanted = _counted(proposed, "body is", "bodies are", "wanted and no member")
        return f"{wanted}; {offered} more to choose from" if offered else wanted
    return "" if members else "It has no member"


def _agreement(unsigned: int | None) -> str:
    if unsigned is None:
        return "No information-sharing agreement is in force"
    return _counted(unsigned, "member has", "members have", "not signed")


def _counted(number: int, one: str, many: str, what: str) -> str:
    return f"{number} {one if number == 1 else many} {what}" if number else ""


# In words, before it is done


def group_formed(*, name: str, tier: str, region: str, team: str, supported: Sequence[str] = ()) -> list[str]:
    """What making a group will mean. `supported`: the groups that the team supports already."""
    under = f", under {region}" if region else ""
    return [
        f"{name} is made: a {tier} Quality Surveillance Group{under}, supported by {team}.",
        "It has no members and no seats yet, so nothing reaches anybody through it.",
        "Its name and place are then in everybody's directory; it can be undone while nothing hangs on it.",
        *([f"{team} supports {_named(supported)} already."] if supported else []),
    ]


def group_renamed(*, name: str, to: str, had: Iterable[tuple[str, date]] = ()) -> list[str]:
    """What another name will mean. `had`: other groups that were called so, each until a day."""
    return [
        f"From now on, {name} is called {to} wherever the portal names it.",
        "Its page says what it was called before, and until when. Nothing else changes.",
        *(
            f"{group} was called {to} until {day_in_words(day)}: whoever reads of then may take one for the other."
            for group, day in had
        ),
    ]


def group_undone(*, name: str) -> list[str]:
    """What taking a group back will mean."""
    return [
        f"{name} and its footprint are taken out of the directory for good.",
        "Nothing was shared with it, and nobody sat there. The log keeps that it was made.",
    ]


OVER, BOTH = "over", "both"
ELSEWHERE: Mapping[str, str] = {
    OVER: "It comes over, and goes out of the other footprint",
    BOTH: "It lies in both; its providers stay where they stand, and new ones are placed by hand",
}
"""What may happen with a body that lies in the footprint of another group of the same tier."""


def lies_elsewhere(there: Iterable[tuple[str, str]]) -> str:
    """Why nothing is changed yet, where bodies lie in other groups' footprints: (body, group) each."""
    told = "; ".join(f"{body} lies in the footprint of {group} already" for body, group in there)
    return f"{told}. Say what is to happen with it."


def footprint_kept(
    *,
    group: str,
    put_in: Sequence[str],
    taken_out: Sequence[str],
    there: Iterable[tuple[str, str]] = (),
    elsewhere: str = "",
) -> list[str]:
    """What changing a footprint will mean for bodies; `there` are (body, group) of those in other footprints."""
    words = []
    if put_in:
        words.append(f"From now on the area of {group} takes in {_named(put_in)}.")
    if taken_out:
        words.append(f"It no longer takes in {_named(taken_out)}.")
    for body, other in there:
        words.append(
            f"{body} goes out of the footprint of {other}."
            if elsewhere == OVER
            else f"{body} lies in the footprint of {other} as well."
        )
    words.append(
        "This says which bodies the minimum membership wants here. It makes nobody a member and ends no membership."
    )
    return words


def members_taken(*, group: str, bodies: Sequence[str], starts_on: date) -> list[str]:
    """What taking the proposed members will mean."""
    are = "is a member" if len(bodies) == 1 else "are members"
    return [
        f"From {day_in_words(starts_on)}, {_named(bodies)} {are} of {group}.",
        "What is shared with member bodies reaches their readers. Nobody sits for them before a seat is given.",
    ]


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
