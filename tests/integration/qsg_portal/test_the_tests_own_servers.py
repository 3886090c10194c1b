from datetime import UTC, datetime

import pytest
import redis
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from timekeeping import portal_now


@pytest.mark.django_db
def test_the_clock_stands_where_a_test_puts_it(freeze):
    noon = freeze("2026-10-24T12:00+01:00")
    assert portal_now() == noon == datetime(2026, 10, 24, 11, tzinfo=UTC)
    freeze(datetime(2026, 10, 25, tzinfo=UTC))
    assert portal_now() == datetime(2026, 10, 25, tzinfo=UTC)


@pytest.mark.django_db
def test_the_clock_runs_again_in_the_next_test():
    assert portal_now().year > 2020
    assert portal_now() != datetime(2026, 10, 25, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_has_its_clock_in_every_connection(freeze):
    noon = freeze("2026-10-24T12:00+01:00")
    connection.close()
    assert portal_now() == noon


@pytest.mark.django_db
def test_a_test_works_with_the_portals_rights_and_not_the_owners():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("qsg_tests",)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE mine (id int)")


@pytest.mark.django_db
def test_the_broker_answers():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.ping()
