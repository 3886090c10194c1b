"""Bodies and groups: brought in from files, or added by hand."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid
from agencies.importers import DATA, BodyRow, Directory, read_directory
from agencies.models import Agency, FootprintAgency, QSGMember, QualitySurveillanceGroup
from agencies.operations.lists import FOUNDING_DAY
from audit.operations import record_deed
from reference import operations as lists
from reference.rules import Problem

_SHOWN = ("name", "short_name", "ons_code", "town", "opened_on", "source")


@dataclass
class Loaded:
    """What a load did: counts by kind of row, what stands differently here, and problems by row."""

    counts: Counter[str] = field(default_factory=Counter)
    differs: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@operation("directory.loaded")
def load_bodies(*, by: Principal, now: datetime, folder: Path = DATA) -> Loaded:
    """Bring bodies, groups, footprints and memberships in from files; again changes nothing.

    What stands here is never overwritten, ended or taken away: a body that an administrator has edited
    stays as it is and is named in `differs`. A bad row is reported and the others are loaded.

    Raises:
        NotPermitted: `by` does not administer the portal.
    """
    by.require("membership.manage", at=PORTAL)
    found = read_directory(folder, kinds=set(lists.latest("agency_kinds")))
    loaded = Loaded(problems=list(found.problems))
    bodies = _keep_bodies(found, loaded)
    groups = _keep_groups(found, bodies, loaded)
    _keep_footprints(found, bodies, groups, loaded)
    _keep_members(found, bodies, groups, loaded)
    record_deed(
        by=by,
        now=now,
        deed="directory.loaded",
        detail={**loaded.counts, "problems": len(loaded.problems), "differs": len(loaded.differs)},
    )
    return loaded


def _keep_bodies(found: Directory, loaded: Loaded) -> dict[tuple[str, str], Agency]:
    standing = list(Agency.objects.all())
    by_code = {agency.ods_code: agency for agency in standing if agency.ods_code}
    by_ons = {(agency.kind, agency.ons_code): agency for agency in standing if agency.ons_code}
    by_name = {(agency.kind, agency.name): agency for agency in standing}
    shared = Counter((row.kind, row.ons_code) for row in found.bodies)
    kept: dict[tuple[str, str], Agency] = {}
    new: list[Agency] = []
    for row in found.bodies:
        held = by_name.get(row.key) or by_code.get(row.ods_code)
        if held is None and row.ons_code and shared[row.kind, row.ons_code] == 1:
            held = by_ons.get((row.kind, row.ons_code))
        if held is None:
            held = _agency(row, kept)
            new.append(held)
        elif any(getattr(held, name) != getattr(row, name) for name in _SHOWN):
            loaded.differs.append(held.name)
        kept[row.key] = held
    Agency.objects.bulk_create(new)
    loaded.counts["bodies"] = len(new)
    loaded.counts["bodies here already"] = len(found.bodies) - len(new)
    return kept


def _agency(row: BodyRow, kept: dict[tuple[str, str], Agency]) -> Agency:
    return Agency(
        kind=row.kind,
        ods_code=row.ods_code or None,
        parent=kept[row.parent] if row.parent else None,
        **{name: getattr(row, name) for name in _SHOWN},
    )


def _keep_groups(
    found: Directory, bodies: dict[tuple[str, str], Agency], loaded: Loaded
) -> dict[str, QualitySurveillanceGroup]:
    groups = {group.team_id: group for group in QualitySurveillanceGroup.objects.all()}
    kept: dict[str, QualitySurveillanceGroup] = {}
    new = []
    for row in found.groups:
        team = bodies[row.team]
        group = groups.get(team.pk)
        if group is None:
            group = QualitySurveillanceGroup(
                name=row.name,
                tier=row.tier,
                team=team,
                region=kept[row.region] if row.region else None,
                footprint_known=not row.footprint_note,
                footprint_note=row.footprint_note,
            )
            new.append(group)
        kept[row.name] = group
    QualitySurveillanceGroup.objects.bulk_create(new)
    loaded.counts["groups"] = len(new)
    return kept


def _keep_footprints(
    found: Directory,
    bodies: dict[tuple[str, str], Agency],
    groups: dict[str, QualitySurveillanceGroup],
    loaded: Loaded,
) -> None:
    standing = set(FootprintAgency.objects.values_list("qsg_id", "agency_id"))
    new = [
        FootprintAgency(qsg=groups[name], agency=bodies[key], source=source)
        for name, key, source in found.footprints
        if (groups[name].pk, bodies[key].pk) not in standing
    ]
    FootprintAgency.objects.bulk_create(new)
    loaded.counts["bodies in footprints"] = len(new)


def _keep_members(
    found: Directory,
    bodies: dict[tuple[str, str], Agency],
    groups: dict[str, QualitySurveillanceGroup],
    loaded: Loaded,
) -> None:
    # A membership that a person has ended stays ended.
    standing = set(QSGMember.objects.values_list("qsg_id", "agency_id"))
    new = [
        QSGMember(qsg=groups[name], agency=bodies[key], starts_on=FOUNDING_DAY)
        for name, key in found.members
        if (groups[name].pk, bodies[key].pk) not in standing
    ]
    QSGMember.objects.bulk_create(new)
    loaded.counts["members of groups"] = len(new)


_OF_FILES = (
    "name", "short_name", "parent", "town", "opened_on", "closed_on", "said_to_close_on", "source",
)  # fmt: skip


def keep_bodies(*, new: list[Agency], changed: list[Agency]) -> None:
    """Write bodies that an import brings in or changes, inside the import's transaction, which is logged."""
    Agency.objects.bulk_create(new)
    Agency.objects.bulk_update(changed, _OF_FILES)


@operation("agency.added")
def add_agency(
    *,
    by: Principal,
    now: datetime,
    kind: str,
    name: str,
    short_name: str = "",
    ods_code: str = "",
    parent: Agency | None = None,
    town: str = "",
    telephone: str = "",
    out_of_hours_telephone: str = "",
    email: str = "",
    opened_on: date | None = None,
    source: str = "added by an administrator",
) -> Agency:
    """Add a body that the files lack, such as a local Healthwatch.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: the kind is unknown, or the name or code is another body's.
    """
    by.require("membership.manage", at=PORTAL)
    if kind not in lists.latest("agency_kinds"):
        raise Invalid({"kind": "That is not a kind of body the portal knows. Choose one of the list."})
    if Agency.objects.filter(kind=kind, name=name).exists():
        raise Invalid({"name": "A body of this kind and name is in the directory."})
    if ods_code and Agency.objects.filter(ods_code=ods_code).exists():
        raise Invalid({"ods_code": "Another body has this code."})
    agency = Agency.objects.create(
        kind=kind,
        name=name,
        short_name=short_name,
        ods_code=ods_code or None,
        parent=parent,
        town=town,
        telephone=telephone,
        out_of_hours_telephone=out_of_hours_telephone,
        email=email,
        opened_on=opened_on,
        source=source,
    )
    record_deed(by=by, now=now, deed="agency.added", detail={"agency": str(agency.pk), "kind": kind})
    return agency
