"""What goes in and out: fields that take exactly what the document says, and objects that take nothing else."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from access.roles import SCOPES

YEARS = range(1900, 2200)
"""Outside of these a moment is a slip, and no calendar here could show it."""
KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DIGITS = re.compile(r"-?[0-9]{1,9}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")


LONGEST = 4000
"""The most characters of a text of which nothing else is said."""


class Text(serializers.CharField):
    """Words: a JSON string, and nothing that only looks like one; never longer than is kept."""

    default_error_messages = {
        "invalid": "This must be a text.",
        "max_length": "Keep it to {max_length} characters. Nothing was cut or saved.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": LONGEST, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """Take a string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Choice(serializers.ChoiceField):
    """One code of a list that is part of the program; codes of reference data are Text, for they are dated."""

    default_error_messages = {"invalid_choice": "This is not one of the codes on offer."}

    def to_internal_value(self, data: Any) -> str:
        """Take a code."""
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return str(super().to_internal_value(data))


class Scope(serializers.ChoiceField):
    """What a token is for, with its words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__([(code, words) for code, (words, _) in SCOPES.items()], **kwargs)


class Whether(serializers.BooleanField):
    """``true`` or ``false``; of an address, the same in letters."""

    default_error_messages = {"invalid": "This must be true or false."}
    TRUE_VALUES = {True, "true"}
    FALSE_VALUES = {False, "false"}

    def to_internal_value(self, data: Any) -> bool:
        """Take a truth value; numbers are none."""
        if not isinstance(data, bool) and not (data in ("true", "false") and self._in_an_address()):
            self.fail("invalid")
        return data in (True, "true")

    def _in_an_address(self) -> bool:
        return isinstance(self.root, Given) and self.root.context.get("address", False)


class Number(serializers.IntegerField):
    """A whole number."""

    default_error_messages = {"invalid": "This must be a whole number."}

    def to_internal_value(self, data: Any) -> int:
        """Take a number; of an address, digits."""
        in_an_address = isinstance(self.root, Given) and self.root.context.get("address", False)
        if not (type(data) is int or (in_an_address and isinstance(data, str) and DIGITS.fullmatch(data))):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Key(serializers.UUIDField):
    """The identifier of a thing."""

    default_error_messages = {
        "invalid": "This must be an identifier, such as 4c1d2b6e-….",
        "required": "Say which.",
    }

    def to_internal_value(self, data: Any) -> UUID:
        """Take an identifier as the portal writes it."""
        if not isinstance(data, str) or not KEY.fullmatch(data):
            self.fail("invalid")
        return UUID(data)


FIRST_DAY_WITHOUT = "The first day on which it no longer stands; null where no end is known."
"""What `ends_on` means wherever it is told."""


class Moment(serializers.DateTimeField):
    """A moment by RFC 3339, with its offset; shown in UTC."""

    default_error_messages = {
        "invalid": "This must be a moment with its offset, such as 2026-03-09T14:30:00Z or …+01:00."
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Take a moment, in UTC."""
        try:
            if not isinstance(value, str) or not MOMENT.fullmatch(value):
                raise ValueError
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
            if moment.year not in YEARS:
                raise ValueError
        except (ValueError, OverflowError):
            self.fail("invalid")
        return moment

    def to_representation(self, value: datetime) -> str:
        """Write it in UTC, to the microsecond where there are any."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(serializers.DateField):
    """A day in London."""

    default_error_messages = {"invalid": "This must be a day, such as 2026-03-09."}

    def to_internal_value(self, value: Any) -> date:
        """Take a day."""
        try:
            if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                raise ValueError
            day = date.fromisoformat(value)
            if day.year not in YEARS:
                raise ValueError
        except ValueError:
            self.fail("invalid")
        return day


class Many(serializers.ListField):
    """Several of one kind, at most a hundred."""

    default_error_messages = {"not_a_list": "This must be a list."}

    def __init__(self, child: serializers.Field, **kwargs: Any) -> None:
        super().__init__(child=child, **{"max_length": 100, **kwargs})


class Given(serializers.Serializer):
    """What is taken: the fields named and no other, so that nothing can be set that is not offered."""

    default_error_messages = {"invalid": "This must be an object."}

    def to_internal_value(self, data: Any) -> Any:
        """Take an object of these fields."""
        if isinstance(data, Mapping) and (unknown := [str(name) for name in data if name not in self.fields]):
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."))
        return super().to_internal_value(data)


class Nothing(Given):
    """An empty object, or no body at all."""


class Guarded(Given):
    """What is taken with free words, which are looked through for what looks like a patient's.

    ``guarded`` names them. When something is found, the answer says what, and under which mark; whoever
    knows that it is no patient's sends the mark along in ``decided``.
    """

    guarded: tuple[str, ...] = ()

    decided = Many(
        Text(max_length=16),
        required=False,
        help_text="Marks, from an earlier answer, of what looks like a patient's and is not.",
    )

    def validate_decided(self, value: list[str]) -> frozenset[str]:
        """Take the marks as the operations do."""
        return frozenset(value)


class Shown(serializers.Serializer):
    """What is answered. Each field is one the reader may know; what is nested is in their sight by itself."""


def facts_of(shows: type[Shown], thing: Any, **known: Any) -> dict[str, Any]:
    """Return what ``shows`` tells of a thing: each field as it is known, or else the thing's own of that name."""
    return {
        str(name): known[str(name)] if str(name) in known else getattr(thing, str(name))
        for name in shows().fields
    }


class Named(Shown):
    """A body, a provider, a person or a group, where it is spoken of."""

    id = serializers.UUIDField(source="pk")
    name = serializers.SerializerMethodField()

    def get_name(self, thing: Any) -> str:
        """What it is called."""
        return str(thing)
