"""Opening a succession, and undoing one before the body closes."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid, check_lengths
from agencies.models import Agency
from audit.operations import record_deed
from providers.succession.rules import fault_of_link
from successions import rules
from successions.models import HandingOver, Succession
from successions.operations.offering import open_one
from successions.operations.taking_back import end_offers
from successions.operations.telling import OFFERED, tell_of_offers
from successions.reading import held_in_directory
from timekeeping.london import london_day

LONGEST_WHY = 300


@operation("succession.opened")
def open_succession(
    *, by: Principal, now: datetime, body: Agency, successors: Sequence[Agency], on: date, why: str
) -> Succession:
    """Say that a body is to close, and offer what everybody may know it holds to the first of those that take its place.

    Nothing moves before it closes.

    Args:
        by: an administrator of the portal.
        now: the moment.
        body: the body that is to close.
        successors: who takes its place, at least one.
        on: the first London day without it. A day that is past is the close date alone: what people could see is not rewritten.
        why: on what it rests, such as the order that abolishes the body.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it has closed, or its succession is open; a successor is itself, has closed, or would make a circle; the
            days are in disorder; it is not said on what it rests.
    """
    by.require("membership.manage", at=PORTAL)
    keys = {body.pk, *(one.pk for one in successors)}
    # Each open body's row is taken in one order, so that two administrators cannot close a circle between them.
    held = {one.pk: one for one in Agency.objects.select_for_update().order_by("pk").filter(pk__in=keys)}
    body, takers = held[body.pk], [held[one.pk] for one in successors]
    _check(body, takers, on)
    check_lengths({"why": why}, {"why": LONGEST_WHY})
    if not why.strip():
        raise Invalid({"why": "Say on what it rests, such as the order that abolishes the body"})
    try:
        with transaction.atomic():
            made = Succession.objects.create(
                body=body, on=on, why=why.strip(), opened_at=now, opened_by_id=by.user_id
            )
    except IntegrityError:
        raise Invalid(
            {"": f"A succession of {body} is open already, or done. Nothing was changed."}
        ) from None
    made.successors.set(takers)
    offers = HandingOver.objects.bulk_create(
        HandingOver(
            succession=made,
            kind=one.kind,
            thing=one.thing,
            to=takers[0],
            offered_at=now,
            offered_by_id=by.user_id,
        )
        for one in held_in_directory(body, london_day(now))
    )
    detail = {"succession": str(made.pk), "body": str(body.pk), "on": str(on)}
    detail["successors"] = ",".join(sorted(str(one.pk) for one in takers))
    tell_of_offers(OFFERED, offers, by=by, now=now)
    record_deed(by=by, now=now, deed="succession.opened", detail=detail)
    return made


def _check(body: Agency, takers: Sequence[Agency], on: date) -> None:
    if body.closed_on:
        raise Invalid({"": f"{body} has closed already. Nothing was changed."})
    if not takers:
        raise Invalid({"successors": "Choose at least one body that takes its place"})
    through = Succession.successors.through.objects.exclude(succession__state=rules.UNDONE)
    links = set(through.values_list("succession__body_id", "agency_id"))
    for one in takers:
        fault = fault_of_link(
            links,
            body.pk,
            one.pk,
            on=on,
            old_opened_on=None,
            new_closed_on=None,
        )
        if fault:
            sentence = next(iter(fault.values()))
            said = (
                f"A succession of {body} is open already, or done."
                if (body.pk, one.pk) in links
                else sentence
            )
            raise Invalid({"successors": said})
    days = {one.name: (one.opened_on, one.closed_on) for one in takers}
    fault = rules.fault_of_day(on, opened_on=body.opened_on, successors=days)
    if fault:
        raise Invalid(fault)


@operation("succession.undone")
def undo_succession(*, by: Principal, now: datetime, succession: Succession) -> Succession:
    """Say that the body does not close after all: what was offered is taken back, and nothing has moved.

    Raises:
        NotPermitted: `by` does not administer the portal.
        NotNow: it was undone before, or the body has closed.
    """
    by.require("membership.manage", at=PORTAL)
    held = open_one(succession)
    end_offers(list(held.offers.filter(state__in=rules.LIVE).select_related("to")), by=by, now=now)
    held.state, held.ended_at, held.ended_by_id = rules.UNDONE, now, by.user_id
    held.save(update_fields=["state", "ended_at", "ended_by"])
    detail = {"succession": str(held.pk), "body": str(held.body_id)}
    record_deed(by=by, now=now, deed="succession.undone", detail=detail)
    return held
