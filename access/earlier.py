"""Which earlier versions a person may read.

A version is read by those who see the record now **and** who were, as a person, in its reach on at
least one day when that version was current (visibility.md, "earlier version", example 22).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from access.models import Record
from access.principal import Principal


@dataclass(frozen=True)
class Period:
    """A version and the moments between which it was current."""

    number: int
    start: datetime
    end: datetime


# A day counts when any part of it lies in the period. Standing changes only on the days named in
# `turning`, so each stretch between two of them is asked once. Of the owner's people, those who read
# there then (a closed record: those named); of others, those whom a share reached then. A person's or
# a body's conflict, and a body's being shut out of the record, shut out as they did then.
_REACHED = """
WITH body AS (SELECT DISTINCT agency_id FROM agencies_membership WHERE user_id = %(user)s),
turning AS (
    SELECT unnest(ARRAY[starts_on, ends_on]) AS day FROM agencies_membership WHERE user_id = %(user)s
    UNION SELECT unnest(ARRAY[starts_on, ends_on]) FROM agencies_seat WHERE user_id = %(user)s
    UNION SELECT unnest(ARRAY[starts_on, ends_on]) FROM agencies_qsgmember
        WHERE agency_id IN (SELECT agency_id FROM body)
    UNION SELECT unnest(ARRAY[starts_on, ends_on]) FROM access_conflict
        WHERE user_id = %(user)s OR agency_id IN (SELECT agency_id FROM body)
    UNION SELECT unnest(ARRAY[(at AT TIME ZONE 'Europe/London')::date,
        (ended_at AT TIME ZONE 'Europe/London')::date]) FROM access_share WHERE record_id = %(record)s
    UNION SELECT unnest(ARRAY[(starts_at AT TIME ZONE 'Europe/London')::date,
        (ended_at AT TIME ZONE 'Europe/London')::date]) FROM access_listing WHERE user_id = %(user)s
    UNION SELECT (accepted_at AT TIME ZONE 'Europe/London')::date FROM access_inheritance
        WHERE successor_id IN (SELECT agency_id FROM body)
),
asked AS (
    SELECT * FROM unnest(%(numbers)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
        AS p(number, started, ended)
),
days AS (
    SELECT number, started, ended, (started AT TIME ZONE 'Europe/London')::date AS day FROM asked
    UNION SELECT asked.*, turning.day FROM asked JOIN turning
        ON turning.day > (asked.started AT TIME ZONE 'Europe/London')::date
        AND turning.day <= (asked.ended AT TIME ZONE 'Europe/London')::date
),
period AS (
    SELECT number, day, greatest(started, day::timestamp AT TIME ZONE 'Europe/London') AS since,
        least(ended, lead(day) OVER (PARTITION BY number ORDER BY day)::timestamp
            AT TIME ZONE 'Europe/London' - interval '1 microsecond') AS until
    FROM days
),
standing AS (
    SELECT m.agency_id, m.starts_on, m.ends_on FROM agencies_membership m
    WHERE m.user_id = %(user)s AND m.role IN ('reader', 'contributor', 'agency_lead')
),
candidate AS (
    SELECT period.*, standing.agency_id,
        (standing.agency_id = %(owner)s OR EXISTS (SELECT 1 FROM access_inheritance i
            WHERE i.successor_id = standing.agency_id AND i.predecessor_id = %(owner)s
            AND i.accepted_at <= period.until AND NOT EXISTS (SELECT 1 FROM access_inheritance_exceptions x
                WHERE x.inheritance_id = i.id AND x.record_id = %(record)s))) AS mine
    FROM period JOIN standing ON standing.starts_on <= period.day
        AND (standing.ends_on IS NULL OR standing.ends_on > period.day)
    WHERE NOT EXISTS (SELECT 1 FROM access_conflict c
            JOIN access_recordprovider rp ON rp.provider_id = c.provider_id AND rp.record_id = %(record)s
            WHERE c.user_id = %(user)s AND c.starts_on <= period.day
            AND (c.ends_on IS NULL OR c.ends_on > period.day))
)
SELECT DISTINCT number FROM candidate
WHERE (mine AND NOT %(closed)s)
    OR EXISTS (
        SELECT 1 FROM access_share s JOIN access_audience au ON au.group_id = s.audience_id
        CROSS JOIN LATERAL access_standing_at(candidate.until, candidate.day) st
        WHERE s.record_id = %(record)s AND s.at <= candidate.until
            AND (s.ended_at IS NULL OR s.ended_at > candidate.since)
            AND st.user_id = %(user)s AND st.group_id = s.audience_id
            AND (au.kind = 'person' OR NOT mine)
            AND (mine OR NOT (EXISTS (SELECT 1 FROM access_conflict c
                JOIN access_recordprovider rp ON rp.provider_id = c.provider_id AND rp.record_id = %(record)s
                WHERE c.agency_id = candidate.agency_id AND c.starts_on <= candidate.day
                AND (c.ends_on IS NULL OR c.ends_on > candidate.day))
                OR EXISTS (SELECT 1 FROM access_recordexclusion x WHERE x.record_id = %(record)s
                    AND x.agency_id = candidate.agency_id
                    AND x.recorded_at <= greatest(candidate.since, s.at)))))
"""


def periods_reached(*, by: Principal, record: Record, periods: Iterable[Period]) -> frozenset[int]:
    """Return the numbers of the versions that a person who sees the record now may read.

    Args:
        by: who asks; the record is in their sight (asked apart).
        record: what the versions are of.
        periods: each version, from when it was current until the next one (or now).

    Returns:
        The numbers, in one question to the database however many versions there are.
    """
    asked = list(periods)
    if by.kind == "clockwork":
        return frozenset(one.number for one in asked)
    if not asked or by.user_id is None:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            _REACHED,
            {
                "numbers": [one.number for one in asked],
                "starts": [one.start for one in asked],
                "ends": [one.end for one in asked],
                "user": by.user_id,
                "owner": record.owner_id,
                "record": record.pk,
                "closed": record.closed,
            },
        )
        return frozenset(number for (number,) in cursor.fetchall())
