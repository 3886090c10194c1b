"""Changing seats, members, roles and posts from the browser: the sentence first, then the yes."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from access.models import Conflict
from accounts.models import User
from agencies.models import Membership, PortalRole, Post, QSGMember, Seat
from audit.models import Line
from providers.models import Provider
from reference.operations import load_lists
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    World,
    belongs,
    client_as,
    dated,
    sits,
    submit,
    text_of,
)


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    load_lists()


@pytest.fixture
def portal(world: World) -> Client:
    return client_as(world.portal_admin)


@pytest.fixture
def body(world: World) -> Client:
    return client_as(world.body_admin)


def seat_fields(user: User, agency: object, **more: str) -> dict[str, str]:
    return {
        "person": f"{user.pk}.{agency.pk}",
        "kind": "representative",
        "cleared": "no",
        **dated("starts_on", TODAY),
        **more,
    }


def test_a_seat_is_given_after_its_sentence_was_read(world: World, portal: Client):
    address = reverse("agencies:add_seat", args=[world.group.pk])
    assert "Ann Lee, NHS Example CCG" in text_of(portal.get(address))
    said = text_of(portal.post(address, seat_fields(world.ann, world.ccg)))
    assert "From 3 March 2026, Ann Lee represents NHS Example CCG at Example QSG." in said
    assert not Seat.objects.exists()  # only said, not done
    assert not Line.objects.filter(deed="seat.started").exists()
    answer = submit(portal, address, **seat_fields(world.ann, world.ccg))
    assert answer["Location"] == reverse("group", args=[world.group.pk])
    assert Seat.objects.get().user == world.ann


def test_where_nothing_is_filled_in_the_sentence_is_there_at_once(world: World, portal: Client):
    seat = sits(world.ann, world.ccg, world.group, ends_on=date(2026, 4, 1))
    address = reverse("agencies:keep_seat", args=[seat.pk])
    page = portal.get(address)
    assert "Check what will happen" in text_of(page)
    assert "Continue" not in text_of(page)
    assert "Change this" not in text_of(page)
    seat.refresh_from_db()
    assert seat.ends_on == date(2026, 4, 1), "it was tried, and undone"
    once = re.search(r'name="once" value="([^"]+)"', page.content.decode())[1]
    assert portal.post(address, {"sure": "yes", "once": once}).status_code == 302
    seat.refresh_from_db()
    assert seat.ends_on is None
    refused = portal.get(address)
    assert refused.status_code == 409
    assert "Check what will happen" not in text_of(refused)


def test_the_same_yes_twice_gives_one_seat(world: World, portal: Client):
    address = reverse("agencies:add_seat", args=[world.group.pk])
    shown = portal.post(address, seat_fields(world.ann, world.ccg)).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', shown)[1]
    given = {**seat_fields(world.ann, world.ccg), "sure": "yes", "once": once}
    assert [portal.post(address, given).status_code for _ in range(3)] == [302, 302, 302]
    assert Seat.objects.count() == 1


def test_what_was_typed_can_be_changed_before_the_yes(world: World, portal: Client):
    address = reverse("agencies:add_seat", args=[world.group.pk])
    answer = portal.post(address, {**seat_fields(world.ann, world.ccg), "again": "yes"})
    assert answer.status_code == 200
    assert "Check what will happen" not in text_of(answer)
    assert 'value="representative" checked' in answer.content.decode()


def test_a_refusal_comes_before_the_sentence(world: World, portal: Client):
    sits(world.ann, world.ccg, world.group)
    address = reverse("agencies:add_seat", args=[world.group.pk])
    said = text_of(submit(portal, address, expect=422, **seat_fields(world.ann, world.ccg)))
    assert "Ann Lee has this seat on some of these days." in said
    said = text_of(
        submit(portal, address, expect=422, **seat_fields(world.ann, world.ccg, starts_on_year="2020"))
    )
    assert "Choose today or a later day" in said


def test_a_seat_for_somebody_who_cannot_be_chosen_is_refused_like_an_absent_one(world: World, portal: Client):
    address = reverse("agencies:add_seat", args=[world.group.pk])
    stranger = submit(portal, address, expect=422, **seat_fields(world.bob, world.ccg))
    nobody = submit(portal, address, expect=422, **seat_fields(world.bob, world.other))
    assert text_of(stranger) == text_of(nobody)


def test_a_bodys_administrator_chooses_among_their_own_people(world: World, body: Client):
    QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
    belongs(world.bob, world.other)
    address = reverse("agencies:add_seat", args=[world.group.pk])
    said = text_of(body.get(address))
    assert "Ann Lee" in said
    assert "Bob May" not in said
    refused = submit(body, address, expect=403, **seat_fields(world.ann, world.ccg, kind="chair"))
    assert "portal's administrator" in text_of(refused)


def test_the_list_of_people_may_be_narrowed_to_a_body(world: World, portal: Client):
    QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
    belongs(world.bob, world.other)
    said = text_of(
        portal.get(reverse("agencies:add_seat", args=[world.group.pk]), {"body": str(world.other.pk)})
    )
    assert "Bob May" in said
    assert "Ann Lee" not in said


def test_a_reader_may_change_nothing(world: World):
    client = client_as(world.ann)
    seat = sits(world.body_admin, world.ccg, world.group)
    member = QSGMember.objects.get()
    for address in (
        reverse("agencies:add_seat", args=[world.group.pk]),
        reverse("agencies:add_member", args=[world.group.pk]),
        reverse("agencies:end_member", args=[member.pk]),
        reverse("agencies:end_seat", args=[seat.pk]),
        reverse("agencies:change_cleared", args=[seat.pk]),
        reverse("agencies:people"),
        reverse("agencies:invite"),
        reverse("agencies:appoint", args=[world.ccg.pk]),
    ):
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"sure": "yes", "when": "now"}).status_code == 403, address
    assert Seat.objects.get().ends_on is None
    # whose page it is stays unknown to who may not look
    assert client.get(reverse("agencies:person", args=[world.bob.pk])).status_code in (403, 404)


def test_a_seat_ends_now_or_after_a_last_day(world: World, portal: Client):
    seat = sits(world.ann, world.ccg, world.group)
    address = reverse("agencies:end_seat", args=[seat.pk])
    said = text_of(portal.post(address, {"when": "later", **dated("last_day", date(2026, 3, 31))}))
    assert "From 1 April 2026, Ann Lee no longer sits at Example QSG for NHS Example CCG." in said
    assert "show a gap" in said
    assert "Enter the last day" in text_of(submit(portal, address, expect=422, when="later"))
    submit(portal, address, when="now")
    seat.refresh_from_db()
    assert seat.ends_on == TODAY


def test_a_person_may_give_up_their_own_seat_from_the_browser(world: World):
    seat = sits(world.ann, world.ccg, world.group)
    client = client_as(world.ann)
    assert "End the seat of Ann Lee" in text_of(client.get(reverse("group", args=[world.group.pk])))
    submit(client, reverse("agencies:end_seat", args=[seat.pk]), when="now")
    seat.refresh_from_db()
    assert seat.ends_on == TODAY


def test_what_a_seat_receives_is_changed(world: World, portal: Client):
    seat = sits(world.ann, world.ccg, world.group)
    address = reverse("agencies:change_cleared", args=[seat.pk])
    said = text_of(portal.post(address, {"cleared": "yes"}))
    assert "Ann Lee may receive restricted items" in said
    submit(portal, address, cleared="yes")
    changed = Seat.objects.get(ends_on=None)
    assert changed.cleared
    assert "may no longer receive" in text_of(
        portal.post(reverse("agencies:change_cleared", args=[changed.pk]), {"cleared": "no"})
    )


def test_a_body_joins_and_leaves_a_group(world: World, portal: Client):
    address = reverse("agencies:add_member", args=[world.group.pk])
    fields = {"agency": str(world.other.pk), "kind": "associate", **dated("starts_on", TODAY)}
    assert "occasional guest of Example QSG" in text_of(portal.post(address, fields))
    submit(portal, address, **fields)
    assert "Occasional guests" in text_of(portal.get(reverse("group", args=[world.group.pk])))
    member = QSGMember.objects.get(agency=world.ccg)
    sits(world.ann, world.ccg, world.group)
    address = reverse("agencies:end_member", args=[member.pk])
    assert "Ann Lee (representative) will no longer receive" in text_of(portal.post(address, {"when": "now"}))
    submit(portal, address, when="now")
    member.refresh_from_db()
    assert member.ends_on == TODAY


def test_a_body_may_be_chosen_beforehand(world: World, portal: Client):
    page = portal.get(reverse("agencies:add_member", args=[world.group.pk]), {"body": str(world.other.pk)})
    assert f'value="{world.other.pk}" selected' in page.content.decode()


def test_people_are_found_and_those_of_other_bodies_are_absent(world: World, portal: Client, body: Client):
    belongs(world.bob, world.other)
    everybody = text_of(portal.get(reverse("agencies:people")))
    assert "Bob May" in everybody
    assert "acts for no body today" in everybody  # the portal's administrator
    assert "Ann Lee" in text_of(portal.get(reverse("agencies:people"), {"q": "Anne Lea"}))
    assert "Ann Lee" in text_of(portal.get(reverse("agencies:people"), {"q": "ann.lee@example.org"}))
    assert "Nobody here has that name" in text_of(portal.get(reverse("agencies:people"), {"q": "zzzz"}))
    own = text_of(body.get(reverse("agencies:people")))
    assert "Ann Lee" in own
    assert "Bob May" not in own
    assert body.get(reverse("agencies:person", args=[world.bob.pk])).status_code == 404
    assert body.get(reverse("agencies:add_role", args=[world.bob.pk])).status_code == 404
    assert body.get(reverse("agencies:shut_out", args=[world.bob.pk])).status_code == 404
    held = Membership.objects.get(user=world.bob)
    assert body.get(reverse("agencies:end_role", args=[held.pk])).status_code == 404
    assert body.get(reverse("agencies:end_role", args=[world.bob.pk])).status_code == 404


def test_a_persons_page_says_what_can_reach_them_and_why(world: World, portal: Client):
    sits(world.ann, world.ccg, world.group, cleared=True)
    sits(world.ann, world.ccg, world.region)
    belongs(world.ann, world.ccg, "contributor", ends_on=date(2026, 1, 1))
    Post.objects.create(
        agency=world.ccg, post="deputy", user=world.ann, holder_name="Ann Lee", starts_on=LAST_YEAR
    )
    provider = Provider.objects.create(name="Fictional House", kind="care_home", fictional=True)
    Conflict.objects.create(user=world.ann, provider=provider, starts_on=LAST_YEAR)
    PortalRole.objects.create(user=world.ann, role="auditor", starts_on=LAST_YEAR)
    said = text_of(portal.get(reverse("agencies:person", args=[world.ann.pk])))
    assert "What NHS Example CCG owns, and what is shared with it by name." in said
    assert "everyone who has a seat at Example QSG, restricted items too." in said
    assert "Does not count: NHS Example CCG is not a member" in said
    assert "Fictional House" in said
    assert "Deputy" in said
    assert "Auditor" in said
    assert "Before Contributor, NHS Example CCG, 3 March 2025 to 31 December 2025" in said
    nothing = text_of(portal.get(reverse("agencies:person", args=[world.bob.pk])))
    assert "Nothing: no role that reads intelligence stands today." in nothing
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    closed = text_of(portal.get(reverse("agencies:person", args=[world.bob.pk])))
    assert "Nothing: the account is closed." in closed
    assert "Open the account again" in closed


def test_seats_that_do_not_count_say_why(world: World, portal: Client):
    sits(world.ann, world.ccg, world.group, starts_on=date(2026, 4, 1))
    belongs(world.bob, world.ccg)
    sits(world.bob, world.ccg, world.group)
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    said = text_of(portal.get(reverse("group", args=[world.group.pk])))
    assert "has not started" in said
    assert "the account is closed" in said


def test_a_role_is_given_and_ended(world: World, portal: Client):
    fields = {"agency": str(world.ccg.pk), "role": "agency_lead", **dated("starts_on", TODAY)}
    submit(portal, reverse("agencies:add_role", args=[world.ann.pk]), **fields)
    held = Membership.objects.get(role="agency_lead")
    address = reverse("agencies:end_role", args=[held.pk])
    said = text_of(portal.post(address, {"when": "later", **dated("last_day", date(2026, 3, 31))}))
    assert "no longer holds this role" in said
    assert "act for NHS Example CCG no more" not in said  # she still reads there
    submit(portal, address, when="later", **dated("last_day", date(2026, 3, 31)))
    held.refresh_from_db()
    assert held.ends_on == date(2026, 4, 1)


def test_ending_a_role_says_which_seats_fall_with_it_and_that_nobody_chairs_then(world: World, body: Client):
    """Also where another role stays that reads nothing."""
    sits(world.ann, world.ccg, world.group, "chair")
    belongs(world.ann, world.ccg, "emergency_access")
    address = reverse("agencies:end_role", args=[Membership.objects.get(user=world.ann, role="reader").pk])
    said = text_of(body.post(address, {"when": "now"}))
    assert "1 seat held for NHS Example CCG will stop counting" in said
    assert "Nobody else chairs Example QSG from that day." in said
    belongs(world.bob, world.ccg)
    sits(world.bob, world.ccg, world.group, "chair")
    said = text_of(body.post(address, {"when": "now"}))
    assert "1 seat held for NHS Example CCG will stop counting" in said
    assert "Nobody else chairs" not in said


def test_an_administrator_who_ends_somebodys_last_role_is_led_back_to_the_list(world: World, body: Client):
    held = Membership.objects.get(user=world.ann)
    answer = submit(body, reverse("agencies:end_role", args=[held.pk]), when="now")
    assert answer["Location"] == reverse("agencies:people")


def test_a_portal_role_is_given_and_ended_by_the_portals_administrator_alone(
    world: World, portal: Client, body: Client
):
    address = reverse("agencies:add_portal_role", args=[world.ann.pk])
    fields = {"role": "auditor", **dated("starts_on", TODAY)}
    assert body.get(address).status_code == 403
    submit(portal, address, **fields)
    held = PortalRole.objects.get(user=world.ann)
    assert body.get(reverse("agencies:end_portal_role", args=[held.pk])).status_code == 403
    submit(portal, reverse("agencies:end_portal_role", args=[held.pk]), when="now")
    assert not PortalRole.objects.filter(user=world.ann).exists()
    own = PortalRole.objects.get(user=world.portal_admin)
    refused = submit(portal, reverse("agencies:end_portal_role", args=[own.pk]), expect=422, when="now")
    assert "Nobody else administers the portal" in text_of(refused)


def test_a_post_is_filled_followed_and_ended(world: World, body: Client):
    address = reverse("agencies:appoint", args=[world.ccg.pk])
    fields = {"post": "safeguarding_lead", "holder_name": "Dr Who", **dated("starts_on", TODAY)}
    assert "the directory names Dr Who as safeguarding lead" in text_of(body.post(address, fields))
    submit(body, address, **fields)
    follow = {
        "post": "safeguarding_lead",
        "person": str(world.ann.pk),
        "telephone": "01632 960001",
        **dated("starts_on", date(2026, 4, 1)),
    }
    said = text_of(body.post(address, follow))
    assert "names Ann Lee as safeguarding lead" in said
    assert "Dr Who holds it until then." in said
    submit(body, address, **follow)
    post = Post.objects.get(user=world.ann)
    assert "End this post" in text_of(body.get(reverse("agencies:agency", args=[world.ccg.pk])))
    address = reverse("agencies:end_post", args=[post.pk])
    assert "Nobody is, until somebody is appointed." in text_of(body.post(address, {"when": "now"}))
    submit(body, address, when="now")
    assert not Post.objects.filter(user=world.ann).exists()
    desk = {"post": "out_of_hours", "telephone": "01632 960002", **dated("starts_on", TODAY)}
    assert "names the desk" in text_of(body.post(reverse("agencies:appoint", args=[world.ccg.pk]), desk))


def test_posts_and_bodies_that_do_not_exist_are_absent(world: World, portal: Client):
    for name in (
        "agencies:appoint",
        "agencies:end_post",
        "agencies:end_seat",
        "agencies:end_member",
        "agencies:person",
        "agencies:end_conflict",
    ):
        assert portal.get(reverse(name, args=[world.group.pk])).status_code == 404, name


def test_an_account_is_closed_opened_and_freed_of_a_lost_factor(world: World, body: Client):
    submit(body, reverse("agencies:forget_factor", args=[world.ann.pk]))
    submit(body, reverse("agencies:shut_out", args=[world.ann.pk]))
    world.ann.refresh_from_db()
    assert not world.ann.is_active
    submit(body, reverse("agencies:let_in", args=[world.ann.pk]))
    world.ann.refresh_from_db()
    assert world.ann.is_active
    deeds = set(Line.objects.values_list("deed", flat=True))
    assert {"person.shut_out", "person.let_in", "person.factor_forgotten"} <= deeds
    for name in ("shut_out", "forget_factor", "let_in"):
        own = body.get(reverse(f"agencies:{name}", args=[world.body_admin.pk]))
        assert own.status_code == 403
        assert "your own account" in text_of(own)


def test_a_conflict_is_declared_on_the_providers_page_and_ended_by_another(
    world: World, portal: Client, body: Client
):
    belongs(world.bob, world.other)
    provider = Provider.objects.create(name="Fictional House", kind="care_home", fictional=True)
    address = reverse("providers:declare_conflict", args=[provider.pk])
    ann = client_as(world.ann)
    fields = {"who": "me", "tie": "owner", "reason": "Owns it", **dated("starts_on", TODAY)}
    assert "you see nothing about Fictional House" in text_of(ann.post(address, fields))
    submit(ann, address, **fields)
    submit(body, address, who="body", **dated("starts_on", TODAY))
    said = text_of(submit(body, address, expect=422, who="person", **dated("starts_on", TODAY)))
    assert "Choose the person" in said
    submit(portal, address, who="person", person=str(world.bob.pk), **dated("starts_on", TODAY))
    assert Conflict.objects.count() == 3
    held = Conflict.objects.get(user=world.bob)
    end = reverse("agencies:end_conflict", args=[held.pk])
    assert "no longer kept from Bob May" in text_of(portal.post(end, {"when": "now"}))
    submit(portal, end, when="now")
    assert not Conflict.objects.filter(user=world.bob).exists()
    assert ann.get(reverse("providers:declare_conflict", args=[world.group.pk])).status_code == 404


def test_the_end_of_a_bodys_membership_names_who_and_warns_of_a_lost_chair(world: World, portal: Client):
    sits(world.ann, world.ccg, world.group, "chair", cleared=True)
    address = reverse("agencies:end_member", args=[QSGMember.objects.get(qsg=world.group).pk])
    page = portal.post(address, {"when": "now"})
    said = text_of(page)
    assert "Ann Lee (chair) will no longer receive what Example QSG shares with its seats, restricted" in said
    assert "Nobody else chairs Example QSG from that day." in said
    assert "nhsuk-warning-callout" in page.content.decode()


def test_the_end_of_one_of_two_seats_says_what_stays_and_that_restricted_items_stop(
    world: World, portal: Client
):
    chair = sits(world.ann, world.ccg, world.group, "chair", cleared=True)
    sits(world.ann, world.ccg, world.group)
    page = portal.post(reverse("agencies:end_seat", args=[chair.pk]), {"when": "now"})
    said = text_of(page)
    assert "no longer has the seat as chair at Example QSG" in said
    assert "no longer sits" not in said
    assert "Restricted items no longer reach them there." in said
    assert "nhsuk-warning-callout" in page.content.decode()


def test_closing_the_account_of_the_last_chair_warns(world: World, portal: Client):
    sits(world.ann, world.ccg, world.group, "chair")
    page = portal.post(reverse("agencies:shut_out", args=[world.ann.pk]), {})
    assert "Nobody else chairs Example QSG from that day." in text_of(page)


def test_where_nobody_can_be_given_a_seat_or_a_post_the_page_says_why(world: World, portal: Client):
    QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
    address = reverse("agencies:add_seat", args=[world.group.pk])
    page = portal.get(address, {"body": str(world.other.pk)})
    assert "There is nobody to choose yet" in text_of(page)
    assert "Who takes the seat?" not in text_of(page)
    said = text_of(portal.get(reverse("agencies:appoint", args=[world.other.pk])))
    assert "Nobody else acts for this body in the portal yet." in said
