"""What is kept of requests to the API: that one was taken, and how many there were this minute."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError, connection, transaction

from access.models import TakenRequest

KEEP_REQUESTS = timedelta(hours=24)
"""How long a key is remembered. After that the same key is a new request."""


class OtherRequest(Exception):
    """The key was used before, for a request that was not this one."""


def take_once(
    *, caller: UUID, key: str, request: bytes, now: datetime, act: Callable[[], UUID | None]
) -> UUID | None:
    """Do something once for a caller's key, however often and at however many places at once it is asked for.

    Args:
        caller: whose key it is; another's is no key of theirs.
        key: as the caller chose it.
        request: what was asked, to the byte.
        now: the moment.
        act: does it, and returns the thing it made or changed. What it raises keeps nothing.

    Returns:
        The thing, of this doing or of the first.

    Raises:
        OtherRequest: something else was asked for under this key.
    """
    once, fingerprint = uuid5(caller, key), hashlib.sha256(request).hexdigest()
    taken = _taken(once, now)
    if taken is None:
        try:
            with transaction.atomic():
                # Whoever comes second waits here until the first is done, and then finds the row.
                taken = TakenRequest.objects.create(once=once, fingerprint=fingerprint, at=now)
                taken.thing = act()
                taken.save(update_fields=["thing"])
                return taken.thing
        except IntegrityError:
            taken = _taken(once, now)
            if taken is None:
                raise
    if taken.fingerprint != fingerprint:
        raise OtherRequest
    return taken.thing


def _taken(once: UUID, now: datetime) -> TakenRequest | None:
    TakenRequest.objects.filter(once=once, at__lt=now - KEEP_REQUESTS).delete()
    return TakenRequest.objects.filter(once=once).first()


def forget_requests(*, now: datetime) -> int:
    """Forget keys that are older than ``KEEP_REQUESTS``; say how many."""
    gone, _ = TakenRequest.objects.filter(at__lt=now - KEEP_REQUESTS).delete()
    return gone


_COUNT = """
INSERT INTO access_tally AS held (caller, since, count)
SELECT caller, date_trunc('minute', portal_now()), 1 FROM unnest(%s::uuid[]) AS caller ORDER BY caller
ON CONFLICT (caller) DO UPDATE SET since = excluded.since,
    count = CASE WHEN held.since = excluded.since THEN held.count + 1 ELSE 1 END
RETURNING caller, count, 60 - extract(second FROM portal_now())
"""


def count_request(callers: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Count one request of each of these callers in the database, where every process sees the same count.

    Returns:
        By caller: how many there were this minute, this one included, and the seconds until the next minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [[str(one) for one in callers]])
        return {caller: (count, max(1, int(left))) for caller, count, left in cursor.fetchall()}
