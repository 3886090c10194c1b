"""One dated thing of a provider in a reader's sight: what the rooms of this app give to the provider's timeline."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One line of a timeline, as ``components/timeline.jinja`` draws it.

    Attributes:
        at: the moment; of what only has a day, the beginning of that day in London.
        what: what happened, in a few words.
        kind: whose entry it is: the code of the kind of record.
        href: where it stands.
        by: who did it, in words.
        text: what was said, if anything.
        day: only the day counts.
        recorded_at: when it was written down, where that is another moment.
    """

    at: datetime
    what: str
    kind: str
    href: str = ""
    by: str = ""
    text: str = ""
    day: bool = False
    recorded_at: datetime | None = None
