"""Bringing in the sites of trusts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO
from uuid import UUID

from providers.importing import ods
from providers.importing.kinds import Kind, differs, reused, shown
from providers.importing.names import keep_earlier
from providers.importing.ods import OdsRow
from providers.importing.rules import BAD, CHANGED, CLOSED, NEW, UNCHANGED, Difference, Line
from providers.models import Location, Provider, ProviderStatus

_WRITTEN = ("name", "postcode", "opened_on", "closed_on", "status")


@dataclass
class _Kept:
    """What is written of a row: the place as it will stand, and the name it had."""

    place: Location
    new: bool
    renamed_from: str


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
        standing = {
            one.ods_code: one for one in Location.objects.filter(ods_code__in=[one.code for one in lines])
        }
        for line in lines:
            row: OdsRow = line.row
            here = standing.get(row.code)
            fault = self._fault(row, here)
            if fault:
                yield Difference(BAD, line.number, row.code, row.name, reason=fault)
                continue
            place = here or Location(ods_code=row.code, provider_id=self._trusts[row.belongs_to])
            said = _said(row, place, today)
            changes = {name: (shown(getattr(place, name)), shown(value)) for name, value in said.items()}
            kept = _Kept(place, here is None, place.name if here and "name" in said else "")
            for name, value in said.items():
                setattr(place, name, value)
            closes = changes.get("status", ("", ""))[1] == ProviderStatus.CLOSED
            outcome = NEW if here is None else CLOSED if closes else CHANGED if changes else UNCHANGED
            yield Difference(outcome, line.number, row.code, row.name, changes if here else {}, keep=kept)

    def _fault(self, row: OdsRow, here: Location | None) -> str:
        if row.belongs_to not in self._trusts:
            return f"its trust {row.belongs_to} is not in the directory: bring the trusts in first"
        return reused(row.code, here.name, here.closed_on, row.name, row.opened_on) if here else ""

    def standing(self) -> Iterable[tuple[str, str]]:
        """Sites that are not closed."""
        rows = Location.objects.filter(ods_code__isnull=False).exclude(status=ProviderStatus.CLOSED)
        named = rows.order_by("ods_code").values_list("ods_code", "name")
        return ((code or "", name) for code, name in named.iterator())

    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write the places, and the names they had."""
        kept: list[_Kept] = [one.keep for one in differences]
        Location.objects.bulk_create([one.place for one in kept if one.new])
        Location.objects.bulk_create(
            [one.place for one in kept if not one.new],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(_WRITTEN),
        )
        keep_earlier("location", [(one.place, one.renamed_from) for one in kept if one.renamed_from], today)


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
