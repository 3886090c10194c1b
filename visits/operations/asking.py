"""The register of what providers are asked for: asking, the answer, and taking a request back."""

from collections.abc import Set
from datetime import date, datetime

from access.operations import create_record, operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotPermitted
from providers.models import Provider
from timekeeping.london import london_day
from visits.models import InformationRequest
from visits.operations.taking import check_interest, guard, log, put, take_up
from visits.rules import asking as rules
from visits.rules.asking import Wish


@operation("information.asked")
def ask_provider(
    *, by: Principal, now: datetime, provider: Provider, wish: Wish, decided: Set[str] = frozenset()
) -> InformationRequest:
    """Write down that one's own body asks a provider for information (JF 2.1, l.105).

    The portal sends nothing to the provider. Who holds the same already is shown before (``reading.held_by_others``).

    Args:
        by: needs ``information.ask`` at their own body, which asks.
        now: the moment.
        provider: who is asked.
        wish: what for.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The request, shared with nobody outside the body yet.

    Raises:
        NotPermitted, Invalid: with their sentences.
    """
    by.require("information.ask", at=OWN_BODY)
    if by.user_id is None:
        raise NotPermitted("A person asks, for a body.")
    check_interest(by, provider)
    rules.check_wish(wish, today=london_day(now))
    guard({"about": wish.about}, decided=decided)
    record = create_record(kind=InformationRequest.KIND, by=by, now=now, providers=[provider.pk])
    request = InformationRequest.objects.create(
        record=record,
        provider=provider,
        kind=wish.kind,
        about=wish.about.strip(),
        covers_from=wish.covers_from,
        covers_to=wish.covers_to,
        asked_on=wish.asked_on,
        due_on=wish.due_on,
        changed_at=now,
        changed_by_id=by.user_id,
    )
    log("information.asked", request.pk, by=by, now=now, texts=[wish.about], detail={"kind": wish.kind})
    return request


@operation("information.answered")
def record_answer(
    *,
    by: Principal,
    now: datetime,
    request: InformationRequest,
    answered_on: date,
    held_where: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> InformationRequest:
    """Write down that the provider answered, and where the answer is held.

    Args:
        by: needs ``information.ask`` at the body that asked.
        now: the moment.
        request: in sight of ``by``.
        answered_on: the day.
        held_where: where it is held, and whom to ask for it.
        seen: its ``version`` when the person read it.
        decided: see ``ask_provider``.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, request, permission="information.ask", seen=seen)
    rules.check_follows(held.status, rules.ANSWERED)
    rules.check_answered(answered_on, asked_on=held.asked_on, today=london_day(now))
    if not held_where.strip():
        raise Invalid({"held_where": "Say where the answer is held, so that others can ask you for it"})
    rules.check_texts({"held_where": held_where})
    guard({"held_where": held_where}, decided=decided)
    held.status, held.answered_on, held.held_where = rules.ANSWERED, answered_on, held_where.strip()
    put(held, by=by, now=now)
    log("information.answered", held.pk, by=by, now=now, texts=[held_where])
    return held


@operation("information.withdrawn")
def withdraw_request(
    *,
    by: Principal,
    now: datetime,
    request: InformationRequest,
    why: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> InformationRequest:
    """No longer ask the provider for it.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = take_up(by, request, permission="information.ask", seen=seen)
    rules.check_follows(held.status, rules.WITHDRAWN)
    if not why.strip():
        raise Invalid({"why": "Say why you no longer ask for it"})
    rules.check_texts({"why": why})
    guard({"why": why}, decided=decided)
    held.status, held.why = rules.WITHDRAWN, why.strip()
    put(held, by=by, now=now)
    log("information.withdrawn", held.pk, by=by, now=now, texts=[why])
    return held
