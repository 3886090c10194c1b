"""A commissioning group that closes, and its neighbour that takes its place: who there is, and what it holds."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from access.principal import Principal
from accounts.models import User
from actions.models import Action
from actions.operations import accept_action, ask_for_action
from agencies.models import (
    Agency,
    FootprintAgency,
    GroupDocument,
    Post,
    Seat,
    Signature,
)
from concerns.models import Concern
from providers.models import Commissioning
from successions import operations, rules
from successions.models import HandingOver, Succession
from tests.concerned import LAST_YEAR, Region, person, region

TODAY = date(2026, 3, 3)
APRIL = date(2026, 4, 1)


@dataclass
class Closing:
    """What these tests need: a region in which the CCG closes; its neighbour has a lead, an administrator and a reader."""

    region: Region
    desk: User
    heir_lead: User
    heir_administrator: User
    heir_reader: User

    @property
    def now(self) -> datetime:
        return self.region.now

    @property
    def ccg(self) -> Agency:
        return Agency.objects.get(pk=self.region.ccg.pk)

    @property
    def neighbour(self) -> Agency:
        return self.region.neighbour

    def by(self, user: User | str) -> Principal:
        return self.region.by(user)

    def open(self, **otherwise: Any) -> Succession:
        """Open the succession of the CCG by its neighbour, from April."""
        usual = {
            "by": self.by(self.desk),
            "now": self.now,
            "body": self.ccg,
            "successors": [self.neighbour],
            "on": APRIL,
            "why": "The Example (Establishment) Order",
        }
        return operations.open_succession(**{**usual, **otherwise})

    def action(self, **otherwise: Any) -> Action:
        """Let CQC ask the CCG for something."""
        usual = {
            "by": self.by("inspector"),
            "now": self.now,
            "asked": self.ccg.pk,
            "statement": "Review the staffing of the ward.",
            "aim": "safeguard",
            "power_kind": "none",
            "due_at": self.now + timedelta(days=90),
            "risk": "serious",
            "providers": [self.region.provider.pk],
        }
        return ask_for_action(**{**usual, **otherwise})

    def accepted_action(self) -> Action:
        """Let the CCG accept what was asked of it, so that a clock runs."""
        asked = self.action()
        return accept_action(by=self.by("lead"), now=self.now, action=asked, seen=asked.turn)

    def hand_on(self, succession: Succession, kind: str, **more: Any) -> list[HandingOver]:
        """Let the CCG's lead offer a kind of what it looks after."""
        return operations.hand_on(
            by=self.by("lead"),
            now=self.now,
            succession=succession,
            kind=kind,
            to=self.neighbour,
            **more,
        )

    def accept(self, offer: HandingOver, **more: Any) -> HandingOver:
        """Let the right person of the neighbour accept something."""
        who = self.heir_administrator if offer.kind in rules.PEOPLES else self.heir_lead
        if offer.kind == rules.SEAT:
            seat = Seat.objects.get(pk=offer.thing)
            more.setdefault("person", self.heir_reader.pk)
            if seat.cleared or seat.kind in ("chair", "secretariat"):
                who = self.desk
        return operations.accept(by=self.by(who), now=self.now, offer=offer, **more)

    def accept_all(self, succession: Succession, **people: Any) -> None:
        """Offer what is left of the intelligence, and let the neighbour accept everything."""
        kinds = [rules.INTELLIGENCE]
        if Action.objects.filter(asked=self.ccg, status__in=("offered", "accepted", "countered")).exists():
            kinds.append(rules.ACTION)
        for kind in kinds:
            if not succession.offers.filter(kind=kind, state__in=rules.LIVE).exists():
                self.hand_on(succession, kind)
        for offer in succession.offers.filter(state=rules.WAITING):
            self.accept(offer, **({"people": people[offer.kind]} if offer.kind in people else {}))

    def close(self, succession: Succession, now: datetime) -> Succession:
        return operations.close_body(by=self.by(self.desk), now=now, succession=succession)

    def concern(self, **how: Any) -> Concern:
        return self.region.concern(**how)


def closing(now: datetime) -> Closing:
    """Make it: the CCG sits in the north, buys at the hospital, and stands in an area; its neighbour is in no group there."""
    made = region(now)
    desk = made.people["administrator"]
    lead = person("Hal Heir", made.neighbour, "agency_lead")
    administrator = person("Ida Heir", made.neighbour, "agency_administrator")
    reader = person("Ivo Heir", made.neighbour)
    agreement = GroupDocument.objects.create(
        qsg=made.north, kind="agreement", title="Agreement", place="a drive", starts_on=LAST_YEAR
    )
    Signature.objects.create(document=agreement, agency=made.neighbour, starts_on=LAST_YEAR)
    Commissioning.objects.create(provider=made.provider, agency=made.ccg, lead=True, starts_on=LAST_YEAR)
    FootprintAgency.objects.get_or_create(qsg=made.north, agency=made.ccg)
    Post.objects.create(agency=made.ccg, post="director", holder_name="A Director", starts_on=LAST_YEAR)
    return Closing(made, desk, lead, administrator, reader)
