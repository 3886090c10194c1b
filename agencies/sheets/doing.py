"""A sheet's rows, each done through the operations of the pages: what these refuse is a bad row here.

Each row is a trial of its own, so that a bad one leaves nothing behind.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction

from access.principal import Principal
from access.refusals import Invalid, NotPermitted
from agencies import rules as directory
from agencies.models import Agency, Membership, QualitySurveillanceGroup, Role, Seat, SeatKind
from agencies.operations import (
    add_membership,
    add_seat,
    end_membership,
    end_seat,
    keep_membership_on,
    keep_seat_on,
    set_cleared,
)
from agencies.sheets import rules
from agencies.sheets.inviting import Done, Inviting
from agencies.sheets.present import present_to
from agencies.sheets.rules import BAD, CHANGED, ENDED, NEW, UNCHANGED, Row, Told, Unsound, Wanted
from agencies.vacancies.falling import Fall, falls_with, left_without
from timekeeping.london import Span, day_in_words

_ROLES = {code: str(label) for code, label in Role.choices}
_SEATS = {code: str(label) for code, label in SeatKind.choices}


class Sheet(Inviting):
    """One sheet on its way: each row in a trial of its own, so that a bad one leaves nothing behind."""

    def __init__(self, by: Principal, now: datetime, rows: Sequence[Row]) -> None:
        super().__init__(by, now)
        self.rows = rows
        self.about: dict[UUID, int] = {}
        self.changed: dict[int, Membership | Seat] = {}

    def done(self) -> list[Told]:
        """Do every row, ends before what follows on them and the earliest first."""
        sound = self._sound()
        self.stands = present_to(self.by, sound, self.day)
        steps: list[tuple[int, Wanted, Callable[[], Done]]] = []
        for row in sound:
            try:
                turn, work = self._step(row, sound)
            except Unsound as fault:
                self._tell(row, BAD, str(fault))
            else:
                steps.append((turn, row, work))
        for _, row, work in sorted(steps, key=_turn):
            self._try(row, work)
        self._say_what_falls(sound)
        return [self.told[row.number] for row in self.rows]

    def _sound(self) -> list[Wanted]:
        found = []
        for row in self.rows:
            try:
                found.append(rules.wanted(row, roles=_ROLES, seats=_SEATS))
            except Unsound as fault:
                who = row.cells.get(rules.NAME) or row.cells.get(rules.EMAIL, "")
                self.told[row.number] = Told(BAD, row.number, who, str(fault))
        wrong = rules.of_two_people(found)
        for one in found:
            if one.number in wrong:
                self._tell(one, BAD, wrong[one.number])
        return [one for one in found if one.number not in wrong]

    def _tell(self, row: Wanted, outcome: str, words: str, warnings: tuple[str, ...] = ()) -> None:
        self.told[row.number] = Told(outcome, row.number, row.name, words, warnings)

    def _try(self, row: Wanted, work: Callable[[], Done]) -> None:
        try:
            with transaction.atomic():
                self._tell(row, *work())
        except Invalid as refusal:
            self._tell(row, BAD, " ".join(dict.fromkeys(refusal.errors.values())))
        except (NotPermitted, Unsound) as refusal:
            self._tell(row, BAD, str(refusal))

    def _say_what_falls(self, sound: Sequence[Wanted]) -> None:
        """Say what falls with what ends, and who is left without a chair, as its page does, when every row is done."""
        for row in sound:
            held, told = self.changed.get(row.number), self.told[row.number]
            if held is not None and row.ends_on and told.outcome == ENDED:
                fall = (
                    falls_with(held, row.ends_on)
                    if isinstance(held, Membership)
                    else Fall(without=left_without([held], row.ends_on))
                )
                falls = directory.seats_fall(agency=held.agency.name, seats=fall.seats)
                warnings = tuple(directory.last_of_kind(*one) for one in fall.without)
                self._tell(row, ENDED, " ".join([told.words, *falls, *warnings]), warnings)

    def _step(self, row: Wanted, sound: Sequence[Wanted]) -> tuple[int, Callable[[], Done]]:
        """When a row's turn comes, and what it does.

        Raises:
            Unsound: it names nothing that is here, or what cannot be so.
        """
        agency = self._body(row)
        user = self.stands.people.get(row.email)
        if user is None:
            return self._inviting(row, agency, sound)
        if not rules.same_name(user.full_name, row.name):
            raise Unsound(
                f"This address is known here as that of {user.full_name}. A sheet changes no names."
            )
        if row.role:
            held_role = _held(self.stands.roles[user.pk, agency.pk, row.role], row, self.day)
            if held_role is None:
                return 3, lambda: self._give_role(row, agency)
            self._once(held_role.pk, row)
            return 0, lambda: self._change_role(row, held_role, agency)
        group = self._group(row)
        held_seat = _held(self.stands.seats[user.pk, agency.pk, group.pk, row.seat], row, self.day)
        if held_seat is None:
            return 4, lambda: self._give_seat(row, agency, group)
        self._once(held_seat.pk, row)
        return 1 if row.ends_on else 4, lambda: self._change_seat(row, held_seat)

    def _once(self, held: UUID, row: Wanted) -> None:
        """Refuse a second row about one thing that stands: each would undo the other."""
        before = self.about.setdefault(held, row.number)
        if before != row.number:
            raise Unsound(f"Row {before} is about the same thing. Keep one of them.")

    def _body(self, row: Wanted) -> Agency:
        found = self.stands.bodies.get(row.body.lower(), [])
        if not found:
            raise Unsound(f"You look after no body with the name or code “{row.body}”.")
        if len(found) > 1:
            raise Unsound(f"“{row.body}” is the name of several bodies. Use its code.")
        return found[0]

    # Roles

    def _give_role(self, row: Wanted, agency: Agency) -> Done:
        first = row.first or self.day
        add_membership(
            by=self.by,
            now=self.now,
            user=self.stands.people[row.email],
            agency=agency,
            role=row.role,
            starts_on=first,
            ends_on=row.ends_on,
        )
        span = Span(first, row.ends_on)
        return NEW, " ".join(
            directory.membership_starts(person=row.name, agency=agency.name, role=row.role, span=span)
        )

    def _change_role(self, row: Wanted, held: Membership, agency: Agency) -> Done:
        self.changed[row.number] = held
        what = f"the role {_ROLES[row.role].lower()} at {agency}"
        return self._dates(
            row,
            held,
            what,
            on=lambda: keep_membership_on(by=self.by, now=self.now, membership=held),
            end=lambda day: end_membership(by=self.by, now=self.now, membership=held, ends_on=day),
        )

    # Seats

    def _give_seat(self, row: Wanted, agency: Agency, group: QualitySurveillanceGroup) -> Done:
        first, user = row.first or self.day, self.stands.people[row.email]
        add_seat(
            by=self.by,
            now=self.now,
            qsg=group,
            user=user,
            agency=agency,
            kind=row.seat,
            cleared=row.cleared,
            starts_on=first,
            ends_on=row.ends_on,
        )
        return NEW, " ".join(
            directory.seat_starts(
                person=row.name,
                agency=agency.name,
                group=group.name,
                kind=row.seat,
                cleared=row.cleared,
                span=Span(first, row.ends_on),
                others=0,
            )
        )

    def _change_seat(self, row: Wanted, held: Seat) -> Done:
        words, seat = [], held
        if held.cleared != row.cleared:
            if held.ends_on is not None and held.ends_on <= self.day:
                raise Unsound("It has ended, and what was is not rewritten.")
            seat = set_cleared(by=self.by, now=self.now, seat=held, cleared=row.cleared, on=self.day)
            may = "may" if row.cleared else "may no longer"
            words.append(f"{row.name} {may} receive restricted items through this seat at {held.qsg}.")
        self.changed[row.number] = seat
        outcome, more = self._dates(
            row,
            seat,
            f"the seat as {_SEATS[row.seat].lower()} at {held.qsg}",
            on=lambda: keep_seat_on(by=self.by, now=self.now, seat=seat),
            end=lambda day: end_seat(by=self.by, now=self.now, seat=seat, ends_on=day),
        )
        if not words:
            return outcome, more
        return (CHANGED if outcome == UNCHANGED else outcome), " ".join([*words, more]).strip()

    def _dates(
        self,
        row: Wanted,
        held: Membership | Seat,
        what: str,
        *,
        on: Callable[[], None],
        end: Callable[[date], None],
    ) -> Done:
        """Bring the end of what is held to what the row says."""
        if held.ends_on == row.ends_on:
            return UNCHANGED, ""
        if held.ends_on is not None and held.ends_on <= self.day:
            raise Unsound(f"It ended on {day_in_words(held.ends_on)}, and what was is not rewritten.")
        until = day_in_words(row.ends_on) if row.ends_on else ""
        if row.ends_on and (held.ends_on is None or row.ends_on < held.ends_on):
            end(row.ends_on)
            return ENDED, f"From {until}, {row.name} no longer has {what}."
        on()
        if row.ends_on:
            held.refresh_from_db()
            end(row.ends_on)
            return CHANGED, f"{row.name} keeps {what} longer: it ends on {until}."
        return CHANGED, f"{row.name} keeps {what}: no end is known any more."


def _turn(step: tuple[int, Wanted, Callable[[], Done]]) -> tuple[int, date, int]:
    """By kind, then the earliest end first."""
    turn, row, _ = step
    return turn, row.ends_on or date.max, row.number


def _held(rows: Sequence[Any], row: Wanted, day: date) -> Any:
    """What a row is about of what stands: by its first day; without one, what stands today, or will, or ended so.

    What was given again without a day between, such as a seat with other clearance, goes on from the first day.
    """
    if row.first is not None:
        chain = [one for one in rows if one.starts_on == row.first]
        while chain and (after := [one for one in rows if one.starts_on == chain[-1].ends_on]):
            chain += after
        same = (one for one in chain if _is_so(one, row))
        return next(same, chain[-1] if chain else None)
    current = [one for one in rows if Span(one.starts_on, one.ends_on).holds(day)]
    coming = sorted((one for one in rows if one.starts_on > day), key=attrgetter("starts_on"))
    ended = [one for one in rows if _is_so(one, row)]
    return next(iter([*current, *coming, *ended]), None)


def _is_so(one: Any, row: Wanted) -> bool:
    """Whether what stands is as the row says."""
    return bool(one.ends_on == row.ends_on and getattr(one, "cleared", False) == row.cleared)
