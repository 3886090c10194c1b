"""What the minimum membership proposes for a group, how far the group is, and which body a line of text names."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from agencies.agreements.reading import papers_of
from agencies.agreements.rules import NOTICE
from agencies.finding import nearest, words_of
from agencies.forming import rules
from agencies.models import Agency, FootprintAgency, MemberKind, QualitySurveillanceGroup, Tier
from agencies.roster import not_over, standing
from agencies.vacancies.reading import Attention, attention_of
from agencies.vacancies.rules import WITHOUT
from reference import operations as lists


def proposals_for(
    group: QualitySurveillanceGroup, day: date, *, nhs_trusts: bool | None
) -> list[rules.Proposal]:
    """The bodies that the minimum membership proposes for a group on a London day; in a fixed number of queries."""
    rows = [row for row in lists.rows("membership_rules", day) if row["tier"] == group.tier]
    kinds = {row["member_kind"] for row in rows if row["requirement"] == "must"}
    here = set(group.footprint_links.values_list("agency_id", flat=True))
    members = set(group.members.filter(not_over(day)).values_list("agency_id", flat=True))
    below: set[UUID] = set()
    if group.tier == Tier.REGIONAL:
        inside = FootprintAgency.objects.filter(qsg__region=group)
        below = set(inside.values_list("agency_id", flat=True))
    open_bodies = Agency.objects.filter(kind__in=kinds, closed_on__isnull=True).order_by("name", "pk")
    bodies = [
        rules.Candidate(
            key=str(body.pk),
            name=body.name,
            kind=body.kind,
            here=body.pk in here,
            team=body.pk == group.team_id,
            member=body.pk in members,
            below=body.pk in below,
        )
        for body in open_bodies
    ]
    return rules.proposals(rows, bodies, nhs_trusts=nhs_trusts)


@dataclass(frozen=True)
class Progress:
    """How far a group is: what is still missing by step, the gaps, and what is proposed."""

    missing: dict[str, str]
    attention: Attention
    proposed: list[rules.Proposal]


def progress_of(group: QualitySurveillanceGroup, day: date, *, nhs_trusts: bool | None) -> Progress:
    """How far a group is on a London day; in a fixed number of queries."""
    proposed = proposals_for(group, day, nhs_trusts=nhs_trusts)
    attention = attention_of([group], day, nhs_trusts={group.pk: nhs_trusts})[0]
    (papers,) = papers_of([group], day)
    without = {one.kind for one in attention.vacancies} & set(WITHOUT)
    standing_of = rules.Standing(
        footprint=group.footprint_links.count(),
        proposed=sum(one.ticked for one in proposed),
        offered=sum(not one.ticked for one in proposed),
        members=group.members.filter(standing(day), kind=MemberKind.FULL).count(),
        agreement=len(papers.unsigned) if papers.agreement else None,
        notice=any(one.kind == NOTICE for one in papers.in_force),
        chair="chair" not in without,
        secretariat="secretariat" not in without,
        gaps=sum(one.kind not in WITHOUT for one in attention.vacancies),
    )
    return Progress(rules.still_missing(standing_of), attention, proposed)


MOST_LINES = 300
"""Lines looked up at one request."""
_MOST_NEAR = 10  # lines that name no body for which the nearest names are looked up


@dataclass
class Named:
    """The bodies that lines of text name, and what is wrong with the others, a sentence each."""

    bodies: list[Agency] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def bodies_named(text: str) -> Named:
    """The open bodies that a text names, one a line, by code or by name as it stands in the directory."""
    found = Named()
    typed = list(dict.fromkeys(words_of(line) for line in text.splitlines() if words_of(line)))
    if len(typed) > MOST_LINES:
        found.faults.append(f"There are {len(typed):,} lines. Name at most {MOST_LINES} bodies at a time.")
        return found
    for line in typed:
        known = Q(ods_code__iexact=line) | Q(ons_code__iexact=line) | Q(name__iexact=line)
        held = list(Agency.objects.filter(known, closed_on__isnull=True).order_by("name", "pk")[:4])
        if len(held) == 1:
            found.bodies.append(held[0])
            continue
        near = held
        if not held and len(found.faults) < _MOST_NEAR:
            near = nearest(
                Agency.objects.filter(closed_on__isnull=True),
                field="name",
                words=line,
                exact=Q(pk=None),
                most=3,
            )
        names = ", ".join(_with_code(one) for one in near)
        what = "is the name of several bodies" if held else "names no body of the directory"
        found.faults.append(f"“{line}” {what}.{' Do you mean: ' + names + '?' if near else ''}")
    return found


def _with_code(body: Agency) -> str:
    code = body.ods_code or body.ons_code
    return f"{body.name} ({code})" if code else body.name
