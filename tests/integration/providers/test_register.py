"""The regulatory record against the real database: who enters, corrects and ends, and that nothing is overwritten."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from access.models import Conflict
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Agency
from audit.models import Line
from providers.models import EarlierAction, Location, Rating, Registration, RegulatoryAction
from providers.register.operations import correct_action, end_action, enter_action, may_enter, powers_of
from providers.register.reading import published_about, standing_of
from providers.register.rules.actions import Facts
from reference.operations import set_end
from tests.concerned import NOON, Region, person, region

TODAY = date(2026, 3, 3)
DAY = timedelta(days=1)
WARNING = "cqc:intervening:Warning notice"


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


def facts(**changed) -> Facts:
    usual = Facts(
        kind="warning_notice",
        power=WARNING,
        about="Medicines were not given safely.",
        standards=("Regulation 12",),
        inspected_on=TODAY - 20 * DAY,
        comply_by=TODAY + 60 * DAY,
        starts_on=TODAY - 10 * DAY,
        published_on=TODAY - 5 * DAY,
        published_where="https://www.cqc.org.uk/example",
    )
    return replace(usual, **changed)


def enter(world, by="inspector", **changed) -> RegulatoryAction:
    return enter_action(by=world.by(by), now=world.now, provider=world.provider, facts=facts(**changed))


def test_a_regulator_enters_what_it_published_and_the_log_holds_no_word_of_it(world) -> None:
    action = enter(world, location=world.location.pk)
    action.refresh_from_db()
    assert (action.agency, action.entered_by, action.entered_at) == (world.cqc, world.inspector, world.now)
    assert (action.power_words, action.place, action.version) == ("Warning notice", "Fictional Ward Block", 1)
    assert action.facts() == facts(location=world.location.pk)
    line = Line.objects.get(deed="register.entered")
    assert line.detail["kind"] == "warning_notice"
    assert "Medicines" not in str(line.detail)


@pytest.mark.parametrize("name", ["reader", "volunteer", "visitor", "administrator", "auditor"])
def test_whoever_has_no_power_or_no_role_enters_nothing(world, name) -> None:
    assert not may_enter(world.by(name), world.provider)
    with pytest.raises(NotPermitted):
        enter(world, by=name)
    assert not RegulatoryAction.objects.exists()


@pytest.mark.parametrize("name", ["worker", "social_worker", "chair", "stranger"])
def test_a_commissioner_enters_its_own_powers_and_no_regulators(world, name) -> None:
    with pytest.raises(Invalid) as refused:
        enter(world, by=name)
    assert set(refused.value.errors) == {"kind"}
    plain = {"standards": (), "inspected_on": None, "comply_by": None}
    action = enter(world, by=name, kind="contract", power="other", power_said="Stop to placements", **plain)
    assert action.power_words == "Stop to placements"


def test_each_body_is_offered_its_own_powers_and_a_successor_its_predecessors(world) -> None:
    assert WARNING in powers_of(world.cqc, world.now)
    assert powers_of(world.ccg, world.now)["ccg:intervening:Breach of contract"] == "Breach of contract"
    heir = Agency.objects.create(kind="nhs_improvement", name="NHS Improvement")
    assert {code.split(":")[0] for code in powers_of(heir, world.now)} == {"monitor", "nhs_tda"}
    assert "Inspection" not in powers_of(heir, world.now).values()


def test_whoever_has_an_interest_enters_nothing(world) -> None:
    Conflict.objects.create(user=world.inspector, provider=world.provider, starts_on=TODAY)
    with pytest.raises(NotPermitted, match="declared interest"):
        enter(world)
    enter(world, by="cqc_unseated")


def test_a_place_of_another_provider_is_none_of_this_ones(world) -> None:
    elsewhere = Location.objects.create(provider=world.other_provider, name="Elsewhere")
    with pytest.raises(Invalid) as refused:
        enter(world, location=elsewhere.pk)
    assert set(refused.value.errors) == {"location"}


def test_what_looks_like_a_patients_is_asked_about(world) -> None:
    with pytest.raises(Invalid) as refused:
        enter(world, about="Patient 943 476 5919 fell.")
    assert set(refused.value.errors) == {"about"}


def test_what_is_not_published_yet_is_not_entered(world) -> None:
    with pytest.raises(Invalid) as refused:
        enter(world, published_on=TODAY + DAY)
    assert "Only what is published" in refused.value.errors["published_on"]


def correct(
    world, action, by="inspector", reason="An appeal was made", seen=1, **changed
) -> RegulatoryAction:
    return correct_action(
        by=world.by(by), now=world.now, action=action, facts=facts(**changed), reason=reason, seen=seen
    )


def test_a_correction_is_another_version_and_the_one_before_stays(world, freeze) -> None:
    action = enter(world)
    world.now = freeze("2026-03-04T09:00Z")
    corrected = correct(world, action, by="cqc_unseated", appeal="made")
    assert (corrected.pk, corrected.version, corrected.appeal) == (action.pk, 2, "made")
    was = EarlierAction.objects.get(action=action)
    assert (was.version, was.appeal, was.reason, was.entered_by) == (
        1,
        "none",
        "An appeal was made",
        world.inspector,
    )
    assert was.facts() == facts()
    for destroy in (
        lambda: EarlierAction.objects.update(about="Nothing happened"),
        EarlierAction.objects.all().delete,
        RegulatoryAction.objects.filter(pk=enter(world).pk).delete,
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            destroy()


@pytest.mark.parametrize("name", ["worker", "chair", "reader", "administrator"])
def test_only_the_body_whose_power_it_was_corrects_and_ends(world, name) -> None:
    action = enter(world)
    with pytest.raises(NotPermitted, match="Only Care Quality Commission, whose entry this is"):
        correct(world, action, by=name, appeal="made")
    with pytest.raises(NotPermitted):
        end_action(by=world.by(name), now=world.now, action=action, ends_on=TODAY, seen=1)


def test_two_people_at_once_overwrite_nothing(world) -> None:
    action = enter(world)
    correct(world, action, appeal="made")
    with pytest.raises(NotNow, match="Ines Inspector changed this at midday, after you opened it"):
        correct(world, action, by="cqc_unseated", appeal="dismissed")
    assert RegulatoryAction.objects.get().appeal == "made"


def test_a_correction_says_why_and_changes_something(world) -> None:
    action = enter(world)
    for reason, changed, field in (
        (" ", {"appeal": "made"}, "reason"),
        ("x" * 201, {"appeal": "made"}, "reason"),
        ("Patient 943 476 5919", {"appeal": "made"}, "reason"),
        ("Nothing", {}, ""),
        ("Kind", {"kind": "licence"}, "kind"),
    ):
        with pytest.raises(Invalid) as refused:
            correct(world, action, reason=reason, **changed)
        assert set(refused.value.errors) == {field}
    assert not EarlierAction.objects.exists()


def test_an_entry_whose_power_has_ended_since_is_corrected_all_the_same(world, freeze) -> None:
    action = enter(world)
    set_end(list_code="tools_and_levers", code=WARNING, effective_to=TODAY - DAY)
    assert WARNING not in powers_of(world.cqc, world.now)
    assert powers_of(world.cqc, world.now, action)[WARNING] == "Warning notice"
    assert correct(world, action, appeal="made").appeal == "made"
    with pytest.raises(Invalid) as refused:
        enter(world)
    assert set(refused.value.errors) == {"power"}


def test_an_end_is_kept_as_a_version_too_and_comes_once(world) -> None:
    action = enter(world)
    by = world.by("inspector")
    for day in (None, facts().starts_on):
        with pytest.raises(Invalid):
            end_action(by=by, now=world.now, action=action, ends_on=day, seen=1)
    ended = end_action(by=by, now=world.now, action=action, ends_on=TODAY, seen=1)
    assert (ended.ends_on, ended.version, ended.standing(TODAY)) == (TODAY, 2, "ended")
    assert EarlierAction.objects.get().reason == "Ended"
    with pytest.raises(NotNow, match="This ended on 3 March 2026 already"):
        end_action(by=by, now=world.now, action=ended, ends_on=TODAY, seen=2)
    assert {line.deed for line in Line.objects.filter(deed__startswith="register.")} == {
        "register.entered",
        "register.ended",
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"ends_on": TODAY - 30 * DAY},
        {"kind": "nonsense"},
        {"appeal": "nonsense"},
        {"about": ""},
        {"power": "other"},
        {"kind": "licence"},
    ],
)
def test_the_database_holds_the_same(world, changed) -> None:
    action = enter(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegulatoryAction.objects.filter(pk=action.pk).update(**changed)


# --- How it stands ---------------------------------------------------------------------------------------


def rate(world, overall="good", five=("good",) * 5, *, of="location", on=TODAY - 100 * DAY, **more) -> Rating:
    names = ("safe", "effective", "caring", "responsive", "well_led")
    about = {of: world.location if of == "location" else world.provider}
    more = {"current": True, "source": "CQC", **more}
    return Rating.objects.create(
        **about, overall=overall, report_on=on, **dict(zip(names, five, strict=True)), **more
    )


def test_a_provider_of_which_nothing_is_published(world) -> None:
    standing = standing_of(world.provider, world.now)
    assert (standing.rating, standing.tally, standing.inspected, standing.in_force) == (None, [], "", [])
    assert standing.prompts == []


def test_the_rating_of_the_whole_stands_before_its_only_places(world) -> None:
    only = rate(world)
    assert standing_of(world.provider, world.now).rating == only
    whole = rate(world, "requires_improvement", of="provider")
    assert standing_of(world.provider, world.now).rating == whole
    second = Location.objects.create(provider=world.provider, name="Second")
    whole.delete()
    Rating.objects.create(location=second, overall="inadequate", current=True, source="CQC")
    standing = standing_of(world.provider, world.now)
    assert standing.rating is None
    assert [(words, number) for _, words, number in standing.tally] == [("Inadequate", 1), ("Good", 1)]


def test_the_last_inspection_is_the_newest_of_all_its_places(world) -> None:
    Registration.objects.create(provider=world.provider, source="CQC", last_inspected_on=date(2024, 1, 3))
    Registration.objects.create(location=world.location, source="CQC")
    assert standing_of(world.provider, world.now).inspected == "2 years and 2 months ago"
    enter(world)
    assert standing_of(world.provider, world.now).inspected_on == TODAY - 20 * DAY, "an entry says of another"


def test_prompts_rest_on_breaches_that_stand_and_on_ratings_of_its_own(world) -> None:
    enter(world, significant=True)
    enter(world, kind="condition", appeal="allowed", significant=True)
    enter(
        world,
        kind="registration",
        power="other",
        power_said="x",
        standards=(),
        inspected_on=None,
        comply_by=None,
    )
    rate(world, "inadequate", predecessor="1-123456789")
    standing = standing_of(world.provider, world.now)
    assert [(one.code, len(one.rests_on)) for one in standing.prompts] == [("significant", 1)]
    assert {one.kind for one in standing.in_force} == {"warning_notice", "registration"}
    Rating.objects.update(predecessor="")
    assert [one.code for one in standing_of(world.provider, world.now).prompts] == [
        "significant",
        "inadequate",
    ]


@pytest.mark.parametrize(
    ("over", "registration"),
    [
        ({"status": "closed"}, {}),
        ({}, {"deregistered": True}),
        ({}, {"deregistered": True, "deregistered_on": TODAY}),
    ],
)
def test_what_closed_or_is_registered_no_longer_has_no_rating_now_and_prompts_nothing(
    world, over, registration
) -> None:
    rate(world, "inadequate")
    enter(world, location=world.location.pk, significant=True)
    standing = standing_of(world.provider, world.now)
    assert [one.code for one in standing.prompts] == ["significant", "inadequate"]
    Registration.objects.create(
        location=world.location, source="CQC", last_inspected_on=date(2025, 3, 3), **registration
    )
    Location.objects.filter(pk=world.location.pk).update(**over)
    standing = standing_of(world.provider, world.now)
    assert (standing.rating, standing.tally, standing.prompts) == (None, [], [])
    assert standing.inspected == "20 days ago", "the inspection of the entry"
    assert len(standing.in_force) == 1  # until it ends, which its regulator says
    rated, _ = published_about(world.provider, [world.location])
    assert [one.overall for one in rated[world.location.pk]] == ["inadequate"]


def test_a_registration_that_will_end_stands_until_then(world) -> None:
    rate(world, "inadequate")
    Registration.objects.create(
        location=world.location, source="CQC", deregistered=True, deregistered_on=TODAY + DAY
    )
    assert standing_of(world.provider, world.now).tally == [("inadequate", "Inadequate", 1)]
    world.provider.status = "closed"
    assert standing_of(world.provider, world.now).tally == [("inadequate", "Inadequate", 1)]


def test_what_was_replaced_counts_for_nothing(world) -> None:
    rate(world, "inadequate", current=False, replaced_at=world.now)
    assert standing_of(world.provider, world.now).prompts == []


def test_it_takes_the_same_questions_however_much_there_is(world) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            standing_of(world.provider, world.now)
        return len(questions)

    enter(world)
    rate(world)
    before = asked()
    for number in range(5):
        enter(world, kind="condition", about=f"The {number}th")
        place = Location.objects.create(provider=world.provider, name=f"Place {number}")
        Rating.objects.create(location=place, overall="good", current=True, source="CQC")
        Registration.objects.create(location=place, source="CQC")
    assert asked() == before


@pytest.mark.parametrize("of", [{}, {"provider": True, "location": True}])
def test_a_rating_is_of_a_provider_or_of_a_place(world, of) -> None:
    about = {name: getattr(world, name) for name in of}
    for kind, more in ((Rating, {"current": True}), (Registration, {})):
        with pytest.raises(IntegrityError), transaction.atomic():
            kind.objects.create(**about, **more, source="CQC")


def test_one_rating_is_current_and_each_is_one_that_is_known(world) -> None:
    rate(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        rate(world, on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        rate(world, "splendid", current=False, on=TODAY)


def test_a_colleague_who_left_enters_nothing(world) -> None:
    left = person("Gone Inspector", world.cqc, "contributor")
    left.memberships.update(ends_on=TODAY)
    world.people["gone"] = left
    with pytest.raises(NotPermitted):
        enter(world, by="gone")
