"""What is read of visits and requests: the calendar, warnings, and who holds something already. All in one reader's sight."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from access.principal import Principal
from access.sight import visible_to
from agencies.models import Agency
from providers.models import Provider
from visits.models import InformationRequest, JointProposal, Visit
from visits.rules import asking, load, planning
from visits.rules.load import Busy, Window

MOST_IN_A_MONTH = 200
"""Visits shown of one month; where there are more, the page asks to narrow it."""
MOST_AROUND = 1000
"""Visits, and requests, looked at for warnings."""
SPAN = timedelta(days=load.BURDEN_DAYS)


def window_of(visit: Visit) -> Window:
    """Return a visit as the rule compares it; its ``parties`` were fetched along."""
    return Window(
        key=visit.pk,
        provider=visit.provider_id,
        location=visit.location_id,
        body=visit.record.owner_id,
        parties=frozenset(one.pk for one in visit.parties.all()),
        first=visit.starts_on,
        last=visit.ends_on,
    )


def visits_seen(
    by: Principal,
    *,
    provider: UUID | None = None,
    group: UUID | None = None,
    agency: UUID | None = None,
    kind: str = "",
    state: str = "",
) -> QuerySet[Visit]:
    """Return the visits that somebody sees, narrowed.

    Args:
        by: who reads.
        provider: whom they visit.
        group: in whose area the provider stands.
        agency: the body that plans it or goes along.
        kind: a code of ``planning.KINDS``.
        state: a code of ``planning.STATE_WORDS``.
    """
    rows = visible_to(by, Visit.objects.all())
    if provider:
        rows = rows.filter(provider=provider)
    if group:
        rows = rows.filter(provider__in=Provider.objects.filter(group_links__qsg=group))
    if agency:
        along = Visit.parties.through.objects.filter(agency=agency)
        rows = rows.filter(Q(record__owner=agency) | Q(pk__in=along.values("visit")))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(state=state) if state else rows


def touching(rows: QuerySet[Visit], first: date, last: date | None = None) -> QuerySet[Visit]:
    """Keep the visits with a day in a span, both ends included; without ``last``, from ``first`` on.

    No visit lasts longer than is allowed, so none that began long before is looked at: first days are in the index.
    """
    longest = timedelta(days=planning.LONGEST_WINDOW)
    rows = rows.filter(ends_on__gte=first, starts_on__gt=first - longest)
    return rows.filter(starts_on__lte=last) if last else rows


def bodies_that_visit(by: Principal, today: date) -> list[Agency]:
    """Return the bodies that plan a visit which somebody sees, from a year ago on, by name."""
    owners = visible_to(by, touching(Visit.objects.all(), today - timedelta(days=365)))
    return list(Agency.objects.filter(pk__in=owners.values("record__owner")).order_by("name", "pk"))


@dataclass(frozen=True)
class Load:
    """What weighs on a provider, as far as the reader sees: a warning in the making.

    Attributes:
        provider: which.
        visits: many visits in a short time, or None.
        requests: many requests falling due in a short time, or None.
    """

    provider: Provider
    visits: Busy | None
    requests: Busy | None


@dataclass
class Warnings:
    """Clashes and loads, computed from what one reader sees and nothing else.

    Attributes:
        clashes: for each visit that clashes with others, which.
        loads: the providers that are visited or asked much.
    """

    clashes: dict[Hashable, list[Visit]] = field(default_factory=dict)
    loads: list[Load] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.clashes or self.loads)

    @property
    def others(self) -> list[UUID]:
        """The visits with which something clashes: each is named where the warning is shown."""
        return list(dict.fromkeys(other.pk for others in self.clashes.values() for other in others))


def warnings_among(by: Principal, visits: Sequence[Visit]) -> Warnings:
    """Return what is to be said of the visits on a page: in three questions, however many they are."""
    if not visits:
        return Warnings()
    first, last = min(one.starts_on for one in visits), max(one.ends_on for one in visits)
    providers = {one.provider_id: one.provider for one in visits}
    around = _ahead(by, providers, first, last)
    held: dict[Hashable, Visit] = {one.pk: one for one in around}
    windows: dict[UUID, list[Window]] = {}
    for one in around:
        windows.setdefault(one.provider_id, []).append(window_of(one))
    shown = {one.pk for one in visits}
    clashes = {
        key: [held[other] for other in others]
        for each in windows.values()
        for key, others in load.clashes(each).items()
        if key in shown
    }
    return Warnings(clashes, _loads(providers, around, _due(by, providers, first, last)))


def _ahead(by: Principal, providers: Iterable[UUID], first: date, last: date) -> list[Visit]:
    """Return the visits that somebody sees and that are still meant, in and around a span of days."""
    rows = visible_to(by, Visit.objects.filter(provider__in=list(providers), state__in=planning.AHEAD))
    near = touching(rows, first - SPAN, last + SPAN).order_by("starts_on", "pk")
    return list(near.prefetch_related("parties")[:MOST_AROUND])


def _due(by: Principal, providers: Iterable[UUID], first: date, last: date) -> list[tuple[UUID, date]]:
    """Return when unanswered requests that somebody sees fall due, in and around a span of days: provider and day."""
    rows = visible_to(
        by, InformationRequest.objects.filter(provider__in=list(providers), status=asking.ASKED)
    ).filter(due_on__range=(first - SPAN, last + SPAN))
    return list(rows.order_by("due_on", "pk").values_list("provider_id", "due_on")[:MOST_AROUND])


def _loads(
    providers: dict[UUID, Provider],
    visits: Iterable[Visit],
    due: Iterable[tuple[UUID, date]],
) -> list[Load]:
    begins: dict[UUID, list[date]] = {}
    falls: dict[UUID, list[date]] = {}
    for visit in visits:
        begins.setdefault(visit.provider_id, []).append(visit.starts_on)
    for provider, day in due:
        falls.setdefault(provider, []).append(day)
    loads = [
        Load(
            one,
            load.busiest(begins.get(key, ()), load.MANY_VISITS),
            load.busiest(falls.get(key, ()), load.MANY_REQUESTS),
        )
        for key, one in providers.items()
    ]
    found = [one for one in loads if one.visits or one.requests]
    return sorted(found, key=lambda one: (one.provider.name, str(one.provider.pk)))


def warnings_before(by: Principal, provider: Provider, window: Window) -> Warnings:
    """Return what is to be said before a visit is planned or changed; ``window`` stands for it.

    What it is now, where it is planned already, does not count: its days are those of ``window``.
    """
    around = [one for one in _ahead(by, [provider.pk], window.first, window.last) if one.pk != window.key]
    against = [one for one in around if load.clash(window, window_of(one))]
    begins = [one.starts_on for one in around]
    busy = load.busiest([*begins, window.first], load.MANY_VISITS, about=window.first)
    due = [day for _, day in _due(by, [provider.pk], window.first, window.last)]
    asked = load.busiest(due, load.MANY_REQUESTS, about=window.first)
    loads = [Load(provider, busy, asked)] if busy or asked else []
    return Warnings({window.key: against} if against else {}, loads)


def load_before_asking(by: Principal, provider: Provider, due_on: date) -> Load | None:
    """Return what is to be said before a provider is asked for more by a day; None where there is nothing."""
    due = [day for _, day in _due(by, [provider.pk], due_on, due_on)]
    busy = load.busiest([*due, due_on], load.MANY_REQUESTS, about=due_on)
    return Load(provider, None, busy) if busy else None


def proposals_of(by: Principal, visit: Visit) -> list[JointProposal]:
    """Return the proposals to join a visit that somebody sees, the newest first."""
    rows = visible_to(by, JointProposal.objects.filter(visit=visit))
    return list(rows.select_related("record__owner", "answered_by").order_by("-record__recorded_at", "pk"))


def requests_seen(
    by: Principal,
    *,
    provider: UUID | None = None,
    agency: UUID | None = None,
    kind: str = "",
    status: str = "",
) -> QuerySet[InformationRequest]:
    """Return the requests for information that somebody sees, narrowed."""
    rows = visible_to(by, InformationRequest.objects.all())
    asked = {"provider": provider, "record__owner": agency, "kind": kind, "status": status}
    return rows.filter(**{name: value for name, value in asked.items() if value})


def held_already(
    by: Principal, provider: UUID, kind: str, covers_from: date, covers_to: date
) -> QuerySet[InformationRequest]:
    """Return the requests that somebody sees for the same thing: kind of information ("" for any), and a day of the period.

    "Someone already holds this": whoever made one is to be asked before the provider is (JF 2.1, l.105). Those answered
    and those still waited for both count; what was withdrawn gave nothing.
    """
    rows = requests_seen(by, provider=provider, kind=kind).exclude(status=asking.WITHDRAWN)
    return rows.filter(covers_from__lte=covers_to, covers_to__gte=covers_from)
