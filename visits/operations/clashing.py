"""The clockwork looks for clashes, so that nobody who plans a visit waits longer, or not, for one they do not see."""

from datetime import datetime
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.reach import bodies_of
from agencies.models import SeatKind
from agencies.stand_ins import seated
from audit.operations import record_deed
from notifications.models import Message
from notifications.operations import tell
from visits.models import Visit
from visits.operations.reading import touching, window_of
from visits.operations.telling import DAYS, who_see
from visits.rules import load, planning

AT_ONCE = 50
"""Visits looked at in one transaction."""


def is_anything_new() -> bool:
    """Say whether a visit was planned, changed or shared since the clockwork last looked."""
    return Visit.objects.filter(clashes_told=False).exists()


@operation("visit.clashes_looked_for")
def tell_of_clashes(*, by: Principal, now: datetime) -> int:
    """Tell those who may see two clashing visits that they clash, and nobody else.

    Told are people of the bodies that go, and the chairs and secretariats of the provider's groups, each of whom sees
    both, and was not told of these two before. The message is about the visit that fewer people see, so that it goes
    when their sight of that one goes, and says nothing of the other.

    Args:
        by: the clockwork.
        now: the moment.

    Returns:
        How many visits were looked at.
    """
    fresh = list(
        Visit.objects.filter(clashes_told=False)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("changed_at", "pk")[:AT_ONCE]
    )
    for visit in fresh:
        for other in clashing_with(visit):
            _tell_of_the_two(visit, other, now)
    Visit.objects.filter(pk__in=[one.pk for one in fresh]).update(clashes_told=True)
    record_deed(by=by, now=now, deed="visit.clashes_looked_for", detail={"visits": len(fresh)})
    return len(fresh)


def clashing_with(visit: Visit) -> list[Visit]:
    """Return every visit that clashes with one, whoever sees it: for the clockwork, which shows nobody anything."""
    if not visit.ahead:
        return []
    there = Visit.objects.filter(provider=visit.provider_id, state__in=planning.AHEAD).exclude(pk=visit.pk)
    others = touching(there, visit.starts_on, visit.ends_on)
    mine = window_of(visit)
    return [one for one in others.prefetch_related("parties") if load.clash(mine, window_of(one))]


def _tell_of_the_two(visit: Visit, other: Visit, now: datetime) -> None:
    sees, sees_other = who_see(visit.record), who_see(other.record)
    both = {person: body for person, body in sees.items() if sees_other.get(person) == body}
    going = {one for each in (visit, other) for one in _bodies(each)}
    groups = visit.provider.group_links.values_list("qsg_id", flat=True)
    convening = {
        person for kind in (SeatKind.CHAIR, SeatKind.SECRETARIAT) for person in seated(groups, kind, now)
    }
    # About the one that fewer see, and never about the announced one where the other is not: who loses sight of that
    # loses the message with it.
    fewer, more = visit, other
    if (other.announced, len(sees_other)) < (visit.announced, len(sees)):
        fewer, more = other, visit
    told = Message.objects.filter(event=DAYS, record__in=[visit.pk, other.pk]).filter(
        detail__beside__in=[str(visit.pk), str(other.pk)]
    )
    before = set(told.values_list("recipient_id", flat=True))
    people = [
        person
        for person, body in sorted(both.items())
        if person not in before and (body in going or person in convening)
    ]
    tell(record=fewer.record, event=DAYS, to=people, now=now, detail={"beside": str(more.pk)})


def _bodies(visit: Visit) -> list[UUID]:
    return [*bodies_of(visit.record), *(one.pk for one in visit.parties.all())]
