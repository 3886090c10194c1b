"""What risk summits do with the lists."""

from collections.abc import Iterable

from reference.steering import Row, Unreadable, steers
from risk_summits.rules import judging, sealing
from risk_summits.rules.response import CRITICAL

_LONGEST_CODE = 20
"""Of what a judgement keeps."""
_JUDGED = frozenset({*judging.LISTS.values(), "stated_view"})


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers("agency_kinds", "Who may call a risk summit, and who may lead the joint response.")
    steers("provider_kinds", "What a provider is called to whoever calls a risk summit about it.")
    steers(
        "outcome_codes",
        "How a risk summit can be judged, and what views and judgements are called.",
        needs=_needed,
        reads=_read_outcome,
    )
    steers(
        "severity_scale",
        "How serious a risk summit can be judged, and when the meeting must come sooner.",
        needs=lambda: {CRITICAL},
        reads=_read_severity,
    )
    steers(
        "summit_parties",
        "Which bodies are offered to whoever calls a risk summit, where a row says ask; who is always called is fixed.",
    )
    steers(
        "ring_holder_suits",
        "Which body is suggested to lead the joint response.",
        needs=lambda: {"default", "several_areas"},
    )


def _needed() -> Iterable[str]:
    """Give the judgements that start, extend or end something, and the views that a body can state."""
    starting = {f"{list_code}:{code}" for list_code, code in judging.STARTS_RESPONSE}
    group = judging.LISTS[judging.GROUP]
    others = {f"{group}:{code}" for code in (judging.EXTENDED, judging.FOCUSED, judging.NOT_TAKEN_FORWARD)}
    return starting | others | {f"stated_view:{code}" for code in sealing.ANSWERS}


def _read_outcome(row: Row) -> None:
    if row["list"] in _JUDGED:
        _check_length(row)


def _read_severity(row: Row) -> None:
    _check_length(row)


def _check_length(row: Row) -> None:
    if len(str(row["code"])) > _LONGEST_CODE:
        raise Unreadable(
            "code", f"A judgement keeps codes of {_LONGEST_CODE} characters at most. Choose a shorter one."
        )
