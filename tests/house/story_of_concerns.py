"""The story, first part: concerns of every kind of sharing, and what is said about them."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from access.principal import clockwork
from agencies.contacts.operations import follow_meeting
from agencies.models import Post
from concerns.models import Concern
from concerns.operations.changing import amend_concern, close_concern, supersede_concern, withdraw_concern
from concerns.operations.looking import record_look
from concerns.operations.raising import note_concern, raise_concern, save_choice, save_words, start_draft
from concerns.operations.safety import record_safeguarding
from concerns.operations.saying import comment, corroborate
from concerns.operations.sharing import ask_to_share, share_more
from concerns.operations.writing import content_of
from concerns.rules.content import About, Content
from concerns.rules.sharing import Choice
from providers.importing.operations import preview_import
from providers.levels.operations import set_level
from providers.levels.rules import Proposal
from providers.models import Provider
from tests.house.stage import Stage, key
from tests.house.story import says, step
from timekeeping.london import london_day

INSIDE = Choice()
A_MINUTE = timedelta(minutes=1)


def group(kind: str = "qsg_seats", which: str = "group", **more: Any) -> Choice:
    return Choice(groups=frozenset({(kind, key(f"group {which}"))}), gateway="functions", **more)


def draft(
    stage: Stage, by: str, name: str, *about: str, danger: str = "no", severity: str = "moderate"
) -> Concern:
    """Begin a concern and say everything but who should see it, each step at its own moment."""
    providers = tuple(stage.provider(one) for one in about)
    kind = "provider" if len(providers) == 1 else "theme"
    concern = start_draft(by=stage.by(by), now=stage.now, about=About(kind, providers=providers))
    happened = {
        "headline": says(name, "Night staffing"),
        "narrative": says(name, "Two of three nights"),
        "happened_at": stage.now - timedelta(days=2),
        "precision": "day",
        "danger": danger,
    }
    known = {
        "source_kind": "other",
        "source_other": says(name, "A visit"),
        "reliability": "first_hand",
        "severity": severity,
        "confidence": "seen",
        "dimensions": ("safety",),
    }
    for which, values in (("happened", happened), ("known", known)):
        stage.freeze(stage.now + A_MINUTE)
        concern = save_words(
            by=stage.by(by), now=stage.now, concern=concern, step=which, values=values, seen=concern.version
        )
    return concern


def raised(stage: Stage, by: str, name: str, *about: str, choice: Choice = INSIDE, **more: Any) -> Concern:
    concern = draft(stage, by, name, *about, **more)
    stage.freeze(stage.now + A_MINUTE)
    concern = save_choice(
        by=stage.by(by), now=stage.now, concern=concern, choice=choice, seen=concern.version
    )
    stage.freeze(stage.now + A_MINUTE)
    return raise_concern(by=stage.by(by), now=stage.now, concern=concern, seen=concern.version)


@step("new director")
def new_director(stage: Stage) -> Any:
    """The council and the inspectorate see that they are to meet; nobody else does."""
    return follow_meeting(
        by=clockwork(stage.now), now=stage.now, post=Post.objects.get(pk=key("post director"))
    )


@step("own")
def own(stage: Stage) -> Concern:
    return raised(stage, "contributor", "own", "hospital")


@step("seats")
def seats(stage: Stage) -> Concern:
    return raised(stage, "contributor", "seats", "hospital", choice=group())


@step("cleared")
def cleared(stage: Stage) -> Concern:
    return raised(
        stage, "contributor", "cleared", "hospital", choice=group("qsg_cleared"), severity="serious"
    )


@step("readers")
def readers(stage: Stage) -> Concern:
    return raised(stage, "council", "readers", "home", choice=group("qsg_readers"))


@step("everywhere")
def everywhere(stage: Stage) -> Concern:
    return raised(stage, "cqc", "everywhere", "home", choice=Choice(all_groups=True, gateway="functions"))


@step("regional")
def regional(stage: Stage) -> Concern:
    return raised(stage, "contributor", "regional", "hospital", choice=group("qsg_seats", "region"))


@step("to_a_body")
def to_a_body(stage: Stage) -> Concern:
    choice = Choice(agencies=frozenset({key("body monitor")}), gateway="regulation")
    return raised(stage, "contributor", "to_a_body", "hospital", choice=choice)


@step("to_a_person")
def to_a_person(stage: Stage) -> Concern:
    choice = Choice(people=frozenset({stage.at("neighbour")}), gateway="functions")
    return raised(stage, "contributor", "to_a_person", "hospital", choice=choice)


@step("closed_inside")
def closed_inside(stage: Stage) -> Concern:
    people = frozenset({stage.at("contributor"), stage.at("handler"), stage.at("lead")})
    return raised(
        stage, "contributor", "closed_inside", "hospital", choice=Choice(closed=True, people=people)
    )


@step("closed_and_shared")
def closed_and_shared(stage: Stage) -> Concern:
    people = frozenset({stage.at("contributor")})
    choice = group("qsg_cleared", closed=True, people=people)
    return raised(stage, "contributor", "closed_and_shared", "hospital", choice=choice)


@step("shutting_out")
def shutting_out(stage: Stage) -> Concern:
    choice = group(excluded=frozenset({key("body tda")}))
    return raised(stage, "contributor", "shutting_out", "hospital", choice=choice)


@step("theme")
def theme(stage: Stage) -> Concern:
    return raised(stage, "contributor", "theme", "hospital", "home", choice=group())


@step("draft")
def a_draft(stage: Stage) -> Concern:
    return draft(stage, "contributor", "draft", "hospital")


@step("of_the_neighbour")
def of_the_neighbour(stage: Stage) -> Concern:
    return raised(stage, "neighbour", "of_the_neighbour", "elsewhere", choice=group("qsg_seats", "next"))


@step("of_cqc")
def of_cqc(stage: Stage) -> Concern:
    return raised(stage, "cqc", "of_cqc", "hospital", choice=group("qsg_cleared"))


@step("note")
def note(stage: Stage) -> Concern:
    content = Content(
        headline=says("note"), source_kind="other", source_other=says("note"), danger="not_sure"
    )
    about = About("provider", providers=(stage.provider("home"),))
    return note_concern(by=stage.by("council"), now=stage.now, about=about, content=content)


@step("danger")
def danger(stage: Stage) -> Concern:
    return raised(
        stage,
        "contributor",
        "danger",
        "hospital",
        danger="yes",
        severity="critical",
        choice=group("qsg_cleared"),
    )


@step("danger")
def somebody_was_rung(stage: Stage) -> None:
    record_safeguarding(
        by=stage.by("contributor"),
        now=stage.now,
        record=stage.get("danger").record,
        deed="rang",
        about="adult",
        whom=says("danger", "The duty desk"),
        happened_at=stage.now - timedelta(minutes=5),
    )


@step("of_the_regulated")
def unregistered(stage: Stage) -> Concern:
    concern = start_draft(
        by=stage.by("council"),
        now=stage.now,
        about=About("unregistered", name=says("of_the_regulated", "Night care"), place="Exampletown"),
    )
    values = {
        "headline": says("of_the_regulated"),
        "narrative": says("of_the_regulated"),
        "happened_at": stage.now - timedelta(days=1),
        "precision": "day",
        "danger": "no",
    }
    known = {
        "source_kind": "complaint",
        "reliability": "second_hand",
        "severity": "low",
        "confidence": "heard",
        "dimensions": ("experience",),
    }
    for which, said in (("happened", values), ("known", known)):
        concern = save_words(
            by=stage.by("council"),
            now=stage.now,
            concern=concern,
            step=which,
            values=said,
            seen=concern.version,
        )
    concern = save_choice(
        by=stage.by("council"), now=stage.now, concern=concern, choice=group(), seen=concern.version
    )
    return raise_concern(by=stage.by("council"), now=stage.now, concern=concern, seen=concern.version)


# --- What is said about them ----------------------------------------------------------------------


@step("seats comment")
def a_comment(stage: Stage) -> Any:
    return comment(
        by=stage.by("council"), now=stage.now, concern=stage.get("seats"), text=says("seats comment")
    )


@step("seats narrowed")
def a_narrowed_comment(stage: Stage) -> Any:
    return comment(
        by=stage.by("cqc"),
        now=stage.now,
        concern=stage.get("seats"),
        text=says("seats narrowed"),
        narrowed=True,
    )


@step("seats narrowed to the chair")
def a_comment_for_the_chair(stage: Stage) -> Any:
    return comment(
        by=stage.by("cqc"),
        now=stage.now,
        concern=stage.get("seats"),
        text=says("seats narrowed to the chair"),
        narrowed=True,
        people=[stage.at("chair")],
    )


@step("seats too")
def seen_too(stage: Stage) -> Any:
    return corroborate(
        by=stage.by("council"),
        now=stage.now,
        concern=stage.get("seats"),
        stance="too",
        source_kind="social_worker",
        reliability="record",
        origin="own",
        text=says("seats too"),
    )


@step("cleared opposite")
def seen_otherwise(stage: Stage) -> Any:
    return corroborate(
        by=stage.by("cqc"),
        now=stage.now,
        concern=stage.get("cleared"),
        stance="opposite",
        source_kind="inspection",
        reliability="first_hand",
        origin="unsure",
        text=says("cleared opposite"),
    )


@step("cleared comment")
def a_comment_among_the_cleared(stage: Stage) -> Any:
    return comment(
        by=stage.by("shut_out"), now=stage.now, concern=stage.get("cleared"), text=says("cleared comment")
    )


@step("seats look")
def somebody_looked(stage: Stage) -> Any:
    return record_look(
        by=stage.by("cqc"),
        now=stage.now,
        record=stage.get("seats").record,
        how="visit",
        who=says("seats look", "Two inspectors"),
        text=says("seats look"),
        happened_at=stage.now - timedelta(hours=3),
    )


@step("closed comment")
def a_comment_inside(stage: Stage) -> Any:
    return comment(
        by=stage.by("handler"), now=stage.now, concern=stage.get("closed_inside"), text=says("closed comment")
    )


@step("of_the_neighbour comment")
def a_comment_next_door(stage: Stage) -> Any:
    return comment(
        by=stage.by("next_chair"),
        now=stage.now,
        concern=stage.get("of_the_neighbour"),
        text=says("of_the_neighbour comment"),
    )


# --- What becomes of them -------------------------------------------------------------------------


@step("seats")
def it_is_amended(stage: Stage) -> None:
    held = stage.get("seats")
    content = replace(content_of(held), narrative=says("seats", "Three of four nights, as counted since"))
    amend_concern(by=stage.by("contributor"), now=stage.now, concern=held, content=content, seen=held.version)


@step("later")
def later(stage: Stage) -> Concern:
    return raised(stage, "contributor", "first words of later", "hospital")


@step("later")
def it_is_amended_before_others_see_it(stage: Stage) -> None:
    """Its first words were never in reach of those it is shared with afterwards."""
    held = stage.get("later")
    words = says("later", "Said with care")
    content = replace(content_of(held), headline=words, narrative=words, source_other=words)
    amend_concern(by=stage.by("contributor"), now=stage.now, concern=held, content=content, seen=held.version)


@step("later")
def and_then_shared(stage: Stage) -> None:
    held = stage.get("later")
    share_more(by=stage.by("contributor"), now=stage.now, concern=held, choice=group(), seen=held.version)


@step("own")
def nothing_more_is_said_of_it(stage: Stage) -> None:
    held = stage.get("own")
    content = replace(content_of(held), severity="serious")
    amend_concern(by=stage.by("contributor"), now=stage.now, concern=held, content=content, seen=held.version)


@step("seats")
def a_reader_asks_to_share_it(stage: Stage) -> None:
    ask_to_share(
        by=stage.by("council"), now=stage.now, concern=stage.get("seats"), agency=key("body healthwatch")
    )


@step("withdrawn")
def withdrawn(stage: Stage) -> Concern:
    return raised(stage, "contributor", "withdrawn", "hospital", choice=group())


@step("withdrawn comment")
def a_comment_that_goes_with_it(stage: Stage) -> Any:
    return comment(
        by=stage.by("cqc"), now=stage.now, concern=stage.get("withdrawn"), text=says("withdrawn comment")
    )


@step("withdrawn")
def it_is_withdrawn(stage: Stage) -> None:
    held = stage.get("withdrawn")
    withdraw_concern(
        by=stage.by("contributor"), now=stage.now, concern=held, reason=says("withdrawn"), seen=held.version
    )


@step("done")
def done(stage: Stage) -> Concern:
    return raised(stage, "contributor", "done", "hospital", choice=group())


@step("done")
def it_is_closed(stage: Stage) -> None:
    held = stage.get("done")
    close_concern(
        by=stage.by("lead"),
        now=stage.now,
        concern=held,
        outcome="acted",
        reason=says("done", "It was put right"),
        seen=held.version,
    )


@step("replaced")
def replaced(stage: Stage) -> Concern:
    return raised(stage, "contributor", "replaced", "hospital", choice=group())


@step("replaced", "seats")
def it_is_replaced(stage: Stage) -> None:
    held = stage.get("replaced")
    supersede_concern(
        by=stage.by("contributor"),
        now=stage.now,
        concern=held,
        replacement=stage.get("seats").reference,
        reason=says("replaced", "Said better there"),
        seen=held.version,
    )


# --- How closely providers are watched ------------------------------------------------------------


def level(stage: Stage, by: str, name: str, about: str, which: str, follows: str) -> Any:
    proposal = Proposal(
        level="enhanced",
        reason=says(name, "Three concerns in a month"),
        follows=key(f"body {follows}"),
        review_on=london_day(stage.now) + timedelta(days=20),
        exit_criteria=says(name, "No fall for a month"),
        relied_on=says(name, "What was said at the table"),
        put_to_provider=says(name, "By letter"),
        how="meeting",
        met_on=london_day(stage.now),
    )
    return set_level(
        by=stage.by(by),
        now=stage.now,
        qsg=stage.group(which),
        provider=Provider.objects.get(pk=stage.provider(about)),
        proposal=proposal,
        seen=None,
    )


@step("level")
def level_of_the_hospital(stage: Stage) -> Any:
    return level(stage, "chair", "level", "hospital", "group", "ccg")


@step("level next door")
def level_next_door(stage: Stage) -> Any:
    return level(stage, "next_chair", "level next door", "elsewhere", "next", "other_ccg")


# --- A national file that an administrator looks at -----------------------------------------------


@step()
def a_file_of_trusts_is_previewed(stage: Stage) -> Any:
    rows = [
        f"{code},{name},Y62,QOP,,,,TOWN,,M1 1AA,20130401,,,,,,,,,,,0,,B"
        for code, name in (("RQ1", "NEW EXAMPLE NHS TRUST"), ("RQ2", "=HYPERLINK(1)"), ("R", "NO CODE"))
    ]
    return preview_import(
        by=stage.by("portal_administrator"),
        now=stage.now,
        kind="trusts",
        file=BytesIO("\n".join(rows).encode()),
        name="etr.csv",
    )
