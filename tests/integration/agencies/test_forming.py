"""A group from nothing to a complete membership, through the pages; and what is refused on the way."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Audience, Record, Share
from access.principal import clockwork
from access.refusals import Invalid, NotPermitted
from agencies.forming.operations import form_group, keep_footprint, rename_group, take_members, undo_group
from agencies.forming.reading import bodies_named, progress_of
from agencies.models import Agency, FootprintAgency, QSGMember, QualitySurveillanceGroup
from agencies.operations import stand_as_in_2013
from audit.models import Line
from providers.models import Provider, ProviderGroup
from reference.operations import load_lists
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    World,
    agreed,
    belongs,
    client_as,
    dated,
    person,
    signs,
    sits,
    submit,
    text_of,
)


@pytest.fixture(autouse=True)
def _cast_of_2013(world: World) -> None:
    load_lists()
    stand_as_in_2013(by=clockwork(world.now), now=world.now)


@pytest.fixture
def portal(world: World) -> Client:
    return client_as(world.portal_admin)


@pytest.fixture
def nation(world: World) -> dict[str, Agency]:
    """The bodies that every local group wants, and a council and a Healthwatch of the place."""
    named = {
        "cqc": "Care Quality Commission",
        "monitor": "Monitor",
        "nhs_tda": "NHS Trust Development Authority",
        "letb": "Example Education Board",
        "local_authority": "Example Council",
        "local_healthwatch": "Healthwatch Example",
    }
    return {kind: Agency.objects.create(kind=kind, name=name) for kind, name in named.items()}


def test_a_group_comes_to_a_complete_membership(world: World, portal: Client, nation):
    made = submit(
        portal,
        reverse("agencies:form_group"),
        name="New QSG",
        tier="local",
        region=str(world.region.pk),
        team=str(world.group.team_id),
    )
    group = QualitySurveillanceGroup.objects.get(name="New QSG")
    assert made["Location"] == reverse("set_up", args=[group.pk])
    assert Audience.objects.filter(qsg=group.pk).count() == 3
    page = text_of(portal.get(made["Location"]))
    assert "7 steps are still to do." in page
    assert "No body stands in its footprint" in page

    bodies = "XX1\nexample council\nHealthwatch Example\nExample Education Board"
    submit(portal, reverse("footprint", args=[group.pk]), bodies=bodies, source="Decision of March")
    assert group.footprint_links.count() == 4
    trust = Provider.objects.create(name="Fictional Trust", kind="nhs_trust", fictional=True)
    ProviderGroup.objects.create(provider=trust, qsg=group, source="stated")

    address = reverse("proposed_members", args=[group.pk])
    proposed = portal.get(address)
    for name in ("NHS Example CCG", "Example Area Team", "Monitor", "NHS Trust Development Authority"):
        assert name in text_of(proposed)
    assert "NHS Other CCG" not in text_of(proposed)
    chosen = [one.pk for one in (world.ccg, world.group.team, *nation.values())]
    fields = {"agencies": [str(key) for key in chosen], **dated("starts_on", TODAY)}
    said = text_of(portal.post(address, fields))
    assert "are members of New QSG" in said
    assert not QSGMember.objects.filter(qsg=group).exists()
    submit(portal, address, **fields)
    assert QSGMember.objects.filter(qsg=group).count() == len(chosen)
    assert Line.objects.filter(deed="group_members.taken").count() == 1

    agreement = agreed(group)
    agreed(group, "notice")
    people = []
    for number, body in enumerate(Agency.objects.filter(pk__in=chosen).order_by("name")):
        signs(body, agreement)
        one = person(f"Seat Holder {number}")
        belongs(one, body)
        people.append((one, body))
    seats = reverse("agencies:add_seat", args=[group.pk])
    for one, body in people:
        submit(
            portal, seats, person=f"{one.pk}.{body.pk}", kind="representative", cleared="no", **dated("starts_on", TODAY)
        )  # fmt: skip
    assert "2 steps are still to do." in text_of(portal.get(made["Location"]))
    for kind, (one, body) in zip(("chair", "secretariat"), people, strict=False):
        submit(
            portal, seats, person=f"{one.pk}.{body.pk}", kind=kind, cleared="yes", **dated("starts_on", TODAY)
        )
    page = text_of(portal.get(made["Location"]))
    assert "The membership is complete" in page
    assert "To do" not in page
    assert "Every seat that is wanted is held" in text_of(portal.get(reverse("group", args=[group.pk])))


class TestMakingAGroup:
    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": "Example QSG"}, "name"),
            ({"region": None}, "region"),
            ({"region": "group"}, "region"),
            ({"tier": "regional", "team": "regional_team"}, "region"),
            ({"team": "ccg"}, "team"),
            ({"tier": "regional"}, "team"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, world: World, changed, field: str):
        named = {
            "group": world.group, "regional_team": world.region.team, "ccg": world.ccg, "region": world.region
        }  # fmt: skip
        given = {"name": "New QSG", "tier": "local", "team": world.group.team, "region": world.region}
        given |= {name: named.get(value, value) for name, value in changed.items()}
        with pytest.raises(Invalid) as refusal:
            form_group(by=world.by_portal, now=world.now, **given)
        assert list(refusal.value.errors) == [field]

    def test_only_the_portals_administrator(self, world: World):
        for act in (
            lambda: form_group(
                by=world.by_body,
                now=world.now,
                name="X",
                tier="local",
                team=world.group.team,
                region=world.region,
            ),
            lambda: keep_footprint(
                by=world.by_body, now=world.now, qsg=world.group, put_in=[world.ccg], source="x"
            ),
            lambda: take_members(
                by=world.by_body, now=world.now, qsg=world.group, agencies=[world.other], starts_on=TODAY
            ),
        ):
            with pytest.raises(NotPermitted):
                act()
        client = client_as(world.body_admin)
        for name in ("footprint", "set_up", "proposed_members"):
            assert client.get(reverse(name, args=[world.group.pk])).status_code == 403
        assert client.get(reverse("agencies:form_group")).status_code == 403

    def test_a_regional_group_is_made_under_none(self, world: World, portal: Client):
        submit(
            portal, reverse("agencies:form_group"), name="R", tier="regional", region="", team=str(world.region.team_id)
        )  # fmt: skip
        assert QualitySurveillanceGroup.objects.get(name="R").region is None


class TestAnotherNameAndTheUndoing:
    def made(self, world: World) -> QualitySurveillanceGroup:
        """A group made by mistake, with a body in its footprint."""
        by = {"by": world.by_portal, "now": world.now}
        group = form_group(**by, name="Double QSG", tier="local", team=world.group.team, region=world.region)
        keep_footprint(**by, qsg=group, put_in=[world.ccg], source="x")
        return group

    def test_a_group_is_renamed_and_its_page_keeps_the_name_it_had(self, world: World, portal: Client):
        address = reverse("agencies:rename_group", args=[world.group.pk])
        page = text_of(portal.get(reverse("group", args=[world.group.pk])))
        assert "Change the footprint" in page
        assert "Rename the group" in page
        assert "Undo the group" not in page, "bodies are members"
        for name, why in (
            (world.region.name, "Another group has this name"),
            ("Example QSG", "its name already"),
        ):
            assert why in text_of(submit(portal, address, expect=422, name=name))
        said = text_of(portal.post(address, {"name": "Better QSG"}))
        assert "Example QSG is called Better QSG wherever" in said
        submit(portal, address, name="Better QSG")
        page = text_of(portal.get(reverse("group", args=[world.group.pk])))
        assert "Better QSG" in page
        assert "Formerly Example QSG, until 3 March 2026." in page
        assert Line.objects.filter(deed="group.renamed").count() == 1

    def test_a_name_that_another_group_had_is_said_and_one_too_long_refused(
        self, world: World, portal: Client
    ):
        by = {"by": world.by_portal, "now": world.now}
        rename_group(**by, qsg=world.group, name="Better QSG")
        other = self.made(world)
        said = text_of(
            portal.post(reverse("agencies:rename_group", args=[other.pk]), {"name": "Example QSG"})
        )
        assert "Better QSG was called Example QSG until 3 March 2026" in said
        with pytest.raises(Invalid):
            rename_group(**by, qsg=other, name="x" * 201)

    def test_one_that_was_undone_in_this_moment_is_absent(self, world: World):
        group, by = self.made(world), {"by": world.by_portal, "now": world.now}
        undo_group(**by, qsg=group)
        for deed in (
            lambda: rename_group(**by, qsg=group, name="New"),
            lambda: undo_group(**by, qsg=group),
            lambda: keep_footprint(**by, qsg=group, put_in=[world.ccg], source="x"),
        ):
            with pytest.raises(Http404):
                deed()

    def test_what_nothing_hangs_on_is_undone_whole(self, world: World, portal: Client):
        group = self.made(world)
        assert "Undo the group" in text_of(portal.get(reverse("group", args=[group.pk])))
        groups = Group.objects.count()
        answer = submit(portal, reverse("agencies:undo_group", args=[group.pk]))
        assert answer["Location"] == reverse("agencies:groups")
        assert not QualitySurveillanceGroup.objects.filter(pk=group.pk).exists()
        assert not Audience.objects.filter(qsg=group.pk).exists()
        assert Group.objects.count() == groups - 3
        assert Line.objects.filter(deed="group.undone").count() == 1

    @pytest.mark.parametrize("what", ["member", "paper", "share", "provider", "local group"])
    def test_what_something_hangs_on_stays(self, world: World, portal: Client, what: str):
        group = world.region if what == "local group" else self.made(world)
        if what == "member":
            QSGMember.objects.create(qsg=group, agency=world.ccg, starts_on=LAST_YEAR, ends_on=TODAY)
        elif what == "paper":
            agreed(group)
        elif what == "provider":
            trust = Provider.objects.create(name="Fictional Trust", kind="nhs_trust", fictional=True)
            ProviderGroup.objects.create(provider=trust, qsg=group, source="stated")
        elif what == "share":
            record = Record.objects.create(
                kind="concern", owner=world.ccg, happened_at=world.now, recorded_at=world.now
            )
            audience = Audience.objects.get(qsg=group, kind="qsg_seats")
            Share.objects.create(record=record, audience=audience, at=world.now)
        answer = submit(portal, reverse("agencies:undo_group", args=[group.pk]), expect=422)
        assert "is in use" in text_of(answer)
        assert QualitySurveillanceGroup.objects.filter(pk=group.pk).exists()

    def test_only_the_portals_administrator(self, world: World):
        with pytest.raises(NotPermitted):
            rename_group(by=world.by_body, now=world.now, qsg=world.group, name="X")
        with pytest.raises(NotPermitted):
            undo_group(by=world.by_body, now=world.now, qsg=world.group)
        client = client_as(world.body_admin)
        for name in ("agencies:rename_group", "agencies:undo_group"):
            assert client.get(reverse(name, args=[world.group.pk])).status_code == 403
        assert "Rename the group" not in text_of(client.get(reverse("group", args=[world.group.pk])))


class TestTheFootprint:
    def address(self, world: World) -> str:
        return reverse("footprint", args=[world.group.pk])

    def test_bodies_come_in_and_go_out_and_no_member_is_made_or_ended(self, world: World, portal: Client):
        FootprintAgency.objects.create(qsg=world.group, agency=world.ccg, source="before")
        fields = {"bodies": "NHS Other CCG", "taken_out": str(world.ccg.pk), "source": "Decision of March"}
        said = text_of(portal.post(self.address(world), fields))
        assert "From now on the area of Example QSG takes in NHS Other CCG." in said
        assert "It no longer takes in NHS Example CCG." in said
        submit(portal, self.address(world), **fields)
        (link,) = world.group.footprint_links.all()
        assert (link.agency, link.source) == (world.other, "Decision of March")
        assert QSGMember.objects.get(qsg=world.group).ends_on is None
        submit(portal, self.address(world), taken_out=str(world.other.pk), source="Decision of March")
        world.group.refresh_from_db()
        assert not world.group.footprint_known

    @pytest.mark.parametrize(
        ("bodies", "why"),
        [
            ("", "Name at least one body"),
            ("NHS Exmple CCG", "names no body of the directory. Do you mean: NHS Example CCG (XX1)"),
            ("zzzzzzzz", "“zzzzzzzz” names no body of the directory."),
            ("Twin", "is the name of several bodies"),
        ],
    )
    def test_a_line_that_names_no_body_is_said(self, world: World, portal: Client, bodies: str, why: str):
        for kind in ("ccg", "icb"):
            Agency.objects.create(kind=kind, name="Twin")
        assert why in text_of(submit(portal, self.address(world), expect=422, bodies=bodies, source="x"))

    def test_what_stands_already_is_no_change(self, world: World, portal: Client):
        FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)
        answer = submit(portal, self.address(world), expect=422, bodies="XX1", source="x")
        assert "That is how the footprint stands already" in text_of(answer)

    def test_a_body_that_has_closed_is_not_found(self, world: World):
        Agency.objects.filter(pk=world.other.pk).update(closed_on=TODAY)
        assert bodies_named("NHS Other CCG").bodies == []

    def test_very_many_lines_are_refused_unread_and_few_are_asked_further(
        self, world: World, django_assert_num_queries, django_assert_max_num_queries
    ):
        with django_assert_num_queries(0):
            named = bodies_named("\n".join(f"Nowhere {number}" for number in range(301)))
        assert named.faults == ["There are 301 lines. Name at most 300 bodies at a time."]
        with django_assert_max_num_queries(100):
            assert len(bodies_named("\n".join(f"Nowhere {number}" for number in range(30))).faults) == 30


class TestTheProposedMembers:
    def test_one_that_cannot_join_keeps_all_out(self, world: World):
        with pytest.raises(Invalid, match="is a member or guest"):
            take_members(
                by=world.by_portal,
                now=world.now,
                qsg=world.group,
                agencies=[world.other, world.ccg],
                starts_on=TODAY,
            )
        assert not QSGMember.objects.filter(agency=world.other).exists()

    def test_none_is_refused_and_the_past_too(self, world: World):
        given = {"by": world.by_portal, "now": world.now, "qsg": world.group}
        with pytest.raises(Invalid, match="at least one"):
            take_members(**given, agencies=[], starts_on=TODAY)
        with pytest.raises(Invalid, match="in the past"):
            take_members(**given, agencies=[world.other], starts_on=LAST_YEAR)

    def test_where_nobody_is_proposed_the_page_says_so(self, world: World, portal: Client):
        QSGMember.objects.create(qsg=world.group, agency=world.group.team, starts_on=LAST_YEAR)
        page = text_of(portal.get(reverse("proposed_members", args=[world.group.pk])))
        assert "The minimum membership proposes nobody more." in page
        assert "Which bodies become members?" not in page

    def test_what_leaves_no_choice_stands_ticked(self, world: World, portal: Client):
        page = portal.get(reverse("proposed_members", args=[world.group.pk])).content.decode()
        box = re.search(rf'<input[^>]*value="{world.group.team_id}"[^>]*>', page)
        assert box
        assert "checked" in box[0]

    def test_of_a_region_the_ccgs_of_its_local_groups_are_offered_unchosen(
        self, world: World, portal: Client
    ):
        FootprintAgency.objects.create(qsg=world.group, agency=world.ccg)
        page = portal.get(reverse("proposed_members", args=[world.region.pk])).content.decode()
        assert "NHS Example CCG" in page
        assert "NHS Other CCG" not in page


def test_how_far_a_group_is_takes_a_fixed_number_of_questions(world: World):
    asked = []
    for numbers in (range(1), range(1, 7)):
        for number in numbers:
            body = Agency.objects.create(kind="ccg", name=f"CCG {number}")
            FootprintAgency.objects.create(qsg=world.group, agency=body)
            QSGMember.objects.create(qsg=world.group, agency=body, starts_on=LAST_YEAR)
            one = person(f"P {number}")
            belongs(one, body)
            sits(one, body, world.group)
        with CaptureQueriesContext(connection) as queries:
            progress_of(world.group, TODAY, nhs_trusts=None)
        asked.append(len(queries))
    assert asked[0] == asked[1]
