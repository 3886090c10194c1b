"""What a room holds, read once for the one who looks: the parts of its page are made from it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import F, Prefetch, prefetch_related_objects
from django.db.models.lookups import In

from access.principal import Principal
from access.roles import permissions_of
from access.sight import visible_to
from accounts.models import User
from actions.models import Action
from actions.operations import actions_from
from agencies.models import Agency
from clocks.models import Clock
from clocks.timetable import Timetable
from concerns.models import SafeguardingEntry
from concerns.operations.safety import entries_of
from meetings.models import Meeting
from meetings.operations import meetings_of
from notifications.events import directory
from notifications.models import Message
from reference.operations import latest
from risk_summits.models import (
    CalledBody,
    DangerReport,
    ExitCriterion,
    GateAnswer,
    ImpactAssessment,
    ImpactRequest,
    Judgement,
    Known,
    PhoneCall,
    ProviderWord,
    RingHandover,
    RingHolding,
    RingObjection,
    RingOffer,
    Room,
    StatedView,
    Tabled,
    Withholding,
)
from risk_summits.operations.alerting import FAMILY, alert_messages
from risk_summits.operations.facts import lacks_by_gate
from risk_summits.operations.people import listed
from risk_summits.rules import judging, stages
from risk_summits.showing.facts import Facts, join, read_facts

KINDS = (
    CalledBody,
    DangerReport,
    ExitCriterion,
    GateAnswer,
    ImpactRequest,
    Judgement,
    Known,
    PhoneCall,
    ProviderWord,
    RingHandover,
    RingHolding,
    RingObjection,
    RingOffer,
    Tabled,
    Withholding,
)
"""What a room holds of its own, read together."""


class Held:
    """A room in somebody's sight, as of a moment. Its own facts are one query; every other list is one, however long.

    Attributes:
        room: the room, its ``summit`` and ``record`` fetched.
        by: who looks.
        now: the moment.
    """

    def __init__(self, room: Room, by: Principal, now: datetime) -> None:
        """Read nothing yet."""
        self.room, self.by, self.now = room, by, now

    @cached_property
    def timetable(self) -> Timetable:
        """What the lists say of clocks."""
        return Timetable()

    @property
    def open(self) -> bool:
        """Whether the summit has not ended."""
        return self.room.summit.ended_at is None

    # The facts of the room, and the bodies and people in them

    @cached_property
    def here(self) -> list[tuple[UUID, UUID]]:
        """Everyone listed for the room, with their body, by name."""
        return listed(self.room.pk)

    @cached_property
    def _facts(self) -> Facts:
        facts = read_facts(self.room, KINDS)
        join(facts, Agency)
        self._users = join(facts, User, besides=[user for user, _ in self.here])
        return facts

    def user(self, pk: UUID) -> User:
        """Return somebody who is listed for the room, or has done something in it."""
        assert self._facts
        return self._users[pk]

    @cached_property
    def telephones(self) -> Mapping[UUID, str]:
        """The number to ring now for everyone in the room, and for the seat-holders who were told of it."""
        told = {one.responsible_person_id for one in self.alerts if one.responsible_person_id}
        return directory().telephones(frozenset(told | {user for user, _ in self.here}), self.now)

    # What the one who looks may do

    @cached_property
    def _here(self) -> frozenset[str]:
        return permissions_of(self.room.roles_of(self.by))

    def may_here(self, permission: str) -> bool:
        """Say whether a role held at the summit permits this."""
        return permission in self._here

    def may_for_body(self, permission: str) -> bool:
        """Say whether they may do this for their own body, which was called."""
        return self.own is not None and permission in permissions_of(self.by.agency_roles)

    # Who is called

    @cached_property
    def called(self) -> list[CalledBody]:
        """The bodies called, by name."""
        return sorted(self._facts[CalledBody], key=lambda one: one.agency.name)

    @cached_property
    def names(self) -> Mapping[UUID, str]:
        """The names of the bodies called."""
        return {one.agency_id: one.agency.name for one in self.called}

    @property
    def own(self) -> CalledBody | None:
        """The call of the reader's own body."""
        return next((one for one in self.called if one.agency_id == self.by.agency_id), None)

    def named(self, bodies: Iterable[UUID]) -> list[str]:
        """Return the names of bodies called, in order."""
        return sorted(self.names[one] for one in bodies if one in self.names)

    @cached_property
    def phone_calls(self) -> list[PhoneCall]:
        """Who was told by telephone."""
        alerts = {one.pk: one for one in self.alerts}
        for one in self._facts[PhoneCall]:
            one.clock = alerts[one.clock_id]
        return self._facts[PhoneCall]

    # Clocks

    @cached_property
    def _every_clock(self) -> list[Clock]:
        clocks = Clock.objects.filter(record_id__in=[self.room.pk, self.room.summit_id])
        return list(
            clocks.select_related("responsible_agency", "responsible_person").order_by("started_at", "pk")
        )

    @property
    def clocks(self) -> list[Clock]:
        """The room's clocks, alerts apart."""
        return [one for one in self._every_clock if one.family != FAMILY]

    @property
    def alerts(self) -> list[Clock]:
        """The alerts: of the bodies called, and of the group's seat-holders."""
        return [one for one in self._every_clock if one.family == FAMILY]

    @cached_property
    def alert_messages(self) -> list[Message]:
        """What was sent for the alerts."""
        return list(alert_messages(one.pk for one in self.alerts))

    @property
    def waiting(self) -> bool:
        """Whether an alert waits for the one who looks: one's body may have been reached by a colleague."""
        open_ = {one.pk for one in self.alerts if one.is_open}
        mine = [one for one in self.alert_messages if one.recipient_id == self.by.user_id]
        return any(not one.reached and one.topic in open_ for one in mine)

    # What is known, said and judged

    @cached_property
    def dangers(self) -> list[DangerReport]:
        """Who said that people are in danger."""
        return self._facts[DangerReport]

    @cached_property
    def safety_entries(self) -> list[SafeguardingEntry]:
        """What was done and said about people's safety."""
        return entries_of(self.room.record)

    @cached_property
    def known(self) -> list[Known]:
        """What became known after the call."""
        return self._facts[Known]

    @cached_property
    def tabled(self) -> list[Tabled]:
        """What was put before the room."""
        return self._facts[Tabled]

    @cached_property
    def stated(self) -> list[StatedView]:
        """Every view, to say who has spoken. What it says is shown only of ``seen_views``."""
        seen = visible_to(self.by, StatedView.objects.filter(room=self.room))
        views = self.room.views.select_related("agency", "record__recorded_by")
        return list(views.annotate(seen=In(F("pk"), seen.values("pk"))).order_by("record__happened_at"))

    @property
    def seen_views(self) -> frozenset[UUID]:
        """The views that the reader sees: their own body's; from the reveal, all."""
        return frozenset(one.pk for one in self.stated if one.seen)  # type: ignore[attr-defined]

    @cached_property
    def judgements(self) -> list[Judgement]:
        """Every judgement, those that were corrected too."""
        return self._facts[Judgement]

    @property
    def in_force(self) -> list[Judgement]:
        """The judgements that stand."""
        return [one for one in self.judgements if one.replaced_by_id is None]

    @property
    def failure_at(self) -> datetime | None:
        """The earliest judgement that there is, or may be, serious failure."""
        return judging.failure_judged_at(one.fact for one in self.in_force)

    @property
    def stage(self) -> str:
        """How far the room has come."""
        codes = [one.code for one in self.in_force if one.judge == judging.GROUP]
        return stages.stage(failure=self.failure_at is not None, group_codes=codes, ended=not self.open)

    @cached_property
    def _outcomes(self) -> dict[str, str]:
        return {key: str(row["label"]) for key, row in latest("outcome_codes").items()}

    def outcome(self, list_code: str, code: str) -> str:
        """Return the words of a code of ``outcome_codes``."""
        return self._outcomes.get(f"{list_code}:{code}", code)

    # Who leads

    @cached_property
    def holdings(self) -> list[RingHolding]:
        """Who convened or led from when to when."""
        held = [one for one in self._facts[RingHolding] if one.superseded_at is None]
        return sorted(held, key=lambda one: one.number)

    @cached_property
    def offers(self) -> list[RingOffer]:
        """The bodies proposed."""
        return self._facts[RingOffer]

    @cached_property
    def objections(self) -> list[RingObjection]:
        """What was said against them."""
        return self._facts[RingObjection]

    @cached_property
    def handovers(self) -> list[RingHandover]:
        """To whom the lead was offered."""
        return self._facts[RingHandover]

    # The response

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The meetings, with who was there."""
        found = meetings_of(self.by, self.room.record)
        prefetch_related_objects(found, "proceedings__attendance", "essential_bodies")
        return found

    @cached_property
    def actions(self) -> list[Action]:
        """What was asked, as far as the reader sees it."""
        return actions_from(self.by, self.room.record)

    @cached_property
    def impacts(self) -> list[ImpactRequest]:
        """What CQC asked, and each body's answer."""
        asked = sorted(self._facts[ImpactRequest], key=lambda one: one.happened_at, reverse=True)
        answers = ImpactAssessment.objects.select_related("agency", "clock")
        prefetch_related_objects(asked, Prefetch("assessments", queryset=answers))
        return asked

    # The end

    @cached_property
    def gates(self) -> dict[str, list[str]]:
        """What each gate still lacks, as sentences."""
        said = {one.gate: one.answer for one in self.gate_answers}
        return lacks_by_gate(said, self.safety_entries, flagged=self.flagged)

    @property
    def flagged(self) -> bool:
        """Whether it was said that people may be in danger: clocks run since."""
        return any(one.family in ("safeguarding", "safeguarding_notice") for one in self.clocks)

    @cached_property
    def gate_answers(self) -> list[GateAnswer]:
        """What was answered at the gates."""
        return sorted(self._facts[GateAnswer], key=lambda one: one.recorded_at)

    @cached_property
    def criteria(self) -> list[ExitCriterion]:
        """What must be so before the summit may be closed."""
        return self._facts[ExitCriterion]

    @cached_property
    def provider_words(self) -> list[ProviderWord]:
        """What passed between the room and the provider."""
        return self._facts[ProviderWord]

    @cached_property
    def withholdings(self) -> list[Withholding]:
        """When it was kept from the provider, and by whom."""
        return self._facts[Withholding]
