"""The side that asks: asking, agreeing to another way, keeping to what was asked, withdrawing."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.finding import the
from access.models import Record
from access.operations import audience, create_record, operation, share_record
from access.principal import Principal
from access.reach import plan_of, readers
from access.refusals import Invalid, NotNow
from access.sight import must_see
from actions import rules
from actions.models import Action
from actions.operations.reading import powers_offered
from actions.operations.telling import tell_the_asked, tell_the_other_side
from actions.operations.timing import start_its_clock, stop_its_clock
from actions.operations.turns import Deed, Said, guard, take_turn, take_up
from agencies.models import Agency
from providers.models import Provider
from timekeeping.london import london_day

ORIGINS = (Record.Gate.OPEN, Record.Gate.LISTED)
"""The gates of what an action may come from: neither a draft nor what is sealed or withdrawn."""


@dataclass(frozen=True)
class AskingSide:
    """Where the roles that ask for action are held: the body that asks, and the summit it comes from.

    Attributes:
        body: the body that asks; nobody of another body speaks for it.
        origin: what the action came from, if anything.
        asked: the action's own record, once there is one: a successor of the body that asked speaks for it too.
    """

    body: UUID | None
    origin: Record | None = None
    asked: Record | None = None

    @classmethod
    def of(cls, record: Record) -> "AskingSide":
        """Return where the roles are held that ask for a saved action, by its record."""
        return cls(record.owner_id, record.parent, record)

    def roles_of(self, principal: Principal) -> set[str]:
        """Return the roles held at the body, and at the origin where that is a place too."""
        ours = self.asked.is_of(principal) if self.asked else principal.agency_id == self.body
        if self.body is None or not ours:
            return set()
        held = getattr(self.origin.sighted, "roles_of", None) if self.origin else None
        return set(principal.agency_roles) | (held(principal) if held else set())


@operation("action.asked")
def ask_for_action(
    *,
    by: Principal,
    now: datetime,
    asked: UUID,
    statement: str,
    aim: str,
    power_kind: str,
    power: str = "",
    due_at: datetime,
    risk: str,
    origin: Record | None = None,
    providers: Iterable[UUID] | None = None,
    lead_name: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> Action:
    """Ask a body for action (NQB ch. 5, l.850-856): offered, never directed.

    Args:
        by: needs ``action.ask`` at the own body, or at the summit it comes from. The own body asks.
        now: the moment.
        asked: the body asked; everyone who reads intelligence there will see the action.
        statement: what is asked, complete in itself: the body asked may not see where it came from.
        aim: ``safeguard``, ``continue`` or ``improve``.
        power_kind: ``listed``, ``none`` or ``another``.
        power: one of the body's listed powers, or the words for another; nothing for ``none``.
        due_at: by when; in the future.
        risk: the risk if nothing is done: low, moderate, serious, critical.
        origin: the concern or summit it came from, in sight of ``by``; its readers see the action too.
        providers: whom it is about; None means all that the origin is about.
        lead_name: who could lead it there, by name; the body asked decides.
        happened_at: when it was asked, if earlier (by telephone, at a meeting).
        decided: marks of what looks like a patient's and, a person says, is not.

    Returns:
        The action, status ``offered``.

    Raises:
        Http404: the origin is out of sight, or the body does not exist.
        NotPermitted, Invalid, NotNow: with their sentences.
    """
    _must_see_origin(by, origin)
    by.require("action.ask", at=AskingSide(by.agency_id, origin))
    body = the(Agency.objects.filter(pk=asked))
    about = _providers(origin, providers)
    _check_interest(by, about)
    asked_at = happened_at or now
    _check_asking(now=now, asked_at=asked_at, origin=origin, due_at=due_at, statement=statement)
    rules.check_codes(aim=aim, power_kind=power_kind, risk=risk)
    power = rules.check_power(power_kind, power, powers_offered(body, london_day(now)))
    guard({"statement": statement, "other_power": power, "lead_name": lead_name}, decided=decided)
    action = Action(
        record=_record(by, now, asked_at, origin, about),
        asked=body,
        statement=statement.strip(),
        aim=aim,
        power_kind=power_kind,
        power=power,
        due_at=due_at,
        lead_name=lead_name.strip(),
        initial_risk=risk,
        current_risk=risk,
    )
    said = Said(statement=action.statement, due_at=due_at, risk=risk, happened_at=happened_at)
    take_turn(by=by, now=now, action=action, deed=Deed.ASKED, code="action.asked", said=said)
    _share(action, by, now)
    tell_the_asked(action, now)
    return action


def _must_see_origin(by: Principal, origin: Record | None) -> None:
    """Ask for sight of what it comes from, and whether it can carry an action."""
    if origin is not None:
        must_see(by, origin)
        if origin.gate not in ORIGINS:
            raise NotNow("Nobody can be asked for action about this while it stands as it does.")
        check_carries(Record.objects.get(pk=origin.pk))  # as it stands now, whatever the caller holds


def check_carries(origin: Record) -> None:
    """Refuse what says itself that no action comes from it any more: a thing may have such a ``why_no_action``.

    Raises:
        NotNow: with the thing's own sentence.
    """
    sentence = getattr(origin.sighted, "why_no_action", "")
    if sentence:
        raise NotNow(sentence)


def _record(
    by: Principal, now: datetime, asked_at: datetime, origin: Record | None, about: list[UUID]
) -> Record:
    """Make the record: readers of the origin see it too, and nothing of the origin goes with it."""
    return create_record(
        kind=Action.KIND,
        by=by,
        now=now,
        providers=about,
        happened_at=asked_at,
        parent=origin,
        parent_rule=Record.ParentRule.ADDS if origin else "",
        exercise=origin.exercise if origin else False,
    )


def _share(action: Action, by: Principal, now: datetime) -> None:
    """Share the action with the body asked; refuse when nobody there would see it."""
    body = action.asked
    share_record(record=action.record, audiences=[audience("agency", agency=body.pk)], by=by, now=now)
    if not any(one.agency_id == body.pk for one in readers(plan_of(action.record))):
        raise Invalid(
            {
                "asked": f"Nobody at {body} would see this in the portal, so it cannot be asked here. "
                "Ask by telephone, or ask another body. Nothing was saved."
            }
        )


def _check_asking(
    *, now: datetime, asked_at: datetime, origin: Record | None, due_at: datetime, statement: str
) -> None:
    rules.check_words("statement", statement, "Say what you ask them to do.")
    # Not when the origin happened: of a protected source a reader may know the month only (visibility.md).
    since = origin.recorded_at if origin else asked_at
    rules.check_moment(asked_at, since=since, what_before="what it comes from was written down", now=now)
    rules.check_due(due_at, after=now)


def _providers(origin: Record | None, chosen: Iterable[UUID] | None) -> list[UUID]:
    """Return whom the action is about: of the origin's providers those chosen, or all; without an origin, any."""
    if origin is None:
        about = list(dict.fromkeys(chosen or ()))
        if Provider.objects.filter(pk__in=about).count() != len(about):
            raise Invalid({"providers": "Choose among the providers in the directory."})
        return about
    of_origin = list(origin.about.values_list("provider_id", flat=True))
    wanted = set(of_origin if chosen is None else chosen)
    if not wanted <= set(of_origin):
        raise Invalid({"providers": "Choose among the providers that this is about."})
    return [one for one in of_origin if one in wanted]


