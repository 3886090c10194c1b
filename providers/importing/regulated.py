"""Bringing in what the Care Quality Commission publishes: providers, their locations, registrations and ratings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, BinaryIO

from providers.importing import cqc, published
from providers.importing.cqc import CqcRow
from providers.importing.kinds import Kind, differs, reused, shown
from providers.importing.names import keep_earlier
from providers.importing.published import Published, ToPublish
from providers.importing.rules import BAD, CHANGED, CLOSED, NEW, UNCHANGED, Changes, Difference, Line
from providers.models import Location, Provider, ProviderStatus
from providers.rules import sector_of
from reference import operations as lists

_OF_PROVIDER = (
    "name", "address", "town", "postcode", "telephone", "opened_on", "closed_on", "status", "cqc_provider_id", "source",
)  # fmt: skip
_OF_LOCATION = ("name", "postcode", "opened_on", "closed_on", "status", "cqc_location_id")


@dataclass
class _Kept:
    """What is written of a row: the thing as it will stand, the name it had, and what is published of it.

    ``provider`` is a location's, where the row brings it in or ties it to its identifier.
    """

    thing: Provider | Location
    new: bool
    renamed_from: str
    publish: ToPublish
    provider: Provider | None = None
    new_provider: bool = False


class _Published(Kind):
    """Providers and locations by the Commission's identifiers.

    What the Organisation Data Service names as well keeps the name and address that it gave: its files say when these
    change, and two sources would undo each other every week.
    """

    publisher = "CQC"

    @cached_property
    def _providers(self) -> dict[str, Provider]:
        """Every provider that the Commission or the Organisation Data Service knows, by either's code."""
        held: dict[str, Provider] = {}
        for one in Provider.objects.filter(ods_code__isnull=False):
            held[str(one.ods_code)] = one
        for one in Provider.objects.filter(cqc_provider_id__isnull=False):
            held[str(one.cqc_provider_id)] = one
        return held

    @cached_property
    def _sectors(self) -> dict[str, str]:
        return {code: row["sector"] for code, row in lists.latest("provider_kinds").items()}

    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """Compare by identifier, in four questions."""
        places = self._places([line.row for line in lines if line.row.what == cqc.LOCATION])
        known = [one for line in lines if (one := self._providers.get(line.code))]
        held = published.held_of([*places.values(), *known])
        for line in lines:
            row: CqcRow = line.row
            if row.what == cqc.PROVIDER:
                yield self._provider(line, row, held, today)
            else:
                yield self._location(line, row, places, held, today)

    def _places(self, rows: Sequence[CqcRow]) -> dict[str, Location]:
        """The locations that stand, by the Commission's identifier, or by the code that both have."""
        codes = [row.code for row in rows]
        coded = {one.ods_code: one for one in Location.objects.filter(ods_code__in=[*codes, *_coded(rows)])}
        found = {str(one.cqc_location_id): one for one in Location.objects.filter(cqc_location_id__in=codes)}
        for row in rows:
            same = coded.get(row.code) or coded.get(row.ods_code)
            if row.code not in found and same is not None and same.cqc_location_id is None:
                found[row.code] = same
        return found

    def _provider(self, line: Line, row: CqcRow, held: dict[Any, Published], today: date) -> Difference:
        here = self._providers.get(row.code) or self._by_ods(row)
        if fault := _reused(row, here):
            return Difference(BAD, line.number, row.code, row.name, reason=fault)
        provider = here or Provider(
            cqc_provider_id=row.code, kind=row.kind, sector=sector_of(row.kind, self._sectors), name=row.name
        )
        said = _said(row, provider, today, _OF_PROVIDER) | _tied(
            provider.cqc_provider_id, "cqc_provider_id", row
        )
        difference = _difference(line, row, here, provider, said, held, today)
        self._providers[row.code] = provider
        return difference

    def _by_ods(self, row: CqcRow) -> Provider | None:
        """The provider that stands under the code that both have, unless another identifier is its own."""
        found = self._providers.get(row.ods_code) if row.ods_code else None
        return found if found is not None and found.cqc_provider_id is None else None

    def _location(
        self, line: Line, row: CqcRow, places: dict[str, Location], held: dict[Any, Published], today: date
    ) -> Difference:
        here = places.get(row.code)
        provider = here.provider_id if here else None
        owner = self._providers.get(row.provider) or self._by_ods(row)
        if here is None and owner is None and not row.provider_name:
            rated = "a rating for " if row.reports else ""
            reason = f"{rated}an unknown location: its provider {row.provider} is not in the directory. Bring the providers in first"
            return Difference(BAD, line.number, row.code, row.name, reason=reason)
        if fault := _reused(row, here):
            return Difference(BAD, line.number, row.code, row.name, reason=fault)
        new_provider = here is None and owner is None
        if new_provider:
            owner = self._providers[row.provider] = Provider(
                cqc_provider_id=row.provider,
                name=row.provider_name,
                kind=row.kind,
                sector=sector_of(row.kind, self._sectors),
                opened_on=row.provider_opened_on,
            )
        place = here or Location(provider=owner, cqc_location_id=row.code, name=row.name, kind=row.kind)
        said = _said(row, place, today, _OF_LOCATION) | _tied(place.cqc_location_id, "cqc_location_id", row)
        note = ""
        if new_provider:
            note = f"its provider {row.provider_name} is new too"
        elif provider is not None and owner is not None and owner.pk != provider:
            note = f"the directory has it under another provider than {row.provider}, and leaves it there"
        difference = _difference(line, row, here, place, said, held, today, note)
        places[row.code] = place
        kept: _Kept = difference.keep
        if here is None and owner is not None and owner.cqc_provider_id is None:
            owner.cqc_provider_id = row.provider
            self._providers[row.provider] = owner
            kept.provider = owner
        elif new_provider:
            kept.provider, kept.new_provider = owner, True
        return difference

    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write providers, locations, the names they had, and what is published of them."""
        kept: list[_Kept] = [one.keep for one in differences]
        made = [one.thing for one in kept if one.new and isinstance(one.thing, Provider)]
        made += [one.provider for one in kept if one.provider and one.new_provider]
        changed = [one.thing for one in kept if not one.new and isinstance(one.thing, Provider)]
        changed += [one.provider for one in kept if one.provider and not one.new_provider]
        for provider in (*made, *changed):
            if provider.ods_code is None:
                provider.source = source
        Provider.objects.bulk_create(made)
        _write(Provider, changed, _OF_PROVIDER)
        places = [(one.thing, one.new) for one in kept if isinstance(one.thing, Location)]
        Location.objects.bulk_create([place for place, new in places if new])
        _write(Location, [place for place, new in places if not new], _OF_LOCATION)
        renamed = [(one.thing, one.renamed_from) for one in kept if one.renamed_from]
        keep_earlier("provider", [one for one in renamed if isinstance(one[0], Provider)], today)
        keep_earlier("location", [one for one in renamed if isinstance(one[0], Location)], today)
        published.keep([one.publish for one in kept], source)


def _coded(rows: Iterable[CqcRow]) -> list[str]:
    return [row.ods_code for row in rows if row.ods_code]


def _write(model: Any, things: Sequence[Any], fields: Sequence[str]) -> None:
    each = list({one.pk: one for one in things}.values())
    model.objects.bulk_create(each, update_conflicts=True, unique_fields=["id"], update_fields=list(fields))


def _reused(row: CqcRow, here: Provider | Location | None) -> str:
    opened_on = row.registration.get("registered_on")
    return reused(row.code, here.name, here.closed_on, row.name, opened_on) if here else ""


def _tied(held: str | None, name: str, row: CqcRow) -> dict[str, Any]:
    """The identifier, where what stands has none yet."""
    return {} if held else {name: row.code}


def _said(row: CqcRow, thing: Any, today: date, written: Sequence[str]) -> dict[str, Any]:
    """The fields in which the row says another thing than what stands; a field it does not tell is left alone."""
    told = row.registration
    given: dict[str, Any] = {}
    if thing.ods_code is None:
        given = {"name": row.name}
        given |= {
            name: value
            for name in ("address", "town", "postcode", "telephone")
            if (value := getattr(row, name))
        }
        given |= {"opened_on": told["registered_on"]} if "registered_on" in told else {}
        if "deregistered" in told:
            given["closed_on"] = told["deregistered_on"]
            given["status"] = _status(row, today)
    return {
        name: value
        for name, value in given.items()
        if name in written and differs(getattr(thing, name), value)
    }


def _status(row: CqcRow, today: date) -> str:
    if row.registration["deregistered"] and (row.closed_on is None or row.closed_on <= today):
        return ProviderStatus.CLOSED.value
    return (ProviderStatus.DORMANT if row.registration.get("dormant") else ProviderStatus.OPEN).value


def _difference(
    line: Line,
    row: CqcRow,
    here: Provider | Location | None,
    thing: Provider | Location,
    said: dict[str, Any],
    held: dict[Any, Published],
    today: date,
    note: str = "",
) -> Difference:
    """What a row means for its thing, which is then as it will stand."""
    changes: Changes = {name: (shown(getattr(thing, name)), shown(value)) for name, value in said.items()}
    renamed_from = here.name if here is not None and "name" in said else ""
    for name, value in said.items():
        setattr(thing, name, value)
    more, publish = published.compare(row, thing, held.get(thing.pk) or Published())
    fresh = publish.registration is not None and publish.after is None
    closes = changes.get("status", ("", ""))[1] == ProviderStatus.CLOSED
    everything = changes | more | ({"registration": ("", "taken over")} if fresh and here is not None else {})
    outcome = NEW if here is None else CLOSED if closes else CHANGED if everything else UNCHANGED
    kept = _Kept(thing, here is None, renamed_from, publish)
    told = {} if here is None else everything
    return Difference(outcome, line.number, row.code, row.name, told, note, kept)


class Directory(_Published):
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


class Answers(_Published):
    """Providers and locations with every rating, from the answers of the Commission's API."""

    label = "CQC providers and locations"
    hint = "The answers of the Care Quality Commission's API for providers and locations, one a line"

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Providers and locations, in any order; a provider stands before its locations."""
        return cqc.read_answers(file)

    def standing(self) -> Iterable[tuple[str, str]]:
        """Nothing: answers are of what was asked for, never of all there is."""
        return ()
