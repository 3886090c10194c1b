"""Go and look: for each grave concern somebody goes, or says why nobody has (mission B13, NQB ch. 6 (l.921))."""

from collections.abc import Set
from datetime import datetime

from access.models import Record
from access.operations import create_record, operation
from access.principal import OWN_BODY, Principal
from access.reach import answering_body
from access.refusals import NotNow
from access.sight import must_see
from audit.operations import record_deed
from clocks.operations import correct, meet, start_clock
from concerns.models import Concern, GoAndLook
from concerns.models.said import TEXT_LONGEST
from concerns.operations.timing import LOOK, open_clocks
from concerns.operations.writing import guard, refuse, take_up, who_acts
from concerns.rules.content import GRAVE, NAME_LONGEST, too_long
from concerns.rules.states import check_open
from reference.personal_data import codes

KIND_OF_SEVERITY = {"serious": "go_and_look", "critical": "go_and_look_critical"}


def time_the_look(concern: Concern, *, by: Principal, now: datetime) -> None:
    """Start the clock of a grave concern, or shorten it when the concern became critical.

    Nothing is timed when somebody has looked already.
    """
    if concern.severity not in GRAVE or GoAndLook.objects.filter(record__parent=concern.pk).exists():
        return
    kind = KIND_OF_SEVERITY[concern.severity]
    running = open_clocks(concern.record, LOOK)
    if not running:
        start_clock(
            kind=kind,
            record=concern.record,
            by=by,
            now=now,
            responsible_agency=answering_body(concern.record, by),
        )
    elif kind == KIND_OF_SEVERITY["critical"] and running[0].kind != kind:
        correct(clock=running[0], by=by, now=now, started_at=now, kind=kind)


def check_look(*, how: str, who: str, text: str, happened_at: datetime, now: datetime) -> dict[str, str]:
    """Return what is wrong with a record of a look, by field."""
    nobody = how == GoAndLook.How.NOBODY
    errors = too_long("text", text, TEXT_LONGEST) | too_long("who", who, NAME_LONGEST)
    if how not in GoAndLook.How.values:
        errors["how"] = "Choose how somebody looked, or that nobody went"
    if not text.strip():
        errors["text"] = (
            "Say why nobody went" if nobody else "Say what was found; “nothing of note” is an answer"
        )
    if not nobody and not who.strip():
        errors["who"] = "Say who went"
    if happened_at > now:
        errors["happened_at"] = "This lies in the future. Enter when it was done"
    return errors


@operation("concern.looked")
def record_look(
    *,
    by: Principal,
    now: datetime,
    record: Record,
    how: str,
    who: str = "",
    text: str = "",
    happened_at: datetime | None = None,
    decided: Set[str] = frozenset(),
) -> GoAndLook:
    """Write down who went, when, and what was found; or why nobody went. It meets the clock by the deed.

    Args:
        by: needs ``concern.go_and_look`` at their own body, and must see the record.
        now: the moment.
        record: a concern, or a surveillance level that wants more information.
        how: ``visit``, ``call``, ``files`` or ``nobody``.
        who: who went; blank for ``nobody``.
        text: what was found, or why nobody went.
        happened_at: when, if not now.
        decided: see ``note_concern``.

    Returns:
        What was written, seen by those who see the record.
    """
    if record.kind == Concern.KIND:
        check_open(take_up(by=by, concern=Concern.objects.get(pk=record.pk)).status)
    else:
        must_see(by, record)
    by.require("concern.go_and_look", at=OWN_BODY)
    if record.gate != Record.Gate.OPEN:
        raise NotNow("This is not open, so nothing more can be added to it.")
    at = happened_at or now
    refuse(check_look(how=how, who=who, text=text, happened_at=at, now=now))
    guard({"who": who, "text": text}, decided=decided)
    person, _ = who_acts(by)
    child = create_record(
        kind=GoAndLook.KIND,
        by=by,
        now=now,
        providers=record.about.values_list("provider_id", flat=True),
        happened_at=at,
        parent=record,
        parent_rule=Record.ParentRule.REQUIRED,
    )
    nobody = how == GoAndLook.How.NOBODY
    look = GoAndLook.objects.create(
        record=child, how=how, who="" if nobody else who.strip(), text=text.strip(), by_id=person
    )
    for clock in open_clocks(record, LOOK):
        meet(
            clock=clock,
            by=by,
            now=now,
            happened_at=max(at, clock.started_at),
            how="why_not" if nobody else how,
        )
    detail = {"how": how, "personal_data": codes([who, text])}
    record_deed(by=by, now=now, deed="concern.looked", record=child.pk, detail=detail)
    return look
