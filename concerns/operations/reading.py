"""What is read of concerns: the list with its filters and search, one concern in words, its earlier versions."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch, Q, QuerySet

from access.earlier import Period, periods_reached
from access.models import Record
from access.newest import Newest
from access.principal import Principal
from access.sight import hanging_on, visible_to
from concerns.models import Comment, Concern, ConcernVersion, Corroboration, GoAndLook
from concerns.operations.lists import Shelf
from concerns.operations.writing import content_of
from concerns.rules import origins
from concerns.rules.content import DANGER_WORDS, DAY, MONTH, NOT_SAID, Content, from_plain, month_of
from concerns.rules.origins import Report
from concerns.rules.states import DRAFT, OPEN, STATUSES, TOMBSTONES
from concerns.rules.words import Change, changes
from nhsuk.paging import ListPage, Take, straight
from providers.models import Provider, ProviderGroup
from timekeeping.london import day_in_words, day_starts, london_day, moment_in_words

COUNTED_MOST = 1000
RARE = 5000
"""The database expects so many rows with a word of which it keeps no count."""
FEW = 1000
S = TypeVar("S", Corroboration, Comment, GoAndLook)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; a blank narrows nothing.

    Attributes:
        provider: whom it is about.
        status, severity, dimension: codes.
        source: how the kind of source is called outside the owner; so no filter tells more than the page.
        group: the group in whose area a provider stands.
        since: the London day from which it was raised.
        words: what the text holds, as people type it into a search box.
    """

    provider: UUID | None = None
    status: str = ""
    severity: str = ""
    dimension: str = ""
    source: str = ""
    group: UUID | None = None
    since: date | None = None
    words: str = ""


def concerns_seen(by: Principal, wanted: Wanted, shelf: Shelf) -> QuerySet[Concern]:
    """Return the concerns that a person sees, narrowed; drafts are their authors' own and stand apart.

    A tombstone has no words left, so nothing finds it by what it said.
    """
    condition = Q(status=wanted.status) if wanted.status in STATUSES else Q()
    if wanted.status == OPEN:
        condition &= Q(record__ended=False)  # says no more than the status, and lets a shorter index be used
    if wanted.provider:
        condition &= Q(record__about__provider=wanted.provider)
    if wanted.group:
        there = ProviderGroup.objects.filter(qsg=wanted.group).values("provider_id")
        condition &= Q(record__in=Record.objects.filter(about__provider__in=there).values("pk"))
    if wanted.since:
        condition &= Q(record__recorded_at__gte=day_starts(wanted.since))
    found = Concern.objects.exclude(status=DRAFT).filter(condition, _by_content(wanted, shelf))
    return (
        visible_to(by, found)
        .select_related("record__owner", "location")
        .prefetch_related(Prefetch("record__providers", queryset=Provider.objects.order_by("name", "pk")))
    )


def finder(by: Principal, wanted: Wanted) -> Take:
    """Return how a page of such a list is found: by the filter's own index where few rows pass it, else by the newest."""
    if wanted.provider:
        return straight
    newest = Newest(by, narrowed=wanted != Wanted(), open_only=wanted.status == OPEN)
    if wanted.words and _rare(wanted.words):
        return partial(_with_rare_words, wanted.words, newest)
    return newest


def _with_rare_words(
    words: str,
    otherwise: Take,
    rows: QuerySet[Concern],
    size: int,
    *,
    after: datetime | None = None,
    rising: bool = False,
) -> list[Concern]:
    """Return the first rows out of the few with these words, whoever sees those; their index does not know how few."""
    few = list(Concern.objects.filter(search=_asked(words)).values_list("pk", flat=True)[: FEW + 1])
    if len(few) > FEW:
        return list(otherwise(rows, size, after=after, rising=rising))
    return list(rows.filter(pk__in=few)[:size])


def _rare(words: str) -> bool:
    """Say whether the database expects few concerns with these words; it keeps count of the common ones."""
    (found,) = json.loads(Concern.objects.filter(search=_asked(words)).order_by().explain(format="json"))
    return int(found["Plan"]["Plan Rows"]) <= RARE


def _asked(words: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config="english")


def _by_content(wanted: Wanted, shelf: Shelf) -> Q:
    """Return the condition on what a concern says."""
    says = Q()
    if wanted.severity:
        says &= Q(severity=wanted.severity)
    if wanted.dimension:
        says &= Q(dimensions__contains=[wanted.dimension])
    if wanted.source:
        says &= Q(source_kind__in=shelf.kinds_shown_as(wanted.source))
    if wanted.words:
        says &= Q(search=_asked(wanted.words))
    return says & ~Q(status__in=TOMBSTONES) if says else says


def how_many(found: QuerySet[Concern], page: ListPage) -> str:
    """Return how many rows there are, in words; beyond a thousand nobody counts, nor what stands on one page."""
    whole = not (page.newer or page.older)
    number = len(page.rows) if whole else found.order_by()[: COUNTED_MOST + 1].count()
    if number > COUNTED_MOST:
        return f"{COUNTED_MOST:,}+ concerns"
    return "1 concern" if number == 1 else f"{number:,} concerns"


def drafts_of(by: Principal) -> list[Concern]:
    """Return a person's own drafts, the newest first."""
    drafts = Concern.objects.filter(status=DRAFT).select_related("record")
    return list(visible_to(by, drafts).order_by("-changed_at", "pk"))


