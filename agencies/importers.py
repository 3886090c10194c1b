"""Reading the files of bodies and areas; nothing is written here."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from reference.files import Cells, read_table
from reference.rules import Problem

DATA = Path(__file__).resolve().parent / "data"

_ONS = "ONS and ODS names and codes, April 2013"


@dataclass(frozen=True)
class BodyRow:
    """A body as a file gives it. `parent` is the (kind, name) of the body it belongs to."""

    kind: str
    name: str
    short_name: str
    ods_code: str = ""
    ons_code: str = ""
    parent: tuple[str, str] | None = None
    town: str = ""
    opened_on: date | None = None
    source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What the row is known by."""
        return self.kind, self.name


@dataclass(frozen=True)
class GroupRow:
    """A Quality Surveillance Group as the files give it; `region` is the regional group's name."""

    name: str
    tier: str
    team: tuple[str, str]
    region: str = ""
    footprint_note: str = ""


@dataclass
class Directory:
    """Everything the files say, and what is wrong with them.

    `footprints` are (group name, body, source); `members` are (group name, body).
    """

    bodies: list[BodyRow] = field(default_factory=list)
    groups: list[GroupRow] = field(default_factory=list)
    footprints: list[tuple[str, tuple[str, str], str]] = field(default_factory=list)
    members: list[tuple[str, tuple[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


NHS_ENGLAND = ("nhs_england", "NHS England")
_TABLES: dict[str, tuple[str, ...]] = {
    "national_bodies": ("kind", "name", "short_name", "source"),
    "regional_teams": ("ods_code", "ons_code", "name"),
    "area_teams": ("ods_code", "shared_code", "ons_code", "name", "region_ons", "footprint_note"),
    "ccgs": ("ods_code", "ons_code", "name", "area_team_ods", "region_ons", "town", "opened_on"),
    "local_authorities": ("ons_code", "name", "ccg_ons"),
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    "national_bodies": ("kind", "name"),
    "regional_teams": ("ods_code", "ons_code", "name"),
    "area_teams": ("ons_code", "name", "region_ons"),
    "ccgs": ("ods_code", "ons_code", "name", "area_team_ods", "region_ons"),
    "local_authorities": ("ons_code", "name"),
}


class _Reader:
    """Reads the files in order, each knowing the codes of those before it."""

    def __init__(self, folder: Path, kinds: set[str]) -> None:
        self.folder = folder
        self.kinds = kinds
        self.found = Directory()
        self.seen: dict[tuple[str, str], int] = {}
        self.codes: dict[str, str] = {}
        self.regions: dict[str, str] = {}  # ONS code -> region's name
        self.teams: dict[str, str | None] = {}  # ODS code -> local group's name; None: several share it
        self.groups_of_ccg: dict[str, list[str]] = {}  # ONS code -> names of groups

    def table(self, name: str) -> list[tuple[int, Cells]]:
        rows, problems = read_table(
            self.folder / f"{name}.csv", columns=_TABLES[name], required=_REQUIRED[name]
        )
        self.found.problems += problems
        return rows

    def say(self, file: str, line: int, sentence: str) -> None:
        self.found.problems.append(Problem(file, line, sentence))

    def take(self, file: str, line: int, row: BodyRow) -> bool:
        """Keep a body unless it is there already or its kind is unknown; say which."""
        if row.kind not in self.kinds:
            self.say(file, line, f"kind “{row.kind}” is not in the list of kinds of agency")
        elif row.key in self.seen:
            self.say(file, line, f"“{row.name}” stands twice (also line {self.seen[row.key]})")
        elif row.ods_code and row.ods_code in self.codes:
            self.say(file, line, f"code {row.ods_code} is already that of {self.codes[row.ods_code]}")
        else:
            self.seen[row.key] = line
            if row.ods_code:
                self.codes[row.ods_code] = row.name
            self.found.bodies.append(row)
            return True
        return False

    def national(self) -> None:
        for line, cells in self.table("national_bodies"):
            source = cells["source"]
            self.take(
                "national_bodies",
                line,
                BodyRow(cells["kind"], cells["name"], cells["short_name"], source=source),
            )

    def regional_teams(self) -> None:
        for line, cells in self.table("regional_teams"):
            name = f"{cells['name']} Regional Team"
            row = BodyRow(
                "nhs_england_regional_team",
                f"NHS England {name}",
                name,
                cells["ods_code"],
                cells["ons_code"],
                NHS_ENGLAND,
                source=_ONS,
            )
            if self.take("regional_teams", line, row):
                group = f"{cells['name']} Regional Quality Surveillance Group"
                self.regions[cells["ons_code"]] = group
                self.found.groups.append(GroupRow(group, "regional", row.key))
                self.found.members.append((group, row.key))

    def area_teams(self) -> None:
        parents = {
            row.ons_code: row.key for row in self.found.bodies if row.kind == "nhs_england_regional_team"
        }
        for line, cells in self.table("area_teams"):
            region = self.regions.get(cells["region_ons"])
            if region is None:
                self.say("area_teams", line, f"region {cells['region_ons']} is not known")
                continue
            place, _, which = cells["name"].partition(" (")
            tail = f" ({which}" if which else ""
            name = f"{place} Area Team{tail}"
            row = BodyRow(
                "nhs_england_area_team",
                f"NHS England {name}",
                name,
                cells["ods_code"],
                cells["ons_code"],
                parents[cells["region_ons"]],
                source=_ONS,
            )
            if self.take("area_teams", line, row):
                group = f"{place} Quality Surveillance Group{tail}"
                if cells["ods_code"]:
                    self.teams[cells["ods_code"]] = group
                elif cells["shared_code"]:
                    self.teams[cells["shared_code"]] = None
                note = cells["footprint_note"]
                self.found.groups.append(GroupRow(group, "local", row.key, region, note))
                self.found.footprints.append((region, row.key, _ONS))
                self.found.members += [(group, row.key), (region, row.key)]

    def ccgs(self) -> None:
        for line, cells in self.table("ccgs"):
            region = self.regions.get(cells["region_ons"])
            if region is None:
                self.say("ccgs", line, f"region {cells['region_ons']} is not known")
                continue
            if cells["area_team_ods"] not in self.teams:
                self.say("ccgs", line, f"area team {cells['area_team_ods']} is not known")
                continue
            day = _day(cells["opened_on"])
            if cells["opened_on"] and day is None:
                self.say("ccgs", line, f"opened_on “{cells['opened_on']}” is not a date (2013-04-01)")
                continue
            row = BodyRow(
                "ccg",
                f"{cells['name']} CCG",
                f"{cells['name'].removeprefix('NHS ')} CCG",
                cells["ods_code"],
                cells["ons_code"],
                town=cells["town"],
                opened_on=day,
                source=_ONS,
            )
            if self.take("ccgs", line, row):
                group = self.teams[cells["area_team_ods"]]
                groups = [each for each in (group, region) if each]
                self.groups_of_ccg[cells["ons_code"]] = groups
                self.found.footprints += [(each, row.key, _ONS) for each in groups]
                if group:
                    self.found.members.append((group, row.key))

    def councils(self) -> None:
        for line, cells in self.table("local_authorities"):
            ccg = cells["ccg_ons"]
            if ccg and ccg not in self.groups_of_ccg:
                self.say("local_authorities", line, f"CCG {ccg} is not known")
                continue
            name = f"{council_name(cells['name'])} council"
            row = BodyRow(
                "local_authority", name, name, ons_code=cells["ons_code"], source="ONS, councils of 2019"
            )
            if self.take("local_authorities", line, row) and ccg:
                source = "Care Quality Commission register, March 2025: all its locations lie in one CCG"
                groups = self.groups_of_ccg[ccg]
                self.found.footprints += [(each, row.key, source) for each in groups]
                self.found.members.append((groups[0], row.key))


def council_name(name: str) -> str:
    """A council's name as it is said: "City of Bristol" for the look-up's "Bristol, City of"."""
    place, comma, before = name.rpartition(", ")
    return f"{before} {place}" if comma and before.endswith(" of") else name


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def read_directory(folder: Path = DATA, *, kinds: set[str]) -> Directory:
    """Read every file of bodies and areas.

    `kinds` are the codes of the list of kinds of agency. CQC, Monitor and NHS TDA are members of every
    group (NQB ch. 5, l.812). Bad rows are in `problems`, by line, and spoil no others.
    """
    reader = _Reader(folder, kinds)
    reader.national()
    reader.regional_teams()
    reader.area_teams()
    reader.ccgs()
    reader.councils()
    everywhere = [row.key for row in reader.found.bodies if row.kind in ("cqc", "monitor", "nhs_tda")]
    reader.found.members += [(group.name, key) for group in reader.found.groups for key in everywhere]
    return reader.found
