"""What the pages of a review show: a body's people with what they hold, and how every body stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.factors import with_second_factor
from accounts.models import User
from agencies.models import Agency, Membership, Role, Seat
from agencies.reviews import rules
from agencies.reviews.models import AccessReview, ReviewedPerson
from agencies.reviews.operations import CLOCK
from agencies.roster import SeatLine, seat_lines, standing
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
    """

    person: ReviewedPerson
    roles: list[str] = field(default_factory=list)
    seats: list[SeatLine] = field(default_factory=list)
    factor: bool = False
    open: bool = False

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
        return "; ".join([*self.roles, *seats, signed_in, factor])


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
    for held in Membership.objects.filter(standing(day), agency=agency, user__in=users).order_by("role"):
        roles[held.user_id].append(held.get_role_display())
    seats: dict[UUID, list[SeatLine]] = defaultdict(list)
    for line in seat_lines(Seat.objects.filter(agency=agency, user__in=users), day):
        seats[line.seat.user_id].append(line)
    factors = with_second_factor(users)
    return [
        PersonLine(
            person=one,
            roles=_taken(one) if one.state == rules.SUSPENDED else roles[one.user_id],
            seats=seats[one.user_id],
            factor=one.user_id in factors,
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
    day = london_day(now)
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
    acts = Membership.objects.filter(
        standing(day), user_id=OuterRef("user_id"), agency_id=OuterRef("review__agency_id")
    )
    counted = {
        row["body"]: row
        for row in ReviewedPerson.objects.filter(
            Q(review__in=newest.values()) | Q(review__agency__in=agencies, state=rules.SUSPENDED)
        )
        .annotate(acts=Exists(acts))
        .values(body=F("review__agency"))
        .annotate(
            people=Count("user", distinct=True),
            suspended=Count("user", distinct=True, filter=Q(state=rules.SUSPENDED)),
            waiting=Count("user", distinct=True, filter=Q(state=rules.WAITING, acts=True)),
        )
    }
    administrators: dict[UUID, set[UUID]] = defaultdict(set)
    for held in Membership.objects.filter(
        standing(day), agency__in=agencies, role=Role.AGENCY_ADMINISTRATOR, user__is_active=True
    ):
        administrators[held.agency_id].add(held.user_id)
    waiting = set(
        ReviewedPerson.objects.filter(review__in=newest.values(), state=rules.WAITING).values_list(
            "review__agency_id", "user_id"
        )
    )
    lines = []
    for agency in agencies:
        review, looks_after = newest[agency.pk], administrators[agency.pk]
        row = counted[agency.pk]
        lines.append(
            BodyLine(
                agency=agency,
                review=review,
                due_at=due.get(review.pk),
                people=row["people"],
                open=row["waiting"] + row["suspended"],
                suspended=row["suspended"],
                administrators=len(looks_after),
                alone=len(looks_after) == 1 and any((agency.pk, one) in waiting for one in looks_after),
            )
        )
    return lines
