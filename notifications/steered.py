"""What the inbox and the mails do with the lists."""

from collections.abc import Iterable

from notifications.events import EVENTS
from notifications.rules import parse_policy
from reference.steering import Row, Unreadable, steers


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers(
        "notification_policy",
        "What is mailed as well, what waits for the morning, what asks to be acknowledged, and what comes once a day.",
        needs=_policies,
        reads=_read,
    )


def _policies() -> Iterable[str]:
    return {event.policy for event in EVENTS.values()}


def _read(row: Row) -> None:
    try:
        parse_policy({key: str(value) for key, value in row.items()})
    except ValueError:
        raise Unreadable("quiet_hours", "Quiet hours must be held or never held.") from None
