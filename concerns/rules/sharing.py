"""With whom a concern is shared, why that is allowed, and who will not see it, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

QSG_SEATS, QSG_CLEARED, QSG_READERS, ALL_SEATS, AGENCY, PERSON = (
    "qsg_seats",
    "qsg_cleared",
    "qsg_readers",
    "all_seats",
    "agency",
    "person",
)
"""The kinds of audience, as ``access`` names them."""

GATEWAYS = {
    "functions": "So that we, or they, can carry out our duties in law (the duty to work together)",
    "no_confidential": "It holds nothing confidential about any person",
    "safeguarding": "To keep a child or an adult safe",
    "regulation": "A regulator needs it to decide whether to act",
    "agreement": "Our information-sharing agreement covers it",
    "consent": "The people it is about agreed",
}
"""Why a body may share (mission C7; ADASS 9; CQC/NHSCB 2.3). The list is a judgement, to be confirmed."""

GROUP_SHARES = (QSG_SEATS, QSG_CLEARED, QSG_READERS)
NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Choice:
    """Who should see a concern, as its owner chose.

    Attributes:
        closed: inside the owner only the people named.
        people: people named, each at a body.
        agencies: bodies named: everyone who reads intelligence there.
        groups: the group shares: (kind, group).
        all_groups: everyone with a seat in any group.
        excluded: bodies shut out whatever they are granted.
        gateway: why the owner may share it.
    """

    closed: bool = False
    people: frozenset[tuple[UUID, UUID]] = frozenset()
    agencies: frozenset[UUID] = NOBODY
    groups: frozenset[tuple[str, UUID]] = frozenset()
    all_groups: bool = False
    excluded: frozenset[UUID] = NOBODY
    gateway: str = ""

    def reaches_outside(self, owner: UUID) -> bool:
        """Say whether anybody outside the owner is given it."""
        others = any(agency != owner for _, agency in self.people)
        return bool(others or self.agencies - {owner} or self.groups or self.all_groups)


def keeping(choice: Choice, author: tuple[UUID, UUID]) -> Choice:
    """Return a choice of which the author, a person at a body, stays among those named where only these see it."""
    return replace(choice, people=choice.people | {author}) if choice.closed else choice


def audience_keys(choice: Choice) -> list[dict[str, Any]]:
    """Return the audiences a choice stands for, each as the arguments that name it; the same order each time."""
    keys: list[dict[str, Any]] = [
        {"kind": PERSON, "person": person, "agency": agency} for person, agency in sorted(choice.people)
    ]
    keys += [{"kind": AGENCY, "agency": agency} for agency in sorted(choice.agencies)]
    keys += [{"kind": kind, "qsg": group} for kind, group in sorted(choice.groups)]
    return [*keys, {"kind": ALL_SEATS}] if choice.all_groups else keys


def check_choice(choice: Choice, *, owner: UUID) -> dict[str, str]:
    """Return what is wrong with a choice, by field."""
    errors: dict[str, str] = {}
    if choice.closed and not any(agency == owner for _, agency in choice.people):
        errors["people"] = (
            "A closed concern needs somebody at your own body who can handle it: name at least one"
        )
    if choice.reaches_outside(owner) and not choice.gateway:
        errors["gateway"] = "Choose why you may share this"
    elif choice.gateway and choice.gateway not in GATEWAYS:
        errors["gateway"] = "Choose one of the answers in the list"
    named = choice.agencies | {agency for _, agency in choice.people}
    if owner in choice.excluded:
        errors["excluded"] = (
            "Your own body cannot be shut out of what it raised. Close it to named people instead"
        )
    elif named & choice.excluded:
        errors["excluded"] = "A body cannot be both given this and shut out of it. Choose one"
    if any(kind not in GROUP_SHARES for kind, _ in choice.groups):
        errors["groups"] = "Choose one of the answers in the list"
    return errors


def usual(provider_groups: Iterable[UUID], own_groups: Iterable[UUID], *, registered: bool = True) -> Choice:
    """Return the group's usual rule for a quick note.

    The seats of the local group(s) in whose area the provider stands and in which the raiser's body is a full
    member. For a service with no provider to go by: the seats of the body's own local group, when it has just one.
    """
    own = frozenset(own_groups)
    of_the_body = own if len(own) == 1 else NOBODY
    meant = frozenset(provider_groups) & own if registered else of_the_body
    return Choice(
        groups=frozenset((QSG_SEATS, group) for group in meant), gateway="functions" if meant else ""
    )


def not_seen_by(
    choice: Choice, *, owner: UUID, group_names: Mapping[UUID, str], agency_names: Mapping[UUID, str]
) -> list[str]:
    """Return who will not see it, in words that go into one sentence.

    Args:
        choice: who should see it.
        owner: the body that owns it.
        group_names: what groups are called.
        agency_names: what bodies are called.
    """
    words = ["people at your own body who are not named"] if choice.closed else []
    if not choice.reaches_outside(owner):
        words.append("anybody outside your own body")
    for kind, group in sorted(choice.groups, key=lambda one: (group_names.get(one[1], ""), one[0])):
        name = group_names.get(group, "the group")
        if kind == QSG_CLEARED and (QSG_SEATS, group) not in choice.groups:
            words.append(f"seats of {name} that do not receive restricted items")
        if kind != QSG_READERS and (QSG_READERS, group) not in choice.groups:
            words.append(f"people at the member bodies of {name} who have no seat there")
    if choice.groups or choice.all_groups:
        words.append("occasional guests of a group, unless you name their body")
    if choice.reaches_outside(owner) and not choice.all_groups:
        words.append("any other group")
    words += sorted(agency_names.get(one, "a body you shut out") for one in choice.excluded)
    words.append("anyone with a declared interest in the provider")
    return list(dict.fromkeys(words))


def to_plain(choice: Choice) -> dict[str, Any]:
    """Return a choice as plain values, to keep with a draft."""
    return {
        "closed": choice.closed,
        "people": sorted([str(person), str(agency)] for person, agency in choice.people),
        "agencies": sorted(map(str, choice.agencies)),
        "groups": sorted([kind, str(group)] for kind, group in choice.groups),
        "all_groups": choice.all_groups,
        "excluded": sorted(map(str, choice.excluded)),
        "gateway": choice.gateway,
    }


def from_plain(plain: Mapping[str, Any]) -> Choice:
    """Return the choice that ``to_plain`` kept."""
    return Choice(
        closed=plain.get("closed", False),
        people=frozenset((UUID(person), UUID(agency)) for person, agency in plain.get("people", ())),
        agencies=frozenset(map(UUID, plain.get("agencies", ()))),
        groups=frozenset((kind, UUID(group)) for kind, group in plain.get("groups", ())),
        all_groups=plain.get("all_groups", False),
        excluded=frozenset(map(UUID, plain.get("excluded", ()))),
        gateway=plain.get("gateway", ""),
    )
