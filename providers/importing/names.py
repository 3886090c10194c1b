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
) -> None:
    """Keep that things closed, opened again and moved; writes once.

    Args:
        owner: what they are.
        changed: each as it stands now, with its changes.
        today: the London day on which it was learned.
        source: where it was learned.
    """
    DirectoryTurn.objects.bulk_create(
        DirectoryTurn(
            **{owner: thing},
            what=what,
            before=before,
            after=after,
            on=_day(thing, what, after, today),
            source=source,
        )
        for thing, changes in changed
        for what, before, after in turns_of(changes)
    )


def _day(thing: Provider | Location, what: str, after: str, today: date) -> date:
    closed = what == STATUS and after == ProviderStatus.CLOSED
    return (thing.closed_on if closed else None) or today
