"""The services of the compose file, started as processes: they come up, are seen to be alive, refuse, and end."""

import json
import re
import signal
from collections.abc import Iterator

import pytest

from tests import servers
from tests.deployed import PROJECT, SERVING, Deployed, compose, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not servers.OWN_SERVERS, reason="needs servers of its own"),
]


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    """A fresh database with its roles, made ready by the service that does so."""
    made = Deployed()
    try:
        made.start_servers()
        made.first_start()
        done = made.run("prepare")
        assert done.returncode == 0, done.stderr
        assert "Bringing the database up to date" in done.stdout
        yield made
    finally:
        made.end()


# --- What is refused, each by starting the process --------------------------------------------------


def refusal(deployed: Deployed, service: str = "web", **changed: str | None) -> str:
    """Start a service that must refuse, and return what it said: one sentence (or two), and no traceback."""
    done = deployed.run(service, **changed)
    assert done.returncode != 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith('{"at"')]
    assert len(said) == 1, done.stderr
    return said[0]


def with_password(deployed: Deployed, role: str) -> dict[str, str]:
    address = deployed.environ("web")["DATABASE_URL"].replace("qsg_web", f"qsg_{role}")
    return {"DATABASE_URL": address, "DATABASE_PASSWORD_FILE": str(deployed.secrets / f"{role}_password")}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"DEBUG": "true"}, "Take DEBUG away"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY": "django-insecure-" + "x1y2z3a4b5c6d7e8" * 4}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY_FILE": None}, "SECRET_KEY is not set"),
        (
            {"SECRET_KEY_FILE": "/nowhere/secret"},
            "SECRET_KEY_FILE names /nowhere/secret, which cannot be read",
        ),
        ({"PORTAL_URL": None}, "PORTAL_URL is not set"),
        ({"PORTAL_URL": "http://portal.example"}, "Put the portal behind a proxy with TLS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name portal.example"),
        ({"ALLOWED_HOSTS": "other.example"}, "ALLOWED_HOSTS must name portal.example"),
        ({"METRICS_SECRET": "short"}, "METRICS_SECRET can be guessed"),
        ({"EMAIL_URL_FILE": None}, "Give the mail server"),
        ({"DEFAULT_FROM_EMAIL": None}, "DEFAULT_FROM_EMAIL is not an address that mail can come from"),
        (
            {"DEFAULT_FROM_EMAIL": "portal@localhost"},
            "DEFAULT_FROM_EMAIL='Quality Surveillance Portal <portal@po",
        ),
        ({"SECRET_KEY_FALLBACKS": "changeme"}, "SECRET_KEY can be guessed"),
    ],
)
def test_settings_that_are_not_safe(deployed: Deployed, changed: dict[str, str | None], words: str) -> None:
    assert words in refusal(deployed, **changed)


@pytest.mark.parametrize("service", [one for one in SERVING if one != "web"])
def test_the_clockwork_refuses_the_same(deployed: Deployed, service: str) -> None:
    assert "SECRET_KEY can be guessed" in refusal(deployed, service, SECRET_KEY="changeme")


def test_a_web_role_that_owns_the_tables(deployed: Deployed) -> None:
    said = refusal(deployed, **with_password(deployed, "owner"))
    assert "The database role qsg_owner owns the tables" in said
    assert "Give DATABASE_URL a lesser role" in said


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS", "CREATEROLE"])
def test_a_web_role_above_every_refusal(deployed: Deployed, power: str) -> None:
    deployed.as_superuser(f"ALTER ROLE qsg_web {power}")
    try:
        assert "could change the log" in refusal(deployed)
    finally:
        deployed.as_superuser(f"ALTER ROLE qsg_web NO{power}")


def test_a_database_that_is_behind_the_code(deployed: Deployed) -> None:
    (row,) = deployed.as_superuser(
        "DELETE FROM django_migrations WHERE app = 'audit' AND name LIKE '0001%' RETURNING app, name, applied"
    )
    try:
        assert "make_ready" in refusal(deployed)
        assert "make_ready" in refusal(deployed, "ticker")
    finally:
        deployed.as_superuser(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('{}', '{}', '{}')".format(*row)
        )


def test_an_account_of_the_demonstration(deployed: Deployed) -> None:
    deployed.as_superuser(
        "INSERT INTO accounts_user (id, password, is_superuser, email, full_name, telephone, is_active)"
        " VALUES (gen_random_uuid(), '', false, 'chair@demo.example', 'A chair', '', true)"
    )
    try:
        assert "accounts of the demonstration" in refusal(deployed)
    finally:
        deployed.as_superuser("DELETE FROM accounts_user")


# --- What is kept ---------------------------------------------------------------------------------------


def test_the_documented_backup_is_made(deployed: Deployed) -> None:
    told = (PROJECT / "docs" / "keeping.md").read_text()
    found = re.search(r'docker compose run --rm -v "\$PWD/backups:/backups" (\w+) python (.+)', told)
    assert found
    folder = deployed.folder / "backups"
    words = found[2].replace("/backups", str(folder)).split()
    done = deployed.run(found[1], *words)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.iterdir()
    manifest = json.loads((made / "manifest.json").read_text())
    (migrations,) = deployed.as_superuser("SELECT count(*) FROM django_migrations")[0]
    assert manifest["tables"]["django_migrations"]["rows"] == migrations > 0
    assert (made / "secret_key").read_text() == (deployed.secrets / "secret_key").read_text()


