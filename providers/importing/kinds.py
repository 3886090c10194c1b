"""What can be imported: one class for each kind of file; and what all of them do with a row."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, ClassVar

from django.db.models import Model, QuerySet

from providers.importing.names import keep_earlier, keep_turns
from providers.importing.rules import CHANGED, CLOSED, NEW, REOPENED, UNCHANGED, Changes, Difference, Line


@dataclass
class Kept:
    """What is written of a row.

    Attributes:
        thing: as it will stand.
        new: whether it stands nowhere yet.
        fields: what the row says anew of it.
        renamed_from: the name it had; "" where it keeps it.
        more: what hangs on it, for its kind.
    """

    thing: Any
    new: bool
    fields: tuple[str, ...]
    renamed_from: str
    more: Any = None


class Kind(ABC):
    """How the rows of one kind of file are understood, compared with what stands, and kept.

    Attributes:
        label: what it is called on the page.
        publisher: whose files they are, in a few letters.
        hint: which file it is.
        uncompared: what its files tell and the portal does not compare, in a sentence; "" for nothing worth a word.
    """

    label: ClassVar[str]
    publisher: ClassVar[str]
    hint: ClassVar[str] = ""
    uncompared: ClassVar[str] = ""

    def __init__(self, *, applying: bool = False) -> None:
        """Begin with a file: to look at it, or to apply it, when what is compared is held until it is written."""
        self.applying = applying

    @abstractmethod
    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Each row of the file, read without the database, streamed.

        Raises:
            Unreadable: it is no such file.
        """

    @abstractmethod
    def compare(self, lines: Sequence[Line], today: date) -> Iterable[Difference]:
        """What sound rows mean for what stands; a constant number of questions however many rows.

        Returns:
            One difference for each row, in any order. A row may still turn out bad, such as a site of an unknown trust.
        """

    @abstractmethod
    def standing(self) -> Iterable[tuple[str, str]]:
        """The codes and names of this kind that stand as open, to say which of them are not in the file."""

    @abstractmethod
    def keep(self, differences: Sequence[Difference], today: date, source: str) -> None:
        """Write what is new, changed, closed and open again, in bulk, inside the transaction of the import.

        Args:
            differences: of ``APPLIED`` outcomes only.
            today: the London day.
            source: what a row's source says from now on.
        """

    def held(self, model: type[Model]) -> QuerySet[Any]:
        """The rows of a model, as they are compared.

        While a file is applied nobody else changes them between the comparison and the writing; others may point to
        them all the while, such as a concern raised about a provider.
        """
        rows = model._default_manager.all()
        return rows.select_for_update(no_key=True) if self.applying else rows


def difference_of(
    line: Line,
    here: Any,
    thing: Any,
    said: Mapping[str, Any],
    *,
    changes: Changes | None = None,
    note: str = "",
    more: Any = None,
) -> Difference:
    """What a row means for its thing, which is then as it will stand.

    Args:
        line: the row.
        here: what stands; None for nothing yet.
        thing: the same, or what will stand.
        said: the fields in which the row says another thing, with what it says.
        changes: what changes besides, of what hangs on it.
        note: what else is to be known of the row.
        more: what is written of what hangs on it.
    """
    own: Changes = {name: (shown(getattr(thing, name)), shown(value)) for name, value in said.items()}
    renamed_from = here.name if here is not None and "name" in said else ""
    for name, value in said.items():
        setattr(thing, name, value)
    everything = own | (changes or {})
    kept = Kept(thing, here is None, tuple(said), renamed_from, more)
    if here is None:
        told = {name: ("", after) for name, (_, after) in own.items() if name not in ("name", "short_name")}
        return Difference(NEW, line.number, line.code, line.name, told | (changes or {}), note, kept)
    outcome = _turn(thing, own) or (CHANGED if everything else UNCHANGED)
    return Difference(outcome, line.number, line.code, line.name, everything, note, kept)


def _turn(thing: Any, changes: Changes) -> str:
    """Whether what stands closes or opens again; a body, which has no status, by its close date."""
    if hasattr(thing, "status"):
        before, after = (text == "closed" for text in changes.get("status", ("", "")))
    else:
        before, after = map(bool, changes.get("closed_on", ("", "")))
    return {(False, True): CLOSED, (True, False): REOPENED}.get((before, after), "")


def write(model: type[Model], kept: Sequence[Kept], always: Sequence[str] = ()) -> None:
    """Write things of a model in bulk: the new ones, what rows say anew of the others, and names they had.

    Args:
        model: theirs.
        kept: one for each; all of it as it will stand.
        always: fields that are written in any case.
    """
    model._default_manager.bulk_create([one.thing for one in kept if one.new])
    stood = [one for one in kept if not one.new]
    fields = sorted({*always, *(name for one in stood for name in one.fields)})
    if stood and fields:
        model._default_manager.bulk_create(
            [one.thing for one in stood], update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


def keep_names(owner: Any, kept: Iterable[Kept], today: date) -> None:
    """Keep the names that things had until today."""
    keep_earlier(owner, [(one.thing, one.renamed_from) for one in kept if one.renamed_from], today)


def keep_turned(owner: Any, differences: Iterable[Difference], today: date, source: str) -> None:
    """Keep that things closed, opened again or moved."""
    keep_turns(owner, [(one.keep.thing, one.changes) for one in differences], today, source)


def shown(value: Any) -> str:
    """A value as the report shows it: a day as 2013-04-01, nothing as ""."""
    return "" if value is None else str(value)


def differs(held: Any, given: Any) -> bool:
    """Whether a file says another thing than what stands; capitals and blanks are no difference."""
    return _plain(held) != _plain(given)


def _plain(value: Any) -> Any:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def reused(code: str, held_name: str, closed_on: date | None, name: str, opened_on: date | None) -> str:
    """Why a row cannot be taken that gives a closed thing's code to another, opened later; "" if it does not.

    Codes are never reused.
    """
    if closed_on and opened_on and opened_on > closed_on and differs(held_name, name):
        return (
            f"code {code} is that of {held_name}, which closed on {closed_on}; codes are never reused,"
            f" so this cannot be another that opened on {opened_on}"
        )
    return ""
