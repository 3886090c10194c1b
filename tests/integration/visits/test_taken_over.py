"""A visit and a request that a successor took over are its own there: who reads them, who shares them, who proposed."""

import pytest

from access.models import Inheritance, Share
from access.refusals import Invalid, NotNow
from tests.integration.visits.conftest import naming
from tests.signing_in import sign_in
from visits.operations.joining import check_can_join, propose_joint_visit
from visits.operations.sharing import unshare_request, unshare_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken_over(world) -> Inheritance:
    """Let the neighbour, for which Stu Stranger speaks, take over what the CCG looks after."""
    return Inheritance.objects.create(predecessor=world.ccg, successor=world.neighbour, accepted_at=world.now)


def shares_of(thing) -> list:
    return list(Share.objects.filter(record=thing.pk, ended_at=None).values_list("pk", flat=True))


def test_its_people_are_told_who_reads_it(world, plan, ask, taken_over) -> None:
    made = (
        (plan("worker", choice=world.seats()), "planned-visits"),
        (
            ask("worker", choice=world.seats()),
            "information-requests",
        ),
    )
    for thing, path in made:
        address = f"/api/v1/{path}/{thing.pk}/access/"
        told = sign_in(world.stranger).get(address).json()
        assert "Ines Inspector" in {one["name"] for one in told["readers"]}
        assert len(told["shares"]) == 1
        assert sign_in(world.inspector).get(address).json()["readers"] == []
    taken_over.exceptions.add(*(thing.record for thing, _ in made))
    for thing, path in made:
        assert sign_in(world.stranger).get(f"/api/v1/{path}/{thing.pk}/access/").status_code == 404


def test_it_is_shared_with_fewer_while_somebody_there_sees_it(world, plan, ask, taken_over) -> None:
    by = world.by("stranger")
    visit, request = plan("worker", choice=world.seats()), ask("worker", choice=world.seats())
    world.ccg.memberships.all().delete()  # it has closed: nobody acts for it
    unshare_visit(by=by, now=world.now, visit=visit, shares=shares_of(visit), seen=visit.version)
    unshare_request(by=by, now=world.now, request=request, shares=shares_of(request), seen=request.version)
    assert shares_of(visit) == shares_of(request) == []


def test_nobody_there_is_left_out_of_an_unannounced_one(world, plan, taken_over) -> None:
    visit = plan("worker", announced=False, choice=naming(world, "stranger"))
    theirs = Share.objects.get(record=visit.pk, audience__person=world.stranger)
    mine = Share.objects.get(record=visit.pk, audience__person=world.worker)
    unshare_visit(by=world.by("stranger"), now=world.now, visit=visit, shares=[mine.pk], seen=visit.version)
    visit.refresh_from_db()
    with pytest.raises(Invalid, match="Keep one"):
        unshare_visit(
            by=world.by("stranger"), now=world.now, visit=visit, shares=[theirs.pk], seen=visit.version
        )


def test_the_body_that_took_it_over_is_not_shut_out(world, plan, taken_over) -> None:
    visit = plan("worker", choice=world.seats())
    with pytest.raises(Invalid, match="Your own body cannot be shut out"):
        unshare_visit(
            by=world.by("stranger"), now=world.now, visit=visit, shares=[],
            excluded=frozenset({world.neighbour.pk}), seen=visit.version,
        )  # fmt: skip


def test_what_its_predecessor_proposed_is_not_proposed_again(world, plan, taken_over) -> None:
    visit = plan(choice=world.seats(world.north, world.south))
    propose_joint_visit(by=world.by("worker"), now=world.now, visit=visit, text="Let us go together.")
    with pytest.raises(NotNow, match="has proposed this already"):
        check_can_join(world.by("stranger"), visit)
    check_can_join(world.by("social_worker"), visit)
