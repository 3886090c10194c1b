"""When account mail is tried again, and how long sign-in lasts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Whoever asked for a letter a day ago asks again, or asks somebody; what comes later only puzzles them.
LETTER_LIFE = timedelta(days=1)
KEEP_LETTERS = timedelta(days=30)
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)

FEW_CODES = 3


def next_try(tries: int, now: datetime) -> datetime:
    """When to try a letter again after `tries` failures: 30 s, doubling, up to half an hour."""
    wait = FIRST_WAIT * 2 ** min(max(tries, 1) - 1, 10)
    return now + min(wait, LONGEST_WAIT)


@dataclass(frozen=True)
class Limits:
    """When a session ends.

    Attributes:
        ends_at: when it ends if nothing more is done, UTC.
        final_at: when it ends whatever is done, UTC.
        now: the moment this was true, UTC.
        warn_seconds: how long before the end a person is warned.
    """

    ends_at: datetime
    final_at: datetime
    now: datetime
    warn_seconds: int

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.now >= self.ends_at

    @property
    def seconds_left(self) -> int:
        """Seconds until it ends if nothing more is done; 0 when it has."""
        return max(0, int((self.ends_at - self.now).total_seconds()))

    @property
    def seconds_to_absolute(self) -> int:
        """Seconds until it ends whatever is done; 0 when it has."""
        return max(0, int((self.final_at - self.now).total_seconds()))


def limits(
    *,
    began_at: datetime,
    seen_at: datetime,
    now: datetime,
    idle: timedelta,
    absolute: timedelta,
    warn: timedelta,
) -> Limits:
    """Work out when a session ends.

    Args:
        began_at: when the person signed in.
        seen_at: when they last did something.
        now: the moment.
        idle: how long it lasts without activity.
        absolute: how long it lasts whatever is done.
        warn: how long before the end to warn; at least two minutes (WCAG 2.2.1).
    """
    final_at = began_at + absolute
    return Limits(min(seen_at + idle, final_at), final_at, now, int(warn.total_seconds()))


def device_in_words(user_agent: str) -> str:
    """Name a device so that its owner knows it, such as "Firefox on Windows"."""
    browsers = (
        ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    )  # fmt: skip
    systems = (
        ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Mac OS", "a Mac"), ("CrOS", "a Chromebook"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    system = next((name for mark, name in systems if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "An unknown device")
