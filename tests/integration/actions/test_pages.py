import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Audience
from actions.models import Action
from agencies.models import Agency
from audit.models import Line
from providers.models import Commissioning
from tests.integration.actions.conftest import Ask
from tests.response import moment_parts, person, room
from tests.signing_in import sign_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def client_of(world):
    return sign_in


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]


def post(client, address: str, data: dict):
    """Send the form of a page as a browser does, its hidden marks included."""
    shown = client.get(address)
    assert shown.status_code == 200, text_of(shown)
    marks = {"once": hidden(shown, "once")}
    if 'name="seen"' in shown.content.decode():
        marks["seen"] = hidden(shown, "seen")
    return client.post(address, {**marks, **data})


# Asking


def test_a_lead_asks_step_by_step(world, client_of):
    client = client_of(world.ccg_lead)
    address = f"/actions/ask/about/{world.provider.pk}/"
    first = client.get(address)
    assert "Which body do you ask?" in text_of(first)
    address = f"{address}?asked={world.cqc.pk}"
    second = client.get(address)
    page = text_of(second)
    assert "Ask Care Quality Commission for action" in page
    assert "Inspection" in page
    assert "Breach of contract" not in page
    assert "Quill Reader" in page, "who will see this, by name, before it is saved"
    said = {
        "statement": "Visit the ward at night.",
        "aim": "safeguard",
        "power": "listed:Inspection",
        "risk": "critical",
        **moment_parts("due_at", world.now + 3 * DAY),
    }
    answer = post(client, address, said)
    action = Action.objects.get()
    assert answer["Location"] == f"/actions/{action.pk}/"
    assert (action.power, action.power_kind) == ("Inspection", "listed")
    assert list(action.record.providers.all()) == [world.provider]
    shown = client.get(answer["Location"])
    assert "You asked Care Quality Commission" in text_of(shown)


def offered(answer) -> list[str]:
    return re.findall(r'name="asked" type="radio" value="([^"]+)"', answer.content.decode())


def test_the_bodies_that_buy_there_and_their_groups_members_are_offered_first_and_others_by_name(
    world, client_of
):
    far = [Agency.objects.create(kind="ccg", name=f"NHS {name} CCG") for name in ("Bury", "Canterbury")]
    for body in (world.cqc, world.tda):
        Commissioning.objects.create(provider=world.provider, agency=body, starts_on=world.now.date())
    Commissioning.objects.filter(agency=world.tda).update(starts_on="2024-01-01", ends_on=world.now.date())
    client, address = client_of(world.ccg_lead), f"/actions/ask/about/{world.provider.pk}/"
    assert offered(client.get(address)) == [str(world.cqc.pk)]
    found = client.get(f"{address}?find=bury&look=1")
    assert offered(found) == [str(world.cqc.pk), str(far[0].pk)]
    assert "There is a problem" not in text_of(found)
    assert "Ask NHS Bury CCG for action" in text_of(client.get(f"{address}?find=bury&asked={far[0].pk}"))
    assert "No body" in text_of(client.get(f"{address}?find=zzyzx&look=1"))


def test_from_a_room_the_bodies_in_it_are_offered_first(world, client_of):
    Agency.objects.create(kind="ccg", name="NHS Faraway CCG")
    origin = room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda))
    page = client_of(world.ccg_lead).get(f"/actions/ask/from/{origin.pk}/")
    assert offered(page) == [str(world.ccg.pk), str(world.tda.pk)]


def test_the_same_form_posted_twenty_times_asks_once(world, client_of):
    client = client_of(world.ccg_lead)
    address = f"/actions/ask/?asked={world.cqc.pk}"
    said = {
        "once": hidden(client.get(address), "once"),
        "statement": "Visit.",
        "aim": "safeguard",
        "power": "none",
        "risk": "low",
        **moment_parts("due_at", world.now + DAY),
    }
    places = {client.post(address, said)["Location"] for _ in range(20)}
    assert places == {f"/actions/{Action.objects.get().pk}/"}


