"""The timeline of a room: every fact, when it happened and, where that was later, when it was written down."""

from collections.abc import Iterator, Mapping
from typing import Any

from concerns.rules.danger import DEED_WORDS
from risk_summits.rules import closing, judging, ring, sealing, stages
from risk_summits.showing.held import Held
from risk_summits.showing.parts import newest_proceedings
from risk_summits.showing.voices import whose

Entry = Mapping[str, Any]


def timeline_of(held: Held) -> list[Entry]:
    """Return what happened, newest first, as far as the reader sees it."""
    entries = [
        *_calling(held),
        *_views(held),
        *_judging(held),
        *_leading(held),
        *_meeting(held),
        *_responding(held),
        *_closing(held),
    ]
    return sorted(entries, key=lambda one: (one["at"], one["recorded_at"]), reverse=True)


def _entry(fact: Any, what: str, *, by: str = "", text: str = "", href: str = "") -> Entry:
    return {
        "at": fact.happened_at,
        "recorded_at": fact.recorded_at,
        "what": what,
        "by": by or (str(fact.by_agency) if fact.by_agency_id else ""),
        "text": text,
        "href": href,
    }


def _calling(held: Held) -> Iterator[Entry]:
    record = held.room.record
    yield {
        "at": record.happened_at,
        "recorded_at": record.recorded_at,
        "what": "The risk summit was called",
        "by": str(record.owner),
        "text": held.room.feared,
    }
    for called in held.called:
        if called.happened_at != record.happened_at:
            yield _entry(called, f"{called.agency} was called", text=called.why)
    for call in held.phone_calls:
        whom = call.clock.responsible_agency or "the group"
        yield _entry(call, f"{call.whom}, of {whom}, was told by phone", by=str(call.by or ""))
    for report in held.dangers:
        words = "People are in danger" if report.answer == "yes" else "People may be in danger"
        yield _entry(report, words, text=report.text)
    for one in held.safety_entries:
        whom = one.whom or one.get_about_display()
        yield {
            "at": one.happened_at,
            "recorded_at": one.recorded_at,
            "what": f"{DEED_WORDS[one.deed]}: {whom}",
            "by": str(one.agency),
        }
    for known in held.known:
        yield _entry(known, "More became known", text=known.text)


def _views(held: Held) -> Iterator[Entry]:
    for view in held.stated:
        shown = view.pk in held.seen_views
        said = f": {held.outcome('stated_view', view.answer)}" if shown else ""
        yield {
            "at": view.record.happened_at,
            "recorded_at": view.record.recorded_at,
            "what": f"{view.agency} stated its view{said}",
            "text": view.text if shown else "",
        }
    if held.room.revealed_at:
        yield {
            "at": held.room.revealed_at,
            "recorded_at": held.room.revealed_at,
            "what": f"The views were revealed: {sealing.REVEALED_BECAUSE[held.room.revealed_because]}",
        }


def _judging(held: Held) -> Iterator[Entry]:
    for one in held.judgements:
        what = held.outcome(judging.LISTS[one.judge], one.code)
        corrected = " (corrected since)" if one.replaced_by_id else ""
        text = f"{one.text}\nCorrected: {one.why_corrected}" if one.replaced_by_id else one.text
        yield _entry(one, f"{whose(one)}: {what}{corrected}", text=text)


def _leading(held: Held) -> Iterator[Entry]:
    for one in held.holdings:
        if one.basis == ring.CONVENOR:
            continue
        yield {
            "at": one.starts_at,
            "recorded_at": one.recorded_at,
            "what": f"{one.agency}: {ring.WORDS[one.basis]}",
        }
    for offer in held.offers:
        yield _entry(offer, f"{offer.agency} was proposed as lead")
        if offer.declined_at:
            yield {
                "at": offer.declined_at,
                "recorded_at": offer.declined_at,
                "what": f"{offer.agency} declined to lead",
                "text": offer.reason,
            }
    for objection in held.objections:
        taken = " (taken back)" if objection.withdrawn_at else ""
        what = f"Objection to {objection.agency} as lead{taken}: {ring.GROUNDS[objection.ground]}"
        yield _entry(objection, what, text=objection.text)
    for handover in held.handovers:
        yield _entry(handover, f"{handover.to} was asked to take over the lead")


def _meeting(held: Held) -> Iterator[Entry]:
    for one in held.meetings:
        proceedings = newest_proceedings(one)
        entry = {
            "at": one.record.recorded_at,
            "recorded_at": one.record.recorded_at,
            "what": f"{one.title} convened",
            "by": str(one.record.owner),
            "href": one.get_absolute_url(),
        }
        if one.opened_at and proceedings:
            entry |= {
                "at": one.opened_at,
                "recorded_at": proceedings.recorded_at,
                "what": f"{one.title} held",
            }
        yield entry


def _responding(held: Held) -> Iterator[Entry]:
    for request in held.impacts:
        yield _entry(request, "CQC asked what a step would do", text=request.step)
        for answer in request.assessments.all():
            if answer.answered_at is None:
                continue
            yield {
                "at": answer.answered_at,
                "recorded_at": answer.recorded_at,
                "what": f"{answer.agency} {'declined' if answer.declined else 'answered'}",
                "text": answer.text,
            }
    for tabled in held.tabled:
        yield _entry(tabled, "A concern was put before the room")


def _closing(held: Held) -> Iterator[Entry]:
    for one in held.gate_answers:
        what = f"{closing.GATES[one.gate]}: {closing.ANSWERS[one.gate].get(one.answer, '')}"
        yield _entry(one, what, text=one.text)
    for criterion in held.criteria:
        yield _entry(criterion, f"Exit criterion set: {criterion.text}")
        if criterion.met_at:
            yield {
                "at": criterion.met_at,
                "recorded_at": criterion.met_recorded_at,
                "what": f"Exit criterion met: {criterion.text}",
                "text": criterion.evidence,
            }
    for word in held.provider_words:
        yield _entry(word, closing.PROVIDER_WORDS[word.kind], text=word.text)
    for withheld in held.withholdings:
        if withheld.agreed_at:
            yield {
                "at": withheld.agreed_at,
                "recorded_at": withheld.agreed_at,
                "what": "It was decided not to tell the provider yet",
                "by": f"{withheld.by} and {withheld.agreed_by}",
                "text": withheld.reason,
            }
    summit = held.room.summit
    if summit.ended_at:
        yield {
            "at": summit.ended_at,
            "recorded_at": summit.ended_at,
            "what": f"The risk summit ended: {stages.WORDS[summit.status].lower()}",
            "text": held.room.learning or held.room.closing_words,
        }
