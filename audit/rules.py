"""How lines are chained."""

import hashlib
import json
from collections.abc import Mapping, Sequence

FIRST = "0" * 64
BROKEN = 3
"""The exit code of ``verify_audit`` when a seal does not hold; a command that fails otherwise ends with 1."""


def seal_hash(previous_hash: str, number: int, lines: Sequence[Mapping[str, object]]) -> str:
    """Return the hash that seals a batch.

    Args:
        previous_hash: the hash of the batch before, or FIRST.
        number: the batch's own number.
        lines: each line's columns as plain values, in the batch's order.

    Returns:
        A SHA-256 in hexadecimal.
    """
    text = json.dumps(
        [previous_hash, number, list(lines)], sort_keys=True, separators=(",", ":"), default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()
