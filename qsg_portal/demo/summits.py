"""Risk summits of the demonstration, one in each stage, their clocks really running."""

from datetime import datetime, timedelta
from uuid import UUID

from access.principal import Principal, principal_of
from actions.models import Action
from actions.operations import accept_action, ask_for_action, complete_action, decline_action
from agencies.models import Agency
from clocks.operations import tick
from concerns.operations.safety import record_safeguarding
from concerns.rules import danger
from meetings.operations.convening import convene_meeting
from meetings.operations.recording import Told, record_call_held
from meetings.rules import Attended
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import ASHDOWN, HOLLIN, MILLGATE, PENNINE, TANDLE, WEAVERS
from qsg_portal.demo.people import Cast
from risk_summits.models import Room
from risk_summits.operations import (
    Trigger,
    acknowledge_alert,
    add_known,
    answer_gate,
    answer_lead,
    meet_criterion,
    propose_lead,
    record_judgement,
    record_provider_word,
    set_criterion,
    stand_down,
    state_view,
    trigger_summit,
)


class Teller:
    """Tells one summit, step by step, each by the person whose step it is."""

    def __init__(self, everybody: Cast, now: datetime) -> None:
        self.everybody = everybody
        self.now = now
        self.room = Room()

    def by(self, mark: str) -> Principal:
        """Return a person as they stand now: asked afresh for each step, as each page does."""
        return principal_of(self.everybody.person(mark).pk)

    def agency(self, mark: str) -> UUID:
        """Return the body that a person acts for."""
        held = self.by(mark).agency_id
        assert held is not None, mark
        return held

    def body(self, body: cast.Body) -> Agency:
        """Return a body of the cast."""
        return self.everybody.body(body)

    def at(self, **ago: float) -> datetime:
        """Return a moment so long ago."""
        return self.now - timedelta(**ago)

    def call(self, mark: str, code: str, feared: str, danger: str, **ago: float) -> None:
        """Call the summit."""
        said = Trigger(provider=self.everybody.provider(code).pk, feared=feared, danger=danger)
        self.room = trigger_summit(by=self.by(mark), now=self.at(**ago), said=said).room
        while tick(now=self.at(**ago) + timedelta(minutes=1)).more:
            pass  # what the clockwork did then

    def fresh(self) -> Room:
        """Return the room as it stands now."""
        self.room = Room.objects.select_related("summit", "record").get(pk=self.room.pk)
        return self.room

    def views(self, told: dict[str, tuple[str, str]], **ago: float) -> None:
        """State the views of bodies."""
        for mark, (answer, text) in told.items():
            state_view(by=self.by(mark), now=self.at(**ago), room=self.fresh(), answer=answer, text=text)

    def reached(self, *marks: str, **ago: float) -> None:
        """Let people acknowledge the alert."""
        for mark in marks:
            acknowledge_alert(by=self.by(mark), now=self.at(**ago), summit=self.fresh().summit)

    def rang(self, mark: str, about: str, whom: str, **ago: float) -> None:
        """Say whom it is about, and that their desk was rung."""
        for deed, desk in ((danger.SAID, ""), (danger.RANG, whom)):
            record_safeguarding(
                by=self.by(mark),
                now=self.at(**ago),
                record=self.fresh().record,
                deed=deed,
                about=about,
                whom=desk,
            )

    def judge(self, mark: str, judge: str, code: str, text: str, severity: str = "", **ago: float) -> None:
        """Record a judgement."""
        record_judgement(
            by=self.by(mark),
            now=self.at(**ago),
            room=self.fresh(),
            judge=judge,
            code=code,
            text=text,
            severity=severity,
        )

    def lead(self, mark: str, body: cast.Body, by: str, **ago: float) -> None:
        """Propose who leads, and let that body accept."""
        offer = propose_lead(by=self.by(by), now=self.at(**ago), room=self.fresh(), agency=self.body(body).pk)
        answer_lead(by=self.by(mark), now=self.at(**ago), room=self.fresh(), offer=offer.pk, accept=True)

    def met(self, mark: str, people: tuple[str, ...], discussion: str, **ago: float) -> None:
        """Record a response meeting held by call."""
        told = Told(
            opened_at=self.at(**ago),
            closed_at=self.at(**ago) + timedelta(minutes=50),
            how="by_call",
            attendance=[
                Attended(agency=self.agency(one), presence="by_call", user=self.everybody.person(one).pk)
                for one in people
            ],
            discussion=discussion,
            decisions=("The bodies meet again within a week.",),
        )
        room = self.fresh()
        record_call_held(
            by=self.by(mark),
            now=self.at(**ago) + timedelta(hours=2),
            at=room,
            of=room.record,
            purpose="response",
            told=told,
        )

    def ask(
        self, mark: str, body: cast.Body, statement: str, aim: str, due: datetime, **ago: float
    ) -> Action:
        """Ask a body for action."""
        return ask_for_action(
            by=self.by(mark),
            now=self.at(**ago),
            asked=self.body(body).pk,
            statement=statement,
            aim=aim,
            power_kind="none",
            due_at=due,
            risk="serious",
            origin=self.fresh().record,
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
