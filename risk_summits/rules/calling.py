"""Who may call a risk summit, who is called to it, and who of each body (NQB ch. 5, l.816-842)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from access.refusals import Invalid, NotPermitted

ALWAYS, PROPOSED, ASK = "always", "proposed", "ask"
STRENGTHS = {
    ALWAYS: "always called",
    PROPOSED: "proposed for this provider",
    ASK: "call if it is needed",
}

NHS_ENGLAND_KINDS = frozenset({"nhs_england", "nhs_england_area_team", "nhs_england_regional_team"})
BUYS_DIRECTLY = frozenset({"primary_care", "dental", "out_of_hours"})
"""Kinds of provider whose care NHS England itself buys (NQB ch. 4, section 2c)."""

LONGEST_TEXT, LONGEST_LINE, LONGEST_NAME = 4000, 300, 200


def may_trigger(row: Mapping[str, object] | None) -> str:
    """Return ``yes``, ``ask`` or ``no``: whether a body of this kind may call a risk summit.

    Args:
        row: its row of ``agency_kinds``; None for a kind that no list holds.
    """
    answer = str(row["may_trigger_summit"]) if row else "no"
    return answer if answer in ("yes", "ask") else "no"


def check_may_trigger(row: Mapping[str, object] | None) -> None:
    """Raise NotPermitted, saying who can, unless a body of this kind may call a summit (NQB ch. 5, l.832)."""
    answer = may_trigger(row)
    if answer == "ask":
        raise NotPermitted(
            "A local Healthwatch asks for a risk summit through a statutory member of its group: ring NHS England's "
            "team, CQC or the council. It must answer you within 24 hours. If someone is in danger now, ring 999 first."
        )
    if answer == "no":
        raise NotPermitted(
            "A risk summit is called by a statutory organisation. Ring NHS England's team, CQC or the council, and "
            "tell them what you know. If someone is in danger now, ring 999 first."
        )


@dataclass(frozen=True)
class Candidate:
    """A body that could be called.

    Attributes:
        body: its id.
        kind: its code in ``agency_kinds``.
        commissions: it buys from the provider, in or out of area.
        lead: it leads for the commissioners.
        near: it is in the home group or its area.
        team: it is NHS England's team of the home group.
        next_tier: it is the tier above that team, told when the bodies do not judge or meet in time.
        chairs: it chairs the home group.
    """

    body: Hashable
    kind: str
    commissions: bool = False
    lead: bool = False
    near: bool = False
    team: bool = False
    next_tier: bool = False
    chairs: bool = False


@dataclass(frozen=True)
class Proposal:
    """A body proposed for the call list, and how strongly."""

    body: Hashable
    strength: str
    why: str


def propose(
    candidates: Iterable[Candidate],
    rows: Iterable[Mapping[str, object]],
    *,
    provider_kind: str,
    caller: Hashable,
) -> list[Proposal]:
    """Return the call list as proposed, the bodies that are always called first.

    Args:
        candidates: every body that has to do with the provider, its commissioners or its area.
        rows: ``summit_parties`` as offered on the day.
        provider_kind: the provider's kind.
        caller: the body that calls the summit; it is always there.

    Returns:
        Each body once, with its strongest reason.
    """
    optional = {str(code) for row in rows if str(row["called"]).startswith("ask") for code in _codes(row)}
    found: dict[Hashable, Proposal] = {}
    for one in candidates:
        proposal = _proposal(one, provider_kind, caller, optional)
        if proposal and (one.body not in found or _rank(proposal) < _rank(found[one.body])):
            found[one.body] = proposal
    return sorted(found.values(), key=_rank)


def _codes(row: Mapping[str, object]) -> Sequence[str]:
    codes = row.get("party_codes")
    return [str(code) for code in codes] if isinstance(codes, list) else [str(row["party"])]


def _rank(proposal: Proposal) -> int:
    return (ALWAYS, PROPOSED, ASK).index(proposal.strength)


def _proposal(
    one: Candidate, provider_kind: str, caller: Hashable, optional: AbstractSet[str]
) -> Proposal | None:
    """Return how strongly one body is proposed; None when it has nothing to do with this."""
    if one.body == caller:
        return Proposal(one.body, ALWAYS, "calls the summit")
    if one.kind == "cqc":
        return Proposal(one.body, ALWAYS, "judges for itself whether there is a breach")
    if one.team:
        return Proposal(one.body, ALWAYS, "calls the bodies together")
    if one.next_tier:
        return Proposal(one.body, ALWAYS, "is told when the bodies do not judge or meet in time")
    if one.chairs:
        return Proposal(one.body, ALWAYS, "chairs the group")
    if one.commissions:
        return Proposal(
            one.body, ALWAYS, "leads for the commissioners" if one.lead else "commissions from this provider"
        )
    return _proposed(one, provider_kind) or _optional(one, optional)


def _proposed(one: Candidate, provider_kind: str) -> Proposal | None:
    """Return the proposals that follow from the provider's kind and place."""
    if one.kind in ("monitor", "nhs_improvement") and provider_kind == "foundation_trust":
        return Proposal(one.body, PROPOSED, "licenses this provider")
    if one.kind in ("nhs_tda", "nhs_improvement") and provider_kind == "nhs_trust":
        return Proposal(one.body, PROPOSED, "oversees NHS trusts")
    if one.kind == "local_healthwatch" and one.near:
        return Proposal(one.body, PROPOSED, "speaks for people in this area")
    if one.kind == "local_authority" and one.near:
        return Proposal(one.body, PROPOSED, "safeguards adults and children in this area")
    return None


def _optional(one: Candidate, optional: AbstractSet[str]) -> Proposal | None:
    """Return the bodies that are called if it is needed: those of the list, and others of the group."""
    if not one.near and one.kind not in optional:
        return None
    return Proposal(one.body, ASK, "in this area" if one.near else "may be needed")


def check_called(called: AbstractSet[Hashable], proposals: Iterable[Proposal]) -> None:
    """Raise Invalid when a body that is always called was left out, or one was ticked that is not on the list."""
    held = list(proposals)
    if {one.body for one in held if one.strength == ALWAYS} - called:
        raise Invalid({"called": "CQC, the commissioners and NHS England are always called."})
    if called - {one.body for one in held}:
        raise Invalid(
            {"called": "One of the bodies ticked is not on the list any more. Look again and tick it there."}
        )


@dataclass(frozen=True)
class Representative:
    """A person who could stand for a called body."""

    person: Hashable
    leads: bool
    cleared_here: bool


def stands_for(people: Iterable[Representative]) -> set[Hashable]:
    """Return who of a body is listed as a participant.

    Its holders of seats that may receive restricted items; and, unless one of these speaks
    for the body, its leads.
    """
    held = list(people)
    seated = {one.person for one in held if one.cleared_here}
    if any(one.leads and one.cleared_here for one in held):
        return seated
    return seated | {one.person for one in held if one.leads}


def nhs_england_concerned(
    *, provider_kind: str, commissioner_kinds: AbstractSet[str], criticised: bool
) -> str:
    """Return why NHS England's next tier leads by default: ``criticised``, ``buys`` or nothing."""
    if criticised:
        return "criticised"
    return "buys" if provider_kind in BUYS_DIRECTLY or commissioner_kinds & NHS_ENGLAND_KINDS else ""


CONCERNED_WORDS = {
    "": "",
    "buys": "NHS England buys this service, so its next tier leads if no other body is agreed.",
    "criticised": "NHS England is itself criticised, so its next tier leads if no other body is agreed.",
}
