"""What is measured: the pages' own questions, as four readers ask them, and the same without permission."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.test import RequestFactory
from guardian.shortcuts import get_objects_for_user

from access.models import RecordExclusion
from access.newest import MOMENT
from access.principal import Principal, principal_of
from access.sight import visible_to
from access.views import Page
from accounts.models import User
from concerns.models import Concern
from concerns.operations.lists import shelf
from concerns.operations.reading import Wanted, around, concerns_seen, finder, history
from nhsuk.paging import PAGE_SIZE, ListPage, page_of
from qsg_portal.pages.home import NEW, NEWS, HomePage
from qsg_portal.pages.providers import ProviderPage
from qsg_portal.pages.timeline import timeline_of
from timekeeping import portal_now
from timekeeping.london import london_day

READERS = {"small": 100, "national": 0, "few grants": 1398, "all old": 699}
"""The number of the person: a local body's seat in two groups; cleared seats in all; no seat; a group whose matters are old."""
COMMON, RARE = "medicine", "legionella"
FILTERED = Wanted(status="open", severity="serious")


def key(what: str, number: int) -> UUID:
    """Return the key of a row of the national data set."""
    return UUID(hashlib.md5(f"{what}{number}".encode(), usedforsecurity=False).hexdigest())


@dataclass(frozen=True)
class Measured:
    """One page.

    Attributes:
        ask: what is timed; with the clockwork's eyes it is the limit.
        rows: the keys of the rows that it shows, in their order; what ``ask`` returns when not given.
        where: the condition, in SQL, by which the rule finds the same rows; "" where there is no list to compare.
        kinds: the kinds of record in that list.
        skip: how many rows stand before the page.
        most: how many rows a page has.
        granted: the same page with a grant on each concern, for a person.
    """

    ask: Callable[[Principal], Any]
    rows: Callable[[Principal], list[UUID]] | None = None
    where: str = ""
    kinds: tuple[str, ...] = ("concern",)
    skip: int = 0
    most: int = PAGE_SIZE
    granted: Callable[[User], Any] | None = None


