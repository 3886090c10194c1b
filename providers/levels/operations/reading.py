"""How levels stand, in a reader's sight."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from access.principal import Principal
from access.sight import visible_to
from agencies.models import QualitySurveillanceGroup
from providers.levels import rules
from providers.models import LevelWithholding, Provider, SurveillanceLevel
from timekeeping.london import london_day


@dataclass(frozen=True)
class Shown:
    """A level as the screen shows it.

    Attributes:
        level: what was set.
        standing: ``set``, ``lapsed`` or ``ended``.
        words: how it stands, in words.
    """

    level: SurveillanceLevel
    standing: str
    words: str

    @property
    def code(self) -> str:
        """The level that counts: a lapsed one is routine again."""
        return self.level.level if self.standing == rules.SET else rules.ROUTINE

    @property
    def withheld(self) -> LevelWithholding | None:
        """The decision by which the provider is not told yet, while it stands."""
        held = self.level.withholdings.all()
        return next((one for one in held if one.ended_at is None and one.agreed_at is not None), None)

    @property
    def lapsed(self) -> bool:
        """Whether its review day passed before another level took its place."""
        level = self.level
        if self.standing == rules.ENDED and level.ended_at and level.review_on:
            return london_day(level.ended_at) > level.review_on
        return self.standing == rules.LAPSED


def standing_code(level: SurveillanceLevel | None, now: datetime) -> str:
    """Return the level that counts now; none set, or a lapsed one, is routine."""
    return shown(level, now).code if level else rules.ROUTINE


def shown(level: SurveillanceLevel, now: datetime) -> Shown:
    """Return a level as the screen shows it."""
    state = rules.standing(
        level=level.level,
        review_on=level.review_on,
        ended=level.ended_at is not None,
        today=london_day(now),
    )
    return Shown(level, state, rules.STANDING_WORDS[state])


def levels_in(by: Principal, qsg: QualitySurveillanceGroup, now: datetime) -> list[Shown]:
    """Return the levels above routine that count in a group now and that a person sees, the highest first."""
    held = SurveillanceLevel.objects.filter(Q(qsg=qsg) | Q(qsg__region=qsg), ended_at=None)
    counting = [shown(one, now) for one in visible_to(by, held).order_by("provider__name", "pk")]
    return sorted(
        (one for one in counting if one.code != rules.ROUTINE), key=lambda one: -rules.RANK[one.code]
    )


def past_levels(by: Principal, level: SurveillanceLevel, now: datetime) -> list[Shown]:
    """Return every level of the same provider in the same group that a person sees, the newest first."""
    held = SurveillanceLevel.objects.filter(provider=level.provider_id, qsg=level.qsg_id)
    return _newest_first(by, held, now)


def history_of(by: Principal, provider: Provider, now: datetime) -> list[Shown]:
    """Return every level that a provider had, as far as a person sees it, the newest first."""
    return _newest_first(by, SurveillanceLevel.objects.filter(provider=provider), now)


def not_ended(history: Iterable[Shown]) -> list[Shown]:
    """Return those of them that no other took the place of, by group."""
    held = [one for one in history if one.level.ended_at is None]
    return sorted(held, key=lambda one: (one.level.qsg.name, one.level.pk))


def _newest_first(by: Principal, held: QuerySet[SurveillanceLevel], now: datetime) -> list[Shown]:
    rows = visible_to(by, held.select_related("provider", "qsg", "record")).prefetch_related("withholdings")
    return [shown(one, now) for one in rows.order_by("-record__recorded_at", "pk")]
