"""The moment, read at the door and passed on as ``now=``."""

from datetime import UTC, datetime

from django.db import connection
from django.db.models import DateTimeField, Func


class DayStarts(Func):
    """In a query: the moment at which a day, a field of dates, begins in London."""

    template = "timezone('Europe/London', (%(expressions)s)::timestamp)"
    output_field = DateTimeField()


def portal_now() -> datetime:
    """Return the portal's one time: the database's clock.

    Read once by each door (a page, a task, a command) and handed on, so that no
    machine's own clock can fire a deadline early.

    Returns:
        An aware datetime in UTC.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_now()")
        (moment,) = cursor.fetchone()
    return moment.astimezone(UTC)
