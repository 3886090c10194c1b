"""What cannot start says so in one sentence, and says what to do."""

import socket
from pathlib import Path

import pytest

from qsg_portal.embedded import Database
from qsg_portal.plan import Plan, portal_processes
from qsg_portal.surroundings import OWNER_ROLE, CannotStart
from tests import servers


def plan(tmp_path: Path, **environ: str) -> Plan:
    return Plan({"DATA_DIR": str(tmp_path / "data"), "PATH": "/bin", **environ})


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def refusal(made: Plan) -> str:
    def check() -> None:
        made.check()
        made.check_servers()

    with pytest.raises(CannotStart) as caught:
        check()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "80 80"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    with pytest.raises(CannotStart, match="is not a port"):
        plan(tmp_path, PORT=port)


def test_a_taken_port_names_the_next_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(plan(tmp_path, PORT=str(port)))
    assert f"Port {port} is taken by another program" in said
    assert "make run" in said


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    said = refusal(plan(tmp_path, HOST="192.0.2.1", PORT=str(free_port())))
    assert "HOST must be an address of this machine" in said


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refusal(plan(tmp_path, DATA_DIR=str(tmp_path / "file" / "data"), PORT=str(free_port())))
    assert "DATA_DIR" in said


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qsg_portal.plan.ROOM_NEEDED", 2**60)
    said = refusal(plan(tmp_path, PORT=str(free_port())))
    assert "MB free, and the portal needs" in said
    assert "Make room" in said


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "It looks like this: postgresql://user:password@host:5432/name"),
        ("mysql://u:hidden@localhost/x", "It looks like this"),
        ("postgresql://u:hidden@localhost", "It looks like this"),
        ("postgresql://u:hidden@127.0.0.1:1/x", "nothing answers at that host and port"),
        ("postgresql://u:hidden@nowhere.invalid/x", "its host is not known"),
        ("postgresql://u:hidden@/x?host=/nowhere", "no server on that socket"),
    ],
)
def test_a_wrong_address_of_the_database_never_shows_its_password(
    tmp_path: Path, url: str, words: str
) -> None:
    said = refusal(plan(tmp_path, PORT=str(free_port()), DATABASE_URL=url))
    assert words in said
    assert "DATABASE_URL" in said
    assert "hidden" not in said


def test_a_database_that_does_not_exist(tmp_path: Path, embedded_servers: None) -> None:
    if not servers.OWN_SERVERS:
        pytest.skip("needs a server that trusts us")
    url = Database(servers.DATA_DIR).url(OWNER_ROLE, "absent")
    assert "make it first" in refusal(plan(tmp_path, PORT=str(free_port()), DATABASE_URL=url))


def test_a_broker_that_is_away_is_a_warning_and_nothing_more(tmp_path: Path) -> None:
    made = plan(tmp_path, PORT=str(free_port()), REDIS_URL="redis://127.0.0.1:1/0")
    made.check()
    assert any("starts all the same" in warning for warning in made.warnings)


def test_a_brokers_address_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="It looks like this: redis://host:6379/0"):
        plan(tmp_path, REDIS_URL="nonsense")


def test_the_owners_address_is_told_to_the_owner_alone(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        DATABASE_URL="postgresql://web:w@host/db",
        DATABASE_OWNER_URL="postgresql://boss:b@host/db",
        DATABASE_CLOCKWORK_URL="postgresql://clock:c@host/db",
    )
    assert made.environ_for("owner")["DATABASE_URL"].startswith("postgresql://boss")
    assert made.environ_for("owner")["DATABASE_WEB_ROLE"] == "web"
    assert made.environ_for("owner")["DATABASE_CLOCKWORK_ROLE"] == "clock"
    for child in portal_processes(made):
        assert not any("boss" in value for value in child.environ.values()), child.name
    assert [child.name for child in portal_processes(made)][:3] == ["web", "worker", "timetable"]


def test_the_owners_address_alone_is_the_database_too(tmp_path: Path) -> None:
    """Else a backup of a managed database would be one of the portal's own, and say that it went well."""
    made = plan(tmp_path, DATABASE_OWNER_URL="postgresql://boss:b@host/db")
    assert not made.database_is_ours
    assert not made.demo
    assert made.urls["owner"] == "postgresql://boss:b@host/db"
    assert made.environ_for("owner")["DATABASE_URL"] == "postgresql://boss:b@host/db"
    named = plan(tmp_path, DATABASE_OWNER_URL="postgresql://boss@host/db", DATABASE_WEB_ROLE="web")
    assert named.environ_for("owner")["DATABASE_WEB_ROLE"] == "web"
    away = plan(tmp_path, PORT=str(free_port()), DATABASE_OWNER_URL="postgresql://boss:b@127.0.0.1:1/db")
    assert "The database that DATABASE_OWNER_URL names" in refusal(away)
    with pytest.raises(CannotStart, match="Give DATABASE_URL beside it"):
        plan(tmp_path, DATABASE_CLOCKWORK_URL="postgresql://clock@host/db")


def test_a_password_by_itself_goes_into_the_address_that_counts(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/word\n")
    by_itself = {"DATABASE_PASSWORD_FILE": str(tmp_path / "password")}
    quoted = "p%40ss%2Fword"
    whole = f"postgresql://web:{quoted}@host:5432/db?sslmode=require"
    made = plan(tmp_path, DATABASE_URL="postgresql://web:old@host:5432/db?sslmode=require", **by_itself)
    assert set(made.urls.values()) == {whole}
    assert not any(name.startswith("DATABASE_PASSWORD") for name in made.environ_for("web"))
    alone = plan(tmp_path, DATABASE_OWNER_URL="postgresql://boss@host/db", **by_itself)
    assert alone.urls["owner"] == f"postgresql://boss:{quoted}@host/db"
    both = plan(
        tmp_path, DATABASE_URL="postgresql://web@host/db", DATABASE_OWNER_URL="postgresql://boss:b@host/db", **by_itself
    )  # fmt: skip
    assert both.urls["owner"] == "postgresql://boss:b@host/db"


def test_the_demonstration_stays_out_of_a_database_given_by_address(tmp_path: Path) -> None:
    assert plan(tmp_path).demo
    assert not plan(tmp_path, DATABASE_URL="postgresql://u@h/x").demo
    assert plan(tmp_path, DATABASE_URL="postgresql://u@h/x", DEMO="true").demo
    assert not plan(tmp_path, DEMO="false").demo
