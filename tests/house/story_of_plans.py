"""The story, third part: plans for the end of a service, and what a level's group and its provider said to each other."""

from typing import Any

from providers.closing.operations import (
    decide_plan,
    make_plan,
    name_council,
    note_plan,
    offer_place,
    tell_councils,
)
from providers.closing.rules import CLOSURE, HAND_BACK, RUNNING, Facts
from providers.levels.operations import propose_withholding, record_word
from providers.models import Provider
from tests.house.stage import Stage, key
from tests.house.story import says, step
from timekeeping.london import london_day


def plan(stage: Stage, by: str, name: str, about: str, kind: str, *shared: str) -> Any:
    return make_plan(
        by=stage.by(by),
        now=stage.now,
        provider=Provider.objects.get(pk=stage.provider(about)),
        facts=Facts(kind, says(name, "The home closes"), london_day(stage.now), 14),
        shared=frozenset(shared),
    )


@step("plan")
def plan_of_the_commissioner(stage: Stage) -> Any:
    """The council places people, is named, and is told."""
    made = plan(stage, "contributor", "plan", "hospital", CLOSURE)
    told = {"by": stage.by("contributor"), "now": stage.now}
    made = name_council(**told, plan=made, agency=key("body council"), people=9, seen=made.version)
    made = tell_councils(**told, plan=made, seen=made.version)
    offers = {"provider": stage.provider("home"), "places": 4, "from_on": london_day(stage.now)}
    return offer_place(**told, plan=made, **offers, seen=made.version)


@step("plan for the group")
def plan_for_the_group(stage: Stage) -> Any:
    made = plan(stage, "council", "plan for the group", "home", HAND_BACK, f"group-{key('group group')}")
    return decide_plan(
        by=stage.by("council"),
        now=stage.now,
        plan=made,
        then=RUNNING,
        text=says("plan for the group", "At once"),
        on=london_day(stage.now),
        seen=made.version,
    )


@step("plan next door")
def plan_next_door(stage: Stage) -> Any:
    made = plan(stage, "neighbour", "plan next door", "elsewhere", CLOSURE)
    return note_plan(
        by=stage.by("neighbour"),
        now=stage.now,
        plan=made,
        text=says("plan next door", "Families were met"),
        on=london_day(stage.now),
        seen=made.version,
    )


@step("level")
def the_provider_is_told(stage: Stage) -> Any:
    held = stage.get("level")
    return record_word(
        by=stage.by("chair"),
        now=stage.now,
        level=held,
        kind="told",
        on=london_day(stage.now),
        whose="The chair, for the group",
        text=says("level", "The reasons in full"),
        seen=held.version,
    )


@step("level next door")
def the_provider_is_not_told_yet(stage: Stage) -> Any:
    held = stage.get("level next door")
    return propose_withholding(
        by=stage.by("next_chair"),
        now=stage.now,
        level=held,
        reason=says("level next door", "An inspection is under way"),
        seen=held.version,
    )
