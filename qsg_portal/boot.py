"""What the portal refuses to start with, each in one sentence that says what to do."""

import sys
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from qsg_portal.demo.cast import MARK
from qsg_portal.surroundings import GIVEN, LOOPBACK, CannotStart

SHORTEST_SECRET = 50
SHORTEST_METRICS_SECRET = 32
FEWEST_CHARACTERS = 12
"""Different ones in a secret: ``token_urlsafe(50)`` has about forty."""
WELL_KNOWN = ("django-insecure", "changeme", "change-me", "secret", "password", "example")

_MAKE_ONE = "Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"


def start_or_say_why_not() -> None:
    """End the process with one sentence when something is wrong; go on when the database is only away.

    For every process that serves: the web, the worker, the timetable, the ticker.
    """
    try:
        insist_on_settings()
        insist_on_lesser_role()
        insist_on_migrations()
        insist_on_no_personas()
        insist_on_nobody_else()
    except CannotStart as refusal:
        sys.exit(str(refusal))
    except OperationalError:
        pass  # away for the moment: /health is red until it is back
    finally:
        connection.close()  # no process that is forked from this one may share it


def insist_on_settings() -> None:
    """Refuse settings with which the portal would be open, or would mislead people.

    Raises:
        CannotStart: debugging is on, the secret can be guessed, or, outside the demonstration, the
            portal's address is not known or not safe.
    """
    if settings.DEBUG or GIVEN.get("DEBUG", "").strip().lower() in ("1", "true", "yes", "on"):
        raise CannotStart("DEBUG shows the portal's insides to anybody. Take DEBUG away, and start again.")
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        _insist_on_secret(secret)
    if settings.METRICS_SECRET and len(settings.METRICS_SECRET) < SHORTEST_METRICS_SECRET:
        raise CannotStart(
            f"METRICS_SECRET can be guessed: it must be at least {SHORTEST_METRICS_SECRET} random characters. {_MAKE_ONE}"
        )
    if not settings.DEMO:
        _insist_on_address()


def _insist_on_secret(secret: str) -> None:
    weak = len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS
    if weak or secret.lower().startswith(WELL_KNOWN):
        raise CannotStart(
            f"SECRET_KEY can be guessed: it must be at least {SHORTEST_SECRET} random characters. {_MAKE_ONE}"
        )


def _insist_on_address() -> None:
    """Refuse an address that lets passwords and intelligence pass in the open; one's own machine may have it."""
    if "PORTAL_URL" not in GIVEN:
        raise CannotStart(
            "PORTAL_URL is not set: mail could not say where the portal is. Give it: PORTAL_URL=https://…"
        )
    address = urlsplit(settings.PORTAL_URL)
    if address.hostname in LOOPBACK:
        return
    if address.scheme != "https":
        raise CannotStart(
            f"PORTAL_URL is {address.scheme or 'no'} address of {address.hostname}: what people type would pass "
            "in the open. Put the portal behind a proxy with TLS, and give its address: PORTAL_URL=https://…"
        )
    if "*" in settings.ALLOWED_HOSTS or address.hostname not in settings.ALLOWED_HOSTS:
        raise CannotStart(
            f"ALLOWED_HOSTS must name {address.hostname}, and never every host. "
            f"Give it: ALLOWED_HOSTS={address.hostname}"
        )
    if "SECRET_KEY" not in GIVEN:
        raise CannotStart(
            "SECRET_KEY is not set, so that each machine would make its own and nobody would stay signed in. "
            f"Give every process the same, in SECRET_KEY or SECRET_KEY_FILE. {_MAKE_ONE}"
        )
    if "EMAIL_URL" not in GIVEN:
        raise CannotStart(
            "EMAIL_URL is not set: nobody would be told of a deadline by mail. "
            "Give the mail server: EMAIL_URL=smtp+tls://user:password@mail.example:587"
        )
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    if not sender or sender in LOOPBACK:
        raise CannotStart(
            f"DEFAULT_FROM_EMAIL is not an address that mail can come from: servers would refuse what the portal sends. "
            f"Give it: DEFAULT_FROM_EMAIL='Quality Surveillance Portal <portal@{address.hostname}>'"
        )


def insist_on_lesser_role() -> None:
    """Refuse, outside the demonstration, a database role that could change the log.

    Raises:
        CannotStart: the role owns a table of the portal, or may pass over every refusal.
    """
    if settings.DEMO:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole, EXISTS (SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace AND pg_has_role(session_user, relowner, 'MEMBER'))"
            " FROM pg_roles WHERE rolname = session_user"
        )
        mighty, owns = cursor.fetchone()
    if mighty or owns:
        raise CannotStart(
            f"The database role {connection.settings_dict['USER']} {'is a superuser, or may make itself one,' if mighty else 'owns the tables'} "
            "and could change the log. Give DATABASE_URL a lesser role, and the owner's address to "
            "`manage.py make_ready` alone (docs/deploying.md)."
        )


def insist_on_migrations() -> None:
    """Refuse a database that is behind the code.

    Raises:
        CannotStart: some migration has not been applied.
    """
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps:
        raise CannotStart(
            f"The database is {steps} steps behind the portal. Bring it up to date as the owner of its tables: "
            "DATABASE_URL=… python manage.py make_ready"
        )


def insist_on_no_personas() -> None:
    """Refuse, outside the demonstration, a database that holds its people.

    Their one password is printed at every start of a demonstration; nobody may sign in with it
    where the concerns are real.

    Raises:
        CannotStart: there is an account of the demonstration.
    """
    if not settings.DEMO and User.objects.filter(email__endswith=MARK).exists():
        raise CannotStart(
            f"This database holds accounts of the demonstration (…{MARK}), and this is no demonstration. "
            "Use another database (DATABASE_URL, or another DATA_DIR), or start with DEMO=true."
        )


def insist_on_nobody_else() -> None:
    """Refuse, in the demonstration, a database with people of whom none is the demonstration's.

    Such as a backup that was restored without a word about DEMO: its page would show the mail of real people.

    Raises:
        CannotStart: there are people, and no persona.
    """
    if settings.DEMO and User.objects.exists() and not User.objects.filter(email__endswith=MARK).exists():
        raise CannotStart(
            "This database holds people who are not the demonstration's: start with DEMO=false."
        )
