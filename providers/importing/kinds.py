"""What can be imported: one class for each kind of file."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO, ClassVar

from providers.importing.rules import Difference, Line


class Kind(ABC):
    """How the rows of one kind of file are understood, compared with what stands, and kept.

    Attributes:
        label: what it is called on the page.
        publisher: whose files they are, in a few letters.
        hint: which file it is.
    """

    label: ClassVar[str]
    publisher: ClassVar[str]
    hint: ClassVar[str] = ""

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
        """Write what is new, changed and closed, in bulk, inside the transaction of the import.

        Args:
            differences: of ``APPLIED`` outcomes only.
            today: the London day.
            source: what a row's source says from now on.
        """


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
