"""A region where bodies share concerns: who there is, and what the usual one says."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from access.principal import Principal, principal_of
from accounts.models import User
from agencies.models import (
    Agency,
    FootprintAgency,
    Membership,
    PortalRole,
    Post,
    QSGMember,
    QualitySurveillanceGroup,
    Seat,
)
from concerns.models import Concern
from concerns.operations.raising import note_concern, raise_concern, save_choice, save_words, start_draft
from concerns.rules import content as rules
from concerns.rules.content import About, Content
from concerns.rules.sharing import QSG_SEATS, Choice
from providers.models import Location, Provider, ProviderGroup
from reference.files import read_table
from reference.models import Entry
from reference.operations import DATA
from reference.rules import read_rows

NOON = "2026-03-03T12:00Z"
LAST_YEAR = date(2025, 3, 3)
PASSWORD = "correct horse battery staple"


LISTS = (
    "bank_holidays",
    "breach_patterns",
    "clock_intervals",
    "clock_steps",
    "confidence_scale",
    "notification_policy",
    "outcome_codes",
    "outcome_domains",
    "quality_dimensions",
    "severity_scale",
    "source_kinds",
    "source_reliability",
    "surveillance_levels",
    "tools_and_levers",
)


@functools.cache
def _entries() -> list[Entry]:
    """Read the lists that concerns ask about, once a run: loading them takes half a second a test."""
    made = []
    for name in LISTS:
        table, problems = read_table(DATA / f"{name}.csv")
        rows, more = read_rows(name, table)
        assert not problems + more
        made += [
            Entry(
                list_code=row.list_code,
                code=row.code,
                position=row.position,
                data=row.data,
                effective_from=row.effective_from,
                effective_to=row.effective_to,
                source=row.source,
                status=row.status,
            )
            for row in rows
        ]
    return made


def person(name: str, agency: Agency | None = None, role: str = "reader") -> User:
    """Make somebody, who acts for a body if one is given."""
    user = User.objects.create_user(f"{name.replace(' ', '.').lower()}@example.org", full_name=name)
    if agency:
        Membership.objects.create(user=user, agency=agency, role=role, starts_on=LAST_YEAR)
    return user


def sits(user: User, group: QualitySurveillanceGroup, kind: str = "representative", **more: Any) -> Seat:
    """Give somebody a seat for the body they act for."""
    agency = Membership.objects.filter(user=user).first().agency
    return Seat.objects.create(
        user=user, agency=agency, qsg=group, kind=kind, **{"starts_on": LAST_YEAR, **more}
    )


@dataclass
class Region:
    """A region with its groups, two providers, bodies and people. Names say what each may do."""

    now: datetime
    region: QualitySurveillanceGroup
    north: QualitySurveillanceGroup
    south: QualitySurveillanceGroup
    ccg: Agency
    cqc: Agency
    council: Agency
    healthwatch: Agency
    guest: Agency
    neighbour: Agency
    provider: Provider
    other_provider: Provider
    location: Location
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def by(self, user: User | str) -> Principal:
        """Return the principal that this person now is."""
        return principal_of((self.people[user] if isinstance(user, str) else user).pk)

    def about(self, *providers: Provider) -> About:
        """Return what a concern about these providers is about; the usual one by default."""
        meant = tuple(one.pk for one in providers or (self.provider,))
        return About(rules.PROVIDER if len(meant) == 1 else rules.THEME, meant)

    def words(self, **changed: Any) -> Content:
        """Return what the usual concern says, or something else."""
        usual = Content(
            headline="Falls on one ward",
            narrative="Three falls with fractures in one week on the same ward.",
            happened_at=self.now - timedelta(days=2),
            precision=rules.DAY,
            danger=rules.NO,
            source_kind="complaint",
            reliability="first_hand",
            dimensions=("safety",),
            severity="moderate",
            confidence="plausible",
        )
        return replace(usual, **changed)

    def seats(self, *groups: QualitySurveillanceGroup, **more: Any) -> Choice:
        """Return the choice of these groups' seats; the north's by default."""
        meant = frozenset((QSG_SEATS, one.pk) for one in groups or (self.north,))
        return Choice(groups=meant, gateway="functions", **more)

    def draft(
        self, by: str = "worker", steps: Iterable[str] = ("happened", "known", "seen-by"), **how: Any
    ) -> Concern:
        """Take the steps of raising up to the check, as somebody."""
        words, choice = how.get("words", self.words()), how.get("choice", self.seats())
        draft = start_draft(by=self.by(by), now=self.now, about=how.get("about", self.about()))
        for step in steps:
            if step == "seen-by":
                draft = save_choice(
                    by=self.by(by), now=self.now, concern=draft, choice=choice, seen=draft.version
                )
            else:
                values = {name: getattr(words, name) for name in rules.FIELDS_OF_STEP[step]}
                if step == "happened":
                    values["precision"] = words.precision
                draft = save_words(
                    by=self.by(by), now=self.now, concern=draft, step=step, values=values, seen=draft.version
                )
        return draft

    def concern(self, by: str = "worker", **how: Any) -> Concern:
        """Raise a concern as somebody: the usual one, shared with the north's seats, or otherwise."""
        draft = self.draft(by, **how)
        raised = raise_concern(by=self.by(by), now=self.now, concern=draft, seen=draft.version)
        return Concern.objects.select_related("record__owner").get(pk=raised.pk)

    def note(self, by: str = "worker", **words: Any) -> Concern:
        """Write a quick note as somebody."""
        said = Content(**{"headline": "Falls", "danger": rules.NO, "source_kind": "complaint", **words})
        return note_concern(by=self.by(by), now=self.now, about=self.about(), content=said)


