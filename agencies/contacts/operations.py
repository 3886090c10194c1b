"""A change of Director of Adult Social Services: told to the inspectorate, and their meeting followed (ADASS 14, l.29)."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from access.operations import audience, create_record, operation, share_record
from access.principal import PORTAL, Principal, clockwork
from access.refusals import Invalid, NotNow
from access.sight import must_see
from agencies.contacts import rules
from agencies.contacts.leads import inspectorate, leads_for
from agencies.contacts.models import DirectorMeeting, Post
from agencies.roster import standing
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import meet, start_clock, stop
from clocks.rules.intervals import due_at
from clocks.rules.states import CLOSED
from clocks.rules.states import OPEN as COUNTING
from clocks.timetable import Timetable
from notifications.operations import tell
from timekeeping.london import day_starts, london_day

CLOCK = "new_director"
CHANGED = "director.changed"


def follow_change(
    *, now: datetime, post: Post, before: Post | None = None, ends_on: date | None = None
) -> None:
    """Tell the inspectorate's lead for the place of a new Director, or of the end of one, and follow their meeting.

    A Director who is only named anew, with the same name or account, is no change: their meeting goes along.

    Args:
        now: the moment.
        post: the post that was filled, or that ends.
        before: who held it until then, when it was filled.
        ends_on: the first day on which it is held no longer, when it ends.
    """
    if post.post != rules.DIRECTOR or post.stands_in_for_id is not None:
        return
    held = (before.user_id, before.holder_name) if before else None
    if ends_on is None and not rules.is_another(before=held, after=(post.user_id, post.holder_name)):
        DirectorMeeting.objects.filter(post=before).update(post=post)
        return
    detail = {
        "agency": str(post.agency_id),
        "came": ends_on is None,
        "on": str(ends_on or post.starts_on),
    }
    tell(record=None, event=CHANGED, to=leads_for(post.agency_id, now), now=now, topic=post.pk, detail=detail)


def settle(*, now: datetime, agency: UUID | None = None) -> int:
    """Begin to follow the meetings of Directors who are in post now, and stop those of who has left; run again, it goes on.

    Args:
        now: the moment.
        agency: the one body to look at; all of them where none is given.

    Returns:
        How many were begun.
    """
    day, of = london_day(now), Q(agency=agency) if agency else Q()
    gone = DirectorMeeting.objects.filter(met_on=None, post__ends_on__lte=day)
    for clock in Clock.objects.filter(record__in=gone.values("pk"), state__in=COUNTING):
        stop(clock=clock, by=clockwork(now), now=now, reason=CLOSED)
    held = Post.objects.filter(
        of, standing(day), post=rules.DIRECTOR, stands_in_for=None, meeting=None, agency__closed_on=None
    )
    body = inspectorate(day)
    known = DirectorMeeting.objects.filter(post__agency__in=held.values("agency"))
    followed = set(known.values_list("post__agency_id", "in_post_on"))
    new = [
        post
        for post in held.select_related("agency")
        if body is not None
        and body.pk != post.agency_id
        and (post.agency_id, rules.in_post_from(post.starts_on, post.in_post_since)) not in followed
        and _is_new(post, now)
    ]
    for post in new:
        follow_meeting(by=clockwork(now), now=now, post=post)
    return len(new)


def _is_new(post: Post, now: datetime) -> bool:
    """Say whether a Director is still within the months in which they are to be met."""
    started = day_starts(rules.in_post_from(post.starts_on, post.in_post_since))
    timetable = Timetable()
    due = due_at(CLOCK, started, timetable.intervals(london_day(started)), timetable.holidays(), None)
    return due > now


@operation("director.followed")
def follow_meeting(*, by: Principal, now: datetime, post: Post) -> DirectorMeeting:
    """Follow the meeting of a new Director with the inspectorate: a deadline that both bodies see.

    Args:
        by: the clockwork, or an administrator of the portal.
        now: the moment.
        post: the Director's, who is in post.

    Raises:
        NotPermitted: `by` is neither.
        NotNow: nobody in the directory inspects.
    """
    by.require("membership.manage", at=PORTAL)
    body = inspectorate(london_day(now))
    if body is None:
        raise NotNow("The directory knows no inspectorate whose meeting could be followed.")
    in_post = rules.in_post_from(post.starts_on, post.in_post_since)
    record = create_record(
        kind=DirectorMeeting.KIND, by=by, now=now, owner=post.agency_id, happened_at=day_starts(in_post)
    )
    meeting = DirectorMeeting.objects.create(record=record, post=post, inspectorate=body, in_post_on=in_post)
    share_record(record=record, audiences=[audience("agency", agency=body.pk)], by=by, now=now)
    start_clock(
        kind=CLOCK,
        record=record,
        by=by,
        now=now,
        started_at=day_starts(in_post),
        responsible_agency=body.pk,
    )
    record_deed(
        by=by,
        now=now,
        deed="director.followed",
        record=record.pk,
        detail={"agency": str(post.agency_id), "post": str(post.pk), "from": str(in_post)},
    )
    return meeting


@operation("director.met")
def record_meeting(
    *, by: Principal, now: datetime, meeting: DirectorMeeting, met_on: date
) -> DirectorMeeting:
    """Say on which day the inspectorate met a new Director; it may be said by either body, and afterwards.

    Args:
        by: a contributor or lead of the council or of the inspectorate.
        now: the moment.
        meeting: the meeting, in sight of `by`.
        met_on: the London day.

    Raises:
        Http404: it is out of sight.
        NotPermitted: `by` speaks for neither body.
        NotNow: the day was said before, or the Director left before they met.
        Invalid: the day is to come, or lies before they came into post.
    """
    held = (
        DirectorMeeting.objects.select_for_update(of=("self",))
        .select_related("post__agency", "record")
        .get(pk=meeting.pk)
    )
    must_see(by, held.record)
    by.require(
        "director.meet",
        at=held,
        sentence="Somebody of the council or of the Care Quality Commission says when they met.",
    )
    clock = Clock.objects.filter(record=held.record, state__in=COUNTING).first()
    if held.met_on is not None or clock is None:
        raise NotNow("This has been written down, or the Director has left. Nothing was changed.")
    if met_on > london_day(now):
        raise Invalid({"met_on": "This is in the future. Say on which day they met."})
    if met_on < held.in_post_on:
        raise Invalid({"met_on": "This is before the Director came into post. Say on which day they met."})
    held.met_on, held.met_recorded_at, held.met_recorded_by_id = met_on, now, by.user_id
    held.save(update_fields=["met_on", "met_recorded_at", "met_recorded_by"])
    meet(clock=clock, by=by, now=now, happened_at=day_starts(met_on), how="met")
    record_deed(by=by, now=now, deed="director.met", record=held.pk, detail={"on": str(met_on)})
    return held
