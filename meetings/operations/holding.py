"""What convening and recording have in common: a meeting made for a matter, or read afresh for a change."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from uuid import UUID

from django.http import Http404

from access.models import Record, RecordExclusion
from access.operations import audience, create_record, exclude, share_record
from access.principal import Place, Principal
from access.refusals import Invalid, NotNow, check_lengths
from access.sight import must_see
from meetings import rules
from meetings.models import EssentialBody, Meeting
from meetings.operations.reading import bodies_called
from meetings.registry import matter_of
from reference.personal_data import TELEPHONE, sentence, undecided


def check_place(at: Place, of: Record) -> None:
    """Refuse a place that is another matter's, as if the meeting did not exist; raise Http404."""
    if getattr(at, "pk", of.pk) != of.pk:
        raise Http404


def make_meeting(
    *, by: Principal, now: datetime, of: Record, happened_at: datetime, **facts: object
) -> Meeting:
    """Make a meeting that the participants of its matter see, and nobody else.

    Args:
        by: who convened or recorded it.
        now: the moment of recording.
        of: the matter.
        happened_at: when it was convened or held.
        **facts: the meeting's own fields.
    """
    record = create_record(
        kind=Meeting.KIND,
        by=by,
        now=now,
        providers=of.about.values_list("provider_id", flat=True),
        happened_at=happened_at,
        gate=Record.Gate.LISTED,
        exercise=of.exercise,
    )
    exclude(
        record=record,
        agencies=RecordExclusion.objects.filter(record=of).values_list("agency_id", flat=True),
        now=now,
    )
    share_record(record=record, audiences=[audience("participants", summit=of.pk)], by=by, now=now)
    return Meeting.objects.create(record=record, of=of, **facts)


def take_up(
    *, by: Principal, at: Place, meeting: Meeting, seen: int, then: str, given: str, permission: str
) -> Meeting:
    """Read a meeting afresh, and hold it for this transaction: its matter first, then itself.

    Args:
        by: must see it, and hold ``permission`` at ``at``.
        at: the matter.
        meeting: the one on the screen.
        seen: its ``version`` when the person read it.
        then: the status it is to have.
        given: the status it must have now.
        permission: the code.

    Raises:
        Http404: out of sight, or another matter's.
        NotPermitted: in sight only.
        NotNow: somebody changed it meanwhile, or ``then`` cannot follow.
    """
    must_see(by, meeting.record)
    check_place(at, meeting.of)
    by.require(permission, at=at)
    matter_of(meeting.of).hold(meeting.of)
    fresh = Meeting.objects.select_for_update(of=("self",)).select_related("record", "of").get(pk=meeting.pk)
    rules.check_follows(fresh.status, then, given=given)
    if fresh.version != seen:
        raise NotNow(
            "Somebody changed this meeting while you were writing. What you typed is below and nothing was changed: "
            "read the meeting as it stands now, then send yours again if it still fits."
        )
    fresh.version += 1
    return fresh


def mark_essential(meeting: Meeting, essential: Iterable[UUID]) -> None:
    """Set the bodies without whom the meeting does not count; they must have been called."""
    wanted = set(essential)
    if not wanted <= bodies_called(meeting.of):
        raise Invalid({"essential": "Choose among the bodies that were called."})
    EssentialBody.objects.filter(meeting=meeting).exclude(agency__in=wanted).delete()
    held = set(meeting.essential_bodies.values_list("agency_id", flat=True))
    EssentialBody.objects.bulk_create(
        EssentialBody(meeting=meeting, agency_id=one) for one in sorted(wanted - held)
    )


DIAL_IN = {"joining": frozenset({TELEPHONE})}
"""How people join by call is said with a number, and that is nobody's own."""


def guard(texts: Mapping[str, str], *, decided: Set[str], before: Iterable[str] = ()) -> None:
    """Refuse words that are longer than is kept, or look like a patient's until a person has decided (mission B7).

    Args:
        texts: what is to be stored, by field.
        decided: the marks of what the person says is no patient's.
        before: words that are kept already.

    Raises:
        Invalid: with how long it may be, or what it looks like and what to write instead.
    """
    check_lengths(texts, rules.LONGEST_TEXTS)
    found = undecided(texts, decided=decided, before=before, belongs=DIAL_IN)
    if found:
        raise Invalid({field: sentence(one) for field, one in found.items()})
