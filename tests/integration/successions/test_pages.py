"""The pages of a succession: who is told what, and who may do what on them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency
from successions import rules
from successions.models import Succession
from tests.integration.agencies.conftest import dated, submit, text_of
from tests.signing_in import sign_in
from tests.successors import APRIL, Closing

pytestmark = pytest.mark.django_db


def client_of(world: Closing, who: object) -> Client:
    return sign_in(world.region.people[who] if isinstance(who, str) else who)


def page(world: Closing, who: object, succession: Succession) -> str:
    answer = client_of(world, who).get(reverse("successions:detail", args=[succession.pk]))
    assert answer.status_code == 200
    return text_of(answer)


def test_the_desk_opens_it_in_words_first(world: Closing) -> None:
    desk = client_of(world, world.desk)
    address = reverse("successions:open", args=[world.ccg.pk])
    fields = {**dated("on", APRIL), "other": str(world.neighbour.pk), "why": "The Example Order"}
    first = desk.post(address, fields)
    said = text_of(first)
    assert (
        "NHS Example CCG is to close on 1 April 2026. What it holds is offered to NHS Neighbour CCG." in said
    )
    assert "has no lead" not in said
    silent = Agency.objects.create(kind="ccg", name="NHS Silent CCG")
    warned = text_of(desk.post(address, {**fields, "other": str(silent.pk)}))
    assert "NHS Silent CCG has no lead and no administrator in the portal." in warned
    answer = submit(desk, address, **fields)
    opened = Succession.objects.get()
    assert answer.url == reverse("successions:detail", args=[opened.pk])
    again = desk.post(address, fields)
    assert again.status_code == 422
    assert "is open already" in text_of(again)
    wrong = desk.post(address, {**fields, "other": ""})
    assert "Choose at least one body" in text_of(wrong)


def test_the_desk_reads_no_title_and_no_number_of_what_it_may_not_see(world: Closing) -> None:
    for _ in range(3):
        world.action(statement="A title that the desk must not read")
    world.concern(by="lead")
    opened = world.open()
    world.hand_on(opened, rules.ACTION)
    said = page(world, world.desk, opened)
    assert "must not read" not in said
    assert "Intelligence, open actions and deadlines" in said
    assert "Not all of it is accepted yet." in said
    assert "Open actions asked of it" not in said


def test_the_desk_is_told_the_same_whether_there_are_actions_or_none(world: Closing) -> None:
    opened = world.open()
    before = page(world, world.desk, opened)
    world.action()
    assert page(world, world.desk, opened) == before


def test_each_side_reads_what_is_its_own_to_answer(world: Closing) -> None:
    world.action(statement="Review the rota at night.")
    hidden = world.action(statement="Something not offered yet.")
    opened = world.open()
    world.hand_on(opened, rules.ACTION)
    opened.offers.filter(thing=hidden.pk).delete()
    closing, heir = page(world, "lead", opened), page(world, world.heir_lead, opened)
    assert "Review the rota" in closing
    assert "not offered yet." in closing
    assert "Review the rota" in heir
    assert "Something not offered" not in heir
    administrator = page(world, world.heir_administrator, opened)
    assert "Review the rota" not in administrator
    waits = administrator.partition("Something waits for you:")[2].partition(".")[0]
    assert [one.strip() for one in waits.split(";")] == [
        "the people who act for it",
        "seats",
        "entries in the directory",
    ]


def test_it_is_absent_for_who_has_nothing_to_do_with_it(world: Closing) -> None:
    opened = world.open()
    for who in ("inspector", "auditor"):
        client = client_of(world, who)
        assert client.get(reverse("successions:detail", args=[opened.pk])).status_code == 404
        for offer in opened.offers.all():
            for name in ("accept", "decline"):
                assert client.get(reverse(f"successions:{name}", args=[offer.pk])).status_code == 404
        assert "NHS Example CCG" not in text_of(client.get(reverse("successions:list")))


def test_a_seat_is_accepted_by_naming_who_sits(world: Closing) -> None:
    opened = world.open()
    offer = opened.offers.get(kind=rules.SEAT)
    client = client_of(world, world.heir_administrator)
    address = reverse("successions:accept", args=[offer.pk])
    form = client.get(address).content.decode()
    assert "Ivo Heir</option>" in form
    assert "Ida Heir</option>" not in form
    assert client.post(address, {}).status_code == 422
    submit(client, address, person=str(world.heir_reader.pk))
    offer.refresh_from_db()
    assert (offer.state, offer.person) == (rules.ACCEPTED, world.heir_reader)
    assert "Ivo Heir sits there" in page(world, world.desk, opened)


def test_people_and_handlers_are_chosen_on_the_form(world: Closing) -> None:
    opened = world.open()
    worker = world.region.people["worker"]
    address = reverse("successions:accept", args=[opened.offers.get(kind=rules.PEOPLE).pk])
    submit(client_of(world, world.heir_administrator), address, people=str(worker.pk))
    assert list(opened.offers.get(kind=rules.PEOPLE).people.all()) == [worker]
    lead = client_of(world, "lead")
    concern = world.concern(by="lead")
    handing = reverse("successions:hand_on", args=[opened.pk, "intelligence"])
    refused = lead.post(handing, {"to": str(world.neighbour.pk), "stays": "QS-NONE-9"})
    assert "“QS-NONE-9” is no record that you see" in text_of(refused)
    submit(lead, handing, to=str(world.neighbour.pk), stays=f"{concern.reference}\n/concerns/{concern.pk}/")
    (whole,) = opened.offers.filter(kind=rules.INTELLIGENCE)
    assert list(whole.stays.values_list("pk", flat=True)) == [concern.pk]
    heir = client_of(world, world.heir_lead)
    answer = reverse("successions:accept", args=[whole.pk])
    submit(heir, answer, people=str(world.heir_reader.pk))
    whole.refresh_from_db()
    assert whole.state == rules.ACCEPTED
    assert list(whole.people.all()) == [world.heir_reader]


def test_a_no_has_its_reason_and_another_taker(world: Closing) -> None:
    third = Agency.objects.create(kind="ccg", name="NHS Third CCG")
    opened = world.open(successors=[world.neighbour, third])
    offer = opened.offers.get(kind=rules.BUYING)
    submit(
        client_of(world, world.heir_lead),
        reverse("successions:decline", args=[offer.pk]),
        reason="Somebody else buys there.",
    )
    assert "Somebody else buys there." in page(world, world.desk, opened)
    desk = client_of(world, world.desk)
    address, what = reverse("successions:elsewhere", args=[opened.pk]), f"buying.{world.ccg.pk}"
    assert (
        f"{address}?what={what}" in desk.get(reverse("successions:detail", args=[opened.pk])).content.decode()
    )
    submit(desk, address, what=what, to=str(third.pk))
    assert opened.offers.get(kind=rules.BUYING, state=rules.WAITING).to == third
    assert desk.post(address, {"what": what, "to": str(third.pk)}).status_code == 422


def test_it_is_undone_and_closed_from_its_page(world: Closing, freeze) -> None:
    opened = world.open()
    desk = client_of(world, world.desk)
    closing = reverse("successions:close", args=[opened.pk])
    assert desk.post(closing, {}).status_code == 422
    world.accept_all(opened)
    freeze("2026-04-02T09:00Z")
    desk = client_of(world, world.desk)
    assert "The day has passed" in page(world, world.desk, opened)
    submit(desk, closing)
    said = page(world, world.desk, opened)
    assert "Done: the body has closed" in said
    agency = text_of(desk.get(reverse("agencies:agency", args=[world.ccg.pk])))
    assert "This body closed on 1 April 2026." in agency
    assert "Its place was taken by NHS Neighbour CCG" in agency
    heir = text_of(desk.get(reverse("agencies:agency", args=[world.neighbour.pk])))
    assert "It took the place of NHS Example CCG on 1 April 2026" in heir
    assert desk.post(reverse("successions:undo", args=[opened.pk]), {}).status_code == 422


@pytest.mark.parametrize("deed", ["undo", "close"])
def test_to_show_what_it_means_nothing_is_tried(world: Closing, freeze, deed: str) -> None:
    """Opening the page would move all that the body holds, and put it back."""
    opened = world.open()
    world.accept_all(opened)
    address = reverse(f"successions:{deed}", args=[opened.pk])
    if deed == "close":
        early = client_of(world, world.desk).get(address)
        assert (early.status_code, "It closes on 1 April 2026, and not before" in text_of(early)) == (
            409,
            True,
        )
    freeze("2026-04-02T09:00Z")
    desk = client_of(world, world.desk)
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address).status_code == 200
    assert not [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]]


def test_undoing_is_said_in_words(world: Closing) -> None:
    opened = world.open()
    submit(client_of(world, world.desk), reverse("successions:undo", args=[opened.pk]))
    assert "Undone" in page(world, world.desk, opened)


def test_home_leads_there_for_whoever_answers(world: Closing) -> None:
    world.open()
    for who, told in (
        (world.heir_lead, True),
        (world.desk, True),
        ("lead", True),
        (world.heir_reader, False),
        ("inspector", False),
    ):
        said = text_of(client_of(world, who).get("/"))
        assert ("NHS Example CCG closes, and is gone from 1 April 2026" in said) == told


def test_a_file_that_says_so_is_shown_to_the_desk_alone(world: Closing) -> None:
    Agency.objects.filter(pk=world.ccg.pk).update(said_to_close_on="2026-03-30")
    address = reverse("successions:list")
    assert "Open the succession of NHS Example CCG" in text_of(client_of(world, world.desk).get(address))
    assert "Open the succession" not in text_of(client_of(world, "lead").get(address))
    form = client_of(world, world.desk).get(reverse("successions:open", args=[world.ccg.pk]))
    assert 'value="31"' in form.content.decode()
    world.open()
    assert "Open the succession" not in text_of(client_of(world, world.desk).get(address))


def test_the_page_asks_as_much_of_much_as_of_little(world: Closing) -> None:
    opened = world.open()
    address = reverse("successions:detail", args=[opened.pk])

    def asked() -> int:
        client = client_of(world, "lead")
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    world.action()
    few = asked()
    for _ in range(5):
        world.action()
    world.hand_on(opened, rules.ACTION)
    assert asked() == few


def test_programs_read_the_same(world: Closing) -> None:
    world.action(statement="Review the rota at night.")
    opened = world.open()
    world.hand_on(opened, rules.ACTION)
    address = f"/api/v1/successions/{opened.pk}/"
    heir = client_of(world, world.heir_lead).get(address).json()
    assert {one["kind"] for one in heir["held"]} >= {"action", "seat"}
    desk = client_of(world, world.desk).get(address).json()
    assert "action" not in {one["kind"] for one in desk["held"] if one["state"]}
    assert "rota" not in str(desk)
    listed = client_of(world, world.desk).get("/api/v1/successions/").json()["results"]
    assert [(one["body"]["name"], one["state"]) for one in listed] == [("NHS Example CCG", "open")]
    assert client_of(world, "inspector").get(address).status_code == 404
    assert client_of(world, "inspector").get("/api/v1/successions/").json()["results"] == []
