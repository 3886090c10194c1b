"""Bringing providers in from the files that the portal ships, before the first import."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from access.operations import operation
from access.principal import PORTAL, Principal
from audit.operations import record_deed
from providers.importers import DATA, ProviderRow, read_providers
from providers.importing.links import Links
from providers.models import (
    Commissioning,
    Location,
    Provider,
    ProviderGroup,
    ProviderStatus,
)
from providers.rules import sector_of
from reference import operations as lists
from reference.rules import Problem

_SHOWN = ("name", "kind", "address", "town", "postcode", "telephone", "opened_on", "closed_on", "source")
_BATCH = 2000


@dataclass
class Loaded:
    """What a load did: counts by kind of row, what stands differently here, and problems by row.

    `without` names by code the commissioners that the directory does not hold, and how many practices
    each has.
    """

    counts: Counter[str] = field(default_factory=Counter)
    differs: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    without: Counter[str] = field(default_factory=Counter)


@operation("providers.loaded")
def load_providers(*, by: Principal, now: datetime, folder: Path = DATA) -> Loaded:
    """Bring trusts, sites and practices in from files, after the bodies; again changes nothing.

    A provider that stands differently here is left as it is and named in `differs`; nothing is taken
    away. Commissioners and groups are those the source links, and only those.

    Raises:
        NotPermitted: `by` does not administer the portal.
    """
    by.require("membership.manage", at=PORTAL)
    found = read_providers(folder)
    loaded = Loaded(problems=list(found.problems))
    held = _keep_providers(found.providers, loaded)
    _keep_locations(found.sites, held, loaded)
    _keep_links(found.providers, held, loaded)
    record_deed(
        by=by,
        now=now,
        deed="providers.loaded",
        detail={**loaded.counts, "problems": len(loaded.problems), "differs": len(loaded.differs)},
    )
    return loaded


def _keep_providers(rows: list[ProviderRow], loaded: Loaded) -> dict[str, Provider]:
    standing = {each.ods_code: each for each in Provider.objects.filter(ods_code__isnull=False)}
    sectors = {code: row["sector"] for code, row in lists.latest("provider_kinds").items()}
    new = []
    for row in rows:
        here = standing.get(row.ods_code)
        if here is not None:
            if any(getattr(here, name) != getattr(row, name) for name in _SHOWN):
                loaded.differs.append(row.ods_code)
            continue
        here = standing[row.ods_code] = Provider(
            ods_code=row.ods_code,
            sector="nhs" if row.kind == "primary_care" else sector_of(row.kind, sectors),
            status=ProviderStatus.CLOSED if row.closed_on else ProviderStatus.OPEN,
            **{name: getattr(row, name) for name in _SHOWN},
        )
        new.append(here)
    Provider.objects.bulk_create(new, batch_size=_BATCH)
    loaded.counts["providers"] = len(new)
    loaded.counts["providers here already"] = len(rows) - len(new)
    return {code: each for code, each in standing.items() if code}


def _keep_locations(sites: list, held: dict[str, Provider], loaded: Loaded) -> None:
    standing = set(Location.objects.values_list("ods_code", flat=True))
    new = [
        Location(provider=held[site.trust], name=site.name, ods_code=site.ods_code, postcode=site.postcode)
        for site in sites
        if site.ods_code not in standing
    ]
    Location.objects.bulk_create(new, batch_size=_BATCH)
    loaded.counts["locations"] = len(new)


def _keep_links(rows: list[ProviderRow], held: dict[str, Provider], loaded: Loaded) -> None:
    links = Links()
    commissioned = set(Commissioning.objects.values_list("provider_id", "agency_id"))
    grouped = set(ProviderGroup.objects.values_list("provider_id", flat=True))
    buys, stands = [], []
    for row in rows:
        provider, body = held[row.ods_code], links.bodies.get(row.commissioner)
        if row.commissioner and body is None:
            loaded.without[row.commissioner] += 1
        if body is not None and (provider.pk, body.pk) not in commissioned:
            starts_on = row.joined_on or row.opened_on or body.opened_on
            if starts_on:
                buys.append(
                    Commissioning(provider=provider, agency=body, source=row.source, starts_on=starts_on)
                )
        group, source = links.group_of(body, row.team)
        if group and provider.pk not in grouped:
            stands.append(ProviderGroup(provider=provider, qsg_id=group, source=source))
    Commissioning.objects.bulk_create(buys, batch_size=_BATCH)
    ProviderGroup.objects.bulk_create(stands, batch_size=_BATCH)
    loaded.counts["commissioners"] = len(buys)
    loaded.counts["groups"] = len(stands)
