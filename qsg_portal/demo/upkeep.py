"""What bodies look after in the demonstration: a readiness declared, one to sign, a review of people, a seat that ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from access.principal import principal_of
from agencies.models import Seat
from agencies.operations import end_seat
from agencies.readiness.models import ReadinessDeclaration
from agencies.readiness.operations import save_draft, sign_declaration
from agencies.readiness.reading import questions_on
from agencies.readiness.rules import Answer
from agencies.reviews.operations import begin_review
from qsg_portal.demo import cast
from qsg_portal.demo.concerns import in_office_hours
from qsg_portal.demo.people import Cast
from timekeeping.london import london_day

SEAT_ENDS_IN = timedelta(days=25)

# fmt: off
OF_THE_FICTIONAL = (
    "The chair and the chief officer opened the discussion, and read the answers before they were signed.",
    "Yes: one page says who acts on which sign, and who stands in for them.",
    "A second volunteer on each visit, and a report within a week of it.",
    "Like our neighbours in visits made; later than they are in telling people what came of what they said.",
    "Yes, with the council and two of three commissioners. The third is met next month.",
    "Mostly. Two homes say that they hear from us only when something is wrong.",
    "Staff and volunteers are asked twice a year. There are no governors here.",
    "A seat at both Safeguarding Boards; with the Royal Colleges only by letter so far.",
    "Each report says which of its promises it touches.",
    "Anybody may stop a decision and ask for a second look; it was done three times this year.",
    "People who use services sit on the board, and bring two stories to each meeting.",
    "Discussed for an hour, with the minute enclosed.",
)
OF_THE_TEAM = (
    "The director takes it to the board, with the chair of the group.",
    "One page of roles, to be agreed with the bodies of the group.",
    "One list for nights and weekends, kept by the secretariat.",
    "To be compared with the region's other groups at its next meeting.",
    "What is not settled in the group goes to the region.",
    "Each body of the group is asked once a year, beginning this quarter.",
    "Staff are asked with the yearly survey.",
    "Through the seats of the group; the Royal Colleges are invited by subject.",
    "It is the first question to each plan that changes a service.",
    "The chair asks at each meeting what nobody has said yet.",
    "Healthwatch raises what it hears as its own concerns, and is told what came of them.",
    "On the board's agenda of this month; the minute will be enclosed.",
)
# fmt: on


def load_readiness(everybody: Cast, *, now: datetime) -> None:
    """A fictional body has declared its state of readiness; the area team's answers wait for its director to sign them."""
    signed, waiting = (in_office_hours(now - timedelta(days=days)) for days in (27, 4))
    draft = _draft(everybody, "successor", cast.SUCCESSOR, OF_THE_FICTIONAL, signed - timedelta(hours=1))
    sign_declaration(
        by=principal_of(everybody.person("successor").pk),
        now=signed,
        agency=draft.agency,
        seen=draft.version,
    )
    _draft(everybody, "secretariat", cast.AREA_TEAM, OF_THE_TEAM, waiting)


def _draft(
    everybody: Cast, by: str, body: cast.Body, texts: Sequence[str], now: datetime
) -> ReadinessDeclaration:
    day = london_day(now)
    return save_draft(
        by=principal_of(everybody.person(by).pk),
        now=now,
        agency=everybody.body(body),
        answers={
            position: Answer(text, f"Fictional paper {position} of the board")
            for position, text in zip(sorted(questions_on(day)), texts, strict=True)
        },
        board_on=day - timedelta(days=7),
    )


def load_upkeep(everybody: Cast, *, now: datetime) -> None:
    """Begin a body's review of its people, which nobody has answered; and say when the LETB's only seat ends.

    The body is one of the story's others, and never a persona's: whom nobody confirms in a month is suspended.
    """
    admin, body = principal_of(everybody.person("admin").pk), everybody.body(cast.SUCCESSOR)
    begin_review(by=admin, now=in_office_hours(now - timedelta(days=5)), agency=body)
    seat = Seat.objects.select_related("qsg", "user", "agency").get(user=everybody.person("letb"))
    end_seat(by=admin, now=now, seat=seat, ends_on=london_day(now) + SEAT_ENDS_IN)
