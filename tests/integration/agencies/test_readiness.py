"""Declarations of readiness: drafted by a body, signed by its lead, read by the bodies of its groups."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Agency, QSGMember, ReadinessDeclaration
from agencies.readiness.operations import save_draft, sign_declaration
from agencies.readiness.reading import declarations_seen, declared_in, questions_on
from agencies.readiness.rules import Answer
from audit.models import Line
from reference.models import Entry
from reference.operations import put_row, set_end
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    dated,
    person,
    submit,
    text_of,
)


@pytest.fixture
def cast(world: World) -> World:
    """Lee leads and Con writes at the CCG; Bob reads at the other CCG, a member too; Eve reads at a stranger's."""
    call_command("load_reference", verbosity=0)
    QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
    belongs(world.bob, world.other)
    world.lee, world.con, world.eve = map(person, ("Lee Lead", "Con Tributor", "Eve Else"))  # type: ignore[attr-defined]
    belongs(world.lee, world.ccg, "agency_lead")
    belongs(world.con, world.ccg, "contributor")
    belongs(world.eve, Agency.objects.create(kind="ccg", name="NHS Stranger CCG"))
    return world


def whole(words: str = "We have.") -> dict[int, Answer]:
    return {position: Answer(words, "Board minute 4") for position in questions_on(TODAY)}


def drafted(cast, **more) -> ReadinessDeclaration:
    given = {
        "by": principal_of(cast.con.pk),
        "now": cast.now,
        "agency": cast.ccg,
        "answers": whole(),
        "board_on": TODAY,
    }
    return save_draft(**{**given, **more})


def signed(cast, **more) -> ReadinessDeclaration:
    given = {"by": principal_of(cast.lee.pk), "now": cast.now, "agency": cast.ccg, "seen": 1}
    return sign_declaration(**{**given, **more})


class TestDrafting:
    def test_keeps_an_unfinished_draft_of_the_reports_questions(self, cast):
        draft = drafted(cast, answers={1: Answer("Yes")}, board_on=None)
        (answer,) = draft.answers.all()
        assert answer.question.startswith("Have the Chief Executive and Chair")
        assert len(questions_on(TODAY)) == 12
        assert Line.objects.get(deed="readiness.drafted").detail["version"] == 1

    def test_a_second_saving_goes_on_from_the_first(self, cast):
        drafted(cast)
        again = drafted(cast, answers={2: Answer("No")}, seen=1)
        assert (again.version, ReadinessDeclaration.objects.count(), again.answers.count()) == (2, 1, 1)

    @pytest.mark.parametrize("seen", [0, 2, -1])
    def test_nobody_writes_over_what_they_did_not_see(self, cast, seen: int):
        drafted(cast)
        with pytest.raises(NotNow, match="Con Tributor saved this draft at"):
            drafted(cast, seen=seen)

    def test_a_draft_that_was_signed_meanwhile_is_said(self, cast):
        drafted(cast)
        signed(cast)
        with pytest.raises(NotNow, match="signed meanwhile"):
            drafted(cast, seen=1)

    def test_by_whoever_writes_for_the_body(self, cast):
        for user in (cast.ann, cast.bob, cast.eve, cast.body_admin, cast.portal_admin):
            with pytest.raises(NotPermitted):
                drafted(cast, by=principal_of(user.pk))

    @pytest.mark.parametrize(
        ("answers", "says"),
        [
            ({99: Answer("Yes")}, "questions have changed"),
            ({1: Answer("x" * 4001)}, "Keep it to 4000"),
            ({1: Answer("", "x" * 4001)}, "Keep it to 4000"),
            ({1: Answer("The patient 943 476 5919 was told.")}, "NHS number"),
        ],
    )
    def test_bad_input(self, cast, answers: dict, says: str):
        with pytest.raises(Invalid, match=says):
            drafted(cast, answers=answers)
        assert not ReadinessDeclaration.objects.exists()

    def test_a_question_that_has_ended_is_asked_no_more(self, cast):
        set_end(list_code="readiness_questions", code="12", effective_to=date(2026, 3, 2))
        assert set(questions_on(TODAY)) == set(range(1, 12))


def reworded(day: date) -> None:
    """Let question 2 say something else from a day on."""
    held = Entry.objects.get(list_code="readiness_questions", code="2")
    data = {**held.data, "question": "Are our roles clear?"}
    put_row(
        list_code="readiness_questions", code="2", on=day, data=data, source="judgement", status="judgement"
    )


