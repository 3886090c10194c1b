"""How many sources agree: reports counted by independent origin.

Four reports of one origin are one (mission B5). A provider's word about itself, however it
arrives, is candour and never counts; media count once somebody has checked.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

COUNTS, ONCE, NEVER, ONCE_CHECKED = "counts", "once", "never", "once_checked"

TOO, OPPOSITE = "too", "opposite"
STANCE_WORDS = {TOO: "We see it too", OPPOSITE: "We see the opposite"}

DISPROVED, CONFIRMED = "disproved", "confirmed"

OWN, SAME, UNSURE = "own", "same", "unsure"
ORIGIN_WORDS = {
    OWN: "No: we have it from somebody or something else",
    SAME: "Yes: from the same person, event, document or figures",
    UNSURE: "We cannot say",
}


@dataclass(frozen=True)
class Report:
    """One report of a matter, as the counting asks.

    Attributes:
        key: names the report.
        source_kind: its kind of source.
        same_as: the report whose origin it shares; None for one of its own.
        confidence: how sure its body is; a disproved report never counts.
    """

    key: Hashable
    source_kind: str
    same_as: Hashable | None = None
    confidence: str = ""


def counting(words: str) -> str:
    """Read the list's words on whether a kind of source counts: ``yes``, ``yes, once``, ``no``, ``no, until checked``."""
    if words.startswith("yes"):
        return ONCE if "once" in words else COUNTS
    return ONCE_CHECKED if "until checked" in words else NEVER


def independent_origins(reports: Sequence[Report], kinds: Mapping[str, str]) -> int:
    """Return how many independent origins stand behind reports that say the same.

    Args:
        reports: the concern itself and those who see it too, as far as the reader sees them.
        kinds: how each kind of source counts, as ``counting`` reads it.
    """
    group: dict[Hashable, Hashable] = {report.key: report.key for report in reports}

    def root(key: Hashable) -> Hashable:
        while group[key] != key:
            key = group[key]
        return key

    def join(one: Hashable, other: Hashable) -> None:
        group[root(one)] = root(other)

    for report in reports:
        if report.same_as in group:
            join(report.key, report.same_as)
    for kind in {report.source_kind for report in reports if kinds.get(report.source_kind) == ONCE}:
        first, *others = [report.key for report in reports if report.source_kind == kind]
        for other in others:
            join(other, first)
    return len({root(report.key) for report in reports if _counts(report, kinds)})


def _counts(report: Report, kinds: Mapping[str, str]) -> bool:
    rule = kinds.get(report.source_kind, NEVER)
    if report.confidence == DISPROVED:
        return False
    return rule in (COUNTS, ONCE) or (rule == ONCE_CHECKED and report.confidence == CONFIRMED)


def in_words(reports: int, origins: int, bodies_opposite: int) -> str:
    """Return the line on the page, such as "4 reports, 2 independent origins."."""
    said = f"{reports:,} report{'' if reports == 1 else 's'}, "
    if origins:
        said += f"{origins:,} independent origin{'' if origins == 1 else 's'}."
    else:
        said += "none that counts as an independent origin."
    if bodies_opposite:
        said += f" {bodies_opposite:,} {'body sees' if bodies_opposite == 1 else 'bodies see'} the opposite."
    return said


def bodies(owners: Iterable[Hashable]) -> int:
    """Return how many different bodies there are."""
    return len(set(owners))