def region(now: datetime) -> Region:
    """Make it. The CCG raises; CQC (cleared) and Healthwatch sit beside it in the north; a council lies there.

    ``lead``, ``worker``, ``reader`` and ``unseated`` are the CCG's; ``inspector`` is CQC's; ``volunteer``
    Healthwatch's; ``social_worker`` the council's, with a seat; ``chair`` chairs the north for NHS England;
    ``regional`` chairs the region; ``visitor`` is of a body that is only a guest; ``stranger`` sits in the south;
    ``administrator`` and ``auditor`` hold the portal's roles and nothing else.
    """
    Entry.objects.bulk_create(_entries())
    team = Agency.objects.create(kind="nhs_england_area_team", name="NHS England Example Area Team")
    regional_team = Agency.objects.create(kind="nhs_england_regional_team", name="NHS England Example Region")
    agencies = {
        name: Agency.objects.create(kind=kind, name=called)
        for name, kind, called in (
            ("ccg", "ccg", "NHS Example CCG"),
            ("cqc", "cqc", "Care Quality Commission"),
            ("council", "local_authority", "Example Council"),
            ("healthwatch", "local_healthwatch", "Healthwatch Example"),
            ("guest", "royal_college", "Royal College of Examples"),
            ("neighbour", "ccg", "NHS Neighbour CCG"),
        )
    }
    groups = _groups(team, regional_team, agencies)
    provider = Provider.objects.create(name="Fictional Hospital", kind="nhs_trust", fictional=True)
    other = Provider.objects.create(name="Fictional Care Home", kind="care_home", fictional=True)
    for one in (provider, other):
        ProviderGroup.objects.create(provider=one, qsg=groups["north"], source="stated")
    location = Location.objects.create(provider=provider, name="Fictional Ward Block")
    made = Region(now=now, provider=provider, other_provider=other, location=location, **groups, **agencies)
    made.people = _people(made, team, regional_team)
    return made


