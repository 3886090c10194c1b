"""The finder of providers, and the declaration of a conflict of interest."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from access.finding import the
from access.principal import PORTAL
from access.views import Page
from accounts.models import User
from agencies import operations as agencies
from agencies.finding import uuid_of, words_of
from agencies.models import Agency, Membership, QualitySurveillanceGroup
from agencies.places import NOBODY, SOME_PEOPLE
from agencies.roster import standing
from agencies.views.changing import ChangePage
from nhsuk.paging import ListPage, page_by_name
from providers.finding import found_by
from providers.forms import ConflictForm, Filter
from providers.models import Provider, ProviderGroup
from reference import operations as lists
from timekeeping.london import day_in_words, london_day


class Finder(Page):
    """Every provider, by name, town, code or kind; spelling is forgiven."""

    permission = "directory.read"
    template = "providers/finder.jinja"

    def context(self) -> dict[str, Any]:
        """The providers found, best first, or a page of all of them, A to Z."""
        kinds = {code: row["label"] for code, row in lists.latest("provider_kinds").items()}
        groups = {str(group.pk): group.name for group in QualitySurveillanceGroup.objects.all()}
        asked = self.request.GET
        words = words_of(asked.get("q", ""))
        kind = asked.get("kind", "") if asked.get("kind") in kinds else ""
        group = asked.get("group", "") if asked.get("group") in groups else ""
        commissioner = Agency.objects.filter(pk=uuid_of(asked.get("commissioner", "")) or NOBODY).first()
        rows = self._narrowed(kind, group, commissioner)
        if words:
            found = ListPage(found_by(words, rows), "", "")
        else:
            found = page_by_name(rows, mark=asked.get("from", ""))
        return {
            "filter": Filter(
                kinds=kinds.items(), groups=groups.items(), initial={"q": words, "kind": kind, "group": group}
            ),
            "found": found,
            "kinds": kinds,
            "commissioner": commissioner,
            "may_keep": self.by.may("membership.manage", at=PORTAL),
            "narrowed": {
                "q": words,
                "kind": kind,
                "group": group,
                "commissioner": str(commissioner.pk) if commissioner else "",
            },
        }

    def _narrowed(self, kind: str, group: str, commissioner: Agency | None) -> QuerySet[Provider]:
        rows = Provider.objects.prefetch_related(
            Prefetch("group_links", queryset=ProviderGroup.objects.select_related("qsg")), "earlier_names"
        )
        if kind:
            rows = rows.filter(kind=kind)
        if group:
            of_region = Q(qsg=group) | Q(qsg__region=group)
            rows = rows.filter(pk__in=ProviderGroup.objects.filter(of_region).values("provider_id"))
        if commissioner:
            buys = commissioner.commissionings.filter(standing(london_day(self.now)))
            rows = rows.filter(pk__in=buys.values("provider_id"))
        return rows


class DeclareConflict(ChangePage):
    """Somebody must never see this provider's matters: oneself, one's body, or a person one looks after."""

    permission = "directory.read"
    fresh = False  # it only takes sight away, and nobody should hesitate
    form_class = ConflictForm
    title = "Declare a conflict of interest"
    submit = "Declare it"

    def find(self) -> None:
        """Fetch the provider."""
        self.provider = the(Provider.objects.filter(pk=self.kwargs["id"]))

    def about(self) -> str:
        """The provider's name."""
        return self.provider.name

    def back(self) -> tuple[str, str]:
        """Back to the provider."""
        return f"Back to {self.provider}", reverse("provider", args=[self.provider.pk])

    def form_kwargs(self) -> dict[str, Any]:
        """Oneself always; one's body and people where one looks after them."""
        who = [("me", "I have")]
        people: list[tuple[str, str]] = []
        if self.by.may("people.manage", at=SOME_PEOPLE):
            held = Membership.objects.filter(standing(self.today))
            if not self.by.may("people.manage", at=PORTAL):
                held = held.filter(agency_id=self.by.agency_id or NOBODY)
            if self.by.agency_id and "agency_administrator" in self.by.agency_roles:
                who.append(("body", f"{self.by.agency_name} has"))
            others = User.objects.filter(pk__in=held.values("user_id")).exclude(pk=self.by.user_id or NOBODY)
            people = [(str(one.pk), one.full_name) for one in others]
            if people:
                who.append(("person", "Somebody else has"))
        return {"who": who, "people": people, "today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the declaration will mean."""
        day = day_in_words(form.cleaned_data["starts_on"])
        whose = {
            "me": "you see nothing",
            "body": f"{self.by.agency_name} sees nothing that others own",
            "person": "that person sees nothing",
        }[form.cleaned_data["who"]]
        return [
            f"From {day}, {whose} about {self.provider}: no concern, summit or action, whoever shares it.",
            "Only the portal's administrator can end this.",
        ]

    def perform(self, form: Any) -> str:
        """Declare it."""
        given = form.cleaned_data
        who = given["who"]
        person = given["person"] if who == "person" else self.by.user_id or NOBODY
        agencies.declare_conflict(
            by=self.by,
            now=self.now,
            provider_id=self.provider.pk,
            user=None if who == "body" else User.objects.get(pk=person),
            agency=Agency.objects.get(pk=self.by.agency_id or NOBODY) if who == "body" else None,
            starts_on=given["starts_on"],
            reason=given["reason"],
            tie=given["tie"] if who == "me" else "",
        )
        if who == "me":
            return reverse("agencies:interests")
        return reverse("provider", args=[self.provider.pk])