def test_asking_from_a_room_says_that_they_will_not_see_it(world, client_of):
    origin = room(world, (world.ccg_lead, world.ccg))
    address = f"/actions/ask/from/{origin.pk}/?asked={world.cqc.pk}"
    client = client_of(world.ccg_lead)
    assert "not where it comes from" in text_of(client.get(address))
    assert Line.objects.get(detail__page="AskPage").detail["shown"] == [str(origin.pk)]
    said = {"statement": "Visit.", "aim": "improve", "power": "another", "other_power": "", "risk": "low"}
    refused = post(client, address, said)
    assert refused.status_code == 422
    assert "Say by when" in text_of(refused)
    said |= moment_parts("due_at", world.now + DAY)
    refused = post(client, address, said)
    assert "Say which power it would use." in text_of(refused)
    assert "Visit." in refused.content.decode(), "what was typed is still there"
    post(client, address, {**said, "other_power": "Public Health Act"})
    action = Action.objects.get()
    assert action.record.parent == origin
    assert action.power == "Public Health Act"


@pytest.mark.parametrize("address", ["from", "about"])
def test_what_is_not_there_cannot_be_asked_about(world, client_of, address):
    hidden_room = room(world, (world.tda_lead, world.tda))
    client = client_of(world.ccg_lead)
    answers = [client.get(f"/actions/ask/{address}/{one}/") for one in (hidden_room.pk, uuid4())]
    assert [one.status_code for one in answers] == [404, 404]


def test_a_forged_body_reads_like_an_absent_one(world, client_of):
    client = client_of(world.ccg_lead)
    for forged in (uuid4(), "nonsense", ""):
        for answer in (
            client.get(f"/actions/ask/?asked={forged}"),
            client.post(f"/actions/ask/?asked={forged}", {"statement": "x"}),
        ):
            assert answer.status_code in (200, 422)
            assert "Which body do you ask?" in text_of(answer)
    assert not Action.objects.exists()


def test_only_a_lead_may_open_the_form(world, client_of):
    assert client_of(world.ccg_reader).get("/actions/ask/").status_code == 403


def test_one_chooses_among_several_providers(world, client_of):
    from access.models import RecordProvider
    from providers.models import Provider

    second = Provider.objects.create(name="Second Fictional Hospital", kind="nhs_trust", fictional=True)
    origin = room(world, (world.ccg_lead, world.ccg))
    RecordProvider.objects.create(record=origin, provider=second)
    address = f"/actions/ask/from/{origin.pk}/?asked={world.tda.pk}"
    said = {
        "statement": "Send support.",
        "aim": "improve",
        "power": "none",
        "risk": "low",
        "providers": [str(second.pk)],
        **moment_parts("due_at", world.now + DAY),
    }
    post(client_of(world.ccg_lead), address, said)
    assert list(Action.objects.get().record.providers.all()) == [second]


def test_what_looks_like_a_patient_is_shown_and_a_person_decides(world, client_of):
    client = client_of(world.ccg_lead)
    address = f"/actions/ask/?asked={world.cqc.pk}"
    said = {
        "statement": "Look at 943 476 5919.",
        "aim": "safeguard",
        "power": "none",
        "risk": "low",
        **moment_parts("due_at", world.now + DAY),
    }
    refused = post(client, address, said)
    assert refused.status_code == 422
    assert "looks like an NHS number" in text_of(refused)
    assert "<mark><u>943 476 5919</u></mark>" in refused.content.decode()
    assert not Action.objects.exists()
    post(client, address, {**said, "decided": hidden(refused, "decided")})
    assert Action.objects.get().statement == "Look at 943 476 5919."


def test_a_script_in_the_statement_is_only_text(world, ask: Ask, client_of):
    action = ask(statement="<script>alert(1)</script>")
    for address in (f"/actions/{action.pk}/", "/actions/?side=by_us"):
        page = client_of(world.ccg_lead).get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


# One action


