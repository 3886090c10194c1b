"""The stage of the house's world: bodies, groups, providers and the cast, every key fixed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from access.models import Conflict, EmergencyAccess, Token
from access.operations import audience
from access.principal import Principal, principal_of
from access.roles import SCOPES, SERVICE_SCOPES
from access.tokens import bearer
from accounts.models import Letter, User
from accounts.operations import hash_of
from agencies.models import (
    Agency,
    Membership,
    MembershipInvitation,
    PortalRole,
    Post,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
)
from providers.models import (
    Commissioning,
    Licence,
    Location,
    Provider,
    ProviderGroup,
    ProviderSuccession,
    Rating,
    RegulatoryAction,
)
from reference.operations import load_lists
from successions.models import HandingOver, Succession
from tests.house.chance import drawn_from

SPACE = UUID("5eed0000-0000-4000-8000-000000000000")
SINCE = date(2025, 1, 6)
BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the story begins; a step is some minutes long."""
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""When everybody looks."""
INVITED = "the-key-in-an-invitations-link"


def key(name: str) -> UUID:
    """The fixed key of what has this name."""
    return uuid5(SPACE, name)


BODIES = {
    "england": ("nhs_england", "NHS England", None),
    "region": ("nhs_england_regional_team", "Example Regional Team", "england"),
    "team": ("nhs_england_area_team", "Example Area Team", "region"),
    "other_team": ("nhs_england_area_team", "Neighbouring Area Team", "region"),
    "ccg": ("ccg", "NHS Example CCG", None),
    "other_ccg": ("ccg", "NHS Neighbouring CCG", None),
    "cqc": ("cqc", "Care Quality Commission", None),
    "council": ("local_authority", "Example Council", None),
    "tda": ("nhs_tda", "NHS Trust Development Authority", None),
    "monitor": ("monitor", "Monitor", None),
    "healthwatch": ("local_healthwatch", "Healthwatch Example", None),
    "hee": ("hee", "Health Education Example", None),
}
GROUPS = {
    "region": ("regional", "Example Regional QSG", "region", None),
    "group": ("local", "Example QSG", "team", "region"),
    "next": ("local", "Neighbouring QSG", "other_team", "region"),
}
MEMBERS = {
    "region": ("region", "cqc"),
    "group": ("team", "ccg", "cqc", "council", "tda", "hee"),
    "next": ("other_team", "other_ccg"),
}
PROVIDERS = {
    # name: kind, commissioner, groups
    "hospital": ("nhs_trust", "ccg", ("group",)),
    "home": ("care_home", "council", ("group",)),
    "elsewhere": ("foundation_trust", "other_ccg", ("next",)),
}


@dataclass(frozen=True)
class Persona:
    """Somebody of the cast.

    Attributes:
        body: the body they act for; "" for nobody's.
        roles: held there.
        seats: (group, kind, cleared).
        portal: a role at the portal.
        active: whether they may sign in.
    """

    body: str = ""
    roles: tuple[str, ...] = ()
    seats: tuple[tuple[str, str, bool], ...] = ()
    portal: str = ""
    active: bool = True


CAST = {
    "reader": Persona("ccg", ("reader",)),
    "contributor": Persona("ccg", ("contributor",)),
    "lead": Persona("ccg", ("agency_lead",), (("group", "representative", True),)),
    "handler": Persona("ccg", ("contributor",)),
    "conflicted": Persona("ccg", ("reader",)),
    "chair": Persona("team", ("agency_lead",), (("group", "chair", True),)),
    "secretariat": Persona("team", ("reader",), (("group", "secretariat", False),)),
    "cqc": Persona(
        "cqc", ("agency_lead",), (("group", "representative", True), ("region", "representative", True))
    ),
    "council": Persona("council", ("agency_lead",), (("group", "representative", False),)),
    "colleague": Persona("council", ("reader",)),
    "shut_out": Persona("tda", ("agency_lead",), (("group", "representative", True),)),
    "onlooker": Persona("hee", ("contributor",), (("group", "representative", True),)),
    "regional": Persona("region", ("agency_lead",), (("region", "chair", True),)),
    "neighbour": Persona("other_ccg", ("agency_lead",), (("next", "representative", True),)),
    "next_chair": Persona("other_team", ("agency_lead",), (("next", "chair", True),)),
    "stranger": Persona("monitor", ("agency_lead",)),
    "breaker": Persona("healthwatch", ("reader", "emergency_access")),
    "portal_administrator": Persona(portal="portal_administrator"),
    "auditor": Persona(portal="auditor"),
    "agency_administrator": Persona("ccg", ("agency_administrator",)),
    "nobody": Persona(),
    "deactivated": Persona("ccg", ("agency_lead",), (("group", "deputy", True),), active=False),
}


@dataclass
class Stage:
    """What stands on the stage, and what the story made so far.

    Attributes:
        now: the moment, frozen for the database too.
        things: what the story made, by the name that it gave it.
        left_out: names of records that are not to be made in this world.
    """

    now: datetime = BEGINS
    things: dict[str, Any] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    def freeze(self, moment: datetime) -> None:
        """Stop the portal's clock at a moment."""
        self.now = moment
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.frozen_now', %s, false)", [moment.isoformat()])
            # A tick's limits last as long as its transaction, which here is the whole story.
            for limit in ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"):
                cursor.execute(f"SET LOCAL {limit} = 0")

    def body(self, name: str) -> Agency:
        return Agency.objects.get(pk=key(f"body {name}"))

    def group(self, name: str) -> QualitySurveillanceGroup:
        return QualitySurveillanceGroup.objects.get(pk=key(f"group {name}"))

    def provider(self, name: str) -> UUID:
        return key(f"provider {name}")

    def person(self, name: str) -> User:
        return User.objects.get(pk=key(f"person {name}"))

    def by(self, name: str) -> Principal:
        """The principal that this person, or program, now is: asked afresh, as each page does."""
        asking = bearer(secret_of(name)) if name in TOKENS else principal_of(key(f"person {name}"))
        assert asking
        return asking

    def at(self, name: str) -> tuple[UUID, UUID]:
        """A person at their body: what naming somebody means."""
        return key(f"person {name}"), key(f"body {CAST[name].body}")

    def get(self, name: str) -> Any:
        """What the story made under this name, afresh from the database; None in a world without it."""
        made = self.things.get(name)
        return type(made)._default_manager.get(pk=made.pk) if made is not None else None


