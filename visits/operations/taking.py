"""What every deed of this room has in common: taking a thing up as it stands, and guarding its words."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from access.principal import Principal
from access.refusals import Invalid, NotNow
from access.sight import must_see
from audit.operations import record_deed
from providers.models import Provider
from reference.personal_data import codes, sentence, undecided
from timekeeping.london import time_in_words
from visits.models import InformationRequest, Visit

T = TypeVar("T", Visit, InformationRequest)


def check_interest(by: Principal, provider: Provider) -> None:
    """Refuse whoever has an interest in a provider: what they enter about it they would not see themselves.

    Raises:
        Invalid: with its sentence.
    """
    if provider.pk in by.own_conflicts:
        raise Invalid({"": "You have a declared interest in this provider. Leave it to a colleague."})
    if provider.pk in by.body_conflicts:
        raise Invalid({"": "Your body has a declared interest in this provider. Leave it to another body."})


def guard(texts: Mapping[str, str], *, decided: Set[str], before: Iterable[str] = ()) -> None:
    """Refuse words that look like a patient's until a person has decided (mission B7).

    Args:
        texts: what is to be stored, by field.
        decided: the marks of what the person says is no patient's.
        before: words that stand already.

    Raises:
        Invalid: with what it looks like and what to write instead.
    """
    found = undecided(texts, decided=decided, before=before)
    if found:
        raise Invalid({field: sentence(one) for field, one in found.items()})


def take_up(by: Principal, thing: T, *, permission: str, seen: int | None = None) -> T:
    """Hold a visit or a request for this transaction, as it stands now: its owner's deed.

    Args:
        by: must see it, and hold the permission at the body that owns it.
        thing: as they named it.
        permission: the code.
        seen: its ``version`` when the person read it; None where the deed builds on nothing that was read.

    Raises:
        Http404, NotPermitted: out of sight; somebody else's.
        NotNow: it was changed meanwhile.
    """
    held = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    must_see(by, held.record)  # asked once the row is held: sight may have ended while it was waited for
    owner = held.record.owner
    by.require(
        permission, at=held.record, sentence=f"Only {owner} looks after this, so only its people can do that."
    )
    if seen is not None and seen != held.version:
        who = held.changed_by.full_name if held.changed_by else "Somebody"
        raise NotNow(
            f"{who} changed this at {time_in_words(held.changed_at)}, after you opened it. What you typed is below and "
            "nothing was changed: read how it stands now, then send yours again if it still fits."
        )
    return held


def put(thing: T, *, by: Principal, now: datetime) -> None:
    """Save what was changed as the next version."""
    thing.version += 1
    thing.changed_at, thing.changed_by_id = now, by.user_id
    thing.save()


def log(
    deed: str,
    record: UUID,
    *,
    by: Principal,
    now: datetime,
    texts: Iterable[str] = (),
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write a deed in the log: codes only, and what was let through although it looks like a patient's."""
    let_through = codes(texts)
    more = {"let_through": let_through} if let_through else {}
    record_deed(by=by, now=now, deed=deed, record=record, detail={**(detail or {}), **more})
