"""Bringing in bodies that share intelligence: clinical commissioning groups, and the teams of NHS England."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO
from uuid import UUID

from agencies.holding import that_hold
from agencies.models import Agency
from agencies.operations import keep_bodies
from providers.importing import ods
from providers.importing.kinds import Kept, Kind, difference_of, differs, keep_names, reused
from providers.importing.ods import OdsRow
from providers.importing.rules import BAD, Changes, Difference, Line

REGION = "nhs_england_regional_team"


class _Bodies(Kind):
    """Bodies by their code. Seats, groups and footprints are no file's matter: an administrator sets them."""

    publisher = "ODS"
    kinds: tuple[str, ...]

    @cached_property
    def _regions(self) -> dict[str | None, UUID]:
        """The regional teams by code; those that the file brings in too, once they are compared."""
        regions = Agency.objects.filter(kind=REGION, ods_code__isnull=False)
        return dict(regions.values_list("ods_code", "pk"))

    @cached_property
    def _named(self) -> dict[tuple[str, str], str]:
        """The code or key of each body by kind and name, which no two bodies share."""
        rows = Agency.objects.filter(kind__in=self.kinds).values_list("kind", "name", "ods_code", "pk")
        return {(kind, name.casefold()): code or str(key) for kind, name, code, key in rows}

    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """Compare by code, in a few questions."""
        found = self.held(Agency).filter(ods_code__in=[one.code for one in lines])
        standing = {one.ods_code: one for one in found}
        holding = that_hold([one.pk for one in standing.values()], today)
        for line in sorted(lines, key=lambda one: bool(one.row.belongs_to)):  # regions before their offices
            row: OdsRow = line.row
            here = standing.get(row.code)
            fault = self._fault(row, here)
            if fault:
                yield Difference(BAD, line.number, row.code, row.name, reason=fault)
                continue
            self._named[row.kind, row.name.casefold()] = row.code
            body = here or Agency(ods_code=row.code, kind=row.kind)
            if row.kind == REGION:
                self._regions[row.code] = body.pk
            said = _said(row, body, today, holds=body.pk in holding)
            region, note = self._region(row, body)
            if said.get("said_to_close_on"):
                note = "; ".join(filter(None, (note, _held_open(holding[body.pk]))))
            yield difference_of(line, here, body, said, changes=region, note=note)

    def _region(self, row: OdsRow, body: Agency) -> tuple[Changes, str]:
        """Set the region that a row names, and say what that changes; or that it is not known."""
        region = self._regions.get(row.belongs_to)
        if row.belongs_to and region is None:
            return (
                {},
                f"its region {row.belongs_to} is no regional team of the directory, and is left as it is",
            )
        if region is None or region == body.parent_id:
            return {}, ""
        before = next((code for code, key in self._regions.items() if key == body.parent_id), None)
        body.parent_id = region
        return {"parent": (before or "", row.belongs_to)}, ""

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
        kept: list[Kept] = [one.keep for one in differences]
        for one in kept:
            one.thing.source = source
        keep_bodies(
            new=[one.thing for one in kept if one.new], changed=[one.thing for one in kept if not one.new]
        )
        keep_names("agency", kept, today)


def _held_open(held: Sequence[str]) -> str:
    return (
        f"it holds {', '.join(held) or 'something'}, so no file closes it: a succession is proposed on the page “Successions”,"
        " for the portal's administrators to open"
    )


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
    kinds = (REGION, "nhs_england_area_team")

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Regions and local offices of NHS England."""
        return ods.read(file, ods.health_authority)
