"""What the portal finds around it."""

import os
import stat
from pathlib import Path

import pytest

from qsg_portal.surroundings import (
    CannotStart,
    data_dir,
    embedded_broker_url,
    embedded_database_url,
    secret_key,
    socket_folder,
)


def test_the_data_folder_is_told_or_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_dir({"DATA_DIR": "/srv/portal"}) == Path("/srv/portal")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert data_dir({"XDG_DATA_HOME": "/home/u/data"}) == Path("/home/u/data/qsg-portal")
    assert data_dir({}) == Path.home() / ".local/share/qsg-portal"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert data_dir({"XDG_DATA_HOME": "/home/u/data"}) == Path("/var/lib/qsg-portal")


def test_a_long_folder_has_its_sockets_elsewhere() -> None:
    short, long = Path("/var/lib/x"), Path("/" + "a" * 120)
    assert socket_folder(short) == short
    assert len(str(socket_folder(long))) < 60
    assert socket_folder(long) != socket_folder(long / "b")


def test_the_addresses_name_the_folder() -> None:
    assert (
        embedded_database_url(Path("/d"), "qsg_web") == "postgresql://qsg_web@/qsg_portal?host=/d/postgresql"
    )
    assert embedded_broker_url(Path("/d")) == "unix:///d/valkey/broker.sock?db=0"


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    around = {"DATA_DIR": str(tmp_path / "new")}
    made = secret_key(around)
    assert len(made) > 50
    assert secret_key(around) == made
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]


def test_a_secret_that_is_given_is_kept_nowhere(tmp_path: Path) -> None:
    assert secret_key({"SECRET_KEY": "given", "DATA_DIR": str(tmp_path / "new")}) == "given"
    assert not (tmp_path / "new").exists()


def test_a_secret_that_cannot_be_kept_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="Set DATA_DIR"):
        secret_key({"DATA_DIR": str(tmp_path / "file")})


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(CannotStart, match="is empty"):
        secret_key({"DATA_DIR": str(tmp_path)})
