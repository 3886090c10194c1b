"""What each body says, and what was judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from risk_summits.models import Judgement, StatedView
from risk_summits.rules import judging, sealing
from risk_summits.showing.held import Held


@dataclass(frozen=True)
class ShownView:
    """A view in the reader's sight, with its words."""

    row: StatedView
    what: str
    apart: bool


@dataclass(frozen=True)
class Views:
    """What each body says, as far as the reader sees it.

    Attributes:
        revealed_at: when the views were revealed; None while they are sealed.
        because: why then.
        shown: the views in sight; before the reveal only the own body's.
        spoken: the bodies that have stated one.
        silent: those waited for.
        spread: how the views lie, as a sentence.
        of_one_mind: whether all that gave a view gave the same.
    """

    revealed_at: datetime | None
    because: str
    shown: Sequence[ShownView]
    spoken: Sequence[str]
    silent: Sequence[str]
    spread: str
    of_one_mind: bool


def views_of(held: Held) -> Views:
    """Return the views in the reader's sight; before the reveal only who has spoken is known to all."""
    standing = [one for one in held.stated if one.replaced_by_id is None]
    shown = [one for one in standing if one.pk in held.seen_views]
    said = {one.agency_id for one in standing}
    awaited = {one.agency_id for one in held.called if one.speaks}
    found = sealing.spread([(one.agency_id, one.answer) for one in shown], sorted(awaited))
    labels = {code: held.outcome("stated_view", code) for code in sealing.ANSWERS}
    most = max((len(bodies) for bodies in found.by_answer.values()), default=0)
    order = {code: number for number, code in enumerate(sealing.ANSWERS)}
    return Views(
        revealed_at=held.room.revealed_at,
        because=sealing.REVEALED_BECAUSE.get(held.room.revealed_because, ""),
        shown=[
            ShownView(
                row=one,
                what=labels.get(one.answer, one.answer),
                apart=not found.of_one_mind and len(found.by_answer[one.answer]) < most,
            )
            for one in sorted(shown, key=lambda one: (order[one.answer], one.agency.name))
        ],
        spoken=held.named(said),
        silent=held.named(awaited - said),
        spread=sealing.spread_in_words(found, labels) if held.room.revealed_at else "",
        of_one_mind=found.of_one_mind,
    )


@dataclass(frozen=True)
class ShownJudgement:
    """A judgement with its words, and whether it started the response."""

    row: Judgement
    whose: str
    what: str
    starts: bool
    mine: bool


def judgements_of(held: Held) -> list[ShownJudgement]:
    """Return the judgements in force, in the order in which they were taken."""
    started = held.failure_at
    return [
        ShownJudgement(
            row=one,
            whose=whose(one),
            what=held.outcome(judging.LISTS[one.judge], one.code),
            starts=one.fact.starts_response and one.happened_at == started,
            mine=_may_correct(held, one),
        )
        for one in held.in_force
    ]


def whose(one: Judgement) -> str:
    """Say whose judgement it is."""
    if one.judge == judging.COMMISSIONER:
        return f"{one.by_agency}'s judgement"
    return judging.WORDS[one.judge]


def _may_correct(held: Held, one: Judgement) -> bool:
    """Whether the reader may put its moment right."""
    if not held.open:
        return False
    if one.judge == judging.GROUP:
        return held.may_here("summit.judge_together")
    return one.by_agency_id == held.by.agency_id and held.may_for_body("summit.judge_for_body")
