"""The pages that are put together from every room: home, a provider, a group, and the three questions about a record."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Conflict, Inheritance
from access.principal import principal_of
from actions.models import Action
from actions.operations import ask_for_action
from agencies.interests.operations import confirm_interests
from agencies.models import Agency
from audit.models import Line
from concerns.operations.changing import withdraw_concern
from concerns.rules.sharing import Choice
from meetings.models import Meeting
from meetings.operations import convene_meeting
from providers.levels.operations import set_level
from providers.levels.rules import Proposal
from providers.models import Commissioning, Location
from tests import concerned, summits
from tests.integration.providers.test_closing import named
from tests.signing_in import sign_in


@pytest.fixture
def region(freeze):
    return concerned.region(freeze(concerned.NOON))


@pytest.fixture
def world(freeze):
    return summits.world(freeze)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(world, name, address, status=200) -> str:
    answer = sign_in(world.people[name]).get(address)
    assert answer.status_code == status, text_of(answer)
    return text_of(answer)


def section(text: str, begins: str, ends: str) -> str:
    return text[text.index(begins) : text.index(ends)]


class TestHome:
    def test_empty_is_a_good_state(self, region) -> None:
        confirm_interests(by=principal_of(region.reader.pk), now=region.now)
        text = page(region, "reader", "/")
        assert "Nothing needs you today." in text
        assert "Nothing has been shared with you yet." in text
        assert "No meeting is planned." in text
        assert "Raise a concern" not in text

    def test_whoever_may_raise_and_call_is_offered_it(self, region) -> None:
        text = page(region, "worker", "/")
        assert "Make a quick note" in text
        assert "North QSG" in text

    @pytest.mark.parametrize("name", ["administrator", "auditor"])
    def test_an_office_of_the_portal_reads_no_intelligence(self, region, name) -> None:
        concern = region.concern()
        text = page(region, name, "/")
        assert "Your role does not read intelligence." in text
        assert concern.headline not in text
        assert ("Who saw what" in text) == (name == "auditor")

    def test_the_newest_in_sight_first_and_nothing_else(self, region) -> None:
        region.concern(words=region.words(headline="The first"))
        region.now += timedelta(minutes=5)
        region.concern(words=region.words(headline="The second"))
        told = page(region, "inspector", "/")
        assert told.index("The second") < told.index("The first")
        assert "The first" not in page(region, "stranger", "/")
        read = Line.objects.filter(deed="read", record=None, user=region.inspector).last()
        assert len(read.detail["shown"]) == 2

    def test_a_plan_that_names_my_council_is_new(self, region) -> None:
        plan = named(region)
        assert plan.title in page(region, "social_worker", "/").split("New in your sight")[1]
        assert plan.title not in page(region, "stranger", "/")

    def test_a_summit_waits_for_everyone_in_the_room_and_for_nobody_else(self, world) -> None:
        summits.trigger(world)
        waits = section(page(world, "cora", "/"), "Please answer", "New in your sight")
        assert "Relevant members come together and judge" in waits
        assert "You are called to a risk summit." in waits
        assert "Relevant members" not in page(world, "nell", "/")
        confirm_interests(by=principal_of(world.people["fay"].pk), now=world.now)
        assert "Nothing needs you today." in page(world, "fay", "/")

    def test_many_who_are_not_reached_are_one_line(self, world) -> None:
        summits.trigger(world)
        world.move(hours=3)
        waits = section(page(world, "chair", "/"), "Please answer", "New in your sight")
        assert waits.count("was not reached by") == 1
        assert re.search(r"And \d+ more like it\.", waits)

    def test_a_deadline_that_is_shown_is_not_said_again_below(self, world) -> None:
        summits.trigger(world)
        world.move(hours=49)
        text = page(world, "chair", "/")
        assert "missed" in section(text, "Deadlines of everyone", "New in your sight")
        assert "Missed: Relevant members" not in text

    def test_what_was_missed_long_ago_stands_behind_what_can_be_done(self, world) -> None:
        summits.trigger(world)
        world.move(hours=49)
        world.freeze(world.now + timedelta(days=10))
        text = page(world, "chair", "/")
        assert "Missed more than a week ago (" in text
        assert "Relevant members" not in section(text, "What needs me today", "Missed more than")

    def test_an_action_asked_of_my_body_and_the_next_meeting(self, world) -> None:
        room = summits.trigger(world).room
        ask_for_action(
            by=world.by("chair"),
            now=world.now,
            asked=world.ccg.pk,
            statement="Buy twelve beds elsewhere.",
            aim="safeguard",
            power_kind="none",
            risk="critical",
            origin=room.record,
            due_at=world.at(hours=30),
        )
        convene_meeting(
            by=world.by("chair"),
            now=world.now,
            at=room,
            of=room.record,
            purpose="judgement",
            starts_at=world.at(hours=5),
            ends_at=world.at(hours=6),
            joining="In the message.",
        )
        text = page(world, "cara", "/")
        assert "Buy twelve beds elsewhere." in section(text, "Actions that wait", "New in your sight")
        assert "Buy twelve beds elsewhere." not in page(world, "cora", "/").split("New in your sight")[0]
        assert "Meeting to judge" in section(text, "Next meetings", "Your groups")
        shown = Line.objects.filter(user=world.people["cara"], detail__page="HomePage").get().detail["shown"]
        assert {str(Meeting.objects.get().pk), str(room.pk), str(Action.objects.get().pk)} <= set(shown)

    def test_its_queries_do_not_grow_with_what_there_is(self, region) -> None:
        client = sign_in(region.inspector)

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/").status_code == 200
            return len(queries)

        region.concern()
        client.get("/")
        few = asked()
        for number in range(6):
            region.concern(words=region.words(headline=f"Number {number}"))
        assert asked() == few


class TestProvider:
    def address(self, region) -> str:
        return f"/providers/{region.provider.pk}/"

    def test_what_is_in_sight_and_nothing_else(self, region) -> None:
        region.concern()
        assert "Falls on one ward" in page(region, "inspector", self.address(region))
        for name in ("stranger", "administrator", "auditor", "visitor"):
            text = page(region, name, self.address(region))
            assert "Fictional Hospital" in text
            assert "Falls on one ward" not in text, name

    def test_the_timeline_shows_one_kind_when_asked(self, region) -> None:
        region.concern()
        level(region)
        address = self.address(region)
        assert "Falls on one ward" not in page(region, "inspector", f"{address}?kind=surveillance_level")
        assert "Falls on one ward" in page(region, "inspector", f"{address}?kind=concern")
        assert "Falls on one ward" in page(region, "inspector", f"{address}?kind=nonsense")

    def test_its_level_for_those_who_see_it(self, region) -> None:
        level(region)
        assert "Falls go on." in page(region, "inspector", self.address(region))
        assert "Falls go on." not in page(region, "stranger", self.address(region))

    def test_nobody_with_a_declared_interest_is_offered_what_they_would_be_refused(self, region) -> None:
        address = f"/providers/{region.provider.pk}/"
        offers = ("Plan a visit", "Ask it for information", "Make a quick note")
        assert all(one in page(region, "worker", address) for one in offers)
        Conflict.objects.create(user=region.worker, provider=region.provider, starts_on=date(2026, 3, 1))
        text = page(region, "worker", address)
        assert not any(one in text for one in offers)
        assert "have a declared interest in this provider" in text

    def test_who_buys_no_longer_is_not_shown_as_buying_and_a_closed_place_is_marked(self, region) -> None:
        today = date(2026, 3, 3)
        for name, ends_on in (("NHS Gone CCG", today), ("NHS Staying CCG", today + timedelta(days=1))):
            body = Agency.objects.create(kind="ccg", name=name)
            Commissioning.objects.create(
                provider=region.provider, agency=body, starts_on=date(2020, 1, 1), ends_on=ends_on
            )
        closed = {"status": "closed", "closed_on": date(2025, 6, 30)}
        Location.objects.create(provider=region.provider, name="Fictional Annexe", **closed)
        text = page(region, "inspector", self.address(region))
        assert "NHS Staying CCG" in text
        assert "NHS Gone CCG" not in text
        assert "Fictional Annexe (closed 30 June 2025)" in text

    def test_none_is_absent(self, region) -> None:
        page(region, "inspector", f"/providers/{uuid4()}/", status=404)

    def test_what_was_shown_is_in_the_log(self, region) -> None:
        concern = region.concern()
        page(region, "inspector", self.address(region))
        shown = Line.objects.filter(user=region.inspector, deed="read").last().detail["shown"]
        assert shown == [str(concern.pk)]


def level(region):
    return set_level(
        by=region.by("chair"),
        now=region.now,
        qsg=region.north,
        provider=region.provider,
        proposal=Proposal(
            level="more_information",
            reason="Falls go on.",
            follows=region.cqc.pk,
            review_on=date(2026, 4, 3),
            exit_criteria="No fall with a fracture in eight weeks.",
            relied_on="Three concerns.",
            put_to_provider="The figures; it agrees.",
            how="meeting",
            met_on=date(2026, 3, 3),
        ),
        seen=None,
    )


class TestGroup:
    def test_members_for_all_and_levels_for_those_who_see_them(self, region) -> None:
        level(region)
        address = f"/groups/{region.north.pk}/"
        inside = page(region, "inspector", address)
        assert "Care Quality Commission" in inside
        assert "More information" in inside
        outside = page(region, "stranger", address)
        assert "Care Quality Commission" in outside
        assert "More information" not in outside
        assert "More information" not in page(region, "administrator", address)

    def test_none_is_absent(self, region) -> None:
        page(region, "inspector", f"/groups/{uuid4()}/", status=404)

    def test_the_regions_group(self, region) -> None:
        assert "Example Regional QSG" in page(region, "regional", f"/groups/{region.region.pk}/")


class TestTheThreeQuestions:
    def test_why_can_i_see_this(self, region) -> None:
        concern = region.concern()
        text = page(region, "inspector", f"/records/{concern.pk}/why/")
        assert "It was shared with" in text
        assert "It is looked after by NHS Example CCG." in text
        assert "Your body looks after it." in page(region, "lead", f"/records/{concern.pk}/why/")
        page(region, "stranger", f"/records/{concern.pk}/why/", status=404)

    def test_who_can_see_this_is_for_the_owner(self, region) -> None:
        concern = region.concern()
        text = page(region, "lead", f"/records/{concern.pk}/readers/")
        assert "Ines Inspector" in text
        assert "Stu Stranger" not in text
        page(region, "inspector", f"/records/{concern.pk}/readers/", status=403)
        page(region, "stranger", f"/records/{concern.pk}/readers/", status=404)

    def test_who_saw_this_is_for_the_owner(self, region) -> None:
        concern = region.concern()
        page(region, "inspector", f"/concerns/{concern.pk}/")
        text = page(region, "lead", f"/records/{concern.pk}/who-saw/")
        assert "Ines Inspector, Care Quality Commission" in text
        page(region, "inspector", f"/records/{concern.pk}/who-saw/", status=403)
        page(region, "stranger", f"/records/{concern.pk}/who-saw/", status=404)

    def test_one_that_was_withdrawn_is_still_its_owners(self, region) -> None:
        concern = region.concern()
        withdraw_concern(
            by=region.by("lead"),
            now=region.now,
            concern=concern,
            reason="Raised twice.",
            seen=concern.version,
        )
        assert "NHS Example CCG" in page(region, "lead", f"/records/{concern.pk}/why/")

    def test_a_list_beside_it_tells_the_owner_nothing_of_its_length(self, region) -> None:
        concern = region.concern()
        for _ in range(2):
            region.concern("inspector", choice=Choice())
        page(region, "inspector", f"/providers/{region.provider.pk}/")
        assert "Ines Inspector, Care Quality Commission read a list of 3" in page(
            region, "auditor", "/who-saw-what/"
        )
        text = page(region, "lead", f"/records/{concern.pk}/who-saw/")
        assert "Ines Inspector, Care Quality Commission read this, in a list" in text
        assert "a list of" not in text

    def test_each_of_them_is_itself_in_the_log(self, region) -> None:
        concern = region.concern()
        for address, name in (("why", "WhyPage"), ("readers", "ReadersPage"), ("who-saw", "WhoSawThisPage")):
            page(region, "lead", f"/records/{concern.pk}/{address}/")
            line = Line.objects.get(record=concern.pk, detail__page=name)
            assert (line.deed, line.user, line.detail["through"]) == ("read", region.lead, ["owner"])

    def test_a_body_that_accepted_it_from_its_owner_asks_as_the_owner(self, region) -> None:
        concern, kept_back = region.concern(), region.concern()
        body = Agency.objects.create(kind="ccg", name="NHS Successor CCG")
        region.people["heir"] = concerned.person("Hera Heir", body)
        accepted = Inheritance.objects.create(predecessor=region.ccg, successor=body, accepted_at=region.now)
        accepted.exceptions.add(kept_back.record)
        assert principal_of(region.people["heir"].pk).predecessors == {region.ccg.pk}
        assert "Hera Heir" in page(region, "heir", f"/records/{concern.pk}/readers/")
        assert "Hera Heir" in page(region, "heir", f"/records/{concern.pk}/who-saw/")
        page(region, "heir", f"/records/{kept_back.pk}/who-saw/", status=404)

    def test_who_saw_this_is_found_by_both_indexes_of_the_log(self, region) -> None:
        concern = region.concern()
        client = sign_in(region.lead)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/records/{concern.pk}/who-saw/")
        (asked,) = [one["sql"] for one in queries if "audit_line" in one["sql"] and " OR " in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
            cursor.execute(f"EXPLAIN {asked}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "audit_by_record" in plan
        assert "audit_shown" in plan

    def test_an_unknown_record_is_absent(self, region) -> None:
        for deed in ("why", "readers", "who-saw"):
            page(region, "lead", f"/records/{uuid4()}/{deed}/", status=404)


class TestWhoSawWhat:
    def test_the_auditor_reads_who_and_never_what(self, region) -> None:
        concern = region.concern()
        page(region, "inspector", f"/concerns/{concern.pk}/")
        text = page(region, "auditor", "/who-saw-what/")
        assert "Ines Inspector, Care Quality Commission read a record" in text
        assert concern.headline not in text
        assert str(concern.pk) not in text

    def test_by_person_body_and_deed(self, region) -> None:
        concern = region.concern()
        page(region, "inspector", f"/concerns/{concern.pk}/")
        assert "Ines Inspector" not in page(region, "auditor", "/who-saw-what/?person=wes")
        assert "Ines Inspector" in page(region, "auditor", "/who-saw-what/?body=quality")
        assert "Ines Inspector" not in page(region, "auditor", "/who-saw-what/?deed=concern.raised")
        assert "No line of the log fits this." in page(region, "auditor", "/who-saw-what/?person=zz")

    @pytest.mark.parametrize("name", ["lead", "inspector", "administrator", "chair"])
    def test_nobody_else(self, region, name) -> None:
        page(region, name, "/who-saw-what/", status=403)


NONSENSE = ["\0", "a\0b", "x" * 5000, "\u202e'\"%_\\", "00000000-0000-0000-0000-000000000000", "-1"]
ASKED = [
    ("auditor", "/who-saw-what/", ("person", "body", "deed", "from")),
    ("lead", "/records/{concern}/who-saw/", ("from",)),
    ("lead", "/", ("from",)),
    ("inspector", "/providers/{provider}/", ("kind", "from")),
    ("inspector", "/groups/{group}/", ("kind",)),
    ("inspector", "/providers/", ("q", "kind", "group", "commissioner", "from")),
    ("inspector", "/directory/", ("q", "kind", "group", "from")),
    ("inspector", "/telephones/", ("group",)),
    ("administrator", "/people/", ("q", "from")),
    ("administrator", "/groups/{group}/seats/new/", ("body",)),
    ("administrator", "/groups/{group}/members/new/", ("body",)),
    ("chair", "/providers/{provider}/level/{group}/", ("to",)),
    ("inspector", "/clocks/{provider}/", ("from",)),
]


@pytest.mark.parametrize(("name", "address", "parameters"), ASKED, ids=[one[1] for one in ASKED])
def test_whatever_stands_in_an_address_no_page_fails(region, name, address, parameters) -> None:
    concern = region.concern()
    client = sign_in(region.people[name])
    address = address.format(concern=concern.pk, provider=region.provider.pk, group=region.north.pk)
    for parameter in parameters:
        for nonsense in NONSENSE:
            assert client.get(address, {parameter: nonsense}).status_code in (200, 404), (parameter, nonsense)
