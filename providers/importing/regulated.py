"""Bringing in what the Care Quality Commission publishes: providers, their locations, registrations and ratings."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import Q

from providers.importing import answers, cqc, published
from providers.importing.cqc import CqcRow
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
from providers.importing.published import SoFar
from providers.importing.rules import BAD, Difference, Line
from providers.models import Location, Provider, ProviderStatus
from providers.rules import sector_of
from reference import operations as lists

_ADDRESS = ("address", "town", "postcode", "telephone")
SoFarOf = dict[UUID, SoFar]


class _Register(Kind):
    """Providers and locations by the Commission's identifiers.

    What the Organisation Data Service names as well keeps the name and address that it gave: its files say when these
    change, and two sources would undo each other every week.
    """

    publisher = "CQC"

    def __init__(self, *, applying: bool = False) -> None:
        """Begin with a file of which nothing is known yet."""
        super().__init__(applying=applying)
        self._met: dict[
            str, UUID
        ] = {}  # providers that rows before brought in or tied, by the Commission's identifier
        self._tied: set[UUID] = set()  # what a row before was tied to: two rows never mean the same thing

    @cached_property
    def _sectors(self) -> dict[str, str]:
        return {code: row["sector"] for code, row in lists.latest("provider_kinds").items()}

    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """Compare by identifier, in five questions."""
        places = self._places([line.row for line in lines if line.row.what == cqc.LOCATION])
        known = self._providers([line.row for line in lines if line.row.what == cqc.PROVIDER])
        owners = self._owners([line.row for line in lines])
        sofar = published.held_of([*places.values(), *known.values()])
        for line in lines:
            if line.row.what == cqc.PROVIDER:
                yield self._provider(line, known.get(line.code), sofar, owners, today)
            else:
                yield self._location(line, places.get(line.code), sofar, owners, today)

    def _places(self, rows: Sequence[CqcRow]) -> dict[str, Location]:
        """The locations that stand, by the Commission's identifier, or by the code that both have."""
        return self._standing(self.held(Location), "cqc_location_id", rows)

    def _providers(self, rows: Sequence[CqcRow]) -> dict[str, Provider]:
        """The providers that stand, in the same way."""
        return self._standing(self.held(Provider), "cqc_provider_id", rows)

    def _standing(self, things: Any, identifier: str, rows: Sequence[CqcRow]) -> dict[str, Any]:
        """What stands for rows, by their codes; what only the other code knows stands for the first row that names it."""
        codes = {row.code for row in rows}
        either = codes | {row.ods_code for row in rows if row.ods_code}
        each = list(things.filter(Q(**{f"{identifier}__in": codes}) | Q(ods_code__in=either)))
        found = {getattr(one, identifier): one for one in each if getattr(one, identifier) in codes}
        coded = {one.ods_code: one for one in each if getattr(one, identifier) is None}
        for row in rows:
            same = coded.get(row.code) or coded.get(row.ods_code)
            if row.code not in found and same is not None and same.pk not in self._tied:
                self._tied.add(same.pk)
                found[row.code] = same
        return found

    def _owners(self, rows: Sequence[CqcRow]) -> dict[str, UUID]:
        """The providers that rows name by either code, by it."""
        codes = {code for row in rows for code in (row.provider, row.ods_code) if code}
        stand = Provider.objects.filter(Q(cqc_provider_id__in=codes) | Q(ods_code__in=codes))
        held = list(stand.values_list("ods_code", "cqc_provider_id", "pk"))
        by_ods = {str(code): key for code, _, key in held if code}
        return by_ods | {str(code): key for _, code, key in held if code} | self._met

    def _provider(
        self, line: Line, here: Provider | None, sofar: SoFarOf, owners: dict[str, UUID], today: date
    ) -> Difference:
        row: CqcRow = line.row
        if fault := _fault(row, here):
            return Difference(BAD, line.number, row.code, row.name, reason=fault)
        provider = here or Provider(
            cqc_provider_id=row.code, kind=row.kind, sector=sector_of(row.kind, self._sectors), name=row.name
        )
        self._met[row.code] = owners[row.code] = provider.pk
        said = _said(row, provider, today, _ADDRESS) | _tied(provider, "cqc_provider_id", row)
        return _difference(line, here, provider, said, sofar)

    def _location(
        self, line: Line, here: Location | None, sofar: SoFarOf, owners: dict[str, UUID], today: date
    ) -> Difference:
        row: CqcRow = line.row
        owner, note, new = self._under(row, here, owners)
        fault = _fault(row, here) if owner else note
        if fault or owner is None:
            return Difference(BAD, line.number, row.code, row.name, reason=fault)
        place = here or Location(provider_id=owner, cqc_location_id=row.code, name=row.name, kind=row.kind)
        if new is not None:
            self._met[row.provider] = owners[row.provider] = owner
        said = _said(row, place, today, ("postcode",)) | _tied(place, "cqc_location_id", row)
        return _difference(line, here, place, said, sofar, note, new)

    def _under(
        self, row: CqcRow, here: Location | None, owners: dict[str, UUID]
    ) -> tuple[UUID | None, str, Provider | None]:
        """The provider under which a place stands, what is to be known of that, and itself where the row brings it in."""
        owner = owners.get(row.provider)
        same = owners.get(row.ods_code)  # such as a practice, which is a place of another there
        if here is not None:
            elsewhere = owner is not None and here.provider_id not in (owner, same)
            note = f"the directory has it under another provider than {row.provider}, and leaves it there"
            return here.provider_id, note if elsewhere else "", None
        if owner is not None:
            return owner, "", None
        unknown = f"its provider {row.provider} is not in the directory"
        if same is not None:
            return same, f"{unknown}; it stands under the one with its code {row.ods_code}", None
        if not row.provider_name:
            rated = "a rating for " if row.reports else ""
            return None, f"{rated}an unknown location: {unknown}. Bring the providers in first", None
        new = Provider(
            cqc_provider_id=row.provider,
            name=row.provider_name,
            kind=row.kind,
            sector=sector_of(row.kind, self._sectors),
            opened_on=row.provider_opened_on,
        )
        return new.pk, f"its provider {row.provider_name} is new too", new

    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write providers, locations, the names they had, and what is published of them."""
        kept: list[Kept] = [one.keep for one in differences]
        owners = [Kept(one.more.owner, True, (), "") for one in kept if one.more.owner]
        providers = [*owners, *(one for one in kept if isinstance(one.thing, Provider))]
        places = [one for one in kept if isinstance(one.thing, Location)]
        for one in providers:
            if one.thing.ods_code is None:
                one.thing.source = source
        write(Provider, providers, ("source",))
        write(Location, places)
        keep_names("provider", providers, today)
        keep_names("location", places, today)
        keep_turned(
            "provider", [one for one in differences if isinstance(one.keep.thing, Provider)], today, source
        )
        keep_turned(
            "location", [one for one in differences if isinstance(one.keep.thing, Location)], today, source
        )
        published.keep([one.more for one in kept], source)


def _fault(row: CqcRow, here: Provider | Location | None) -> str:
    opened_on = row.registration.get("registered_on")
    again = reused(row.code, here.name, here.closed_on, row.name, opened_on) if here else ""
    return again or published.twice(row.reports)


def _tied(thing: Provider | Location, name: str, row: CqcRow) -> dict[str, Any]:
    """The identifier, where what stands has none yet."""
    return {} if getattr(thing, name) else {name: row.code}


def _said(row: CqcRow, thing: Any, today: date, address: Sequence[str]) -> dict[str, Any]:
    """The fields in which the row says another thing than what stands; a field it does not tell is left alone."""
    told = row.registration
    given: dict[str, Any] = {}
    if thing.ods_code is None:
        given = {"name": row.name}
        given |= {name: value for name in address if (value := getattr(row, name))}
        given |= {"opened_on": told["registered_on"]} if "registered_on" in told else {}
        if "deregistered" in told:
            given["closed_on"] = told["deregistered_on"]
            given["status"] = _status(row, today)
    return {name: value for name, value in given.items() if differs(getattr(thing, name), value)}


def _status(row: CqcRow, today: date) -> str:
    if row.registration["deregistered"] and (row.closed_on is None or row.closed_on <= today):
        return ProviderStatus.CLOSED.value
    return (ProviderStatus.DORMANT if row.registration.get("dormant") else ProviderStatus.OPEN).value


def _difference(
    line: Line,
    here: Provider | Location | None,
    thing: Provider | Location,
    said: dict[str, Any],
    sofar: SoFarOf,
    note: str = "",
    owner: Provider | None = None,
) -> Difference:
    """What a row means for its thing, and for what is published of it."""
    changes, publish = published.compare(line.row, thing, sofar.get(thing.pk) or SoFar())
    publish.owner = owner
    if here is None:
        changes["kind"] = ("", line.row.kind)
    if publish.registration is not None and publish.after is None:
        changes["registration"] = ("", "taken over")
    return difference_of(line, here, thing, said, changes=changes, note=note, more=publish)


class Directory(_Register):
    """Locations with their providers and current ratings, from the directory with ratings."""

    label = "CQC directory with ratings"
    hint = "The spreadsheet of locations with ratings that the Care Quality Commission publishes, as CSV"

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Locations, each with its provider."""
        return cqc.read_directory(file)

    def standing(self) -> Iterable[tuple[str, str]]:
        """Locations that are registered, as far as is known."""
        rows = Location.objects.filter(cqc_location_id__isnull=False)
        rows = rows.exclude(status=ProviderStatus.CLOSED).order_by("cqc_location_id")
        return ((code or "", name) for code, name in rows.values_list("cqc_location_id", "name").iterator())


class Answers(_Register):
    """Providers and locations with every rating, from the answers of the Commission's API."""

    label = "CQC providers and locations"
    hint = "The answers of the Care Quality Commission's API for providers and locations, one a line"

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Providers and locations; a new provider stands before its locations."""
        return answers.read_answers(file)

    def standing(self) -> Iterable[tuple[str, str]]:
        """Nothing: answers are of what was asked for, never of all there is."""
        return ()
