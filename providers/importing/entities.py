"""Bringing in the bodies that give care: trusts and general practices."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO

from providers.importing import ods
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
from providers.importing.links import Links
from providers.importing.ods import OdsRow
from providers.importing.rules import BAD, Difference, Line
from providers.models import Provider, ProviderStatus
from providers.rules import sector_of
from reference import operations as lists


class _Entities(Kind):
    """Providers by their code."""

    publisher = "ODS"
    uncompared = "The region and the area in columns 3 and 4 are not compared: the directory keeps neither."
    kinds: tuple[str, ...]

    @cached_property
    def _links(self) -> Links:
        return Links()

    @cached_property
    def _sectors(self) -> dict[str, str]:
        return {code: row["sector"] for code, row in lists.latest("provider_kinds").items()}

    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """Compare by code, in four questions."""
        found = self.held(Provider).filter(ods_code__in=[line.code for line in lines])
        standing = {one.ods_code: one for one in found}
        links = self._links.held(standing.values())
        for line in lines:
            row: OdsRow = line.row
            here = standing.get(row.code)
            fault = here and reused(row.code, here.name, here.closed_on, row.name, row.opened_on)
            if fault:
                yield Difference(BAD, line.number, row.code, row.name, reason=fault)
                continue
            provider = here or self._new(row)
            said = self._said(row, provider, today)
            more, wanted = self._links.compare(row, links[provider.pk], today)
            note = self._links.note(row, links[provider.pk], wanted, today)
            yield difference_of(line, here, provider, said, changes=more, note=note, more=wanted)

    def _new(self, row: OdsRow) -> Provider:
        sector = "nhs" if row.kind == "primary_care" else sector_of(row.kind, self._sectors)
        return Provider(ods_code=row.code, sector=sector)

    def _said(self, row: OdsRow, provider: Provider, today: date) -> dict[str, Any]:
        """The fields in which the file says another thing than what stands, with what it says."""
        status = ProviderStatus.CLOSED if row.closed(today) else ProviderStatus.OPEN
        if row.dormant and status == ProviderStatus.OPEN:
            status = ProviderStatus.DORMANT
        given: dict[str, Any] = {"name": row.name, "address": row.address, "postcode": row.postcode}
        given |= {"opened_on": row.opened_on, "closed_on": row.closed_on, "status": status.value}
        if row.telephone:  # a file without numbers takes none away
            given["telephone"] = row.telephone
        said = {name: value for name, value in given.items() if differs(getattr(provider, name), value)}
        if "name" in said:  # a foundation trust says so in its name
            said |= {"kind": row.kind} if provider.kind != row.kind else {}
        if "address" in said:
            said |= {"town": row.town} if differs(provider.town, row.town) else {}
        return said

    def standing(self) -> Iterable[tuple[str, str]]:
        """Those of this kind that are not closed."""
        rows = Provider.objects.filter(kind__in=self.kinds, ods_code__isnull=False, fictional=False)
        rows = rows.exclude(status=ProviderStatus.CLOSED).order_by("ods_code")
        return ((code or "", name) for code, name in rows.values_list("ods_code", "name").iterator())

    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write providers, the names they had, and their links."""
        kept: list[Kept] = [one.keep for one in differences]
        for one in kept:
            one.thing.source = source
        write(Provider, kept, ("source",))
        keep_names("provider", kept, today)
        keep_turned("provider", differences, today, source)
        self._links.keep([(one.thing, one.more) for one in kept], source)


class Trusts(_Entities):
    """NHS trusts and foundation trusts, from `etr` or `etrust`."""

    label = "NHS trusts"
    hint = "The file etr of the Organisation Data Service, or etrust, whose sites are passed over"
    uncompared = (
        f"{_Entities.uncompared} Column 4 only tells in whose area a trust stands of which no group is known."
    )
    kinds = ("nhs_trust", "foundation_trust")

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Trusts of England."""
        return ods.read(file, ods.trust)


class Practices(_Entities):
    """General practices, from `epraccur`."""

    label = "General practices"
    hint = "The file epraccur of the Organisation Data Service; what is no general practice is passed over"
    kinds = ("primary_care",)

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Practices of England; column 26 says what is one."""
        return ods.read(file, ods.practice, widths=(27,))
