"""What stands in a database, as counts and checksums that two databases can be compared by."""

from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

LEFT_OUT = ("django_session", "usersessions_usersession", "shared_cache")
"""Tables whose rows no backup holds: a session that was ended since must not come back."""

Contents = dict[str, dict[str, Any]]

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
# Each row as text, by a hash that does not depend on the order of the rows.
_SUM = "SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)), 0)::text FROM {} AS row"
_AS_TEXT = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL intervalstyle = 'postgres'"


def contents(connection: Connection) -> Contents:
    """Return the rows and the checksum of every table, in the connection's own transaction.

    Args:
        connection: one that may read every table.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AS_TEXT)
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall() if name not in LEFT_OUT]
        found: Contents = {}
        for name in names:
            cursor.execute(sql.SQL(_SUM).format(sql.Identifier(name)))
            rows, total = cursor.fetchone() or (0, "0")
            found[name] = {"rows": rows, "sum": total}
    return found


def differences(kept: Contents, found: Contents) -> list[str]:
    """Return the tables that differ, each in a few words; none when all are the same."""
    return [
        f"{name}: {_said(kept.get(name))} kept, {_said(found.get(name))} found"
        for name in sorted({*kept, *found})
        if kept.get(name) != found.get(name)
    ]


def _said(table: dict[str, Any] | None) -> str:
    return f"{table['rows']} rows ({table['sum']})" if table else "no such table"
