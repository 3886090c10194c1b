"""What things were before a file said otherwise: names, and how they closed, opened again and moved."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from django.db.models import Max

from agencies.models import Agency
from providers.importing.models import DirectoryTurn, EarlierName
from providers.importing.rules import STATUS, Changes, turns_of
from providers.models import Location, Provider, ProviderStatus

Owner = Literal["provider", "location", "agency"]


def keep_earlier(
    owner: Owner, renamed: Iterable[tuple[Provider | Location | Agency, str]], today: date
) -> None:
    """Keep what each was called until today; asks once, writes once.

    Args:
        owner: what they are.
        renamed: each with the name it had.
        today: the London day on which the new name was learned.
    """
    had = list(renamed)
    ids = [each.pk for each, _ in had]
    since = dict(
        EarlierName.objects.filter(**{f"{owner}__in": ids})
        .values_list(owner)
        .annotate(Max("until_on"))
        .order_by()
    )
    EarlierName.objects.bulk_create(
        EarlierName(**{owner: each}, name=name, known_from=since.get(each.pk), until_on=today)
        for each, name in had
    )


def keep_turns(
    owner: Literal["provider", "location"],
    changed: Iterable[tuple[Provider | Location, Changes]],
    today: date,
    source: str,
    *,
    by_hand: bool = False,
) -> None:
    """Keep that things closed, opened again and moved; writes once, and once more for each corrected day of a closing.

    Args:
        owner: what they are.
        changed: each as it stands now, with its changes.
        today: the London day on which it was learned.
        source: where it was learned.
        by_hand: whether a person changed it, and no file.
    """
    given = list(changed)
    for thing, changes in given:
        if "closed_on" in changes and "status" not in changes and thing.status == ProviderStatus.CLOSED:
            last = thing.turns.filter(what=STATUS, after=ProviderStatus.CLOSED).order_by("-on", "-pk").first()
            if last is not None and thing.closed_on:
                thing.turns.filter(pk=last.pk).update(on=thing.closed_on)
    DirectoryTurn.objects.bulk_create(
        DirectoryTurn(
            **{owner: thing},
            what=what,
            before=before,
            after=after,
            on=_day(thing, what, after, today),
            source=source,
        )
        for thing, changes in given
        for what, before, after in turns_of(changes, _stands(thing), by_hand=by_hand)
    )


def _stands(thing: Provider | Location) -> dict[str, str]:
    """The address as it stands; a place has only a postcode of its own."""
    return {name: str(getattr(thing, name, "") or "") for name in ("address", "town", "postcode")}


def _day(thing: Provider | Location, what: str, after: str, today: date) -> date:
    closed = what == STATUS and after == ProviderStatus.CLOSED
    return (thing.closed_on if closed else None) or today
