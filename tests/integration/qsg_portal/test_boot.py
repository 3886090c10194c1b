"""What the portal refuses to start with."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from qsg_portal.boot import insist_on_migrations, insist_on_no_personas, insist_on_nobody_else
from qsg_portal.surroundings import CannotStart

pytestmark = pytest.mark.django_db


def test_a_database_that_is_up_to_date_is_accepted(settings) -> None:
    settings.DEMO = False
    insist_on_migrations()
    insist_on_no_personas()


def test_a_database_that_is_behind_the_code(database_role) -> None:
    with database_role(None), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")
    with pytest.raises(CannotStart, match="steps behind the portal"):
        insist_on_migrations()


def test_a_persona_outside_the_demonstration(settings) -> None:
    User.objects.create(email="chair@demo.example", full_name="A chair")
    settings.DEMO = True
    insist_on_no_personas()
    settings.DEMO = False
    with pytest.raises(CannotStart, match="start with DEMO=true"):
        insist_on_no_personas()


def test_real_people_in_the_demonstration(settings) -> None:
    settings.DEMO = True
    insist_on_nobody_else()
    User.objects.create(email="rosa@nhs.example", full_name="Rosa")
    with pytest.raises(CannotStart, match="start with DEMO=false"):
        insist_on_nobody_else()
    call_command("load_demo", stdout=StringIO())
    assert User.objects.count() == 1, "nobody of the demonstration came to them"
    settings.DEMO = False
    insist_on_nobody_else()
    settings.DEMO = True
    User.objects.create(email="chair@demo.example", full_name="A chair")
    insist_on_nobody_else()
