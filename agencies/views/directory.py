"""The directory: bodies, one body, and groups."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from access.finding import the
from access.principal import PORTAL
from access.views import Page
from agencies.finding import bodies_found, words_of
from agencies.forms import Filter
from agencies.lists.reading import powers_of
from agencies.models import Agency, Post, QualitySurveillanceGroup, Tier
from agencies.numbers import of_group
from agencies.places import PeopleOf
from agencies.readiness.reading import may_see_body
from agencies.roster import not_over, standing
from nhsuk.paging import ListPage, page_by_name
from reference import operations as lists
from timekeeping.london import london_day


class DirectoryPage(Page):
    """Every body, by name, by kind, by place; spelling is forgiven."""

    permission = "directory.read"
    template = "agencies/directory.jinja"

    def context(self) -> dict[str, Any]:
        """The bodies found, best first, or a page of all of them, A to Z."""
        kinds = {code: row["label"] for code, row in lists.latest("agency_kinds").items()}
        groups = {str(group.pk): group.name for group in QualitySurveillanceGroup.objects.all()}
        asked = self.request.GET
        words = words_of(asked.get("q", ""))
        kind = asked.get("kind", "") if asked.get("kind") in kinds else ""
        group = asked.get("group", "") if asked.get("group") in groups else ""
        rows = Agency.objects.all()
        if kind:
            rows = rows.filter(kind=kind)
        if group:
            rows = rows.filter(of_group(UUID(group), london_day(self.now)))
        if words:
            found = ListPage(bodies_found(words, rows), "", "")
        else:
            found = page_by_name(rows, mark=asked.get("from", ""))
        return {
            "filter": Filter(
                kinds=kinds.items(), groups=groups.items(), initial={"q": words, "kind": kind, "group": group}
            ),
            "found": found,
            "kinds": kinds,
            "narrowed": {"q": words, "kind": kind, "group": group},
        }


def holders_of(posts: Iterable[Post]) -> list[list[Post]]:
    """Return the posts by who holds them and can be rung for them alike, in the order of the first of each."""
    held: dict[tuple[str, str, str], list[Post]] = defaultdict(list)
    for post in posts:
        held[post.who, post.number, post.out_of_hours_telephone].append(post)
    return list(held.values())


class AgencyPage(Page):
    """One body: what it does, what powers it has, who holds which post, which groups it is in."""

    permission = "directory.read"
    template = "agencies/agency.jinja"

    def find(self) -> None:
        """Fetch the body; absent where there is none."""
        self.agency = the(Agency.objects.select_related("parent").filter(pk=self.kwargs["id"]))

    def context(self) -> dict[str, Any]:
        """The body and what the lists say of its kind."""
        today = london_day(self.now)
        agency = self.agency
        rows = powers_of(agency.kind, today)
        return {
            "agency": agency,
            "kind": lists.latest("agency_kinds").get(agency.kind),
            "monitoring": [row for row in rows if row["purpose"] == "monitoring"],
            "intervening": [row for row in rows if row["purpose"] == "intervening"],
            "holders": holders_of(
                agency.posts.filter(not_over(today)).select_related("user", "area", "stands_in_for")
            ),
            "today": today,
            "children": agency.children.order_by("name"),
            "memberships": agency.group_memberships.filter(standing(today))
            .select_related("qsg")
            .order_by("qsg__name"),
            "footprints": agency.footprint_links.select_related("qsg").order_by("qsg__name"),
            "may_manage": self.by.may("people.manage", at=PeopleOf(agency)),
            "may_close": self.by.may("membership.manage", at=PORTAL),
            "may_read_declarations": may_see_body(self.by, agency.pk, today),
        }


class GroupsPage(Page):
    """The groups, by region."""

    permission = "directory.read"
    template = "agencies/groups.jinja"

    def context(self) -> dict[str, Any]:
        """Each regional group with its local groups."""
        local = QualitySurveillanceGroup.objects.order_by("name").select_related("team")
        regions = (
            QualitySurveillanceGroup.objects.filter(tier=Tier.REGIONAL)
            .select_related("team")
            .prefetch_related(Prefetch("local_groups", queryset=local))
        )
        return {
            "regions": regions.order_by("name"),
            "mine": set(self.by.seats),
            "may_form": self.by.may("membership.manage", at=PORTAL),
            "may_check": self.by.may("agreement.keep", at=PORTAL),
        }