def set_the_stage() -> Stage:
    """Write everything that every world has, in a transaction that may then be left alone for a while."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    stage = Stage()
    stage.freeze(BEGINS)
    with drawn_from("the stage"):
        load_lists()
        _bodies()
        _people()
        _invitation()
        _register()
        _succession()
        _audiences()
        _tokens()
    return stage


def _bodies() -> None:
    for name, (kind, called, parent) in BODIES.items():
        Agency.objects.create(
            id=key(f"body {name}"),
            kind=kind,
            name=called,
            telephone="01632 960100",
            parent_id=key(f"body {parent}") if parent else None,
        )
    for name, (tier, called, team, region) in GROUPS.items():
        QualitySurveillanceGroup.objects.create(
            id=key(f"group {name}"),
            name=called,
            tier=tier,
            team_id=key(f"body {team}"),
            region_id=key(f"group {region}") if region else None,
        )
    for group, bodies in MEMBERS.items():
        for body in bodies:
            QSGMember.objects.create(
                qsg_id=key(f"group {group}"), agency_id=key(f"body {body}"), starts_on=SINCE
            )
    QSGMember.objects.create(
        qsg_id=key("group group"), agency_id=key("body healthwatch"), kind="associate", starts_on=SINCE
    )
    for name, (kind, buyer, groups) in PROVIDERS.items():
        provider = Provider.objects.create(
            id=key(f"provider {name}"), name=f"Fictional {name.title()}", kind=kind, fictional=True
        )
        Location.objects.create(provider=provider, name=f"Fictional {name.title()} North")
        Commissioning.objects.create(
            provider=provider, agency_id=key(f"body {buyer}"), starts_on=SINCE, lead=True
        )
        Licence.objects.create(
            id=key(f"licence {name}"), provider=provider, starts_on=SINCE, published_where="A website"
        )
        for group in groups:
            ProviderGroup.objects.create(provider=provider, qsg_id=key(f"group {group}"), source="stated")


def _people() -> None:
    for name, persona in CAST.items():
        user = User.objects.create(
            id=key(f"person {name}"),
            email=f"{name}@people.example",
            full_name=f"{name.replace('_', ' ').title()} Person",
            telephone="01632 960200",
            is_active=persona.active,
        )
        for role in persona.roles:
            Membership.objects.create(
                user=user, agency_id=key(f"body {persona.body}"), role=role, starts_on=SINCE
            )
        for group, kind, cleared in persona.seats:
            Seat.objects.create(
                user=user,
                agency_id=key(f"body {persona.body}"),
                qsg_id=key(f"group {group}"),
                kind=kind,
                cleared=cleared,
                starts_on=SINCE,
            )
        if persona.portal:
            PortalRole.objects.create(user=user, role=persona.portal, starts_on=SINCE)
    Conflict.objects.create(
        user_id=key("person conflicted"), provider_id=key("provider hospital"), starts_on=SINCE
    )
    for body in ("ccg", "council", "other_ccg"):
        Post.objects.create(
            agency_id=key(f"body {body}"),
            post="safeguarding_lead_adults",
            holder_name=f"Safeguarding at {body}",
            telephone="01632 960300",
            starts_on=SINCE,
        )
    Post.objects.create(
        id=key("post director"),
        agency_id=key("body council"),
        post="director_adult_social_services",
        holder_name="Director at council",
        telephone="01632 960301",
        starts_on=BEGINS.date(),
    )
    EmergencyAccess.objects.create(
        user_id=key("person breaker"),
        agency_id=key("body healthwatch"),
        provider_id=key("provider home"),
        starts_at=NOON - timedelta(hours=1),
        ends_at=NOON + timedelta(hours=3),
    )


def _invitation() -> None:
    """Somebody who acts for no body yet is invited to one."""
    letter = Letter.objects.create(
        kind="invited",
        address="nobody@people.example",
        asked_at=BEGINS,
        next_try_at=BEGINS,
        outcome="sent",
        key_hash=hash_of(INVITED),
    )
    MembershipInvitation.objects.create(
        id=key("invitation"),
        agency_id=key("body ccg"),
        role="reader",
        email="nobody@people.example",
        full_name="Nobody Person",
        invited_by_id=key("person agency_administrator"),
        sent_at=BEGINS,
        expires_at=NOON + timedelta(days=1),
        letter=letter,
    )


def _register() -> None:
    """What everybody may read of the providers: a rating, and what regulators published that they did."""
    place = Location.objects.get(provider=key("provider home"))
    Rating.objects.create(
        id=key("rating"), location=place, overall="good", current=True, source="CQC", recorded_at=BEGINS
    )
    for name, kind, body in (("home", "warning_notice", "cqc"), ("hospital", "licence", "monitor")):
        RegulatoryAction.objects.create(
            id=key(f"action {name}"),
            provider_id=key(f"provider {name}"),
            agency_id=key(f"body {body}"),
            kind=kind,
            power="other",
            power_said="A power",
            about="What was published",
            starts_on=SINCE,
            published_on=SINCE,
            published_where="A website",
            entered_at=BEGINS,
            entered_by_id=key(f"person {'cqc' if body == 'cqc' else 'stranger'}"),
        )


def _succession() -> None:
    """A body that is to close, some of what it holds offered; and a provider that took another's place."""
    held = Succession.objects.create(
        id=key("succession"),
        body_id=key("body ccg"),
        on=NOON.date() + timedelta(days=20),
        why="An order",
        opened_at=BEGINS,
        opened_by_id=key("person portal_administrator"),
    )
    held.successors.add(key("body other_ccg"))
    things = {
        "seat": Seat.objects.get(user=key("person lead")).pk,
        "people": key("body ccg"),
        "membership": QSGMember.objects.get(agency=key("body ccg")).pk,
    }
    for kind, thing in things.items():
        HandingOver.objects.create(
            id=key(f"handing over {kind}"),
            succession=held,
            kind=kind,
            thing=thing,
            to_id=key("body other_ccg"),
            offered_at=BEGINS,
            offered_by_id=key("person portal_administrator"),
        )
    ProviderSuccession.objects.create(
        id=key("provider link"),
        predecessor_id=key("provider elsewhere"),
        successor_id=key("provider hospital"),
        on=SINCE,
        source="stated by an administrator",
    )


TOKENS = {
    **{f"{name}'s program": (name, False) for name in ("reader", "lead", "chair", "cqc", "auditor")},
    **{f"{name}'s system": (name, True) for name in ("lead", "cqc")},
}
"""The programs that ask: who made their token, and whether it is their body's own system."""


def secret_of(name: str) -> str:
    """The secret of a program's token."""
    return f"qsp_{name}"


def _tokens() -> None:
    for name, (maker, service) in TOKENS.items():
        body = CAST[maker].body
        Token.objects.create(
            id=key(f"token {name}"),
            hash=hash_of(secret_of(name)),
            name=name,
            user_id=key(f"person {maker}"),
            agency_id=key(f"body {body}") if body else None,
            service=service,
            scopes=sorted(SERVICE_SCOPES if service else SCOPES),
            made_at=BEGINS,
            expires_at=NOON + timedelta(days=1),
        )


def _audiences() -> None:
    """Those that pages offer; the directory makes them when it is loaded."""
    for group in GROUPS:
        for kind in ("qsg_seats", "qsg_cleared", "qsg_readers"):
            audience(kind, qsg=key(f"group {group}"))
    for body in BODIES:
        audience("agency", agency=key(f"body {body}"))
    audience("all_seats")
