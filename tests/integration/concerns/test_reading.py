"""What is read of concerns: counts, words, names, panels of the apps above, and who can be found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from access.drafts import open_draft, set_about
from access.newest import MOMENT
from access.refusals import NotNow
from accounts.models import User
from agencies.finding import bodies_called
from agencies.models import Post, QualitySurveillanceGroup
from concerns import panels
from concerns.models import Concern, DangerFlag, SafeguardingEntry
from concerns.operations import reading
from concerns.operations.changing import withdraw_concern
from concerns.operations.lists import shelf
from concerns.operations.looking import record_look
from concerns.operations.places import (
    groups_to_offer,
    own_local_groups,
    people_called,
    providers_called,
)
from concerns.operations.reading import Wanted, concerns_seen, how_many, says
from concerns.operations.safety import record_safeguarding
from concerns.rules import content as rules
from concerns.rules.content import About, Content
from concerns.rules.sharing import Choice
from nhsuk.paging import ListPage, page_of
from tests.concerned import NOON, region
from tests.signing_in import sign_in


@pytest.fixture
def world(freeze):
    return region(freeze(NOON))


@pytest.fixture
def lists(world):
    return shelf(world.now.date())


def test_beyond_a_thousand_nobody_counts(world, lists, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(reading, "COUNTED_MOST", 2)
    seen = concerns_seen(world.by("worker"), Wanted(), lists)
    assert how_many(seen, ListPage([], "", "")) == "0 concerns"
    rows = [world.note()]
    more = ListPage(rows, "", "the rest")
    assert how_many(seen.all(), more) == "1 concern"
    world.note()
    world.note()
    assert how_many(seen.all(), more) == "2+ concerns"
    with django_assert_num_queries(0):
        assert how_many(seen.all(), ListPage(rows, "", "")) == "1 concern"


def test_another_kind_of_source_is_said_and_a_protected_one_is_not(world, lists):
    other = Content(source_kind="other", source_other="A parish newsletter")
    assert says(other, ours=False, shelf=lists)["source"] == "Other: A parish newsletter"
    spoke_up = Content(source_kind="whistleblower", source_other="The night nurse")
    assert says(spoke_up, ours=False, shelf=lists)["source"] == "Not disclosed"
    assert says(spoke_up, ours=True, shelf=lists)["source"] == "Member of staff who spoke up: The night nurse"


def test_a_code_that_no_list_holds_any_more_still_reads(world, lists):
    assert says(Content(severity="gone"), ours=True, shelf=lists)["severity"] == "gone"


def test_when_it_happened_reads_as_exactly_as_it_is_known(world, lists):
    def when(precision, **more):
        words = world.words(happened_at=world.now, precision=precision, **more)
        return says(words, ours=False, shelf=lists)["happened"]

    assert when(rules.MINUTE) == "3 March 2026, midday"
    assert when(rules.DAY) == "3 March 2026"
    assert when(rules.NOT_SAID) == "Not said"
    assert when(rules.MINUTE, source_kind="whistleblower") == "March 2026"


def test_the_source_is_filtered_under_the_name_it_is_shown_by(world, lists):
    assert set(lists.kinds_shown_as("Not disclosed")) == {"whistleblower"}
    assert {"patient", "family_carer", "complaint"} <= set(lists.kinds_shown_as("People using services"))


@pytest.mark.parametrize("person", ["worker", "inspector", "stranger"])
@pytest.mark.parametrize(("rare", "few"), [(5000, 1000), (5000, 1), (0, 1000)])
def test_however_words_are_looked_for_the_same_concerns_are_found(
    world, lists, monkeypatch, person, rare, few
):
    for headline in ("Falls on one ward", "Falls on nights", "Pressure sores"):
        world.concern(words=world.words(headline=headline, narrative="It was seen."))
    by, wanted = world.by(person), Wanted(words="falls")
    everything = concerns_seen(by, wanted, lists)
    monkeypatch.setattr(reading, "RARE", rare)
    monkeypatch.setattr(reading, "FEW", few)
    for size in (1, 5):
        page = page_of(everything, moment=MOMENT, size=size, take=reading.finder(by, wanted))
        assert list(page.rows) == list(page_of(everything, moment=MOMENT, size=size).rows)
    assert len(page.rows) == (0 if person == "stranger" else 2)


def test_things_are_called_by_what_they_are(world):
    concern = world.concern(words=world.words(danger="yes"))
    assert str(concern) == concern.reference
    assert str(concern.versions.get()) == f"{concern.reference}, version 1"
    assert str(concern.changes.get(became="open")) == f"{concern.reference}: open"
    assert str(DangerFlag.objects.get()).startswith("yes on ")
    record_safeguarding(
        by=world.by("worker"), now=world.now, record=concern.record, deed="rang", about="adult", whom="Desk"
    )
    assert str(SafeguardingEntry.objects.get()).startswith("rang on ")
    assert world.draft(steps=()).title.endswith("no title yet")


def test_a_draft_is_said_anew_and_opened_once(world):
    draft = world.draft()
    record = draft.record
    open_draft(record=record, now=world.now, happened_at=world.now, closed=False)
    for again in (
        lambda: open_draft(record=record, now=world.now, happened_at=world.now, closed=False),
        lambda: set_about(record=record, providers=[world.other_provider.pk]),
    ):
        with pytest.raises(NotNow, match="no draft any more"):
            again()


def test_providers_are_found_by_name_code_and_nearly_right_spelling(world):
    world.provider.ods_code = "RXX"
    world.provider.save()
    assert providers_called("rxx")[0] == world.provider
    assert providers_called("Fictonal Hospitl")[0] == world.provider
    assert providers_called("f") == providers_called(" ") == []


def test_bodies_are_found_by_two_letters_and_closed_ones_are_not(world):
    assert world.cqc in bodies_called("care quality")
    assert world.cqc in bodies_called("qual"), "a word of it begins so"
    assert world.cqc not in bodies_called("are"), "no word of it begins so"
    assert bodies_called("healthwatch (") == []
    assert bodies_called("c") == []
    world.cqc.closed_on = world.now.date()
    world.cqc.save()
    assert bodies_called("care quality") == []


def found(world, words, by="worker"):
    who = world.by(by)
    held = people_called(words, near=frozenset(who.seats), agency=who.agency_id, now=world.now)
    return {one.user.full_name for one in held}


def test_people_are_found_among_colleagues_those_who_share_a_group_and_holders_of_posts(world):
    assert found(world, "rita") == {"Rita Reader"}
    assert found(world, "ines") == {"Ines Inspector"}
    assert found(world, "stu str") == set()
    assert found(world, "i") == set()
    Post.objects.create(
        agency=world.neighbour, post="director", user=world.stranger, starts_on=world.now.date()
    )
    assert found(world, "stu str") == {"Stu Stranger"}
    world.stranger.posts.update(starts_on=world.now.date() - timedelta(days=9), ends_on=world.now.date())
    assert found(world, "stu str") == set(), "the post has ended"
    User.objects.filter(pk=world.inspector.pk).update(is_active=False)
    assert found(world, "ines") == set()


def test_a_body_in_many_groups_is_offered_those_of_the_provider(world):
    names = [one.name for one in groups_to_offer([world.provider.pk], world.cqc.pk, world.now)]
    assert names == ["North QSG", "South QSG", "Example Regional QSG"]
    for number in range(3):
        group = QualitySurveillanceGroup.objects.create(
            name=f"Further QSG {number}", tier="local", team=world.south.team, region=world.region
        )
        group.members.create(agency=world.cqc, starts_on=world.now.date())
    names = [one.name for one in groups_to_offer([world.provider.pk], world.cqc.pk, world.now)]
    assert names == ["North QSG", "Example Regional QSG"]


def test_nobodys_body_is_in_no_group(world):
    assert own_local_groups(None, world.now) == []


def test_a_look_at_a_concern_has_its_place_on_the_page(world):
    look = record_look(
        by=world.by("worker"),
        now=world.now,
        record=world.concern().record,
        how="call",
        who="Wes",
        text="Fine.",
    )
    assert look.get_absolute_url() == f"/concerns/{look.record.parent_id}/#said-{look.pk}"


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr(panels, "PANELS", [])
    monkeypatch.setattr(panels, "OFFERS", [])


def test_apps_above_put_parts_and_buttons_on_the_page(world, registered):
    shown = panels.Panel("providers/_levels.jinja", lambda by, concern, now: {"levels": []})
    hidden = panels.Panel("no/such/template.jinja", lambda by, concern, now: None)
    for panel in (shown, hidden, shown):
        panels.add_panel(panel)

    def call(by, concern, now):
        return (
            panels.Button("Call a risk summit", "/call-a-summit/")
            if by.may("summit.trigger", at=concern.record.owner)
            else None
        )

    def refused(by, concern, now):
        return panels.Button("Refer", "", why_not="nobody was asked for advice yet.")

    for offer in (call, call, refused):
        panels.add_button(offer)
    assert (len(panels.PANELS), len(panels.OFFERS)) == (2, 2)
    concern = world.concern()
    page = sign_in(world.lead).get(f"/concerns/{concern.pk}/").content.decode()
    assert "No level above routine is known to you" in page
    assert 'href="/call-a-summit/"' in page
    assert "is not possible now: nobody was asked for advice yet." in page
    assert (
        'href="/call-a-summit/"' not in sign_in(world.worker).get(f"/concerns/{concern.pk}/").content.decode()
    )


def test_what_a_concern_is_about_reads_as_people_say_it(world):
    from providers.models import Provider

    third = Provider.objects.create(name="Fictional Surgery", kind="gp_practice", fictional=True)
    world.concern(about=world.about(world.provider, world.other_provider, third))
    world.concern(about=world.about(world.provider, world.other_provider))
    world.concern(about=About(rules.LOCATION, (world.provider.pk,), world.location.pk))
    world.concern(about=About(rules.UNREGISTERED, name="Rose House", place="by the station"))
    page = sign_in(world.worker).get("/concerns/").content.decode()
    for words in (
        "Fictional Care Home, Fictional Hospital and 1 more",
        "Fictional Care Home and Fictional Hospital",
        "Fictional Ward Block, Fictional Hospital",
        "Rose House, by the station (not registered)",
    ):
        assert words in page


def test_the_owner_reads_with_which_person_it_is_shared(world):
    named = frozenset({(world.inspector.pk, world.cqc.pk)})
    concern = world.concern(choice=Choice(people=named, all_groups=True, gateway="functions"))
    page = sign_in(world.worker).get(f"/concerns/{concern.pk}/").content.decode()
    assert "Ines Inspector, Care Quality Commission" in page
    assert "Everyone with a seat in any group" in page


@pytest.mark.parametrize("page", ["share", "share-with-fewer", "withdraw"])
def test_a_tombstone_is_neither_shared_nor_withdrawn_again(world, page):
    concern = withdraw_concern(
        by=world.by("worker"), now=world.now, concern=world.concern(), reason="Wrong.", seen=1
    )
    answer = sign_in(world.worker).get(f"/concerns/{concern.pk}/{page}/")
    assert answer.status_code == 409
    assert "still stands" in answer.content.decode()


def test_the_database_refuses_a_narrative_that_is_too_long(world):
    from django.db import IntegrityError, transaction

    concern = world.concern()
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.filter(pk=concern.pk).update(narrative="x" * 10_001)


def test_a_person_of_a_successor_reads_the_owners_words(world, lists):
    from access.models import Inheritance

    Inheritance.objects.create(successor=world.neighbour, predecessor=world.ccg, accepted_at=world.now)
    concern = world.concern(choice=Choice(), words=world.words(source_kind="whistleblower"))
    page = sign_in(world.stranger).get(f"/concerns/{concern.pk}/").content.decode()
    assert "Member of staff who spoke up" in page


def test_nothing_that_happened_later_shows_on_an_earlier_day(world, lists):
    world.concern()
    since = Wanted(since=(world.now + timedelta(days=1)).date())
    assert not concerns_seen(world.by("worker"), since, lists).exists()


def test_what_was_left_out_of_an_acceptance_stays_its_first_owners(world):
    record = world.concern().record
    successor = replace(world.by("stranger"), predecessors=frozenset({record.owner_id}))
    assert record.is_of(successor)
    assert not record.is_of(replace(successor, exceptions=frozenset({record.pk})))
    assert not record.is_of(world.by("stranger"))
