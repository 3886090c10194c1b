"""What a change of the lists is held to: its cells, its name, and what the portal needs on every day to come."""

from collections.abc import Mapping, Sequence
from datetime import date

from access.refusals import Invalid
from agencies.lists.models import ListChange
from agencies.lists.reading import days_of_change, in_force, on_day
from reference import operations as lists
from reference.columns import LONGEST_CODE, read_cells
from reference.models import Entry
from reference.rules import LISTS
from reference.steering import Lists, Unreadable, faults, unheld, unread
from timekeeping.london import day_in_words


def read_row(
    list_code: str, cells: Mapping[str, str], standing: Lists, old: Entry | None = None
) -> dict[str, object]:
    """Return what is kept of the cells; raise Invalid by column."""
    data, wrong = read_cells(list_code, cells)
    wrong = wrong or unheld(list_code, data, standing)
    if not wrong:
        try:
            data = lists.as_typed(data, list_code)
        except Unreadable as refusal:
            wrong[refusal.column] = refusal.sentence
    if not wrong:
        wrong = unread(list_code, data, old.data if old else None)
    if wrong:
        raise Invalid(wrong)
    return data


def check_free(list_code: str, code: str, starts_on: date) -> None:
    """Refuse a new row that the list has on that day, or whose name is too long; raise Invalid at its last key."""
    key = LISTS[list_code].keys[-1]
    if len(code) > LONGEST_CODE:
        raise Invalid({key: f"The columns that name a row may have {LONGEST_CODE} characters together."})
    held = in_force(list_code, starts_on).filter(code=code).first()
    if held:
        since = day_in_words(held.effective_from)
        raise Invalid({key: f"The list has “{code}” on that day, since {since}. Change that row."})
    planned = ListChange.objects.filter(
        list_code=list_code, code=code, starts_on=starts_on, undone_at__isnull=True
    )
    if planned.exists():
        raise Invalid(
            {key: f"“{code}” ends on that very day, as is planned. Undo that, or choose a later day."}
        )


def check_faults(before: Sequence[Entry], since: date) -> None:
    """Refuse what would leave the portal without what it needs, on that day or on any later one that is planned."""
    after = list(Entry.objects.all())
    for day in days_of_change([*before, *after], since):
        lacking = faults(on_day(after, day)) - faults(on_day(before, day))
        if lacking:
            raise Invalid(
                {"": " ".join([f"From {day_in_words(day)} this would not do.", *sorted(lacking)[:3]])}
            )
