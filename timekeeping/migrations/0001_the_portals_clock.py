"""The SQL functions that give the time: one clock for views, tasks and constraints.

Time travel in tests does not move PostgreSQL's clock, so in a test database, and
only there, the setting ``portal.frozen_now`` overrides it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN current_database() LIKE 'test\\_%'
            THEN COALESCE(NULLIF(current_setting('portal.frozen_now', true), '')::timestamptz, statement_timestamp())
        ELSE statement_timestamp()
    END
$$;
CREATE FUNCTION portal_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (portal_now() AT TIME ZONE 'Europe/London')::date
$$;
"""
BACKWARD = "DROP FUNCTION portal_today(); DROP FUNCTION portal_now();"


class Migration(migrations.Migration):
    """Make portal_now() and portal_today()."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
