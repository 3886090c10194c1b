"""A backup is whole, is what it says, is put into an empty place only, and sends nothing twice."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from access.operations import create_record
from access.operations.tokens import make_token
from audit.operations import seal_due
from audit.rules import BROKEN
from clocks.models import Clock
from clocks.operations import start_clock, tick_due
from notifications.models import Delivery
from notifications.operations import send_due
from qsg_portal.database_roles import grant
from qsg_portal.faults.recovery import lose_and_recover
from qsg_portal.keeping.backup import MANIFEST, backups, make_backup
from qsg_portal.keeping.contents import contents, differences
from qsg_portal.keeping.restore import insist_on_empty, read_backup, restore_database, restore_secrets
from qsg_portal.surroundings import CLOCKWORK_ROLE, OWNER_ROLE, CannotStart, embedded_database_url
from tests import servers
from tests.integration.clocks.test_ticker import due_soon, until
from tests.sinks import sink
from timekeeping import portal_now

ROOT = Path(__file__).parents[3]
OTHER = "restored"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not servers.OWN_SERVERS, reason="needs a server that trusts us"),
]


def url(role: str = OWNER_ROLE, database: str = "") -> str:
    return embedded_database_url(servers.DATA_DIR, role, database or connection.settings_dict["NAME"])


@pytest.fixture
def empty():
    """An empty database beside the tests' own."""
    maker = psycopg2.connect(url(database="postgres"))
    maker.autocommit = True
    maker.cursor().execute(f"DROP DATABASE IF EXISTS {OTHER} WITH (FORCE)")
    maker.cursor().execute(f"CREATE DATABASE {OTHER}")
    yield url(database=OTHER)
    maker.cursor().execute(f"DROP DATABASE {OTHER} WITH (FORCE)")
    maker.close()


@pytest.fixture
def backup(tmp_path, cast):
    environ = {"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": "kept " * 12}

    def make(keep: int = 3) -> Path:
        return make_backup(tmp_path / "backups", url(), environ, keep=keep)

    return make


def ask(address: str, statement: str):
    with psycopg2.connect(address) as other, other.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_what_comes_back_is_what_was_kept_and_nobody_is_signed_in(backup, empty, client, cast) -> None:
    client.force_login(cast.people["Ann"], backend="allauth.account.auth_backends.AuthenticationBackend")
    seal_due(now=portal_now())
    made = backup()
    assert {path.name for path in made.iterdir()} == {"database.dump", "secret_key", MANIFEST}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [made, *made.iterdir()])
    manifest = read_backup(made)
    assert manifest["tables"]["accounts_user"]["rows"] == 4
    assert restore_database(made, empty, manifest) > 4
    assert Session.objects.exists()
    assert ask(empty, "SELECT count(*) FROM django_session") == [(0,)]
    environ = {**os.environ, "DATABASE_URL": empty}
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert "every seal holds" in done.stdout, done.stderr


def test_a_row_that_differs_is_found(backup, empty) -> None:
    made = backup()
    manifest = read_backup(made)
    restore_database(made, empty, manifest)
    with psycopg2.connect(empty) as other:
        other.cursor().execute("UPDATE accounts_user SET full_name = 'Anne' WHERE full_name = 'Ann'")
        found = contents(other)
    (said,) = differences(manifest["tables"], found)
    assert said.startswith("accounts_user: 4 rows")
    assert differences({"a": {"rows": 1, "sum": "1"}}, {}) == ["a: 1 rows (1) kept, no such table found"]


def test_nothing_is_written_over(backup, empty) -> None:
    made = backup()
    insist_on_empty(empty)
    with pytest.raises(CannotStart, match="a restore writes over nothing"):
        insist_on_empty(url())
    with pytest.raises(CannotStart, match="could not be restored"):
        restore_database(made, url(), read_backup(made))


def test_a_damaged_backup_is_refused(backup) -> None:
    made = backup()
    with (made / "database.dump").open("r+b") as dump:
        dump.seek(200)
        dump.write(b"x")
    with pytest.raises(CannotStart, match=r"database\.dump .* is not as it was written"):
        read_backup(made)
    (made / "secret_key").unlink()
    with pytest.raises(CannotStart, match="no whole backup"):
        read_backup(made)
    (made / MANIFEST).write_text(json.dumps({"format": 0, "files": {}}))
    with pytest.raises(CannotStart, match="another release"):
        read_backup(made)