class Pages:
    """The pages, with what they are about chosen for one reader."""

    def __init__(self, by: Principal) -> None:
        """Choose a concern in sight, its provider, and the mark of the eighty-first page."""
        self.now = portal_now()
        self.shelf = shelf(london_day(self.now))
        self.by = by
        self.mark, self.skipped = self._deep(by)
        self.one = self._list(by, Wanted()).rows[0]
        self.provider = self.one.record.providers.all()[0]

    def all(self) -> dict[str, Measured]:
        """Return every page by name."""
        about = (
            f"id IN (SELECT record_id FROM access_recordprovider WHERE provider_id = '{self.provider.pk}')"
        )
        serious = (
            "id IN (SELECT record_id FROM concerns_concern WHERE status = 'open' AND severity = 'serious')"
        )
        both = ("concern", "action")
        new = f"recorded_at >= '{(self.now - NEW).isoformat()}'"
        return {
            "principal": Measured(lambda by: principal_of(self.by.user_id)),
            "first page": self._listed(Wanted()),
            "filtered page": self._listed(FILTERED, serious),
            "page 81": self._listed(Wanted(), mark=self.mark, skip=self.skipped),
            "one concern": Measured(self._detail, granted=self._detail_granted),
            "provider's concerns": self._listed(Wanted(provider=self.provider.pk), about),
            "provider page": Measured(self._provider_page, self._timeline, about, both),
            "common word": self._listed(Wanted(words=COMMON), _says(COMMON)),
            "rare word": self._listed(Wanted(words=RARE), _says(RARE)),
            "home page": Measured(self._home_page, self._news, new, both, most=NEWS),
        }

    def _listed(self, wanted: Wanted, where: str = "true", mark: str = "", skip: int = 0) -> Measured:
        def granted(user: User) -> ListPage:
            everything = concerns_seen(unlimited(self.by), wanted, self.shelf)
            return page_of(_granted(user, everything), moment=MOMENT, mark=mark)

        return Measured(
            ask=lambda by: self._list(by, wanted, mark),
            rows=lambda by: keys(self._list(by, wanted, mark).rows),
            where=where,
            skip=skip,
            granted=granted,
        )

    def _list(self, by: Principal, wanted: Wanted, mark: str = "") -> ListPage:
        if by.kind == "clockwork":
            # The limit: nothing is asked but the filter, once, and the database finds it as it does best.
            everything = concerns_seen(by, replace(wanted, status=""), self.shelf)
            if wanted.status:
                everything = everything.filter(status=wanted.status)
            return page_of(everything, moment=MOMENT, mark=mark)
        return page_of(
            concerns_seen(by, wanted, self.shelf), moment=MOMENT, mark=mark, take=finder(by, wanted)
        )

    def _deep(self, by: Principal) -> tuple[str, int]:
        """Return the mark of page 81, or of the last page that there is, and how many rows stand before it."""
        mark, pages = "", 0
        for pages in range(81):
            page = self._list(by, Wanted(), mark)
            if not page.older or pages == 80:
                break
            mark = page.older
        return mark, pages * 25

    def _detail(self, by: Principal) -> None:
        concern = visible_to(by, Concern.objects.select_related("record__owner")).get(pk=self.one.pk)
        around(by, concern, self.shelf)
        history(by, concern, self.shelf, self.now)

    def _detail_granted(self, user: User) -> None:
        concern = Concern.objects.select_related("record__owner").get(pk=self.one.pk)
        if not User.objects.get(pk=user.pk).has_perm("concerns.view_concern", concern):
            raise AssertionError("the grants do not show what the rule shows")
        around(unlimited(self.by), concern, self.shelf)
        history(unlimited(self.by), concern, self.shelf, self.now)

    def _provider_page(self, by: Principal) -> None:
        _opened(ProviderPage, by, id=self.provider.pk)

    def _timeline(self, by: Principal) -> list[UUID]:
        return timeline_of(by, self.provider).records

    def _home_page(self, by: Principal) -> None:
        _opened(HomePage, by)

    def _news(self, by: Principal) -> list[UUID]:
        page = HomePage()
        page.by, page.now = by, self.now
        return keys(page.news())


def _opened(page: type[Page], by: Principal, **named: UUID) -> None:
    """Open a whole page as the portal does, its template and its line in the log too."""
    request = RequestFactory().get("/")
    request.principal = by  # type: ignore[attr-defined]
    request.user = User.objects.get(pk=by.user_id)
    request.session = {}  # type: ignore[assignment]
    if page.as_view()(request, **named).status_code != 200:
        raise AssertionError(f"{page.__name__} did not open")


def keys(rows: Iterable[Any]) -> list[UUID]:
    """Return the rows' keys."""
    return [one.pk for one in rows]


def unlimited(by: Principal) -> Principal:
    """Return the same person with no permission asked: the limit that every page is measured against."""
    return replace(by, kind="clockwork")


def _granted(user: User, concerns: QuerySet[Concern]) -> QuerySet[Concern]:
    """Narrow concerns by the library's grants on each, and by the body's exclusions, which grants cannot say."""
    agency = user.memberships.values("agency")[:1]
    shut_out = RecordExclusion.objects.filter(record=OuterRef("pk"), agency__in=agency)
    mine = get_objects_for_user(
        User.objects.get(pk=user.pk),
        "concerns.view_concern",
        Concern,
        with_superuser=False,
        accept_global_perms=False,
    )
    return concerns.filter(pk__in=mine.values("pk")).exclude(Exists(shut_out))


def _says(word: str) -> str:
    return f"id IN (SELECT record_id FROM concerns_concern WHERE search @@ websearch_to_tsquery('english', '{word}'))"
