"""The files of the NHS Organisation Data Service: columns, codes, and what each means; nothing of the database.

A file has 27 columns and no heading; some copies lack the last three, which are empty but for practices. It holds what
closed in its last year, some hold all that ever closed: the close date says so, never presence.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from providers.importing.rules import Line
from providers.rules import kind_of_trust, readable_name
from reference.sent_files import Unreadable, cells_of, lines

WIDTHS = (27, 24)
_LONGEST = {"name": 200, "address": 250, "town": 80, "postcode": 10, "telephone": 40}

_TRUST = re.compile(r"R[A-Z0-9]{2}|[A-QS-Z][0-9][A-Z][0-9][A-Z]")  # the second form is given since 2023
_SITE = re.compile(r"R[A-Z0-9]{4}")
_PRACTICE = re.compile(r"[A-HJ-NPYV][0-9]{5}")
_ELSEWHERE = re.compile(r"W[0-9]{5}|(ALD|GUE|JER)[0-9]{3}")
_CCG = re.compile(r"[0-9]{2}[A-Z]|[A-Z][0-9][A-Z][0-9][A-Z]")  # the second form is of the mergers from 2020
_REGION, _OFFICE = re.compile(r"Y[0-9]{2}"), re.compile(r"Q[0-9]{2}")
_OTHER_AUTHORITY = re.compile(r"[A-KW]|W[0-9]{2}")
WALES = "W00"

# Area teams of 2013. Later codes are of local offices (2015) or boards (2018), whose areas are others; Q70 and Q71 have
# been both an area team and a local office, so they tell nothing; and one later office has an area team's area.
_AREA_TEAMS = frozenset(f"Q{number}" for number in range(44, 70))
_SAME_AREA = {"Q83": "Q46"}  # NHS England North (Greater Manchester)

_COUNTIES = frozenset(
    {
        "CLEVELAND", "CO DURHAM", "CO.DURHAM", "CORNWALL", "COUNTY DURHAM", "CUMBRIA", "DEVON", "DORSET", "EAST SUSSEX",
        "ESSEX", "GREATER MANCHESTER", "HERTS", "ISLE OF WIGHT", "KENT", "MERSEYSIDE", "MIDDLESEX", "NORFOLK",
        "NORTH HUMBERSIDE", "NORTHUMBERLAND", "SOMERSET", "SOUTH HUMBERSIDE", "SUFFOLK", "SURREY", "TYNE & WEAR",
        "TYNE AND WEAR", "WEST MIDLANDS", "WEST SUSSEX",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OdsRow:
    """An organisation as a file gives it, in the words the directory uses.

    Attributes:
        kind: a code of `provider_kinds` or of `agency_kinds`; "" for a site.
        belongs_to: the code of a site's trust, or of an authority's region.
        commissioner: the code of a practice's commissioner, which it joined on `joined_on`.
        team: the code of the area team in whose area it is listed; "" where the file's geography is another.
        dormant: whether a practice is (status D).
    """

    code: str
    name: str
    kind: str
    opened_on: date
    closed_on: date | None
    address: str = ""
    town: str = ""
    postcode: str = ""
    telephone: str = ""
    belongs_to: str = ""
    commissioner: str = ""
    joined_on: date | None = None
    team: str = ""
    dormant: bool = False

    def closed(self, today: date) -> bool:
        """Whether it has closed by a London day."""
        return self.closed_on is not None and self.closed_on <= today


class Cells:
    """A row's cells, asked for by the number of the column as the publisher counts them, from 1."""

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = cells

    def __getitem__(self, column: int) -> str:
        """The cell; "" where a copy has the last columns cut off."""
        return self.cells[column - 1] if column <= len(self.cells) else ""

    def day(self, column: int, what: str) -> date | None:
        """The day in a cell, None for a blank one.

        Raises:
            ValueError: it is none.
        """
        text = self[column]
        if not text:
            return None
        try:
            if not re.fullmatch("[0-9]{8}", text):
                raise ValueError
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            raise ValueError(f"{what} “{text}” is not a date such as 20130401") from None


def read(
    file: BinaryIO, understand: Callable[[Cells], OdsRow | str], widths: tuple[int, ...] = WIDTHS
) -> Iterator[Line]:
    """The rows of a file of the Organisation Data Service.

    Args:
        file: taken by `sent_files.take`, at its beginning.
        understand: a row's meaning; a sentence for one of another kind; raises ValueError with what is wrong.
        widths: how many columns the file may have.

    Raises:
        Unreadable: its first row has another number of columns.
    """
    width = 0
    for number, text in lines(file):
        cells = cells_of(text)
        if not width:
            width = len(cells or ())
            if width not in widths:
                raise Unreadable(
                    f"The first row has {width} columns; such a file of the Organisation Data Service has"
                    f" {' or '.join(map(str, widths))}. Nothing was changed. Check that it is the right file, whole."
                )
        yield _line(number, cells, width, understand)


