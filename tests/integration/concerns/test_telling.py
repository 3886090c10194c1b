"""What the inbox says, and whom the clocks of a concern mean."""

import pytest

from agencies.models import Post
from clocks.models import Clock
from clocks.operations import unexplained_words
from concerns.models import DangerFlag
from concerns.operations import telling
from concerns.operations.changing import withdraw_concern
from concerns.operations.saying import comment, corroborate
from concerns.operations.sharing import ask_to_share, share_more
from concerns.rules.sharing import QSG_SEATS, Choice
from notifications.inbox import line_of
from notifications.models import Message


def sentence(world, event):
    message = Message.objects.filter(event=event).first()
    return line_of(message, world.now).sentence


def test_a_person_named_reads_who_named_them(world):
    world.concern(choice=Choice(people=frozenset({(world.inspector.pk, world.cqc.pk)}), gateway="functions"))
    assert sentence(world, telling.NAMED) == "NHS Example CCG shares a concern with you by name."


def test_the_owner_reads_who_asks_for_whom(world):
    concern = world.concern()
    ask_to_share(by=world.by("inspector"), now=world.now, concern=concern, group=world.south.pk)
    said = sentence(world, telling.ASKED)
    assert (
        said == f"Care Quality Commission asks you to share {concern.reference} with South QSG. You decide."
    )
    Message.objects.all().delete()
    ask_to_share(by=world.by("inspector"), now=world.now, concern=concern, agency=world.guest.pk)
    assert "with Royal College of Examples. You decide." in sentence(world, telling.ASKED)


def test_the_owner_reads_what_was_said_by_whom_and_none_of_it(world):
    concern = world.concern()
    comment(by=world.by("inspector"), now=world.now, concern=concern, text="Secret words.")
    said = sentence(world, telling.SAID)
    assert said == f"{concern.reference}: Care Quality Commission commented on it."
    Message.objects.all().delete()
    corroborate(
        by=world.by("volunteer"), now=world.now, concern=concern, stance="opposite", source_kind="enter_and_view",
        reliability="first_hand", origin="own",
    )  # fmt: skip
    assert sentence(world, telling.SAID).endswith("Healthwatch Example sees the opposite.")


def test_nobody_is_told_of_their_own_deed(world):
    concern = world.concern()
    comment(by=world.by("worker"), now=world.now, concern=concern, text="More.")
    assert {one.recipient for one in Message.objects.all()} == {world.lead}


def test_a_widening_and_a_taking_back_read_as_what_happened(world):
    from audit.operations import record_reading

    concern = world.concern()
    comment(by=world.by("volunteer"), now=world.now, concern=concern, text="We too.")
    record_reading(by=world.by("volunteer"), now=world.now, page="ConcernPage", record=concern.pk)
    wider = Choice(groups=frozenset({(QSG_SEATS, world.south.pk)}), gateway="functions")
    share_more(by=world.by("worker"), now=world.now, concern=concern, choice=wider, seen=1)
    assert "They read your body's words on it too." in sentence(world, telling.WIDENED)
    withdraw_concern(by=world.by("worker"), now=world.now, concern=concern, reason="Wrong ward.", seen=2)
    assert (
        sentence(world, telling.TAKEN_BACK)
        == f"{concern.reference}, which you read: withdrawn by NHS Example CCG."
    )


@pytest.fixture
def clock(world):
    return Clock.objects.filter(record=world.concern(words=world.words(danger="yes")).record).first()


def test_the_words_of_the_clocks_steps_are_all_known(world):
    mine = ("clock_steps, safeguarding", "clock_steps, go_and_look")
    assert [one for one in unexplained_words(world.now) if one.startswith(mine)] == []


def test_the_clocks_mean_the_one_who_flagged_the_owner_its_leads_and_the_chair(world, clock):
    assert telling.who_flagged(clock, world.now) == [world.worker.pk]
    assert telling.owner_of(clock, world.now) == [world.worker.pk, world.lead.pk]
    assert telling.safeguarding_leads(clock, world.now) == [world.lead.pk]
    assert telling.chairs(clock, world.now) == [world.chair.pk]


def test_whoever_left_is_not_meant(world, clock):
    today = world.now.date()
    world.worker.memberships.update(ends_on=today)
    Post.objects.update(ends_on=today)
    world.chair.seats.update(ends_on=today)
    DangerFlag.objects.update(by=None)
    assert telling.owner_of(clock, world.now) == [world.lead.pk]
    assert telling.safeguarding_leads(clock, world.now) == []
    assert telling.chairs(clock, world.now) == []
    assert telling.who_flagged(clock, world.now) == []


def test_a_concern_kept_at_home_has_no_chair(world):
    concern = world.concern(choice=Choice(), words=world.words(danger="yes"))
    assert telling.chairs(Clock.objects.filter(record=concern.record).first(), world.now) == []
