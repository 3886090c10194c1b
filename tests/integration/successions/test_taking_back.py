"""An offer that waits is taken back by whoever makes such offers; who could answer it is told."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from access.models import Conflict
from access.refusals import NotNow, NotPermitted
from access.sight import visible_to
from accounts.models import User
from actions.models import Action
from agencies.models import Agency, Seat
from audit.models import Line
from notifications.inbox import lines_of
from notifications.models import Message
from successions import operations, rules
from successions.models import HandingOver
from successions.operations import telling
from tests.concerned import LAST_YEAR
from tests.integration.agencies.conftest import submit, text_of
from tests.signing_in import sign_in
from tests.successors import Closing

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=5)


def take_back(world: Closing, offer: HandingOver, who: User | str) -> HandingOver:
    return operations.take_offer_back(by=world.by(who), now=world.now + SOON, offer=offer)


def newest(world: Closing, user: User) -> str:
    return lines_of(world.by(user), world.now + SOON)[0].sentence


def test_the_desk_offers_it_otherwise_then(world: Closing) -> None:
    third = Agency.objects.create(kind="ccg", name="NHS Third CCG")
    opened = world.open(successors=[world.neighbour, third])
    offer = opened.offers.get(kind=rules.BUYING)
    assert take_back(world, offer, world.desk).state == rules.TAKEN_BACK
    assert newest(world, world.heir_lead) == (
        "Something that NHS Example CCG holds was offered to NHS Neighbour CCG, and is no longer. Its page says what waits"
        " for your answer."
    )
    given = {"succession": opened, "kind": rules.BUYING, "thing": offer.thing, "now": world.now}
    assert operations.offer_elsewhere(by=world.by(world.desk), to=third, **given).to == third


def test_a_lead_takes_an_action_back_and_it_is_seen_there_no_longer(world: Closing) -> None:
    action = world.action()
    (offer,) = world.hand_on(world.open(), rules.ACTION)
    seen = visible_to(world.by(world.heir_lead), Action.objects.all())
    assert seen.exists()
    take_back(world, offer, "lead")
    assert not seen.all().exists()
    assert list(action.turns.values_list("deed", flat=True)) == ["asked", "passed_on", "kept_back"]
    assert Line.objects.filter(deed="succession.taken_back").count() == 1
    back = Message.objects.filter(event=telling.TAKEN_BACK)
    assert set(back.values_list("recipient__full_name", flat=True)) == {"Hal Heir", "Stu Stranger"}


def test_by_nobody_else(world: Closing) -> None:
    opened = world.open()
    (whole,) = world.hand_on(opened, rules.INTELLIGENCE)
    for who in (world.desk, world.heir_lead, "worker", "inspector"):
        with pytest.raises(NotPermitted):
            take_back(world, whole, who)
    for who in ("lead", world.heir_administrator):
        with pytest.raises(NotPermitted):
            take_back(world, opened.offers.get(kind=rules.PEOPLE), who)
    assert take_back(world, whole, "lead").state == rules.TAKEN_BACK


def test_not_what_is_out_of_sight(world: Closing) -> None:
    world.action()
    (offer,) = world.hand_on(world.open(), rules.ACTION)
    lead = world.region.people["lead"]
    Conflict.objects.create(user=lead, provider=world.region.provider, starts_on=LAST_YEAR)
    with pytest.raises(Http404):
        take_back(world, offer, "lead")
    assert sign_in(lead).get(reverse("successions:take_back", args=[offer.pk])).status_code == 404


def test_not_what_was_answered_and_not_twice(world: Closing) -> None:
    opened = world.open()
    area, buying = (opened.offers.get(kind=kind) for kind in (rules.AREA, rules.BUYING))
    world.accept(area)
    with pytest.raises(NotNow, match="has accepted this"):
        take_back(world, area, world.desk)
    take_back(world, buying, world.desk)
    with pytest.raises(NotNow, match="This is taken back"):
        take_back(world, buying, world.desk)
    operations.undo_succession(by=world.by(world.desk), now=world.now, succession=opened)
    with pytest.raises(NotNow, match="over"):
        take_back(world, area, world.desk)


def test_undoing_the_whole_is_told_as_that(world: Closing) -> None:
    opened = world.open()
    operations.undo_succession(by=world.by(world.desk), now=world.now + SOON, succession=opened)
    for who in (world.heir_lead, world.heir_administrator):
        assert newest(world, who) == (
            "NHS Example CCG does not close after all. Nothing that it holds is offered any more."
        )


def test_of_a_seat_that_the_portal_gives_nobody_there_is_told(world: Closing) -> None:
    Seat.objects.filter(agency=world.ccg).update(cleared=True)
    offer = world.open().offers.get(kind=rules.SEAT)
    said = text_of(sign_in(world.desk).post(reverse("successions:take_back", args=[offer.pk]), {}))
    assert "NHS Neighbour CCG is offered this no longer." in said
    assert "are told" not in said


def test_on_its_page_in_words_first(world: Closing) -> None:
    opened = world.open()
    offer = opened.offers.get(kind=rules.AREA)
    here, address = (reverse(f"successions:{name}", args=[one.pk]) for name, one in (("detail", opened), ("take_back", offer)))  # fmt: skip
    assert address not in sign_in(world.heir_lead).get(here).content.decode()
    assert sign_in(world.heir_lead).get(address).status_code == 404
    desk = sign_in(world.desk)
    assert address in desk.get(here).content.decode()
    said = text_of(desk.post(address, {}))
    assert "NHS Neighbour CCG is offered this no longer. Those who could answer it there are told." in said
    submit(desk, address)
    offer.refresh_from_db()
    assert offer.state == rules.TAKEN_BACK
    shown = desk.get(here).content.decode()
    assert "Taken back" in shown
    assert address not in shown
    assert desk.get(address).status_code == 404
