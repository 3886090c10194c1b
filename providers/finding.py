"""Finding a provider by what somebody typed."""

from django.db.models import Q, QuerySet

from agencies.finding import nearest
from providers.models import EarlierName, Location, Provider
from providers.rules import identifiers_in


def found_by(words: str, rows: QuerySet[Provider], most: int = 50) -> list[Provider]:
    """The providers nearest to what was typed: codes first, then names that begin or hold it, then spelling.

    What was once called as was typed, in two words or more, counts as a code; others that once were called so come last.
    """
    codes, cqc = identifiers_in(words)
    had = EarlierName.objects.filter(provider__in=rows.order_by().values("pk"))
    exact = Q(pk__in=[])
    if " " in words:
        exact = Q(
            pk__in=list(had.filter(name__istartswith=words).values_list("provider_id", flat=True)[:most])
        )
    if codes or cqc:
        places = Location.objects.filter(ods_code__in=codes).values("provider_id")
        exact = (
            exact
            | Q(ods_code__in=codes)
            | Q(cqc_provider_id__in=cqc)
            | Q(pk__in=[each["provider_id"] for each in places[:most]])
        )
    found = nearest(rows, field="finding", words=words, exact=exact, folded=True, most=most)
    once = [one.provider_id for one in nearest(had, field="name", words=words, exact=Q(pk__in=[]), most=most)]
    held = {one.pk for one in found}
    others = {one.pk: one for one in rows.filter(pk__in=[key for key in once if key not in held])}
    return [*found, *others.values()][:most]
