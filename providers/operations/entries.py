"""What the directory says of a provider and of its places: entered, and corrected."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import IntegrityError, transaction

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid, NotNow
from audit.operations import record_deed
from providers.importing.names import keep_earlier, keep_turns
from providers.importing.rules import Changes
from providers.models import Location, Provider
from providers.rules import PlaceFacts, ProviderFacts, faults_of_place, faults_of_provider
from reference import operations as lists
from timekeeping.london import london_day

_CORRECTED = "corrected by an administrator"
_TAKEN = "Another one has this code. Look for it in the finder."
_STALE = (
    "Somebody changed this entry while you had it open. Nothing was changed. What you typed is still here: open the entry"
    " in another window, compare, and begin again."
)


@operation("provider.added")
def add_provider(
    *,
    by: Principal,
    now: datetime,
    facts: ProviderFacts,
    fictional: bool = False,
    source: str = "added by an administrator",
) -> Provider:
    """Add a provider that the files lack; a fictional one says so in its name.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: what is said of it does not hold together, an identifier is another's, or fiction does not show in the
            name.
    """
    by.require("membership.manage", at=PORTAL)
    if fictional and "fictional" not in facts.name.lower():
        raise Invalid({"name": "The name of a fictional provider must say that it is fictional."})
    provider = Provider(fictional=fictional, source=source)
    _keep_provider(provider, facts, london_day(now))
    record_deed(
        by=by,
        now=now,
        deed="provider.added",
        detail={"provider": str(provider.pk), "kind": facts.kind, "fictional": fictional},
    )
    return provider


@operation("provider.corrected")
def correct_provider(
    *, by: Principal, now: datetime, provider: Provider, facts: ProviderFacts, seen: str
) -> Provider:
    """Correct what the directory says of a provider; a name it had stays findable.

    Args:
        by: who corrects.
        now: the moment.
        provider: whose entry it is.
        facts: what is to stand.
        seen: the mark of what stood when the person began.

    Raises:
        NotPermitted: `by` does not administer the portal.
        NotNow: somebody, or an import, changed it meanwhile.
        Invalid: what is said does not hold together, or an identifier is another's.
    """
    by.require("membership.manage", at=PORTAL)
    held = Provider.objects.select_for_update().get(pk=provider.pk)
    stood = facts_of(held)
    if stood.mark != seen:
        raise NotNow(_STALE)
    if held.fictional and "fictional" not in facts.name.lower():
        raise Invalid({"name": "The name of a fictional provider must say that it is fictional."})
    today = london_day(now)
    _keep_provider(held, facts, today)
    if facts.name != stood.name:
        keep_earlier("provider", [(held, stood.name)], today)
    keep_turns("provider", [(held, _changes(stood, facts))], today, _CORRECTED, by_hand=True)
    record_deed(
        by=by,
        now=now,
        deed="provider.corrected",
        detail={"provider": str(held.pk), "changed": sorted(_changes(stood, facts))},
    )
    return held


@operation("location.added")
def add_location(*, by: Principal, now: datetime, provider: Provider, facts: PlaceFacts) -> Location:
    """Add a place where a provider gives care.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: what is said of it does not hold together, or a code is another's.
    """
    by.require("membership.manage", at=PORTAL)
    location = Location(provider=provider)
    _keep_place(location, facts, london_day(now))
    record_deed(
        by=by,
        now=now,
        deed="location.added",
        detail={"provider": str(provider.pk), "location": str(location.pk)},
    )
    return location


@operation("location.corrected")
def correct_location(
    *, by: Principal, now: datetime, location: Location, facts: PlaceFacts, seen: str
) -> Location:
    """Correct what the directory says of a place; it may be closed, and stays.

    Raises:
        NotPermitted: `by` does not administer the portal.
        NotNow: somebody, or an import, changed it meanwhile.
        Invalid: what is said does not hold together, or a code is another's.
    """
    by.require("membership.manage", at=PORTAL)
    held = Location.objects.select_for_update().get(pk=location.pk)
    stood = facts_of_place(held)
    if stood.mark != seen:
        raise NotNow(_STALE)
    today = london_day(now)
    _keep_place(held, facts, today)
    if facts.name != stood.name:
        keep_earlier("location", [(held, stood.name)], today)
    keep_turns("location", [(held, _changes(stood, facts))], today, _CORRECTED, by_hand=True)
    record_deed(
        by=by,
        now=now,
        deed="location.corrected",
        detail={"location": str(held.pk), "changed": sorted(_changes(stood, facts))},
    )
    return held


def facts_of(provider: Provider) -> ProviderFacts:
    """Return what the directory says of a provider."""
    return ProviderFacts(**{name: getattr(provider, name) or _EMPTY[name] for name in _EMPTY})


def facts_of_place(location: Location) -> PlaceFacts:
    """Return what the directory says of a place."""
    return PlaceFacts(**{name: getattr(location, name) or _EMPTY_PLACE[name] for name in _EMPTY_PLACE})


_EMPTY = asdict(ProviderFacts(name="", kind=""))
_EMPTY_PLACE = asdict(PlaceFacts(name=""))
_CODES = ("ods_code", "cqc_provider_id", "cqc_location_id")


def _keep_provider(provider: Provider, facts: ProviderFacts, today: date) -> None:
    faults = faults_of_provider(facts, kinds=lists.latest("provider_kinds"), today=today)
    _keep(provider, facts, faults)


def _keep_place(location: Location, facts: PlaceFacts, today: date) -> None:
    _keep(location, facts, faults_of_place(facts, kinds=lists.latest("provider_kinds"), today=today))


def _keep(row: Provider | Location, facts: ProviderFacts | PlaceFacts, faults: dict[str, str]) -> None:
    if faults:
        raise Invalid(faults)
    for name, value in asdict(facts).items():
        setattr(row, name, (value or None) if name in _CODES else value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        taken = next((name for name in _CODES if name in str(error)), None)
        if taken is None:
            raise
        raise Invalid({taken: _TAKEN})


def _changes(stood: ProviderFacts | PlaceFacts, facts: ProviderFacts | PlaceFacts) -> Changes:
    was, is_ = asdict(stood), asdict(facts)
    return {name: (str(was[name] or ""), str(is_[name] or "")) for name in is_ if is_[name] != was[name]}
