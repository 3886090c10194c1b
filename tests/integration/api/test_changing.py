"""Changing things: once for each key, upon what was read, and nothing that is not offered."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from access.api import ENDPOINTS
from access.api.endpoints import Deed
from access.models import Record, TakenRequest
from access.operations.requests import forget_requests
from access.tasks import forget_taken_forms
from actions.models import Action
from audit.models import Line
from concerns.models import Comment, Concern, ConcernVersion
from qsg_portal import api_urls
from reference.operations import load_lists
from tests.integration.api.conftest import Program

pytestmark = pytest.mark.django_db


class TestOnce:
    """C09."""

    def test_the_same_request_is_answered_and_not_done_again(self, world, program, words) -> None:
        asking = program("worker")
        first = asking.post("concerns/", words(), Idempotency_Key="a-1")
        again = asking.post("concerns/", words(), Idempotency_Key="a-1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert first.headers["Location"] == again.headers["Location"]
        assert Concern.objects.count() == 1

    def test_another_body_is_refused(self, world, program, words) -> None:
        asking = program("worker")
        asking.post("concerns/", words(), Idempotency_Key="a-1")
        answer = asking.post("concerns/", words(headline="Another"), Idempotency_Key="a-1")
        assert answer.status_code == 422
        other_address = asking.post("concerns/notes/", words(sharing=None), Idempotency_Key="a-1")
        assert other_address.status_code == 422
        assert Concern.objects.count() == 1

    def test_a_key_is_its_callers_own(self, world, program, words) -> None:
        one, other = program("worker"), program("worker")
        for asking in (one, other):
            assert asking.post("concerns/", words(), Idempotency_Key="a-1").status_code == 201
        assert Concern.objects.count() == 2

    def test_what_was_refused_may_be_sent_again(self, world, program, words) -> None:
        asking = program("worker")
        assert asking.post("concerns/", words(severity="nonsense"), Idempotency_Key="a-1").status_code == 422
        assert asking.post("concerns/", words(), Idempotency_Key="a-1").status_code == 201

    def test_rights_are_asked_again_for_an_answer_that_was_given(self, world, program) -> None:
        concern = world.concern()
        asking = program("inspector")
        sent = {"text": "We know the ward"}
        address = f"concerns/{concern.pk}/comments/"
        assert asking.post(address, sent, Idempotency_Key="a-1").status_code == 201
        Record.objects.filter(pk=concern.pk).update(circle=None)
        assert asking.post(address, sent, Idempotency_Key="a-1").status_code == 404

    @pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é", "a\tb"])
    def test_a_key_is_plain(self, world, program, words, key) -> None:
        answer = program("worker").post("concerns/", words(), Idempotency_Key=key)
        assert answer.status_code == 400
        assert "Idempotency-Key" in answer.json()["errors"]

    def test_it_is_remembered_for_a_day_and_holds_no_text(self, world, program, words, freeze) -> None:
        asking = program("worker")
        asking.post("concerns/", words(), Idempotency_Key="a-1")
        assert "ward" not in str(list(TakenRequest.objects.values()))
        later = freeze(world.now + timedelta(hours=24, minutes=1))
        asking.post("concerns/", words(), Idempotency_Key="a-1")
        assert Concern.objects.count() == 2
        assert forget_requests(now=later) == 0
        freeze(later + timedelta(days=2))
        assert forget_taken_forms() == 1

    @pytest.mark.django_db(transaction=True)
    def test_fifty_at_the_same_time_are_one(self, world, program, words) -> None:
        asking, sent = program("worker"), json.dumps(words())

        def send(_: int) -> int:
            try:
                return Program(asking.secret).post("concerns/", sent, Idempotency_Key="at-once").status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(50) as many:
            answers = list(many.map(send, range(50)))
        assert answers == [201] * 50
        assert Concern.objects.count() == 1
        assert Line.objects.filter(deed="concern.raised").count() == 1


class TestUponWhatWasRead:
    """C08: two change the same thing, and nothing is overwritten."""

    def test_the_second_is_told_how_it_now_stands(self, world, program) -> None:
        concern = world.concern()
        address = f"concerns/{concern.pk}/"
        one, other = program("worker"), program("lead")
        read = one.get(address).headers["ETag"]
        assert other.get(address).headers["ETag"] == read
        assert one.patch(address, {"headline": "From one"}, If_Match=read).status_code == 200
        answer = other.patch(address, {"headline": "From the other"}, If_Match=read)
        assert answer.status_code == 412
        assert answer.json()["current"]["headline"] == "From one"
        assert answer.headers["ETag"] == other.get(address).headers["ETag"]
        assert Concern.objects.get(pk=concern.pk).headline == "From one"
        assert ConcernVersion.objects.filter(concern=concern.pk).count() == 2

    @pytest.mark.parametrize("tag", [None, "*", '"x"', "", '"a", "b"', 'W/"x"'])
    def test_without_the_right_tag_nothing_is_changed(self, world, program, tag) -> None:
        concern = world.concern()
        headers = {} if tag is None else {"If_Match": tag}
        answer = program("worker").patch(f"concerns/{concern.pk}/", {"headline": "Blind"}, **headers)
        assert answer.status_code == (428 if tag is None else 412)
        assert Concern.objects.get(pk=concern.pk).headline == "Falls on one ward"

    def test_the_tag_tells_nothing_of_changes_that_one_does_not_see(self, world, program) -> None:
        """Others than its owner cannot count how often it was shared."""
        concern = world.concern()
        outside, owner = program("inspector"), program("worker")
        address = f"concerns/{concern.pk}/"
        before, mine = outside.get(address).headers["ETag"], owner.get(address).headers["ETag"]
        sharing = {"agencies": [str(world.council.pk)], "gateway": "functions"}
        assert owner.post(f"{address}share/", sharing, If_Match=mine).status_code == 200
        assert outside.get(address).headers["ETag"] == before

    @pytest.mark.django_db(transaction=True)
    def test_of_twenty_at_the_same_time_one_is_taken(self, world, program) -> None:
        concern = world.concern()
        asking = program("worker")
        read = asking.get(f"concerns/{concern.pk}/").headers["ETag"]

        def send(number: int) -> int:
            try:
                sent = {"headline": f"From {number}"}
                return (
                    Program(asking.secret).patch(f"concerns/{concern.pk}/", sent, If_Match=read).status_code
                )
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as many:
            answers = sorted(many.map(send, range(20)))
        assert answers[0] == 200
        assert set(answers[1:]) <= {409, 412}
        assert ConcernVersion.objects.filter(concern=concern.pk).count() == 2


class TestNothingElse:
    """C02: what is not offered cannot be set, whatever it is called and wherever it stands."""

    @pytest.mark.parametrize(
        "field",
        [
            "id", "pk", "record", "record_id", "owner", "owner_id", "circle", "named", "gate", "closed", "status",
            "version", "reference", "changed_by", "recorded_by", "recorded_at", "to_complete", "outcome", "superseded_by",
            "is_staff", "is_superuser", "due_at", "fired_at", "approved", "exercise", "__class__", "constructor", "",
        ],
    )  # fmt: skip
    def test_a_privileged_field_is_refused_and_unchanged(self, world, program, field) -> None:
        concern = world.concern()
        asking = program("worker")
        before = (
            Concern.objects.filter(pk=concern.pk).values().get(),
            Record.objects.filter(pk=concern.pk).values().get(),
        )
        read = asking.get(f"concerns/{concern.pk}/").headers["ETag"]
        answer = asking.patch(f"concerns/{concern.pk}/", {"headline": "Taken", field: "x"}, If_Match=read)
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == [field]
        after = (
            Concern.objects.filter(pk=concern.pk).values().get(),
            Record.objects.filter(pk=concern.pk).values().get(),
        )
        assert after == before

    def test_nor_inside(self, world, program, words) -> None:
        asking = program("worker")
        sharing = {**words()["sharing"], "circle": 1}
        assert asking.post("concerns/", words(sharing=sharing)).json()["errors"] == {
            "sharing.circle": "There is no such field."
        }
        about = {**words()["about"], "status": "closed"}
        assert asking.post("concerns/", words(about=about)).status_code == 400

    def test_no_deed_takes_what_it_does_not_name(self) -> None:
        assert api_urls.urlpatterns
        for deed in (one for one in ENDPOINTS if issubclass(one, Deed)):
            said = deed.takes(data={"is_staff": True, "password": "x"})
            assert not said.is_valid(), deed
            assert {"is_staff", "password"} <= set(said.errors), deed


class TestDeeds:
    """One walk through what a body's own system does."""

    def test_a_concern_from_first_to_last(self, world, program, words) -> None:
        ours, theirs = program("lead"), program("inspector")
        made = ours.post("concerns/", words())
        address = made.headers["Location"]
        assert theirs.get(address).json()["source_kind"] == ""
        said = {"stance": "too", "source_kind": "complaint", "reliability": "first_hand", "origin": "own"}
        assert theirs.post(f"{address}corroborations/", said).status_code == 201
        assert theirs.post(f"{address}ask-to-share/", {"agency": str(world.neighbour.pk)}).status_code == 200
        look = {"how": "visit", "who": "Two nurses", "text": "The ward was short of people"}
        assert theirs.post(f"{address}looks/", look).status_code == 201
        shared = ours.post(
            f"{address}share/", {"agencies": [str(world.neighbour.pk)], "gateway": "functions"},
            If_Match=made.headers["ETag"],
        )  # fmt: skip
        assert shared.status_code == 200
        access = ours.get(f"{address}access/").json()
        assert {one["to"] for one in access["shares"]} == {"North QSG", "NHS Neighbour CCG"}
        assert theirs.get(f"{address}access/").json()["shares"] == []
        (share,) = [one["id"] for one in access["shares"] if one["kind"] == "agency"]
        ended = ours.post(f"{address}unshare/", {"shares": [share]}, If_Match=shared.headers["ETag"])
        assert ended.status_code == 200
        assert program("stranger").get(address).status_code == 404
        closed = ours.post(
            f"{address}close/", {"outcome": "nonsense", "reason": "x"}, If_Match=ended.headers["ETag"]
        )
        assert (closed.status_code, set(closed.json()["errors"])) == (422, {"outcome"})
        changed = ours.patch(address, {"headline": "Falls on two wards"}, If_Match=ended.headers["ETag"])
        (step,) = ours.get(f"{address}history/").json()["steps"]
        assert step["changes"][0]["field"] == "headline"
        gone = ours.post(f"{address}withdraw/", {"reason": "Counted twice"}, If_Match=changed.headers["ETag"])
        assert gone.json()["status"] == "withdrawn"
        assert (gone.json()["headline"], gone.json()["narrative"], gone.json()["source"]) == ("", "", "")
        assert [one["text"] for one in theirs.get(f"{address}comments/").json()["results"]] == []

    def test_a_protected_source_is_a_month_outside_its_owner(self, world, program, words) -> None:
        """The rule is the pages': both doors ask ``known``."""
        made = program("lead").post("concerns/", words(source_kind="whistleblower"))
        assert made.json()["precision"] == "minute"
        outside = program("inspector").get(made.headers["Location"]).json()
        assert (outside["precision"], outside["source_kind"], outside["source_other"]) == ("month", "", "")
        assert outside["happened_at"] == "2026-03-01T00:00:00Z"

    def test_the_moment_of_a_protected_source_is_told_by_no_other_address(
        self, world, program, words
    ) -> None:
        """Neither by what tells of records of every kind, nor by a refusal that could be asked again and again."""
        happened = "2026-02-17T09:41:00Z"
        made = program("lead").post("concerns/", words(source_kind="whistleblower", happened_at=happened))
        key, outside = made.json()["id"], program("inspector")
        for address in ("records/", f"records/?provider={world.provider.pk}", f"records/{key}/"):
            answer = outside.get(address)
            assert key.encode() in answer.content
            assert b"02-17" not in answer.content
        sent = {
            "asked": str(world.council.pk), "statement": "Look at the rota", "aim": "safeguard", "power_kind": "none",
            "due_at": "2026-03-20T12:00:00Z", "risk": "serious", "origin": key,
        }  # fmt: skip
        before, after = (
            outside.post("actions/", {**sent, "happened_at": f"2026-02-17T09:{minute}:00Z"})
            for minute in ("40", "42")
        )
        assert (before.status_code, before.content) == (after.status_code, after.content)
        assert before.status_code == 422
        assert b"17 February" not in before.content

    @pytest.mark.parametrize("precision", ["minute", "day"])
    def test_how_exactly_it_is_known_is_no_moment(self, world, program, words, precision) -> None:
        """What a note says nothing of is not kept as the moment at which it was written down."""
        asking = program("worker")
        told = words(sharing=None, happened_at=None)
        refused = asking.post("concerns/notes/", {**told, "precision": precision})
        assert (refused.status_code, set(refused.json()["errors"])) == (422, {"precision"})
        made = asking.post("concerns/notes/", told)
        assert (made.json()["happened_at"], made.json()["precision"]) == (None, "not_said")
        address, tag = made.headers["Location"], made.headers["ETag"]
        refused = asking.patch(address, {"precision": precision}, If_Match=tag)
        assert (refused.status_code, set(refused.json()["errors"])) == (422, {"precision"})
        moment = {"happened_at": "2026-03-01T10:00:00Z", "precision": precision}
        changed = asking.patch(address, moment, If_Match=tag)
        assert {name: changed.json()[name] for name in moment} == moment
        taken_back = asking.patch(address, {"precision": "not_said"}, If_Match=changed.headers["ETag"])
        assert (taken_back.status_code, set(taken_back.json()["errors"])) == (422, {"happened_at"})

    def test_a_service_that_is_not_registered_takes_no_providers(self, world, program, words) -> None:
        about = {"kind": "unregistered", "name": "Rose House", "place": "by the station"}
        asking, told = program("worker"), words(sharing=None)
        refused = asking.post(
            "concerns/notes/", {**told, "about": {**about, "providers": [str(world.provider.pk)]}}
        )
        assert (refused.status_code, set(refused.json()["errors"])) == (422, {"providers"})
        assert asking.post("concerns/notes/", {**told, "about": about}).status_code == 201

    def test_a_tombstone_tells_nothing_of_what_came_of_it(self, world, program, words) -> None:
        asking = program("lead")
        for deed, code in (("close/", {"outcome": "looked_not_so", "reason": "Looked into"}), ("", {})):
            made = asking.post("concerns/notes/", words(sharing=None))
            assert made.json()["to_complete"]
            address, tag = made.headers["Location"], made.headers["ETag"]
            if deed:
                closed = asking.post(f"{address}{deed}", code, If_Match=tag)
                assert closed.json()["outcome"] == code["outcome"], closed.content
                tag = closed.headers["ETag"]
            gone = asking.post(f"{address}withdraw/", {"reason": "Counted twice"}, If_Match=tag).json()
            assert (gone["status"], gone["outcome"], gone["to_complete"]) == ("withdrawn", "", False)

    def test_an_action_cites_a_power_of_the_body_asked_or_another_and_none_is_ever_needed(
        self, world, program
    ):
        load_lists()
        asking = program("lead")
        sent = {
            "asked": str(world.cqc.pk), "statement": "Look at the rota", "aim": "safeguard", "risk": "serious",
            "due_at": "2026-03-20T12:00:00Z", "providers": [str(world.provider.pk)],
        }  # fmt: skip
        listed = asking.get(f"agencies/{world.cqc.pk}/").json()["powers"][-1]["power"]
        for kind, power in (("listed", listed), ("another", "Coroners and Justice Act"), ("none", "")):
            made = asking.post("actions/", {**sent, "power_kind": kind, "power": power})
            assert made.status_code == 201, made.content
            assert (made.json()["power_kind"], made.json()["power"]) == (kind, power)
        for wrong in (
            {"power_kind": "another", "power": ""},
            {"power_kind": "listed", "power": "Breach of contract"},
            {"power_kind": "another", "power": "As of patient 943 476 5919"},
        ):
            refused = asking.post("actions/", {**sent, **wrong})
            assert refused.status_code == 422
            assert set(refused.json()["errors"]) == {"power"}

    def test_an_action_is_asked_and_answered(self, world, program) -> None:
        asking, asked = program("lead"), program("inspector")
        sent = {
            "asked": str(world.cqc.pk), "statement": "Look at the rota", "aim": "safeguard", "power_kind": "none",
            "due_at": "2026-03-20T12:00:00Z", "risk": "serious", "providers": [str(world.provider.pk)],
        }  # fmt: skip
        made = asking.post("actions/", sent)
        assert made.status_code == 201, made.content
        address, tag = made.headers["Location"], made.headers["ETag"]
        assert asking.post(f"{address}accept/", {}, If_Match=tag).status_code == 403
        accepted = asked.post(f"{address}accept/", {"text": "We will"}, If_Match=tag)
        assert accepted.json()["status"] == "accepted"
        assert [one["deed"] for one in accepted.json()["turns"]] == ["asked", "accepted"]
        stale = asked.post(f"{address}done/", {"evidence": "Seen", "risk": "low"}, If_Match=tag)
        assert stale.status_code == 412
        assert asked.get("actions/?side=of_us").json()["results"][0]["id"] == made.json()["id"]
        assert asked.get("actions/?side=by_us").json()["results"] == []
        assert asking.post(f"{address}comments/", {"text": "Thank you"}).status_code == 201
        assert Action.objects.get().status == "accepted"

    def test_a_forged_origin_reads_like_an_absent_one(self, world, program) -> None:
        hidden = world.concern("inspector", choice=world.seats(world.south))
        asking = program("volunteer")
        sent = {
            "asked": str(world.cqc.pk), "statement": "Look", "aim": "safeguard", "power_kind": "none",
            "due_at": "2026-03-20T12:00:00Z", "risk": "serious",
        }  # fmt: skip
        told = [
            asking.post("actions/", {**sent, "origin": key}).content
            for key in (str(hidden.pk), "0dd0dd0d-0dd0-4dd0-8dd0-0dd0dd0dd0dd")
        ]
        assert told[0] == told[1]

    def test_what_looks_like_a_patients_is_said_with_its_mark(self, world, program, words) -> None:
        asking = program("worker")
        sent = words(narrative="Ask her daughter on 07700 900123.")
        refused = asking.post("concerns/", sent)
        assert refused.status_code == 422
        (found,) = refused.json()["findings"]["narrative"]
        assert found["looks_like"] == "looks like somebody's telephone number"
        assert asking.post("concerns/", {**sent, "decided": [found["mark"]]}).status_code == 201

    def test_a_level_is_set_by_the_chair(self, world, program) -> None:
        sent = {
            "level": "more_information", "reason": "Three falls", "follows": str(world.ccg.pk), "review_on": "2026-03-20",
            "exit_criteria": "No falls for a month", "how": "meeting", "met_on": "2026-03-02",
        }  # fmt: skip
        address = f"providers/{world.provider.pk}/levels/{world.north.pk}/"
        assert program("lead").post(address, sent).status_code == 403
        made = program("chair").post(address, sent)
        assert made.status_code == 201, made.content
        assert (made.json()["standing"], made.json()["follows"]["name"]) == ("set", "NHS Example CCG")
        clocks = program("lead").get(f"clocks/?record={made.json()['id']}").json()["results"]
        assert program("worker").get(f"records/?provider={world.provider.pk}").json()["results"][0][
            "kind"
        ] == ("surveillance_level")
        assert [one["kind"] for one in clocks] in ([], ["go_and_look_level"])

    def test_messages_are_ones_own_and_answered_once(self, world, program) -> None:
        world.concern()
        asking = program("worker")
        program("inspector").post(f"concerns/{Concern.objects.get().pk}/comments/", {"text": "We know"})
        listed = asking.get("notifications/").json()["results"]
        assert listed
        address = f"notifications/{listed[0]['id']}/"
        assert asking.get(address).json()["acknowledged_at"] is None
        assert program("inspector").get(address).status_code == 404
        assert asking.post(f"{address}acknowledge/").json()["acknowledged_at"] == "2026-03-03T12:00:00Z"
        assert asking.post(f"{address}acknowledge/").status_code == 409
        assert Comment.objects.count() == 1
