"""Risk summits of the demonstration, one in each stage, their clocks really running."""

from datetime import datetime, timedelta

from actions.operations import accept_action, complete_action, decline_action
from concerns.rules import danger
from meetings.operations.convening import convene_meeting
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import ASHDOWN, HOLLIN, MILLGATE, PENNINE, TANDLE, WEAVERS
from qsg_portal.demo.people import Cast
from qsg_portal.demo.teller import Teller
from risk_summits.operations import (
    add_known,
    answer_gate,
    meet_criterion,
    record_provider_word,
    set_criterion,
    stand_down,
)


def load_summits(everybody: Cast, *, now: datetime) -> None:
    """Tell each summit up to the stage at which it stands."""
    for tell in (_closed, _not_taken_forward, _acting, _missed, _judged, _called):
        tell(Teller(everybody, now))


def _called(tell: Teller) -> None:
    """Called this morning: who has been reached, who has not; views still sealed."""
    tell.call(
        "council",
        HOLLIN,
        "Residents may be left without care tonight: two night workers have walked out and the manager cannot be reached.",
        "not_sure",
        hours=2,
    )
    tell.rang("council", danger.ADULT, "Our own duty desk for adults", hours=1.75)
    tell.reached("cqc", "chair", hours=1.5)
    tell.views({"cqc": ("potential", "We hold two notifications from this month.")}, hours=1)


def _judged(tell: Teller) -> None:
    """Judged yesterday: about a day of the 48 hours is left; the NHS TDA leads."""
    tell.call(
        "ccg",
        MILLGATE,
        "Falls with fractures go on, and the ward has worked below its own staffing plan for three months.",
        "no",
        hours=30,
    )
    tell.reached("cqc", "tda", "chair", "bury", hours=29)
    tell.views(
        {
            "ccg": ("actual", "Six fractures in three months on one ward, and no plan that holds."),
            "cqc": ("potential", "Night staffing below plan on two nights of three."),
            "tda": ("potential", "The improvement plan is behind on five milestones of nine."),
            "bury": ("potential", "Families' letters tell the same."),
        },
        hours=28,
    )
    tell.judge(
        "chair", "group", "potential", "Harm has happened and the cause has not been put right.", hours=23
    )
    tell.lead("tda", cast.TDA, "ccg", hours=22)
    convene_meeting(
        by=tell.by("tda"),
        now=tell.at(hours=20),
        at=tell.fresh(),
        of=tell.room.record,
        purpose="response",
        starts_at=tell.now + timedelta(hours=16),
        ends_at=tell.now + timedelta(hours=17),
        joining="By telephone; the number is in the invitation.",
    )


def _missed(tell: Teller) -> None:
    """People in danger, 24 hours, and nobody has met: missed."""
    tell.call(
        "bolton",
        TANDLE,
        "A patient was hurt by a member of staff, and others may have been.",
        "yes",
        hours=40,
    )
    tell.rang("bolton", danger.ADULT, "The council's adults desk", hours=39.5)
    tell.reached("cqc", hours=39)
    tell.judge(
        "cqc",
        "cqc",
        "potential_breach",
        "Observation records were written afterwards; people may not be safe.",
        severity="critical",
        hours=30,
    )


