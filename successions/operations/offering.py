"""Offering what a body holds: what everybody may know by the portal, intelligence by the closing body's own lead."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from access.models import Record
from access.operations import operation
from access.operations.inheriting import left_out
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from actions.models import Action
from actions.operations.passing import open_actions_of, pass_on
from agencies.models import Agency
from agencies.stand_ins import leads_of
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
    records_of,
)
from timekeeping.london import london_day


def open_one(succession: Succession) -> Succession:
    """Read a succession afresh and hold it for this transaction.

    Raises:
        NotNow: it is not under way any more.
    """
    held = Succession.objects.select_for_update(of=("self",)).select_related("body").get(pk=succession.pk)
    check_open(held)
    return held


def check_open(succession: Succession) -> None:
    """Refuse what is not under way any more.

    Raises:
        NotNow: it was undone, or the body has closed.
    """
    if succession.state != rules.OPEN:
        words = rules.SUCCESSION_WORDS[succession.state]
        raise NotNow(f"This succession is over: {words[0].lower()}{words[1:]}. Nothing was changed.")


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

    Of actions and deadlines only those in the sight of `by`, and in that of a lead there: nobody hands on or answers what
    they do not see.

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
        Invalid: `to` is no successor; no lead there sees any of the actions, or what any of the deadlines is about, to
            answer it; a deadline runs about what is to stay.
    """
    held = open_one(succession)
    if kind not in rules.IN_SIGHT or not may_offer(by, held, kind):
        raise NotPermitted(f"Only a lead for {held.body} offers what it looks after.")
    _check_taker(held, to)
    left = not_offered(by, held, kind)
    if not left:
        raise NotNow("All that you see of this is offered already. Nothing was changed.")
    offers = [
        HandingOver(succession=held, kind=kind, thing=one, to=to, offered_at=now, offered_by_id=by.user_id)
        for one in left
    ]
    if kind != rules.INTELLIGENCE:
        offers = _answerable(offers, by=by, now=now)
    kept = _kept_back(by, held, stays) if kind == rules.INTELLIGENCE else []
    made = HandingOver.objects.bulk_create(offers)
    for offer in made if kept else ():
        offer.stays.add(*kept)
    tell_of_offers(OFFERED, made, by=by, now=now)
    detail = {"succession": str(held.pk), "kind": kind, "to": str(to.pk), "stays": sorted(map(str, kept))}
    record_deed(by=by, now=now, deed="succession.offered", detail=detail)
    return made


def not_offered(by: Principal, succession: Succession, kind: str) -> list[UUID]:
    """Return what of a kind that is intelligence is offered to nobody, in the sight of `by`."""
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


class _SomeUnseen(Exception):
    """Ends a trial: what nobody there could answer is not shared with them either."""


def _answerable(offers: list[HandingOver], *, by: Principal, now: datetime) -> list[HandingOver]:
    """Return those that a lead there sees, to accept or decline them; actions are shared with them for that.

    Raises:
        Invalid: it is none of them, and why.
    """
    to = offers[0].to
    if not leads_of(to.pk, now):
        (said,) = rules.cannot_answer(to.name, lead=False, administrator=True)
        raise Invalid({"to": f"{said} Nothing was changed."})
    try:
        with transaction.atomic():
            _pass_on(offers, by=by, now=now)
            records = records_of(offers)
            seen = leads_who_see(records.values(), to.pk, now)
            theirs = [one for one in offers if seen[records[one.thing].pk]]
            if len(theirs) < len(offers):
                raise _SomeUnseen
    except _SomeUnseen:
        if not theirs:
            said = rules.unanswerable(offers[0].kind, to.name, len(offers))
            raise Invalid({"to": f"{said} Nothing was changed."}) from None
        _pass_on(theirs, by=by, now=now)
    return theirs


def _pass_on(offers: Iterable[HandingOver], *, by: Principal, now: datetime) -> None:
    things = {one.thing: one for one in offers if one.kind == rules.ACTION}
    for action in Action.objects.filter(pk__in=things).select_related("asked"):
        offer = things[action.pk]
        pass_on(by=by, now=now, action=action, to=offer.to, on=offer.succession.on)


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