# --- What starts ------------------------------------------------------------------------------------


def test_all_come_up_are_alive_go_on_without_broker_and_one_ticker_and_end(deployed: Deployed) -> None:
    deployed.start()
    serving = [name for name in deployed.children if name not in ("database", "broker")]
    assert serving == ["web-0", "worker-0", "timetable-0", "ticker-0", "ticker-1"]
    here = {"Host": "localhost"}
    assert until(lambda: deployed.looks_alive("web-0")), (deployed.folder / "log").read_text()
    assert until(lambda: deployed.get("/health", **here)[0].status == 200), deployed.get("/health", **here)[1]
    for name in serving:
        assert until(lambda name=name: deployed.looks_alive(name)), name

    response, body = deployed.get("/sign-in/")
    assert response.status == 200
    assert "Sign in" in body
    cookies = response.headers.get_all("Set-Cookie")
    assert cookies
    assert all("Secure" in one and one.startswith("__Host-") for one in cookies)
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    quiet = (deployed.folder / "log").read_text()
    assert "Traceback" not in quiet, quiet

    assert deployed.get("/metrics")[0].status == 404
    brought = (deployed.secrets / "metrics_secret").read_text().strip()
    for _ in range(6):  # whichever process answers, it tells of all
        text = deployed.get("/metrics", Authorization=f"Bearer {brought}")[1]
        assert float(re.findall(r'portal_requests_total{method="GET",status="200"} (\S+)', text)[0]) >= 1
    assert "portal_database_up 1.0" in text

    deployed.children["broker"].end()
    deployed.children["ticker-0"].end()
    (before,) = deployed.as_superuser("SELECT max(at) FROM clocks_ticking")
    assert until(lambda: deployed.as_superuser("SELECT max(at) FROM clocks_ticking")[0] > before, 15)
    parts = json.loads(deployed.get("/health", **here)[1])["parts"]
    assert not parts["broker"]["well"]
    assert deployed.get("/sign-in/")[0].status == 200
    deployed.begin("broker")

    for name in serving:
        child = deployed.children[name]
        child.ask_to_end()
    for name in serving:
        child = deployed.children[name]
        assert child.process is not None
        assert child.process.wait(40) in (0, -signal.SIGTERM), name
    answered = [json.loads(line) for line in quiet.splitlines() if '"answered"' in line]
    assert {(one["route"], one["status"]) for one in answered} == {("sign-in/", 200)}
    assert all(len(one["request"]) == 32 for one in answered)


def test_a_container_may_write_to_its_temporary_folder_alone() -> None:
    for name, service in compose()["services"].items():
        if name not in ("database", "broker"):
            assert service["read_only"], name
            assert service["tmpfs"] == ["/tmp"], name
            assert service["cap_drop"] == ["ALL"], name
            assert not service.get("volumes"), name


def test_the_database_is_not_well_before_its_first_start_is_over() -> None:
    """Its image runs the first start on a server that listens on no network."""
    asked = compose()["services"]["database"]["healthcheck"]["test"][-1]
    assert "--host 127.0.0.1" in asked


def test_single_sign_on_can_be_set_up() -> None:
    documented = set(re.findall(r"OIDC_\w+", (PROJECT / "docs" / "deploying.md").read_text()))
    passed = {name.removesuffix("_FILE") for name in compose()["services"]["web"]["environment"]}
    assert documented <= passed


def test_no_secret_stands_in_the_file() -> None:
    given = [
        value
        for service in compose()["services"].values()
        for name, value in service.get("environment", {}).items()
        if re.search("PASSWORD|SECRET|EMAIL_URL|TOKEN", name)
    ]
    assert given
    assert all(value.startswith("/run/secrets/") for value in given)
    assert not re.search(r"://[^/\s:]+:[^@\s]+@", (PROJECT / "docker-compose.yml").read_text())


# --- The image --------------------------------------------------------------------------------------


def dockerfile() -> list[str]:
    text = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_the_image_is_locked_small_and_nobody_s() -> None:
    steps = dockerfile()
    assert [step.split()[0] for step in steps].count("FROM") == 2
    assert any("--require-hashes" in step and "requirements.txt" in step for step in steps)
    last = steps[max(number for number, step in enumerate(steps) if step.startswith("FROM")) :]
    assert [step for step in last if step.startswith("USER")] == ["USER 10001"]
    assert any(step.startswith("HEALTHCHECK") for step in last)
    assert not any(step.startswith("RUN") and "pip" in step for step in last)
    assert not any(re.match(r"(ENV|ARG)\b.*(SECRET|PASSWORD|TOKEN)", step) for step in steps)


def test_the_image_gets_every_app_and_nothing_that_is_not_needed() -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert "*" in ignored
    assert packages | {"manage.py", "requirements.txt", "templates", "NOTICE"} == let_in
