"""The councils that place people: named, told together, and each confirming that it has read (ADASS 15, 16)."""

from collections.abc import Sequence, Set
from datetime import datetime
from uuid import UUID

from access.finding import the
from access.models import Audience
from access.operations import audience, end_shares, operation, share_record
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow
from access.sight import must_see
from agencies.models import Agency
from clocks.operations import meet
from clocks.operations.starting import Start, start_clocks
from providers.closing import rules
from providers.closing.operations.entering import done, hold, take_up
from providers.closing.operations.keeping import GATEWAY
from providers.closing.operations.reading import COUNCIL
from providers.closing.operations.telling import tell_of_change
from providers.guarding import guard, refuse
from providers.models import ClosurePlan, PlacingCouncil

RECEIPT = "closing_receipt"


@operation("closing.council_named")
def name_council(
    *, by: Principal, now: datetime, plan: ClosurePlan, agency: UUID, people: int | None, seen: int
) -> ClosurePlan:
    """Name a council that places people there, with how many; named again, the number is another.

    It sees the plan by being named, from this moment. One that was told is told of another number; one that had confirmed
    is asked to confirm again, and has the whole time for it.

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: one that is not over.
        agency: the council.
        people: how many it places.
        seen: the plan's ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    council = Agency.objects.filter(pk=agency, kind=COUNCIL, closed_on__isnull=True).first()
    if council is None:
        raise Invalid({"agency": "Choose a council of the directory"})
    refuse(rules.check_number("people", people))
    assert people is not None  # checked above
    named = plan.councils.select_related("agency").filter(agency=council).first()
    named = named or PlacingCouncil(plan=plan, agency=council, people=people)
    was, named.people = named.people, people
    given = share_record(
        record=plan.record, audiences=[_audience(council.pk)], by=by, now=now, gateway=GATEWAY
    )
    if given:
        named.share = given[0]
    named.save()
    detail: dict[str, object] = {"agency": str(council.pk), "people": people}
    text = f"{council.name}: {people}" if was == people else f"{council.name}: {people}, until now {was}"
    deed = rules.NAMED if was == people else rules.NUMBER
    done(plan, "closing.council_named", deed, by=by, now=now, text=text, detail=detail)
    if was != people and named.told_at is not None:
        tell_of_change(plan, rules.NUMBER, by=by, now=now, only=council.pk)
        if named.confirmed_at is not None:
            _ask_again(named, by=by, now=now)
    return plan


def _ask_again(council: PlacingCouncil, *, by: Principal, now: datetime) -> None:
    """Tell a council again that had confirmed: what it confirmed stays in the timeline, and its clock as it was met."""
    council.confirmed_at, council.confirmed_by, council.how, council.answered = None, None, "", ""
    _tell([council], by=by, now=now)


def _audience(agency: UUID) -> Audience:
    return audience(Audience.Kind.AGENCY, agency=agency)


@operation("closing.council_dropped")
def drop_council(*, by: Principal, now: datetime, plan: ClosurePlan, agency: UUID, seen: int) -> ClosurePlan:
    """Take a council off that was named by mistake. One that was told stays.

    It sees the plan no more, unless it sees it for another reason: the plan was shared with it besides.

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: one that is not over.
        agency: the council.
        seen: the plan's ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    council = _council(plan, agency)
    if council.told_at is not None:
        raise NotNow(
            f"{council.agency} was told, and stays. If it places nobody there, name it again with the number 0."
        )
    council.delete()
    if council.share is not None:
        end_shares(record=plan.record, audiences=[council.share.audience], now=now)
    detail: dict[str, object] = {"agency": str(agency)}
    return done(
        plan,
        "closing.council_dropped",
        rules.DROPPED,
        by=by,
        now=now,
        text=council.agency.name,
        detail=detail,
    )


def _council(plan: ClosurePlan, agency: UUID | None) -> PlacingCouncil:
    return the(plan.councils.select_related("agency", "clock", "share__audience").filter(agency=agency))


