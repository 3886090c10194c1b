"""The database refuses, too: what must never change cannot be changed by the portal's own roles."""

import pgtrigger
import pytest
from django.db import ProgrammingError, connection, transaction

from qsg_portal.database_roles import kept_from
from qsg_portal.surroundings import CLOCKWORK_ROLE, WEB_ROLE
from tests import servers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not servers.OWN_SERVERS, reason="the roles of a given server are its owner's business"
    ),
]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as problem:
        return "permission denied" in str(problem) or "must be owner" in str(problem)
    return False


@pytest.mark.parametrize("role", [WEB_ROLE, CLOCKWORK_ROLE])
def test_what_happened_stays_as_it_was_written(database_role, role: str) -> None:
    with database_role(role):
        for table in sorted(kept_from(pgtrigger.Update)):
            column = connection.introspection.get_table_description(connection.cursor(), table)[0].name
            assert refused(f"UPDATE {table} SET {column} = {column}"), table
        for table in sorted(kept_from(pgtrigger.Delete)):
            assert refused(f"DELETE FROM {table}"), table
            assert refused(f"TRUNCATE {table}"), table
            assert refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL"), table
            assert not refused(f"SELECT 1 FROM {table} LIMIT 1"), table


def test_what_a_model_protects_is_kept_by_the_roles_too() -> None:
    kept = kept_from(pgtrigger.Update)
    assert {
        "audit_line",
        "audit_batch",
        "clocks_clockstep",
        "concerns_concernversion",
        "actions_turn",
    } <= kept
    assert "access_share" in kept_from(pgtrigger.Delete) - kept, "a share ends; it is never taken away"


def test_only_the_clockwork_adds_to_the_chain(database_role) -> None:
    statement = (
        "INSERT INTO audit_batch (number, sealed_at, line_ids, previous_hash, hash)"
        " VALUES (1, portal_now(), '{}', '', '')"
    )
    with database_role(WEB_ROLE):
        assert refused(statement)
    with database_role(CLOCKWORK_ROLE):
        assert not refused(statement)


@pytest.mark.parametrize("role", [WEB_ROLE, CLOCKWORK_ROLE])
def test_neither_makes_or_drops_a_table_or_says_what_was_migrated(database_role, role: str) -> None:
    with database_role(role):
        assert refused("CREATE TABLE mine (id int)")
        assert refused("DROP TABLE audit_line")
        assert refused("DELETE FROM django_migrations")
        assert refused("CREATE ROLE mine")
