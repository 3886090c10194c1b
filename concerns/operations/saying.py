"""What others say of a concern: that they see it too or see the opposite, and comments."""

from collections.abc import Iterable, Set
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import audience, create_record, operation, share_record
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow
from access.sight import visible_to
from audit.operations import record_deed
from concerns.models import Comment, Concern, Corroboration
from concerns.models.said import TEXT_LONGEST
from concerns.operations.lists import shelf
from concerns.operations.places import are_known
from concerns.operations.telling import tell_the_handlers
from concerns.operations.writing import guard, refuse, take_up
from concerns.rules.content import OTHER_SOURCE, SHORT_LONGEST, market_oversight, too_long
from concerns.rules.origins import ORIGIN_WORDS, OWN, STANCE_WORDS, UNSURE
from concerns.rules.sharing import Choice
from concerns.rules.states import check_open
from reference.personal_data import codes
from timekeeping.london import london_day


def _child(
    kind: str,
    concern: Concern,
    *,
    by: Principal,
    now: datetime,
    narrowed: bool = False,
    happened_at: datetime | None = None,
) -> Record:
    return create_record(
        kind=kind,
        by=by,
        now=now,
        providers=concern.record.about.values_list("provider_id", flat=True),
        happened_at=happened_at,
        parent=concern.record,
        parent_rule=Record.ParentRule.REQUIRED,
        narrowed=narrowed,
    )


def reports_on(by: Principal, concern: Concern) -> list[Corroboration]:
    """Return what other bodies say they see, as far as this person sees it, the oldest first."""
    held = Corroboration.objects.filter(record__parent=concern.pk).select_related(
        "record__owner", "record__recorded_by"
    )
    return list(visible_to(by, held).order_by("record__recorded_at", "pk"))


@operation("concern.corroborated")
def corroborate(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    stance: str,
    source_kind: str,
    reliability: str,
    origin: str,
    text: str = "",
    source_other: str = "",
    same_as: UUID | None = None,
    decided: Set[str] = frozenset(),
) -> Corroboration:
    """Say for another body that it sees it too, or sees the opposite, and from where it has it.

    Args:
        by: needs ``concern.corroborate`` at their own body, which is not the owner.
        now: the moment.
        concern: in sight of ``by``.
        stance: ``too`` or ``opposite``.
        source_kind: how it is known.
        reliability: how close the source was.
        origin: ``own``, ``same`` (as a report already there) or ``unsure``, which counts as the same.
        text: what was seen.
        source_other: what kind of source, for ``other``.
        same_as: for ``same``, the report whose origin it shares, in sight of ``by``; by default the concern.
        decided: see ``note_concern``.

    Returns:
        The report, seen by those who see the concern.
    """
    held = take_up(by=by, concern=concern)
    by.require("concern.corroborate", at=OWN_BODY)
    if held.record.is_of(by):
        raise NotNow("Your own body raised this. Change the concern itself to say more.")
    check_open(held.status)
    lists = shelf(london_day(now)).lists
    errors = too_long("text", text, TEXT_LONGEST) | too_long("source_other", source_other, SHORT_LONGEST)
    errors |= market_oversight({"text": text, "source_other": source_other})
    if stance not in STANCE_WORDS:
        errors["stance"] = "Choose whether you see it too, or see the opposite"
    if source_kind not in lists.source_kinds:
        errors["source_kind"] = "Choose how it is known"
    if source_kind == OTHER_SOURCE and not source_other.strip():
        errors["source_other"] = "Say what kind of source it is"
    if reliability not in lists.reliabilities:
        errors["reliability"] = "Choose how close the source was; “Cannot say” is an answer"
    if origin not in ORIGIN_WORDS:
        errors["origin"] = "Say whether it comes from the same source; “We cannot say” is an answer"
    refuse(errors)
    shared = _shared_origin(by, held, origin, same_as)
    guard({"text": text, "source_other": source_other}, decided=decided)
    report = Corroboration.objects.create(
        record=_child(Corroboration.KIND, held, by=by, now=now),
        stance=stance,
        source_kind=source_kind,
        source_other=source_other.strip(),
        reliability=reliability,
        origin=origin,
        same_as_id=shared,
        text=text.strip(),
    )
    tell_the_handlers(held, report.record, stance, by=by, now=now)
    detail = {"stance": stance, "source_kind": source_kind, "personal_data": codes([text, source_other])}
    record_deed(by=by, now=now, deed="concern.corroborated", record=report.pk, detail=detail)
    return report


def _shared_origin(by: Principal, concern: Concern, origin: str, same_as: UUID | None) -> UUID | None:
    """Return the report whose origin is shared; not knowing counts as the concern's own."""
    if origin == OWN:
        return None
    if origin == UNSURE or same_as in (None, concern.pk):
        return UUID(str(concern.pk))
    if same_as not in {one.pk for one in reports_on(by, concern)}:
        raise Invalid({"same_as": "Choose one of the answers in the list"})
    return same_as


@operation("concern.commented")
def comment(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    text: str,
    narrowed: bool = False,
    people: Iterable[tuple[UUID, UUID]] = (),
    decided: Set[str] = frozenset(),
) -> Comment:
    """Say a word on a concern; its author may narrow it.

    Args:
        by: needs ``concern.comment`` at their own body, and must see the concern.
        now: the moment.
        concern: in sight of ``by``.
        text: what is said.
        narrowed: only the author's body, the concern's owner and the people named read it.
        people: persons named, each at a body; they must see the concern too.
        decided: see ``note_concern``.

    Returns:
        The comment.
    """
    held = take_up(by=by, concern=concern)
    by.require("concern.comment", at=OWN_BODY)
    check_open(held.status)
    errors = {} if text.strip() else {"text": "Write your comment"}
    refuse(errors | too_long("text", text, TEXT_LONGEST) | market_oversight({"text": text}))
    named = frozenset(people)
    refuse(are_known(Choice(people=named), now))
    guard({"text": text}, decided=decided)
    record = _child(Comment.KIND, held, by=by, now=now, narrowed=narrowed)
    said = Comment.objects.create(record=record, text=text.strip())
    if narrowed and named:
        audiences = [audience("person", person=person, agency=agency) for person, agency in sorted(named)]
        share_record(record=record, audiences=audiences, by=by, now=now)
    tell_the_handlers(held, record, "comment", by=by, now=now)
    detail = {"narrowed": narrowed, "personal_data": codes([text])}
    record_deed(by=by, now=now, deed="concern.commented", record=said.pk, detail=detail)
    return said
