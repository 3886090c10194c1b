"""What is read of a regulatory record: how things stand now, what came before, and what to think about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from providers.models import Location, Provider, ProviderStatus, Rating, Registration, RegulatoryAction
from providers.register.rules import actions, breaches, ratings
from providers.register.rules.breaches import Breach, Prompt, Rated
from reference import operations as lists
from timekeeping.london import london_day


@dataclass(frozen=True)
class Standing:
    """A regulatory record as it stands on a day, in a few lines.

    What closed, or is registered no longer, has no rating now and prompts nothing: its ratings are history.

    Attributes:
        own: the provider's own current rating, where it is rated as a whole.
        only: the current rating of its only rated place, where there is one and no rating of the whole.
        tally: how many places have each overall rating, worst first: code, words, number.
        inspected_on: the newest day of an inspection of it or of one of its places, as far as published: in the
            register, or with an entry that says at which inspection it was found.
        in_force: entries in force, or to come, the newest first.
        prompts: what to think about.
    """

    own: Rating | None
    only: Rating | None
    tally: list[tuple[str, str, int]]
    inspected_on: date | None
    in_force: list[RegulatoryAction]
    prompts: list[Prompt]
    today: date

    @property
    def rating(self) -> Rating | None:
        """The one rating that can be shown whole."""
        return self.own or self.only

    @property
    def inspected(self) -> str:
        """How long ago the last inspection was, in words."""
        return ratings.age_in_words(self.inspected_on, self.today) if self.inspected_on else ""


def actions_of(provider: Provider) -> QuerySet[RegulatoryAction]:
    """Return a provider's entries, the newest first."""
    return provider.regulatory_actions.select_related("provider", "location", "agency", "entered_by")


def ratings_of(provider: Provider) -> QuerySet[Rating]:
    """Return the ratings of a provider and of its places, the current one first, without what was replaced."""
    return Rating.objects.filter(
        Q(provider=provider) | Q(location__provider=provider), replaced_at=None
    ).select_related("provider", "location")


def registrations_of(provider: Provider) -> QuerySet[Registration]:
    """Return the registrations of a provider and of its places as published now."""
    return Registration.objects.filter(
        Q(provider=provider) | Q(location__provider=provider), replaced_at=None
    ).select_related("provider", "location")


def standing_of(
    provider: Provider, now: datetime, entries: Sequence[RegulatoryAction] | None = None
) -> Standing:
    """Return how a provider's regulatory record stands now, in four questions and the list of patterns.

    Args:
        provider: whose.
        now: the moment.
        entries: its entries, where they were read already.
    """
    today = london_day(now)
    held = list(actions_of(provider)) if entries is None else list(entries)
    registered = list(registrations_of(provider))
    over = _over(provider, registered, today)
    rated = [one for one in ratings_of(provider) if one.about not in over]
    current = [one for one in rated if one.current]
    own = next((one for one in current if one.provider_id), None)
    places = [one for one in current if one.location_id]
    published = [one.last_inspected_on for one in registered] + [one.inspected_on for one in held]
    return Standing(
        own=own,
        only=places[0] if own is None and len(places) == 1 else None,
        tally=ratings.tally(Counter(one.overall for one in places)),
        inspected_on=max((day for day in published if day and day <= today), default=None),
        in_force=[one for one in held if one.standing(today) in (actions.IN_FORCE, actions.COMING)],
        prompts=_prompts(
            [one for one in held if (one.location_id or one.provider_id) not in over], rated, today
        ),
        today=today,
    )


def _over(provider: Provider, registered: Iterable[Registration], today: date) -> set[UUID]:
    """Return the keys of what gives no care any more: the provider, or those of its places that closed."""
    ended = {
        one.about
        for one in registered
        if one.deregistered and (one.deregistered_on is None or one.deregistered_on <= today)
    }
    closed = provider.locations.filter(status=ProviderStatus.CLOSED).values_list("pk", flat=True)
    itself = {provider.pk} if provider.status == ProviderStatus.CLOSED else set()
    return ended | set(closed) | itself


def _prompts(held: Sequence[RegulatoryAction], rated: Sequence[Rating], today: date) -> list[Prompt]:
    found = [
        Breach(
            key=one.location_id or one.provider_id,
            place=one.place,
            label=one.get_kind_display(),
            standing=one.standing(today),
            found_on=one.inspected_on or one.starts_on,
            inspected=one.inspected_on is not None,
            standards=tuple(one.standards),
            comply_by=one.comply_by,
            significant=one.significant,
        )
        for one in held
        if actions.KINDS[one.kind].breach and one.appeal != actions.ALLOWED
    ]
    published = [
        Rated(
            one.location_id or one.provider_id, one.place, one.current, one.report_on, one.overall, one.five
        )
        for one in rated
        if not one.predecessor
    ]
    if not found and not published:
        return []
    patterns = breaches.patterns_of(lists.rows("breach_patterns", on=today))
    return breaches.prompts(found, published, patterns, today)


def places_in_the_register(provider: Provider) -> QuerySet[Location]:
    """Return a provider's places of which a rating or a registration was ever published."""
    return provider.locations.filter(
        Exists(Rating.objects.filter(location=OuterRef("pk")))
        | Exists(Registration.objects.filter(location=OuterRef("pk")))
    )


def published_about(
    provider: Provider, places: Iterable[Location]
) -> tuple[dict[UUID | None, list[Rating]], dict[UUID | None, Registration]]:
    """Return the ratings of a provider and of some of its places, what was replaced too, and their registrations.

    Returns:
        Ratings, the current one first and then the newest report, and the registration as published now: by place, None for the whole.
    """
    about = Q(provider=provider) | Q(location__in=[one.pk for one in places])
    rated: dict[UUID | None, list[Rating]] = {}
    for one in Rating.objects.filter(about):
        rated.setdefault(one.location_id, []).append(one)
    registered = Registration.objects.filter(about, replaced_at=None)
    return rated, {one.location_id: one for one in registered}
