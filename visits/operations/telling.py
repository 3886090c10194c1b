"""Who is told of visits, and what the inbox says. Sight is asked again when it is read or mailed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.reach import plan_of, readers
from agencies.stand_ins import leads_of, speakers_for
from notifications.events import Event, Row
from notifications.models import Message
from notifications.operations import tell
from visits.models import JointProposal, Visit
from visits.rules import planning as rules

ALONG, NAMED, DAYS, PROPOSED, ANSWERED = (
    "visit.along",
    "visit.named",
    "visit.days",
    "visit.joint_proposed",
    "visit.joint_answered",
)
POLICY = "visits and joint visits"


def who_see(record: Record) -> dict[UUID, UUID]:
    """Return everybody who sees a record without emergency access: each person with their body."""
    return {one.user_id: one.agency_id for one in readers(plan_of(record), emergency=False)}


def _tell(record: Record, event: str, people: Iterable[UUID | None], now: datetime) -> None:
    """Tell those of the people who see the record; the others learn nothing."""
    seen = who_see(record)
    tell(record=record, event=event, to=[one for one in dict.fromkeys(people) if one in seen], now=now)


def tell_the_parties(visit: Visit, bodies: Iterable[UUID], now: datetime) -> None:
    """Tell those who speak for the bodies that go along, as far as they see it, how the visit stands."""
    people = [person for body in bodies for person in leads_of(body, now)]
    if people:
        _tell(visit.record, ALONG, people, now)


def tell_the_named(visit: Visit, people: Iterable[UUID], now: datetime) -> None:
    """Tell people that they are named on a visit."""
    _tell(visit.record, NAMED, people, now)


def tell_of_the_proposal(proposal: JointProposal, now: datetime) -> None:
    """Tell who planned the visit, and who speaks for their body, as far as they see it."""
    visit = proposal.visit.record
    _tell(proposal.record, PROPOSED, [visit.recorded_by_id, *speakers_for(visit, now)], now)


def tell_of_the_answer(proposal: JointProposal, now: datetime) -> None:
    """Tell who proposed a joint visit what became of it."""
    record = proposal.record
    _tell(record, ANSWERED, [record.recorded_by_id, *speakers_for(record, now)], now)


VISITS = Visit.objects.all()
PROPOSALS = JointProposal.objects.select_related("record__owner")


def _visit(message: Message) -> list[Row]:
    return [(VISITS, message.record_id)]


def _proposal(message: Message) -> list[Row]:
    return [(PROPOSALS, message.record_id)]


def _along_sentence(message: Message, now: datetime) -> str:
    visit = message.facts[VISITS, message.record_id]
    return f"Your body goes along on this visit, {visit.days}: {rules.STATE_WORDS[visit.state].lower()}."


def _named_sentence(message: Message, now: datetime) -> str:
    return "You are named on this visit."


def _days_sentence(message: Message, now: datetime) -> str:
    # Of what else falls on these days nothing is said: the page shows it to those who may still see it.
    return "Its days may not suit. Open it to see what else that you can see falls on them."


def _proposed_sentence(message: Message, now: datetime) -> str:
    proposal = message.facts[PROPOSALS, message.record_id]
    return f"{proposal.record.owner} proposes to make this visit together with your body."


def _answered_sentence(message: Message, now: datetime) -> str:
    proposal = message.facts[PROPOSALS, message.record_id]
    return f"Your proposal of a joint visit: {rules.JOINT_WORDS[proposal.state].lower()}."


EVENTS = (
    Event(ALONG, policy=POLICY, sentence=_along_sentence, about=_visit),
    Event(NAMED, policy=POLICY, sentence=_named_sentence),
    Event(DAYS, policy=POLICY, sentence=_days_sentence),
    Event(PROPOSED, policy=POLICY, sentence=_proposed_sentence, about=_proposal),
    Event(ANSWERED, policy=POLICY, sentence=_answered_sentence, about=_proposal),
)
"""What people are told about visits; registered when the app is made ready."""
