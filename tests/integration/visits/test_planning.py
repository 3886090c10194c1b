"""Planning, changing, making and calling off visits, and who sees them."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from access.models import Conflict
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from audit.models import Line
from notifications.models import Message
from tests.concerned import LAST_YEAR
from tests.integration.visits.conftest import naming
from visits.models import Visit
from visits.operations.planning import cancel_visit, change_visit, close_visit
from visits.operations.sharing import share_visit, unshare_visit
from visits.rules.planning import Plan

pytestmark = pytest.mark.django_db
PLAN = Plan("review", None, date(2026, 3, 20), date(2026, 3, 20), "Another lead", "To look again")


def sees(world, name: str, visit: Visit) -> bool:
    return visible_to(world.by(name), Visit.objects.filter(pk=visit.pk)).exists()


def told(world, event: str) -> set[str]:
    names = {user.pk: name for name, user in world.people.items()}
    return {names[one] for one in Message.objects.filter(event=event).values_list("recipient_id", flat=True)}


class TestAnAnnouncedVisit:
    def test_is_seen_by_the_body_that_plans_it_and_whom_it_is_shared_with(self, world, plan) -> None:
        visit = plan()
        assert sees(world, "inspector", visit)
        assert sees(world, "cqc_unseated", visit)
        assert not sees(world, "worker", visit)
        share_visit(by=world.by("inspector"), now=world.now, visit=visit, choice=world.seats(), seen=1)
        assert sees(world, "worker", visit)
        assert not sees(world, "unseated", visit)
        assert Line.objects.filter(record_id=visit.pk, deed="visit.shared").count() == 1

    def test_is_shared_with_the_bodies_that_go_along_and_they_are_told(self, world, plan) -> None:
        visit = plan(parties=frozenset({world.ccg.pk}))
        assert sees(world, "unseated", visit)
        assert told(world, "visit.along") == {"lead"}
        change_visit(
            by=world.by("inspector"), now=world.now, visit=visit, plan=PLAN, why="They asked for it", seen=1
        )
        assert Message.objects.filter(event="visit.along").count() == 2
        changed = Visit.objects.get(pk=visit.pk)
        assert (changed.state, changed.days, changed.version) == ("changed", "20 March 2026", 2)
        assert set(changed.parties.all()) == {world.ccg}

    def test_is_unshared(self, world, plan) -> None:
        visit = plan(choice=world.seats())
        share = visit.record.shares.get(ended_at=None)
        unshare_visit(
            by=world.by("inspector"), now=world.now, visit=visit, shares=[share.pk], seen=visit.version
        )
        assert not sees(world, "worker", visit)

    def test_is_kept_from_a_body_that_is_shut_out(self, world, plan) -> None:
        choice = replace(world.seats(), excluded=frozenset({world.healthwatch.pk}))
        visit = plan(choice=choice)
        assert sees(world, "worker", visit)
        assert not sees(world, "volunteer", visit)


class TestAnUnannouncedVisit:
    def test_is_seen_by_those_named_and_by_nobody_else(self, world, plan) -> None:
        visit = plan(announced=False, parties=frozenset({world.ccg.pk}), choice=naming(world, "chair"))
        seen = {name for name in world.people if sees(world, name, visit)}
        assert seen == {"inspector", "chair"}
        assert told(world, "visit.along") == set()
        assert told(world, "visit.named") == {"chair"}

    def test_is_shared_by_name_only(self, world, plan) -> None:
        visit = plan(announced=False)
        for choice in (
            world.seats(),
            replace(world.seats(), groups=frozenset(), agencies=frozenset({world.ccg.pk})),
            replace(world.seats(), groups=frozenset(), all_groups=True),
        ):
            with pytest.raises(Invalid, match="by name only"):
                share_visit(by=world.by("inspector"), now=world.now, visit=visit, choice=choice, seen=1)
        assert not sees(world, "worker", visit)

    def test_keeps_somebody_at_the_body_that_plans_it(self, world, plan) -> None:
        visit = plan(announced=False)
        (share,) = visit.record.shares.filter(ended_at=None)
        with pytest.raises(Invalid, match="Keep one"):
            unshare_visit(by=world.by("inspector"), now=world.now, visit=visit, shares=[share.pk], seen=1)

    def test_is_opened_by_no_emergency_access(self, world, plan) -> None:
        from access.models import EmergencyAccess
        from agencies.models import Membership

        visit, open_one = plan(announced=False), plan()
        Membership.objects.create(
            user=world.volunteer, agency=world.healthwatch, role="emergency_access", starts_on=LAST_YEAR
        )
        EmergencyAccess.objects.create(
            user=world.volunteer,
            agency=world.healthwatch,
            provider=world.provider,
            starts_at=world.now,
            ends_at=world.now + timedelta(hours=1),
        )
        assert sees(world, "volunteer", open_one)
        assert not sees(world, "volunteer", visit)


class TestWhatBecomesOfIt:
    def test_it_is_made_and_says_what_came_of_it(self, world, plan) -> None:
        visit = plan(starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 4))
        close_visit(
            by=world.by("inspector"),
            now=world.now,
            visit=visit,
            done_on=date(2026, 3, 3),
            outcome="Night staffing is safe again.",
            outcome_link="https://www.example.org/report",
            seen=1,
        )
        held = Visit.objects.get(pk=visit.pk)
        assert (held.state, held.done_on, held.has_address) == ("done", date(2026, 3, 3), True)
        with pytest.raises(NotNow, match="done already"):
            cancel_visit(by=world.by("inspector"), now=world.now, visit=visit, why="Too late", seen=2)

    def test_it_is_called_off_with_a_reason(self, world, plan) -> None:
        visit = plan()
        with pytest.raises(Invalid, match="called off"):
            cancel_visit(by=world.by("inspector"), now=world.now, visit=visit, why=" ", seen=1)
        cancel_visit(by=world.by("inspector"), now=world.now, visit=visit, why="The team is ill", seen=1)
        assert Visit.objects.get(pk=visit.pk).state == "cancelled"

    def test_a_stale_page_changes_nothing(self, world, plan) -> None:
        visit = plan()
        cancel_visit(by=world.by("inspector"), now=world.now, visit=visit, why="The team is ill", seen=1)
        with pytest.raises(NotNow, match="Ines Inspector changed this"):
            change_visit(by=world.by("inspector"), now=world.now, visit=visit, plan=PLAN, why="Later", seen=1)

    def test_only_its_own_body_changes_it_and_for_others_it_may_be_absent(self, world, plan) -> None:
        visit = plan(choice=world.seats())
        with pytest.raises(NotPermitted, match="Only Care Quality Commission"):
            cancel_visit(by=world.by("worker"), now=world.now, visit=visit, why="No", seen=visit.version)
        with pytest.raises(Http404):
            cancel_visit(by=world.by("stranger"), now=world.now, visit=visit, why="No", seen=visit.version)


class TestWhatIsRefused:
    @pytest.mark.parametrize("by", ["reader", "administrator", "auditor"])
    def test_by_role(self, world, plan, by) -> None:
        with pytest.raises(NotPermitted):
            plan(by)

    def test_a_place_of_another_provider(self, world, plan) -> None:
        with pytest.raises(Invalid, match="places"):
            plan(provider=world.other_provider, location=world.location.pk)

    def test_a_body_that_there_is_not(self, world, plan) -> None:
        with pytest.raises(Invalid, match="answers in the list"):
            plan(parties=frozenset({uuid4()}))

    def test_what_looks_like_a_patient(self, world, plan) -> None:
        with pytest.raises(Invalid, match="NHS number"):
            plan(purpose="To see 943 476 5919")

    @pytest.mark.parametrize("whose", ["user", "agency"])
    def test_somebody_with_an_interest(self, world, plan, whose) -> None:
        who = {"user": world.inspector} if whose == "user" else {"agency": world.cqc}
        Conflict.objects.create(provider=world.provider, starts_on=LAST_YEAR, **who)
        with pytest.raises(Invalid, match="declared interest"):
            plan()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"state": "nonsense"},
            {"kind": "nonsense"},
            {"ends_on": date(2026, 3, 9)},
            {"purpose": ""},
            {"state": "done"},
            {"state": "cancelled"},
            {"outcome": "Not yet"},
        ],
    )
    def test_by_the_database_too(self, plan, wrong) -> None:
        visit = plan()
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**wrong)
