"""Calling a summit on the screen, from the three lines to the room."""

import pytest

from accounts.models import User
from agencies.models import Membership
from providers.models import Provider
from risk_summits.models import RiskSummit
from tests.integration.risk_summits.pages import client_as, hidden, post, text_of
from tests.summits import called, trigger

CALL = "/risk-summits/call/"


def lines(world, **more):
    return {
        "provider_words": world.provider.name,
        "provider": str(world.provider.pk),
        "feared": "Falls with fractures on one ward.",
        "danger": "no",
        **more,
    }


def listing(client, world, **more):
    """Send the three lines; return the page with the call list."""
    answer = post(client, CALL, lines(world, **more))
    assert answer.status_code == 200, text_of(answer)
    return answer


def call(client, world, **more):
    """Send the three lines, then the list."""
    shown = listing(client, world)
    said = lines(world, listed=hidden(shown, "listed"), once=hidden(shown, "once"))
    return client.post(CALL, {**said, "home": str(world.home.pk), **more})


def test_three_lines_then_the_list_then_the_room(world):
    client = client_as(world, "cara")
    shown = listing(client, world)
    text = text_of(shown)
    assert "Always called" in text
    assert "Judges for itself whether there is a breach. Told: Quinn of cqc, Quiz of cqc." in text
    assert "Director of region" in text
    assert "Example Council" in text
    assert not RiskSummit.objects.exists(), "nothing is called before the button is pressed"
    answer = call(client, world, called=[str(world.council.pk), str(world.tda.pk)])
    summit = RiskSummit.objects.get()
    assert answer.url == summit.get_absolute_url()
    assert called(summit.room) == {
        "NHS Example CCG",
        "Care Quality Commission",
        "Example Area Team",
        "Example Region",
        "Example Council",
        "NHS Trust Development Authority",
    }


def test_the_last_page_names_the_provider_in_full_and_says_why_a_body_is_rung(world):
    Provider.objects.filter(pk=world.provider.pk).update(ods_code="ZZ9", town="Exampleton")
    world.provider.refresh_from_db()
    Membership.objects.filter(user__in=[world.people["cora"], world.people["hetty"]]).update(role="reader")
    User.objects.filter(pk=world.people["tess"].pk).update(is_active=False)
    shown = text_of(listing(client_as(world, "cara"), world, provider_words="ZZ9"))
    assert "It is about Fictional Hospital NHS Trust (NHS trust, Exampleton, ZZ9)." in shown
    no_lead = "Nobody there is a lead or holds a cleared seat, so nobody is told: ring"
    assert f"{no_lead} 0113 496 0003." in shown
    assert f"{no_lead}; no number is recorded here" in shown
    assert "Nobody there has an account, so nobody is told: ring; no number is recorded here" in shown
    assert "Telephone numbers (opens in a new tab)" in shown


def test_who_is_told_on_the_page_is_who_is_told(world):
    from risk_summits.operations.people import listed

    client = client_as(world, "cara")
    text = text_of(listing(client, world))
    call(client, world, called=[str(world.council.pk), str(world.tda.pk), str(world.healthwatch.pk)])
    names = {user.pk: user.full_name for user in world.people.values()}
    for user, _ in listed(RiskSummit.objects.get().room.pk):
        assert names[user] in text


def test_numbers_stand_first_when_somebody_is_in_danger(world):
    client = client_as(world, "cara")
    text = text_of(listing(client, world, danger="not_sure"))
    assert text.index("Ring these first") < text.index("Which provider?")
    assert "999" in text
    assert "This portal is not a safeguarding referral" in text


def test_the_provider_of_the_address_is_there_already(world):
    client = client_as(world, "cara")
    assert world.provider.name in client.get(f"{CALL}?provider={world.provider.pk}").content.decode()
    assert client.get(f"{CALL}?provider=nonsense").status_code == 200


def test_a_provider_is_found_by_part_of_its_name(world):
    client = client_as(world, "cara")
    answer = post(client, CALL, {"provider_words": "fictional hosp", "feared": "Falls", "look": "1"})
    assert answer.status_code == 200
    assert "Choose which one you mean" in text_of(answer)
    assert "Falls" in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"provider": "", "provider_words": ""}, "Say which provider it is about"),
        ({"feared": "  "}, "Say in a sentence what is feared."),
        ({"danger": ""}, "Say whether anyone is in danger; “Not sure” is an answer."),
        ({"feared": "x" * 100_000}, "Nothing was cut"),
        ({"feared": "NHS number 943 476 5919 fell."}, "943 476 5919"),
    ],
)
def test_each_fault_has_its_sentence(world, said, sentence):
    answer = post(client_as(world, "cara"), CALL, lines(world, **said))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not RiskSummit.objects.exists()


def test_the_same_call_sent_twenty_times_is_one_summit(world):
    client = client_as(world, "cara")
    shown = listing(client, world)
    said = lines(world, listed=hidden(shown, "listed"), once=hidden(shown, "once"), home=str(world.home.pk))
    addresses = {client.post(CALL, said).url for _ in range(20)}
    assert addresses == {RiskSummit.objects.get().get_absolute_url()}


def test_a_body_that_is_not_on_the_list_is_refused(world):
    answer = call(client_as(world, "cara"), world, called=[str(world.faraway.pk)])
    assert answer.status_code == 422
    assert "not on the list any more" in text_of(answer)


def test_who_may_not_call_one_is_told_who_can(world):
    text = text_of(client_as(world, "hetty").get(CALL))
    assert "A local Healthwatch asks for a risk summit through a statutory member" in text
    answer = client_as(world, "cole").get(CALL)
    assert answer.status_code == 403
    assert "A lead for your body calls a risk summit" in text_of(answer)


def test_the_list_shows_open_ones_first_and_only_those_in_sight(world):
    summit = trigger(world)
    text = text_of(client_as(world, "nell").get("/risk-summits/"))
    assert "Fictional Hospital NHS Trust" in text
    assert "hours left" not in text, "only the room knows of its clocks"
    assert "Fictional Hospital" not in text_of(client_as(world, "fay").get("/risk-summits/"))
    assert client_as(world, "fay").get(summit.get_absolute_url()).status_code == 404
    assert "left" in text_of(client_as(world, "quinn").get("/risk-summits/"))
