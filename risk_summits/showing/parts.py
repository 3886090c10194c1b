"""The other parts of a room: what was put before it, actions, meetings, gates, the provider's part, safety."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from access.sight import visible_to
from actions.rules import AIMS, is_overdue
from actions.rules import STATUS_WORDS as ACTION_WORDS
from clocks.models import Clock
from clocks.showing import look_of
from concerns.models import Concern
from meetings.models import Meeting, Proceedings
from meetings.rules import HELD, PRESENT, STATUS_WORDS
from nhsuk.words import listing
from risk_summits.models import GateAnswer, Tabled
from risk_summits.rules import closing, response
from risk_summits.showing.held import Held
from timekeeping.london import due_in_words


def tabled_of(held: Held) -> list[dict[str, Any]]:
    """Return what was put before the room and the reader sees."""
    standing = [one for one in held.tabled if one.ended_at is None]
    concerns = Concern.objects.filter(pk__in=[one.record_id for one in standing])
    things = {one.pk: one for one in visible_to(held.by, concerns.select_related("record__owner"))}

    def mine(one: Tabled) -> bool:
        return things[one.record_id].record.is_of(held.by)

    return [
        {"row": one, "thing": things[one.record_id], "mine": mine(one)}
        for one in standing
        if one.record_id in things
    ]


def actions_by_aim(held: Held) -> list[tuple[str, list[list[Any]]]]:
    """Return what was asked, by the three aims, as far as the reader sees it."""

    def row(one: Any) -> list[Any]:
        overdue = is_overdue(one.status, one.due_at, held.now)
        return [
            {"text": one.title, "href": one.get_absolute_url()},
            f"{one.record.owner} asks {one.asked}",
            "Overdue" if overdue else ACTION_WORDS[one.status],
            due_in_words(one.due_at),
            one.power or None,
        ]

    return [(words, [row(one) for one in held.actions if one.aim == aim]) for aim, words in AIMS.items()]


# Meetings


def meetings_shown(held: Held) -> list[dict[str, Any]]:
    """Return the room's meetings, and by name who was missing where one does not count."""
    found = []
    for meeting in held.meetings:
        lacked = _lacked(held, meeting)
        found.append(
            {
                "row": meeting,
                "status": STATUS_WORDS[meeting.status],
                "lacked": listing(held.named(lacked)) if lacked else "",
                "counts": lacked is not None and not lacked,
            }
        )
    return found


def newest_proceedings(meeting: Meeting) -> Proceedings | None:
    """Return the proceedings in force, of those that were fetched."""
    return max(meeting.proceedings.all(), key=lambda one: one.number, default=None)


def _lacked(held: Held, meeting: Meeting) -> set[UUID] | None:
    """Return the bodies for want of whom a response meeting does not count; None when it is none."""
    proceedings = newest_proceedings(meeting)
    if meeting.status != HELD or proceedings is None:
        return None
    present = {one.agency_id for one in proceedings.attendance.all() if one.presence in PRESENT}
    asked = response.Held(
        meeting.purpose,
        proceedings.opened_at,
        proceedings.closed_at or held.now,
        proceedings.went_on,
        present,
    )
    opened_at = response.response_opened_at(asked, held.failure_at)
    return None if opened_at is None else essential(held, meeting, opened_at) - present


def essential(held: Held, meeting: Meeting | None, opened_at: datetime) -> set[UUID]:
    """Return who has, or had, to be there: ``timing.essential_bodies`` of what was fetched."""
    must = {one.agency_id for one in held.called if one.essential}
    must |= {one.agency_id for one in meeting.essential_bodies.all()} if meeting else set()
    led = [one for one in held.holdings if one.starts_at <= opened_at]
    must |= {led[-1].agency_id} if led else set()
    return must | ({held.room.lead_commissioner_id} if held.room.lead_commissioner_id else set())


# The end


def gates_of(held: Held) -> list[dict[str, Any]]:
    """Return the three questions, open or answered, with what each still lacks."""
    newest: Mapping[str, GateAnswer] = {one.gate: one for one in held.gate_answers}
    return [
        {
            "code": gate,
            "name": closing.GATES[gate],
            "lacks": lacks,
            "row": newest.get(gate),
            "answer": closing.ANSWERS[gate].get(newest[gate].answer, "") if gate in newest else "",
        }
        for gate, lacks in held.gates.items()
    ]


def provider_of(held: Held) -> dict[str, Any]:
    """Return what passed between the room and the provider, and whether it is kept from it."""
    standing = [one for one in held.withholdings if one.ended_at is None]
    proposed = next((one for one in standing if one.agreed_at is None), None)
    return {
        "words": [(one, closing.PROVIDER_WORDS[one.kind]) for one in held.provider_words],
        "withheld": next((one for one in standing if one.agreed_at is not None), None),
        "proposed": proposed,
        "proposed_by_me": proposed is not None and proposed.by_id == held.by.user_id,
    }


def impacts_of(held: Held) -> list[dict[str, Any]]:
    """Return what CQC asked, and each body's answer."""

    def answer(one: Any) -> dict[str, Any]:
        clock: Clock = one.clock
        waits = one.answered_at is None
        mine = held.open and waits and one.agency_id == held.by.agency_id
        return {"row": one, "mine": mine, "waits": waits, "look": look_of(clock, held.now)}

    return [{"row": one, "answers": [answer(each) for each in one.assessments.all()]} for one in held.impacts]


def safety_of(held: Held) -> dict[str, Any]:
    """Return whether anyone may be in danger, who said so, and whether somebody has been rung."""
    answers = {one.answer for one in held.dangers}
    return {
        "danger": bool(answers) or held.flagged,
        "words": "Somebody is in danger" if response.YES in answers else "Somebody may be in danger",
        "reports": held.dangers,
        "lacks": any(held.gates[gate] for gate in closing.SAFEGUARDING_GATES),
    }
