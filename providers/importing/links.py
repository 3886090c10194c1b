"""Who buys from an imported provider, and in whose footprint it stands: only what the source links."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from agencies.models import Agency, FootprintAgency, QualitySurveillanceGroup, Tier
from providers.importing.ods import OdsRow
from providers.importing.rules import Changes
from providers.models import Commissioning, GroupSource, Provider, ProviderGroup

FROM_FILES = "ODS file"
"""What the source of every link begins with that a file made; what an administrator stated is left alone."""


@dataclass
class Held:
    """The links that a provider has: who buys, and in which groups it stands, each with how that is known."""

    commissionings: list[Commissioning] = field(default_factory=list)
    groups: list[tuple[UUID, str]] = field(default_factory=list)

    @property
    def imported(self) -> list[Commissioning]:
        """Who buys until further notice, by a file."""
        return [one for one in self.commissionings if not one.ends_on and one.source.startswith(FROM_FILES)]


@dataclass
class Wanted:
    """What is to be written of one provider's links.

    Attributes:
        buys: the body that buys from now on, and since when.
        ends: who buys no longer, with the first day on which they do not.
        group: the group in which it stands from now on, with how that is known.
    """

    buys: tuple[Agency, date] | None = None
    ends: list[Commissioning] = field(default_factory=list)
    group: tuple[UUID, str] | None = None


class Links:
    """The bodies and groups that rows name, asked for once; and what rows mean for links."""

    @cached_property
    def bodies(self) -> dict[str | None, Agency]:
        """The bodies by code."""
        return {body.ods_code: body for body in Agency.objects.filter(ods_code__isnull=False)}

    @cached_property
    def groups(self) -> dict[UUID, str]:
        """The names of the local groups."""
        return dict(QualitySurveillanceGroup.objects.filter(tier=Tier.LOCAL).values_list("pk", "name"))

    @cached_property
    def groups_of_body(self) -> dict[UUID, set[UUID]]:
        """The local groups in whose footprint each body lies."""
        found: dict[UUID, set[UUID]] = defaultdict(set)
        links = FootprintAgency.objects.filter(qsg__tier=Tier.LOCAL)
        for body, group in links.values_list("agency_id", "qsg_id"):
            found[body].add(group)
        return found

    @cached_property
    def group_of_team(self) -> dict[str | None, UUID]:
        """The local group that an area team facilitates, by the team's code."""
        local = QualitySurveillanceGroup.objects.filter(tier=Tier.LOCAL)
        return dict(local.values_list("team__ods_code", "pk"))

    @cached_property
    def code_of(self) -> dict[UUID, str]:
        """What each body is called in a report: its code, or its name."""
        return {key: code or name for key, code, name in Agency.objects.values_list("pk", "ods_code", "name")}

    def held(self, providers: Iterable[Provider]) -> dict[UUID, Held]:
        """The links of some providers, in two questions."""
        ids = [one.pk for one in providers]
        held: dict[UUID, Held] = defaultdict(Held)
        for buys in Commissioning.objects.filter(provider__in=ids):
            held[buys.provider_id].commissionings.append(buys)
        groups = ProviderGroup.objects.filter(provider__in=ids)
        for provider, group, source in groups.values_list("provider_id", "qsg_id", "source"):
            held[provider].groups.append((group, source))
        return held

    def compare(self, row: OdsRow, held: Held, today: date) -> tuple[Changes, Wanted]:
        """What a row means for the links of its provider."""
        changes: Changes = {}
        wanted = Wanted()
        self._commissioner(row, held, today, changes, wanted)
        self._group(row, held, today, changes, wanted)
        return changes, wanted

    def _commissioner(self, row: OdsRow, held: Held, today: date, changes: Changes, wanted: Wanted) -> None:
        body = None if row.closed(today) else self.bodies.get(row.commissioner)
        buying = {one.agency_id for one in held.commissionings if not one.ends_on}
        if body is not None and body.pk not in buying:
            wanted.buys = (body, _start(row, body, held))
        elif not row.closed(today):
            return
        since = wanted.buys[1] if wanted.buys else row.closed_on
        for one in held.imported:
            one.ends_on = (
                since if since and since > one.starts_on else max(today, one.starts_on + timedelta(days=1))
            )
            wanted.ends.append(one)
        if wanted.buys or wanted.ends:
            before = ", ".join(self.code_of[one.agency_id] for one in wanted.ends)
            changes["commissioner"] = (before, body.ods_code or "" if body else "")

    def _group(self, row: OdsRow, held: Held, today: date, changes: Changes, wanted: Wanted) -> None:
        """Place a provider of which no group is known, and move one whose commissioner the row changes.

        Another footprint moves providers when it is changed, never by a file (``change_footprint``).
        """
        if row.closed(today):
            return
        body = self.bodies.get(row.commissioner) if row.commissioner else None
        group, source = self.group_of(body, row.team)
        ours = [known for known, how in held.groups if how == GroupSource.COMMISSIONER]
        moves = wanted.buys is not None and bool(ours) and group not in {known for known, _ in held.groups}
        if group and (not held.groups or moves):
            before = ", ".join(self.groups.get(known, "") for known in ours)
            wanted.group = (group, source)
            changes["group"] = (before, self.groups[group])

    def note(self, row: OdsRow, held: Held, wanted: Wanted, today: date) -> str:
        """What else is to be known of the links of a row's provider; "" for nothing."""
        if row.closed(today) or not row.commissioner:
            return ""
        body = self.bodies.get(row.commissioner)
        if body is None:
            return f"its commissioner {row.commissioner} is not a body of the directory"
        if not held.groups and wanted.group is None and len(self.groups_of_body.get(body.pk, ())) > 1:
            return "its commissioner lies in the areas of several groups: an administrator says in which it stands"
        return ""

    def group_of(self, body: Agency | None, team: str) -> tuple[UUID | None, GroupSource]:
        """The group in which the commissioner's footprint places a provider, or without one its team; and how that is known.

        Of a body that lies in several the row's team may tell which; else none can be told.
        """
        group = self.group_of_team.get(team) if team else None
        if body is None:
            return group, GroupSource.LOCAL_OFFICE
        lies = self.groups_of_body.get(body.pk, set())
        if group not in lies:
            group = next(iter(lies)) if len(lies) == 1 else None
        return group, GroupSource.COMMISSIONER

    def keep(self, wanted: Iterable[tuple[Provider, Wanted]], source: str) -> None:
        """Write the links, in bulk."""
        all_of = list(wanted)
        ends = [one for _, each in all_of for one in each.ends]
        Commissioning.objects.bulk_update(ends, ["ends_on"], batch_size=500)
        Commissioning.objects.bulk_create(
            Commissioning(provider=provider, agency=each.buys[0], starts_on=each.buys[1], source=source)
            for provider, each in all_of
            if each.buys
        )
        grouped = [(provider, each.group) for provider, each in all_of if each.group]
        moved = ProviderGroup.objects.filter(provider__in=[one for one, _ in grouped])
        moved.filter(source=GroupSource.COMMISSIONER).delete()
        ProviderGroup.objects.bulk_create(
            ProviderGroup(provider=provider, qsg_id=group[0], source=group[1]) for provider, group in grouped
        )


def _start(row: OdsRow, body: Agency, held: Held) -> date:
    """Since when a body buys: since it was joined, never before it opened, nor before it last ceased to."""
    ended = [one.ends_on for one in held.commissionings if one.agency_id == body.pk and one.ends_on]
    return max([row.joined_on or row.opened_on, *ended])
