"""People whom a sheet names and nobody here knows: invited, with one role and one seat."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from access.principal import Principal
from agencies import rules as directory
from agencies.models import Agency, MembershipInvitation, QualitySurveillanceGroup
from agencies.operations import invite
from agencies.sheets.present import Present
from agencies.sheets.rules import BAD, NEW, UNCHANGED, Told, Unsound, Wanted
from timekeeping.london import london_day

Done = tuple[str, str]
"""What a row came to: its class and its words."""


class Inviting:
    """What a sheet knows on its way, and how it invites."""

    stands: Present

    def __init__(self, by: Principal, now: datetime) -> None:
        self.by, self.now, self.day = by, now, london_day(now)
        self.told: dict[int, Told] = {}

    def _group(self, row: Wanted) -> QualitySurveillanceGroup:
        group = self.stands.groups.get(row.group.lower())
        if group is None:
            raise Unsound(f"There is no group called “{row.group}”.")
        return group

    def _inviting(
        self, row: Wanted, agency: Agency, sound: Sequence[Wanted]
    ) -> tuple[int, Callable[[], Done]]:
        """Invite whoever is not known here: one role, and one seat with it."""
        if not _is_plain(row, self.day):
            raise Unsound(
                "This person has no account yet. Leave the first day, the last day and restricted items blank; give them"
                " once they have joined."
            )
        about = (row.email, row.body.lower())
        theirs = [one for one in sound if (one.email, one.body.lower()) == about and _is_plain(one, self.day)]
        role = next((one for one in theirs if one.role), None)
        seat = next((one for one in theirs if one.seat), None)
        if role is None:
            raise Unsound("They are not known here yet. Give them a role at the body in a row of its own.")
        if row not in (role, seat):
            raise Unsound(
                "One role and one seat go with an invitation. Give the others when they have joined."
            )
        waits = self.stands.invitations.get((row.email, agency.pk))
        if waits is not None:
            return 2, lambda: _as_invited(row, waits)
        if row is seat:
            group = self._group(row)
            return 6, lambda: self._with_invitation(row, role, agency, group)
        return 2, lambda: self._invite(row, seat, agency)

    def _invite(self, row: Wanted, seat: Wanted | None, agency: Agency) -> Done:
        group = self._group(seat) if seat else None
        invite(
            by=self.by,
            now=self.now,
            agency=agency,
            email=row.email,
            full_name=row.name,
            role=row.role,
            qsg=group,
            seat_kind=seat.seat if seat else "",
        )
        said = directory.joining(
            person=row.name,
            agency=agency.name,
            role=row.role,
            group=group.name if group else "",
            seat_kind=seat.seat if seat else "",
        )
        return NEW, f"{row.email} is invited. {' '.join(said)}"

    def _with_invitation(
        self, row: Wanted, role: Wanted, agency: Agency, group: QualitySurveillanceGroup
    ) -> Done:
        if self.told[role.number].outcome == BAD:
            raise Unsound(f"It goes with the invitation of row {role.number}, which is bad.")
        return NEW, f"It goes with the invitation: a seat for {agency} at {group} when they have joined."


def _is_plain(row: Wanted, day: date) -> bool:
    """Whether an invitation can say it all: from the day of the yes, with no end, and no restricted items."""
    return not row.ends_on and not row.cleared and (row.first is None or row.first <= day)


def _as_invited(row: Wanted, waits: MembershipInvitation) -> Done:
    if row.role and waits.role != row.role:
        raise Unsound("They are invited in another role. Withdraw that invitation first.")
    if row.seat and (waits.seat_kind != row.seat or str(waits.qsg).lower() != row.group.lower()):
        raise Unsound("They are invited already, without this seat. Give it when they have joined.")
    return UNCHANGED, "They are invited already."
