"""A day typed as three numbers, and a moment typed as a day and a time, in London."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from nhsuk.forms.extras import Extras

LONDON = ZoneInfo("Europe/London")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"),
            ("may",), ("june", "jun"), ("july", "jul"), ("august", "aug"),
            ("september", "sep", "sept"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip

_TIME = re.compile(
    r"^(?P<hour>\d{1,2})(?:[:.]?(?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>gmt|bst)?$",
    re.IGNORECASE,
)


class Parts(forms.Widget):
    """Several small inputs under one name: `x_day`, `x_month` and so on.

    The value is a plain dict of what was typed, so that a page shown again
    carries it unchanged.
    """

    parts: tuple[str, ...] = ("day", "month", "year")
    template_name = "components/field.jinja"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """What was typed in each part, without the spaces around it."""
        return {part: str(data.get(f"{name}_{part}", "") or "").strip() for part in self.parts}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """True when none of the parts was sent."""
        return not any(f"{name}_{part}" in data for part in self.parts)

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """The first part, where an error's link should lead."""
        return f"{id_}_{self.parts[0]}" if id_ else id_


class MomentParts(Parts):
    """A day and a time of day."""

    parts = ("day", "month", "year", "time")


class BrokenDate(ValidationError):
    """A date that does not hold, and the parts of it to mark."""

    def __init__(self, message: str, *parts: str) -> None:
        super().__init__(message, code="invalid")
        self.parts = parts


def read_date(typed: dict[str, str], name: str) -> date:
    """Read a day from its parts.

    Args:
        typed: the text of `day`, `month` (a number or a name) and `year`.
        name: what the day is, to begin the sentences with.

    Raises:
        BrokenDate: something is missing or there is no such day.
    """
    missing = [part for part in Parts.parts if not typed.get(part)]
    if missing:
        raise BrokenDate(f"{name} must include a {' and a '.join(missing)}", *missing)
    month = MONTHS.get(typed["month"].lower())
    numbers = {**typed, "month": str(month)} if month else typed
    wrong = [p for p in Parts.parts if not re.fullmatch(r"[0-9]+", numbers[p])]
    if wrong:
        raise BrokenDate(f"{name} must be written in numbers, for example 3 11 2026", *wrong)
    # Of more digits than any day has, the first ones say enough: it is none.
    day, month_number, year = (int(numbers[part][:5]) for part in Parts.parts)
    if not (1 <= day <= 31 and 1 <= month_number <= 12):
        raise BrokenDate(f"{name} must be a real date", *Parts.parts)
    if len(numbers["year"]) == 4 and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise BrokenDate(f"{name} must have a year from {EARLIEST_YEAR} to {LATEST_YEAR}", "year")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise BrokenDate(f"{name} must have a year of 4 numbers, for example 2026", "year")
    try:
        return date(year, month_number, day)
    except ValueError:
        raise BrokenDate(f"{name} must be a real date", *Parts.parts) from None


def read_time(text: str, name: str) -> tuple[time, str]:
    """Read a time of day, such as 2:30pm, 02:30, 14:30, 1430 or 9am.

    Returns:
        The time, and "GMT" or "BST" where that was typed after it, else "".

    Raises:
        BrokenDate: it is missing, or is no time.
    """
    if not text:
        raise BrokenDate(f"{name} must include a time", "time")
    found = _TIME.match(text.strip())
    sentence = f"{name} must have a time such as 2:30pm or 14:30"
    if not found:
        raise BrokenDate(sentence, "time")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            raise BrokenDate(sentence, "time")
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found["minute"] is None or len(found["hour"]) < 2:
        # "9" and "2:30" could be morning or evening; a deadline may hang on it.
        raise BrokenDate(f"{name} must say am or pm, or have 4 numbers such as 02:30 or 14:30", "time")
    if hour > 23 or minute > 59:
        raise BrokenDate(sentence, "time")
    return time(hour, minute), (found["zone"] or "").upper()


def london_moment(day: date, at: time, zone: str, name: str) -> datetime:
    """The moment (UTC) at which London's clocks show a day and time.

    Raises:
        BrokenDate: the clocks skip that time, or show it twice and nobody
            said which.
    """
    found = {
        local.utcoffset(): local.astimezone(UTC)
        for local in (datetime.combine(day, at, LONDON).replace(fold=fold) for fold in (0, 1))
    }
    real = {
        moment.astimezone(LONDON).tzname(): moment
        for moment in found.values()
        if moment.astimezone(LONDON).replace(tzinfo=None) == datetime.combine(day, at)
    }
    if not real:
        raise BrokenDate(f"{name}: the clocks went forward past that time on that day", "time")
    if zone and zone in real:
        return real[zone]
    if zone:
        raise BrokenDate(f"{name}: London was not on {zone} at that time", "time")
    if len(real) > 1:
        raise BrokenDate(
            f"{name}: the clocks went back, so that time came twice. Write BST or GMT after it",
            "time",
        )
    return next(iter(real.values()))


class DateField(Extras, forms.Field):
    """A day, as day, month and year; gives a `date` or None.

    Args:
        name: what the day is, to begin error sentences with ("The date it
            happened"); by default the label, or "The date" for a question.
    """

    widget = Parts
    component = "date"

    def __init__(self, *, name: str = "", **kwargs: Any) -> None:
        self.sentence_name = name
        super().__init__(**kwargs)

    @property
    def called(self) -> str:
        """How error sentences name the field."""
        label = str(self.label or "")
        return self.sentence_name or (label if label and not label.endswith("?") else "The date")

    def to_python(self, value: Any) -> Any:
        """The day, from what was typed; None when nothing was."""
        if not isinstance(value, dict):
            return value or None
        if not any(value.values()):
            return None
        return self.read(value)

    def read(self, typed: dict[str, str]) -> date:
        """The value of parts of which at least one was filled."""
        return read_date(typed, self.called)

    def typed_from(self, value: Any) -> dict[str, str]:
        """The parts that show a value, whether typed before or stored."""
        if isinstance(value, dict):
            return value
        if isinstance(value, datetime):
            value = value.astimezone(LONDON)
        if isinstance(value, date):
            return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
        return {}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """True when what was typed differs from what was shown."""
        return self.typed_from(initial) != {k: v for k, v in (data or {}).items() if v}


class MomentField(DateField):
    """A day and a time in London; gives an aware `datetime` in UTC, or None."""

    widget = MomentParts
    component = "moment"

    def read(self, typed: dict[str, str]) -> datetime:
        """The moment of parts of which at least one was filled."""
        day = read_date(typed, self.called)
        at, zone = read_time(typed.get("time", ""), self.called)
        return london_moment(day, at, zone, self.called)

    def typed_from(self, value: Any) -> dict[str, str]:
        """The parts that show a moment, with its zone where the hour came twice."""
        typed = super().typed_from(value)
        if isinstance(value, datetime):
            local = value.astimezone(LONDON)
            twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
            typed["time"] = f"{local:%H:%M}" + (f" {local.tzname()}" if twice else "")
        return typed
