"""When things happen: the worker's rules and the one timetable, in UTC.

A deadline is never a message that waits in the broker: it is a row in the database, and
the tick looks for the rows that are due. The broker only carries "look now"; losing all
of it loses nothing. The ticker does the same looking without a broker at all.
"""

import os
import warnings
from importlib.util import find_spec

from celery import Celery
from celery.platforms import SecurityWarning
from celery.schedules import crontab, schedule
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")

# Whoever starts the portal as root has been told so once already.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("qsg_portal")
app.conf.update(
    broker_url=settings.REDIS_URL.replace("unix://", "redis+socket://", 1),
    # A worker that dies gives its task back after two minutes at most; every task is
    # idempotent and takes under a minute, so that a second run does no harm.
    broker_transport_options={
        "visibility_timeout": 120,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    },
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=50,
    task_time_limit=60,
    worker_prefetch_multiplier=1,
    # A page that wakes the sender never waits for a broker that is away.
    task_publish_retry=False,
    task_ignore_result=True,
    task_default_queue="portal",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
)
app.autodiscover_tasks()

# What is due, and how often somebody looks: name -> (task, when, seconds after which a look is stale).
_LOOKS = {
    # The second look beside the ticker's, which ticks each second: with either one frozen a step is seconds late.
    "deadlines that are due": ("clocks.tasks.tick", schedule(2.0), 10),
    "messages that wait": ("notifications.tasks.send", schedule(5.0), 10),
    "letters about accounts": ("accounts.tasks.send", schedule(10.0), 20),
    "lines of the log without a seal": ("audit.tasks.seal", schedule(10.0), 20),
    "sessions that have ended": (
        "accounts.tasks.forget_ended_sessions",
        crontab(minute="17", hour="3"),
        3600,
    ),
    "marks of forms that were taken": (
        "access.tasks.forget_taken_forms",
        crontab(minute="27", hour="3"),
        3600,
    ),
}


def _timetable() -> dict[str, dict[str, object]]:
    """Return Celery's own form of the timetable, for the apps that have tasks.

    A look that nobody took in time is dropped: after an outage the worker looks once, not a
    thousand times.
    """
    return {
        name: {"task": task, "schedule": when, "options": {"expires": stale}}
        for name, (task, when, stale) in _LOOKS.items()
        if find_spec(task.rpartition(".")[0])
    }


app.conf.beat_schedule = _timetable()
