"""Reading the lists as they stand on a day, and keeping them.

Each read is one cheap query and nothing is cached, so an edit is in force at the next request. The
writers here know nothing of people: the audited door to them is `agencies.operations`.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, DateField, ExpressionWrapper, Func, Q, QuerySet

from reference import rules
from reference.files import read_table
from reference.models import Entry
from reference.steering import Unreadable

DATA = Path(__file__).resolve().parent / "data"


def _as_row(entry: Entry) -> dict[str, Any]:
    return {
        **entry.data,
        "key": entry.code,
        "source": entry.source,
        "status": entry.status,
        "effective_from": entry.effective_from,
        "effective_to": entry.effective_to,
    }


def _standing(list_code: str, on: date) -> QuerySet[Entry]:
    return Entry.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gte=on),
        list_code=list_code,
        effective_from__lte=on,
    )


def rows(list_code: str, on: date) -> list[dict[str, Any]]:
    """The rows of a list offered on a London day, in the list's order.

    Each row is a dict of the list's own columns, with `key` (its code), `source`, `status`,
    `effective_from` and `effective_to`.
    """
    return [_as_row(entry) for entry in _standing(list_code, on)]


def row(list_code: str, code: str, on: date) -> dict[str, Any] | None:
    """One row as it stands on a London day, or None. `code` is the row's `key`."""
    entry = _standing(list_code, on).filter(code=code).first()
    return _as_row(entry) if entry else None


def latest(list_code: str) -> dict[str, dict[str, Any]]:
    """Every row the list has ever held, by key, in the newest form that has begun by the database's London day.

    For naming what is already recorded: the end of a row ends what is offered, not what exists. A form that is only
    planned counts where a code has no other.
    """
    begun = ExpressionWrapper(Q(effective_from__lte=_today()), output_field=BooleanField())
    entries = Entry.objects.filter(list_code=list_code).annotate(begun=begun)
    found: dict[str, dict[str, Any]] = {}
    for entry in entries.order_by("position", "effective_from"):
        if entry.begun or entry.code not in found:
            found[entry.code] = _as_row(entry)
    return found


def _today() -> Func:
    return Func(function="portal_today", output_field=DateField())


def bank_holidays() -> frozenset[date]:
    """The bank holidays of England and Wales that stand on the database's London day, past and to come."""
    standing = Q(effective_to__isnull=True) | Q(effective_to__gte=_today())
    held = Entry.objects.filter(standing, list_code="bank_holidays", effective_from__lte=_today())
    return frozenset(date.fromisoformat(day) for day in held.values_list("code", flat=True))


@dataclass
class Loaded:
    """What a load did: counts, and every problem by row."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[rules.Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every row could be kept."""
        return not any(problem.fatal for problem in self.problems)


def load_lists(*, folder: Path = DATA, replace: bool = False) -> Loaded:
    """Bring the lists of a folder of CSV files in; loading again changes nothing.

    A row that the portal lacks is added; one that stands differently (an administrator has edited it,
    or the file is newer) is left as it is and counted as `kept`, unless `replace` is given. One that an
    administrator changed is never rewritten. A bad row is reported and skipped, and the others are loaded.
    """
    loaded = Loaded()
    read: list[rules.Row] = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in rules.LISTS:
            loaded.problems.append(rules.Problem(path.stem, 1, "no list of this name is known"))
            continue
        spec = rules.LISTS[path.stem]
        table, problems = read_table(path, columns=spec.keys, required=spec.keys)
        found, more = rules.read_rows(path.stem, table)
        read += found
        loaded.problems += problems + more
    loaded.problems += rules.name_codes(read, _codes(read))
    with transaction.atomic():
        _keep(read, loaded, replace=replace)
    return loaded


def _codes(read: list[rules.Row]) -> dict[str, set[str]]:
    """The codes each list holds, in the files and in the portal."""
    held: dict[str, set[str]] = {}
    for list_code, code in Entry.objects.values_list("list_code", "code"):
        held.setdefault(list_code, set()).add(code)
    for each in read:
        held.setdefault(each.list_code, set()).add(each.code)
        for column in ("family", "template"):
            if column in each.data:
                held.setdefault(f"{each.list_code}.{column}", set()).add(str(each.data[column]))
    return held


