"""The only writer of what regulators and commissioners did with their powers."""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Agency
from agencies.places import NOBODY
from audit.operations import record_deed
from providers.models import EarlierAction, Location, Provider, RegulatoryAction
from providers.register.models import FACTS
from providers.register.rules import actions as rules
from providers.register.rules.actions import Facts
from reference import operations as lists
from reference.personal_data import codes, sentence, undecided
from timekeeping.london import day_in_words, london_day, time_in_words

ENDED = "Ended"


def require_entering(by: Principal, provider: Provider, agency: Agency | None = None) -> Agency:
    """Return the body for which somebody enters; refuse with a sentence that says who may.

    Args:
        by: needs ``register.enter`` at the body whose power it is.
        provider: about whom; nobody with a declared interest enters.
        agency: the body whose entry it is, when there is one already.

    Raises:
        NotPermitted: with its sentence.
    """
    if agency is None:
        by.require("register.enter", at=OWN_BODY)
    else:
        by.require("register.enter", at=agency, sentence=f"Only {agency}, whose entry this is, changes it.")
    body = agency or Agency.objects.filter(pk=by.agency_id or NOBODY).first()
    if body is None or by.user_id is None or not rules.kinds_of(body.kind):
        raise NotPermitted("Only a body that regulates or buys care enters what it did, for its own powers.")
    if provider.pk in by.own_conflicts | by.body_conflicts:
        raise NotPermitted(
            "You or your body have a declared interest in this provider. Somebody else enters what was published."
        )
    return body


def may_enter(by: Principal, provider: Provider) -> bool:
    """Say whether somebody may enter something about this provider."""
    try:
        require_entering(by, provider)
    except NotPermitted:
        return False
    return True


def powers_of(body: Agency, now: datetime, entry: RegulatoryAction | None = None) -> dict[str, str]:
    """Return a body's intervening powers on the list: code to words.

    Args:
        body: whose.
        now: the moment.
        entry: one that was made, whose own power counts though it ended on the list since.
    """
    listed = rules.listed_as(body.kind)
    rows = lists.rows("tools_and_levers", on=london_day(now))
    own = {entry.power: entry.power_words} if entry and entry.power != rules.OTHER_POWER else {}
    return own | {
        str(one["key"]): str(one["power"])
        for one in rows
        if one["body_kind"] in listed and one["purpose"] == "intervening"
    }


@operation("register.entered")
def enter_action(
    *, by: Principal, now: datetime, provider: Provider, facts: Facts, decided: Set[str] = frozenset()
) -> RegulatoryAction:
    """Enter what one's own body published that it did about a provider (mission I1; NQB tools table, l.760).

    Args:
        by: needs ``register.enter`` at their own body, whose power it is.
        now: the moment.
        provider: about whom.
        facts: what was published.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The entry, which everybody signed in reads.

    Raises:
        NotPermitted, Invalid: with their sentences.
    """
    body = require_entering(by, provider)
    facts = _checked(facts, body, provider, now, decided, powers=powers_of(body, now))
    action = RegulatoryAction(provider=provider, agency=body)
    _put(action, facts, by=by, now=now)
    action.save(force_insert=True)
    _log("register.entered", action, by=by, now=now)
    return action


