"""What the portal itself needs of its administrators: on their home page, and nothing of intelligence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from agencies.models import Agency, QualitySurveillanceGroup
from agencies.vacancies.reading import Attention
from agencies.vacancies.rules import WITHOUT
from providers.importing.rules import APPLIED, BAD, PREVIEWED
from providers.models import ImportRun
from qsg_portal.pages.groups import attention_to
from successions import rules
from successions.models import Succession


@dataclass(frozen=True)
class Desk:
    """What waits for the portal's administrators.

    Attributes:
        unled: the groups without chair or secretariat, each with the sentences that say so.
        gaps: the other groups with vacancies.
        imports: the previews that wait for a yes and would do something.
        closing: the bodies that close, with how many of their offers wait for an answer (`waiting`).
        said_to_close: of how many bodies a file says that they close, while nobody has begun to hand over.
    """

    unled: Sequence[tuple[Attention, list[str]]]
    gaps: Sequence[Attention]
    imports: Sequence[ImportRun]
    closing: Sequence[Succession]
    said_to_close: int

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self.unled or self.gaps or self.imports or self.closing or self.said_to_close)


def desk_of(now: datetime) -> Desk:
    """Return what the portal needs, in a fixed number of queries; for its administrators alone."""
    found = attention_to(list(QualitySurveillanceGroup.objects.order_by("name")), now)
    unled = [(one, [gap.words for gap in one.vacancies if gap.kind in WITHOUT]) for one in found]
    return Desk(
        unled=[(one, words) for one, words in unled if words],
        gaps=[one for one, words in unled if one.vacancies and not words],
        imports=_imports(),
        closing=_closing(),
        said_to_close=_said_to_close(),
    )


def _imports() -> list[ImportRun]:
    """One that was brought in a second time, with nothing to do, waits for nobody; one of a kind waits at most."""
    runs = ImportRun.objects.filter(state=PREVIEWED).defer("content", "unchanged_rows")
    return [run for run in runs if any(run.counts.get(outcome) for outcome in (*APPLIED, BAD))]


def _closing() -> list[Succession]:
    """What is offered of intelligence is not counted: a number would tell."""
    told = Q(offers__state=rules.WAITING) & ~Q(offers__kind__in=rules.IN_SIGHT)
    opened = Succession.objects.filter(state=rules.OPEN).select_related("body")
    return list(opened.annotate(waiting=Count("offers", filter=told)).order_by("on", "pk"))


def _said_to_close() -> int:
    begun = Succession.objects.filter(state=rules.OPEN).values("body_id")
    said = Agency.objects.filter(said_to_close_on__isnull=False, closed_on__isnull=True)
    return said.exclude(pk__in=begun).count()