def test_each_reader_is_offered_what_they_may_do(world, ask: Ask, client_of):
    action = ask()
    address = f"/actions/{action.pk}/"
    offered = {
        world.cqc_lead: {"Accept", "Propose another way", "Decline"},
        world.ccg_lead: {"Withdraw this"},
        world.cqc_reader: set(),
        world.cqc_worker: set(),
    }
    every = {"Accept", "Propose another way", "Decline", "Withdraw this", "Agree to their proposal"}
    for user, buttons in offered.items():
        page = text_of(client_of(user).get(address))
        assert {one for one in every if f" {one} " in page} == buttons, user
    assert client_of(world.tda_lead).get(address).status_code == 404


def test_what_it_came_from_is_named_only_to_those_who_see_it(world, ask: Ask, client_of):
    origin = room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda))
    action = ask(origin=origin)
    address = f"/actions/{action.pk}/"
    assert "It comes from" in text_of(client_of(world.tda_lead).get(address))
    asked = client_of(world.cqc_lead).get(address)
    assert "It comes from" not in text_of(asked)
    assert str(origin.pk) not in asked.content.decode()
    assert "Who can see this?" not in text_of(asked)


def test_opening_an_action_is_logged_and_so_is_its_form(world, ask: Ask, client_of):
    action = ask()
    client = client_of(world.cqc_lead)
    client.get(f"/actions/{action.pk}/")
    client.get(f"/actions/{action.pk}/accept/")
    pages = Line.objects.filter(deed="read", record_id=action.pk)
    assert {line.detail["page"] for line in pages} == {"ActionPage", "AcceptPage"}


def test_the_whole_way_from_asked_to_done(world, ask: Ask, client_of):
    action = ask()
    asked, asker = client_of(world.cqc_lead), client_of(world.ccg_lead)
    base = f"/actions/{action.pk}"
    page = text_of(asked.get(f"{base}/propose/"))
    assert "Inspect the maternity ward at night." in page
    answer = post(
        asked,
        f"{base}/propose/",
        {
            "statement": "A visit by day.",
            "reason": "No night staff.",
            **moment_parts("due_at", world.now + 2 * DAY),
        },
    )
    assert answer.status_code == 302, text_of(answer)
    page = text_of(asker.get(f"{base}/"))
    assert "Care Quality Commission proposes another way" in page
    assert "Agree to their proposal" in page
    post(asker, f"{base}/keep/", {"reason": "It happens at night."})
    post(asked, f"{base}/accept/", {"lead": world.cqc_worker.pk, "text": "We start on Monday."})
    page = text_of(asker.get(f"{base}/"))
    assert "Quiz Worker" in page
    assert "10 days left" in page
    worker = client_of(world.cqc_worker)
    post(worker, f"{base}/progress/", {"text": "Team named.", "rag": "amber", "risk": "moderate"})
    assert "Amber: at risk of being late" in text_of(asker.get(f"{base}/"))
    post(worker, f"{base}/done/", {"evidence": "Report of 3 March.", "risk": "low"})
    page = text_of(asker.get(f"{base}/"))
    assert "Report of 3 March." in page
    assert "Say that it is done" not in page
    action.refresh_from_db()
    assert action.status == "done"
    assert action.turn == 6


def test_the_other_ways_to_end(world, ask: Ask, client_of):
    asked, asker = client_of(world.cqc_lead), client_of(world.ccg_lead)
    declined, withdrawn, agreed = ask(), ask(), ask()
    post(asked, f"/actions/{declined.pk}/decline/", {"reason": "We went last week."})
    post(asker, f"/actions/{withdrawn.pk}/withdraw/", {"reason": "The CCG did it."})
    post(
        asked,
        f"/actions/{agreed.pk}/propose/",
        {"statement": "By day.", "reason": "Staff.", **moment_parts("due_at", world.now + DAY)},
    )
    post(asker, f"/actions/{agreed.pk}/agree/", {})
    stands = dict(Action.objects.values_list("pk", "status"))
    assert stands == {declined.pk: "declined", withdrawn.pk: "withdrawn", agreed.pk: "accepted"}
    assert "We went last week." in text_of(asker.get(f"/actions/{declined.pk}/"))


