"""Who judges what, at which moment, and which judgement starts the response (NQB ch. 5, l.834-836, l.858)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.refusals import Invalid, NotPermitted
from timekeeping import london

GROUP, CQC, COMMISSIONER, MONITOR, NHS_TDA = "group", "cqc", "commissioner", "monitor", "nhs_tda"

LISTS = {
    GROUP: "collective_judgement",
    CQC: "cqc_judgement",
    COMMISSIONER: "body_judgement",
    MONITOR: "body_judgement",
    NHS_TDA: "body_judgement",
}
"""Which list of ``outcome_codes`` each judge chooses from."""

JUDGES = tuple(LISTS)

WORDS = {
    GROUP: "The group's judgement",
    CQC: "CQC's own judgement",
    COMMISSIONER: "A commissioner's judgement",
    MONITOR: "Monitor's judgement",
    NHS_TDA: "The NHS Trust Development Authority's judgement",
}

STARTS_RESPONSE = frozenset(
    {
        ("collective_judgement", "actual"),
        ("collective_judgement", "potential"),
        ("cqc_judgement", "breach"),
        ("cqc_judgement", "potential_breach"),
        ("body_judgement", "actual"),
        ("body_judgement", "potential"),
    }
)
"""The judgements that there is, or may be, serious failure: the earliest starts the response."""

EXTENDED = "extended"
FOCUSED = "none_focused"
NOT_TAKEN_FORWARD = "not_taken_forward"
NOT_A_JUDGEMENT = frozenset({EXTENDED, "not_decided", "cannot_share"})
"""Said, and holding nobody up, but no judgement has been taken by it."""
NO_CONTENT = frozenset({"cannot_share"})
"""Nothing of what was decided is kept."""
NEEDS_WORDS = frozenset(
    {"actual", "potential", "none_focused", "not_taken_forward", "focused_action", "extended"}
)
"""A reason in a sentence is asked for these."""

LONGEST_JUDGING = timedelta(hours=72)

_JUDGE_OF_KIND = {"cqc": CQC, "monitor": MONITOR, "nhs_tda": NHS_TDA, "nhs_improvement": MONITOR}


@dataclass(frozen=True)
class Judgement:
    """What the rules ask about a judgement.

    Attributes:
        judge: one of ``JUDGES``.
        code: a code of that judge's list.
        happened_at: when it was taken.
        recorded_at: when it was written down.
    """

    judge: str
    code: str
    happened_at: datetime
    recorded_at: datetime

    @property
    def starts_response(self) -> bool:
        """Whether it says that there is, or may be, serious failure."""
        return starts_response(self.judge, self.code)


def starts_response(judge: str, code: str) -> bool:
    """Say whether this judgement starts the response (``outcome_codes``)."""
    return (LISTS[judge], code) in STARTS_RESPONSE


def judge_of(kind: str, *, commissions: bool) -> str | None:
    """Return as what a body of this kind judges for itself; None when it judges only with the group.

    Args:
        kind: its code in ``agency_kinds``.
        commissions: whether it commissions from the provider.
    """
    return _JUDGE_OF_KIND.get(kind) or (COMMISSIONER if commissions else None)


def check_judge(judge: str, *, kind: str, commissions: bool) -> None:
    """Raise NotPermitted when a body of this kind may not record this judgement."""
    if judge == judge_of(kind, commissions=commissions):
        return
    if judge == CQC:
        raise NotPermitted("Only CQC can record CQC's judgement: it is CQC's alone.")
    if judge == COMMISSIONER:
        raise NotPermitted(
            "Only a body that commissions from this provider can record a commissioner's judgement."
        )
    raise NotPermitted(f"{WORDS[judge]} can be recorded only by that body.")


def settle_moment(
    happened_at: datetime, *, triggered_at: datetime, now: datetime, field: str = "happened_at"
) -> datetime:
    """Return the moment at which something is taken to have happened.

    People type minutes: a moment in the minute of the trigger is the trigger's own.

    Args:
        happened_at: what was typed.
        triggered_at: when the summit was called.
        now: the database's moment.
        field: the form's field, for the sentence.

    Raises:
        Invalid: it lies in the future, or before the summit was called.
    """
    if happened_at > now:
        raise Invalid(
            {
                field: f"{london.moment_in_words(happened_at)} has not come yet. "
                "Give the time at which it happened; nothing you typed was lost."
            }
        )
    if happened_at < triggered_at.replace(second=0, microsecond=0):
        raise Invalid(
            {
                field: f"The risk summit was called on {london.moment_in_words(triggered_at)}, and this is before it. "
                "Give the time at which it happened; nothing you typed was lost."
            }
        )
    return max(happened_at, triggered_at)


def check_words(judge: str, code: str, words: str) -> None:
    """Raise Invalid when a judgement lacks its reason, or says what cannot be shared."""
    if code in NEEDS_WORDS and not words.strip():
        raise Invalid({"text": "Say in a sentence what this rests on."})
    if code in NO_CONTENT and words.strip():
        raise Invalid(
            {
                "text": "This answer keeps nothing of what was decided. Take the text out, or give another answer."
            }
        )


def extended_until(asked: datetime | None, *, triggered_at: datetime, now: datetime) -> datetime:
    """Return the new time by which the group will judge, when it cannot yet say.

    Raises:
        Invalid: no new time, one that has passed, or one more than 72 hours after the trigger.
    """
    latest = triggered_at + LONGEST_JUDGING
    if asked is None:
        raise Invalid({"until": "Give the new time at which the group will judge."})
    if asked <= now:
        raise Invalid({"until": "Give a new time that has not passed."})
    if asked > latest:
        raise Invalid(
            {
                "until": "The group must judge within 72 hours of the call: "
                f"by {london.moment_in_words(latest)} at the latest."
            }
        )
    return asked


def failure_judged_at(judgements: Iterable[Judgement]) -> datetime | None:
    """Return the earliest moment at which serious failure, or its potential, was judged; None when it never was.

    Later judgements are added and never start the response again (clocks.md).
    """
    return min((one.happened_at for one in judgements if one.starts_response), default=None)
