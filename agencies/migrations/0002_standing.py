"""Standing: which audiences a person is in, from dated memberships, seats and lists.

``access_standing_at(moment)`` answers for any moment; the view ``access_standing`` asks it
for the database's own. Everything that makes a person an audience's member is here and
nowhere else: an end date passing needs no write, no job, no cache (visibility.md).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION access_standing_at(moment timestamptz, today date)
RETURNS TABLE (user_id uuid, group_id integer) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- seats: the seat, the body's full membership and the person's membership, all current
    SELECT s.user_id, au.group_id
    FROM agencies_seat s
    JOIN agencies_qsgmember qm ON qm.qsg_id = s.qsg_id AND qm.agency_id = s.agency_id AND qm.kind = 'full'
        AND qm.starts_on <= today AND (qm.ends_on IS NULL OR qm.ends_on > today)
    JOIN agencies_membership m ON m.user_id = s.user_id AND m.agency_id = s.agency_id
        AND m.role IN ('reader', 'contributor', 'agency_lead')
        AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on > today)
    JOIN accounts_user u ON u.id = s.user_id AND u.is_active
    JOIN access_audience au ON (au.kind = 'qsg_seats' AND au.qsg_id = s.qsg_id)
        OR (au.kind = 'qsg_cleared' AND au.qsg_id = s.qsg_id AND s.cleared)
        OR au.kind = 'all_seats'
    WHERE s.starts_on <= today AND (s.ends_on IS NULL OR s.ends_on > today)
    UNION
    -- every reader of intelligence at a group's full member bodies
    SELECT m.user_id, au.group_id
    FROM agencies_membership m
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    JOIN agencies_qsgmember qm ON qm.agency_id = m.agency_id AND qm.kind = 'full'
        AND qm.starts_on <= today AND (qm.ends_on IS NULL OR qm.ends_on > today)
    JOIN access_audience au ON au.kind = 'qsg_readers' AND au.qsg_id = qm.qsg_id
    WHERE m.role IN ('reader', 'contributor', 'agency_lead')
        AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on > today)
    UNION
    -- every reader of intelligence at one body, and each person at a body
    SELECT m.user_id, au.group_id
    FROM agencies_membership m
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    JOIN access_audience au ON au.agency_id = m.agency_id
        AND (au.kind = 'agency' OR (au.kind = 'person' AND au.person_id = m.user_id))
    WHERE m.role IN ('reader', 'contributor', 'agency_lead')
        AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on > today)
    UNION
    -- people listed at a body called to a summit, while both are current
    SELECT l.user_id, au.group_id
    FROM access_listing l
    JOIN agencies_membership m ON m.user_id = l.user_id AND m.agency_id = l.agency_id
        AND m.role IN ('reader', 'contributor', 'agency_lead')
        AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on > today)
    JOIN accounts_user u ON u.id = l.user_id AND u.is_active
    JOIN access_audience au ON au.summit_id = l.summit_id
        AND (au.kind = 'participants' OR (au.kind = 'body_participants' AND au.agency_id = l.agency_id))
    WHERE l.starts_at <= moment AND (l.ended_at IS NULL OR l.ended_at > moment)
$$;
CREATE VIEW access_standing AS
    SELECT user_id::text || ':' || group_id::text AS id, user_id, group_id
    FROM access_standing_at(portal_now(), portal_today());
"""
BACKWARD = """
DROP VIEW access_standing;
DROP FUNCTION access_standing_at(timestamptz, date);
"""


class Migration(migrations.Migration):
    """Make the view behind ``user.groups``."""

    dependencies = [
        ("agencies", "0001_initial"),
        ("access", "0001_initial"),
        ("timekeeping", "0001_the_portals_clock"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