@pytest.mark.parametrize("turn", ["accept", "decline", "propose", "progress", "done"])
def test_an_action_answered_by_the_wrong_body_is_refused_in_a_sentence(world, ask: Ask, client_of, turn):
    action = ask(origin=room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)))
    address = f"/actions/{action.pk}/{turn}/"
    for user in (world.tda_lead, world.ccg_lead):
        for answer in (client_of(user).get(address), client_of(user).post(address, {})):
            assert answer.status_code == 403
            assert "it was asked of Care Quality Commission, and no body can answer" in text_of(answer)
    action.refresh_from_db()
    assert action.turn == 1


@pytest.mark.parametrize("turn", ["agree", "keep", "withdraw"])
def test_the_asked_body_does_not_speak_for_the_asker(world, ask: Ask, client_of, turn):
    answer = client_of(world.cqc_lead).get(f"/actions/{ask().pk}/{turn}/")
    assert answer.status_code == 403
    assert "Only NHS Example CCG asked for this" in text_of(answer)


@pytest.mark.parametrize(
    "turn", ["", "accept/", "decline/", "propose/", "agree/", "keep/", "progress/", "done/", "withdraw/"]
)
def test_an_action_out_of_sight_is_absent_byte_for_byte(world, ask: Ask, client_of, turn):
    client = client_of(world.tda_lead)
    there, absent = client.get(f"/actions/{ask().pk}/{turn}"), client.get(f"/actions/{uuid4()}/{turn}")
    assert (there.status_code, absent.status_code) == (404, 404)
    nonce = re.compile(rb'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')
    assert nonce.sub(b"", there.content) == nonce.sub(b"", absent.content)


def test_a_turn_that_cannot_be_taken_says_why(world, ask: Ask, client_of):
    answer = client_of(world.cqc_lead).get(f"/actions/{ask().pk}/done/")
    assert answer.status_code == 409
    assert "has not been answered yet" in text_of(answer)


def test_two_people_answering_at_once_see_both_texts(world, ask: Ask, client_of):
    action = ask()
    first = client_of(world.cqc_lead)
    second = client_of(person("Quade Second", world.cqc, "agency_lead"))
    address = f"/actions/{action.pk}/propose/"
    shown = second.get(address)
    said = {"statement": "By day.", "reason": "Staff.", **moment_parts("due_at", world.now + DAY)}
    post(first, address, said)
    late = {
        "once": hidden(shown, "once"),
        "seen": hidden(shown, "seen"),
        "reason": "We were there last week.",
    }
    answer = second.post(f"/actions/{action.pk}/decline/", late)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Care Quality Commission took a turn on this action at midday" in page
    assert "We were there last week." in page, "what was typed"
    assert "By day." in page, "what stands"
    again = {**late, "seen": hidden(answer, "seen"), "once": hidden(answer, "once")}
    assert second.post(f"/actions/{action.pk}/decline/", again).status_code == 302


def test_a_form_without_its_version_is_stale(world, ask: Ask, client_of):
    for seen in ({}, {"seen": "nonsense"}, {"seen": "-1"}):
        answer = client_of(world.cqc_lead).post(f"/actions/{ask().pk}/decline/", {"reason": "No.", **seen})
        assert answer.status_code == 422


# The board


def test_the_board_has_two_sides_and_what_is_soonest_comes_first(world, ask: Ask, client_of):
    later, sooner = ask(due_at=world.now + 9 * DAY), ask(due_at=world.now + DAY, statement="First.")
    ask(asked=world.tda.pk, power_kind="none", power="", statement="For the TDA.")
    page = text_of(client_of(world.cqc_lead).get("/actions/"))
    assert page.index("First.") < page.index("Inspect the maternity ward")
    assert "For the TDA." not in page
    page = text_of(client_of(world.ccg_lead).get("/actions/"))
    assert "Nothing here." in page
    page = text_of(client_of(world.ccg_lead).get("/actions/?side=by_us"))
    assert "For the TDA." in page
    line = Line.objects.filter(deed="read", detail__page="BoardPage", user_id=world.cqc_lead.pk).get()
    assert line.detail["shown"] == [str(sooner.pk), str(later.pk)]


