"""Where a concern belongs: the groups of its providers, those of a body, and the bodies and people to share with."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from agencies.finding import nearest, words_of
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    Post,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
    Tier,
)
from agencies.roster import standing
from agencies.rules import READING_ROLES
from concerns.rules.sharing import Choice, usual
from providers.models import Provider
from providers.rules import identifiers_in
from timekeeping.london import london_day

FOUND_MOST = 20


def groups_of_providers(providers: Iterable[UUID]) -> list[QualitySurveillanceGroup]:
    """Return the groups in whose area these providers stand."""
    groups = QualitySurveillanceGroup.objects.filter(provider_links__provider_id__in=list(providers))
    return list(groups.distinct().order_by("name"))


def own_local_groups(agency: UUID | None, now: datetime) -> list[QualitySurveillanceGroup]:
    """Return the local groups of which a body is a full member now."""
    if agency is None:
        return []
    member_of = QSGMember.objects.filter(standing(london_day(now)), agency_id=agency, kind=MemberKind.FULL)
    groups = QualitySurveillanceGroup.objects.filter(tier=Tier.LOCAL, pk__in=member_of.values("qsg_id"))
    return list(groups.order_by("name"))


def groups_to_offer(
    providers: Iterable[UUID], agency: UUID | None, now: datetime
) -> list[QualitySurveillanceGroup]:
    """Return the groups that a form offers: the providers' and the body's own, then their regions."""
    about, own = groups_of_providers(providers), own_local_groups(agency, now)
    local = list({one.pk: one for one in [*about, *(own if not about or len(own) <= 3 else [])]}.values())
    regions = QualitySurveillanceGroup.objects.filter(
        pk__in=[one.region_id for one in local if one.region_id]
    ).order_by("name")
    return [*(one for one in local if one.tier == Tier.LOCAL), *regions]


def usual_choice(providers: Iterable[UUID], agency: UUID | None, now: datetime) -> Choice:
    """Return with whom a quick note is shared: the group's usual rule."""
    meant = list(providers)
    about = groups_of_providers(meant) if meant else []
    return usual(
        [one.pk for one in about if one.tier == Tier.LOCAL],
        [one.pk for one in own_local_groups(agency, now)],
        registered=bool(meant),
    )


def providers_called(words: str) -> list[Provider]:
    """Return the providers nearest to what was typed: a code first, then names, towns and nearly right spelling."""
    asked = words_of(words)
    if len(asked) < 2:
        return []
    ods, cqc = identifiers_in(asked)
    exact = Q(ods_code__in=ods) | Q(cqc_provider_id__in=cqc)
    return nearest(Provider.objects.all(), field="finding", words=asked.lower(), exact=exact, most=FOUND_MOST)


def people_called(
    words: str, *, near: frozenset[UUID], agency: UUID | None, now: datetime
) -> list[Membership]:
    """Return people who read intelligence and whom the asker may know of, by name.

    Args:
        words: part of a name; two letters at least.
        near: the groups in which the asker has a seat.
        agency: the asker's body.
        now: the moment.

    Returns:
        Colleagues, people who share a group with the asker, and holders of a post in the
        directory, which is public to everyone signed in. Never an e-mail address.
    """
    asked = words_of(words)
    if len(asked) < 2:
        return []
    seated = Seat.objects.filter(standing(london_day(now)), qsg_id__in=near).values("user_id")
    holding = Post.objects.filter(standing(london_day(now)), user__isnull=False).values("user_id")
    known = Q(agency_id=agency) | Q(user_id__in=seated) | Q(user_id__in=holding)
    found = reading(now).filter(known, user__full_name__icontains=asked)
    return list(found[:FOUND_MOST])


def reading(now: datetime) -> "QuerySet[Membership]":
    """Return the current memberships that read intelligence, with person and body, by name."""
    return (
        Membership.objects.filter(standing(london_day(now)), role__in=READING_ROLES, user__is_active=True)
        .select_related("user", "agency")
        .order_by("user__full_name", "user_id", "agency_id")
    )


def are_known(choice: Choice, now: datetime) -> dict[str, str]:
    """Return a sentence for each body, group or person of a choice that does not exist; a forged id reads the same."""
    absent = "Choose one of the answers in the list"
    errors: dict[str, str] = {}
    bodies = choice.agencies | choice.excluded
    if Agency.objects.filter(pk__in=bodies).count() != len(bodies):
        errors["agencies"] = absent
    groups = {group for _, group in choice.groups}
    if QualitySurveillanceGroup.objects.filter(pk__in=groups).count() != len(groups):
        errors["groups"] = absent
    held = set(
        reading(now).filter(user_id__in=[one for one, _ in choice.people]).values_list("user_id", "agency_id")
    )
    if not choice.people <= held:
        errors["people"] = "One of the people you named no longer works there. Choose again"
    return errors
