"""Who is proposed in a body's place, by the reference data: a proposal with its reason, never a choice."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from agencies.models import Agency
from agencies.roster import standing
from providers.models import Commissioning
from reference import operations as lists

DATA = Path(__file__).parent / "data"
MOST = 3
"""Proposals of one kind: a longer list is no proposal."""


@dataclass(frozen=True)
class Proposal:
    """A body that may be the successor, and why it is proposed."""

    agency: Agency
    why: str


@cache
def boards() -> dict[str, str]:
    """Return the ODS code of each integrated care board by its ONS code."""
    with (DATA / "icb_2024-12.csv").open(encoding="utf-8", newline="") as rows:
        return {row["ons_code"]: row["ods_code"] for row in csv.DictReader(rows)}


@cache
def shares() -> dict[str, dict[str, float]]:
    """Return of each trust, by code, the proportion of its patients from each board, by ONS code."""
    found: dict[str, dict[str, float]] = {}
    with (DATA / "trust_to_icb_share_2022.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            share = float(row["proportion_trust_came_from_icb"])
            found.setdefault(row["nhs_trust22_code"], {})[row["icb22_code"]] = share
    return found


def proposed_for(body: Agency, today: date) -> list[Proposal]:
    """Return the bodies proposed in a body's place, the likeliest first; none where the reference data says nothing.

    Args:
        body: the body that is to close.
        today: the London day.
    """
    found = [*_opened_when_it_closed(body), *_boards_of_its_trusts(body, today)]
    kept: dict[object, Proposal] = {}
    for one in found:
        kept.setdefault(one.agency.pk, one)
    return list(kept.values())


def _opened_when_it_closed(body: Agency) -> list[Proposal]:
    """Bodies of the same kind that opened within a day of its close date, in the same local office where that is known."""
    closes = body.said_to_close_on or body.closed_on
    if closes is None:
        return []
    days = (closes, closes + timedelta(days=1))
    found = Agency.objects.filter(kind=body.kind, opened_on__in=days, closed_on__isnull=True).exclude(
        pk=body.pk
    )
    if body.parent_id:
        found = found.filter(parent=body.parent_id)
    why = "It opened as this body closed, by the file of the Organisation Data Service."
    return [Proposal(one, why) for one in found.order_by("name", "pk")[:MOST]]


def _boards_of_its_trusts(body: Agency, today: date) -> list[Proposal]:
    """Bodies of the kind that succeeds this one, by where the patients of the trusts come from which it buys."""
    kind = (lists.latest("agency_kinds").get(body.kind) or {}).get("successor")
    if not kind:
        return []
    buys = Commissioning.objects.filter(standing(today), agency=body, provider__ods_code__isnull=False)
    total: dict[str, float] = defaultdict(float)
    trusts = 0
    for code in buys.values_list("provider__ods_code", flat=True):
        for board, share in shares().get(code or "", {}).items():
            total[board] += share
        trusts += code in shares()
    most = sorted(total.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    likeliest = {boards()[board]: share for board, share in most if board in boards()}
    here = {
        one.ods_code: one
        for one in Agency.objects.filter(kind=kind, ods_code__in=likeliest, closed_on__isnull=True)
    }
    return [
        Proposal(
            here[code],
            f"{share / trusts:.0%} of the patients of the trusts from which this body buys came from there (2022).",
        )
        for code, share in likeliest.items()
        if code in here
    ]
