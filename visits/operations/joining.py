"""Proposing a joint visit to the body that plans one, and that body's answer (JF 2.6, l.173)."""

from collections.abc import Set
from datetime import datetime

from access.models import Record
from access.operations import create_record, operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow
from access.sight import must_see
from visits.models import JointProposal, Visit
from visits.operations.planning import goes_along
from visits.operations.taking import check_interest, guard, log, take_up
from visits.operations.telling import tell_of_the_answer, tell_of_the_proposal
from visits.rules import planning as rules


def check_can_join(by: Principal, visit: Visit) -> None:
    """Refuse to propose a joint visit where that makes no sense.

    Raises:
        NotNow: with its sentence.
    """
    if visit.record.is_of(by):
        raise NotNow("Your own body plans this visit. Propose a joint one on the other body's visit.")
    if not visit.ahead:
        raise NotNow("This visit is over or called off, so nobody can join it.")
    if visit.parties.filter(pk=by.agency_id).exists():
        raise NotNow("Your body goes along already.")
    waiting = visit.proposals.filter(state=rules.PROPOSED).select_related("record")
    if any(one.record.is_of(by) for one in waiting):
        raise NotNow("Your body has proposed this already, and it is not answered yet.")


@operation("visit.joint_proposed")
def propose_joint_visit(
    *, by: Principal, now: datetime, visit: Visit, text: str, decided: Set[str] = frozenset()
) -> JointProposal:
    """Propose to the body that plans a visit to make it together.

    Args:
        by: needs ``visit.plan`` at their own body, which proposes.
        now: the moment.
        visit: the other body's, in sight of ``by``. Nothing else is shared: a visit of one's own is not spoken of
            unless the words do.
        text: what is proposed.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The proposal, seen by whoever sees the visit at one of the two bodies.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    must_see(by, held.record)
    by.require("visit.plan", at=OWN_BODY)
    check_interest(by, held.provider)
    check_can_join(by, held)
    _check(text, "Say what you propose", decided)
    record = create_record(
        kind=JointProposal.KIND,
        by=by,
        now=now,
        parent=held.record,
        parent_rule=Record.ParentRule.REQUIRED,
        narrowed=True,
        providers=[held.provider_id],
    )
    proposal = JointProposal.objects.create(record=record, visit=held, text=text.strip())
    tell_of_the_proposal(proposal, now)
    log("visit.joint_proposed", record.pk, by=by, now=now, texts=[text], detail={"visit": str(held.pk)})
    return proposal


def _check(text: str, missing: str, decided: Set[str]) -> None:
    if missing and not text.strip():
        raise Invalid({"text": missing})
    rules.check_texts({"text": text})
    guard({"text": text}, decided=decided)


@operation("visit.joint_answered")
def answer_proposal(
    *,
    by: Principal,
    now: datetime,
    proposal: JointProposal,
    accept: bool,
    text: str = "",
    decided: Set[str] = frozenset(),
) -> JointProposal:
    """Accept or decline to go together; a body whose proposal is accepted goes along from then on.

    Args:
        by: needs ``visit.plan`` at the body that plans the visit.
        now: the moment.
        proposal: in sight of ``by``.
        accept: whether they go together.
        text: anything to add; why not, where it is declined.
        decided: see ``propose_joint_visit``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    must_see(by, proposal.record)
    visit = take_up(by, proposal.visit, permission="visit.plan")
    held = JointProposal.objects.select_for_update(of=("self",)).select_related("record__owner").get(
        pk=proposal.pk
    )  # fmt: skip
    rules.check_unanswered(held.state)
    if accept and not visit.ahead:
        raise NotNow("This visit is over or called off, so nobody can join it.")
    _check(text, "" if accept else "Say why not, so that another way can be found", decided)
    held.state = rules.ACCEPTED if accept else rules.DECLINED
    held.answer, held.answered_at, held.answered_by_id = text.strip(), now, by.user_id
    held.save()
    if accept:
        goes_along(visit, held.record.owner, by=by, now=now)
        visit.clashes_told = False
        visit.save(update_fields=["clashes_told"])
    tell_of_the_answer(held, now)
    log("visit.joint_answered", held.pk, by=by, now=now, texts=[text], detail={"state": held.state})
    return held
