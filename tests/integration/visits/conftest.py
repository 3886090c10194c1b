"""A region whose bodies plan visits and ask for information."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from concerns.rules.sharing import Choice
from tests.concerned import NOON, Region, region
from visits.models import InformationRequest, Visit
from visits.operations.asking import ask_provider
from visits.operations.planning import plan_visit
from visits.operations.sharing import share_request, share_visit
from visits.rules.asking import Wish
from visits.rules.planning import Plan

PlanIt = Callable[..., Visit]
AskIt = Callable[..., InformationRequest]


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> Region:
    return region(freeze(NOON))


@pytest.fixture
def plan(world: Region) -> PlanIt:
    """Plan, as somebody, an announced inspection from 10 to 12 March; with ``choice`` share it too."""

    def planned(
        by: str = "inspector", *, announced: bool = True, choice: Choice | None = None, **said: Any
    ) -> Visit:
        provider = said.pop("provider", world.provider)
        usual = {
            "kind": "inspection",
            "location": None,
            "starts_on": date(2026, 3, 10),
            "ends_on": date(2026, 3, 12),
            "lead_name": "The team's head",
            "purpose": "To look at the wards at night.",
        }
        visit = plan_visit(
            by=world.by(by), now=world.now, provider=provider, plan=Plan(**{**usual, **said}), announced=announced
        )  # fmt: skip
        if choice:
            share_visit(by=world.by(by), now=world.now, visit=visit, choice=choice, seen=visit.version)
        return Visit.objects.get(pk=visit.pk)

    return planned


@pytest.fixture
def ask(world: Region) -> AskIt:
    """Ask the hospital, as somebody, for its rotas of January; with ``choice`` share it too."""

    def asked(by: str = "inspector", *, choice: Choice | None = None, **said: Any) -> InformationRequest:
        provider = said.pop("provider", world.provider)
        usual = {
            "kind": "staffing",
            "about": "The rotas of all wards.",
            "covers_from": date(2026, 1, 1),
            "covers_to": date(2026, 1, 31),
            "asked_on": date(2026, 3, 3),
            "due_on": date(2026, 3, 17),
        }
        made = ask_provider(by=world.by(by), now=world.now, provider=provider, wish=Wish(**{**usual, **said}))
        if choice:
            share_request(by=world.by(by), now=world.now, request=made, choice=choice, seen=made.version)
        return InformationRequest.objects.get(pk=made.pk)

    return asked


def naming(world: Region, *people: str) -> Choice:
    """Return the choice of these people by name."""
    from agencies.models import Membership

    held = Membership.objects.filter(user__in=[world.people[one] for one in people])
    return Choice(people=frozenset(held.values_list("user_id", "agency_id")), gateway="functions")