class TestSigning:
    def test_publishes_it_and_replaces_the_one_before(self, cast):
        drafted(cast)
        first = signed(cast)
        drafted(cast, answers=whole("And again."))
        second = signed(cast)
        first.refresh_from_db()
        assert (first.state, second.state) == ("replaced", "declared")
        assert [one.declaration for one in declared_in(cast.group, TODAY)] == [second, None]
        assert Line.objects.filter(deed="readiness.signed").count() == 2

    def test_an_answer_to_other_words_is_no_answer(self, cast):
        drafted(cast)
        before = questions_on(TODAY)[2]
        reworded(TODAY)
        with pytest.raises(NotNow, match="Question 2 is not answered"):
            signed(cast)
        page = client_as(cast.con).get(reverse("agencies:readiness_draft"))
        assert "Are our roles clear?" in text_of(page)
        assert page.content.decode().count(">We have.</textarea>") == len(questions_on(TODAY)) - 1
        assert before in text_of(page), "what was answered to the other words is there to be copied"

    def test_by_a_lead_alone(self, cast):
        drafted(cast)
        for user in (cast.con, cast.ann, cast.bob, cast.body_admin, cast.portal_admin):
            with pytest.raises(NotPermitted, match="Only a lead of NHS Example CCG"):
                signed(cast, by=principal_of(user.pk))

    def test_only_what_was_read_and_is_whole(self, cast):
        with pytest.raises(NotNow, match="no draft to sign"):
            signed(cast)
        drafted(cast, board_on=TOMORROW)
        with pytest.raises(NotNow, match="board's day is in the future"):
            signed(cast)
        drafted(cast, answers={1: Answer("Yes", "M")}, seen=1)
        with pytest.raises(NotNow, match="saved this draft"):
            signed(cast, seen=1)
        with pytest.raises(NotNow, match="Question 2 is not answered"):
            signed(cast, seen=2)

    def test_the_database_keeps_one_draft_and_one_that_stands(self, cast):
        drafted(cast)
        signed(cast)
        given = {"agency": cast.ccg, "saved_at": cast.now, "saved_by": cast.con}
        with pytest.raises(IntegrityError, match="one_that_stands"), transaction.atomic():
            ReadinessDeclaration.objects.create(
                **given, state="declared", signed_at=cast.now, signed_by=cast.lee, board_on=TODAY
            )
        with pytest.raises(IntegrityError, match="says_by_whom"), transaction.atomic():
            ReadinessDeclaration.objects.create(**given, state="replaced")


class TestSight:
    def test_a_draft_is_its_bodys_own_and_a_declaration_its_groups(self, cast):
        def seen(user) -> int:
            return declarations_seen(principal_of(user.pk), TODAY).count()

        everybody = (cast.ann, cast.con, cast.lee, cast.bob, cast.eve, cast.body_admin, cast.portal_admin)
        drafted(cast)
        assert [seen(one) for one in everybody] == [1, 1, 1, 0, 0, 0, 0]
        signed(cast)
        assert [seen(one) for one in everybody] == [1, 1, 1, 1, 0, 0, 0]
        QSGMember.objects.filter(agency=cast.other).update(kind="associate")
        assert seen(cast.bob) == 0
        QSGMember.objects.filter(agency=cast.other).update(kind="full", ends_on=TODAY)
        assert seen(cast.bob) == 0

    @pytest.mark.parametrize("name", ["declaration", "readiness", "group_readiness"])
    def test_what_is_hidden_is_absent(self, cast, name: str):
        drafted(cast)
        made = signed(cast)
        key = {"declaration": made.pk, "readiness": cast.ccg.pk, "group_readiness": cast.group.pk}[name]
        address = reverse(f"agencies:{name}", args=[key])
        for user in (cast.ann, cast.bob):
            assert client_as(user).get(address).status_code == 200
        for user in (cast.eve, cast.body_admin, cast.portal_admin):
            assert client_as(user).get(address).status_code == 404

    def test_the_api_says_the_same(self, cast):
        draft = drafted(cast)
        address = f"/api/v1/readiness/{draft.pk}/"
        assert client_as(cast.ann).get(address).json()["state"] == "draft"
        assert client_as(cast.bob).get(address).status_code == 404
        signed(cast)
        assert len(client_as(cast.bob).get(address).json()["answers"]) == 12
        listed = f"/api/v1/qsgs/{cast.group.pk}/readiness/"
        rows = client_as(cast.bob).get(listed).json()["results"]
        assert [(one["agency"]["name"], one["board_on"]) for one in rows] == [
            ("NHS Example CCG", "2026-03-03"),
            ("NHS Other CCG", None),
        ]
        assert client_as(cast.eve).get(listed).status_code == 404


