"""Setting a level: raising, keeping and lowering it."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from access.operations import audience, create_record, operation, share_record
from access.principal import Principal
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Agency, MemberKind, QSGMember, QualitySurveillanceGroup
from agencies.roster import standing
from audit.operations import record_deed
from providers.levels import rules
from providers.levels.operations import timing
from providers.levels.operations.reading import standing_code
from providers.levels.rules import Proposal
from providers.models import CriterionMet, Provider, ProviderGroup, SurveillanceLevel
from reference import operations as lists
from reference.personal_data import codes, sentence, undecided
from timekeeping.london import london_day, time_in_words

GATEWAY = "functions"
READ_OUT = "Read out one by one as the level was set anew."
"""What shows that a criterion is met that was found so as another level took this one's place."""


def members_of(qsg: QualitySurveillanceGroup, now: datetime) -> list[Agency]:
    """Return the full members of a group now, by name."""
    held = QSGMember.objects.filter(standing(london_day(now)), qsg=qsg, kind=MemberKind.FULL)
    return list(Agency.objects.filter(pk__in=held.values("agency_id")).order_by("name", "pk"))


def levels_offered(now: datetime) -> dict[str, str]:
    """Return the levels that may be chosen: code to words. A summit's is not among them."""
    rows = lists.rows("surveillance_levels", on=london_day(now))
    return {str(one["code"]): str(one["label"]) for one in rows if one["code"] != rules.SUMMIT}


def require_setting(by: Principal, qsg: QualitySurveillanceGroup, provider: Provider) -> None:
    """Refuse whoever may not set this provider's level in this group, with a sentence that says who may."""
    by.require(
        "level.set", at=qsg, sentence=f"Only the chair or the secretariat of {qsg} sets a level there."
    )
    if not by.reads:
        raise NotPermitted("Your role at your own body does not read intelligence, so it sets no level.")
    if provider.pk in by.own_conflicts | by.body_conflicts:
        raise NotPermitted(
            "You or your body have a declared interest in this provider. Somebody else sets its level."
        )


@operation("level.set")
def set_level(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    provider: Provider,
    proposal: Proposal,
    seen: UUID | None,
    decided: Set[str] = frozenset(),
) -> SurveillanceLevel:
    """Set a provider's level in a group; the one before ends, and stays in the history.

    To set the same level anew is to keep it: only a meeting does, and it then has another review day. Of the level
    before, each exit criterion is read out; which are met is written on it.

    Args:
        by: needs ``level.set`` at the group: its chair or secretariat.
        now: the moment.
        qsg: the group, in whose area the provider stands; or stood, while a level that it set does: it keeps or lowers that.
        provider: whose level.
        proposal: the level with its reasons; a summit's is never chosen.
        seen: the level that the person had before them, in force or lapsed; None where none was ever set.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The level, seen by the seats of the group and of its region. Its review day is timed, and so is that the
        provider is told.

    Raises:
        NotNow: somebody set another meanwhile.
        NotPermitted, Invalid: with their sentences.
    """
    require_setting(by, qsg, provider)
    Provider.objects.select_for_update().get(pk=provider.pk)
    before = _current(provider, qsg)
    _not_stale(before, seen)
    if qsg not in groups_for(provider, now):
        raise Invalid({"": f"{provider} does not stand in the area of {qsg}, as far as the source says."})
    _check(proposal, before, qsg, now)
    _check_area(proposal, before, qsg, provider, now)
    found = undecided(proposal.texts, decided=decided)
    if found:
        raise Invalid({name: sentence(one) for name, one in found.items()})
    stood = standing_code(before, now)
    if before:
        _end(before, proposal, stood, by=by, now=now)
    made = _make(qsg, provider, proposal, by=by, now=now)
    timing.begin(made, before, stood=stood, by=by, now=now)
    detail = {
        "level": made.level,
        "was": before.level if before else rules.ROUTINE,
        "qsg": str(qsg.pk),
        "met": sorted(proposal.met),
        "personal_data": codes(proposal.texts.values()),
    }
    record_deed(by=by, now=now, deed="level.set", record=made.pk, detail=detail)
    return made


def _current(provider: Provider, qsg: QualitySurveillanceGroup) -> SurveillanceLevel | None:
    held = SurveillanceLevel.objects.filter(provider=provider, qsg=qsg, ended_at=None)
    # Held, as whoever writes on it holds it: what it was told, met and withheld goes along.
    return held.select_for_update(of=("self",)).select_related("record__recorded_by").first()


def _not_stale(before: SurveillanceLevel | None, seen: UUID | None) -> None:
    if (before.pk if before else None) == seen:
        return
    if before is None:
        raise NotNow("There is no such level any more. Open the page again; nothing was changed.")
    who = before.record.recorded_by or "Somebody"
    raise NotNow(
        f"{who} set “{before.label}” at {time_in_words(before.record.recorded_at)}, after you opened this. Nothing of "
        "yours was saved, and it stands below: read that level first, then set yours if it still fits."
    )


