"""Fixtures for every test: real servers, the portal's roles, and time that stands still."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import psycopg2
import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from pytest_django import DjangoDbBlocker

from qsg_portal.children import Child
from qsg_portal.database_roles import grant
from qsg_portal.embedded import SUPERUSER, Broker, Database, wait_until
from qsg_portal.surroundings import CLOCKWORK_ROLE, OWNER_ROLE, WEB_ROLE
from tests import servers
from tests.prepared import keep, take

TEST_ROLE = "qsg_tests"


class Servers:
    """PostgreSQL and Valkey in this run's private folder."""

    def __init__(self) -> None:
        self.database = Database(servers.DATA_DIR, for_tests=True)
        self.broker = Broker(servers.DATA_DIR)
        user = self.database.make_folders()
        self.prepared = take(self.database.cluster)
        self.database.lay_out()
        self.broker.lay_out()
        self.children = [
            Child("database", self.database.command(), user=user, stop_signal=signal.SIGINT),
            Child("broker", self.broker.command()),
        ]

    def start(self) -> None:
        """Start both and wait for them."""
        for child, server in zip(self.children, (self.database, self.broker), strict=True):
            if not child.runs():
                child.start()
                answers = wait_until(server.answers, seconds=60, still_runs=child.runs)
                assert answers, f"The {child.name} does not start."
        if not self.prepared:
            self.database.make_roles()
            _make_test_role(self.database)

    def keep_for_the_next_run(self) -> None:
        """Keep the migrated database: stop, copy, go on."""
        self.children[0].end()
        keep(self.database.cluster)
        self.prepared = True
        self.start()

    def end(self) -> None:
        """End both."""
        for child in self.children:
            child.end()


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[Servers | None]:
    """PostgreSQL and Valkey of this run alone; nothing when DATABASE_URL was given."""
    if not servers.OWN_SERVERS:
        yield None
        return
    running = Servers()
    try:
        running.start()
        yield running
    finally:
        running.end()


def _make_test_role(database: Database) -> None:
    """Let the owner make test databases, and make a role that is the web and the clockwork in one."""
    superuser = psycopg2.connect(database.url(SUPERUSER, "postgres"))
    superuser.autocommit = True
    with superuser.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [TEST_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {TEST_ROLE} IN ROLE {WEB_ROLE}, {CLOCKWORK_ROLE}")
        cursor.execute(f"ALTER ROLE {OWNER_ROLE} CREATEDB")
        cursor.execute(f"GRANT {TEST_ROLE} TO {OWNER_ROLE}")
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role, portal.frozen_now TO {OWNER_ROLE}")
    superuser.close()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, embedded_servers: Servers | None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The owner makes the tables; every test then works with the portal's own, lesser rights."""
    with django_db_blocker.unblock():
        if embedded_servers and embedded_servers.prepared:
            connection.close()
            connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
            return
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        if embedded_servers is None:
            return
        grant(connection, web=WEB_ROLE, clockwork=CLOCKWORK_ROLE)
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER ROLE {OWNER_ROLE} IN DATABASE {name} SET role = '{TEST_ROLE}'")
        connection.close()
        embedded_servers.keep_for_the_next_run()


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


@pytest.fixture(scope="session", autouse=True)
def _no_kept_connections() -> None:
    """Let each request of a live server begin with a connection of its own, which knows where the clock was stopped."""
    connection.settings_dict["CONN_MAX_AGE"] = 0


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
