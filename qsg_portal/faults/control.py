"""The control: the same deadlines kept as timers in the broker, and what the same faults do to them.

Celery's own manual says that an ETA is for minutes at most and that a broker is no database. A fault test in which this
way came through unhurt would prove nothing.
"""

import os
import sys
from datetime import UTC, datetime

import psycopg2
from celery import Celery

from qsg_portal.plan import PROJECT

QUEUE = "control"
COMMAND = [
    *(sys.executable, "-m", "celery", "--quiet", "--app", "qsg_portal.faults.control:app", "worker"),
    *(
        "--queues",
        QUEUE,
        "--concurrency",
        "2",
        "--loglevel",
        "critical",
        "--without-gossip",
        "--without-mingle",
    ),
]
FOLDER = PROJECT

app = Celery("control")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", "").replace("unix://", "redis+socket://", 1),
    broker_transport_options={"visibility_timeout": 120, "socket_connect_timeout": 2},
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_default_queue=QUEUE,
    task_publish_retry=False,
)


@app.task(name="control.fire")
def fire(number: int) -> None:
    """Write down that a timer fired."""
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO control_fired (number) VALUES (%s)", [number])


def set_timers(broker_url: str, due: list[float]) -> None:
    """Put a timer in the broker for each deadline, in seconds since 1970."""
    app.conf.broker_url = broker_url.replace("unix://", "redis+socket://", 1)
    for number, moment in enumerate(due):
        fire.apply_async(args=[number], eta=datetime.fromtimestamp(moment, UTC))
