"""Which mails a sender may take, and for how long.

Two lanes keep a dead mail server from delaying anybody else: mails that failed before, and those to a mail domain that
stopped answering, have a few places of their own. A person one of whose mails failed has no other tried before that one
is due again.
"""

from datetime import datetime, timedelta

from django.db import connection

from notifications.models import Delivery
from notifications.rules import LEASE

TROUBLE_LASTS = timedelta(minutes=10)

_CLAIM = """
WITH waiting AS MATERIALIZED (
    SELECT d.reason, d.last_tried_at, d.next_try_at, m.recipient_id, split_part(u.email, '@', 2) AS domain
    FROM notifications_delivery d
    JOIN notifications_message m ON m.id = d.message_id
    JOIN accounts_user u ON u.id = m.recipient_id
    WHERE d.state IN ('pending', 'claimed') AND d.reason <> ''
),
silent AS (
    SELECT domain FROM waiting WHERE reason = 'no_answer' AND last_tried_at > %(trouble_since)s
),
backed_off AS (
    SELECT recipient_id FROM waiting WHERE next_try_at > %(now)s
),
free AS (
    SELECT d.id
    FROM notifications_delivery d
    JOIN notifications_message m ON m.id = d.message_id
    JOIN accounts_user u ON u.id = m.recipient_id
    WHERE d.state IN ('pending', 'claimed') AND d.next_try_at <= %(now)s
        AND (d.reason <> '' OR split_part(u.email, '@', 2) IN (SELECT domain FROM silent)) = %(slow)s
        AND m.recipient_id NOT IN (SELECT recipient_id FROM backed_off)
    ORDER BY d.next_try_at, d.id
    LIMIT %(places)s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE notifications_delivery
SET state = 'claimed', attempts = attempts + 1, last_tried_at = %(now)s, next_try_at = %(until)s
WHERE id IN (SELECT id FROM free)
RETURNING id
"""


def claim(*, now: datetime, slow: bool, places: int) -> list[Delivery]:
    """Claim mails of one lane for a while; a claim whose sender died runs out.

    Args:
        now: the moment.
        slow: the lane of mails that failed before and of domains that stopped answering.
        places: how many at most.
    """
    if places <= 0:
        return []
    asked: dict[str, datetime | bool | int] = {
        "now": now,
        "slow": slow,
        "places": places,
        "trouble_since": now - TROUBLE_LASTS,
        "until": now + LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, asked)
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return []
    claimed = Delivery.objects.filter(pk__in=ids).select_related("message__recipient", "message__record")
    return list(claimed.order_by("first_at", "pk"))
