"""``manage.py drill``: set deadlines and measure what became of them. It runs only inside the rig."""

import json
import random
import secrets
import uuid
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db import connection

from access.models import Record
from accounts.factors import codes_of, make_codes
from accounts.models import User
from agencies.models import Agency, Membership
from clocks.models import Clock
from clocks.rules.steps import INSTANT
from providers.models import Provider
from qsg_portal.database_roles import grant
from qsg_portal.surroundings import CLOCKWORK_ROLE, WEB_ROLE
from reference.models import Entry
from timekeeping import portal_now

BODY = "The drill's body"
PROVIDER = "Fictional Hospital of the drill"
READERS = 40
FROM = date(2013, 4, 1)

_MEASURE = """
WITH step AS (
    SELECT c.id, c.due_at, s.step, s.due_at AS step_due_at, s.recorded_at
    FROM clocks_clock c LEFT JOIN clocks_clockstep s ON s.clock_id = c.id AND s.step IN ('due', 'near')
    WHERE c.kind = %(kind)s
),
missed AS (
    SELECT detail->>'clock' AS clock, count(*) AS times FROM audit_line
    WHERE deed = 'clock.missed' AND detail->>'kind' = %(kind)s GROUP BY 1
),
told AS (
    SELECT l.clockstep_id, m.recipient_id, count(*) AS times
    FROM clocks_clockstep_messages l JOIN notifications_message m ON m.id = l.message_id
    JOIN clocks_clockstep s ON s.id = l.clockstep_id JOIN clocks_clock c ON c.id = s.clock_id
    WHERE c.kind = %(kind)s GROUP BY 1, 2
)
SELECT
    (SELECT count(*) FROM clocks_clock WHERE kind = %(kind)s),
    (SELECT count(*) FROM clocks_clock WHERE kind = %(kind)s AND state <> 'missed'),
    (SELECT count(*) FROM step WHERE recorded_at < step_due_at),
    (SELECT count(*) FROM missed WHERE times > 1) + (SELECT count(*) FROM told WHERE times > 1),
    (SELECT json_agg(extract(epoch FROM recorded_at - step_due_at) ORDER BY due_at, id) FROM step WHERE step = 'due'),
    (SELECT count(*) FROM notifications_delivery d JOIN notifications_message m ON m.id = d.message_id
        JOIN clocks_clock c ON c.id = m.topic WHERE c.kind = %(kind)s),
    (SELECT count(*) FROM notifications_delivery d JOIN notifications_message m ON m.id = d.message_id
        JOIN clocks_clock c ON c.id = m.topic WHERE c.kind = %(kind)s AND d.state <> 'sent'),
    (SELECT json_agg(extract(epoch FROM recorded_at) ORDER BY due_at, id) FROM step WHERE step = 'due')
"""


class Command(BaseCommand):
    """One word of a drill: ``ready``, ``set``, ``past`` or ``measure``; it answers in JSON."""

    help = "Set deadlines for the fault test, and measure them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("word", choices=["ready", "visitors", "set", "past", "measure"])
        parser.add_argument("--kind", default="")
        parser.add_argument("--number", type=int, default=0)
        parser.add_argument(
            "--told", type=int, default=1, help="of so many deadlines one tells somebody by mail"
        )
        parser.add_argument("--wait", type=float, default=5.0, help="seconds until the first is due")
        parser.add_argument("--over", type=float, default=30.0, help="seconds over which they fall due")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = getattr(self, f"_{options['word']}")(options)
        self.stdout.write(json.dumps(answer))

    def _ready(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make a body and its people; give the database's roles what they may do."""
        grant(connection, web=WEB_ROLE, clockwork=CLOCKWORK_ROLE)
        body = Agency.objects.create(kind="ccg", name=BODY)
        for number in range(READERS):
            user = User.objects.create_user(f"hand{number}@drill.example", full_name=f"Hand {number}")
            Membership.objects.create(user=user, agency=body, role="contributor", starts_on=FROM)
        for code, data in _STEPS.items():
            _row(
                "clock_steps", f"drill:{code}", {"clock": "drill", "step": code, "recipients": "hand", **data}
            )
        return {}

    def _visitors(self, options: dict[str, Any]) -> dict[str, Any]:
        """Give the first of these people what they sign in with, and a provider to write about."""
        Provider.objects.get_or_create(
            name=PROVIDER, defaults={"kind": "acute_trust", "fictional": True, "source": "the fault test"}
        )
        now, password = portal_now(), secrets.token_urlsafe(20)
        hashed = make_password(password)
        people = list(User.objects.filter(email__endswith="@drill.example")[: options["number"]])
        for user in people:
            user.password = hashed
            user.save(update_fields=["password"])
            make_codes(user=user, now=now)
        return {"password": password, "people": [[user.email, codes_of(user)[0]] for user in people]}

    def _set(self, options: dict[str, Any]) -> dict[str, Any]:
        """Set deadlines that fall due, at random, within a while from now."""
        first = portal_now() + timedelta(seconds=options["wait"])
        due = [
            first + timedelta(seconds=random.uniform(0, options["over"])) for _ in range(options["number"])
        ]
        self._start(options["kind"], due, options["told"])
        return {"last_due_in": (max(due) - portal_now()).total_seconds()}

    def _past(self, options: dict[str, Any]) -> dict[str, Any]:
        """Set deadlines that fell due while nobody looked: a day of them."""
        now = portal_now()
        self._start(
            options["kind"],
            [now - timedelta(seconds=random.uniform(60, 86400)) for _ in range(options["number"])],
            options["told"],
        )
        return {}

    def _start(self, kind: str, due: list[datetime], told: int) -> None:
        """Write the clocks as if each had been started a day before it is due: thousands, in a second or two."""
        _row("clock_intervals", kind, {**_INTERVAL, "code": kind})
        users = list(User.objects.filter(email__endswith="@drill.example").values_list("pk", flat=True))
        body = Agency.objects.get(name=BODY)
        started = [moment - timedelta(days=1) for moment in due]
        records = Record.objects.bulk_create(
            Record(kind="concern", owner=body, happened_at=moment, recorded_at=moment) for moment in started
        )
        Clock.objects.bulk_create(
            Clock(
                kind=kind,
                family="drill",
                record=record,
                responsible_person_id=None if place % told else users[place % len(users)],
                started_at=record.recorded_at,
                started_recorded_at=record.recorded_at,
                due_at=moment,
                next_step_at=moment + INSTANT,
            )
            for place, (record, moment) in enumerate(zip(records, due, strict=True))
        )

    def _measure(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what became of the deadlines of one kind."""
        with connection.cursor() as cursor:
            cursor.execute(_MEASURE, {"kind": options["kind"]})
            names = ("set", "lost", "early", "doubled", "lateness", "mails", "unsent", "recorded")
            found = dict(zip(names, cursor.fetchone(), strict=True))
        return {**found, "lateness": found["lateness"] or [], "recorded": found["recorded"] or []}


_STEPS = {
    "due": {"at": "due", "effect": "missed"},
}
_INTERVAL = {
    "family": "drill",
    "calendar": "elapsed",
    "amount": "moment",
    "longest": "",
    "label": "A drill",
    "may_be_recorded_late": "yes",
}


def _row(list_code: str, code: str, data: dict[str, str]) -> None:
    Entry.objects.get_or_create(
        list_code=list_code,
        code=code,
        defaults={
            "id": uuid.uuid4(),
            "position": 999,
            "data": data,
            "effective_from": FROM,
            "source": "the fault test",
            "status": "judgement",
        },
    )
