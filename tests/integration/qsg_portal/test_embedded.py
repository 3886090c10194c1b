"""The portal's own PostgreSQL and Valkey."""

import os
import signal
import stat
from pathlib import Path

import psycopg2
import pytest

from qsg_portal.children import Child, descendants
from qsg_portal.embedded import Broker, Database, wait_until
from qsg_portal.surroundings import CLOCKWORK_ROLE, OWNER_ROLE, WEB_ROLE, CannotStart, Claim
from tests import servers


@pytest.fixture
def folder() -> Path:
    """A data folder of this test's own, which PostgreSQL's user may enter."""
    return servers.private_folder()


def started(server: Database | Broker) -> Child:
    """Lay a server out, start it and wait for it."""
    server.lay_out()
    child = Child("server", server.command(), user=server.user, stop_signal=signal.SIGINT)
    child.start(output=os.open(os.devnull, os.O_WRONLY))
    assert wait_until(server.answers, seconds=30, still_runs=child.runs)
    return child


def test_the_database_keeps_what_was_written_and_leaves_no_process(folder: Path) -> None:
    database = Database(folder, for_tests=True)
    child = started(database)
    database.make_roles()
    database.make_roles()  # a second start makes nothing twice
    with psycopg2.connect(database.url(OWNER_ROLE)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 'a fact' AS fact")
    connection.close()
    family = descendants(child.process.pid)
    assert family
    assert child.end()
    assert not any(process.is_running() for process in family)
    assert not database.answers()

    again = Database(folder, for_tests=True)
    child = started(again)
    with psycopg2.connect(again.url(OWNER_ROLE)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT fact FROM kept")
        assert cursor.fetchone() == ("a fact",)
    connection.close()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        _read_as(again, WEB_ROLE)
    child.end()


def _read_as(database: Database, role: str) -> None:
    connection = psycopg2.connect(database.url(role))
    try:
        connection.cursor().execute("SELECT fact FROM kept")
    finally:
        connection.close()


def test_a_ticker_that_hangs_in_a_transaction_is_cut_off(embedded_servers: None) -> None:
    if not servers.OWN_SERVERS:
        pytest.skip("the roles of a server given by address are its owner's business")
    connection = psycopg2.connect(Database(servers.DATA_DIR).url(CLOCKWORK_ROLE))
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5s",)
    connection.close()


def test_the_broker_listens_on_a_private_socket_and_nowhere_else(folder: Path) -> None:
    broker = Broker(folder)
    child = started(broker)
    assert stat.S_IMODE((folder / "valkey").stat().st_mode) == 0o700
    assert "--port 0" in " ".join(broker.command())
    assert child.end()
    assert not broker.answers()


def test_the_database_listens_on_a_private_socket_and_nowhere_else(folder: Path) -> None:
    database = Database(folder, for_tests=True)
    database.lay_out()
    assert stat.S_IMODE((folder / "postgresql").stat().st_mode) == 0o700
    assert "listen_addresses=" in database.command()


def test_data_of_another_release_is_left_alone(folder: Path) -> None:
    cluster = folder / "postgresql" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(CannotStart, match=r"written by PostgreSQL 9\.6"):
        Database(folder).lay_out()
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")
def test_no_folder_above_the_data_is_opened_for_the_database(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    with pytest.raises(CannotStart, match="cannot enter"):
        Database(shut / "data").lay_out()
    assert stat.S_IMODE(shut.stat().st_mode) == 0o700


def test_a_half_made_cluster_is_made_again(folder: Path) -> None:
    half = folder / "postgresql" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert Database(folder, for_tests=True).lay_out()
    assert not half.exists()


def test_one_folder_serves_one_portal(folder: Path) -> None:
    claim = Claim(folder)
    with pytest.raises(CannotStart, match=f"already runs from {folder} \\(process {os.getpid()}\\)"):
        Claim(folder)
    claim.give_back()
    Claim(folder).give_back()
