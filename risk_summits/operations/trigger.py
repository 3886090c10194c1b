"""Calling a risk summit (NQB ch. 5, l.832): three lines, from a telephone."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import Record
from access.operations import audience, create_record, list_participants, operation, share_record
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotPermitted
from agencies.models import Agency, QualitySurveillanceGroup
from audit.operations import record_deed
from clocks.operations import Start
from concerns.operations.safety import flag_danger
from providers.models import Provider
from reference.operations import latest
from risk_summits.models import CalledBody, DangerReport, RiskSummit, Room
from risk_summits.operations.alerting import alert_bodies, alert_seat_holders
from risk_summits.operations.entering import fact, guard
from risk_summits.operations.holding import derive_holdings
from risk_summits.operations.people import conflicted, representatives
from risk_summits.operations.proposing import commissionings, homes, lead_among, propose
from risk_summits.rules import calling, response
from risk_summits.rules.ring import home_holder

GATEWAY = "To safeguard people and act together on a possible serious quality failure (NQB ch. 5)"


@dataclass(frozen=True)
class Trigger:
    """What the caller says; the first three are the three lines.

    Attributes:
        provider: about whom.
        feared: what is feared.
        danger: whether anyone is in danger: yes, no or not sure.
        called: the bodies ticked; None takes the list as proposed.
        home: the group that leads; None takes the first of the provider's place.
        essential: of the bodies called, those without whom the response does not count as met.
        restricted: the headline does not go to the home group's cleared seats.
        criticised: NHS England is itself criticised.
        decided: marks of what looks like a patient's and, the caller says, is not.
    """

    provider: UUID
    feared: str
    danger: str
    called: Iterable[UUID] | None = None
    home: UUID | None = None
    essential: Iterable[UUID] = ()
    restricted: bool = False
    criticised: bool = False
    decided: Set[str] = frozenset()


def check_may_trigger(by: Principal, now: datetime) -> None:
    """Raise NotPermitted, saying who can, unless the principal may call a summit for their body."""
    agency = Agency.objects.get(pk=by.agency_id) if by.agency_id else None
    calling.check_may_trigger(latest("agency_kinds").get(agency.kind) if agency else None)
    by.require(
        "summit.trigger",
        at=OWN_BODY,
        sentence="A lead for your body calls a risk summit. Ring yours; if someone is in danger now, ring 999 first.",
    )


@operation("summit.triggered")
def trigger_summit(*, by: Principal, now: datetime, said: Trigger) -> RiskSummit:
    """Call a risk summit: any statutory organisation with concerns about a provider may (NQB ch. 5, l.832).

    The bodies are alerted, the alert, judgement and reveal clocks start, and NHS England's team
    of the home group calls them together. Nothing here waits for anybody.

    Args:
        by: a lead of a body that may call one.
        now: the moment.
        said: what the caller says.

    Returns:
        The summit's headline; its room is ``summit.room``.

    Raises:
        NotPermitted: the body may not call one; the sentence says who can.
        Invalid: a sentence for each field.
    """
    check_may_trigger(by, now)
    provider = _provider(said, by, now)
    home = _home(said, provider, by, now)
    proposed = propose(provider=provider, home=home, by=by, now=now)
    called = {one.agency.pk for one in proposed if one.ticked} if said.called is None else set(said.called)
    calling.check_called(called, [calling.Proposal(one.agency.pk, one.strength, one.why) for one in proposed])
    essential = set(said.essential)
    if not essential <= called:
        raise Invalid({"essential": "Choose among the bodies you call."})
    let_through = guard({"feared": said.feared}, decided=said.decided)
    summit, room = _open(said, provider, home, by=by, now=now)
    CalledBody.objects.bulk_create(
        CalledBody(
            agency=one.agency,
            strength=one.strength,
            why=one.why,
            essential=one.agency.pk in essential,
            speaks=one.agency.pk not in _silent(room, home, by),
            **fact(room, by=by, now=now),
        )
        for one in proposed
        if one.agency.pk in called
    )
    list_people(room, called, by=by, now=now)
    derive_holdings(room, now=now)
    _start(room, said, [one.agency.pk for one in proposed if one.agency.pk in called], by=by, now=now)
    record_deed(
        by=by,
        now=now,
        deed="summit.triggered",
        record=summit.pk,
        detail={"danger": said.danger, "called": len(called), "restricted": said.restricted, **let_through},
    )
    return summit


def _provider(said: Trigger, by: Principal, now: datetime) -> Provider:
    """Check the three lines; return the provider."""
    errors = {}
    provider = Provider.objects.filter(pk=said.provider).first()
    if provider is None:
        errors["provider"] = "Choose the provider that this is about."
    if not said.feared.strip():
        errors["feared"] = "Say in a sentence what is feared."
    elif len(said.feared) > calling.LONGEST_TEXT:
        errors["feared"] = (
            f"At most {calling.LONGEST_TEXT:,} characters are kept here. Nothing was cut; shorten it."
        )
    if said.danger not in response.DANGER:
        errors["danger"] = "Say whether anyone is in danger; “Not sure” is an answer."
    if errors or provider is None:
        raise Invalid(errors)
    if by.user_id in conflicted(provider.pk, now)[1]:
        raise NotPermitted(
            "An interest of yours in this provider is recorded, so you would not see what follows. "
            "Ask another lead of your body to call the summit."
        )
    return provider


def _home(said: Trigger, provider: Provider, by: Principal, now: datetime) -> QualitySurveillanceGroup:
    """Return the group that leads, of those that could."""
    offered = homes(provider, by, now)
    chosen = [one for one in offered if said.home in (None, one.pk)]
    if not chosen:
        raise Invalid({"home": "Choose the group that leads."})
    return chosen[0]


def _silent(room: Room, home: QualitySurveillanceGroup, by: Principal) -> set[UUID | None]:
    """Return the bodies called whose view is not waited for: the tier above, unless it leads or calls."""
    return {home.team.parent_id} - {room.home_holder_id, by.agency_id, home.team_id}


def _open(
    said: Trigger, provider: Provider, home: QualitySurveillanceGroup, *, by: Principal, now: datetime
) -> tuple[RiskSummit, Room]:
    """Make the headline and the room, and share each with those it is for."""
    buys = commissionings(provider, now)
    concerned = calling.nhs_england_concerned(
        provider_kind=provider.kind,
        commissioner_kinds=frozenset(one.agency.kind for one in buys),
        criticised=said.criticised,
    )
    summit = RiskSummit.objects.create(
        record=create_record(kind=RiskSummit.KIND, by=by, now=now, providers=[provider.pk]),
        provider=provider,
        home=home,
        convenor=home.team,
        restricted=said.restricted,
    )
    room = Room.objects.create(
        record=create_record(
            kind=Room.KIND, by=by, now=now, providers=[provider.pk], gate=Record.Gate.LISTED
        ),
        summit=summit,
        feared=said.feared.strip(),
        danger=said.danger,
        several_areas=provider.group_links.count() > 1,
        lead_commissioner=lead_among(buys),
        concerned=concerned,
        home_holder=home_holder(home.team, home.team.parent, concerned=bool(concerned)),
    )
    participants = audience("participants", summit=room.pk)
    cleared = [] if said.restricted else [audience("qsg_cleared", qsg=home.pk)]
    share_record(record=summit.record, audiences=[participants, *cleared], by=by, now=now, gateway=GATEWAY)
    share_record(record=room.record, audiences=[participants], by=by, now=now, gateway=GATEWAY)
    return summit, room


def list_people(room: Room, agencies: Iterable[UUID], *, by: Principal, now: datetime) -> None:
    """List who stands for these bodies: they are the participants, while body and person are current."""
    home, provider = room.summit.home, room.summit.provider_id
    tier = home.team.parent
    only_told = tier if tier is not None and tier.pk in _silent(room, home, by) else None
    people = representatives(agencies, home, provider, now, only_told=only_told)
    if by.agency_id in people and by.user_id:
        people[by.agency_id].add(by.user_id)
    pairs = [(user, agency) for agency, users in people.items() for user in sorted(users)]
    list_participants(summit=room.record, people=pairs, now=now)


def _start(room: Room, said: Trigger, called: Iterable[UUID], *, by: Principal, now: datetime) -> None:
    """Start the clocks: danger first, then the alerts, the judgement and the reveal."""
    if said.danger in (response.YES, response.NOT_SURE):
        DangerReport.objects.create(answer=said.danger, text="", **fact(room, by=by, now=now))
        flag_danger(by=by, now=now, record=room.record, answer=said.danger)
    besides = [Start("judgement"), Start("views_reveal")]
    alert_bodies(room, called, by=by, now=now, besides=besides)
    if not room.summit.restricted:
        alert_seat_holders(room, by=by, now=now)
