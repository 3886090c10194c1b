"""A form that explains what looks like a patient's, and takes a person's decision (mission B7)."""

from collections.abc import Iterable, Mapping, Set
from typing import Any

from nhsuk import forms
from reference.personal_data import Finding, Piece, find, find_but, pieces, sentence, undecided

DECIDED = "decided"
"""The name of the boxes that a person ticks: their values are marks of findings, never the text."""

LOOKED_AT = 20_000
"""Characters of a typed text in which findings are underlined; a longer one is refused for its length first."""


class GuardedForm(forms.Form):
    """A form whose free texts are looked through before anything is stored.

    A subclass names its ``guarded`` fields. What is found is said beside the field; the template's
    ``guard`` component underlines it and offers a box to say that it is no patient's. The
    operation looks again: hand it ``decided``.
    """

    guarded: tuple[str, ...] = ()
    belongs: Mapping[str, Set[str]] = {}
    """By field, the kinds of finding that it is there to hold (see ``undecided``)."""

    def __init__(self, *args: Any, before: Iterable[str] = (), **kwargs: Any) -> None:
        """Take what any form takes, and the words that stand already: those were decided then."""
        self.before = tuple(before)
        super().__init__(*args, **kwargs)

    @property
    def decided(self) -> frozenset[str]:
        """The marks of what the person says is no patient's."""
        data: Any = self.data
        return frozenset(data.getlist(DECIDED) if hasattr(data, "getlist") else data.get(DECIDED, ()))

    def clean(self) -> dict[str, Any]:
        """Say beside each field what looks like a patient's and is not decided yet."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        texts = {name: str(cleaned.get(name) or "") for name in self.guarded}
        found_in = undecided(texts, decided=self.decided, before=self.before, belongs=self.belongs)
        for name, found in found_in.items():
            self.add_error(name, sentence(found))
        return cleaned

    def _found(self) -> dict[str, tuple[Finding, ...]]:
        """Return what was found in each guarded text as it was typed."""
        return {name: find_but(text, self.belongs.get(name, ())) for name, text in self.typed().items()}

    def typed(self) -> dict[str, str]:
        """Return the guarded texts as they were typed."""
        return {name: str(self[name].value() or "")[:LOOKED_AT] for name in self.guarded}

    def findings(self) -> list[tuple[Finding, bool]]:
        """Return each thing found in what was typed, once, and whether it is decided: for the boxes."""
        if not self.is_bound:
            return []
        known = {one.mark for text in self.before for one in find(text)}
        found = {one.mark: one for each in self._found().values() for one in each}
        return [(one, mark in self.decided) for mark, one in found.items() if mark not in known]

    def shown_pieces(self) -> list[list[Piece]]:
        """Return each guarded text in which something was found, cut for underlining."""
        marks = {one.mark for one, _ in self.findings()}
        cut = []
        typed = self.typed()
        for name, each in self._found().items():
            found = [one for one in each if one.mark in marks]
            if found:
                cut.append(pieces(typed[name], found))
        return cut
