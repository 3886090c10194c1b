"""The only writers of records, shares and circles."""

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from access.models import (
    Audience,
    Circle,
    CircleReading,
    LastReader,
    Listing,
    Record,
    RecordExclusion,
    RecordProvider,
    Share,
    Submission,
)
from access.principal import Principal
from access.reach import Plan, Reader, plan_of, readers
from access.refusals import NotNow
from access.sight import MOST_PARENTS
from audit.operations import DeedsWritten

P = ParamSpec("P")
R = TypeVar("R")

KEEP_SUBMISSIONS = timedelta(days=7)

OPERATIONS: dict[str, Callable[..., Any]] = {}
"""Every operation of the portal, by the deed it writes to the log."""


def operation(deed: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a writer: one transaction, and exactly one line of the log for its deed.

    Args:
        deed: the code of the deed, such as ``concern.raised``.

    Returns:
        A decorator for a keyword-only function that takes ``by`` and ``now``.

    Raises:
        AssertionError: (when the writer runs) it did not log its deed exactly once.
    """

    def decorate(writer: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(writer)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with transaction.atomic(), DeedsWritten() as written:
                result = writer(*args, **kwargs)
                if written.count(deed) != 1:
                    raise AssertionError(f"{deed} was logged {written.count(deed)} times, not once")
            return result

        OPERATIONS[deed] = run
        return run

    return decorate


def audience(
    kind: str,
    *,
    qsg: UUID | None = None,
    agency: UUID | None = None,
    person: UUID | None = None,
    summit: UUID | None = None,
) -> Audience:
    """Return the audience made by this, the same one each time it is asked for."""
    found = Audience.objects.filter(kind=kind, qsg=qsg, agency=agency, person=person, summit=summit).first()
    if found:
        return found
    name = ":".join([kind, *(one.hex for one in (qsg, agency, person, summit) if one)])
    group, _ = Group.objects.get_or_create(name=name)
    made, _ = Audience.objects.get_or_create(
        group=group,
        defaults={
            "kind": kind,
            "qsg_id": qsg,
            "agency_id": agency,
            "person_id": person,
            "summit_id": summit,
        },
    )
    return made


def forget_audiences(qsg: UUID) -> None:
    """Take away the audiences of a group that is undone; refused by the database where one was ever shared with."""
    audiences = Audience.objects.filter(qsg=qsg)
    groups = list(audiences.values_list("group_id", flat=True))
    audiences.delete()
    Group.objects.filter(pk__in=groups).delete()


def readers_with(plan: Plan, wanted: Iterable[Mapping[str, Any]]) -> list[Reader]:
    """Return who would see this if it were shared with these audiences too, before anything is saved.

    Args:
        plan: a saved record's facts, or those of one not saved yet.
        wanted: the audiences, each as the arguments of ``audience``. One that was never used before is made to look,
            and unmade.

    Returns:
        Each reader once, as ``reach.readers`` does.
    """
    with transaction.atomic():
        groups = frozenset(audience(**key).pk for key in wanted)
        found = readers(replace(plan, audiences=plan.audiences | groups))
        transaction.set_rollback(True)
    return found


def create_record(
    *,
    kind: str,
    by: Principal,
    now: datetime,
    owner: UUID | None = None,
    providers: Iterable[UUID] = (),
    happened_at: datetime | None = None,
    closed: bool = False,
    gate: str = Record.Gate.OPEN,
    parent: Record | None = None,
    parent_rule: str = "",
    narrowed: bool = False,
    exercise: bool = False,
) -> Record:
    """Make the Record of a thing with sight; the thing then shares its key.

    Args:
        kind: a code of ``access.models.KINDS``.
        by: who records it; ``owner`` is their body unless another is given.
        now: the moment it is recorded.
        owner: the body that owns it.
        providers: whom it is about.
        happened_at: when it happened, if not now.
        closed: people of the owner must be named to see it.
        gate: what stands before the formula.
        parent: what it hangs on, or came from.
        parent_rule: what the parent means for sight.
        narrowed: a child for its author's body, the parent's owner and those named.
        exercise: part of a rehearsal.

    Returns:
        The record, shared with nobody yet.

    Raises:
        NotNow: what it came from cannot carry it (only top-level things can be added to).
    """
    owner_id = owner or by.agency_id
    if owner_id is None:
        raise NotNow("You act for no body at the moment, so nothing can be recorded in its name.")
    if parent_rule == Record.ParentRule.ADDS and parent is not None and parent.parent_id:
        raise NotNow("This cannot come from something that hangs on another record.")
    if _depth(parent) > MOST_PARENTS:
        raise NotNow("Answer further up: nothing more can hang on this.")
    record = Record.objects.create(
        kind=kind,
        owner_id=owner_id,
        closed=closed,
        gate=gate,
        parent=parent,
        parent_rule=parent_rule,
        narrowed=narrowed,
        exercise=exercise,
        recorded_by_id=by.user_id,
        happened_at=happened_at or now,
        recorded_at=now,
    )
    RecordProvider.objects.bulk_create(
        RecordProvider(record=record, provider_id=one) for one in dict.fromkeys(providers)
    )
    return record


def _depth(parent: Record | None) -> int:
    """Return how many parents a new record under this one would have."""
    return 1 + _depth(parent.parent) if parent else 0


def share_record(
    *, record: Record, audiences: Sequence[Audience], by: Principal, now: datetime, gateway: str = ""
) -> list[Share]:
    """Share a record with audiences it is not yet shared with; derive its circle.

    Returns:
        The new shares.
    """
    lock(record)
    held = set(record.shares.filter(ended_at=None).values_list("audience_id", flat=True))
    fresh = [
        Share(record=record, audience=one, by_id=by.user_id, at=now, gateway=gateway)
        for one in dict.fromkeys(audiences)
        if one.pk not in held
    ]
    Share.objects.bulk_create(fresh)
    derive_circle(record)
    return fresh


def end_shares(*, record: Record, audiences: Iterable[Audience], now: datetime) -> int:
    """End the record's live shares with these audiences; derive its circle. Returns how many."""
    lock(record)
    ended = record.shares.filter(ended_at=None, audience__in=list(audiences)).update(ended_at=now)
    derive_circle(record)
    return ended


def exclude(*, record: Record, agencies: Iterable[UUID], now: datetime) -> None:
    """Shut agencies out of one record, whatever they were granted."""
    RecordExclusion.objects.bulk_create(
        [RecordExclusion(record=record, agency_id=one, recorded_at=now) for one in agencies],
        ignore_conflicts=True,
    )


def withdraw_record(*, record: Record, now: datetime) -> None:
    """Turn a record into a tombstone for those who read it until now, emergency access apart."""
    lock(record)
    LastReader.objects.bulk_create(
        LastReader(record=record, user_id=one.user_id, agency_id=one.agency_id)
        for one in readers(plan_of(record), emergency=False)
    )
    record.gate, record.withdrawn_at = Record.Gate.WITHDRAWN, now
    record.save(update_fields=["gate", "withdrawn_at"])


def list_participants(*, summit: Record, people: Iterable[tuple[UUID, UUID]], now: datetime) -> list[Listing]:
    """List people at bodies called to a summit; who is listed there already stays as they are.

    Args:
        summit: the room's record.
        people: each person with the body they are listed at.
        now: the moment from which they are.

    Returns:
        The listings, in the order of the people.
    """
    wanted = list(dict.fromkeys(people))
    Listing.objects.bulk_create(
        [Listing(summit=summit, user_id=user, agency_id=agency, starts_at=now) for user, agency in wanted],
        ignore_conflicts=True,
    )
    listed = Listing.objects.filter(summit=summit, ended_at=None, user_id__in=[user for user, _ in wanted])
    held = {(one.user_id, one.agency_id): one for one in listed}
    return [held[one] for one in wanted]


def lock(record: Record) -> None:
    """Take the record's row for this transaction and read it afresh."""
    fresh = Record.objects.select_for_update().get(pk=record.pk)
    record.circle_id, record.named_id = fresh.circle_id, fresh.named_id
    record.gate, record.closed, record.narrowed = fresh.gate, fresh.closed, fresh.narrowed


def derive_circle(record: Record) -> None:
    """Set a record's two circles from its live shares: the one place that writes them."""
    live = list(record.shares.filter(ended_at=None).select_related("audience"))
    people = [one.audience_id for one in live if one.audience.kind == Audience.Kind.PERSON]
    others = [one.audience_id for one in live if one.audience.kind != Audience.Kind.PERSON]
    record.circle, record.named = circle_of(others), circle_of(people)
    record.save(update_fields=["circle", "named"])


def circle_of(groups: Iterable[int]) -> Circle | None:
    """Return the circle of exactly these audiences; None for no audience."""
    ids = sorted(set(groups))
    if not ids:
        return None
    key = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
    circle, made = Circle.objects.get_or_create(key=key)
    if made:
        permission = Permission.objects.get(
            codename="read_circle", content_type=ContentType.objects.get_for_model(Circle)
        )
        CircleReading.objects.bulk_create(
            CircleReading(group_id=one, permission=permission, content_object=circle) for one in ids
        )
    return circle


def drifted_circles() -> list[UUID]:
    """Return the records whose circles are not what their live shares say: none, ever."""
    drifted = []
    for record in Record.objects.select_related("circle", "named").iterator(chunk_size=500):
        live = record.shares.filter(ended_at=None).values_list("audience_id", "audience__kind")
        people = sorted(group for group, kind in live if kind == Audience.Kind.PERSON)
        others = sorted(group for group, kind in live if kind != Audience.Kind.PERSON)
        if people != _groups(record.named) or others != _groups(record.circle):
            drifted.append(record.pk)
    return drifted


def forget_submissions(*, now: datetime) -> int:
    """Forget forms that were taken long ago, whose page nobody can still have open; say how many."""
    gone, _ = Submission.objects.filter(at__lt=now - KEEP_SUBMISSIONS).delete()
    return gone


def _groups(circle: Circle | None) -> list[int]:
    return sorted(circle.readings.values_list("group_id", flat=True)) if circle else []
