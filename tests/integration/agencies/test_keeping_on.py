"""An end that was set is taken back until its day, by whoever may give it, and never for oneself."""

from datetime import timedelta

import pytest
from django.urls import reverse

from access.principal import principal_of
from access.refusals import Invalid, NotPermitted
from agencies.models import Membership, PortalRole, QSGMember, Seat
from agencies.operations import (
    end_membership,
    end_seat,
    keep_membership_on,
    keep_portal_role_on,
    keep_qsg_member_on,
    keep_seat_on,
)
from audit.models import Line
from tests.integration.agencies.conftest import (
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    person,
    sits,
    submit,
    text_of,
)


@pytest.fixture
def seat(world: World) -> Seat:
    return sits(world.ann, world.ccg, world.group, ends_on=TOMORROW)


def test_a_seats_end_is_taken_back_and_logged(world: World, seat: Seat):
    keep_seat_on(by=world.by_body, now=world.now, seat=seat)
    seat.refresh_from_db()
    assert seat.ends_on is None
    assert Line.objects.get(deed="seat.kept_on").detail["seat"] == str(seat.pk)
    with pytest.raises(Invalid, match="no end to take back"):
        keep_seat_on(by=world.by_body, now=world.now, seat=seat)


def test_what_has_ended_stays_so(world: World, seat: Seat):
    Seat.objects.update(ends_on=TODAY)
    with pytest.raises(Invalid, match="what was is not rewritten"):
        keep_seat_on(by=world.by_portal, now=world.now, seat=seat)


def test_an_end_is_not_taken_back_over_what_follows_it(world: World, seat: Seat):
    sits(world.ann, world.ccg, world.group, starts_on=TOMORROW)
    with pytest.raises(Invalid, match="has this seat again"):
        keep_seat_on(by=world.by_portal, now=world.now, seat=seat)


def test_a_bodys_administrator_keeps_only_the_seats_that_they_may_give(world: World):
    for kind, cleared in (("chair", False), ("representative", True)):
        held = sits(world.ann, world.ccg, world.group, kind, cleared=cleared, ends_on=TOMORROW)
        with pytest.raises(NotPermitted, match="given by the portal's administrator"):
            keep_seat_on(by=world.by_body, now=world.now, seat=held)
    elsewhere = sits(world.bob, world.other, world.group, ends_on=TOMORROW)
    with pytest.raises(NotPermitted, match="Only an administrator of NHS Other CCG"):
        keep_seat_on(by=world.by_body, now=world.now, seat=elsewhere)


def test_nobody_keeps_what_is_their_own(world: World):
    belongs(world.portal_admin, world.ccg)
    mine = sits(world.portal_admin, world.ccg, world.group, ends_on=TOMORROW)
    role = Membership.objects.get(user=world.body_admin)
    role.ends_on = TOMORROW
    role.save()
    office = PortalRole.objects.get()
    office.ends_on = TOMORROW
    office.save()
    for act in (
        lambda: keep_seat_on(by=world.by_portal, now=world.now, seat=mine),
        lambda: keep_membership_on(by=world.by_body, now=world.now, membership=role),
        lambda: keep_portal_role_on(by=world.by_portal, now=world.now, portal_role=office),
    ):
        with pytest.raises(NotPermitted, match="to themselves"):
            act()


def test_a_role_that_goes_on_goes_on_reading(world: World, freeze):
    held = Membership.objects.get(user=world.ann)
    end_membership(by=world.by_body, now=world.now, membership=held, ends_on=TOMORROW)
    keep_membership_on(by=world.by_body, now=world.now, membership=held)
    freeze("2026-03-05T09:00Z")
    assert principal_of(world.ann.pk).reads


def test_a_role_is_not_kept_into_another_body(world: World):
    held = Membership.objects.get(user=world.ann)
    end_membership(by=world.by_body, now=world.now, membership=held, ends_on=TOMORROW)
    belongs(world.ann, world.other, starts_on=TOMORROW)
    with pytest.raises(Invalid, match="acts for another body"):
        keep_membership_on(by=world.by_body, now=world.now, membership=held)


def test_a_body_and_an_officer_of_the_portal_stay_too(world: World):
    member = QSGMember.objects.get()
    member.ends_on = TOMORROW
    member.save()
    with pytest.raises(NotPermitted):
        keep_qsg_member_on(by=world.by_body, now=world.now, member=member)
    keep_qsg_member_on(by=world.by_portal, now=world.now, member=member)
    office = PortalRole.objects.create(
        user=person("Aud Itor"), role="auditor", starts_on=TODAY, ends_on=TOMORROW
    )
    with pytest.raises(NotPermitted):
        keep_portal_role_on(by=world.by_body, now=world.now, portal_role=office)
    keep_portal_role_on(by=world.by_portal, now=world.now, portal_role=office)
    for row in (member, office):
        row.refresh_from_db()
        assert row.ends_on is None


def test_the_pages_say_it_first_and_lead_there(world: World, seat: Seat):
    client = client_as(world.body_admin)
    page = text_of(client.get(reverse("agencies:person", args=[world.ann.pk])))
    assert "Take the end back" in page
    address = reverse("agencies:keep_seat", args=[seat.pk])
    said = text_of(client.post(address, {}))
    assert (
        "Ann Lee keeps this seat at Example QSG, and no end is known. It was to end on 4 March 2026." in said
    )
    assert Seat.objects.get().ends_on == TOMORROW  # only said
    submit(client, address)
    assert Seat.objects.get().ends_on is None
    assert "no end to take back" in text_of(submit(client, address, expect=422))


@pytest.mark.parametrize("what", ["role", "member", "portal_role"])
def test_every_page_of_the_kind_does_it(world: World, what: str):
    rows = {
        "role": Membership.objects.filter(user=world.ann),
        "member": QSGMember.objects.all(),
        "portal_role": PortalRole.objects.filter(
            pk=PortalRole.objects.create(user=person("Aud Itor"), role="auditor", starts_on=TODAY).pk
        ),
    }
    rows[what].update(ends_on=TOMORROW)
    address = reverse(f"agencies:keep_{what}", args=[rows[what].get().pk])
    submit(client_as(world.portal_admin), address)
    assert rows[what].get().ends_on is None


def test_the_last_chair_is_named_before_the_seat_ends(world: World):
    held = sits(world.ann, world.ccg, world.group, "chair")
    client = client_as(world.portal_admin)
    address = reverse("agencies:end_seat", args=[held.pk])
    assert "Nobody else chairs Example QSG from that day." in text_of(client.post(address, {"when": "now"}))
    belongs(world.bob, world.ccg)
    sits(world.bob, world.ccg, world.group, "chair", starts_on=TOMORROW)
    assert "Nobody else chairs" in text_of(client.post(address, {"when": "now"})), "the next begins later"
    Seat.objects.filter(user=world.bob).update(starts_on=TODAY - timedelta(days=1))
    assert "Nobody else chairs" not in text_of(client.post(address, {"when": "now"}))


def test_an_end_set_and_taken_back_leaves_both_deeds_in_the_log(world: World):
    held = sits(world.ann, world.ccg, world.group)
    end_seat(by=world.by_body, now=world.now, seat=held, ends_on=TOMORROW)
    keep_seat_on(by=world.by_body, now=world.now, seat=held)
    assert set(Line.objects.values_list("deed", flat=True)) == {"seat.ended", "seat.kept_on"}
