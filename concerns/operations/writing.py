"""What every writer of concerns needs: taking one up, guarding its words, keeping versions and history."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from uuid import UUID

from access.principal import Principal
from access.refusals import Invalid, NotNow
from access.sight import must_see
from concerns.models import Concern, ConcernChange, ConcernVersion
from concerns.rules.content import NOT_SAID, Content, as_plain
from concerns.rules.states import ENDED, TOMBSTONES, check_open, check_transition
from reference.personal_data import sentence, undecided
from timekeeping.london import time_in_words

STORED = (
    "headline",
    "narrative",
    "precision",
    "danger",
    "source_kind",
    "source_other",
    "reliability",
    "outcome_domain",
    "severity",
    "confidence",
)


def take_up(*, by: Principal, concern: Concern, seen: int | None = None) -> Concern:
    """Take the concern's row for this transaction and read it afresh.

    Args:
        by: who acts; what is out of their sight is absent.
        concern: as they named it.
        seen: the version that they had before them, when what they do builds on it.

    Raises:
        Http404: out of sight.
        NotNow: somebody changed it since, or took it back.
    """
    fresh = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("record__owner", "changed_by")
        .get(pk=concern.pk)
    )
    must_see(by, fresh.record)  # asked once the row is held: sight may have ended while it was waited for
    if seen is not None and seen != fresh.version:
        if fresh.status in TOMBSTONES:
            check_open(fresh.status)
        who = fresh.changed_by.full_name if fresh.changed_by else "Somebody"
        raise NotNow(
            f"{who} changed this at {time_in_words(fresh.changed_at)}, after you opened it. "
            "Nothing was overwritten and nothing was lost: what you typed is below, and how it stands now beside it."
        )
    return fresh


def guard(texts: Mapping[str, str], *, decided: Set[str], before: Iterable[str] = ()) -> None:
    """Refuse words that look like a patient's until a person has decided (mission B7).

    Args:
        texts: what is to be stored, by field.
        decided: the marks of what the person says is no patient's.
        before: words that are stored already.

    Raises:
        Invalid: with what it looks like, and what to write instead.
    """
    found = undecided(texts, decided=decided, before=before)
    if found:
        raise Invalid({name: sentence(one) for name, one in found.items()})


def who_acts(by: Principal) -> tuple[UUID, UUID]:
    """Return the person and the body that stand under what is written.

    Raises:
        NotNow: nobody does: only a person who acts for a body writes here.
    """
    if by.user_id is None or by.agency_id is None:
        raise NotNow("Only a person who acts for a body can write this down.")
    return by.user_id, by.agency_id


def refuse(errors: Mapping[str, str]) -> None:
    """Raise Invalid with the sentences of a rule, if it gave any."""
    if errors:
        raise Invalid(errors)


def content_of(concern: Concern) -> Content:
    """Return what a concern now says."""
    return Content(
        happened_at=None if concern.precision == NOT_SAID else concern.record.happened_at,
        dimensions=tuple(concern.dimensions),
        **{name: getattr(concern, name) for name in STORED},
    )


def put_content(concern: Concern, content: Content) -> None:
    """Put what is said on a concern, its moment on its record; the caller saves both."""
    for name in STORED:
        setattr(concern, name, getattr(content, name))
    concern.dimensions = list(content.dimensions)
    if content.happened_at is not None:
        concern.record.happened_at = content.happened_at


def mark_changed(concern: Concern, *, by: Principal, now: datetime) -> None:
    """Count one version on; the caller saves."""
    concern.version += 1
    concern.changed_at, concern.changed_by_id = now, by.user_id


def keep_version(concern: Concern, *, by: Principal, now: datetime) -> None:
    """Keep what the concern now says as the newest version."""
    ConcernVersion.objects.create(
        concern=concern,
        number=concern.version,
        at=now,
        by_id=by.user_id,
        content=as_plain(content_of(concern)),
    )


def change_status(
    concern: Concern, then: str, *, by: Principal, now: datetime, outcome: str = "", reason: str = ""
) -> None:
    """Move a concern to another status by the table, and keep the change; the caller saves the concern.

    Raises:
        NotNow: the table does not allow it, with what to do instead.
    """
    check_transition(concern.status, then)
    ConcernChange.objects.create(
        concern=concern,
        was=concern.status,
        became=then,
        at=now,
        by_id=by.user_id,
        outcome=outcome,
        reason=reason,
    )
    concern.status = then
    if then in ENDED:
        concern.record.ended = True
        concern.record.save(update_fields=["ended"])
