"""The only writer of levels, and what is read of them."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from access.operations import audience, create_record, operation, share_record
from access.principal import Principal
from access.refusals import Invalid, NotPermitted
from access.sight import visible_to
from agencies.models import Agency, MemberKind, QSGMember, QualitySurveillanceGroup
from agencies.roster import standing
from audit.operations import record_deed
from clocks.models import Clock
from clocks.operations import start_clock, stop
from clocks.rules.states import CLOSED, OPEN
from providers.levels import rules
from providers.levels.rules import Proposal
from providers.models import Provider, ProviderGroup, SurveillanceLevel
from reference import operations as lists
from reference.personal_data import codes, sentence, undecided
from timekeeping.london import london_day

LOOK = "go_and_look_level"
GATEWAY = "functions"


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
    decided: Set[str] = frozenset(),
) -> SurveillanceLevel:
    """Set a provider's level in a group; the one before ends, and stays in the history.

    Args:
        by: needs ``level.set`` at the group: its chair or secretariat.
        now: the moment.
        qsg: the group, in whose area the provider stands.
        provider: whose level.
        proposal: the level with its reasons; a summit's is never chosen.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The level, seen by the seats of the group and of its region.

    Raises:
        NotPermitted, Invalid: with their sentences.
    """
    require_setting(by, qsg, provider)
    Provider.objects.select_for_update().get(pk=provider.pk)
    if not ProviderGroup.objects.filter(provider=provider, qsg=qsg).exists():
        raise Invalid({"": f"{provider} does not stand in the area of {qsg}, as far as the source says."})
    before = _current(provider, qsg)
    _check(proposal, before, qsg, now)
    found = undecided(proposal.texts, decided=decided)
    if found:
        raise Invalid({name: sentence(one) for name, one in found.items()})
    if before:
        _end(before, by=by, now=now)
    made = _make(qsg, provider, proposal, by=by, now=now)
    if made.level == rules.MORE_INFORMATION:
        start_clock(kind=LOOK, record=made.record, by=by, now=now, responsible_agency=made.follows_id)
    detail = {
        "level": made.level,
        "was": before.level if before else rules.ROUTINE,
        "qsg": str(qsg.pk),
        "personal_data": codes(proposal.texts.values()),
    }
    record_deed(by=by, now=now, deed="level.set", record=made.pk, detail=detail)
    return made


def _current(provider: Provider, qsg: QualitySurveillanceGroup) -> SurveillanceLevel | None:
    return SurveillanceLevel.objects.filter(provider=provider, qsg=qsg, ended_at=None).first()


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
    if errors:
        raise Invalid(errors)


def _end(level: SurveillanceLevel, *, by: Principal, now: datetime) -> None:
    level.ended_at = now
    level.save(update_fields=["ended_at"])
    for clock in Clock.objects.filter(record=level.record, kind=LOOK, state__in=OPEN):
        stop(clock=clock, by=by, now=now, reason=CLOSED)


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


def levels_of(by: Principal, provider: Provider, now: datetime) -> list[Shown]:
    """Return the levels of a provider that a person sees and that no other took the place of, by group."""
    held = SurveillanceLevel.objects.filter(provider=provider, ended_at=None)
    return [shown(one, now) for one in visible_to(by, held).order_by("qsg__name", "pk")]


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
    return [
        shown(one, now)
        for one in visible_to(by, held.select_related("provider", "qsg", "record")).order_by(
            "-record__recorded_at", "pk"
        )
    ]


def groups_to_set(by: Principal, provider: Provider) -> list[QualitySurveillanceGroup]:
    """Return the groups in which a person may set this provider's level."""
    groups: Iterable[QualitySurveillanceGroup] = QualitySurveillanceGroup.objects.filter(
        provider_links__provider=provider
    ).order_by("name")
    if provider.pk in by.own_conflicts | by.body_conflicts or not by.reads:
        return []
    return [one for one in groups if by.may("level.set", at=one)]