def _check_interest(by: Principal, about: Iterable[UUID]) -> None:
    """Refuse whoever has an interest in a provider: what they ask about it they would not see themselves."""
    for held, sentence in (
        (by.own_conflicts, "You have a declared interest in this provider. Ask a colleague to ask for it"),
        (by.body_conflicts, "Your body has a declared interest in this provider. Leave it to another body"),
    ):
        if held & set(about):
            raise Invalid({"providers": sentence})


def require_asking_side(by: Principal, action: Action) -> None:
    """Let only the body that asked speak for it.

    Raises:
        Http404: out of sight.
        NotPermitted: anybody else's person, or without the role.
    """
    must_see(by, action.record)
    owner = action.record.owner
    by.require(
        "action.ask",
        at=AskingSide.of(action.record),
        sentence=f"Only {owner} asked for this, so only a person who may ask for {owner} can do that.",
    )


@operation("action.counter_agreed")
def agree_counter(
    *,
    by: Principal,
    now: datetime,
    action: Action,
    seen: int,
    text: str = "",
    decided: Set[str] = frozenset(),
) -> Action:
    """Take the other way that the body asked proposed: accepted as it proposed. Starts the clock.

    Raises:
        Http404, NotPermitted, NotNow: with their sentences.
    """
    require_asking_side(by, action)
    action = take_up(by=by, action=action, seen=seen, then=rules.ACCEPTED, given=rules.COUNTERED)
    guard({"text": text}, decided=decided)
    due_at = action.counter_due_at or action.due_at
    if due_at <= now:
        raise NotNow("The time they proposed has passed. Ask again with another time, or withdraw this.")
    action.statement, action.due_at = action.counter_statement, due_at
    action.counter_statement, action.counter_due_at = "", None
    action.status, action.accepted_at = rules.ACCEPTED, now
    said = Said(text=text.strip(), statement=action.statement, due_at=due_at)
    turn = take_turn(by=by, now=now, action=action, deed=Deed.AGREED, code="action.counter_agreed", said=said)
    start_its_clock(action, by=by, now=now)
    tell_the_other_side(action, turn, now)
    return action


@operation("action.counter_refused")
def keep_to_what_was_asked(
    *, by: Principal, now: datetime, action: Action, seen: int, reason: str, decided: Set[str] = frozenset()
) -> Action:
    """Keep to what was asked, with a reason: it is offered again as it stood.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    require_asking_side(by, action)
    action = take_up(by=by, action=action, seen=seen, then=rules.OFFERED, given=rules.COUNTERED)
    rules.check_words("reason", reason, "Say why you keep to what you asked.")
    guard({"reason": reason}, decided=decided)
    action.counter_statement, action.counter_due_at = "", None
    action.status = rules.OFFERED
    turn = take_turn(
        by=by,
        now=now,
        action=action,
        deed=Deed.KEPT,
        code="action.counter_refused",
        said=Said(text=reason.strip(), statement=action.statement, due_at=action.due_at),
    )
    tell_the_other_side(action, turn, now)
    tell_the_asked(action, now)
    return action


@operation("action.withdrawn")
def withdraw_action(
    *, by: Principal, now: datetime, action: Action, seen: int, reason: str, decided: Set[str] = frozenset()
) -> Action:
    """No longer ask for it, with a reason. Stops its clock, if one runs.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    require_asking_side(by, action)
    action = take_up(by=by, action=action, seen=seen, then=rules.WITHDRAWN)
    rules.check_words("reason", reason, "Say why you no longer ask for this.")
    guard({"reason": reason}, decided=decided)
    was_accepted = action.status == rules.ACCEPTED
    action.counter_statement, action.counter_due_at = "", None
    action.status, action.ended_at = rules.WITHDRAWN, now
    said = Said(text=reason.strip())
    turn = take_turn(by=by, now=now, action=action, deed=Deed.WITHDRAWN, code="action.withdrawn", said=said)
    if was_accepted:
        stop_its_clock(action, by=by, now=now)
    tell_the_other_side(action, turn, now)
    return action
