"""Times each page for each reader beside its limit, and compares its rows with the rule's."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import psycopg2
from django.db import connection, transaction

from access.principal import Principal, principal_of
from access.sight import visible_to
from accounts.models import User
from benchmarks.data import say
from benchmarks.pages import READERS, Measured, Pages, key, unlimited
from clocks.operations.ticking import tick
from concerns.models import Concern
from timekeeping import portal_now

TIMES = 15
SLOW_TIMES = 3
SLOW_MS = 1000
NO_LIMIT = {"principal"}
MOST = {"common word": 3.0, "rare word": 3.0}
USUAL_MOST = 2.0


@dataclass(frozen=True)
class Row:
    """One measured page; times in milliseconds."""

    page: str
    reader: str
    ms: float
    p95_ms: float
    limit_ms: float | None
    ratio: float | None
    most: float | None
    guardian_ms: float | None
    rows_agree: bool | None


def measure(superuser_url: str, *, compare: bool = True) -> list[Row]:
    """Measure every page as every reader.

    Args:
        superuser_url: where the rule is asked in plain SQL, apart from the portal's connection.
        compare: measure the grants on each concern, too.
    """
    rows = []
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # other ways take longer than the web may wait
    with psycopg2.connect(superuser_url) as rule:
        for reader, number in READERS.items():
            by = principal_of(key("person", number))
            total = the_rule(rule, by)
            say(f"{reader}: sees {total:,} concerns by {len(by.circles) + len(by.named):,} circles")
            rows.append(_everything(rule, by, reader))
            for page, measured in Pages(by).all().items():
                rows.append(_one(rule, by, page, reader, measured, compare=compare))
        rows += _clocks()
    return rows


def _one(rule: Any, by: Principal, page: str, reader: str, measured: Measured, *, compare: bool) -> Row:
    limit_eyes = unlimited(by)
    times: dict[str, list[float]] = {"ours": [], "limit": []}
    for number in range(TIMES + 2):
        ours, limit = timed(lambda: measured.ask(by)), timed(lambda: measured.ask(limit_eyes))
        if number >= 2:  # the first two warm up
            times["ours"].append(ours)
            times["limit"].append(limit)
    ms, limit_ms = statistics.median(times["ours"]), statistics.median(times["limit"])
    granted = measured.granted if compare else None
    user = User.objects.get(pk=by.user_id)
    return Row(
        page=page,
        reader=reader,
        ms=round(ms, 2),
        p95_ms=round(sorted(times["ours"])[round(0.95 * (TIMES - 1))], 2),
        limit_ms=None if page in NO_LIMIT else round(limit_ms, 2),
        ratio=None if page in NO_LIMIT else round(ms / limit_ms, 2),
        most=None if page in NO_LIMIT else MOST.get(page, USUAL_MOST),
        guardian_ms=round(_other(lambda: granted(user)), 2) if granted else None,
        rows_agree=measured.rows(by) == _expected(rule, measured) if measured.rows else None,
    )


def _other(ask: Callable[[], Any]) -> float:
    """Return how long another way took, in milliseconds: the median of some times, or the first that took a second."""
    times: list[float] = []
    while len(times) < SLOW_TIMES:
        times.append(timed(ask))
        if times[-1] > SLOW_MS:
            return times[-1]
    return statistics.median(times)


def timed(ask: Callable[[], Any]) -> float:
    """Return how long it took, in milliseconds."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def the_rule(rule: Any, by: Principal) -> int:
    """Write down what a person sees, by the rule in plain words: the sentence of docs/adr/0003, from the shares themselves.

    Returns:
        How many concerns.
    """
    facts = {"me": str(by.agency_id), "user": str(by.user_id)}
    with rule.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'; DROP TABLE IF EXISTS pg_temp.seen")
        cursor.execute(_SEEN, facts)
        cursor.execute(_CHILDREN, facts)
        cursor.execute("CREATE INDEX ON pg_temp.seen (kind, recorded_at DESC, id DESC); ANALYZE pg_temp.seen")
        cursor.execute("SELECT count(*) FROM pg_temp.seen WHERE kind = 'concern'")
        return int(cursor.fetchone()[0])


