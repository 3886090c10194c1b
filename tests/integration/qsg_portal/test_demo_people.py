"""The demonstration's cast stands as its page says, and its story is there."""

import pytest
from django.core.management import call_command

from access.principal import principal_of
from access.roles import READING_ROLES
from clocks.models import Clock
from concerns.rules import danger
from providers.levels.operations import levels_in
from qsg_portal.demo import cast
from qsg_portal.demo.cast import PERSONAS
from qsg_portal.demo.people import Cast
from timekeeping import portal_now


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
    for persona in PERSONAS:
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
    assert sorted(one.code for one in levels) == ["enhanced", "more_information", "more_information"]
    assert levels_in(principal_of(demo.person("neighbour").pk), group, portal_now()) == []


def test_nobody_in_it_left_a_safeguarding_desk_unrung(demo):
    assert not Clock.objects.filter(kind__in=danger.CLOCKS, state="missed").exists()