def _groups(
    team: Agency, regional_team: Agency, agencies: dict[str, Agency]
) -> dict[str, QualitySurveillanceGroup]:
    region = QualitySurveillanceGroup.objects.create(
        name="Example Regional QSG", tier="regional", team=regional_team
    )
    north, south = (
        QualitySurveillanceGroup.objects.create(name=f"{name} QSG", tier="local", team=team, region=region)
        for name in ("North", "South")
    )
    for name in ("ccg", "cqc", "council", "healthwatch"):
        QSGMember.objects.create(qsg=north, agency=agencies[name], starts_on=LAST_YEAR)
    for body, group in (
        (team, north),
        (regional_team, region),
        (agencies["cqc"], south),
        (agencies["neighbour"], south),
    ):
        QSGMember.objects.create(qsg=group, agency=body, starts_on=LAST_YEAR)
    QSGMember.objects.create(qsg=north, agency=agencies["guest"], kind="associate", starts_on=LAST_YEAR)
    FootprintAgency.objects.create(qsg=north, agency=agencies["council"])
    return {"region": region, "north": north, "south": south}


CAST = {
    "lead": ("Lena Lead", "ccg", "agency_lead"),
    "worker": ("Wes Worker", "ccg", "contributor"),
    "reader": ("Rita Reader", "ccg", "reader"),
    "unseated": ("Una Unseated", "ccg", "contributor"),
    "inspector": ("Ines Inspector", "cqc", "agency_lead"),
    "cqc_unseated": ("Carl Colleague", "cqc", "contributor"),
    "volunteer": ("Vic Volunteer", "healthwatch", "contributor"),
    "social_worker": ("Sol Worker", "council", "contributor"),
    "chair": ("Chas Chair", "team", "agency_lead"),
    "secretariat": ("Sec Tariat", "team", "contributor"),
    "regional": ("Reg Regional", "regional_team", "agency_lead"),
    "visitor": ("Guy Guest", "guest", "contributor"),
    "stranger": ("Stu Stranger", "neighbour", "agency_lead"),
    "administrator": ("Ada Administrator", "", ""),
    "auditor": ("Audra Auditor", "", ""),
}
SEATS = {
    "worker": ("north", "representative", False),
    "inspector": ("north", "representative", True),
    "volunteer": ("north", "representative", False),
    "social_worker": ("north", "representative", False),
    "chair": ("north", "chair", True),
    "secretariat": ("north", "secretariat", False),
    "regional": ("region", "chair", False),
    "visitor": ("north", "representative", False),
    "stranger": ("south", "chair", False),
}


def _people(made: Region, team: Agency, regional_team: Agency) -> dict[str, User]:
    bodies = {"team": team, "regional_team": regional_team}

    def body(name: str) -> Agency:
        return bodies.get(name) or made.__dict__[name]

    people = {
        key: User(email=f"{key.replace('_', '.')}@example.org", full_name=name, password="!")
        for key, (name, _, _) in CAST.items()
    }
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(
        Membership(user=people[key], agency=body(at), role=role, starts_on=LAST_YEAR)
        for key, (_, at, role) in CAST.items()
        if at
    )
    Seat.objects.bulk_create(
        Seat(
            user=people[key],
            agency=body(CAST[key][1]),
            qsg=made.__dict__[group],
            kind=kind,
            cleared=cleared,
            starts_on=LAST_YEAR,
        )
        for key, (group, kind, cleared) in SEATS.items()
    )
    for name, role in (("administrator", "portal_administrator"), ("auditor", "auditor")):
        PortalRole.objects.create(user=people[name], role=role, starts_on=LAST_YEAR)
    Post.objects.create(
        agency=made.council,
        post="safeguarding_lead_adults",
        telephone="01632 960001",
        out_of_hours_telephone="01632 960002",
        starts_on=LAST_YEAR,
    )
    Post.objects.create(
        agency=made.ccg,
        post="safeguarding_lead",
        user=people["lead"],
        holder_name="Lena Lead",
        starts_on=LAST_YEAR,
    )
    return people
