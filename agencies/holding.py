"""What a body holds in the directory: what must be somebody else's before it can close."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from access.models import Record
from agencies.models import Agency, Membership, Post, QSGMember, Seat
from agencies.roster import not_over
from clocks.models import Clock
from clocks.rules.states import OPEN

REVIEW = "access_review"
"""The deadline for confirming a body's own people ends with the body."""


def seats_of(agency: Agency, day: date) -> QuerySet[Seat]:
    """Return the seats held for a body, today or later, by group."""
    found = Seat.objects.filter(not_over(day), agency=agency).select_related("qsg", "user")
    return found.order_by("qsg__name", "kind", "user__full_name", "pk")


def groups_joined(agency: Agency, day: date) -> QuerySet[QSGMember]:
    """Return a body's memberships of groups, today or later, by group."""
    found = QSGMember.objects.filter(not_over(day), agency=agency).select_related("qsg")
    return found.order_by("qsg__name", "pk")


def people_of(agency: Agency, day: date) -> QuerySet[Membership]:
    """Return who acts for a body in which role, today or later, by name."""
    found = Membership.objects.filter(not_over(day), agency=agency).select_related("user")
    return found.order_by("user__full_name", "user_id", "role")


def posts_of(agency: Agency, day: date) -> QuerySet[Post]:
    """Return the posts of a body, today or later."""
    return Post.objects.filter(not_over(day), agency=agency)


def clocks_of(agency: Agency) -> QuerySet[Clock]:
    """Return the deadlines that a body has to meet, those of its own access reviews apart, the soonest first."""
    found = Clock.objects.filter(responsible_agency=agency, state__in=OPEN).exclude(family=REVIEW)
    return found.select_related("record").order_by("due_at", "pk")


def that_hold(agencies: Iterable[UUID], day: date) -> dict[UUID, list[str]]:
    """Return what each of these bodies holds that a file cannot take from it; a constant number of questions.

    Named in words is only what the directory shows everybody: people, past ones too (what they wrote and promised is the
    body's still), groups and seats. Records and deadlines count too and have no words: those who read of it do not learn
    that a body has intelligence. A body that holds nothing is not there.
    """
    wanted = list(agencies)
    held: dict[UUID, list[str]] = defaultdict(list)
    for words, rows, field in (
        ("people", Membership.objects.all(), "agency_id"),
        ("memberships of groups", QSGMember.objects.filter(not_over(day)), "agency_id"),
        ("seats", Seat.objects.filter(not_over(day)), "agency_id"),
        ("", Record.objects.all(), "owner_id"),
        ("", Clock.objects.filter(state__in=OPEN), "responsible_agency_id"),
    ):
        here = rows.filter(**{f"{field}__in": wanted})
        for body in here.order_by().values_list(field, flat=True).distinct():
            held[body] += [words] if words else []
    return dict(held)
