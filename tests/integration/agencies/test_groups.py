"""Members and seats of a group: who may change them, and what stands."""

from datetime import date

import pytest

from access.models import Token
from access.operations.tokens import make_token
from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotPermitted
from access.tokens import bearer
from agencies import operations
from agencies.models import QSGMember, Seat
from audit.models import Line
from tests.integration.agencies.conftest import LAST_YEAR, TODAY, TOMORROW, World, belongs, sits


def deeds() -> list[str]:
    return sorted(Line.objects.values_list("deed", flat=True))


def seat_of(world: World, **more) -> dict:
    return {
        "by": world.by_portal,
        "now": world.now,
        "qsg": world.group,
        "user": world.ann,
        "agency": world.ccg,
        "kind": "representative",
        "starts_on": TODAY,
        **more,
    }


def test_a_seat_reaches_the_principal_the_same_day(world: World):
    seat = operations.add_seat(**seat_of(world))
    assert principal_of(world.ann.pk).seats == {world.group.pk: {"representative"}}
    assert world.group.roles_of(principal_of(world.ann.pk)) == {"representative"}
    assert world.region.roles_of(principal_of(world.ann.pk)) == set()
    assert world.ccg.roles_of(principal_of(world.ann.pk)) == {"reader"}
    assert world.other.roles_of(principal_of(world.ann.pk)) == set()
    assert str(seat) == "Ann Lee, Representative at Example QSG"
    assert Line.objects.get().detail["kind"] == "representative"


def test_a_body_fills_its_ordinary_seats_itself(world: World):
    operations.add_seat(**seat_of(world, by=world.by_body, kind="deputy"))
    assert deeds() == ["seat.started"]


@pytest.mark.parametrize("more", [{"kind": "chair"}, {"kind": "secretariat"}, {"cleared": True}])
def test_chair_secretariat_and_clearance_are_the_portals_to_give(world: World, more: dict):
    with pytest.raises(NotPermitted, match="portal's administrator"):
        operations.add_seat(**seat_of(world, by=world.by_body, **more))
    operations.add_seat(**seat_of(world, **more))


def test_a_reader_fills_no_seat_and_nobody_their_own(world: World):
    with pytest.raises(NotPermitted, match="may change its seats"):
        operations.add_seat(**seat_of(world, by=principal_of(world.bob.pk)))
    with pytest.raises(NotPermitted, match="to themselves"):
        operations.add_seat(**seat_of(world, by=world.by_body, user=world.body_admin))


def test_a_seat_needs_the_person_at_the_body_and_the_body_at_the_group(world: World):
    with pytest.raises(Invalid, match="Bob May does not act for NHS Example CCG"):
        operations.add_seat(**seat_of(world, user=world.bob))
    belongs(world.bob, world.other)
    with pytest.raises(Invalid, match="is not a member of Example QSG"):
        operations.add_seat(**seat_of(world, user=world.bob, agency=world.other))
    QSGMember.objects.create(qsg=world.group, agency=world.other, kind="associate", starts_on=LAST_YEAR)
    with pytest.raises(Invalid, match="is not a member of Example QSG"):
        operations.add_seat(**seat_of(world, user=world.bob, agency=world.other))


def test_the_same_seat_is_not_given_twice_nor_in_the_past(world: World):
    operations.add_seat(**seat_of(world))
    with pytest.raises(Invalid, match="has this seat"):
        operations.add_seat(**seat_of(world))
    with pytest.raises(Invalid, match="in the past"):
        operations.add_seat(**seat_of(world, kind="chair", starts_on=date(2026, 3, 2)))


def test_ending_a_seat_closes_it_on_its_day(world: World):
    seat = sits(world.ann, world.ccg, world.group)
    operations.end_seat(by=world.by_body, now=world.now, seat=seat, ends_on=TODAY)
    assert principal_of(world.ann.pk).seats == {}
    assert deeds() == ["seat.ended"]


def test_a_person_may_give_up_their_own_seat_and_no_one_elses(world: World):
    own = sits(world.ann, world.ccg, world.group)
    chair = sits(world.ann, world.ccg, world.group, "chair")
    with pytest.raises(NotPermitted):
        operations.end_seat(by=principal_of(world.bob.pk), now=world.now, seat=own, ends_on=TODAY)
    with pytest.raises(NotPermitted):
        operations.end_seat(by=world.by_body, now=world.now, seat=chair, ends_on=TODAY)
    operations.end_seat(by=principal_of(world.ann.pk), now=world.now, seat=own, ends_on=TODAY)
    operations.end_seat(by=clockwork(world.now), now=world.now, seat=chair, ends_on=TODAY)
    assert not Seat.objects.filter(ends_on=None).exists()


