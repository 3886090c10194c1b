"""Tells a risk summit of the demonstration step by step, each by the person whose step it is."""

from datetime import datetime, timedelta
from uuid import UUID

from access.principal import Principal, principal_of
from actions.models import Action
from actions.operations import ask_for_action
from agencies.models import Agency
from clocks.operations import tick
from concerns.operations.safety import record_safeguarding
from concerns.rules import danger
from meetings.operations.recording import Told, record_call_held
from meetings.rules import Attended
from qsg_portal.demo import cast
from qsg_portal.demo.people import Cast
from risk_summits.models import Room
from risk_summits.operations import (
    Trigger,
    acknowledge_alert,
    answer_lead,
    propose_lead,
    record_judgement,
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
