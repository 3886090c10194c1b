"""Reading the files of trusts, their sites and practices; nothing is written here."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from providers.rules import kind_of_trust, readable_name
from reference.files import Cells, read_table
from reference.rules import Problem

DATA = Path(__file__).resolve().parent / "data"

_TRUSTS = ("ods_code", "name", "address", "town", "postcode", "opened_on", "closed_on", "area_team_ods")
_SITES = ("ods_code", "name", "trust_ods", "postcode")
_PRACTICES = (
    "ods_code",
    "name",
    "address",
    "town",
    "postcode",
    "opened_on",
    "ccg_ods",
    "joined_on",
    "telephone",
)


@dataclass(frozen=True)
class ProviderRow:
    """A provider as a file gives it.

    `team` is the area team (ODS code) in whose area it is listed; `commissioner` the CCG (ODS code) it
    belongs to since `joined_on`. "" where the source has neither.
    """

    ods_code: str
    name: str
    kind: str
    source: str
    address: str = ""
    town: str = ""
    postcode: str = ""
    telephone: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    team: str = ""
    commissioner: str = ""
    joined_on: date | None = None


@dataclass(frozen=True)
class SiteRow:
    """A trust's site as the file gives it."""

    ods_code: str
    name: str
    trust: str
    postcode: str


@dataclass
class Found:
    """Everything the files say, and what is wrong with them."""

    providers: list[ProviderRow] = field(default_factory=list)
    sites: list[SiteRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_providers(folder: Path = DATA) -> Found:
    """Read every file of providers. Bad rows are in `problems`, by line, and spoil no others."""
    found = Found()
    seen: set[str] = set()
    for file, columns, read in (
        ("trusts", _TRUSTS, _trust),
        ("gp_practices", _PRACTICES, _practice),
    ):
        rows, problems = read_table(folder / f"{file}.csv", columns=columns, required=("ods_code", "name"))
        found.problems += problems
        for line, cells in rows:
            try:
                row = read(cells)
            except ValueError as error:
                found.problems.append(Problem(file, line, str(error)))
                continue
            if row.ods_code in seen:
                found.problems.append(Problem(file, line, f"code {row.ods_code} stands twice"))
                continue
            seen.add(row.ods_code)
            found.providers.append(row)
    _read_sites(folder, seen, found)
    return found


def _read_sites(folder: Path, trusts: set[str], found: Found) -> None:
    rows, problems = read_table(
        folder / "trust_sites.csv", columns=_SITES, required=("ods_code", "name", "trust_ods")
    )
    found.problems += problems
    seen: set[str] = set()
    for line, cells in rows:
        if cells["trust_ods"] not in trusts:
            found.problems.append(Problem("trust_sites", line, f"trust {cells['trust_ods']} is not known"))
        elif cells["ods_code"] in seen:
            found.problems.append(Problem("trust_sites", line, f"code {cells['ods_code']} stands twice"))
        else:
            seen.add(cells["ods_code"])
            name = readable_name(cells["name"])
            found.sites.append(SiteRow(cells["ods_code"], name, cells["trust_ods"], cells["postcode"]))


def _trust(cells: Cells) -> ProviderRow:
    return ProviderRow(
        ods_code=cells["ods_code"],
        name=readable_name(cells["name"]),
        kind=kind_of_trust(cells["name"]),
        source="ODS file etr, March 2022",
        address=", ".join(map(readable_name, cells["address"].split(", "))),
        town=readable_name(cells["town"]),
        postcode=cells["postcode"],
        opened_on=_day(cells, "opened_on"),
        closed_on=_day(cells, "closed_on"),
        team=cells["area_team_ods"],
    )


def _practice(cells: Cells) -> ProviderRow:
    return ProviderRow(
        ods_code=cells["ods_code"],
        name=readable_name(cells["name"]),
        kind="primary_care",
        source="ODS file epraccur, February 2016",
        address=", ".join(map(readable_name, cells["address"].split(", "))),
        town=readable_name(cells["town"]),
        postcode=cells["postcode"],
        telephone=cells["telephone"],
        opened_on=_day(cells, "opened_on"),
        commissioner=cells["ccg_ods"],
        joined_on=_day(cells, "joined_on"),
    )


def _day(cells: Cells, column: str) -> date | None:
    if not cells[column]:
        return None
    try:
        return date.fromisoformat(cells[column])
    except ValueError:
        raise ValueError(f"{column} “{cells[column]}” is not a date (2013-04-01)") from None
