"""Bringing in the sites of trusts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO
from uuid import UUID

from providers.importing import ods
from providers.importing.entities import Trusts
from providers.importing.kinds import (
    Kept,
    Kind,
    difference_of,
    differs,
    keep_names,
    keep_turned,
    reused,
    write,
)
from providers.importing.ods import OdsRow
from providers.importing.rules import BAD, Difference, Line
from providers.models import Location, Provider, ProviderStatus


class Sites(Kind):
    """Sites of trusts, from `etrust`; each belongs to the trust of its first three characters."""

    label = "Sites of NHS trusts"
    publisher = "ODS"
    hint = (
        "The file etrust of the Organisation Data Service, whose trusts are passed over: bring them in first"
    )

    @cached_property
    def _trusts(self) -> dict[str | None, UUID]:
        coded = Provider.objects.filter(ods_code__isnull=False)
        return dict(coded.values_list("ods_code", "pk"))

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Sites of trusts."""
        return ods.read(file, ods.site)

    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """Compare by code, in one question."""
        found = self.held(Location).filter(ods_code__in=[line.code for line in lines])
        standing = {one.ods_code: one for one in found}
        for line in lines:
            row: OdsRow = line.row
            here = standing.get(row.code)
            fault = self._fault(row, here)
            if fault:
                yield Difference(BAD, line.number, row.code, row.name, reason=fault)
                continue
            place = here or Location(ods_code=row.code, provider_id=self._trusts[row.belongs_to])
            yield difference_of(line, here, place, _said(row, place, today))

    def _fault(self, row: OdsRow, here: Location | None) -> str:
        if row.belongs_to not in self._trusts:
            return f"its trust {row.belongs_to} is not in the directory: bring in this file as “{Trusts.label}” first"
        return reused(row.code, here.name, here.closed_on, row.name, row.opened_on) if here else ""

    def standing(self) -> Iterable[tuple[str, str]]:
        """Sites that are not closed."""
        rows = Location.objects.filter(ods_code__isnull=False).exclude(status=ProviderStatus.CLOSED)
        named = rows.order_by("ods_code").values_list("ods_code", "name")
        return ((code or "", name) for code, name in named.iterator())

    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write the places, and the names they had."""
        kept: list[Kept] = [one.keep for one in differences]
        write(Location, kept)
        keep_names("location", kept, today)
        keep_turned("location", differences, today, source)


def _said(row: OdsRow, place: Location, today: date) -> dict[str, Any]:
    """The fields in which the file says another thing than what stands, with what it says."""
    status = ProviderStatus.CLOSED if row.closed(today) else ProviderStatus.OPEN
    given = {
        "name": row.name,
        "postcode": row.postcode,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "status": status.value,
    }
    return {name: value for name, value in given.items() if differs(getattr(place, name), value)}
