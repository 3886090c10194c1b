"""A quarter's concerns of the demonstration, told through the portal's own operations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from access.principal import Principal, principal_of
from concerns.models import Concern, GoAndLook
from concerns.operations.changing import close_concern
from concerns.operations.looking import record_look
from concerns.operations.raising import raise_concern, save_choice, save_words, start_draft
from concerns.operations.safety import record_safeguarding
from concerns.operations.saying import comment, corroborate
from concerns.rules import danger
from concerns.rules.content import About
from concerns.rules.sharing import Choice
from qsg_portal.demo import cast
from qsg_portal.demo.people import Cast
from timekeeping.london import LONDON

SEATS, CLEARED, READERS, OWN, CLOSED, REGIONAL, NAMED = (
    "seats",
    "cleared",
    "readers",
    "own",
    "closed",
    "regional",
    "named",
)


@dataclass(frozen=True)
class Told:
    """One concern of the story.

    Attributes:
        by: who raised it, by the mark of the sign-in.
        about: the fictional providers' codes.
        days: how many days ago it was raised.
        shared: one of the ways above.
        echoes: (who, stance, source kind, text) of other bodies that see it too, or not.
        words: (who, text) of comments.
        looked: who went and looked for the body that raised it, and what they found; nobody has, where it is empty.
        closed_as: the outcome, for one that is closed.
    """

    by: str
    about: tuple[str, ...]
    days: int
    headline: str
    narrative: str
    source: str
    severity: str
    confidence: str
    reliability: str = "record"
    dimensions: tuple[str, ...] = ("safety",)
    danger: str = "no"
    shared: str = SEATS
    echoes: tuple[tuple[str, str, str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    looked: tuple[str, ...] = ()
    closed_as: str = ""


MILLGATE, PENNINE, HOLLIN, BEECHWOOD = "ZZX01", "ZZX02", "ZZX03", "ZZX04"
CANAL, MOORSIDE, ASHDOWN, TANDLE, WEAVERS, RIBBLE = "ZZX05", "ZZX06", "ZZX07", "ZZX08", "ZZX09", "ZZX10"
TAME_VALLEY = "ZZX11"

STORY = (
    Told("ccg", (MILLGATE,), 62, "Falls with fractures on one ward, three months running",
         "Contract monitoring shows six falls with a fracture on the care-of-the-elderly ward since the summer, against one in the same months last year. The trust says staffing at night is under review.",
         "contract_monitoring", "serious", "seen",
         echoes=(("bury", "too", "complaint", "Letters from four families to us, the same ward"), ("healthwatch", "too", "enter_and_view", "Our own visit last month")),
         words=(("cqc", "Noted for the next inspection plan. Has the night staffing been checked on an unannounced day?"),)),
    Told("healthwatch", (MILLGATE,), 55, "Relatives not told after a fall",
         "Three families told us separately that they learnt of a fall days later and by chance.",
         "patient_public_engagement", "moderate", "plausible", "second_hand", ("experience",)),
    Told("cqc", (MILLGATE,), 47, "Night staffing below the trust's own plan",
         "On two of three nights looked at, the ward had one registered nurse fewer than planned.",
         "inspection", "serious", "seen", shared=CLEARED),
    Told("ccg", (MILLGATE,), 33, "Serious incident reports arrive late",
         "Reports of serious incidents reach us after five weeks instead of the agreed two.",
         "contract_monitoring", "low", "confirmed", dimensions=("safety",), closed_as="acted"),
    Told("letb", (MILLGATE,), 30, "Trainees left without senior cover at weekends",
         "Feedback from two cohorts names the same weekend rota. Too few to say more without pointing at people.",
         "trainee", "serious", "plausible", "first_hand", ("safety", "effectiveness")),
    Told("tda", (MILLGATE,), 21, "Improvement plan is behind on five of nine milestones",
         "The trust's own report to us. It asked for help with recruiting nurses.",
         "provider_self_report", "moderate", "confirmed", dimensions=("effectiveness",)),
    Told("ccg", (HOLLIN,), 58, "Repeated missed medicines at a care home",
         "Our medicines team found eleven missed doses in two weeks, without lasting effect.",
         "chc", "moderate", "seen",
         echoes=(("council", "too", "social_worker", "Two reviews by our own social workers"),)),
    Told("council", (HOLLIN,), 24, "Safeguarding enquiries have doubled at this home",
         "Nine enquiries this quarter against four; five upheld. Numbers only.",
         "safeguarding_adult", "serious", "confirmed",
         words=(("ccg", "We have paused new placements until your visit."),),
         looked=("Two social workers", "One member of staff for nineteen residents after eight in the evening.")),
    Told("healthwatch", (HOLLIN,), 12, "Residents say there is nobody to ask in the evening",
         "Heard from four residents and two visitors during a visit announced a week before.",
         "enter_and_view", "moderate", "plausible", "first_hand", ("experience",), danger="not_sure"),
    Told("chair", (BEECHWOOD,), 40, "Practice list growing while two partners leave",
         "Two of four partners have given notice; the list grew by eight in a hundred in a year.",
         "contract_monitoring", "moderate", "confirmed", dimensions=("effectiveness", "experience")),
    Told("ccg", (BEECHWOOD,), 19, "Urgent referrals for suspected cancer below what is expected",
         "A third of the rate of practices alike, three quarters in a row. It may be coding.",
         "primary_care_metrics", "moderate", "plausible", dimensions=("effectiveness",),
         echoes=(("chair", "opposite", "primary_care_metrics", "The practice's own audit, seen by us"),)),
    Told("bury", (PENNINE,), 51, "Long waits for a first outpatient visit in cardiology",
         "Waits of over thirty weeks, with two people admitted as emergencies while they waited.",
         "contract_monitoring", "serious", "seen", dimensions=("effectiveness", "safety")),
    Told("monitor", (PENNINE,), 29, "Board does not see ward-level quality figures",
         "Our review of governance found that the board's report stops at divisions.",
         "other", "moderate", "seen", dimensions=("effectiveness",), shared=CLEARED),
    Told("bolton", (PENNINE,), 16, "Good handover between hospital and district nurses",
         "A shared page for wound care cut readmissions by half in six months. Others could use it.",
         "clinical_audit", "none_good", "confirmed", dimensions=("effectiveness",), shared=REGIONAL),
    Told("ccg", (TANDLE,), 36, "Young people placed far from home",
         "Fourteen young people were placed more than sixty miles away this quarter.",
         "contract_monitoring", "moderate", "confirmed", dimensions=("experience",)),
    Told("bolton", (TANDLE,), 9, "Observation records filled in afterwards",
         "A member of staff says checks are written up at the end of the shift.",
         "whistleblower", "serious", "heard", "not_assessable", ("safety",), shared=CLEARED),
    Told("council", (MOORSIDE,), 27, "Visits cut short",
         "Call monitoring shows one visit in four under ten minutes where thirty are bought.",
         "business_concern", "moderate", "seen", dimensions=("experience", "safety")),
    Told("closing", (MOORSIDE,), 15, "Nobody rings when a visit is late",
         "Five people told us that they wait without knowing whether anybody comes, and sit up for it.",
         "patient_public_engagement", "low", "plausible", "second_hand", ("experience",)),
    Told("council", (MOORSIDE,), 7, "Care workers not paid for two weeks",
         "The agency's owner told us. If staff leave, eighty people need other care within days.",
         "financial_viability", "serious", "confirmed", shared=READERS,
         looked=("The contracts manager", "Wages are paid again until the end of the month; the contracts go back.")),
    Told("ccg", (ASHDOWN,), 44, "Transfers out as emergencies after day surgery",
         "Five transfers to the hospital in two months against one or two a year before.",
         "ae_admissions", "moderate", "seen", dimensions=("safety",)),
    Told("cqc", (ASHDOWN,), 14, "No registered manager for six months",
         "The post has been empty since the spring; an application is expected.",
         "statutory_notification", "moderate", "confirmed", dimensions=("safety",)),
    Told("bury", (WEAVERS,), 38, "Pressure sores found at admission to hospital",
         "Four residents in one month. The home's matron disputes two of them.",
         "ae_admissions", "serious", "seen",
         echoes=(("council", "too", "safeguarding_adult", "Two enquiries of our own"),),
         looked=("Two nurses of the community team", "Turning charts are missing for nine nights of fourteen.")),
    Told("healthwatch", (WEAVERS,), 5, "Meals cold and late, people eat in their rooms",
         "Heard on a visit and from one family.",
         "enter_and_view", "low", "plausible", "first_hand", ("experience",)),
    Told("chair", (BEECHWOOD, CANAL), 11, "Practices closing on Wednesday afternoons",
         "Two practices close without telling patients where to go. Looks like a pattern of the area.",
         "patient_public_engagement", "low", "plausible", dimensions=("experience",)),
    Told("ccg2", (CANAL,), 3, "Repeat prescriptions lost twice in a month",
         "A pharmacist told us by telephone; we have asked for dates.",
         "other", "not_known", "heard", "second_hand", ("safety",), shared=OWN),
    Told("ccg", (MILLGATE,), 2, "Draft findings of our own quality visit",
         "Kept among those who made the visit until the trust has checked the facts.",
         "contract_monitoring", "serious", "seen", shared=CLOSED),
    Told("neighbour", (RIBBLE,), 18, "Ambulances wait outside for over an hour",
         "Eleven waits of over an hour in a week, four of them over two.",
         "contract_monitoring", "serious", "seen", dimensions=("safety", "experience")),
)  # fmt: skip


def load_concerns(everybody: Cast, *, now: datetime) -> dict[str, Concern]:
    """Raise the story's concerns at their days, by the people who raise them.

    Returns:
        Each concern by its headline.
    """
    told = {}
    for one in STORY:
        told[one.headline] = _raise(everybody, one, now=in_office_hours(now - timedelta(days=one.days)))
    return told


def in_office_hours(moment: datetime) -> datetime:
    """Return a moment of the same London day, or the Friday before, at which people are at their desks."""
    local = moment.astimezone(LONDON)
    local -= timedelta(days=max(0, local.weekday() - 4))
    return local.replace(hour=9 + local.day % 8, minute=local.day * 7 % 60).astimezone(UTC)


def _raise(everybody: Cast, told: Told, *, now: datetime) -> Concern:
    by = _by(everybody, told.by)
    providers = tuple(everybody.provider(code).pk for code in told.about)
    about = About("provider" if len(providers) == 1 else "theme", providers=providers)
    concern = start_draft(by=by, now=now, about=about)
    by = _by(everybody, told.by)  # asked afresh, as each page does: the draft is in sight now
    happened = {
        "headline": told.headline,
        "narrative": told.narrative,
        "happened_at": now - timedelta(days=4),
        "precision": "day",
        "danger": told.danger,
    }
    known = {
        "source_kind": told.source,
        "source_other": "Told to us in the course of our work" if told.source == "other" else "",
        "reliability": told.reliability,
        "severity": told.severity,
        "confidence": told.confidence,
        "dimensions": told.dimensions,
    }
    for step, values in (("happened", happened), ("known", known)):
        concern = save_words(by=by, now=now, concern=concern, step=step, values=values, seen=concern.version)
    choice = _choice(everybody, told, by)
    concern = save_choice(by=by, now=now, concern=concern, choice=choice, seen=concern.version)
    concern = raise_concern(by=by, now=now, concern=concern, seen=concern.version)
    _afterwards(everybody, told, concern, now=now)
    return concern


def _choice(everybody: Cast, told: Told, by: Principal) -> Choice:
    code = cast.NEIGHBOUR_GROUP if told.by == "neighbour" else cast.HOME_GROUP
    home, region = everybody.group(code).pk, everybody.group(cast.REGION).pk
    ways = {
        SEATS: Choice(groups=frozenset({("qsg_seats", home)}), gateway="functions"),
        CLEARED: Choice(groups=frozenset({("qsg_cleared", home)}), gateway="functions"),
        READERS: Choice(groups=frozenset({("qsg_readers", home)}), gateway="functions"),
        REGIONAL: Choice(groups=frozenset({("qsg_seats", home), ("qsg_seats", region)}), gateway="functions"),
        OWN: Choice(),
        CLOSED: Choice(closed=True, people=frozenset({(by.user_id, by.agency_id)})),  # type: ignore[arg-type]
    }
    return ways[told.shared]


def _afterwards(everybody: Cast, told: Told, concern: Concern, *, now: datetime) -> None:
    for number, (mark, stance, source, text) in enumerate(told.echoes, start=1):
        corroborate(
            by=_by(everybody, mark),
            now=now + timedelta(days=number),
            concern=concern,
            stance=stance,
            source_kind=source,
            reliability="first_hand",
            origin="own",
            text=text + ".",
        )
    for number, (mark, text) in enumerate(told.words, start=1):
        comment(by=_by(everybody, mark), now=now + timedelta(days=number), concern=concern, text=text)
    if told.looked:
        who, found = told.looked
        by, then = _by(everybody, told.by), now + timedelta(days=3)
        record_look(by=by, now=then, record=concern.record, how=GoAndLook.How.VISIT, who=who, text=found)
    if told.danger == "not_sure":
        for deed, whom in ((danger.SAID, ""), (danger.RANG, "The council's adults desk")):
            record_safeguarding(
                by=_by(everybody, told.by),
                now=now + timedelta(minutes=40),
                record=concern.record,
                deed=deed,
                about=danger.ADULT,
                whom=whom,
            )
    if told.closed_as:
        close_concern(
            by=_by(everybody, told.by),
            now=now + timedelta(days=10),
            concern=concern,
            outcome=told.closed_as,
            reason="The trust changed how it reports; the last eight came in time.",
            seen=concern.version,
        )


def _by(everybody: Cast, mark: str) -> Principal:
    return principal_of(everybody.person(mark).pk)