def _keep(read: list[rules.Row], loaded: Loaded, *, replace: bool) -> None:
    standing: dict[tuple[str, str], list[Entry]] = {}
    for entry in Entry.objects.select_for_update():
        standing.setdefault((entry.list_code, entry.code), []).append(entry)
    new, changed = [], []
    for each in read:
        values = {
            "position": each.position,
            "data": each.data,
            "effective_to": each.effective_to,
            "source": each.source,
            "status": each.status,
        }
        held = standing.get((each.list_code, each.code), [])
        same = next((e for e in held if e.effective_from == each.effective_from), None)
        if same is None and any(rules.meet(each, other) for other in held):
            # Its days were changed here, or the file's were: a person decides.
            loaded.counts["kept"] += 1
        elif same is None:
            new.append(
                Entry(
                    list_code=each.list_code,
                    code=each.code,
                    effective_from=each.effective_from,
                    **values,
                )
            )
        elif all(getattr(same, name) == value for name, value in values.items()):
            loaded.counts["unchanged"] += 1
        elif replace and len(held) == 1 and not same.changed_here:
            for name, value in values.items():
                setattr(same, name, value)
            changed.append(same)
        else:
            loaded.counts["kept"] += 1
    Entry.objects.bulk_create(new)
    Entry.objects.bulk_update(changed, ("position", "data", "effective_to", "source", "status"))
    loaded.counts["added"] += len(new)
    loaded.counts["replaced"] += len(changed)


def as_typed(data: dict[str, object], list_code: str) -> dict[str, object]:
    """Write beside each cell that names bodies the codes it means.

    Raises:
        Unreadable: with the column, for a word that no list knows.
    """
    known = set(Entry.objects.filter(list_code__in=rules.PARTIES).values_list("code", flat=True))
    read = dict(data)
    for column in rules.LISTS[list_code].parties:
        meant, unread = rules.read_parties(str(data.get(column, "")), known)
        if unread:
            raise Unreadable(
                column, f"No list knows “{unread[0]}”. Use the code of a kind of body or of a party."
            )
        read[f"{column}_codes"] = meant
    return read


def put_row(
    *,
    list_code: str,
    code: str,
    on: date,
    data: dict[str, object],
    source: str,
    status: str,
    after: int | None = None,
) -> Entry:
    """Let a row say this from a London day on: the one that stands then ends the day before.

    A row that stands on no such day is a new one, in the place after the one at `after`, its own, or last. Whatever is planned
    for a later day stays planned. The caller sees to it that no row of this code begins on that very day.
    """
    old = _standing(list_code, on).filter(code=code).first()
    until = old.effective_to if old else _before_the_next(list_code, code, on)
    if old:
        old.effective_to, old.changed_here = on - timedelta(days=1), True
        old.save(update_fields=("effective_to", "changed_here"))
    return Entry.objects.create(
        list_code=list_code,
        code=code,
        position=old.position if old else after if after is not None else _place(list_code, code),
        data=data,
        effective_from=on,
        effective_to=until,
        source=source,
        status=status,
        changed_here=True,
    )


def _before_the_next(list_code: str, code: str, on: date) -> date | None:
    later = Entry.objects.filter(list_code=list_code, code=code, effective_from__gt=on)
    first = later.order_by("effective_from").values_list("effective_from", flat=True).first()
    return first - timedelta(days=1) if first else None


def _place(list_code: str, code: str) -> int:
    """Return the place of a row that was or will be there, or the one after the last."""
    positions = dict(Entry.objects.filter(list_code=list_code).values_list("code", "position"))
    return positions.get(code) or max(positions.values(), default=0) + 1


def end_row(entry: Entry, on: date) -> None:
    """Let a row end: `on` is the first London day on which it is not offered."""
    entry.effective_to, entry.changed_here = on - timedelta(days=1), True
    entry.save(update_fields=("effective_to", "changed_here"))


def take_back(*, begun: Entry | None, before: Entry | None, until: date | None, changed: bool) -> None:
    """Undo what was planned: the row that would have begun is gone, and the one before goes on.

    Args:
        begun: the row that would have begun, if one would.
        before: the row that would have ended, if one would.
        until: the last day of the row before.
        changed: whether anything else of the code was changed here.
    """
    if begun:
        begun.delete()
    if before:
        before.effective_to, before.changed_here = until, changed
        before.save(update_fields=("effective_to", "changed_here"))


def set_end(*, list_code: str, code: str, effective_to: date | None) -> Entry:
    """Say the last day on which the newest row of a code is offered; None removes the end.

    Raises `Entry.DoesNotExist` for a code the list never held.
    """
    with transaction.atomic():
        entry = (
            Entry.objects.select_for_update().filter(list_code=list_code, code=code).latest("effective_from")
        )
        entry.effective_to = effective_to
        entry.save(update_fields=("effective_to",))
        return entry
