"""Proposing a joint visit to the body that plans one, and its answer."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from notifications.models import Message
from tests.integration.visits.conftest import naming
from visits.models import JointProposal, Visit
from visits.operations.joining import answer_proposal, propose_joint_visit
from visits.operations.planning import cancel_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world, plan) -> Visit:
    return plan(choice=world.seats())


def propose(world, visit, by="social_worker", text="Let us go together."):
    return propose_joint_visit(by=world.by(by), now=world.now, visit=visit, text=text)


def answer(world, proposal, accept=True, by="inspector", text="With pleasure."):
    return answer_proposal(by=world.by(by), now=world.now, proposal=proposal, accept=accept, text=text)


def seen_by(world, proposal) -> set[str]:
    rows = JointProposal.objects.filter(pk=proposal.pk)
    return {name for name in world.people if visible_to(world.by(name), rows).exists()}


def test_it_is_seen_by_the_two_bodies_as_far_as_they_see_the_visit(world, visit) -> None:
    proposal = propose(world, visit)
    assert seen_by(world, proposal) == {"inspector", "cqc_unseated", "social_worker"}
    assert set(Message.objects.values_list("recipient_id", flat=True)) == {world.inspector.pk}


def test_an_unannounced_one_stays_with_the_named(world, plan) -> None:
    hidden = plan(announced=False, choice=naming(world, "social_worker"))
    proposal = propose(world, hidden)
    assert seen_by(world, proposal) == {"inspector", "social_worker"}
    answer(world, proposal)
    assert seen_by(world, proposal) == {"inspector", "social_worker"}
    assert hidden.parties.get() == world.council


def test_who_is_accepted_goes_along_and_sees_it(world, visit) -> None:
    proposal = propose(world, visit, by="worker")
    assert not visible_to(world.by("unseated"), Visit.objects.filter(pk=visit.pk)).exists()
    answer(world, proposal)
    assert visible_to(world.by("unseated"), Visit.objects.filter(pk=visit.pk)).exists()
    assert visit.parties.get() == world.ccg
    assert Message.objects.filter(event="visit.joint_answered", recipient=world.worker).exists()
    with pytest.raises(NotNow, match="accepted already"):
        answer(world, proposal)
    with pytest.raises(NotNow, match="goes along already"):
        propose(world, visit, by="worker")


def test_it_is_declined_with_a_reason(world, visit) -> None:
    proposal = propose(world, visit)
    with pytest.raises(Invalid, match="why not"):
        answer(world, proposal, accept=False, text="")
    answer(world, proposal, accept=False, text="We are too many already.")
    assert not visit.parties.exists()
    assert propose(world, visit), "it may be proposed again"


def test_what_makes_no_sense_is_refused(world, visit, plan) -> None:
    with pytest.raises(NotNow, match="own body plans"):
        propose(world, visit, by="inspector")
    propose(world, visit)
    with pytest.raises(NotNow, match="proposed this already"):
        propose(world, visit)
    with pytest.raises(Invalid, match="what you propose"):
        propose(world, visit, by="volunteer", text=" ")
    with pytest.raises(Http404):
        propose(world, visit, by="stranger")
    with pytest.raises(NotPermitted):
        propose(world, plan("unseated"), by="reader")


def test_a_visit_that_is_called_off_is_joined_by_nobody(world, visit) -> None:
    proposal = propose(world, visit)
    cancel_visit(by=world.by("inspector"), now=world.now, visit=visit, why="No time", seen=visit.version)
    with pytest.raises(NotNow, match="called off"):
        answer(world, proposal)
    with pytest.raises(NotNow, match="called off"):
        propose(world, visit, by="volunteer")
    answer(world, proposal, accept=False)


def test_only_the_body_that_plans_it_answers(world, visit) -> None:
    proposal = propose(world, visit)
    with pytest.raises(NotPermitted, match="Only Care Quality Commission"):
        answer(world, proposal, by="social_worker")
    with pytest.raises(Http404):
        answer(world, proposal, by="worker")


@pytest.mark.parametrize("wrong", [{"state": "nonsense"}, {"state": "accepted"}])
def test_the_database_holds_it_too(world, visit, wrong) -> None:
    proposal = propose(world, visit)
    with pytest.raises(IntegrityError), transaction.atomic():
        JointProposal.objects.filter(pk=proposal.pk).update(**wrong)
