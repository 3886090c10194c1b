"""What the log says of pages that show another visit beside, who is said to be told, and which visits a span finds."""

from datetime import date, timedelta

import pytest

from audit.models import Line
from tests.integration.actions.test_pages import post, text_of
from tests.integration.visits.test_pages import day, planned
from tests.signing_in import sign_in
from visits.models import Visit
from visits.operations.joining import propose_joint_visit
from visits.operations.reading import touching
from visits.rules.planning import LONGEST_WINDOW

pytestmark = pytest.mark.django_db


def shown(page: str) -> list[list[str]]:
    """Return which records each line of the log says that a page showed beside what it is about."""
    lines = Line.objects.filter(deed="read", detail__page=page, detail__has_key="shown")
    return [line.detail["shown"] for line in lines]


class TestReadings:
    def test_what_clashes_and_what_is_proposed_on_a_visits_page(self, world, plan) -> None:
        visit = plan(choice=world.seats())
        sign_in(world.inspector).get(visit.get_absolute_url())
        assert shown("VisitPage") == []
        other = plan("social_worker", choice=world.seats())
        plan("worker", announced=False)
        proposal = propose_joint_visit(
            by=world.by("social_worker"), now=world.now, visit=visit, text="Let us go together."
        )
        sign_in(world.inspector).get(visit.get_absolute_url())
        sign_in(world.volunteer).get(visit.get_absolute_url())
        assert sorted(shown("VisitPage"), key=len) == [[str(other.pk)], [str(other.pk), str(proposal.pk)]]

    def test_what_is_said_before_days_are_chosen(self, world, plan) -> None:
        visit, other = plan("worker", **days(20)), plan("social_worker", choice=world.seats())
        plan("inspector", announced=False)
        worker = sign_in(world.worker)
        post(worker, f"/visits/plan/{world.provider.pk}/", planned())
        assert shown("PlanPage") == [[str(other.pk)]]
        said = {
            "kind": "review",
            "purpose": "To look again",
            "why": "Ill",
            **day("starts_on", date(2026, 3, 11)),
        }
        post(worker, f"{visit.get_absolute_url()}change/", said)
        assert shown("ChangePage") == [[str(other.pk)]]


def days(first: int) -> dict[str, date]:
    return {"starts_on": date(2026, 3, first), "ends_on": date(2026, 3, first)}


class TestWhoIsSaidToBeTold:
    @pytest.mark.parametrize("together", [True, False])
    def test_bodies_that_go_along_where_there_are_any(self, world, plan, together) -> None:
        parties = {"parties": frozenset({world.council.pk})} if together else {}
        visit, client = plan(**parties), sign_in(world.inspector)
        said = {"kind": "review", "purpose": "Again", "why": "Ill", **day("starts_on", date(2026, 3, 20))}
        for way, sent in (("change", said), ("call-off", {"why": "No"})):
            seen = str(Visit.objects.get(pk=visit.pk).version)
            answer = post(client, f"{visit.get_absolute_url()}{way}/", {"seen": seen, **sent})
            page = text_of(client.get(answer["Location"]))
            assert ("Leads of the bodies that go along are told, if they see it." in page) == together


class TestASpan:
    def test_finds_the_longest_visit_by_its_last_day_and_looks_at_none_before(self, plan) -> None:
        first = date(2026, 3, 10)
        visit = plan(starts_on=first, ends_on=first + timedelta(days=LONGEST_WINDOW - 1))
        rows = Visit.objects.all()
        assert touching(rows, visit.ends_on).get() == visit
        assert touching(rows, visit.ends_on, visit.ends_on).get() == visit
        assert not touching(rows, visit.ends_on + timedelta(days=1)).exists()
        assert not touching(rows, first - timedelta(days=9), first - timedelta(days=1)).exists()
        assert '"starts_on" >' in str(touching(rows, first).query)
