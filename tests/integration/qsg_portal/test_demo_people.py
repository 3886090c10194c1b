"""The demonstration's cast stands as its page says."""

import pytest
from django.core.management import call_command

from access.principal import principal_of
from access.roles import READING_ROLES
from qsg_portal.demo.cast import PERSONAS
from qsg_portal.demo.people import Cast


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    call_command("load_directory", verbosity=0)
    call_command("load_demo", verbosity=0)
    return Cast()


def test_every_persona_stands_where_the_cast_says(demo, capsys):
    for persona in PERSONAS:
        principal = principal_of(demo.person(persona.mark).pk)
        assert bool(principal.agency_roles & READING_ROLES) == bool(persona.role)
        seats = sum(len(demo.groups(code)) for code, _, _ in persona.seats)
        assert len(principal.seats) == seats, persona.mark
    call_command("load_demo", verbosity=0)  # again changes nothing
    assert len(Cast().people) == len(demo.people)