@operation("register.corrected")
def correct_action(
    *,
    by: Principal,
    now: datetime,
    action: RegulatoryAction,
    facts: Facts,
    reason: str,
    seen: int,
    decided: Set[str] = frozenset(),
) -> RegulatoryAction:
    """Correct an entry, or say what became of an appeal; the version before stays.

    Args:
        by: needs ``register.enter`` at the body whose entry it is.
        now: the moment.
        action: the entry.
        facts: what it says from now on.
        reason: what was wrong, or what is new, in a sentence.
        seen: its ``version`` when the person read it.
        decided: see ``enter_action``.

    Raises:
        NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = _take_up(by, action, seen)
    if not reason.strip():
        raise Invalid({"reason": "Say what was wrong, or what is new"})
    if len(reason.strip()) > rules.LONGEST_LINE:
        raise Invalid(
            {"reason": f"At most {rules.LONGEST_LINE} characters are kept. Nothing was cut: shorten it"}
        )
    before = held.facts()
    facts = _checked(
        facts,
        held.agency,
        held.provider,
        now,
        decided,
        powers=powers_of(held.agency, now, held),
        before=(*before.texts.values(),),
        more={"reason": reason},
    )
    if facts == before:
        raise Invalid({"": "Nothing was changed, so nothing was saved."})
    return _replace(held, facts, reason.strip(), "register.corrected", by=by, now=now)


@operation("register.ended")
def end_action(
    *, by: Principal, now: datetime, action: RegulatoryAction, ends_on: date | None, seen: int
) -> RegulatoryAction:
    """Say from which day an entry is no longer in force; a breach is put right then.

    Args:
        by: needs ``register.enter`` at the body whose entry it is.
        now: the moment.
        action: the entry.
        ends_on: the first London day on which it is no longer in force.
        seen: its ``version`` when the person read it.

    Raises:
        NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = _take_up(by, action, seen)
    if held.ends_on is not None:
        raise NotNow(f"This ended on {day_in_words(held.ends_on)} already. Correct it if that day is wrong.")
    if ends_on is None:
        raise Invalid({"ends_on": "Say from which day it is no longer in force"})
    if ends_on <= held.starts_on:
        raise Invalid({"ends_on": "It ends after it begins. Choose a later day"})
    return _replace(held, replace(held.facts(), ends_on=ends_on), ENDED, "register.ended", by=by, now=now)


def _take_up(by: Principal, action: RegulatoryAction, seen: int) -> RegulatoryAction:
    """Hold the entry for this transaction; refuse whoever may not change it, or has not read it as it stands."""
    held = (
        RegulatoryAction.objects.select_for_update(of=("self",))
        .select_related("agency", "provider", "entered_by")
        .get(pk=action.pk)
    )
    require_entering(by, held.provider, held.agency)
    if held.version != seen:
        raise NotNow(
            f"{held.entered_by.full_name} changed this at {time_in_words(held.entered_at)}, after you opened it. "
            "Nothing was overwritten. Read how it stands now, then change it if that is still needed."
        )
    return held


def _checked(
    facts: Facts,
    body: Agency,
    provider: Provider,
    now: datetime,
    decided: Set[str],
    *,
    powers: Mapping[str, str],
    before: tuple[str, ...] = (),
    more: dict[str, str] | None = None,
) -> Facts:
    """Return the facts as they are kept, or refuse what is wrong with them."""
    errors = rules.check(
        facts,
        body_kind=body.kind,
        powers=powers,
        locations=places_of(provider),
        today=london_day(now),
    )
    if errors:
        raise Invalid(errors)
    found = undecided({**facts.texts, **(more or {})}, decided=decided, before=before)
    if found:
        raise Invalid({name: sentence(one) for name, one in found.items()})
    return rules.tidied(facts)


def places_of(provider: Provider) -> set[UUID]:
    """Return the keys of a provider's places."""
    return set(Location.objects.filter(provider=provider).values_list("pk", flat=True))


def _put(action: RegulatoryAction, facts: Facts, *, by: Principal, now: datetime) -> None:
    for name in FACTS:
        setattr(action, name, getattr(facts, name))
    action.standards = list(facts.standards)
    action.location_id = facts.location
    assert by.user_id is not None
    action.entered_by_id, action.entered_at = by.user_id, now


def _replace(
    held: RegulatoryAction, facts: Facts, reason: str, deed: str, *, by: Principal, now: datetime
) -> RegulatoryAction:
    """Keep the version that stands, then put another in its place."""
    EarlierAction.objects.create(
        action=held,
        version=held.version,
        reason=reason,
        location_id=held.location_id,
        standards=held.standards,
        entered_at=held.entered_at,
        entered_by_id=held.entered_by_id,
        **{name: getattr(held, name) for name in FACTS},
    )
    _put(held, facts, by=by, now=now)
    held.version += 1
    held.save()
    _log(deed, held, by=by, now=now)
    return held


def _log(deed: str, action: RegulatoryAction, *, by: Principal, now: datetime) -> None:
    detail = {
        "action": str(action.pk),
        "provider": str(action.provider_id),
        "kind": action.kind,
        "version": action.version,
        "personal_data": codes(action.facts().texts.values()),
    }
    record_deed(by=by, now=now, deed=deed, detail=detail)
