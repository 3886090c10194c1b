"""When things happen: the worker's rules and the one timetable, in UTC.

A deadline is never a message that waits in the broker: it is a row in the database, and
the tick looks for the rows that are due. The broker only carries "look now"; losing all
of it loses nothing. The ticker does the same looking without a broker at all.
"""

import os
import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import django
from celery import Celery, bootsteps
from celery.beat import PersistentScheduler
from celery.platforms import SecurityWarning
from celery.schedules import crontab, schedule
from celery.signals import beat_init, before_task_publish, setup_logging, task_prerun, worker_init
from django.conf import settings

from qsg_portal import alive, logs
from qsg_portal.surroundings import CannotStart

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")

# Whoever starts the portal as root has been told so once already.
warnings.filterwarnings("ignore", category=SecurityWarning)

try:
    _broker = settings.REDIS_URL
except CannotStart as refusal:
    sys.exit(str(refusal))

app = Celery("qsg_portal")
app.conf.update(
    broker_url=_broker.replace("unix://", "redis+socket://", 1),
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
    "levels that have lapsed": ("providers.tasks.lapse_levels", crontab(minute="*/10"), 300),
    "bodies that close today": ("successions.tasks.close_bodies", crontab(minute="*/5"), 240),
    "access reviews of the quarter": ("agencies.tasks.begin_reviews", crontab(minute="37"), 600),
    "new Directors": ("agencies.tasks.follow_directors", crontab(minute="7"), 600),
    "interests to be declared": ("agencies.tasks.remind_of_interests", crontab(minute="47"), 600),
    "visits on the same days": ("visits.tasks.look_for_clashes", schedule(60.0), 120),
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


class Timetable(PersistentScheduler):
    """Celery's own, which also says that it is alive."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, and return the seconds until the next."""
        alive.touch()
        seconds: float = super().tick(*args, **kwargs)
        return seconds


class SaysItIsAlive(bootsteps.StartStopStep):
    """Lets the worker's main loop say that it turns: it stands still where a worker hangs or has no broker."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker: Any) -> None:
        """Begin."""
        worker.timer.call_repeatedly(5.0, alive.touch)


app.conf.beat_scheduler = "qsg_portal.celery:Timetable"
app.steps["worker"].add(SaysItIsAlive)


@worker_init.connect
@beat_init.connect
def _start_or_say_why_not(**kwargs: Any) -> None:
    django.setup()
    import_module("qsg_portal.boot").start_or_say_why_not()  # the models exist only now


@setup_logging.connect
def _leave_logging_to_the_settings(**kwargs: Any) -> None:
    """Keep Celery from putting up its own handlers."""


@before_task_publish.connect
def _hand_on_the_request(headers: dict[str, Any], **kwargs: Any) -> None:
    headers["request"] = logs.request.get()


@task_prerun.connect
def _take_on_the_request(task_id: str, task: Any, **kwargs: Any) -> None:
    logs.request.set(getattr(task.request, "request", None) or f"task-{task_id}")
