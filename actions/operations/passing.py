"""An action asked of a body that closes: offered to its successor, and taken over by it.

"Every open duty, seat and action accepted by someone before it closes" (mission A10). The body that asked is told of
each step; what it asked, and by when, does not change.
"""

from datetime import date, datetime

from django.db.models import QuerySet

from access.operations import audience, end_shares, operation, share_record
from access.operations.inheriting import GATEWAY
from access.principal import Principal
from actions import rules
from actions.models import Action
from actions.operations.answering import require_asked_side
from actions.operations.telling import tell_the_other_side
from actions.operations.timing import hand_over_its_clock
from actions.operations.turns import Deed, Said, take_turn
from agencies.models import Agency
from timekeeping.london import day_in_words


def open_actions_of(agency: Agency) -> QuerySet[Action]:
    """Return the actions asked of a body that are not done, declined or withdrawn, the soonest due first."""
    found = Action.objects.filter(asked=agency, status__in=rules.OUTSTANDING)
    return found.select_related("record__owner", "asked").order_by("due_at", "pk")


@operation("action.passed_on")
def pass_on(*, by: Principal, now: datetime, action: Action, to: Agency, on: date) -> Action:
    """Offer an open action to the successor of the body asked: its readers see the statement, to decide about it.

    Args:
        by: needs ``succession.offer`` at the body asked, and sight of the action.
        now: the moment.
        action: open, asked of the body that closes.
        to: the successor; the caller asks who there sees it then.
        on: the day on which the body closes.

    Raises:
        Http404, NotPermitted: with their sentences.
    """
    require_asked_side(by, action, "succession.offer")
    action = _held(action)
    share_record(
        record=action.record,
        audiences=[audience("agency", agency=to.pk)],
        by=by,
        now=now,
        gateway=GATEWAY,
    )
    said = Said(text=f"{action.asked} closes on {day_in_words(on)}. This is offered to {to}.")
    turn = take_turn(by=by, now=now, action=action, deed=Deed.PASSED_ON, code="action.passed_on", said=said)
    tell_the_other_side(action, turn, now)
    return action


@operation("action.kept_back")
def keep_back(*, by: Principal, now: datetime, action: Action, offered_to: Agency) -> Action:
    """End an offer that was declined or taken back: the body it was offered to sees it no longer for that reason.

    Args:
        by: whoever declined it or took it back; the caller has asked their role.
        now: the moment.
        action: the action offered.
        offered_to: the body it was offered to.
    """
    action = _held(action)
    if offered_to.pk not in (action.asked_id, action.record.owner_id):
        end_shares(record=action.record, audiences=[audience("agency", agency=offered_to.pk)], now=now)
    said = Said(text=f"It is no longer offered to {offered_to}.")
    turn = take_turn(
        by=by,
        now=now,
        action=action,
        deed=Deed.KEPT_BACK,
        code="action.kept_back",
        said=said,
        agency=action.asked_id,
    )
    tell_the_other_side(action, turn, now)
    return action


@operation("action.taken_over")
def take_over(*, by: Principal, now: datetime, action: Action, to: Agency) -> Action:
    """Let the successor that accepted it be the body asked, in the status in which it stands; its clock goes with it.

    Args:
        by: whoever closes the body; the caller has asked their role.
        now: the moment.
        action: open, asked of the body that closes.
        to: the successor.
    """
    action = _held(action)
    before, action.asked = action.asked, to
    action.lead, action.lead_name = None, ""
    said = Said(
        text=f"{before} has closed. {to} takes this over.", statement=action.statement, due_at=action.due_at
    )
    turn = take_turn(
        by=by,
        now=now,
        action=action,
        deed=Deed.TAKEN_OVER,
        code="action.taken_over",
        said=said,
        agency=to.pk,
    )
    if action.status == rules.ACCEPTED:
        hand_over_its_clock(action, by=by, now=now)
    tell_the_other_side(action, turn, now)
    return action


def _held(action: Action) -> Action:
    """Read an action afresh, and hold it for this transaction."""
    held = Action.objects.select_for_update(of=("self",)).select_related("record__owner", "asked")
    return held.get(pk=action.pk)
