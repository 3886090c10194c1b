"""Bringing in bodies that share intelligence: clinical commissioning groups, and the teams of NHS England."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO
from uuid import UUID

from agencies.holding import that_hold
from agencies.models import Agency
from agencies.operations import keep_bodies
from providers.importing import ods
from providers.importing.kinds import Kind, differs, reused, shown
from providers.importing.names import keep_earlier
from providers.importing.ods import OdsRow
from providers.importing.rules import BAD, CHANGED, CLOSED, NEW, UNCHANGED, Difference, Line


@dataclass
class _Kept:
    """What is written of a row: the body as it will stand, and the name it had."""

    body: Agency
    new: bool
    renamed_from: str


class _Bodies(Kind):
    """Bodies by their code. Seats, groups and footprints are no file's matter: an administrator sets them."""

    publisher = "ODS"
    kinds: tuple[str, ...]

    @cached_property
    def _coded(self) -> dict[str | None, UUID]:
        return dict(Agency.objects.filter(ods_code__isnull=False).values_list("ods_code", "pk"))

    @cached_property
    def _named(self) -> dict[tuple[str, str], str]:
        """The code or key of each body by kind and name, which no two bodies share."""
        rows = Agency.objects.filter(kind__in=self.kinds).values_list("kind", "name", "ods_code", "pk")
        return {(kind, name.casefold()): code or str(key) for kind, name, code, key in rows}

    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """Compare by code, in a few questions."""
        standing = {
            one.ods_code: one for one in Agency.objects.filter(ods_code__in=[one.code for one in lines])
        }
        holding = that_hold([one.pk for one in standing.values()], today)
        for line in lines:
            row: OdsRow = line.row
            here = standing.get(row.code)
            fault = self._fault(row, here)
            if fault:
                yield Difference(BAD, line.number, row.code, row.name, reason=fault)
                continue
            self._named[row.kind, row.name.casefold()] = row.code
            body = here or Agency(ods_code=row.code, kind=row.kind, parent_id=self._coded.get(row.belongs_to))
            said = _said(row, body, today, holds=body.pk in holding)
            changes = {name: (shown(getattr(body, name)), shown(value)) for name, value in said.items()}
            kept = _Kept(body, here is None, body.name if here and "name" in said else "")
            for name, value in said.items():
                setattr(body, name, value)
            closes = bool(changes.get("closed_on", ("", ""))[1])
            outcome = NEW if here is None else CLOSED if closes else CHANGED if changes else UNCHANGED
            yield Difference(outcome, line.number, row.code, row.name, changes if here else {}, keep=kept)

    def _fault(self, row: OdsRow, here: Agency | None) -> str:
        if here is not None and here.kind != row.kind:
            return f"code {row.code} is that of {here.name}, a body of another kind"
        if self._named.get((row.kind, row.name.casefold()), row.code) != row.code:
            return f"another body of this kind is called {row.name}; give one of them its whole name first"
        return reused(row.code, here.name, here.closed_on, row.name, row.opened_on) if here else ""

    def standing(self) -> Iterable[tuple[str, str]]:
        """Bodies of this kind that are not closed."""
        rows = Agency.objects.filter(kind__in=self.kinds, ods_code__isnull=False, closed_on__isnull=True)
        return (
            (code or "", name) for code, name in rows.order_by("ods_code").values_list("ods_code", "name")
        )

    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write the bodies, and the names they had."""
        kept: list[_Kept] = [one.keep for one in differences]
        for one in kept:
            one.body.source = source
        keep_bodies(
            new=[one.body for one in kept if one.new], changed=[one.body for one in kept if not one.new]
        )
        keep_earlier("agency", [(one.body, one.renamed_from) for one in kept if one.renamed_from], today)


def _said(row: OdsRow, body: Agency, today: date, *, holds: bool) -> dict[str, Any]:
    """The fields in which the file says another thing than what stands, with what it says.

    A close date counts from its day: until then nothing else of the portal would know that the body is still open. A
    body that holds people, seats, records or deadlines closes by a succession and never by a file: the date is kept, and
    a succession proposed from it (mission A10).
    """
    closed_on = row.closed_on if row.closed(today) else None
    given = {"name": row.name, "town": row.town, "opened_on": row.opened_on}
    if body.closed_on and holds:  # it was closed here by a succession, on the day that was agreed
        pass
    elif holds:
        given["said_to_close_on"] = row.closed_on
    else:
        given |= {"closed_on": closed_on, "said_to_close_on": None}
    said = {name: value for name, value in given.items() if differs(getattr(body, name), value)}
    return said | ({"short_name": row.name.removeprefix("NHS ")[:80]} if "name" in said else {})


class LocalCommissioners(_Bodies):
    """Clinical commissioning groups, from `eccg`."""

    label = "Clinical commissioning groups"
    hint = "The file eccg of the Organisation Data Service; commissioning hubs are passed over"
    kinds = ("ccg",)

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Groups, not hubs."""
        return ods.read(file, ods.ccg)


class HealthAuthorities(_Bodies):
    """Regional teams and local offices of NHS England, from `eauth`."""

    label = "Regions and local offices of NHS England"
    hint = "The file eauth of the Organisation Data Service; government offices and Wales are passed over"
    kinds = ("nhs_england_regional_team", "nhs_england_area_team")

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Regions and local offices of NHS England."""
        return ods.read(file, ods.health_authority)
