"""On which days a seat counted, since when nobody holds one, and which end soon."""

from collections.abc import Iterable
from datetime import date, timedelta

from timekeeping.london import Span, day_in_words

SOON = timedelta(days=60)
"""How long before its last day a seat is said to end soon: judgement, two meetings of a group that meets monthly."""

WITHOUT = {"chair": "Nobody chairs the group", "secretariat": "Nobody is the group's secretariat"}
"""The seats that every group wants, whoever fills them ("1 seat + chair where asked + secretariat", membership_rules)."""


def counted(seat: Span, full_memberships: Iterable[Span], memberships: Iterable[Span]) -> list[Span]:
    """The days on which a seat counted or will, an account that may sign in taken for granted, in order.

    Args:
        seat: the seat's own days.
        full_memberships: the seat's agency's full memberships of that group.
        memberships: the person's memberships of that agency in a reading role.

    Returns:
        Spans that neither touch nor overlap.
    """
    memberships = list(memberships)
    both = [_within(seat, member, acting) for member in full_memberships for acting in memberships]
    return joined(span for span in both if span)


def _within(*spans: Span) -> Span | None:
    starts = max(span.starts_on for span in spans)
    ends = min((span.ends_on for span in spans if span.ends_on), default=None)
    return Span(starts, ends) if ends is None or starts < ends else None


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap made one, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.starts_on):
        last = found[-1] if found else None
        if last is None or (last.ends_on is not None and last.ends_on < span.starts_on):
            found.append(span)
        elif last.ends_on is not None:
            ends = None if span.ends_on is None else max(last.ends_on, span.ends_on)
            found[-1] = Span(last.starts_on, ends)
    return found


def vacant_since(spans: Iterable[Span], day: date) -> date | None:
    """The first day of a vacancy that stands on a London day: the last end before it.

    None where none ever counted, and where one does on that day: there is no vacancy.
    """
    spans = list(spans)
    if any(span.holds(day) for span in spans):
        return None
    return max((span.ends_on for span in spans if span.ends_on and span.ends_on <= day), default=None)


def ends_soon(spans: Iterable[Span], day: date) -> date | None:
    """The end of what counts on a London day, where it comes within ``SOON``; None where nothing does."""
    running = next((span for span in spans if span.holds(day)), None)
    if running is None or running.ends_on is None or running.ends_on - day > SOON:
        return None
    return running.ends_on


def vacancy_words(sentence: str, *, since: date | None, member_since: date | None) -> str:
    """A gap with since when it stands.

    Args:
        sentence: the gap's.
        since: the first day without anybody; None where nobody ever sat.
        member_since: the first day of the body's membership, where it is a member.
    """
    if since:
        return f"{sentence}, since {day_in_words(since)}"
    if member_since:
        return f"{sentence}, and nobody ever did (member since {day_in_words(member_since)})"
    return sentence


def ending_words(*, person: str, kind: str, agency: str, ends_on: date, day: date) -> str:
    """A seat about to end, by its last day and the days that are left."""
    last = ends_on - timedelta(days=1)
    left = (ends_on - day).days
    when = "today" if left == 1 else f"in {left - 1} {'day' if left == 2 else 'days'}"
    return f"{person}, {kind}, for {agency}: the last day is {day_in_words(last)}, {when}"
