"""What every deed about an action has in common: it is one turn, on what was seen, in its order."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.principal import Principal
from access.refusals import Invalid, NotNow
from access.sight import must_see
from actions import rules
from actions.models import Action, Turn
from audit.operations import record_deed
from reference.personal_data import codes, sentence, undecided
from timekeeping.london import time_in_words

Deed = Turn.Deed


@dataclass(frozen=True)
class Said:
    """What one turn says, where it says something.

    Attributes:
        text: the words: a reason, how it is going, the evidence.
        statement, due_at: what is proposed or agreed.
        rag, risk: how it stands.
        happened_at: when it happened, if not now.
    """

    text: str = ""
    statement: str = ""
    due_at: datetime | None = None
    rag: str = ""
    risk: str = ""
    happened_at: datetime | None = None


def take_up(*, by: Principal, action: Action, seen: int, then: str, given: str = "") -> Action:
    """Read an action afresh, and hold it for this transaction.

    Args:
        by: must see it.
        action: the one on the screen.
        seen: its ``turn`` when the person read it.
        then: the status it is to have.
        given: the status it must have now, where ``then`` may follow others too.

    Raises:
        Http404: out of sight.
        NotNow: somebody took a turn meanwhile, or ``then`` cannot follow.
    """
    must_see(by, action.record)
    fresh = Action.objects.select_for_update(of=("self",)).select_related("record", "asked").get(pk=action.pk)
    if fresh.turn != seen:
        last = fresh.turns.select_related("agency").get(number=fresh.turn)
        raise NotNow(
            f"{last.agency} took a turn on this action at {time_in_words(last.recorded_at)}, while you were writing "
            f"({Deed(last.deed).label.lower()}). What you typed is below and nothing was changed: read the action as it "
            "stands now, then send yours again if it still fits."
        )
    rules.check_follows(fresh.status, then, given=given)
    return fresh


def guard(texts: Mapping[str, str], *, decided: Set[str], before: Iterable[str] = ()) -> None:
    """Refuse words that are longer than is kept, or look like a patient's until a person has decided (mission B7).

    Args:
        texts: what is to be stored, by field.
        decided: the marks of what the person says is no patient's.
        before: words that stand in the action already.

    Raises:
        Invalid: with how long it may be, or what it looks like and what to write instead.
    """
    rules.check_texts(texts)
    found = undecided(texts, decided=decided, before=before)
    if found:
        raise Invalid({field: sentence(one) for field, one in found.items()})


def take_turn(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    deed: str,
    code: str,
    said: Said,
    agency: UUID | None = None,
) -> Turn:
    """Save the action with its next turn, and write the deed in the log.

    Args:
        by: whose turn it is.
        now: the moment of recording.
        action: changed already, not yet saved.
        deed: the turn's kind.
        code: the deed's code for the log.
        said: what it says.
        agency: for which body it is taken, where that is not ``by``'s own.

    Raises:
        Invalid: it is said to have happened in the future, or before the turn it answers.
    """
    happened_at = said.happened_at or now
    last = action.turns.order_by("-number").first()
    if last is not None:
        answers = action.turns.exclude(deed=Deed.PROGRESS).order_by("-number")[0]
        what = f"what it answers ({Deed(answers.deed).label.lower()})"
        rules.check_moment(happened_at, since=answers.happened_at, what_before=what, now=now)
        action.turn = last.number + 1
    action.save()
    turn = Turn.objects.create(
        action=action,
        number=action.turn,
        deed=deed,
        text=said.text,
        statement=said.statement,
        due_at=said.due_at,
        rag=said.rag,
        risk=said.risk,
        happened_at=happened_at,
        recorded_at=now,
        by_id=by.user_id,
        agency_id=agency or by.agency_id or action.record.owner_id,
    )
    detail: dict[str, object] = {"status": action.status, "turn": action.turn}
    if let_through := codes([said.text, said.statement]):
        detail["let_through"] = let_through
    record_deed(by=by, now=now, deed=code, record=action.pk, detail=detail)
    return turn