def _end(before: SurveillanceLevel, proposal: Proposal, stood: str, *, by: Principal, now: datetime) -> None:
    """End the level before: write which of its criteria are met, end what withholds it, and its clocks."""
    held = set(before.met.values_list("number", flat=True))
    assert by.user_id is not None  # who sets a level is a person
    CriterionMet.objects.bulk_create(
        CriterionMet(
            level=before,
            number=number,
            met_on=proposal.met_on or london_day(now),
            evidence=READ_OUT,
            recorded_at=now,
            by_id=by.user_id,
        )
        for number in sorted(proposal.met - held)
    )
    before.withholdings.filter(ended_at=None).update(ended_at=now)
    before.ended_at = now
    before.version += 1
    before.save(update_fields=["ended_at", "version"])
    timing.end(before, how=rules.change(stood, proposal.level), by=by, now=now)


def _check(
    proposal: Proposal, before: SurveillanceLevel | None, qsg: QualitySurveillanceGroup, now: datetime
) -> None:
    row = lists.row("surveillance_levels", proposal.level, london_day(now)) or {}
    longest = str(row.get("max_review_days") or "")
    standing = standing_code(before, now)
    if proposal.level == rules.ROUTINE and standing == rules.ROUTINE:
        raise Invalid({"level": "It is at routine already"})
    errors = rules.check(
        proposal,
        standing=standing,
        offered=levels_offered(now),
        longest_days=int(longest) if longest else None,
        members={one.pk for one in members_of(qsg, now)},
        today=london_day(now),
    )
    count = len(rules.criteria_of(before.exit_criteria)) if before else 0
    if not proposal.met <= set(range(1, count + 1)):
        errors["met"] = "Choose among what must be so for the level before to end"
    if errors:
        raise Invalid(errors)


def _check_area(
    proposal: Proposal,
    before: SurveillanceLevel | None,
    qsg: QualitySurveillanceGroup,
    provider: Provider,
    now: datetime,
) -> None:
    if ProviderGroup.objects.filter(provider=provider, qsg=qsg).exists():
        return
    if rules.change(standing_code(before, now), proposal.level) == rules.RAISED:
        raise Invalid(
            {
                "level": f"{provider} no longer stands in the area of {qsg}. Keep the level as it is, or lower it."
            }
        )


def _make(
    qsg: QualitySurveillanceGroup, provider: Provider, proposal: Proposal, *, by: Principal, now: datetime
) -> SurveillanceLevel:
    record = create_record(
        kind=SurveillanceLevel.KIND, by=by, now=now, owner=qsg.team_id, providers=[provider.pk]
    )
    routine = proposal.level == rules.ROUTINE
    made = SurveillanceLevel.objects.create(
        record=record,
        provider=provider,
        qsg=qsg,
        level=proposal.level,
        label=levels_offered(now)[proposal.level],
        reason=proposal.reason.strip(),
        follows_id=None if routine else proposal.follows,
        review_on=None if routine else proposal.review_on,
        exit_criteria="" if routine else proposal.exit_criteria.strip(),
        relied_on=proposal.relied_on.strip(),
        put_to_provider=proposal.put_to_provider.strip(),
        how=proposal.how,
        met_on=proposal.met_on if proposal.how == rules.MEETING else None,
    )
    if proposal.how == rules.CHAIR:
        made.agreed_by.set(Agency.objects.filter(pk__in=proposal.agreed_by))
    groups = [qsg.pk, *([qsg.region_id] if qsg.region_id else [])]
    share_record(
        record=record,
        audiences=[audience("qsg_seats", qsg=one) for one in groups],
        by=by,
        now=now,
        gateway=GATEWAY,
    )
    return made


def groups_for(provider: Provider, now: datetime) -> QuerySet[QualitySurveillanceGroup]:
    """Return the groups in whose area a provider stands, and any other whose level of it stands: nobody else could end it."""
    area = ProviderGroup.objects.filter(provider=provider)
    held = SurveillanceLevel.objects.filter(provider=provider, ended_at=None, review_on__gte=london_day(now))
    meant = Q(pk__in=area.values("qsg")) | Q(pk__in=held.values("qsg"))
    return QualitySurveillanceGroup.objects.filter(meant).order_by("name")


def groups_to_set(by: Principal, provider: Provider, now: datetime) -> list[QualitySurveillanceGroup]:
    """Return the groups in which a person may set this provider's level."""
    if provider.pk in by.own_conflicts | by.body_conflicts or not by.reads:
        return []
    return [one for one in groups_for(provider, now) if by.may("level.set", at=one)]
