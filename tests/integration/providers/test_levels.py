"""Setting a level against the real database: who may, who sees it, and how it stands later."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Conflict
from access.refusals import Invalid, NotPermitted
from access.sight import visible_to
from agencies.models import Membership
from audit.models import Line
from clocks.models import Clock
from providers.levels.operations import (
    groups_to_set,
    history_of,
    levels_in,
    not_ended,
    past_levels,
    set_level,
)
from providers.levels.rules import Proposal
from providers.models import ProviderGroup, SurveillanceLevel
from tests.concerned import NOON, Region, region
from tests.signing_in import sign_in

TODAY = date(2026, 3, 3)


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


def proposal(world, level="more_information", **changed):
    usual = {
        "level": level,
        "reason": "Falls go on.",
        "follows": world.cqc.pk,
        "review_on": TODAY + timedelta(days=31),
        "exit_criteria": "No fall with a fracture in eight weeks.",
        "relied_on": "Three concerns.",
        "put_to_provider": "The figures; it agrees.",
        "how": "meeting",
        "met_on": TODAY,
    }
    return Proposal(**{**usual, **changed})


NEWEST = object()


def put(world, level="more_information", by="chair", provider=None, qsg=None, seen=NEWEST, **changed):
    about = {"qsg": qsg or world.north, "provider": provider or world.provider}
    if seen is NEWEST:
        seen = SurveillanceLevel.objects.filter(**about, ended_at=None).values_list("pk", flat=True).first()
    return set_level(
        by=world.by(by), now=world.now, **about, proposal=proposal(world, level, **changed), seen=seen
    )


def test_the_seats_of_the_group_and_of_the_region_see_it_and_nobody_else(world):
    level = put(world)
    seen = {
        n
        for n in world.people
        if visible_to(world.by(n), SurveillanceLevel.objects.filter(pk=level.pk)).exists()
    }
    assert seen == {"worker", "inspector", "volunteer", "social_worker", "chair", "secretariat", "regional"}
    assert level.record.owner == world.north.team
    line = Line.objects.get(deed="level.set")
    assert (line.detail["level"], line.detail["was"]) == ("more_information", "routine")
    assert "Falls" not in str(line.detail)


@pytest.mark.parametrize("name", ["worker", "inspector", "lead", "regional", "stranger", "administrator"])
def test_only_the_chair_and_the_secretariat_of_that_group_set_it(world, name):
    with pytest.raises(NotPermitted, match="Only the chair or the secretariat of North QSG"):
        put(world, by=name)
    assert put(world, by="secretariat").level == "more_information"


def test_a_chair_with_an_interest_or_without_a_reading_role_sets_none(world):
    Conflict.objects.create(user=world.chair, provider=world.provider, starts_on=TODAY)
    with pytest.raises(NotPermitted, match="declared interest"):
        put(world)
    assert groups_to_set(world.by("chair"), world.provider, world.now) == []
    Membership.objects.filter(user=world.secretariat).update(role="agency_administrator")
    with pytest.raises(NotPermitted, match="does not read intelligence"):
        put(world, by="secretariat")


def test_a_provider_of_another_area_has_no_level_there(world):
    ProviderGroup.objects.filter(provider=world.provider).delete()
    with pytest.raises(Invalid, match="does not stand in the area"):
        put(world)


def test_a_level_stays_its_groups_to_keep_or_lower_when_the_provider_goes_over(world, freeze):
    put(world, "enhanced")
    ProviderGroup.objects.filter(provider=world.provider).update(qsg=world.south)
    by, address = world.by("chair"), reverse("providers:set_level", args=[world.provider.pk, world.north.pk])
    assert groups_to_set(by, world.provider, world.now) == [world.north]
    assert sign_in(world.chair).get(address).status_code == 200
    kept = put(world, "enhanced", review_on=date(2026, 3, 20))
    assert put(world, "more_information").level == "more_information"
    with pytest.raises(Invalid, match="no longer stands in the area of North QSG"):
        put(world, "enhanced")
    kept.refresh_from_db()
    assert kept.ended_at
    put(world, "routine")
    assert groups_to_set(by, world.provider, world.now) == []
    assert sign_in(world.chair).get(address).status_code == 404
    with pytest.raises(Invalid, match="does not stand in the area"):
        put(world)


def test_who_may_not_set_it_learns_no_level_from_the_address(world):
    """ "404, not 403" for what is hidden: the answer is the same whether a level stands there or not."""
    ProviderGroup.objects.filter(provider=world.provider).delete()
    address = reverse("providers:set_level", args=[world.provider.pk, world.north.pk])
    before = sign_in(world.stranger).get(address).status_code
    ProviderGroup.objects.create(provider=world.provider, qsg=world.north, source="stated")
    put(world)
    ProviderGroup.objects.filter(provider=world.provider).delete()
    assert sign_in(world.stranger).get(address).status_code == before


def test_another_level_takes_its_place_and_the_history_stays(world, freeze):
    first = put(world)
    world.now = freeze("2026-03-10T12:00Z")
    second = put(world, "enhanced")
    first.refresh_from_db()
    assert first.ended_at == world.now
    by = world.by("worker")
    assert [one.level for one in not_ended(history_of(by, world.provider, world.now))] == [second]
    assert [(one.level, one.standing) for one in past_levels(by, second, world.now)] == [
        (second, "set"),
        (first, "ended"),
    ]


def test_it_lapses_after_its_review_day_without_a_job(world, freeze):
    level = put(world, "enhanced")
    by = world.by("worker")
    for moment, standing, code in (
        ("2026-04-03T22:59Z", "set", "enhanced"),
        ("2026-04-03T23:00Z", "lapsed", "routine"),  # midnight in London, summer time
    ):
        now = freeze(moment)
        (one,) = not_ended(history_of(by, world.provider, now))
        assert (one.level, one.standing, one.code) == (level, standing, code)
    assert levels_in(by, world.north, now) == []


def test_a_lapsed_level_can_be_raised_again_by_the_chair(world, freeze):
    put(world)
    world.now = freeze("2026-04-20T12:00Z")
    again = put(world, how="chair", met_on=None, review_on=date(2026, 5, 1))
    assert again.level == "more_information"


def test_more_information_starts_the_clock_of_going_to_look_and_another_level_stops_it(world):
    level = put(world)
    clock = Clock.objects.get(record=level.record, family="go_and_look")
    assert (clock.kind, clock.responsible_agency) == ("go_and_look_level", world.cqc)
    put(world, "enhanced")
    clock.refresh_from_db()
    assert clock.state == "stopped"


def test_the_chair_and_two_member_bodies_raise_to_enhanced_between_meetings(world):
    with pytest.raises(Invalid) as refused:
        put(world, "enhanced", how="chair", agreed_by=frozenset({world.cqc.pk, world.guest.pk}))
    assert set(refused.value.errors) == {"agreed_by"}
    level = put(world, "enhanced", how="chair", agreed_by=frozenset({world.cqc.pk, world.ccg.pk}))
    assert set(level.agreed_by.all()) == {world.cqc, world.ccg}
    assert level.met_on is None


def test_back_to_routine_keeps_no_owner_and_no_review(world):
    with pytest.raises(Invalid, match="at routine already"):
        put(world, "routine")
    put(world)
    level = put(world, "routine")
    assert (level.follows, level.review_on, level.exit_criteria) == (None, None, "")
    assert levels_in(world.by("worker"), world.north, world.now) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"level": "summit"}, "level"),
        ({"follows": uuid4()}, "follows"),
        ({"review_on": TODAY + timedelta(days=63)}, "review_on"),
        ({"reason": "Mrs A, 999 962 4596"}, "reason"),
        ({"exit_criteria": ""}, "exit_criteria"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(world, changed, field):
    with pytest.raises(Invalid) as refused:
        put(world, **changed)
    assert set(refused.value.errors) == {field}
    assert not SurveillanceLevel.objects.exists()


def test_the_database_holds_one_level_at_a_time(world):
    level = put(world)
    level.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveillanceLevel.objects.filter(pk=put(world, "enhanced").pk).update(level="summit")


def test_a_group_lists_what_counts_the_highest_first_and_the_region_all_of_its_groups(world):
    put(world)
    enhanced = put(world, "enhanced", provider=world.other_provider)
    (first, second) = levels_in(world.by("worker"), world.north, world.now)
    assert (first.level, second.code) == (enhanced, "more_information")
    assert len(levels_in(world.by("regional"), world.region, world.now)) == 2
    assert levels_in(world.by("stranger"), world.north, world.now) == []


# Pages


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address(world, group=None):
    return f"/providers/{world.provider.pk}/level/{(group or world.north).pk}/"


def test_the_chair_sets_it_on_a_page_and_the_provider_shows_it(world):
    client = sign_in(world.chair)
    assert "Set its level in North QSG" in text_of(client.get(f"/providers/{world.provider.pk}/"))
    shown = client.get(address(world))
    assert "Risk summit open" in text_of(shown)
    assert 'value="summit"' not in shown.content.decode()
    shown = client.get(f"{address(world)}?to=more_information")
    assert 'value="2026"' in shown.content.decode(), "the usual review day is there already"
    once = re.search(r'name="once" value="([^"]+)"', shown.content.decode())[1]
    said = {
        "once": once, "reason": "Falls go on.", "follows": str(world.cqc.pk),
        "review_on_day": "3", "review_on_month": "4", "review_on_year": "2026", "exit_criteria": "None in 8 weeks.",
        "how": "meeting", "met_on_day": "3", "met_on_month": "3", "met_on_year": "2026",
    }  # fmt: skip
    answer = client.post(f"{address(world)}?to=more_information", said)
    level = SurveillanceLevel.objects.get()
    assert answer.url == level.get_absolute_url()
    assert client.post(f"{address(world)}?to=more_information", said).url == answer.url
    page = text_of(client.get(answer.url))
    for words in (
        "Falls go on.",
        "Care Quality Commission",
        "lapses by itself after 3 April 2026",
        "days left",
        "Not a finding.",
    ):
        assert words in page, words
    provider = text_of(sign_in(world.worker).get(f"/providers/{world.provider.pk}/"))
    assert "More information wanted" in provider
    assert "until 3 April 2026" in provider
    assert "Set its level" not in provider
    assert "Fictional Hospital" in text_of(sign_in(world.worker).get(f"/groups/{world.north.pk}/"))


def test_an_empty_form_gets_its_sentences(world):
    client = sign_in(world.chair)
    for to in ("", "?to=summit", "?to=forged"):
        assert client.post(address(world) + to, {}).status_code == 422
    answer = text_of(client.post(f"{address(world)}?to=enhanced", {}))
    for sentence in ("Say why", "Choose the member body", "Name the concerns", "Say how it was decided"):
        assert sentence in answer
    between = client.post(
        f"{address(world)}?to=enhanced",
        {
            "how": "chair",
            "reason": "x",
            "follows": str(world.cqc.pk),
            "exit_criteria": "x",
            "relied_on": "x",
            "put_to_provider": "x",
            "review_on_day": "3",
            "review_on_month": "4",
            "review_on_year": "2026",
            "agreed_by": [str(world.cqc.pk)],
        },
    )
    assert "two member bodies agree with the chair" in text_of(between)
    assert "exit_criteria" not in client.get(f"{address(world)}?to=routine").content.decode()


def test_for_whoever_does_not_see_it_it_is_absent(world):
    level = put(world)
    for name, status in (
        ("worker", 200),
        ("regional", 200),
        ("reader", 404),
        ("stranger", 404),
        ("auditor", 404),
    ):
        assert sign_in(world.people[name]).get(level.get_absolute_url()).status_code == status
    assert "Falls go on" not in text_of(sign_in(world.reader).get(f"/providers/{world.provider.pk}/"))


def test_setting_is_refused_in_words_and_absent_for_a_group_of_another_area(world):
    assert "Only the chair" in text_of(sign_in(world.worker).get(address(world)))
    assert sign_in(world.worker).get(address(world)).status_code == 403
    assert sign_in(world.stranger).get(address(world, world.south)).status_code == 404
    assert sign_in(world.chair).get(f"/providers/{uuid4()}/level/{world.north.pk}/").status_code == 404


def test_who_went_and_looked_is_written_on_the_level_and_meets_its_clock(world):
    level = put(world)
    client = sign_in(world.inspector)
    where = f"/concerns/levels/{level.pk}/who-looked/"
    assert client.get(where).status_code == 200
    answer = client.post(where, {"how": "visit", "who": "Two inspectors", "text": "Quiet and well staffed."})
    assert answer.url == level.get_absolute_url()
    assert "Quiet and well staffed." in text_of(client.get(answer.url))
    assert Clock.objects.get(record=level.record, family="go_and_look").state == "met"
    assert sign_in(world.reader).get(where).status_code == 404


def test_the_page_asks_the_same_number_of_questions_for_one_level_and_for_twenty(world, freeze):
    def queries():
        with CaptureQueriesContext(connection) as counted:
            assert (
                client.get(
                    SurveillanceLevel.objects.filter(ended_at=None).get().get_absolute_url()
                ).status_code
                == 200
            )
        return len(counted)

    put(world)
    client = sign_in(world.worker)
    queries()
    one = queries()
    for number in range(19):
        put(world, ("enhanced", "more_information")[number % 2])
    assert queries() <= one


def test_the_page_of_a_group_that_set_none_says_no_more_than_that(world):
    page = text_of(sign_in(world.chair).get(address(world)))
    assert f"{world.north.name} has set no level for this provider." in page
    assert "No level above routine" not in page, "of a summit and of other groups it knows nothing"
    put(world)
    assert "has set no level" not in text_of(sign_in(world.chair).get(address(world)))
