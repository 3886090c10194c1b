"""Who may do what in the database itself: the last wall when the code above is wrong.

The owner makes the tables and never serves a page. The web and the clockwork may read
and write rows, and of what must never change they may only add to. A trigger refuses
such a change as well; but whoever owns a table can take its triggers away, and neither
of these two owns one.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

# What happened stays as it was written: rows are added and never changed or taken away.
APPEND_ONLY = frozenset({"audit_line", "audit_batch", "clocks_clockstep"})

# Only the sealer adds to the chain.
CLOCKWORK_ALONE_WRITES = frozenset({"audit_batch"})

# Only the owner writes: what has been migrated.
READ_ONLY = frozenset({"django_migrations"})


def append_only_tables() -> frozenset[str]:
    """Return the tables of which rows are never changed: those named here and every kept version of a text."""
    versions = {
        model._meta.db_table
        for model in apps.get_models()
        if any(base.__module__ == "pghistory.models" for base in model.__mro__)
        and not model.__module__.startswith("pghistory.")
    }
    return APPEND_ONLY | versions


def grant(connection: BaseDatabaseWrapper, *, web: str, clockwork: str) -> None:
    """Give the web and the clockwork what they need in the database, and nothing else.

    Args:
        connection: a connection of the owner.
        web: the role of the pages.
        clockwork: the role of the ticker, the worker and the timetable.
    """
    append_only = append_only_tables()
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
            on_each("REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}", role, append_only)
            on_each("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}", role, READ_ONLY)
        if web != clockwork:
            on_each("REVOKE INSERT ON {tables} FROM {role}", web, CLOCKWORK_ALONE_WRITES)
