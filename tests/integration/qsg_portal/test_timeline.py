"""One timeline of a provider: records in sight and what is published, page by page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from providers.levels.operations import agree_withholding, propose_withholding
from providers.models import DirectoryTurn, EarlierName, Licence, Rating, RegulatoryAction
from qsg_portal.pages.timeline import timeline_of
from tests.concerned import NOON, Region, region
from tests.integration.providers.test_closing import named
from tests.integration.providers.test_level_over_time import note, tell
from tests.integration.providers.test_levels import put
from tests.signing_in import sign_in

DAY = timedelta(days=1)
TODAY = date(2026, 3, 3)


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


@pytest.fixture
def told(world) -> Region:
    """One of each that is published, and two concerns that the north sees."""
    place = world.location
    RegulatoryAction.objects.create(
        provider=world.provider, agency=world.cqc, kind="warning_notice", power="x", about="Medicines.",
        starts_on=TODAY - 10 * DAY, ends_on=TODAY - 5 * DAY, published_on=TODAY, published_where="there",
        entered_at=world.now, entered_by=world.people["inspector"],
    )  # fmt: skip
    Rating.objects.create(location=place, overall="good", report_on=TODAY - 20 * DAY, current=True)
    Rating.objects.create(location=place, overall="", report_on=TODAY - 30 * DAY, current=False)
    Rating.objects.create(provider=world.provider, overall="good", current=True)
    EarlierName.objects.create(provider=world.provider, name="Old House", until_on=TODAY - 40 * DAY)
    EarlierName.objects.create(location=place, name="Old Wing", until_on=TODAY - 50 * DAY)
    DirectoryTurn.objects.create(
        provider=world.provider,
        what="status",
        before="open",
        after="closed",
        on=TODAY - 55 * DAY,
        source="ODS file",
    )
    DirectoryTurn.objects.create(location=place, what="moved", before="A", after="B", on=TODAY - 56 * DAY)
    DirectoryTurn.objects.create(
        provider=world.provider, what="address", before="A", after="B", on=TODAY - 57 * DAY
    )
    Licence.objects.create(provider=world.provider, starts_on=TODAY - 60 * DAY, published_where="there")
    world.concern()
    return world


PUBLISHED = [
    ("21 February 2026", "Warning notice, by Care Quality Commission, until the end of 25 February 2026"),
    ("11 February 2026", "Rated by the Care Quality Commission: Good"),
    ("1 February 2026", "Rated by the Care Quality Commission: No overall rating"),
    ("22 January 2026", "It was called Old House until then"),
    ("12 January 2026", "Fictional Ward Block was called Old Wing until then"),
    ("7 January 2026", "It closed"),
    ("6 January 2026", "Fictional Ward Block moved from A to B"),
    ("5 January 2026", "Its address is now B; it was A"),
    ("2 January 2026", "Monitor's licence"),
]


def lines(world, who, **asked) -> list[tuple[str, str]]:
    return [(one.when, one.title) for one in timeline_of(world.by(who), world.provider, **asked).entries]


def test_who_it_is_stands_above_and_a_closure_is_planned_among_the_other_deeds(told):
    page = sign_in(told.people["lead"]).get(reverse("provider", args=[told.provider.pk])).content.decode()
    order = (
        "ODS code",
        "Who buys its services",
        "Groups whose area",
        "Make a quick note",
        "Plan a closure",
        "Timeline",
    )
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_it_holds_what_is_published_and_what_is_in_sight(told):
    for who in ("stranger", "administrator"):
        assert lines(told, who) == PUBLISHED
    seen = timeline_of(told.by("reader"), told.provider)
    assert [(one.when, one.title) for one in seen.entries[1:]] == PUBLISHED
    assert len(seen.records) == 1
    assert timeline_of(told.by("stranger"), told.provider).records == []


def test_one_kind_stands_alone(told):
    assert [title for _, title in lines(told, "reader", kind="rating")] == [
        title for _, title in PUBLISHED[1:3]
    ]
    assert len(lines(told, "reader", kind="concern")) == 1
    assert lines(told, "stranger", kind="concern") == []
    assert lines(told, "administrator", kind="concern") == []
    assert len(lines(told, "reader", kind="directory")) == 6
    assert lines(told, "reader", kind="nonsense") == lines(told, "reader")


def test_it_is_read_page_by_page_in_one_order(told):
    for number in range(60):
        Rating.objects.create(
            location=told.location,
            overall="good",
            report_on=TODAY - number * DAY,
            report=str(number),
            current=False,
        )
    first = timeline_of(told.by("reader"), told.provider)
    pages = [first]
    while pages[-1].page.older:
        pages.append(timeline_of(told.by("reader"), told.provider, mark=pages[-1].page.older))
    all_of_them = [one for page in pages for one in page.entries]
    assert len(all_of_them) == 70
    assert [one.at for one in all_of_them] == sorted((one.at for one in all_of_them), reverse=True)
    back = timeline_of(told.by("reader"), told.provider, mark=pages[1].page.newer)
    assert back.entries == first.entries
    assert not first.page.newer


def test_the_page_shows_it_with_its_kinds(told):
    address = reverse("provider", args=[told.provider.pk])
    mine = sign_in(told.people["reader"]).get(address).content.decode()
    assert "Falls on one ward" in mine
    assert "kind=concern" in mine
    strangers = sign_in(told.people["stranger"]).get(address).content.decode()
    assert "Falls" not in strangers
    administrators = sign_in(told.people["administrator"]).get(address).content.decode()
    assert "kind=concern" not in administrators
    assert "Warning notice, by" in administrators
    nothing = sign_in(told.people["stranger"]).get(address, {"kind": "concern"}).content.decode()
    assert "Nothing of this kind" in nothing


def test_what_was_said_of_a_level_afterwards_is_seen_where_the_level_is(world):
    level = put(world, "enhanced", review_on=date(2026, 4, 3))
    note(propose_withholding, world, level, reason="An inspection is under way.")
    note(agree_withholding, world, level, by="secretariat")
    tell(world, level)
    seen = timeline_of(world.by("worker"), world.provider, kind="surveillance_level")
    assert {one.title for one in seen.entries[:2]} == {
        level.title,
        "Enhanced, in North QSG: the provider is not told yet",
    }
    assert seen.entries[2].title == "The provider was told in writing about “enhanced”"
    assert {one.address for one in seen.entries} == {level.get_absolute_url()}
    assert set(seen.records) == {level.pk}
    for who in ("reader", "stranger"):
        assert timeline_of(world.by(who), world.provider, kind="surveillance_level").entries == []


def test_what_became_of_a_plan_is_seen_where_the_plan_is(world):
    plan = named(world)
    seen = timeline_of(world.by("social_worker"), world.provider, kind="closure_plan")
    assert {one.title for one in seen.entries} == {
        plan.title,
        "Closure of a service: a council that places people was named",
    }
    assert set(seen.records) == {plan.pk}
    assert timeline_of(world.by("stranger"), world.provider, kind="closure_plan").entries == []
