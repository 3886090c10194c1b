"""How a change reads: one version beside the next, in words."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIELD_WORDS = {
    "headline": "In one line",
    "narrative": "What happened",
    "happened": "When",
    "danger": "Anyone in danger?",
    "source": "How it is known",
    "reliability": "How close the source was",
    "dimensions": "What it touches",
    "outcome_domain": "Part of the outcomes framework",
    "severity": "How serious",
    "confidence": "How sure",
}

SAME, ADDED, GONE = "same", "added", "gone"


@dataclass(frozen=True)
class Stretch:
    """A stretch of a text beside its earlier form: the same, added, or gone."""

    state: str
    text: str


@dataclass(frozen=True)
class Change:
    """One field that reads differently: what it is called, and its text with what was added and what is gone."""

    field: str
    called: str
    stretches: tuple[Stretch, ...]

    @property
    def sentence(self) -> str:
        """The change in one sentence, for those who cannot see marks in a text."""
        added = _quoted(self.stretches, ADDED)
        gone = _quoted(self.stretches, GONE)
        if gone and added:
            return f"{self.called}: “{gone}” became “{added}”."
        return f"{self.called}: added “{added}”." if added else f"{self.called}: took out “{gone}”."


def _quoted(stretches: Sequence[Stretch], state: str) -> str:
    return " … ".join(one.text.strip() for one in stretches if one.state == state and one.text.strip())


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Return each field that reads differently, in the order of the page.

    Args:
        before: field to what the reader of this page sees there, as it was.
        after: the same, as it became.
    """
    return [
        Change(name, called, tuple(_stretches(before.get(name, ""), after.get(name, ""))))
        for name, called in FIELD_WORDS.items()
        if before.get(name, "") != after.get(name, "")
    ]


def _stretches(before: str, after: str) -> list[Stretch]:
    """Return two texts as one, word by word."""
    old, new = _words(before), _words(after)
    match = (
        difflib.SequenceMatcher(None, old, new, autojunk=False) if len(old) * len(new) < 4_000_000 else None
    )
    if match is None:  # a long text rewritten: word by word would take too long to be worth it
        return _lines(before, after)
    return _cut(match, old, new)


def _lines(before: str, after: str) -> list[Stretch]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return _cut(difflib.SequenceMatcher(None, old, new), old, new)


def _cut(match: "difflib.SequenceMatcher[str]", old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    found: list[Stretch] = []
    for _, i, j, k, m in match.get_opcodes():
        if old[i:j] == new[k:m]:
            found.append(Stretch(SAME, "".join(new[k:m])))
            continue
        if old[i:j]:
            found.append(Stretch(GONE, "".join(old[i:j])))
        if new[k:m]:
            found.append(Stretch(ADDED, "".join(new[k:m])))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)