@dataclass(frozen=True)
class Known:
    """How a concern is known and when it happened, as a reader may know it.

    Attributes:
        source_kind: the code; "" outside the owner, where only the name stands under which it may be shown.
        source: what the kind of source is called.
        source_other: what other kind of source it is, in free words.
        happened_at: the moment; of a protected source, outside the owner, the start of its month.
        precision: ``minute``, ``day``, ``month`` or ``not_said``.
    """

    source_kind: str
    source: str
    source_other: str
    happened_at: datetime | None
    precision: str


def known(content: Content, *, ours: bool, shelf: Shelf) -> Known:
    """Return how it is known and when it happened, as a reader may know it.

    Outside the owner a kind of source stands under the name it may be shown as, and a protected source with its
    month only (visibility.md).

    Args:
        content: what the concern says.
        ours: whether the reader's body looks after it.
        shelf: the lists.
    """
    hidden = not ours and shelf.is_protected(content.source_kind)
    said = content.happened_at is not None and content.precision != NOT_SAID
    happened_at = content.happened_at if said else None
    name = (
        shelf.label("source_kind", content.source_kind) if ours else shelf.shown_outside(content.source_kind)
    )
    return Known(
        source_kind=content.source_kind if ours else "",
        source=name,
        source_other="" if hidden else content.source_other,
        happened_at=month_of(happened_at) if hidden and happened_at else happened_at,
        precision=NOT_SAID if not said else MONTH if hidden else content.precision,
    )


def when_in_words(when: Known) -> str:
    """Return when it happened, in words."""
    if when.happened_at is None:
        return "Not said"
    if when.precision == MONTH:
        return f"{london_day(when.happened_at):%B %Y}"
    if when.precision == DAY:
        return day_in_words(london_day(when.happened_at))
    return moment_in_words(when.happened_at)


def says(content: Content, *, ours: bool, shelf: Shelf) -> dict[str, str]:
    """Return what a concern says, field by field, in the words of the screen, as a reader may know it (``known``)."""
    may_know = known(content, ours=ours, shelf=shelf)
    source = f"{may_know.source}: {may_know.source_other}" if may_know.source_other else may_know.source
    return {
        "headline": content.headline,
        "narrative": content.narrative,
        "happened": when_in_words(may_know),
        "danger": DANGER_WORDS.get(content.danger, ""),
        "source": source,
        "reliability": shelf.label("reliability", content.reliability),
        "dimensions": ", ".join(shelf.label("dimensions", one) for one in content.dimensions),
        "outcome_domain": shelf.label("outcome_domain", content.outcome_domain),
        "severity": shelf.label("severity", content.severity),
        "confidence": shelf.label("confidence", content.confidence),
    }


@dataclass(frozen=True)
class Around:
    """What others say of a concern, as far as the reader sees it."""

    reports: list[Corroboration]
    comments: list[Comment]
    looks: list[GoAndLook]
    origins: str


def around(by: Principal, concern: Concern, shelf: Shelf) -> Around:
    """Return the reports, comments and looks that a reader sees, and how many origins agree among them."""
    keys = hanging_on(by, concern.record)
    reports = _said(Corroboration.objects.all(), keys)
    comments = _said(Comment.objects.all(), keys)
    looks = _said(GoAndLook.objects.all(), keys)
    return Around(reports, comments, looks, origins_in_words(concern, reports, shelf))


def _said(things: QuerySet[S], keys: Mapping[str, list[UUID]]) -> list[S]:
    """Return the things of one kind with these keys, the oldest first; nothing is asked where there are none."""
    seen = things.filter(pk__in=keys.get(things.model.KIND, [])).select_related(
        "record__owner", "record__recorded_by"
    )
    return list(seen.order_by("record__recorded_at", "pk"))


def origins_in_words(concern: Concern, reports: Iterable[Corroboration], shelf: Shelf) -> str:
    """Return how many reports there are and how many independent origins stand behind them."""
    listed = list(reports)
    agree = [Report(concern.pk, concern.source_kind, confidence=concern.confidence)]
    agree += [Report(one.pk, one.source_kind, one.same_as_id) for one in listed if one.stance == origins.TOO]
    opposite = {one.record.owner_id for one in listed if one.stance == origins.OPPOSITE}
    return origins.in_words(len(agree), origins.independent_origins(agree, shelf.counting), len(opposite))


@dataclass(frozen=True)
class Step:
    """A change of a concern that a reader may read: when, by whom, and what changed."""

    at: datetime
    by: str
    changes: list[Change]


def history(by: Principal, concern: Concern, shelf: Shelf, now: datetime) -> list[Step]:
    """Return the changes that a reader may read, the newest first; no gap tells of others.

    A version is read by those who see the concern now and who were in its reach on at least one day
    when that version was current. A change is told only to whoever may read both its sides.
    """
    versions = list(ConcernVersion.objects.filter(concern=concern.pk).select_related("by"))
    ends = [one.at for one in versions[1:]] + [now]
    if len(versions) < 2:
        return []
    periods = [Period(one.number, one.at, end) for one, end in zip(versions, ends, strict=True)]
    reached = periods_reached(by=by, record=concern.record, periods=periods)
    ours = concern.record.is_of(by)
    told: list[Step] = []
    for before, after in pairwise(versions):
        if {before.number, after.number} <= reached:
            was, became = (says(from_plain(one.content), ours=ours, shelf=shelf) for one in (before, after))
            told.append(Step(after.at, str(after.by or ""), changes(was, became)))
    return told[::-1]


def present(concern: Concern, *, ours: bool, shelf: Shelf) -> dict[str, str]:
    """Return what a concern now says, in the words of the screen."""
    return says(content_of(concern), ours=ours, shelf=shelf)
