"""Who may do what in the database itself: the last wall when the code above is wrong.

The owner makes the tables and never serves a page. The web and the clockwork may read
and write rows, and of what must never change they may only add to. A trigger refuses
such a change as well; but whoever owns a table can take its triggers away, any session can
tell the library's triggers to look away, and neither of these two needs a trigger to be refused.

On one machine, with the portal's own PostgreSQL, every process of the portal's system user can
connect as any role: there the roles guard against faults, not against a process that was taken over.
"""

from collections.abc import Iterable

import pgtrigger
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

# Only the sealer adds to the chain.
CLOCKWORK_ALONE_WRITES = frozenset({"audit_batch"})

# Only the owner writes: what has been migrated.
READ_ONLY = frozenset({"django_migrations"})


def kept_from(operation: pgtrigger.Operation) -> frozenset[str]:
    """Return the tables whose models refuse this, ``pgtrigger.Update`` or ``pgtrigger.Delete``, for every row."""
    return frozenset(
        model._meta.db_table
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pgtrigger.Protect)
        and operation in getattr(trigger.operation, "operations", [trigger.operation])
    )


def grant(connection: BaseDatabaseWrapper, *, web: str, clockwork: str) -> None:
    """Give the web and the clockwork what they need in the database, and nothing else.

    Args:
        connection: a connection of the owner.
        web: the role of the pages.
        clockwork: the role of the ticker, the worker and the timetable.
    """
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:

        def run(statement: str, role: str, tables: Iterable[str] = ()) -> None:
            names = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(tables))
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role), tables=names))

        def on_each(statement: str, role: str, tables: Iterable[str]) -> None:
            present = existing.intersection(tables)
            if present:
                run(statement, role, present)

        for role in dict.fromkeys([web, clockwork]):
            run("GRANT USAGE ON SCHEMA public TO {role}", role)
            run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}", role)
            run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", role)
            on_each("REVOKE UPDATE ON {tables} FROM {role}", role, kept_from(pgtrigger.Update))
            on_each("REVOKE DELETE, TRUNCATE ON {tables} FROM {role}", role, kept_from(pgtrigger.Delete))
            on_each("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}", role, READ_ONLY)
        if web != clockwork:
            on_each("REVOKE INSERT ON {tables} FROM {role}", web, CLOCKWORK_ALONE_WRITES)
