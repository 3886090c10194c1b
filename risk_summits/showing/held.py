"""What a room holds, read once for the one who looks: the parts of its page are made from it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import prefetch_related_objects

from access.principal import Principal
from access.roles import permissions_of
from access.sight import visible_to
from actions.models import Action
from actions.operations import actions_from
from clocks.models import Clock
from concerns.models import SafeguardingEntry
from concerns.operations.safety import entries_of
from meetings.models import Meeting
from meetings.operations import meetings_of
from reference.operations import latest
from risk_summits.models import (
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
    Room,
    StatedView,
    Tabled,
    Withholding,
)
from risk_summits.operations.alerting import FAMILY
from risk_summits.operations.facts import gates
from risk_summits.rules import judging, stages


class Held:
    """A room in somebody's sight, as of a moment. Each list is one query, however long it is.

    Attributes:
        room: the room, its ``summit`` and ``record`` fetched.
        by: who looks.
        now: the moment.
    """

    def __init__(self, room: Room, by: Principal, now: datetime) -> None:
        """Read nothing yet."""
        self.room, self.by, self.now = room, by, now

    @property
    def open(self) -> bool:
        """Whether the summit has not ended."""
        return self.room.summit.ended_at is None

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
        return sorted(self.room.called.select_related("agency", "by_agency"), key=lambda one: one.agency.name)

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
        return list(self.room.phonecalls.select_related("by", "clock__responsible_agency"))

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

    # What is known, said and judged

    @cached_property
    def dangers(self) -> list[DangerReport]:
        """Who said that people are in danger."""
        return list(self.room.dangerreports.select_related("by_agency"))

    @cached_property
    def safety_entries(self) -> list[SafeguardingEntry]:
        """What was done and said about people's safety."""
        return entries_of(self.room.record)

    @cached_property
    def known(self) -> list[Known]:
        """What became known after the call."""
        return list(self.room.known.select_related("by_agency", "by"))

    @cached_property
    def tabled(self) -> list[Tabled]:
        """What was put before the room."""
        return list(self.room.tabled.select_related("by_agency", "record__owner"))

    @cached_property
    def stated(self) -> list[StatedView]:
        """Every view, to say who has spoken. What it says is shown only of those in ``views``."""
        return list(
            self.room.views.select_related("agency", "record__recorded_by").order_by("record__happened_at")
        )

    @cached_property
    def seen_views(self) -> frozenset[UUID]:
        """The views that the reader sees: their own body's; from the reveal, all."""
        return frozenset(
            visible_to(self.by, StatedView.objects.filter(room=self.room)).values_list("pk", flat=True)
        )

    @cached_property
    def judgements(self) -> list[Judgement]:
        """Every judgement, those that were corrected too."""
        return list(self.room.judgements.select_related("by_agency", "by"))

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
        return list(
            self.room.ringholdings.filter(superseded_at=None).select_related("agency").order_by("number")
        )

    @cached_property
    def offers(self) -> list[RingOffer]:
        """The bodies proposed."""
        return list(self.room.ringoffers.select_related("agency", "by_agency"))

    @cached_property
    def objections(self) -> list[RingObjection]:
        """What was said against them."""
        return list(self.room.ringobjections.select_related("agency", "by_agency"))

    @cached_property
    def handovers(self) -> list[RingHandover]:
        """To whom the lead was offered."""
        return list(self.room.ringhandovers.select_related("to", "by_agency"))

    # The response

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The meetings, with who was there."""
        found = meetings_of(self.by, self.room.record)
        prefetch_related_objects(found, "record__owner", "proceedings__attendance", "essential_bodies")
        return found

    @cached_property
    def actions(self) -> list[Action]:
        """What was asked, as far as the reader sees it."""
        return actions_from(self.by, self.room.record)

    @cached_property
    def impacts(self) -> list[ImpactRequest]:
        """What CQC asked, and each body's answer."""
        asked = self.room.impactrequests.select_related("by_agency").order_by("-happened_at")
        return list(asked.prefetch_related("assessments__agency", "assessments__clock"))

    # The end

    @cached_property
    def gates(self) -> dict[str, list[str]]:
        """What each gate still lacks, as sentences."""
        return gates(self.room)

    @cached_property
    def gate_answers(self) -> list[GateAnswer]:
        """What was answered at the gates."""
        return list(self.room.gateanswers.select_related("by_agency").order_by("recorded_at"))

    @cached_property
    def criteria(self) -> list[ExitCriterion]:
        """What must be so before the summit may be closed."""
        return list(self.room.criteria.select_related("by_agency"))

    @cached_property
    def provider_words(self) -> list[ProviderWord]:
        """What passed between the room and the provider."""
        return list(self.room.providerwords.select_related("by", "by_agency"))

    @cached_property
    def withholdings(self) -> list[Withholding]:
        """When it was kept from the provider, and by whom."""
        return list(self.room.withholdings.select_related("by", "agreed_by", "clock"))
