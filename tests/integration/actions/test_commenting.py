import pytest
from django.http import Http404

from access.refusals import Invalid, NotPermitted
from actions.models import ActionComment
from actions.operations import comment_on_action, comments_on
from audit.models import Line
from reference.personal_data import find
from tests.integration.actions.conftest import Ask
from tests.response import person, room
from tests.signing_in import sign_in


@pytest.fixture
def say(world):
    def said(user, action, **otherwise):
        usual = {"by": world.by(user), "now": world.now, "action": action, "text": "We were there last week."}
        return comment_on_action(**{**usual, **otherwise})

    return said


def test_any_reader_of_an_action_may_say_something(world, ask: Ask, say):
    action = ask(origin=room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)))
    for user in (world.cqc_reader, world.tda_lead, world.ccg_reader):
        comment = say(user, action)
        assert comment.record.owner_id == world.by(user).agency_id
    for user in (world.cqc_lead, world.tda_lead, world.ccg_lead):
        assert len(comments_on(world.by(user), action)) == 3
    assert action.turns.count() == 1
    assert Line.objects.filter(deed="action.commented").count() == 3


def test_a_narrowed_comment_is_for_its_body_and_the_one_that_asked(world, ask: Ask, say):
    action = ask(origin=room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)))
    comment = say(world.cqc_lead, action, narrowed=True)
    assert comments_on(world.by(world.cqc_reader), action) == [comment]
    assert comments_on(world.by(world.ccg_reader), action) == [comment]
    assert comments_on(world.by(world.tda_lead), action) == []


def test_who_does_not_see_the_action_sees_and_says_nothing(world, ask: Ask, say):
    action = ask()
    say(world.cqc_lead, action)
    assert comments_on(world.by(world.tda_lead), action) == []
    with pytest.raises(Http404):
        say(world.tda_lead, action)


def test_who_reads_a_comment_is_told_without_the_origin_that_its_author_cannot_see(world, ask: Ask, say):
    """An action that came from a room and one that came from nothing say the same to whoever is asked."""
    people = (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)
    said = [say(world.cqc_lead, one) for one in (ask(), ask(origin=room(world, *people)))]
    from_nothing, from_a_room = (
        sign_in(world.cqc_lead).get(f"/records/{one.pk}/readers/").content.decode() for one in said
    )
    for page in (from_nothing, from_a_room):
        assert "If the action came from something that you cannot see" in page
        assert "Cole Reader" in page
        assert "Tess Lead" not in page
    listed = sign_in(world.ccg_lead).get(f"/actions/{said[1].action_id}/").content.decode()
    assert "Tess Lead" in listed
    assert "If this came from something" not in listed
    listed = sign_in(world.ccg_reader).get(f"/actions/{said[1].action_id}/").content.decode()
    assert "Tess Lead" not in listed
    assert "If this came from something" in listed


def test_administering_gives_no_voice(world, ask: Ask, say):
    administrator = person("Cy Admin", world.cqc, "agency_administrator")
    with pytest.raises((Http404, NotPermitted)):
        say(administrator, ask())


@pytest.mark.parametrize("text", ["", "x" * 4001, "943 476 5919"])
def test_a_comment_says_something_and_names_no_patient(world, ask: Ask, say, text):
    with pytest.raises(Invalid) as refusal:
        say(world.cqc_lead, ask(), text=text)
    assert set(refusal.value.errors) == {"text"}
    assert not ActionComment.objects.exists()


def test_a_person_decides_what_is_no_patients(world, ask: Ask, say):
    words = "Case 943 476 5919."
    say(world.cqc_lead, ask(), text=words, decided={one.mark for one in find(words)})
    assert Line.objects.get(deed="action.commented").detail["let_through"] == ["nhs_number"]


def test_the_page_shows_each_reader_the_comments_in_sight(world, ask: Ask, say):
    action = ask(origin=room(world, (world.ccg_lead, world.ccg), (world.tda_lead, world.tda)))
    comment = say(world.cqc_lead, action, text="For the CCG alone.", narrowed=True)
    assert comment.title == "A comment on “Inspect the maternity ward at night.”"
    client = sign_in(world.tda_lead)
    assert "For the CCG alone." not in client.get(f"/actions/{action.pk}/").content.decode()
    shown = client.get(f"/actions/{action.pk}/comment/")
    assert shown.status_code == 200
    answer = client.post(f"/actions/{action.pk}/comment/", {"text": "Support is on its way."})
    assert answer["Location"] == f"/actions/{action.pk}/#comments"
    page = sign_in(world.ccg_lead).get(f"/actions/{action.pk}/").content.decode()
    assert "For the CCG alone." in page
    assert "Support is on its way." in page
