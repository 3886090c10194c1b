"""What the pages of a review show: a body's people with what they hold, and how every body stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.factors import with_second_factor
from accounts.models import User
from agencies.models import Agency, Membership, Role, Seat
from agencies.reviews import rules
from agencies.reviews.models import AccessReview, ReviewedPerson
from agencies.reviews.operations import CLOCK, open_people
from agencies.roster import SeatLine, seat_lines, standing
from agencies.stand_ins import administrators_of
from clocks.models import Clock
from timekeeping.london import day_in_words, london_day


@dataclass
class PersonLine:
    """A person in a review: what they hold at the body today, and what was said of them.

    Attributes:
        person: the answer.
        roles: their roles there today, in words; of whom was suspended, those that were taken.
        seats: the seats that they hold for the body.
        factor: a second factor is set up.
        open: something is still to be said of them.
        elsewhere: they are suspended, and act for another body today: what they had cannot come back.
    """

    person: ReviewedPerson
    roles: list[str] = field(default_factory=list)
    seats: list[SeatLine] = field(default_factory=list)
    factor: bool = False
    open: bool = False
    elsewhere: bool = False

    @property
    def user(self) -> User:
        """The account."""
        return self.person.user

    @property
    def words(self) -> str:
        """How it stands."""
        if self.person.state == rules.WAITING and not self.open:
            return rules.LEFT
        return rules.REVIEW_WORDS[self.person.state]

    @property
    def facts(self) -> str:
        """What an administrator looks at before answering, in one line."""
        seats = [f"{one.seat.get_kind_display()} at {one.seat.qsg}" for one in self.seats]
        last = self.user.last_login
        signed_in = f"last signed in on {day_in_words(london_day(last))}" if last else "never signed in"
        factor = "second factor set up" if self.factor else "no second factor"
        gone = ["suspended, and acts for another body today"] if self.elsewhere else []
        return "; ".join([*self.roles, *seats, signed_in, factor, *gone])


def lines_of(agency: Agency, now: datetime) -> list[PersonLine]:
    """Return the people of a body's newest review, and whoever earlier ones suspended; a fixed number of questions."""
    newest = AccessReview.objects.filter(agency=agency).order_by("-begun_at").values("pk")[:1]
    wanted = Q(review__in=newest) | Q(review__agency=agency, state=rules.SUSPENDED)
    people = list(
        ReviewedPerson.objects.filter(wanted)
        .select_related("user", "said_by", "review")
        .prefetch_related("suspended_roles")
        .order_by("user__full_name", "user_id", "-review__begun_at")
    )
    users, day = {one.user_id for one in people}, london_day(now)
    roles: dict[UUID, list[str]] = defaultdict(list)
    elsewhere = set()
    for held in Membership.objects.filter(standing(day), user__in=users).order_by("role"):
        if held.agency_id == agency.pk:
            roles[held.user_id].append(held.get_role_display())
        else:
            elsewhere.add(held.user_id)
    seats: dict[UUID, list[SeatLine]] = defaultdict(list)
    for line in seat_lines(Seat.objects.filter(agency=agency, user__in=users), day):
        seats[line.seat.user_id].append(line)
    factors = with_second_factor(users)
    return [
        PersonLine(
            person=one,
            roles=_taken(one) if one.state == rules.SUSPENDED else roles.get(one.user_id, []),
            seats=seats[one.user_id],
            factor=one.user_id in factors,
            elsewhere=one.state == rules.SUSPENDED and one.user_id in elsewhere,
            open=one.state == rules.SUSPENDED or (one.state == rules.WAITING and one.user_id in roles),
        )
        for one in people
    ]


def _taken(person: ReviewedPerson) -> list[str]:
    return [str(Role(one.role).label) for one in person.suspended_roles.all()]


def suspensions_of(user: UUID) -> QuerySet[ReviewedPerson]:
    """Return where a person is suspended, with the bodies, for themselves and for whoever looks after them."""
    held = ReviewedPerson.objects.filter(user=user, state=rules.SUSPENDED)
    return held.select_related("review__agency").order_by("suspended_at")


def newest_review(agency: Agency) -> tuple[AccessReview | None, Clock | None]:
    """Return a body's newest review and its deadline; none where none has begun."""
    review = AccessReview.objects.filter(agency=agency).select_related("agency").first()
    clock = Clock.objects.filter(record=review.pk, family=CLOCK).first() if review else None
    return review, clock


def bodies_reviewed() -> QuerySet[Agency]:
    """Return the bodies of which a review has begun; ``body_lines`` says how a page of them stands."""
    reviewed = AccessReview.objects.filter(agency=OuterRef("pk"))
    return Agency.objects.filter(Exists(reviewed))


@dataclass
class BodyLine:
    """How a body's newest review stands.

    Attributes:
        open: of how many people something is still to be said; those who have left want nothing.
        suspended: of these, how many are suspended, by this review or an earlier one.
        administrators: how many look after its people today.
        alone: its only administrator still waits for somebody else's word.
    """

    agency: Agency
    review: AccessReview
    due_at: datetime | None
    people: int
    open: int
    suspended: int
    administrators: int
    alone: bool


def body_lines(agencies: Sequence[Agency], now: datetime) -> list[BodyLine]:
    """Return how each of these bodies stands, in a fixed number of questions."""
    newest = {
        one.agency_id: one
        for one in AccessReview.objects.filter(agency__in=agencies)
        .order_by("agency_id", "-begun_at")
        .distinct("agency_id")
    }
    due = dict(
        Clock.objects.filter(record__in=[one.pk for one in newest.values()], family=CLOCK).values_list(
            "record_id", "due_at"
        )
    )
    reviewed = ReviewedPerson.objects.filter(
        Q(review__in=newest.values()) | Q(review__agency__in=agencies, state=rules.SUSPENDED)
    )
    people = dict(
        reviewed.values("review__agency")
        .annotate(many=Count("user", distinct=True))
        .values_list("review__agency", "many")
    )
    left: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for one in open_people(*agencies, day=london_day(now)).select_related("review"):
        if left[one.review.agency_id].get(one.user_id) != rules.SUSPENDED:
            left[one.review.agency_id][one.user_id] = one.state
    administrators = administrators_of(*[agency.pk for agency in agencies], now=now)
    lines = []
    for agency in agencies:
        looks_after, open_ = administrators[agency.pk], left[agency.pk]
        lines.append(
            BodyLine(
                agency=agency,
                review=newest[agency.pk],
                due_at=due.get(newest[agency.pk].pk),
                people=people[agency.pk],
                open=len(open_),
                suspended=sum(state == rules.SUSPENDED for state in open_.values()),
                administrators=len(looks_after),
                alone=len(looks_after) == 1 and open_.get(looks_after[0]) == rules.WAITING,
            )
        )
    return lines
