"""Posts and telephone numbers: who holds a post, who stands in, and how bodies and people are rung."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from accounts.models import User
from agencies.contacts import rules
from agencies.contacts.models import DirectorMeeting
from agencies.contacts.operations import follow_change, settle
from agencies.models import Agency, Post, QualitySurveillanceGroup
from agencies.operations.dated import (
    begins_today_or_later,
    check_days,
    end,
    keep,
    not_to_oneself,
    require_manager,
)
from agencies.roster import not_over
from audit.operations import record_deed
from timekeeping.london import london_day


@operation("post.filled")
def appoint(
    *,
    by: Principal,
    now: datetime,
    agency: Agency,
    post: str,
    starts_on: date,
    topic: str = "",
    area: QualitySurveillanceGroup | None = None,
    user: User | None = None,
    holder_name: str = "",
    telephone: str = "",
    out_of_hours_telephone: str = "",
    in_post_since: date | None = None,
) -> Post:
    """Say who holds a post at an agency from a London day; the holder before, if any, ends that day, and their stand-in.

    Whoever is named from a later day stays named: the new holder has the post until then. One named from the same day is
    replaced.

    A change of Director of Adult Social Services is told to the Care Quality Commission's lead for the place, and their
    meeting within three months is followed (ADASS 14, l.29).

    Args:
        by: an administrator of the body or of the portal.
        now: the moment.
        agency: the body.
        post: a code of ``PostCode``.
        starts_on: the day from which the directory says so.
        topic: for what, where there is one for each topic.
        area: for which group's area, where there is one for each.
        user: the holder, where they use the portal.
        holder_name: their name, where they do not.
        telephone: the post's own number.
        out_of_hours_telephone: the number at night and on holidays.
        in_post_since: of a Director, since when they are in post, where that was earlier.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency, or is the person.
        Invalid: the start is past, nobody is named (a duty desk needs a telephone instead), or a number is not whole.
    """
    require_manager(by, agency)
    if user is not None:
        not_to_oneself(by, user.pk)
    begins_today_or_later(starts_on, now)
    _check_numbers(telephone=telephone, out_of_hours_telephone=out_of_hours_telephone)
    if user is None and not holder_name and not (telephone or out_of_hours_telephone):
        raise Invalid({"holder_name": "Say who holds the post, or give the desk's telephone number."})
    if in_post_since is not None and in_post_since > starts_on:
        raise Invalid(
            {"in_post_since": "This is after the day from which you name them. Leave it out, or change it."}
        )
    held = Post(
        agency=agency,
        post=post,
        topic=topic,
        area=area,
        user=user,
        holder_name=holder_name or (user.full_name if user else ""),
        telephone=telephone,
        out_of_hours_telephone=out_of_hours_telephone,
        in_post_since=in_post_since if post == rules.DIRECTOR else None,
        starts_on=starts_on,
    )
    Agency.objects.select_for_update().get(pk=agency.pk)  # two at once would leave two holders
    ended = _end_those_before(held, now=now)
    held.save(force_insert=True)
    record_deed(
        by=by,
        now=now,
        deed="post.filled",
        detail={
            **_what(held),
            "user": str(user.pk) if user else "",
            "from": str(starts_on),
            "ended": sorted(str(key) for key in ended),
        },
    )
    follow_change(now=now, post=held, before=next(reversed(ended.values()), None))
    settle(now=now, agency=agency.pk)
    return held


def _end_those_before(held: Post, *, now: datetime) -> dict[UUID, Post]:
    """End whoever holds the same post on the day a new holder starts, who stays until the next who is named.

    Returns:
        Whom it ended, by key, the last who held it last.
    """
    named = Post.objects.select_for_update().filter(
        not_over(held.starts_on),
        agency=held.agency_id,
        post=held.post,
        topic=held.topic,
        area=held.area_id,
        stands_in_for=None,
    )
    same = list(named.order_by("starts_on", "pk"))
    ended = {one.pk: one for one in same if one.starts_on <= held.starts_on}
    for one in list(ended.values()):
        _end_with_stand_ins(one, ends_on=held.starts_on, now=now)
    held.ends_on = min((one.starts_on for one in same if one.starts_on > held.starts_on), default=None)
    return ended


def _end_with_stand_ins(post: Post, *, ends_on: date, now: datetime) -> None:
    if ends_on <= post.starts_on and DirectorMeeting.objects.filter(post=post).exists():
        raise Invalid(
            {
                "": "Their meeting with the Care Quality Commission is followed already. This can change from tomorrow."
            }
        )
    for one in Post.objects.select_for_update().filter(not_over(ends_on), stands_in_for=post.pk):
        end(one, ends_on=ends_on, now=now)
    end(post, ends_on=ends_on, now=now)


@operation("post.corrected")
def correct_post(
    *,
    by: Principal,
    now: datetime,
    post: Post,
    holder_name: str,
    telephone: str,
    out_of_hours_telephone: str,
    seen: str = "",
) -> Post:
    """Put right how a post is rung, or how its holder's name is spelt; who holds it changes only by ``appoint``.

    Args:
        by: an administrator of the body or of the portal.
        now: the moment.
        post: the post, or a stand-in for one.
        holder_name: the name as it is spelt; of somebody who uses the portal it is their account's, and stays.
        telephone: the post's own number; "" for none.
        out_of_hours_telephone: the number at night and on holidays; "" for none.
        seen: ``seen_of`` the post as the form showed it; "" where nobody looked.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency.
        NotNow: it is over.
        Invalid: it was changed meanwhile, a number is not whole, or nobody and nothing would be left to ring.
    """
    held = Post.objects.select_for_update(of=("self",)).select_related("agency").get(pk=post.pk)
    require_manager(by, held.agency)
    if held.ends_on is not None and held.ends_on <= london_day(now):
        raise NotNow("This post was held until an earlier day. What was is not rewritten.")
    _check_seen(seen, held)
    _check_numbers(telephone=telephone, out_of_hours_telephone=out_of_hours_telephone)
    name = held.holder_name if held.user_id else holder_name
    if not (name or telephone or out_of_hours_telephone):
        raise Invalid({"telephone": "Nobody is named here, so the desk needs a telephone number."})
    held.holder_name, held.telephone, held.out_of_hours_telephone = name, telephone, out_of_hours_telephone
    held.save(update_fields=["holder_name", "telephone", "out_of_hours_telephone"])
    record_deed(by=by, now=now, deed="post.corrected", detail=_what(held))
    return held


@operation("post.stood_in")
def stand_in(
    *,
    by: Principal,
    now: datetime,
    post: Post,
    starts_on: date,
    ends_on: date,
    user: User | None = None,
    holder_name: str = "",
    telephone: str = "",
    out_of_hours_telephone: str = "",
) -> Post:
    """Say who stands in for the holder of a post, from a London day until another.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency, or is the person.
        Invalid: the days are past or do not lie within the post's, somebody stands in already, nobody is named, it is
            the holder, or a number is not whole.
    """
    held = Post.objects.select_for_update(of=("self",)).select_related("agency").get(pk=post.pk)
    require_manager(by, held.agency)
    if user is not None:
        not_to_oneself(by, user.pk)
    begins_today_or_later(starts_on, now)
    check_days(starts_on, ends_on)
    _check_numbers(telephone=telephone, out_of_hours_telephone=out_of_hours_telephone)
    if held.stands_in_for_id is not None:
        raise Invalid({"": "This is a stand-in already. Say who stands in on the page of the post itself."})
    if starts_on < held.starts_on or (held.ends_on is not None and ends_on > held.ends_on):
        raise Invalid({"starts_on": "The post is not held on all of these days. Choose days on which it is."})
    if user is None and not holder_name:
        raise Invalid({"holder_name": "Say who stands in."})
    if user is not None and user.pk == held.user_id:
        raise Invalid({"person": "They hold the post themselves. Choose somebody else."})
    row = Post(
        agency=held.agency,
        post=held.post,
        topic=held.topic,
        area_id=held.area_id,
        user=user,
        holder_name=holder_name or (user.full_name if user else ""),
        telephone=telephone,
        out_of_hours_telephone=out_of_hours_telephone,
        stands_in_for=held,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    keep(row, "Somebody stands in on some of these days already. End that first.")
    record_deed(
        by=by,
        now=now,
        deed="post.stood_in",
        detail={
            **_what(row),
            "user": str(user.pk) if user else "",
            "from": str(starts_on),
            "on": str(ends_on),
        },
    )
    return row


@operation("post.ended")
def end_post(*, by: Principal, now: datetime, post: Post, ends_on: date) -> None:
    """Say that a post is held no longer, or that nobody stands in for its holder any more.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency.
        Invalid: the day is past, or it ended before.
    """
    held = Post.objects.select_for_update(of=("self",)).select_related("agency").get(pk=post.pk)
    require_manager(by, held.agency)
    record_deed(by=by, now=now, deed="post.ended", detail={**_what(held), "on": str(ends_on)})
    follow_change(now=now, post=held, ends_on=ends_on)
    _end_with_stand_ins(held, ends_on=ends_on, now=now)
    settle(now=now, agency=held.agency_id)


@operation("agency.numbers_corrected")
def correct_numbers(
    *,
    by: Principal,
    now: datetime,
    agency: Agency,
    telephone: str,
    out_of_hours_telephone: str,
    seen: str = "",
) -> Agency:
    """Put a body's own numbers right: its switchboard or duty desk, and what is rung at night (JF 2.2, l.127).

    Args:
        by: an administrator of the body or of the portal.
        now: the moment.
        agency: the body.
        telephone: the number in office hours; "" for none.
        out_of_hours_telephone: the number at night and on holidays; "" for none.
        seen: ``seen_of`` the body as the form showed it; "" where nobody looked.

    Raises:
        NotPermitted: `by` administers neither the portal nor this agency.
        Invalid: somebody changed them meanwhile, or a number is not whole.
    """
    held = Agency.objects.select_for_update().get(pk=agency.pk)
    require_manager(by, held)
    _check_seen(seen, held)
    _check_numbers(telephone=telephone, out_of_hours_telephone=out_of_hours_telephone)
    held.telephone, held.out_of_hours_telephone = telephone, out_of_hours_telephone
    held.save(update_fields=["telephone", "out_of_hours_telephone"])
    record_deed(by=by, now=now, deed="agency.numbers_corrected", detail={"agency": str(held.pk)})
    return held


def seen_of(row: Any) -> str:
    """Return what a form remembers of the numbers that it showed, so that nobody's correction is overwritten unseen."""
    return " / ".join((getattr(row, "holder_name", ""), row.telephone, row.out_of_hours_telephone))


def _check_seen(seen: str, row: Any) -> None:
    if seen and seen != seen_of(row):
        kept = f"{row.telephone or 'no number'}, out of hours {row.out_of_hours_telephone or 'no number'}"
        raise Invalid(
            {"": f"Somebody changed this meanwhile. It now says: {kept}. What you typed is kept here."}
        )


def _check_numbers(**numbers: str) -> None:
    if wrong := rules.not_whole(numbers):
        raise Invalid(wrong)


def _what(post: Post) -> dict[str, str]:
    return {"agency": str(post.agency_id), "post": post.post}
