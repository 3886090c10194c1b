"""The log's lines as sentences, with a title only where the reader sees the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access.models import Record
from access.principal import Principal
from access.reach import names_of, rooms_out_of_sight
from access.sight import visible_to
from accounts.models import User
from agencies.models import Agency
from audit.models import Line
from notifications.inbox import things_of

THROUGH = {
    "owner": "as its owner",
    "successor": "as the successor of its owner",
    "named": "named on it",
    "parent": "seeing what it came from",
    "emergency": "by emergency access",
    "safeguarding_lead": "as safeguarding lead",
}


@dataclass(frozen=True)
class Said:
    """One line of the log, said in words.

    Attributes:
        at: when, UTC.
        who: the person and their body, a body's own system, or the clockwork.
        did: what was done, such as "read" or "concern shared".
        what: the record's title if it is in the reader's sight, else "a record", how long a list, or that a list
            showed the one record that is asked about; "" for none.
        address: the record's page, where it is in sight.
        through: the rights by which it was read.
    """

    at: datetime
    who: str
    did: str
    what: str
    address: str
    through: str


def sentences_of(lines: Sequence[Line], by: Principal, *, counted: bool) -> list[Said]:
    """Return the lines in words, in a constant number of queries.

    Args:
        lines: rows of the log that the reader may read.
        by: who reads them; titles stand only where the record is in their own sight.
        counted: say how long a list was. An auditor is told; to people of a record's owner, who ask about that one
            record, the number would tell of others beside it that they do not see.
    """
    users = User.objects.in_bulk({line.user_id for line in lines if line.user_id})
    bodies = Agency.objects.in_bulk({line.agency_id for line in lines if line.agency_id})
    about = {line.record_id for line in lines if line.record_id}
    things = things_of(visible_to(by, Record.objects.filter(pk__in=about)).values_list("pk", flat=True))
    groups = {one for line in lines for one in line.detail.get("through", ()) if isinstance(one, int)}
    names = {one: f"shared with {name}" for one, name in names_of(groups).items()}
    names |= dict.fromkeys(rooms_out_of_sight(by, groups), THROUGH["named"])
    said = []
    for line in lines:
        person = users.get(line.user_id) if line.user_id else None
        body = bodies.get(line.agency_id) if line.agency_id else None
        thing = things.get(line.record_id) if line.record_id else None
        what = thing.title if thing else ("a record" if line.record_id else _listed(line, counted=counted))
        said.append(
            Said(
                at=line.at,
                who=_who(line, person, body),
                did=line.deed.replace(".", " ").replace("_", " "),
                what=what,
                address=thing.get_absolute_url() if thing else "",
                through=_through(line, names),
            )
        )
    return said


def _who(line: Line, person: User | None, body: Agency | None) -> str:
    if line.doer == Line.Doer.TOKEN:
        return f"A system of {body}"
    names = ", ".join(str(one) for one in (person, body) if one)
    return f"{names}, with a token" if names and "token" in line.detail else names or "The portal itself"


def _listed(line: Line, *, counted: bool) -> str:
    shown = len(line.detail.get("shown", ()))
    if shown:
        return f"a list of {shown:,}" if counted else "this, in a list"
    return "a page" if line.deed == "read" else ""


def _through(line: Line, names: dict[int, str]) -> str:
    rights = line.detail.get("through", ())
    return "; ".join(
        dict.fromkeys(
            names.get(one, "shared with an audience") if isinstance(one, int) else THROUGH.get(one, "")
            for one in rights
        )
    )