def _acting(tell: Teller) -> None:
    """The bodies have met and asked each other for action: accepted, declined, overdue, done, waiting."""
    tell.call(
        "bury",
        PENNINE,
        "People waiting for cardiology are coming to harm, and the board does not see it.",
        "no",
        days=9,
    )
    tell.reached("monitor", "cqc", "ccg", "bolton", "chair", days=8.95)
    tell.judge("chair", "group", "actual", "Two people came to lasting harm while they waited.", days=8)
    tell.lead("monitor", cast.MONITOR, "bury", days=7.9)
    tell.met(
        "monitor",
        ("monitor", "cqc", "bury", "ccg", "bolton", "chair"),
        "The trust's chief executive gave figures by ward. The bodies agreed what each can do, and by when.",
        days=7,
    )
    in_time, late = tell.now + timedelta(days=5), tell.at(days=1)
    waiting = tell.ask(
        "monitor",
        cast.OLDHAM_CCG,
        "Buy thirty first visits from another hospital for those who waited longest.",
        "safeguard",
        in_time,
        days=6,
    )
    accepted = tell.ask(
        "monitor",
        cast.BURY_CCG,
        "Ring everybody who has waited over thirty weeks and ask how they are.",
        "safeguard",
        late,
        days=6,
    )
    declined = tell.ask(
        "monitor",
        cast.BOLTON_CCG,
        "Take over the cardiology contract for three months.",
        "continue",
        in_time,
        days=6,
    )
    done = tell.ask(
        "monitor", cast.CQC, "Bring the inspection of outpatients forward.", "improve", in_time, days=6
    )
    accept_action(
        by=tell.by("bury"), now=tell.at(days=5), action=accepted, seen=accepted.turn, lead_name="Karen Ogden"
    )
    decline_action(
        by=tell.by("bolton"),
        now=tell.at(days=5),
        action=declined,
        seen=declined.turn,
        reason="We have no clinic in that area; Bury could host it and we would pay our share.",
    )
    agreed = accept_action(by=tell.by("cqc"), now=tell.at(days=5), action=done, seen=done.turn)
    complete_action(
        by=tell.by("cqc"),
        now=tell.at(days=2),
        action=agreed,
        seen=agreed.turn,
        evidence="Two inspectors went on Thursday; the letter to the trust is dated Friday.",
        risk="moderate",
    )
    add_known(
        by=tell.by("ccg"),
        now=tell.at(days=1),
        room=tell.fresh(),
        text="The other hospital can see the first twelve people next week.",
    )
    del waiting


def _closed(tell: Teller) -> None:
    """Closed: its questions answered, its criterion met, what was learnt written down."""
    tell.call(
        "bury",
        WEAVERS,
        "Four residents with pressure sores in one month; the home disputes it.",
        "no",
        days=34,
    )
    tell.judge(
        "chair", "group", "potential", "Records did not show that people were turned at night.", days=33.5
    )
    tell.met(
        "chair",
        ("chair", "cqc", "bury"),
        "The home's owner agreed to two nurses from the community team for a month.",
        days=32.5,
    )
    record_provider_word(
        by=tell.by("chair"),
        now=tell.at(days=32),
        room=tell.fresh(),
        kind="told",
        text="Letter to the owner, with the reasons.",
    )
    criterion = set_criterion(
        by=tell.by("chair"),
        now=tell.at(days=32),
        room=tell.fresh(),
        text="No new pressure sore for two weeks",
    )
    meet_criterion(
        by=tell.by("chair"),
        now=tell.at(days=15),
        room=tell.fresh(),
        criterion=criterion.pk,
        evidence="The community team's weekly counts: none on three Mondays.",
    )
    for gate, answer in (
        ("professional_standards", "considered_none"),
        ("safeguarding_adults", "none_known"),
        ("safeguarding_children", "none_known"),
    ):
        answer_gate(
            by=tell.by("chair"),
            now=tell.at(days=15),
            room=tell.fresh(),
            gate=gate,
            answer=answer,
            text="Asked of everybody at the last call; nobody knew of any.",
        )
    room = tell.fresh()
    stand_down(
        by=tell.by("chair"),
        now=tell.at(days=14),
        room=room,
        seen=room.version,
        learning="Ask for turning charts on the first visit: they told within an hour what took us three weeks.",
        outcome="People are turned at night and it is written down; the group goes on looking each month.",
    )


def _not_taken_forward(tell: Teller) -> None:
    """Judged to be no failure: not taken forward, and the provider told."""
    tell.call("ccg", ASHDOWN, "Five emergency transfers after day surgery in two months.", "no", days=26)
    for gate in ("safeguarding_adults", "safeguarding_children"):
        answer_gate(
            by=tell.by("chair"),
            now=tell.at(days=25.5),
            room=tell.fresh(),
            gate=gate,
            answer="none_known",
            text="Asked of everybody on the call; nobody knew of any.",
        )
    tell.judge(
        "chair",
        "group",
        "not_taken_forward",
        "Four of the five were planned, and the fifth was handled well.",
        days=25,
    )
