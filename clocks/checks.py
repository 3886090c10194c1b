"""A portal whose clocks would tell nobody does not start."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from clocks.registry import gaps
from clocks.rules.steps import Offset, parse_offset
from clocks.telling import POLICIES
from reference.files import read_table
from reference.operations import DATA


def check_words(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Return an error for each word of the shipped steps that no app explained, in the families that were taken.

    The lists in force, which administrators edit, are asked by the ticker when it starts.
    """
    steps: dict[str, list[Offset]] = defaultdict(list)
    rows, _problems = read_table(DATA / "clock_steps.csv")
    for _line, row in rows:
        steps[row["clock"]].append(parse_offset(row))
    untold = [
        f"clock_steps, {family}: it is not said how it reaches people."
        for family in set(steps) - set(POLICIES)
    ]
    return [Error(sentence, id="clocks.E001") for sentence in [*gaps(steps), *sorted(untold)]]