class TestPages:
    def test_from_nothing_to_a_declaration_and_its_successor(self, cast):
        write, lead = client_as(cast.con), client_as(cast.lee)
        address = reverse("agencies:readiness_draft")
        asked = text_of(write.get(address))
        assert "1. Have the Chief Executive and Chair taken a lead?" in asked
        assert "Quality in the new health system" in asked
        assert "(optional)" not in asked, "all of it is needed to sign"
        assert lead.get(reverse("agencies:readiness_sign")).status_code == 409
        fields = {f"{part}_{one}": f"{part} {one}" for one in range(1, 13) for part in ("answer", "evidence")}
        answer = write.post(address, {**fields, "answer_2": "", "seen": "0"})
        assert answer.status_code == 302, text_of(answer)
        page = text_of(write.get(answer.url))
        assert "Question 2 is not answered." in page
        assert "The day on which the board discussed the report is missing." in page
        assert "Question 2 is not answered" in text_of(lead.get(reverse("agencies:readiness_sign")))
        stale = write.post(address, {**fields, "seen": "0"})
        assert stale.status_code == 422
        assert "Con Tributor saved this draft" in text_of(stale)
        assert "answer 7" in text_of(stale)
        answer = write.post(address, {**fields, **dated("board_on", TODAY), "seen": "1"})
        assert "It is whole" in text_of(write.get(answer.url))
        assert write.get(reverse("agencies:readiness_sign")).status_code == 403
        sign = reverse("agencies:readiness_sign")
        assert lead.get(sign).url == f"{sign}?version=2"
        assert "Con Tributor saved this draft" in text_of(lead.post(f"{sign}?version=1", {}))
        words = text_of(lead.post(f"{sign}?version=2", {}))
        assert "whoever reads at a member body of Example QSG reads them" in words
        submit(lead, f"{sign}?version=2")
        group = text_of(client_as(cast.bob).get(reverse("agencies:group_readiness", args=[cast.group.pk])))
        assert "1 of 2 member bodies have declared" in group
        assert "signed by Lee Lead" in group
        again = text_of(write.get(address))
        assert "answers of the declaration that stands" in again
        assert "answer 7" in again
        assert write.post(address, {**fields, **dated("board_on", TODAY), "seen": "0"}).status_code == 302
        submit(lead, f"{sign}?version=1")
        page = text_of(client_as(cast.bob).get(reverse("agencies:readiness", args=[cast.ccg.pk])))
        assert "Those before it" in page
        assert "a draft" not in page

    def test_what_looks_like_a_patients_is_asked_about(self, cast):
        address, client = reverse("agencies:readiness_draft"), client_as(cast.con)
        typed = {"answer_1": "Patient 943 476 5919 was told.", "seen": "0"}
        refused = client.post(address, typed)
        assert refused.status_code == 422
        assert "looks like an NHS number" in text_of(refused)
        (mark,) = re.findall(r'name="decided" value="([^"]+)"', refused.content.decode())
        assert client.post(address, {**typed, "decided": mark}).status_code == 302

    def test_whoever_acts_for_no_body_is_told(self, cast):
        nobody = person("No Body")
        for name in ("readiness_draft", "readiness_sign"):
            assert client_as(nobody).get(reverse(f"agencies:{name}")).status_code == 403

    def test_they_lead_to_each_other(self, cast):
        drafted(cast)
        signed(cast)
        body = client_as(cast.bob).get(reverse("agencies:agency", args=[cast.ccg.pk])).content.decode()
        assert reverse("agencies:readiness", args=[cast.ccg.pk]) in body
        group = client_as(cast.bob).get(reverse("group", args=[cast.group.pk])).content.decode()
        assert reverse("agencies:group_readiness", args=[cast.group.pk]) in group
        hidden = client_as(cast.eve).get(reverse("group", args=[cast.group.pk])).content.decode()
        assert reverse("agencies:group_readiness", args=[cast.group.pk]) not in hidden

    def test_a_group_of_any_size_takes_as_many_questions(self, cast):
        def asked() -> int:
            client = client_as(cast.bob)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("agencies:group_readiness", args=[cast.group.pk]))
                client.get(f"/api/v1/qsgs/{cast.group.pk}/readiness/")
            return len(queries)

        drafted(cast)
        signed(cast)
        asked()
        few = asked()
        for number in range(6):
            body = Agency.objects.create(kind="ccg", name=f"NHS {number} CCG")
            QSGMember.objects.create(qsg=cast.group, agency=body, starts_on=LAST_YEAR)
            ReadinessDeclaration.objects.create(
                agency=body,
                state="declared",
                board_on=TODAY,
                saved_at=cast.now,
                saved_by=cast.lee,
                signed_at=cast.now,
                signed_by=cast.lee,
            )
        assert asked() == few