def test_changing_what_a_seat_may_receive_ends_one_and_starts_another(world: World):
    seat = sits(world.ann, world.ccg, world.group, ends_on=date(2026, 12, 1))
    changed = operations.set_cleared(by=world.by_portal, now=world.now, seat=seat, cleared=True, on=TOMORROW)
    seat.refresh_from_db()
    assert (seat.cleared, seat.ends_on) == (False, TOMORROW)
    assert (changed.cleared, changed.starts_on, changed.ends_on) == (True, TOMORROW, date(2026, 12, 1))
    assert deeds() == ["seat.cleared_changed", "seat.ended", "seat.started"]
    with pytest.raises(Invalid, match="Nothing was changed"):
        operations.set_cleared(by=world.by_portal, now=world.now, seat=changed, cleared=True, on=TOMORROW)
    with pytest.raises(NotPermitted):
        operations.set_cleared(by=world.by_body, now=world.now, seat=changed, cleared=False, on=TOMORROW)


def test_a_seat_that_has_not_begun_is_changed_from_its_own_first_day(world: World):
    seat = sits(world.ann, world.ccg, world.group, starts_on=date(2026, 4, 1))
    changed = operations.set_cleared(by=world.by_portal, now=world.now, seat=seat, cleared=True, on=TODAY)
    assert changed.starts_on == date(2026, 4, 1)
    assert Seat.objects.count() == 1


def test_nobody_clears_themselves(world: World):
    belongs(world.portal_admin, world.ccg)
    seat = sits(world.portal_admin, world.ccg, world.group)
    with pytest.raises(NotPermitted, match="to themselves"):
        operations.set_cleared(by=world.by_portal, now=world.now, seat=seat, cleared=True, on=TODAY)


def test_a_body_joins_a_group_and_leaves_it_and_its_seats_stop_counting(world: World):
    given = {"by": world.by_portal, "now": world.now, "qsg": world.region, "agency": world.ccg}
    member = operations.add_qsg_member(**given, starts_on=TODAY)
    sits(world.ann, world.ccg, world.region)
    assert world.region.pk in principal_of(world.ann.pk).seats
    with pytest.raises(Invalid, match="member or guest"):
        operations.add_qsg_member(**given, kind="associate", starts_on=TOMORROW)
    assert str(member) == "NHS Example CCG in Example Regional QSG"
    operations.end_qsg_member(by=world.by_portal, now=world.now, member=member, ends_on=TODAY)
    assert principal_of(world.ann.pk).seats == {}
    assert deeds() == ["group_member.ended", "group_member.started"]


def test_only_the_portals_administrator_changes_a_groups_members(world: World):
    with pytest.raises(NotPermitted):
        operations.add_qsg_member(
            by=world.by_body, now=world.now, qsg=world.region, agency=world.ccg, starts_on=TODAY
        )
    with pytest.raises(NotPermitted):
        operations.end_qsg_member(
            by=world.by_body, now=world.now, member=QSGMember.objects.get(), ends_on=TODAY
        )


def token_for(world: World, seat: Seat) -> str:
    _, secret = make_token(
        by=principal_of(world.ann.pk),
        now=world.now,
        name="a program",
        scopes={"directory:read"},
        days=30,
        seat=seat.pk,
    )
    return secret


def test_a_seat_given_today_that_a_token_names_is_ended_today_and_the_token_with_it(world: World):
    seat = operations.add_seat(**seat_of(world))
    secret = token_for(world, seat)
    assert bearer(secret)
    operations.end_seat(by=world.by_portal, now=world.now, seat=seat, ends_on=TODAY)
    assert principal_of(world.ann.pk).seats == {}
    assert bearer(secret) is None, "a token that names no seat would live on without one"
    assert Token.objects.get().revoked_at == world.now


def test_what_a_seat_given_today_receives_is_changed_today(world: World):
    seat = operations.add_seat(**seat_of(world))
    secret = token_for(world, seat)
    operations.set_cleared(by=world.by_portal, now=world.now, seat=seat, cleared=True, on=TODAY)
    assert Seat.objects.get().cleared
    assert bearer(secret) is None


def test_what_a_seat_that_does_not_count_receives_can_always_be_lowered(world: World):
    seat = sits(world.ann, world.ccg, world.group, cleared=True)
    QSGMember.objects.update(ends_on=TODAY)
    changed = operations.set_cleared(by=world.by_portal, now=world.now, seat=seat, cleared=False, on=TODAY)
    assert not changed.cleared
    with pytest.raises(Invalid, match="is not a member"):
        operations.set_cleared(by=world.by_portal, now=world.now, seat=changed, cleared=True, on=TOMORROW)
