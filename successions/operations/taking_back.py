"""An offer is taken back by whoever makes such offers, while nobody has answered it; and when the succession is undone."""

from collections.abc import Sequence
from datetime import datetime

from access.operations import operation
from access.principal import Principal
from access.refusals import NotNow, NotPermitted
from access.sight import must_see
from actions.models import Action
from actions.operations.passing import keep_back
from successions import rules
from successions.models import HandingOver
from successions.operations.offering import log_offer, of_open_succession
from successions.operations.telling import TAKEN_BACK, tell_of_offers
from successions.reading import may_offer, records_of


@operation("succession.taken_back")
def take_offer_back(*, by: Principal, now: datetime, offer: HandingOver) -> HandingOver:
    """Take back what nobody has answered, so that it can be offered otherwise; those who could answer it are told.

    Args:
        by: whoever makes such offers: of intelligence, actions and deadlines a lead of the closing body, of the rest an
            administrator of the portal.
        now: the moment.
        offer: not answered yet.

    Raises:
        Http404: an action, or what a deadline is about, is out of sight.
        NotPermitted: it is not `by`'s to offer.
        NotNow: it was answered or taken back, or the succession is over.
    """
    held = of_open_succession(offer)
    if not may_offer(by, held.succession, held.kind):
        raise NotPermitted("Only whoever makes such offers takes one back.")
    for record in records_of([held]).values():
        must_see(by, record)
    if held.state == rules.ACCEPTED:
        raise NotNow(f"{held.to} has accepted this. Ask them to decline it. Nothing was changed.")
    if held.state != rules.WAITING:
        words = rules.OFFER_WORDS[held.state].lower()
        raise NotNow(f"This is {words}, so that cannot be done now. Nothing was changed.")
    end_offers([held], by=by, now=now)
    log_offer("succession.taken_back", held, by=by, now=now)
    return held


def end_offers(offers: Sequence[HandingOver], *, by: Principal, now: datetime) -> None:
    """Take back offers of one succession; a part of the deed that does. A successor then sees an action offered no longer."""
    tell_of_offers(TAKEN_BACK, offers, by=by, now=now)
    actions = Action.objects.in_bulk([one.thing for one in offers if one.kind == rules.ACTION])
    for offer in offers:
        if offer.thing in actions:
            keep_back(by=by, now=now, action=actions[offer.thing], offered_to=offer.to)
        offer.state = rules.TAKEN_BACK
    HandingOver.objects.bulk_update(offers, ["state"])
