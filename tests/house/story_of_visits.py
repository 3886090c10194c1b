"""The story, third part: visits announced and not, proposals to go together, and what providers are asked for.

All of it happens at the moment when everybody looks: after the rest, and with it in one order of time.
"""

from datetime import date
from typing import Any

from access.principal import clockwork
from concerns.rules.sharing import Choice
from providers.models import Provider
from tests.house.stage import NOON, Stage, key
from tests.house.story import says, step
from visits.models import InformationRequest, JointProposal, Visit
from visits.operations.asking import ask_provider, record_answer
from visits.operations.clashing import tell_of_clashes
from visits.operations.joining import answer_proposal, propose_joint_visit
from visits.operations.planning import change_visit, plan_visit
from visits.operations.sharing import share_request, share_visit
from visits.rules.asking import Wish
from visits.rules.planning import Plan

SEATS = Choice(groups=frozenset({("qsg_seats", key("group group"))}), gateway="functions")


def planned(
    stage: Stage, by: str, name: str, provider: str, day: int, *, announced: bool = True, **more: Any
) -> Visit:
    plan = Plan(
        "inspection", None, date(2026, 3, day), date(2026, 3, day + 2), says(name), says(name), **more
    )
    return plan_visit(
        by=stage.by(by),
        now=stage.now,
        provider=Provider.objects.get(pk=stage.provider(provider)),
        plan=plan,
        announced=announced,
    )


def shown_to(stage: Stage, by: str, visit: Visit, choice: Choice) -> Visit:
    return share_visit(by=stage.by(by), now=stage.now, visit=visit, choice=choice, seen=visit.version)


def asked(stage: Stage, by: str, name: str, provider: str) -> InformationRequest:
    wish = Wish(
        "staffing", says(name), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 2), date(2026, 3, 20)
    )
    about = Provider.objects.get(pk=stage.provider(provider))
    return ask_provider(by=stage.by(by), now=stage.now, provider=about, wish=wish)


@step("visit", at=NOON)
def visit(stage: Stage) -> Visit:
    return shown_to(stage, "cqc", planned(stage, "cqc", "visit", "hospital", 16), SEATS)


@step("councils_visit", at=NOON)
def councils_visit(stage: Stage) -> Visit:
    return shown_to(stage, "council", planned(stage, "council", "councils_visit", "hospital", 17), SEATS)


@step("visit_inside", at=NOON)
def visit_inside(stage: Stage) -> Visit:
    return planned(stage, "contributor", "visit_inside", "hospital", 18)


@step("joint_visit", at=NOON)
def joint_visit(stage: Stage) -> Visit:
    parties = frozenset({key("body ccg")})
    return planned(stage, "council", "joint_visit", "home", 24, parties=parties)


@step("unannounced", at=NOON)
def unannounced(stage: Stage) -> Visit:
    """It falls on the days of the others, and makes many of three."""
    made = planned(stage, "cqc", "unannounced", "hospital", 17, announced=False)
    choice = Choice(people=frozenset({stage.at("chair"), stage.at("lead")}), gateway="functions")
    return shown_to(stage, "cqc", made, choice)


@step("unannounced_at_home", at=NOON)
def unannounced_at_home(stage: Stage) -> Visit:
    return planned(stage, "council", "unannounced_at_home", "home", 24, announced=False)


@step("unannounced", at=NOON)
def changed_unannounced(stage: Stage) -> None:
    held = stage.get("unannounced")
    change_visit(
        by=stage.by("cqc"),
        now=stage.now,
        visit=held,
        plan=Plan(
            "inspection", None, date(2026, 3, 17), date(2026, 3, 17), says("unannounced"), says("unannounced")
        ),
        why=says("unannounced"),
        seen=held.version,
    )


@step("joint", "visit", at=NOON)
def joint(stage: Stage) -> JointProposal:
    return propose_joint_visit(
        by=stage.by("council"), now=stage.now, visit=stage.get("visit"), text=says("joint")
    )


@step("joint_unannounced", "unannounced", at=NOON)
def joint_unannounced(stage: Stage) -> JointProposal:
    held = stage.get("unannounced")
    return propose_joint_visit(
        by=stage.by("chair"), now=stage.now, visit=held, text=says("joint_unannounced")
    )


@step("joint_unannounced", "unannounced", at=NOON)
def joint_unannounced_declined(stage: Stage) -> None:
    answer_proposal(
        by=stage.by("cqc"),
        now=stage.now,
        proposal=stage.get("joint_unannounced"),
        accept=False,
        text=says("joint_unannounced"),
    )


@step("request", at=NOON)
def request(stage: Stage) -> InformationRequest:
    made = asked(stage, "council", "request", "hospital")
    return share_request(by=stage.by("council"), now=stage.now, request=made, choice=SEATS, seen=made.version)


@step("request", at=NOON)
def request_answered(stage: Stage) -> None:
    held = stage.get("request")
    record_answer(
        by=stage.by("council"),
        now=stage.now,
        request=held,
        answered_on=date(2026, 3, 2),
        held_where=says("request"),
        seen=held.version,
    )


@step("request_inside", at=NOON)
def request_inside(stage: Stage) -> InformationRequest:
    """The same kind of information, for the same time: what would be found by whoever sees it."""
    return asked(stage, "contributor", "request_inside", "hospital")


@step(at=NOON)
def clashes_are_told(stage: Stage) -> None:
    tell_of_clashes(by=clockwork(stage.now), now=stage.now)
