"""Where people can go: alternative places with other providers, and who takes over what goes (MON B; ADASS 15)."""

from collections.abc import Set
from datetime import date, datetime
from uuid import UUID

from access.finding import the
from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid
from providers.closing import rules
from providers.closing.operations.entering import done, take_up
from providers.guarding import guard, refuse
from providers.models import AlternativePlace, ClosurePlan, Provider, ProviderStatus
from timekeeping.london import day_in_words


@operation("closing.place_offered")
def offer_place(
    *,
    by: Principal,
    now: datetime,
    plan: ClosurePlan,
    provider: UUID,
    places: int | None,
    from_on: date | None,
    seen: int,
) -> ClosurePlan:
    """Write down that another provider offers places.

    Args:
        by: needs ``closing.keep`` at the plan's owner.
        now: the moment.
        plan: one that is not over.
        provider: who offers them.
        places: how many.
        from_on: from which day.
        seen: the plan's ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    offers = _another(plan, provider)
    refuse(rules.check_number("places", places, least=1))
    if from_on is None:
        raise Invalid({"from_on": "Say from which day"})
    assert places is not None  # checked above
    AlternativePlace.objects.create(
        plan=plan, provider=offers, places=places, from_on=from_on, recorded_at=now
    )
    text = f"{offers.name}: {places}, from {day_in_words(from_on)}"
    detail: dict[str, object] = {"provider": str(offers.pk), "places": places}
    return done(plan, "closing.place_offered", rules.PLACE, by=by, now=now, text=text, detail=detail)


def _another(plan: ClosurePlan, provider: UUID | None) -> Provider:
    """Return an open provider that is not the one that goes."""
    found = Provider.objects.filter(pk=provider, status=ProviderStatus.OPEN).first() if provider else None
    if found is None or found.pk == plan.provider_id:
        raise Invalid({"provider": "Choose another provider of the directory, one that is open"})
    return found


@operation("closing.place_ended")
def end_place(*, by: Principal, now: datetime, plan: ClosurePlan, place: UUID, seen: int) -> ClosurePlan:
    """Write down that places are no longer offered; the timeline keeps that they were.

    Args:
        by: needs ``closing.keep`` at the plan's owner.
        now: the moment.
        plan: one that is not over.
        place: the offer.
        seen: the plan's ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    held = the(plan.places.select_related("provider").filter(pk=place, ended_at=None))
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    text = f"{held.provider.name}: {held.places}"
    detail: dict[str, object] = {"provider": str(held.provider_id), "places": held.places}
    return done(plan, "closing.place_ended", rules.NO_PLACE, by=by, now=now, text=text, detail=detail)


@operation("closing.incoming_said")
def say_incoming(
    *,
    by: Principal,
    now: datetime,
    plan: ClosurePlan,
    provider: UUID | None,
    said: str = "",
    seen: int,
    decided: Set[str] = frozenset(),
) -> ClosurePlan:
    """Write down who takes over from the provider that goes: one of the directory, or in words.

    Args:
        by: needs ``closing.keep`` at the plan's owner.
        now: the moment.
        plan: one that is not over.
        provider: who takes over, where the directory has it.
        said: its name, where the directory does not.
        seen: the plan's ``version`` when the person read it.
        decided: marks of what looks like a person's in care and, somebody says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    said = said.strip()
    if bool(provider) == bool(said):
        raise Invalid({"provider": "Choose who takes over, or say its name where the directory lacks it"})
    if len(said) > rules.LONGEST_NAME:
        raise Invalid({"name": f"Keep it to {rules.LONGEST_NAME} characters. Nothing was cut"})
    guard({"name": said}, decided=decided)
    plan.incoming = _another(plan, provider) if provider else None
    plan.incoming_said = said
    name = plan.incoming.name if plan.incoming else said
    detail: dict[str, object] = {"provider": str(provider or "")}
    return done(plan, "closing.incoming_said", rules.INCOMING, by=by, now=now, text=name, detail=detail)