def test_another_installation_s_secret_is_not_written_over(backup, tmp_path) -> None:
    made = backup()
    restore_secrets(made, tmp_path, None)
    assert (tmp_path / "secret_key").read_text().strip() == ("kept " * 12).strip()
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    restore_secrets(made, tmp_path, None)
    (tmp_path / "secret_key").write_text("another")
    with pytest.raises(CannotStart, match="differs from the backup's"):
        restore_secrets(made, tmp_path, None)
    with pytest.raises(CannotStart, match="SECRET_KEY differs"):
        restore_secrets(made, tmp_path, "another")


def keeping(tmp_path: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does, with nothing else in the environment."""
    given = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), **environ}
    return subprocess.run(
        [sys.executable, "-m", "qsg_portal.keeping", *words],
        cwd=ROOT, env=given, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_a_database_given_by_its_owner_s_address_alone_is_the_one_that_is_kept(tmp_path, cast) -> None:
    to = str(tmp_path / "backups")
    done = keeping(tmp_path, "backup", to, DATABASE_OWNER_URL=url())
    assert done.returncode == 1
    assert "SECRET_KEY is not given" in done.stdout + done.stderr
    done = keeping(tmp_path, "backup", to, DATABASE_OWNER_URL=url(), SECRET_KEY="kept " * 12)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = backups(tmp_path / "backups")
    assert read_backup(made)["tables"]["accounts_user"]["rows"] == 4
    assert not (tmp_path / "data" / "postgresql").exists(), "nothing else was started"


def in_restored(statement: str) -> list[tuple[object, ...]]:
    return ask(url(database=OTHER), statement)


def test_the_whole_way_back(tmp_path, cast, backup, empty) -> None:
    """Nothing of the secrets is written for a database that holds anything; it is made ready before it is read."""
    secret = "".join(map(chr, range(48, 110)))
    given = {"SECRET_KEY": secret, "DATABASE_WEB_ROLE": "qsg_web", "DATABASE_CLOCKWORK_ROLE": "qsg_clockwork"}
    make_token(by=cast.by(), now=portal_now(), name="a program", scopes=["concerns:read"], days=30)
    made = make_backup(
        tmp_path / "backups", url(), {"DATA_DIR": str(tmp_path / "x"), "SECRET_KEY": secret}, keep=1
    )
    done = keeping(tmp_path, "restore", str(made), DATABASE_OWNER_URL=url())
    assert "a restore writes over nothing" in done.stdout + done.stderr
    assert not (tmp_path / "data" / "secret_key").exists()
    done = keeping(tmp_path, "restore", str(made), **given, DATABASE_OWNER_URL=empty)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "1 tokens were revoked" in said
    assert said.index("Loading the reference lists") < said.index("every seal holds")
    assert in_restored("SELECT count(*) FROM access_token WHERE revoked_at IS NULL") == [(0,)]
    assert in_restored("SELECT count(*) FROM audit_line WHERE deed = 'portal.restored'") == [(1,)]
    assert in_restored("SELECT has_table_privilege('qsg_web', 'audit_line', 'INSERT')") == [(True,)]


def test_a_seal_that_does_not_hold_is_told_from_a_command_that_fails(tmp_path, cast, empty) -> None:
    def verified(statement: str) -> subprocess.CompletedProcess[str]:
        with psycopg2.connect(empty) as other:
            other.cursor().execute(statement)
        return subprocess.run(
            [sys.executable, "manage.py", "verify_audit"],
            cwd=ROOT, env={**os.environ, "DATABASE_URL": empty}, capture_output=True, text=True,
        )  # fmt: skip

    assert verified("SELECT 1").returncode == 1, "there are no tables"
    make_token(by=cast.by(), now=portal_now(), name="a program", scopes=["concerns:read"], days=30)
    assert seal_due(now=portal_now())
    made = make_backup(
        tmp_path / "backups", url(), {"DATA_DIR": str(tmp_path), "SECRET_KEY": "kept " * 12}, keep=1
    )
    restore_database(made, empty, read_backup(made))
    assert verified("SELECT 1").returncode == 0
    broken = verified("SET session_replication_role = replica; UPDATE audit_line SET deed = 'another.deed'")
    assert broken.returncode == BROKEN, broken.stderr


def test_a_database_that_cannot_be_read_is_a_sentence(tmp_path, empty) -> None:
    for address in (empty, "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(CannotStart, match=r"could not be copied: .*\. Nothing was kept"):
            make_backup(tmp_path, address, {"DATA_DIR": str(tmp_path), "SECRET_KEY": "kept " * 12}, keep=1)
    assert not list(tmp_path.iterdir())


def test_the_oldest_go_and_half_a_backup_is_none(backup, tmp_path) -> None:
    first = backup()
    (tmp_path / "backups" / "portal-20200101T000000Z").mkdir()
    time.sleep(1.1)
    second = backup(keep=1)
    assert backups(tmp_path / "backups") == [second]
    assert not first.exists()


def test_a_full_disk_leaves_nothing_behind(backup, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qsg_portal.keeping.backup._dump", full)
    with pytest.raises(CannotStart, match="No space left on device"):
        backup()
    assert list((tmp_path / "backups").iterdir()) == []


def test_what_was_sent_is_not_sent_again_and_what_came_due_meanwhile_is_dealt_with(
    backup, empty, cast, settings
) -> None:
    """A mail sent, a mail that waits, and a deadline that falls due between the backup and the restore."""
    cast.meant["seat-holders"] = [cast.people["Bea"].pk]

    def alert() -> None:
        now = portal_now()
        record = create_record(kind="concern", by=cast.by(), now=now)
        start_clock(kind="summit_alert", record=record, by=cast.by(), now=now)

    with sink(settings) as server:
        alert()
        tick_due(ask_time=portal_now, source="test")
        send_due(ask_time=portal_now)
        sent = {mail["Message-ID"] for mail in server.mails}
        assert sent
        alert()
        tick_due(ask_time=portal_now, source="test")
        waiting = {one.header_id for one in Delivery.objects.filter(state="pending")}
        assert waiting
        clock = due_soon(cast, seconds=1.0)
        made = backup()

        time.sleep(1.2)
        server.mails.clear()
        restore_database(made, empty, read_backup(made))
        environ = {
            **os.environ,
            "DATABASE_URL": empty,
            "PORTAL_URL": settings.PORTAL_URL,
            "ALLOWED_HOSTS": "portal.example",
            "SECRET_KEY": "".join(map(chr, range(48, 110))),
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            "DEFAULT_FROM_EMAIL": "portal@portal.example",
        }
        said = subprocess.run(
            [sys.executable, "manage.py", "after_restore", (portal_now() - timedelta(seconds=2)).isoformat()],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert "1 deadlines came due meanwhile" in said
        assert f"{len(waiting)} mails waited" in said
        was, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], OTHER
        try:
            connection.close()
            grant(connection, web="qsg_web", clockwork=CLOCKWORK_ROLE)
            environ["DATABASE_URL"] = url(CLOCKWORK_ROLE, OTHER)
            ticker = subprocess.Popen([sys.executable, "manage.py", "ticker"], cwd=ROOT, env=environ)
            try:
                assert until(lambda: Clock.objects.filter(pk=clock.pk, state="missed").exists())
                assert until(lambda: not Delivery.objects.filter(state__in=["pending", "claimed"]).exists())
            finally:
                ticker.terminate()
                assert ticker.wait(20) == 0
            assert clock.steps.filter(step="due").count() == 1
        finally:
            connection.close()
            connection.settings_dict["NAME"] = was
        again = [mail["Message-ID"] for mail in server.mails]
        assert not sent & set(again)
        assert waiting <= set(again)
        assert len(again) == len(set(again))


@pytest.mark.slow
def test_a_lost_disk_costs_seconds(transactional_db: None) -> None:
    """The short form of `make recovery`: the figures are asserted by their own limits."""
    figures = lose_and_recover(lasting=6, archive_every=2)
    assert [one for one in figures if not one.holds] == []