@operation("closing.councils_told")
def tell_councils(*, by: Principal, now: datetime, plan: ClosurePlan, seen: int) -> ClosurePlan:
    """Tell every council that is named and was not told yet, in one step. Each has a time to confirm that it has read.

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: one that is not over, with a council to tell.
        seen: its ``version`` when the person read it.

    Raises:
        Http404, NotPermitted, NotNow: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    waiting = list(plan.councils.select_related("agency").filter(told_at=None))
    if not waiting:
        raise NotNow("Every council that is named was told already. Name another first.")
    _tell(waiting, by=by, now=now)
    names = ", ".join(one.agency.name for one in waiting)
    detail: dict[str, object] = {"agencies": sorted(str(one.agency_id) for one in waiting)}
    return done(plan, "closing.councils_told", rules.TOLD, by=by, now=now, text=names, detail=detail)


def _tell(councils: Sequence[PlacingCouncil], *, by: Principal, now: datetime) -> None:
    """Ask councils of one plan for their receipts; the one whose person does it has read it."""
    starts = [Start(RECEIPT, responsible_agency=one.agency_id) for one in councils]
    clocks = start_clocks(record=councils[0].plan.record, starts=starts, by=by, now=now)
    for council, clock in zip(councils, clocks, strict=True):
        council.told_at, council.told_by_id, council.clock = now, by.user_id, clock
    PlacingCouncil.objects.bulk_update(
        councils, ["told_at", "told_by", "clock", "confirmed_at", "confirmed_by", "how", "answered"]
    )
    for council in councils:
        if council.agency_id == by.agency_id:
            _confirm(council, rules.READ, "", by=by, now=now)


@operation("closing.confirmed")
def confirm_reading(*, by: Principal, now: datetime, plan: ClosurePlan) -> ClosurePlan:
    """Confirm, for one's own council, that it has read the plan: the receipt.

    Args:
        by: needs ``closing.confirm`` at their own body, a council that was told.
        now: the moment.
        plan: the plan.

    Raises:
        Http404, NotPermitted, NotNow: with their sentences.
    """
    must_see(by, plan.record)
    by.require("closing.confirm", at=OWN_BODY)
    plan = hold(plan)
    rules.check_open(plan.state)
    council = plan.councils.select_related("agency", "clock").filter(agency=by.agency_id).first()
    if council is None or council.told_at is None:
        raise NotNow("Your body is not among the councils that were told, so there is nothing to confirm.")
    return _confirmed(plan, council, rules.READ, "", by=by, now=now)


@operation("closing.confirmed_by_telephone")
def confirm_by_telephone(
    *,
    by: Principal,
    now: datetime,
    plan: ClosurePlan,
    agency: UUID,
    answered: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> ClosurePlan:
    """Record that a council was rung and told what the plan says, and who answered there.

    Args:
        by: needs ``closing.keep`` at the owner.
        now: the moment.
        plan: one that is not over.
        agency: a council that was told, and has not confirmed.
        answered: who answered: a post, or a name.
        seen: the plan's ``version`` when the person read it.
        decided: marks of what looks like a person's in care and, somebody says, is not.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    plan = take_up(by=by, plan=plan, seen=seen)
    council = _council(plan, agency)
    if council.told_at is None:
        raise NotNow("This council is named and was not told yet. Tell the councils first.")
    if not answered.strip():
        raise Invalid({"answered": "Say who answered there"})
    if len(answered.strip()) > rules.LONGEST_NAME:
        raise Invalid({"answered": f"Keep it to {rules.LONGEST_NAME} characters. Nothing was cut"})
    guard({"answered": answered}, decided=decided)
    return _confirmed(
        plan,
        council,
        rules.TELEPHONE,
        answered.strip(),
        by=by,
        now=now,
        code="closing.confirmed_by_telephone",
    )


def _confirmed(
    plan: ClosurePlan,
    council: PlacingCouncil,
    how: str,
    answered: str,
    *,
    by: Principal,
    now: datetime,
    code: str = "closing.confirmed",
) -> ClosurePlan:
    if council.confirmed_at is not None:
        raise NotNow(
            f"It is written down already that {council.agency} has read this. Nothing more is needed."
        )
    _confirm(council, how, answered, by=by, now=now)
    text = f"{council.agency.name}, {rules.HOW_WORDS[how]}{': ' if answered else ''}{answered}"
    detail: dict[str, object] = {"agency": str(council.agency_id), "how": how}
    return done(plan, code, rules.CONFIRMED, by=by, now=now, text=text, detail=detail)


def _confirm(council: PlacingCouncil, how: str, answered: str, *, by: Principal, now: datetime) -> None:
    council.confirmed_at, council.confirmed_by_id = now, by.user_id
    council.how, council.answered = how, answered
    council.save(update_fields=["confirmed_at", "confirmed_by", "how", "answered"])
    assert council.clock is not None  # every council that was told has one
    if council.clock.is_open:
        meet(clock=council.clock, by=by, now=now, how=how)
