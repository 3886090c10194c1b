"""Names that something had before a file said another."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from django.db.models import Max

from agencies.models import Agency
from providers.importing.models import EarlierName
from providers.models import Location, Provider

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
