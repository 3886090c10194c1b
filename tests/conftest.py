"""Fixtures for every test: real servers, the portal's roles, and time that stands still."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import psycopg2
import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

from qsg_portal.children import Child
from qsg_portal.database_roles import grant
from qsg_portal.embedded import SUPERUSER, Broker, Database, wait_until
from qsg_portal.surroundings import CLOCKWORK_ROLE, OWNER_ROLE, WEB_ROLE
from tests import servers

TEST_ROLE = "qsg_tests"


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[None]:
    """PostgreSQL and Valkey in this run's private folder; nothing when DATABASE_URL was given."""
    if not servers.OWN_SERVERS:
        yield
        return
    database, broker = Database(servers.DATA_DIR, for_tests=True), Broker(servers.DATA_DIR)
    database.lay_out()
    broker.lay_out()
    children = [
        Child("database", database.command(), user=database.user, stop_signal=2),
        Child("broker", broker.command()),
    ]
    for child, server in zip(children, (database, broker), strict=True):
        child.start()
        assert wait_until(server.answers, seconds=30, still_runs=child.runs), (
            f"The {child.name} does not start."
        )
    database.make_roles()
    _make_test_role(database)
    yield
    for child in children:
        child.end()


def _make_test_role(database: Database) -> None:
    """Let the owner make test databases, and make a role that is the web and the clockwork in one."""
    superuser = psycopg2.connect(database.url(SUPERUSER, "postgres"))
    superuser.autocommit = True
    with superuser.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {OWNER_ROLE} CREATEDB")
        cursor.execute(f"CREATE ROLE {TEST_ROLE} IN ROLE {WEB_ROLE}, {CLOCKWORK_ROLE}")
        cursor.execute(f"GRANT {TEST_ROLE} TO {OWNER_ROLE}")
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role, portal.frozen_now TO {OWNER_ROLE}")
    superuser.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(embedded_servers: None) -> None:
    """The servers run before the test database is made in them."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The owner made the tables; every test then works with the portal's own, lesser rights."""
    if not servers.OWN_SERVERS:
        return
    with django_db_blocker.unblock():
        grant(connection, web=WEB_ROLE, clockwork=CLOCKWORK_ROLE)
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER ROLE {OWNER_ROLE} IN DATABASE {name} SET role = '{TEST_ROLE}'")
        connection.close()


def _flush_as_owner(self: DatabaseOperations, sql_list: list[str]) -> None:
    """Empty the tables after a test that commits: append-only ones too, which the portal itself never could."""
    with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in sql_list:
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def _emptying_append_only_tables() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", _flush_as_owner)
    yield
    patch.undo()


@pytest.fixture
def database_role(db: None) -> Callable[[str | None], AbstractContextManager[None]]:
    """Work as another database role for a while: WEB_ROLE, CLOCKWORK_ROLE, or None for the owner of the tables."""

    @contextmanager
    def as_role(role: str | None) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role or 'NONE'}")
            yield
            cursor.execute(f"SET ROLE {TEST_ROLE}")

    return as_role


@pytest.fixture
def freeze(db: None, request: pytest.FixtureRequest) -> Iterator[Callable[[datetime | str], datetime]]:
    """Stop the portal's clock: ``freeze("2026-10-24T12:00+01:00")``; call again to move it.

    Takes an aware datetime or ISO text with its offset, and returns the moment. A live
    server's connections see it too.
    """
    frozen_for_all = False

    def at(moment: datetime | str) -> datetime:
        nonlocal frozen_for_all
        stopped = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        if stopped.tzinfo is None:
            raise ValueError("Say the zone: 2026-10-24T12:00+01:00, or ...Z.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.frozen_now', %s, false)", [stopped.isoformat()])
        if not connection.in_atomic_block:
            frozen_for_all = True
            _set_for_new_connections(f"SET portal.frozen_now = '{stopped.isoformat()}'")
        return stopped

    yield at
    if frozen_for_all:
        _set_for_new_connections("RESET portal.frozen_now")
    if not connection.in_atomic_block:  # else the test's own transaction takes it back
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.frozen_now', '', false)")


def _set_for_new_connections(change: str) -> None:
    """Change a default of the test database; only its owner may."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"ALTER DATABASE {name} {change}")
        cursor.execute(f"SET ROLE {role}")