_REACHED = """
    r.owner_id = %(me)s OR (
        NOT EXISTS (SELECT FROM access_recordexclusion x WHERE x.record_id = r.id AND x.agency_id = %(me)s)
        AND EXISTS (SELECT FROM access_share s WHERE s.record_id = r.id AND s.ended_at IS NULL AND s.audience_id IN
            (SELECT group_id FROM access_standing WHERE user_id = %(user)s)))
"""
_SEEN = f"""
CREATE TEMP TABLE seen AS SELECT r.id, r.kind, r.recorded_at FROM access_record r
WHERE r.kind IN ('concern', 'action') AND ({_REACHED})
"""
_CHILDREN = """
CREATE UNIQUE INDEX ON pg_temp.seen (id); ANALYZE pg_temp.seen;
INSERT INTO pg_temp.seen SELECT r.id, r.kind, r.recorded_at FROM access_record r JOIN pg_temp.seen parent ON parent.id = r.parent_id
WHERE r.kind = 'action' AND NOT EXISTS (SELECT FROM pg_temp.seen s WHERE s.id = r.id)
    AND NOT EXISTS (SELECT FROM access_recordexclusion x WHERE x.record_id = r.id AND x.agency_id = %(me)s)
"""


def _expected(rule: Any, measured: Measured) -> list[UUID]:
    """Return the rows of a page by the rule."""
    with rule.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM pg_temp.seen WHERE kind = ANY(%s) AND {measured.where} "
            "ORDER BY recorded_at DESC, id DESC OFFSET %s LIMIT %s",
            [list(measured.kinds), measured.skip, measured.most],
        )
        return [found for (found,) in cursor.fetchall()]


def _everything(rule: Any, by: Principal, reader: str) -> Row:
    """Compare all that the portal lets a person see with all that the rule does: the whole set, by its sum."""
    sum_of = "SELECT md5(coalesce(string_agg(id::text, '' ORDER BY id), '')) FROM"
    began = time.perf_counter()
    with connection.cursor() as cursor:
        seen, facts = visible_to(by, Concern.objects.all()).values("pk").query.sql_with_params()
        cursor.execute(f"{sum_of} ({seen}) AS seen(id)", facts)
        ours = cursor.fetchone()
    ms = (time.perf_counter() - began) * 1000
    with rule.cursor() as cursor:
        cursor.execute(f"{sum_of} pg_temp.seen WHERE kind = 'concern'")
        theirs = cursor.fetchone()
    return Row(
        "everything in sight", reader, round(ms, 2), round(ms, 2), None, None, None, None, ours == theirs
    )


def _clocks() -> list[Row]:
    """Measure the scan for due steps: with nothing due, and with a hundred; what it writes is undone."""
    idle = [timed(lambda: tick(now=portal_now())) for _ in range(TIMES)]
    busy = []
    for _ in range(5):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE clocks_clock SET next_step_at = portal_now() - interval '1 second' WHERE id IN "
                    "(SELECT id FROM clocks_clock WHERE state = 'running' ORDER BY next_step_at LIMIT 100)"
                )
            busy.append(timed(lambda: tick(now=portal_now())))
            transaction.set_rollback(True)
    return [
        Row(
            name,
            "clockwork",
            round(statistics.median(ms), 2),
            round(max(ms), 2),
            None,
            None,
            None,
            None,
            None,
        )
        for name, ms in (("clock scan, nothing due", idle), ("clock scan, a hundred due", busy))
    ]


def as_dicts(rows: list[Row]) -> list[dict[str, Any]]:
    """Return the rows as they are written down."""
    return [asdict(row) for row in rows]
