"""Levels of surveillance in the demonstration: one raised, one lowered again, one looked into, one not told of yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.principal import Principal, principal_of
from concerns.models import GoAndLook
from concerns.operations.looking import record_look
from providers.levels.operations import meet_criterion, propose_withholding, record_word, set_level
from providers.levels.rules import ANSWERED, CHAIR, ENHANCED, MEETING, MORE_INFORMATION, TOLD, Proposal
from providers.models import SurveillanceLevel
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import CANAL, HOLLIN, TANDLE, WEAVERS, in_office_hours
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day


@dataclass(frozen=True)
class Set:
    """One level as it was set.

    Attributes:
        about: the fictional provider's code.
        days: how many days ago.
        follows: the mark of a person whose body follows it.
        review: after how many days it is looked at again.
        told: the provider was told in writing the day after.
        answer: what it answered a week later.
        evidence: what shows by then that the first thing that must be so is so.
        looked: what the body that follows it found when it went and looked.
        agreed: the marks of people whose bodies agreed with the chair between meetings.
        withheld: why the secretariat proposes not to tell the provider yet; a second person has not agreed.
    """

    about: str
    days: int
    level: str
    how: str
    follows: str
    review: int
    reason: str
    relied_on: str
    exit_criteria: str
    put: str = "The same figures; it accepts them."
    told: bool = False
    answer: str = ""
    evidence: str = ""
    looked: str = ""
    agreed: tuple[str, ...] = ()
    withheld: str = ""


# fmt: off
STORY = (
    Set(WEAVERS, 30, ENHANCED, MEETING, "council", 35,
        "People are found not turned at night, twice in a month.",
        "Pressure sores found at admission; a family's letter; our own visit.",
        "Four weeks of turning charts without a gap, seen on an unannounced night.",
        told=True, answer="The owner accepts it, and asks for two nurses from the community team."),
    Set(HOLLIN, 20, ENHANCED, MEETING, "cqc", 35,
        "Safeguarding enquiries have doubled and evenings are thinly staffed.",
        "Enquiries of three months; Healthwatch's visit.",
        "Two on every evening shift for four weeks.\nEnquiries back to last year's.",
        told=True, answer="The rota of four weeks is enclosed; two posts are filled from next month.",
        evidence="Rotas of four weeks, checked on two evenings."),
    Set(WEAVERS, 10, MORE_INFORMATION, MEETING, "council", 30,
        "The charts are complete for three weeks; one more is wanted.",
        "The council's two night visits.",
        "A fourth week without a gap.",
        told=True, looked="On both nights everybody was turned as planned, and it was written down."),
    Set(CANAL, 6, MORE_INFORMATION, CHAIR, "ccg", 25,
        "Repeat prescriptions were lost twice; nobody knows yet whether it goes on.",
        "The CCG's pharmacists.",
        "A count of lost prescriptions over one month."),
    Set(TANDLE, 1, ENHANCED, CHAIR, "bolton", 28,
        "If checks are written up at the end of the shift, people are less safe than the records say.",
        "What a member of staff told the CCG.",
        "Four weeks of records that agree with the doors' own log.",
        put="Not yet: see below.", agreed=("cqc", "ccg"),
        withheld="So few people could have told us that the letter would point at one of them. The CCG speaks with that"
        " person first."),
)
# fmt: on


def load_levels(everybody: Cast, *, now: datetime) -> None:
    """Set the story's levels at their days, as the chair of the local group."""
    chair, group = everybody.person("chair").pk, everybody.group(cast.HOME_GROUP)
    for one in STORY:
        at = in_office_hours(now - timedelta(days=one.days))
        body = _body(everybody, one.follows)
        provider = everybody.provider(one.about)
        before = SurveillanceLevel.objects.filter(qsg=group, provider=provider, ended_at=None).first()
        made = set_level(
            by=principal_of(chair),
            now=at,
            qsg=group,
            provider=provider,
            seen=before.pk if before else None,
            proposal=Proposal(
                level=one.level,
                reason=one.reason,
                follows=body,
                review_on=london_day(at) + timedelta(days=one.review),
                exit_criteria=one.exit_criteria,
                relied_on=one.relied_on,
                put_to_provider=one.put,
                how=one.how,
                met_on=london_day(at) if one.how == MEETING else None,
                agreed_by=frozenset(_body(everybody, mark) for mark in one.agreed),
            ),
        )
        if one.told:
            made = _tell(made, one, principal_of(chair), at)
        if one.looked:
            record_look(
                by=principal_of(everybody.person(one.follows).pk), now=at + timedelta(days=3), record=made.record,
                how=GoAndLook.How.VISIT, who="The contracts team", text=one.looked,
            )  # fmt: skip
        if one.withheld:
            second = principal_of(everybody.person("secretariat").pk)
            propose_withholding(by=second, now=at, level=made, reason=one.withheld, seen=made.version)


def _body(everybody: Cast, mark: str) -> UUID:
    held = principal_of(everybody.person(mark).pk).agency_id
    assert held is not None, mark
    return held


def _tell(level: SurveillanceLevel, one: Set, by: Principal, at: datetime) -> SurveillanceLevel:
    """Record that the provider was told a day later and answered a week after, and the first thing that is so."""
    told = in_office_hours(at + timedelta(days=1))
    answered = in_office_hours(told + timedelta(days=7))
    level = record_word(
        by=by, now=told, level=level, kind=TOLD, on=london_day(told), whose="The chair, for the group",
        text="The level, the reasons, who follows it, and what must be so for it to end.", seen=level.version,
    )  # fmt: skip
    if one.answer:
        level = record_word(
            by=by, now=answered, level=level, kind=ANSWERED, on=london_day(answered), whose="The registered manager",
            text=one.answer, seen=level.version,
        )  # fmt: skip
    if one.evidence:
        level = meet_criterion(
            by=by, now=answered, level=level, number=1, met_on=london_day(answered), evidence=one.evidence,
            seen=level.version,
        )  # fmt: skip
    return level
