"""Who sits at a group, and the gaps by name, from the database."""

import pytest

from access.principal import clockwork
from agencies.models import Agency, FootprintAgency, QSGMember
from agencies.operations import stand_as_in_2013
from agencies.roster import roster_of
from providers.models import Provider, ProviderGroup
from qsg_portal.pages.groups import nhs_trusts_of
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, TODAY, TOMORROW, World, belongs, sits


@pytest.fixture(autouse=True)
def _cast_of_2013(world: World) -> None:
    load_lists()
    stand_as_in_2013(by=clockwork(world.now), now=world.now)


def sentences(world: World, group: str = "group", **more: object) -> list[str]:
    return [gap.sentence for gap in roster_of(getattr(world, group), TODAY, **more).gaps]


def test_a_local_groups_gaps_are_named(world: World):
    FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)
    FootprintAgency.objects.create(qsg=world.group, agency=world.other)
    found = sentences(world, nhs_trusts=True)
    assert "No seat for NHS Example CCG: nobody sits for it" in found
    assert "No seat for NHS Other CCG: it is not a member" in found
    assert "No NHS TDA seat, and there are NHS trusts here" in found
    assert "No CQC seat" in found
    sits(world.ann, world.ccg, world.group)
    assert not any("NHS Example CCG" in each for each in sentences(world))
    roster = roster_of(world.group, TODAY)
    assert [line.agency.name for line in roster.members] == ["NHS Example CCG"]
    assert [line.agency.name for line in roster.missing] == ["NHS Other CCG"]
    assert roster.missing[0].gap is not None
    assert [line.seat.user.full_name for line in roster.people("representative")] == ["Ann Lee"]
    assert roster.people("chair") == []


def test_a_guests_seat_counts_for_nothing(world: World):
    QSGMember.objects.create(qsg=world.group, agency=world.other, kind="associate", starts_on=LAST_YEAR)
    belongs(world.bob, world.other)
    sits(world.bob, world.other, world.group)
    (guest,) = roster_of(world.group, TODAY).guests
    assert guest.seats[0].why_not == "NHS Other CCG is not a member"


def test_a_membership_to_come_stands_behind_the_one_of_today(world: World):
    held = QSGMember.objects.get(agency=world.ccg)
    held.ends_on = TOMORROW
    held.save()
    later = QSGMember.objects.create(qsg=world.group, agency=world.ccg, kind="associate", starts_on=TOMORROW)
    (line,) = roster_of(world.group, TODAY).members
    assert line.member == held
    assert roster_of(world.group, TOMORROW).guests[0].member == later


def test_a_regional_group_wants_a_voice_for_each_local_one_and_asks_for_wishes(world: World):
    Agency.objects.create(kind="hee", name="Health Education England")
    FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)
    FootprintAgency.objects.create(qsg=world.region, agency=world.group.team)
    QSGMember.objects.create(qsg=world.region, agency=world.ccg, starts_on=LAST_YEAR)
    found = sentences(world, "region")
    assert "No CCG speaks for Example QSG" in found
    assert "No seat for Example Area Team: it is not a member" in found
    sits(world.ann, world.ccg, world.region)
    assert "No CCG speaks for Example QSG" not in sentences(world, "region")
    wishes = [gap.sentence for gap in roster_of(world.region, TODAY).wishes]
    assert wishes == ["HEE has not said whether it wishes to be involved"]


def test_whether_there_are_nhs_trusts_is_told_only_where_a_source_tells_it(world: World):
    assert nhs_trusts_of(world.group) is None
    trust = Provider.objects.create(name="A", kind="foundation_trust")
    ProviderGroup.objects.create(provider=trust, qsg=world.group, source="stated")
    assert nhs_trusts_of(world.group) is False
    assert nhs_trusts_of(world.region) is False
    Provider.objects.update(kind="nhs_trust")
    assert nhs_trusts_of(world.group) is True