def test_the_board_shows_others_actions_to_those_who_see_them(world, ask: Ask, client_of):
    ask(origin=room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)))
    page = text_of(client_of(world.tda_lead).get("/actions/?side=others"))
    assert "NHS Example CCG asked Care Quality Commission" in page
    assert "Nothing here." in text_of(client_of(world.tda_lead).get("/actions/"))


def test_the_board_is_filtered_by_state_and_aim(world, ask: Ask, client_of, freeze):
    from actions.operations import accept_action, decline_action

    late, no = ask(statement="Late one.", due_at=world.now + HOUR), ask(statement="No to this.")
    by = world.by(world.cqc_lead)
    accept_action(by=by, now=world.now, action=late, seen=1)
    decline_action(by=by, now=world.now, action=no, seen=1, reason="No.")
    ask(statement="Other aim.", aim="improve")
    freeze(world.now + 2 * HOUR)
    client = client_of(world.cqc_lead)

    def shows(query: str) -> set[str]:
        page = text_of(client.get(f"/actions/?{query}"))
        return {one for one in ("Late one.", "No to this.", "Other aim.") if one in page}

    assert shows("") == {"Late one.", "Other aim."}
    assert shows("state=overdue") == {"Late one."}
    assert shows("state=declined") == {"No to this."}
    assert shows("state=all") == {"Late one.", "No to this.", "Other aim."}
    assert shows("aim=improve") == {"Other aim."}
    assert shows("state=nonsense&aim=record__owner&side=%00") == {"Late one.", "Other aim."}
    assert "Overdue" in text_of(client.get("/actions/"))


def test_a_long_board_comes_by_the_page_without_a_count(world, ask: Ask, client_of):
    for number in range(30):
        ask(statement=f"Number {number:02d}.", due_at=world.now + (number + 1) * HOUR)
    client = client_of(world.cqc_lead)
    first = client.get("/actions/")
    assert "Number 24." in text_of(first)
    assert "Number 25." not in text_of(first)
    href = re.search(r'href="([^"]+)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(href)
    assert "Number 25." in text_of(second)
    back = re.search(r'href="([^"]+)" rel="prev"', second.content.decode())[1].replace("&amp;", "&")
    assert "Number 00." in text_of(client.get(back))


@pytest.mark.parametrize("address", ["/actions/", "detail"])
def test_the_number_of_queries_does_not_grow(world, ask: Ask, client_of, address):
    from actions.operations import accept_action, record_progress

    client, action = client_of(world.cqc_lead), ask()
    by = world.by(world.cqc_lead)
    action = accept_action(by=by, now=world.now, action=action, seen=1)
    where = f"/actions/{action.pk}/" if address == "detail" else address
    client.get(where)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(where)
        return len(caught)

    few = queries()
    for _ in range(8):
        ask()
        action = record_progress(
            by=by, now=world.now, action=action, seen=action.turn, text="On.", rag="red", risk="low"
        )
    assert queries() == few
    print(f"{where}: {few} queries")


def test_who_will_see_it_is_said_before_anything_was_ever_shared_with_the_body(world, client_of):
    Audience.objects.filter(kind="agency").delete()
    page = text_of(
        client_of(world.ccg_lead).get(f"/actions/ask/about/{world.provider.pk}/?asked={world.cqc.pk}")
    )
    assert "Quill Reader" in page
    assert not Audience.objects.filter(kind="agency").exists(), "a page that is only looked at writes nothing"


@pytest.mark.parametrize("seen", ["9" * 5_000, "ab\0", "", "-1"])
def test_a_turn_on_a_version_that_never_was_is_stale(world, ask: Ask, client_of, seen):
    action = ask()
    answer = client_of(world.cqc_lead).post(
        f"/actions/{action.pk}/decline/", {"seen": seen, "reason": "No beds."}
    )
    assert answer.status_code == 422
    assert Action.objects.get().status == "offered"