def _line(
    number: int, cells: list[str] | None, width: int, understand: Callable[[Cells], OdsRow | str]
) -> Line:
    if cells is None:
        return Line(
            number, fault="a quotation mark is missing or misplaced; the file may have been cut off here"
        )
    code, name = cells[0][:20], (cells[1] if len(cells) > 1 else "")[:200]
    if len(cells) != width:
        fault = f"it has {len(cells)} columns where the first row has {width}; the file may have been cut off here"
        return Line(number, code, name, fault=fault)
    try:
        row = understand(Cells(cells))
    except ValueError as error:
        return Line(number, code, name, fault=str(error))
    if isinstance(row, str):
        return Line(number, cells[0], name, passed=row)
    return Line(number, row.code, row.name, row)


def trust(cells: Cells) -> OdsRow | str:
    """A row of `etr` or `etrust` as a trust of England; its sites and Welsh trusts are passed over."""
    if _SITE.fullmatch(cells[1]):
        return "a site: bring it in as one"
    _require(_TRUST, cells[1], "an NHS trust")
    if cells[3] == WALES:
        return "in Wales"
    return _row(
        cells, kind_of_trust(cells[2]), town=cells[8] or town_of(_address(cells)), team=area_team_of(cells[4])
    )


def site(cells: Cells) -> OdsRow | str:
    """A row of `etrust` as a site, which belongs to the trust of its first three characters; trusts are passed over."""
    if _TRUST.fullmatch(cells[1]):
        return "a trust: bring it in as one"
    _require(_SITE, cells[1], "a trust's site")
    return _row(cells, "", belongs_to=cells[1][:3])


def practice(cells: Cells) -> OdsRow | str:
    """A row of `epraccur` as a general practice of England; every other cost centre of prescribing is passed over."""
    if cells[26] != "4":
        return f"no general practice: prescribing setting {cells[26] or 'blank'}"
    if _ELSEWHERE.fullmatch(cells[1]):
        return "not in England"
    _require(_PRACTICE, cells[1], "a general practice")
    if cells[13] not in ("A", "C", "D", "P"):
        raise ValueError(f"status “{cells[13]}” is none of A, C, D and P")
    if cells[13] == "P":
        return "proposed, not open yet"
    row = _row(
        cells,
        "primary_care",
        town=town_of(_address(cells)),
        telephone=cells[18],
        commissioner=cells[24],
        joined_on=cells.day(16, "the day it joined its commissioner"),
        dormant=cells[13] == "D",
    )
    if cells[13] == "C" and row.closed_on is None:
        raise ValueError("its status is C, closed, and no close date is given")
    return row


def ccg(cells: Cells) -> OdsRow | str:
    """A row of `eccg` as a clinical commissioning group; commissioning hubs are passed over."""
    _require(_CCG, cells[1], "a clinical commissioning group")
    if cells[14] == "H":
        return "a commissioning hub"
    return _row(cells, "ccg", town=cells[8])


def health_authority(cells: Cells) -> OdsRow | str:
    """A row of `eauth` as a regional team or a local office of NHS England; the others are passed over."""
    if _OTHER_AUTHORITY.fullmatch(cells[1]):
        return "no body of NHS England"
    if _REGION.fullmatch(cells[1]):
        return _row(cells, "nhs_england_regional_team", town=cells[8])
    _require(_OFFICE, cells[1], "a region or local office of NHS England")
    return _row(cells, "nhs_england_area_team", town=cells[8], belongs_to=cells[3])


def area_team_of(geography: str) -> str:
    """The area team of 2013 that column 4 means; "" where it means something else, or cannot be told."""
    return geography if geography in _AREA_TEAMS else _SAME_AREA.get(geography, "")


def town_of(address: Sequence[str]) -> str:
    """The town among the parts of an address: the last that is no county."""
    for part in reversed(address):
        if part not in _COUNTIES and not part.endswith("SHIRE"):
            return part
    return ""


def _require(pattern: re.Pattern[str], code: str, what: str) -> None:
    if not pattern.fullmatch(code):
        raise ValueError(f"code “{code[:20]}” is not that of {what}" if code else "no code is given")


def _address(cells: Cells) -> list[str]:
    return [part.strip() for column in range(5, 10) for part in cells[column].split(",") if part.strip()]


def _row(
    cells: Cells,
    kind: str,
    *,
    town: str = "",
    telephone: str = "",
    belongs_to: str = "",
    commissioner: str = "",
    joined_on: date | None = None,
    team: str = "",
    dormant: bool = False,
) -> OdsRow:
    opened_on = cells.day(11, "open date")
    closed_on = cells.day(12, "close date")
    if not cells[2]:
        raise ValueError("no name is given")
    if opened_on is None:
        raise ValueError("no open date is given")
    if closed_on is not None and closed_on < opened_on:
        raise ValueError(f"it closes on {closed_on}, before it opens on {opened_on}")
    row = OdsRow(
        code=cells[1],
        name=readable_name(cells[2]),
        kind=kind,
        opened_on=opened_on,
        closed_on=closed_on,
        address=", ".join(map(readable_name, _address(cells))),
        town=readable_name(town),
        postcode=cells[10],
        telephone=telephone,
        belongs_to=belongs_to,
        commissioner=commissioner,
        joined_on=joined_on,
        team=team,
        dormant=dormant,
    )
    for field, most in _LONGEST.items():
        if len(getattr(row, field)) > most:
            raise ValueError(f"its {field} is longer than {most} characters")
    return row
