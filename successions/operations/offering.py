"""Offering what a body holds: what everybody may know by the portal, intelligence by the closing body's own lead."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import operation
from access.operations.inheriting import left_out
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from actions.models import Action
from actions.operations.passing import open_actions_of, pass_on
from agencies.models import Agency
from audit.operations import record_deed
from clocks.models import Clock
from clocks.rules.states import OPEN
from successions import rules
from successions.models import HandingOver, Succession
from successions.operations.telling import OFFERED, tell_of_offers
from successions.reading import (
    clocks_about_others,
    held_in_directory,
    held_in_sight,
    leads_who_see,
    may_offer,
)
from timekeeping.london import london_day


def open_one(succession: Succession) -> Succession:
    """Read a succession afresh and hold it for this transaction.

    Raises:
        NotNow: it is not under way any more.
    """
    held = Succession.objects.select_for_update(of=("self",)).select_related("body").get(pk=succession.pk)
    if held.state != rules.OPEN:
        words = rules.SUCCESSION_WORDS[held.state]
        raise NotNow(f"This succession is over: {words[0].lower()}{words[1:]}. Nothing was changed.")
    return held


def of_open_succession(offer: HandingOver) -> HandingOver:
    """Read an offer afresh and hold it for this transaction, with its succession.

    Raises:
        NotNow: the succession is not under way any more.
    """
    open_one(offer.succession)
    offers = HandingOver.objects.select_for_update(of=("self",)).select_related("succession__body", "to")
    return offers.get(pk=offer.pk)


def log_offer(deed: str, offer: HandingOver, *, by: Principal, now: datetime) -> None:
    """Write the line of a deed with one offer."""
    detail = {
        "succession": str(offer.succession_id),
        "kind": offer.kind,
        "thing": str(offer.thing),
        "to": str(offer.to_id),
    }
    record_deed(by=by, now=now, deed=deed, detail=detail)


@operation("succession.offered")
def hand_on(
    *,
    by: Principal,
    now: datetime,
    succession: Succession,
    kind: str,
    to: Agency,
    stays: Sequence[UUID] = (),
) -> list[HandingOver]:
    """Offer the closing body's intelligence, its open actions, or its deadlines to a successor: all that is not offered yet.

    Of actions and deadlines only those in the sight of `by`: nobody hands on what they do not see.

    Args:
        by: a lead of the closing body.
        now: the moment.
        succession: under way.
        kind: ``intelligence``, ``action`` or ``clock``.
        to: one of the successors.
        stays: for intelligence, records in the sight of `by` that do not go.

    Raises:
        NotPermitted: `by` does not lead for the closing body.
        NotNow: it is over, or nothing of the kind is left to offer.
        Invalid: `to` is no successor; no lead there sees an action, or what a deadline is about, to answer it; a deadline
            runs about what is to stay.
    """
    held = open_one(succession)
    if kind not in rules.IN_SIGHT or not may_offer(by, held, kind):
        raise NotPermitted(f"Only a lead for {held.body} offers what it looks after.")
    _check_taker(held, to)
    things = _not_offered(by, held, kind)
    if not things:
        raise NotNow("All that you see of this is offered already. Nothing was changed.")
    if kind == rules.ACTION:
        for action in Action.objects.filter(pk__in=things).select_related("asked"):
            pass_on(by=by, now=now, action=action, to=to, on=held.on)
    kept = _kept_back(by, held, stays) if kind == rules.INTELLIGENCE else []
    made = HandingOver.objects.bulk_create(
        HandingOver(succession=held, kind=kind, thing=one, to=to, offered_at=now, offered_by_id=by.user_id)
        for one in things
    )
    for offer in made:
        offer.stays.add(*kept)
    _check_seen_there(made, to, now)
    tell_of_offers(OFFERED, made, by=by, now=now)
    detail = {"succession": str(held.pk), "kind": kind, "to": str(to.pk), "stays": sorted(map(str, kept))}
    record_deed(by=by, now=now, deed="succession.offered", detail=detail)
    return made


def _not_offered(by: Principal, succession: Succession, kind: str) -> list[UUID]:
    live = set(succession.offers.filter(kind=kind, state__in=rules.LIVE).values_list("thing", flat=True))
    if kind == rules.INTELLIGENCE:
        keys = [one.thing for one in held_in_sight(succession.body) if one.kind == kind]
    elif kind == rules.ACTION:
        keys = list(visible_to(by, open_actions_of(succession.body)).values_list("pk", flat=True))
    else:
        seen = visible_to(by, clocks_about_others(succession.body), through="record")
        keys = list(seen.values_list("pk", flat=True))
    return [one for one in keys if one not in live]


def _check_taker(succession: Succession, to: Agency) -> None:
    if not succession.successors.filter(pk=to.pk).exists():
        raise Invalid({"to": "Choose one of the bodies that take its place"})
    if Agency.objects.filter(pk=to.pk, closed_on__isnull=False).exists():
        raise Invalid({"to": f"{to} has closed, or will. Choose a body that stays"})


def _check_seen_there(offers: Iterable[HandingOver], to: Agency, now: datetime) -> None:
    """Refuse to offer what nobody there could answer: whoever accepts or declines an action or a deadline sees what it is."""
    for record in filter(None, (one.record for one in offers)):
        if not leads_who_see(record, to.pk, now):
            raise Invalid(
                {
                    "to": f"No lead of {to} sees what one of these is about. Ask whoever looks after it to share it with"
                    " them first, or offer it to another successor. Nothing was changed."
                }
            )


def _kept_back(by: Principal, succession: Succession, stays: Sequence[UUID]) -> list[UUID]:
    """Return what stays: records of the body in sight of `by`, about which no deadline runs."""
    if not stays:
        return []
    owners = [one.thing for one in held_in_sight(succession.body) if one.kind == rules.INTELLIGENCE]
    mine = visible_to(by, Record.objects.filter(pk__in=stays, owner__in=owners))
    if mine.count() != len(set(stays)):
        raise Invalid({"stays": "Choose records that your body looks after"})
    if Clock.objects.filter(record__in=stays, state__in=OPEN).exists():
        raise Invalid(
            {
                "stays": "A deadline runs about one of these, and somebody must meet it. Close it first, or let it go"
            }
        )
    return list(dict.fromkeys(stays))


@operation("succession.elsewhere")
def offer_elsewhere(
    *, by: Principal, now: datetime, succession: Succession, kind: str, thing: UUID, to: Agency
) -> HandingOver:
    """Offer something that was declined, or that came to the body since, to one of the successors.

    Args:
        by: an administrator of the portal.
        now: the moment.
        succession: under way.
        kind: of what everybody may know: not intelligence, which the closing body's lead offers by ``hand_on``.
        thing: its key.
        to: one of the successors.

    Raises:
        NotPermitted: it is not `by`'s to offer.
        NotNow: it is over, is offered already, or the body holds no such thing any more.
        Invalid: `to` is no successor.
    """
    held = open_one(succession)
    if kind in rules.IN_SIGHT or not may_offer(by, held, kind):
        raise NotPermitted("Only an administrator of the portal offers this.")
    _check_taker(held, to)
    here = {one.key for one in held_in_directory(held.body, london_day(now))}
    if (kind, thing) not in here:
        raise NotNow("The body does not hold this any more, so there is nothing to offer.")
    if held.offers.filter(kind=kind, thing=thing, state__in=rules.LIVE).exists():
        raise NotNow("Somebody has offered this meanwhile. Nothing was changed.")
    made = HandingOver.objects.create(
        succession=held, kind=kind, thing=thing, to=to, offered_at=now, offered_by_id=by.user_id
    )
    tell_of_offers(OFFERED, [made], by=by, now=now)
    log_offer("succession.elsewhere", made, by=by, now=now)
    return made


def stays_of(offer: HandingOver) -> list[UUID]:
    """Return what does not go with an offer of intelligence: what was left out now, and what the body never took over itself."""
    before = left_out(successor=offer.succession.body_id, predecessor=offer.thing)
    return [*offer.stays.values_list("pk", flat=True), *before]
