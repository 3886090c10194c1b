"""Who is told of an action, and what the inbox says. Sight is asked again when it is read or mailed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from actions import rules
from actions.models import Action, Turn
from agencies.stand_ins import leads_of, speakers_for
from clocks.models import Clock
from notifications.events import Event, Row
from notifications.models import Message
from notifications.operations import end_waiting, tell
from timekeeping.london import due_in_words

ASKED, CHANGED = "action.asked", "action.changed"


def tell_the_asked(action: Action, now: datetime) -> None:
    """Interrupt those who may answer for the body asked."""
    tell(record=action.record, event=ASKED, to=leads_of(action.asked_id, now), now=now, topic=action.pk)


def tell_the_other_side(action: Action, turn: Turn, now: datetime) -> None:
    """Tell the side that did not take this turn what came of it; nobody waits for an answer any more."""
    end_waiting(topic=action.pk, now=now)
    owner = action.record.owner_id
    if turn.agency_id == action.asked_id and owner != action.asked_id:
        asked_by = action.record.recorded_by_id
        people: Iterable[UUID | None] = [asked_by, *speakers_for(action.record, now)]
    else:
        people = [action.lead_id, *leads_of(action.asked_id, now)]
    others = [one for one in dict.fromkeys(people) if one and one != turn.by_id]
    detail = {"turn": turn.number}
    tell(record=action.record, event=CHANGED, to=others, now=now, topic=action.pk, detail=detail)


ACTIONS = Action.objects.select_related("record__owner").prefetch_related("turns__agency")


def _about(message: Message) -> list[Row]:
    return [(ACTIONS, message.record_id)] if message.record_id else []


def _asked_sentence(message: Message, now: datetime) -> str:
    action = message.facts[ACTIONS, message.record_id]
    return (
        f"{action.record.owner} asks your body for action by {due_in_words(action.due_at)}. "
        "You can accept it, decline it with a reason, or propose another way."
    )


def _changed_sentence(message: Message, now: datetime) -> str:
    turns = message.facts[ACTIONS, message.record_id].turns.all()
    turn = next(one for one in turns if one.number == message.detail["turn"])
    words = Turn.Deed(turn.deed).label
    return f"{turn.agency}, about an action: {words[0].lower()}{words[1:]}."


def _still_unanswered(message: Message) -> bool:
    return Action.objects.filter(pk=message.record_id, status__in=rules.WAITING).exists()


EVENTS = (
    Event(
        ASKED,
        policy="action asked of my body",
        sentence=_asked_sentence,
        still=_still_unanswered,
        about=_about,
    ),
    Event(CHANGED, policy="what came of an action", sentence=_changed_sentence, about=_about),
)
"""What people are told about actions; registered when the app is made ready."""


def lead_of(clock: Clock, now: datetime) -> list[UUID]:
    """Return the person who leads the action of a clock, where they have an account."""
    lead = Action.objects.filter(pk=clock.record_id).values_list("lead_id", flat=True).first()
    return [lead] if lead else []


def agency_leads_of(clock: Clock, now: datetime) -> list[UUID]:
    """Return those who speak for the body that accepted the action of a clock."""
    return leads_of(Action.objects.get(pk=clock.record_id).asked_id, now)


def those_who_asked(clock: Clock, now: datetime) -> list[UUID]:
    """Return who asked for the action of a clock, and who speaks for their body: the "chair" of an action.

    The documents' chair is the one who chairs the discussion in which it was asked (NQB ch. 5,
    l.857); here that is whoever asked.
    """
    record = Action.objects.select_related("record").get(pk=clock.record_id).record
    people = [record.recorded_by_id, *speakers_for(record, now)]
    return [one for one in dict.fromkeys(people) if one]


RECIPIENTS = {"lead": lead_of, "agency lead": agency_leads_of, "chair": those_who_asked}
"""What the receivers' names in the steps of an action's clock mean."""
