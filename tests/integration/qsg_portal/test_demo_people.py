"""The demonstration's cast stands as its page says, and its story is there."""

import pytest
from django.core.management import call_command

from access.principal import principal_of
from access.roles import READING_ROLES
from agencies.models import AccessReview
from agencies.readiness.models import ReadinessDeclaration
from agencies.readiness.operations import wanting_in
from agencies.readiness.reading import declarations_seen
from agencies.readiness.rules import DECLARED, DRAFT
from clocks.models import Clock
from concerns.rules import danger
from providers.levels.operations import levels_in
from providers.models import ClosurePlan, LevelWithholding
from qsg_portal.demo import cast
from qsg_portal.demo.cast import OTHERS, PERSONAS
from qsg_portal.demo.concerns import MOORSIDE, TANDLE
from qsg_portal.demo.people import Cast
from qsg_portal.pages.groups import attention_to
from successions.models import Succession
from tests.signing_in import sign_in
from timekeeping import portal_now
from timekeeping.london import london_day


@pytest.fixture
def demo(database_role, settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    with database_role(None):  # as the owner of the tables, who may count them for the planner
        call_command("load_directory", verbosity=0)
    call_command("load_demo", verbosity=0)
    return Cast()


def test_the_cast_stands_as_its_page_says_and_shows_its_codes_on_loopback_only(demo, client, settings):
    for persona in PERSONAS:
        principal = principal_of(demo.person(persona.mark).pk)
        assert bool(principal.agency_roles & READING_ROLES) == bool(persona.role)
        seats = sum(len(demo.groups(code)) for code, _, _ in persona.seats)
        assert len(principal.seats) == seats, persona.mark
    call_command("load_demo", verbosity=0)  # again changes nothing
    assert len(Cast().people) == len(demo.people)

    answer = client.get("/demonstration/")
    assert answer.status_code == 200
    for persona in (*PERSONAS, *OTHERS):
        assert persona.email in answer.content.decode()
    for elsewhere in (
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_HOST": "portal.example"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
    ):
        assert client.get("/demonstration/", **elsewhere).status_code in (400, 404)
    settings.DEMO = False
    assert client.get("/demonstration/").status_code == 404


def test_its_story_shows_levels_a_chair_would_follow(demo):
    group = demo.group(cast.HOME_GROUP)
    levels = levels_in(principal_of(demo.person("chair").pk), group, portal_now())
    codes = sorted(one.code for one in levels)
    assert codes == ["enhanced", "enhanced", "more_information", "more_information"]
    assert levels_in(principal_of(demo.person("neighbour").pk), group, portal_now()) == []


def test_nobody_in_it_left_a_safeguarding_desk_unrung(demo):
    assert not Clock.objects.filter(kind__in=danger.CLOCKS, state="missed").exists()


def test_something_waits_in_it_for_those_who_look_after_the_directory(demo):
    now = portal_now()
    chair, today = principal_of(demo.person("chair").pk), london_day(now)

    assert LevelWithholding.objects.filter(agreed_at=None, ended_at=None).count() == 1
    waiting, declared = (ReadinessDeclaration.objects.get(state=state) for state in (DRAFT, DECLARED))
    assert declared.agency.name.startswith("Fictional")
    assert declared in declarations_seen(chair, today)
    assert waiting.agency_id == chair.agency_id
    assert wanting_in(waiting, today) == []

    (review,) = AccessReview.objects.all()
    assert review.agency.name.startswith("Fictional")  # nobody's sight ends with it but the story's others'
    succession = Succession.objects.get(state="open")
    assert {one.name.startswith("Fictional") for one in (succession.body, *succession.successors.all())} == {
        True
    }
    states = set(succession.offers.values_list("state", flat=True))
    assert states == {"waiting", "accepted"}

    (attention,) = attention_to([demo.group(cast.HOME_GROUP)], now)
    assert ["Dr Amara Eze" in one.words for one in attention.endings] == [True]
    plan = ClosurePlan.objects.get(state="running")
    confirmed = {one.agency.name: bool(one.confirmed_at) for one in plan.councils.all()}
    assert confirmed == {"Oldham council": True, "Tameside council": True, "Rochdale council": False}


def test_its_pages_say_what_waits_and_the_deadlines_first(demo):
    chair = sign_in(demo.person("chair"))
    home = chair.get("/").content.decode()
    assert home.index("Deadlines of everyone in your risk summits") < home.index("Seats of your groups")

    tandle = chair.get(f"/providers/{demo.provider(TANDLE).pk}/").content.decode()
    assert "Tell the provider of its level" in tandle
    assert "Alert the other QSG members" not in tandle  # one for each member: they would push the others out

    to_come = chair.get("/visits/list/").content.decode()
    assert to_come.count("Same days") == 4
    assert demo.provider(MOORSIDE).name not in to_come  # its inspector's alone
