"""Beginning a body's review, answering it, and suspending whom nobody confirmed.

A suspension ends the person's roles at the body and keeps what it ended; a confirmation gives that back. So sight,
principal, seats, circulation and every list go by the dated memberships that they always went by, and no place can
forget to ask whether somebody is suspended.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import Record
from access.operations import create_record, operation
from access.principal import PORTAL, Principal, clockwork
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Agency, Membership
from agencies.operations import add_membership, end_membership
from agencies.operations.dated import require_manager
from agencies.reviews import rules
from agencies.reviews.models import AccessReview, ReviewedPerson, SuspendedRole
from agencies.roster import not_over, standing
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import meet, start_clock, stop
from clocks.operations.ticking import alive
from clocks.registry import Deed
from clocks.rules.states import CLOSED
from clocks.rules.states import OPEN as COUNTING
from notifications.operations import tell
from timekeeping.london import london_day

log = logging.getLogger(__name__)

CLOCK = "access_review"
SUSPENSION = "review.suspended"
"""What a person is told whom nobody confirmed."""
MOST_AT_ONCE = 400
"""Reviews begun in one run of the task, so that it ends in good time; the next run goes on."""


def open_people(*agencies: Agency | UUID, day: date) -> QuerySet[ReviewedPerson]:
    """Return those of bodies of whom something is still to be said.

    They are suspended; or wait in their body's newest review, and still act for it. Who waited in an earlier one is
    asked about in the next, or not at all.
    """
    acts = Membership.objects.filter(
        standing(day), user_id=OuterRef("user_id"), agency_id=OuterRef("review__agency_id")
    )
    later = AccessReview.objects.filter(
        agency_id=OuterRef("review__agency_id"), begun_at__gt=OuterRef("review__begun_at")
    )
    wanted = Q(state=rules.SUSPENDED) | (Q(state=rules.WAITING) & Exists(acts) & ~Exists(later))
    return ReviewedPerson.objects.filter(wanted, review__agency__in=agencies)


@operation("review.begun")
def begin_review(*, by: Principal, now: datetime, agency: Agency) -> AccessReview:
    """Begin a body's review of this quarter: everybody who acts for it today is to be confirmed or ended.

    The deadline of an earlier review that was not answered is closed; whom it suspended stays suspended, and is on the
    same page.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: this quarter's has begun, or nobody acts for the body.
    """
    by.require("membership.manage", at=PORTAL)
    agency, day = Agency.objects.select_for_update().get(pk=agency.pk), london_day(now)
    quarter = rules.quarter_of(day)
    if AccessReview.objects.filter(agency=agency, quarter=quarter).exists():
        raise Invalid({"": f"The review of {rules.quarter_words(quarter)} has begun already."})
    people = Membership.objects.filter(standing(day), agency=agency).order_by("user_id")
    users = list(people.values_list("user_id", flat=True).distinct())
    if not users:
        raise Invalid({"": f"Nobody acts for {agency} today, so there is nobody to confirm."})
    for clock in Clock.objects.filter(family=CLOCK, responsible_agency=agency, state__in=COUNTING):
        stop(clock=clock, by=by, now=now, reason=CLOSED)
    record = create_record(kind=AccessReview.KIND, by=by, now=now, owner=agency.pk, gate=Record.Gate.LISTED)
    review = AccessReview.objects.create(record=record, agency=agency, quarter=quarter, begun_at=now)
    ReviewedPerson.objects.bulk_create(ReviewedPerson(review=review, user_id=user) for user in users)
    start_clock(kind=CLOCK, record=record, by=by, now=now, responsible_agency=agency.pk)
    record_deed(
        by=by,
        now=now,
        deed="review.begun",
        record=record.pk,
        detail={"agency": str(agency.pk), "quarter": quarter, "people": len(users)},
    )
    return review


def bodies_that_owe(day: date) -> QuerySet[Agency]:
    """Return the bodies whose review of this quarter has not begun: those for whom somebody acted before it did.

    A body that has closed is none the less asked, as long as somebody acts for it: they see what they saw before.
    """
    acted = Membership.objects.filter(
        standing(day), agency=OuterRef("pk"), starts_on__lt=rules.quarter_starts(day)
    )
    begun = AccessReview.objects.filter(agency=OuterRef("pk"), quarter=rules.quarter_of(day))
    return Agency.objects.filter(Exists(acted), ~Exists(begun)).order_by("pk")


def begin_due_reviews(*, now: datetime) -> int:
    """Begin the reviews that are owed, each in its own transaction; return how many. Run again, it goes on.

    One that cannot begin holds up no other: it is logged, and owed still.
    """
    begun = 0
    for agency in bodies_that_owe(london_day(now))[:MOST_AT_ONCE]:
        try:
            begin_review(by=clockwork(now), now=now, agency=agency)
        except Exception:
            if not alive():
                raise
            log.exception("the review of body %s could not begin", agency.pk)
        else:
            begun += 1
    return begun


@operation("review.answered")
def answer_review(
    *,
    by: Principal,
    now: datetime,
    agency: Agency,
    right: Collection[UUID] = (),
    ended: Collection[UUID] = (),
) -> None:
    """Say of people of a body that they are still right, or that it has ended.

    Who is still right keeps what they have, and has back what a suspension took, from today. Of whom it has ended every
    role at the body ends today, as by ``end_membership``.

    Args:
        by: an administrator of the body or of the portal.
        now: the moment.
        agency: the body.
        right: the accounts of those confirmed.
        ended: the accounts of those whose roles end.

    Raises:
        NotPermitted: `by` administers neither the body nor the portal, or answers for themselves.
        Invalid: nobody was answered for, somebody twice, somebody of whom nothing is asked any more; or somebody acts for
            another body meanwhile.
    """
    require_manager(by, agency)
    wanted, day = {*right, *ended}, london_day(now)
    if by.user_id in wanted:
        raise NotPermitted(rules.NOT_ONESELF)
    if not wanted or set(right) & set(ended):
        raise Invalid({"": "Say of at least one person, once, whether they are still right."})
    Agency.objects.select_for_update().get(pk=agency.pk)
    people = list(
        open_people(agency, day=day)
        .filter(user__in=wanted)
        .select_for_update(of=("self",))  # so that no deadline suspends whom this confirms
        .select_related("user", "review__agency")
    )
    if {one.user_id for one in people} != wanted:
        raise Invalid({"": rules.ANSWERED_MEANWHILE})
    for membership in Membership.objects.filter(not_over(day), agency=agency, user__in=ended):
        end_membership(by=by, now=now, membership=membership, ends_on=day)
    _give_back([one for one in people if one.user_id not in ended], by=by, now=now)
    for one in people:
        one.state = rules.ENDED if one.user_id in ended else rules.RIGHT
        one.said_at, one.said_by_id = now, by.user_id
        one.save(update_fields=["state", "said_at", "said_by"])
    record_deed(
        by=by,
        now=now,
        deed="review.answered",
        detail={
            "agency": str(agency.pk),
            "right": sorted(map(str, right)),
            "ended": sorted(map(str, ended)),
        },
    )
    _meet_where_done({one.review_id for one in people}, by=by, now=now)


def _give_back(people: Iterable[ReviewedPerson], *, by: Principal, now: datetime) -> None:
    """Give back what suspensions took; who cannot have it back is named, each at their own question.

    Raises:
        Invalid: with a sentence for each of them.
    """
    refused = {}
    for one in people:
        try:
            _give_roles_back(one, by=by, now=now, day=london_day(now))
        except Invalid as refusal:
            refused[rules.field_of(one.user_id)] = " ".join(refusal.errors.values())
    if refused:
        raise Invalid(refused)


def _give_roles_back(person: ReviewedPerson, *, by: Principal, now: datetime, day: date) -> None:
    held = Membership.objects.filter(not_over(day), user=person.user_id, agency=person.review.agency)
    given = set(held.values_list("role", flat=True))
    for kept in person.suspended_roles.all():
        start = max(day, kept.starts_on)
        if kept.role in given or (kept.ends_on is not None and kept.ends_on <= start):
            continue
        add_membership(
            by=by,
            now=now,
            user=person.user,
            agency=person.review.agency,
            role=kept.role,
            starts_on=start,
            ends_on=kept.ends_on,
            given_back=True,
        )


def _meet_where_done(reviews: Iterable[UUID], *, by: Principal, now: datetime) -> None:
    """Meet the deadlines that wait for nobody any more; one that fell due a moment ago is decided by its tick."""
    for clock in Clock.objects.filter(record__in=reviews, family=CLOCK, state__in=COUNTING):
        agency = clock.responsible_agency_id
        assert agency is not None  # each of these clocks was started with one
        if open_people(agency, day=london_day(now)).filter(review=clock.record_id).exists():
            continue
        with suppress(NotNow):
            meet(clock=clock, by=by, now=now, how="answered")


@operation("review.suspended")
def suspend_unconfirmed(*, by: Principal, now: datetime, review: AccessReview) -> list[UUID]:
    """Suspend everybody of whom nobody said anything in time: no sight and no role until somebody does.

    It takes effect at the person's next request, as the end of a role does; each is told. Returns the accounts
    suspended.

    Raises:
        NotPermitted: `by` is neither the clockwork nor an administrator of the portal.
    """
    by.require("membership.manage", at=PORTAL)
    day = london_day(now)
    people = open_people(review.agency_id, day=day).filter(review=review, state=rules.WAITING)
    held = {one.user_id: one for one in people.select_for_update(of=("self",))}
    _take_roles(held, agency=review.agency_id, day=day)
    ReviewedPerson.objects.filter(pk__in=[one.pk for one in held.values()]).update(
        state=rules.SUSPENDED, suspended_at=now
    )
    record_deed(
        by=by,
        now=now,
        deed="review.suspended",
        record=review.pk,
        detail={"agency": str(review.agency_id), "people": sorted(map(str, held))},
    )
    tell(record=None, event=SUSPENSION, to=held, now=now, topic=review.pk)
    return list(held)


def _take_roles(held: Mapping[UUID, ReviewedPerson], *, agency: UUID, day: date) -> None:
    """End the roles of these people at a body and keep what ended: in few statements, for it is done as a clock ticks.

    A role that has not stood a whole day by then is taken back, as ``dated.end`` does.
    """
    ending = Membership.objects.filter(not_over(day), agency=agency, user__in=held)
    taken = {one.pk: one for one in ending.select_for_update()}
    SuspendedRole.objects.bulk_create(
        SuspendedRole(person=held[one.user_id], role=one.role, starts_on=one.starts_on, ends_on=one.ends_on)
        for one in taken.values()
    )
    roles = Membership.objects.filter(pk__in=list(taken))
    roles.filter(starts_on__gte=day).delete()
    roles.update(ends_on=day)


def suspend_at_due_time(clock: Clock, *, at: datetime, now: datetime) -> None:
    """Suspend whom nobody confirmed: what a review's clock does when it falls due, in the tick's transaction."""
    review = AccessReview.objects.select_related("agency").get(pk=clock.record_id)
    suspend_unconfirmed(by=clockwork(now), now=now, review=review)


def nobody_waits(clock: Clock, at: datetime) -> Deed | None:
    """Say that a review's clock is met as it falls due: whoever was not answered for has left by then."""
    assert clock.responsible_agency_id is not None
    waits = open_people(clock.responsible_agency_id, day=london_day(at)).filter(review=clock.record_id)
    return None if waits.exists() else Deed(at, at)
