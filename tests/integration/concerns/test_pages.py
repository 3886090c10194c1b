"""The pages: who may open which, what they say, and that nothing is lost or shown to the wrong person."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from access.models import Record
from access.operations import audience, create_record, list_participants, share_record
from access.refusals import NotNow
from actions.operations import ask_for_action
from audit.models import Line
from concerns.models import Comment, Concern, Corroboration, GoAndLook, SafeguardingEntry
from concerns.operations.changing import amend_concern, close_concern, withdraw_concern
from concerns.operations.saying import comment, corroborate
from concerns.operations.sharing import choice_of, live_shares, share_less
from concerns.operations.writing import content_of
from concerns.rules.content import MINUTE
from concerns.rules.sharing import QSG_SEATS, Choice
from notifications.models import Message
from reference.personal_data import find

NUMBER = "999 962 4596"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def marks(answer) -> dict[str, str]:
    """The hidden marks of the form of a page."""
    found = re.findall(r'name="(once|seen)" value="([^"]+)"', answer.content.decode())
    return dict(found)


def send(client, address, **data):
    """Open a page and send its form, as a browser does."""
    shown = client.get(address)
    assert shown.status_code == 200, text_of(shown)
    return client.post(address, {**marks(shown), **data})


def at(page, *args):
    return reverse(f"concerns:{page}", args=args)


DEEDS = ("amend", "close", "withdraw", "share", "less", "ask", "too", "opposite", "comment", "look")
READ = ("concern", "history")
MAY = {
    # who: (pages that open, pages refused with a sentence); all others are absent
    "lead": (
        {*READ, "amend", "close", "withdraw", "share", "less", "comment", "look"},
        {"ask", "too", "opposite"},
    ),
    "worker": (
        {*READ, "amend", "withdraw", "share", "less", "comment", "look"},
        {"close", "ask", "too", "opposite"},
    ),
    "reader": ({*READ, "comment"}, {*DEEDS} - {"comment"}),
    "inspector": (
        {*READ, "ask", "too", "opposite", "comment", "look"},
        {"amend", "close", "withdraw", "share", "less"},
    ),
    "chair": (
        {*READ, "ask", "too", "opposite", "comment", "look"},
        {"amend", "close", "withdraw", "share", "less"},
    ),
    "stranger": (set(), set()),
    "regional": (set(), set()),
    "visitor": (set(), set()),
    "administrator": (set(), set()),
    "auditor": (set(), set()),
}


@pytest.mark.parametrize("name", MAY)
def test_each_page_opens_for_whoever_may_refuses_in_words_and_is_absent_otherwise(world, client_of, name):
    concern = world.concern()
    client, (opens, refused) = client_of(name), MAY[name]
    for page in (*READ, *DEEDS):
        answer = client.get(at(page, concern.pk))
        wanted = {200} if page in opens else {403, 409} if page in refused else {404}
        assert answer.status_code in wanted, (name, page, answer.status_code)


def test_hidden_reads_like_absent(world, client_of):
    hidden, client = world.concern(choice=Choice()), client_of("stranger")
    for page in (*READ, *DEEDS, "safety", "discard"):
        theirs, none = client.get(at(page, hidden.pk)), client.get(at(page, uuid4()))
        assert theirs.status_code == none.status_code == 404
        assert _plain(theirs) == _plain(none)
        assert _plain(client.post(at(page, hidden.pk))) == _plain(client.post(at(page, uuid4())))


def _plain(answer) -> str:
    return re.sub(
        r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|data-ends-in="\d+"|data-final-in="\d+"',
        "",
        answer.content.decode(),
    )


@pytest.mark.parametrize("name", ["administrator", "auditor"])
def test_the_list_and_raising_are_not_for_those_without_a_reading_role(world, client_of, name):
    client = client_of(name)
    for page in ("list", "quick", "start"):
        assert client.get(at(page)).status_code == 403


# A quick note


NOTE = {
    "danger": "no",
    "provider_words": "Fictional Hospital",
    "headline": "Falls",
    "source_kind": "complaint",
}


def test_a_quick_note_is_one_screen(world, client_of):
    client = client_of("worker")
    shown = text_of(client.get(at("quick")))
    assert "This portal is not a safeguarding referral." in shown
    assert "watch over the finances of the largest care providers, is not shared here." in shown
    answer = send(client, at("quick"), **NOTE)
    noted = Concern.objects.get()
    assert answer.url == at("concern", noted.pk)
    assert noted.to_complete
    assert choice_of(noted.record).groups == {(QSG_SEATS, world.north.pk)}


def test_the_same_note_twenty_times_is_one(world, client_of):
    client = client_of("worker")
    once = marks(client.get(at("quick")))
    answers = {client.post(at("quick"), {**once, **NOTE}).url for _ in range(20)}
    assert Concern.objects.count() == 1
    assert len(answers) == 1


def test_a_note_opened_from_a_provider_knows_it_and_says_who_will_see_it(world, client_of):
    shown = text_of(client_of("worker").get(f"{at('quick')}?provider={world.provider.pk}"))
    assert "Ines Inspector" in shown
    assert "Will not see it:" in shown
    assert "And whoever holds these places later." in shown
    assert "Example Council, adults: 01632 960001" in shown
    away = text_of(client_of("stranger").get(f"{at('quick')}?provider={world.provider.pk}"))
    assert "stays with your own body" in away


def test_looking_saves_nothing_and_loses_nothing(world, client_of):
    client = client_of("worker")
    answer = send(client, at("quick"), **{**NOTE, "headline": ""}, look="1", narrative="Half a story")
    assert answer.status_code == 200
    assert not Record.objects.exists()
    page = text_of(answer)
    assert "Half a story" in page
    assert "There is a problem" not in page
    assert "Ines Inspector" in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Fictional", "Choose which provider you mean: who will see it depends on that"),
        ("", "Say which provider it is about: who will see it depends on that"),
        ("Zzyzx", "No provider matches that"),
    ],
)
def test_whoever_asks_who_will_see_it_without_a_provider_is_told_what_to_choose(
    world, client_of, words, sentence
):
    answer = send(client_of("worker"), at("quick"), provider_words=words, look="1")
    assert sentence in text_of(answer)
    assert "Say in one line what it is" not in text_of(answer)


def test_when_a_name_is_not_sure_it_is_asked_which_is_meant(world, client_of):
    client = client_of("worker")
    several = send(client, at("quick"), **{**NOTE, "provider_words": "Fictional"})
    assert several.status_code == 422
    assert "Choose which provider you mean" in text_of(several)
    chosen = send(
        client,
        at("quick"),
        **{**NOTE, "provider_words": "Fictional", "provider": str(world.other_provider.pk)},
    )
    assert chosen.status_code == 302
    assert list(Concern.objects.get().record.providers.all()) == [world.other_provider]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Zzyzx", "No provider matches that"),
        ("", "Say which provider it is about"),
        ("x", "No provider matches that"),
    ],
)
def test_a_provider_that_is_not_found_is_said_beside_the_field(world, client_of, words, sentence):
    answer = send(client_of("worker"), at("quick"), **{**NOTE, "provider_words": words})
    assert answer.status_code == 422
    assert sentence in text_of(answer)


@pytest.mark.parametrize("forged", ["nonsense", "5741fdfb-1c91-477a-99e9-46ed54a501ac"])
def test_a_forged_provider_is_refused_like_an_absent_one(world, client_of, forged):
    answer = send(client_of("worker"), at("quick"), **{**NOTE, "provider_words": "", "provider": forged})
    assert answer.status_code == 422
    assert "Choose one of the answers in the list" in text_of(answer)


def test_bad_input_gets_a_sentence_beside_the_field_and_nothing_is_lost(world, client_of):
    story = "y" * 100_000
    answer = send(
        client_of("worker"),
        at("quick"),
        **{**NOTE, "headline": "<script>alert(1)</script>", "narrative": story},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is 100000 characters long; at most 10000 are kept. Nothing was cut" in page
    assert story in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not Record.objects.exists()


def test_an_empty_note_gets_a_sentence_for_each_field(world, client_of):
    page = text_of(send(client_of("worker"), at("quick")))
    for sentence in (
        "Say which provider it is about",
        "Say in one line what it is",
        "Choose how it is known",
    ):
        assert sentence in page


def test_a_patients_number_is_underlined_explained_and_decided(world, client_of):
    client = client_of("worker")
    said = {**NOTE, "narrative": f"Mrs A, {NUMBER}, fell."}
    answer = send(client, at("quick"), **said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"<mark><u>{NUMBER}</u></mark>" in page
    assert "looks like an NHS number" in page
    assert not Record.objects.exists()
    (mark,) = [one.mark for one in find(NUMBER)]
    assert f'value="{mark}"' in page
    assert send(client, at("quick"), **said, decided=mark).status_code == 302
    assert NUMBER in Concern.objects.get().narrative
    assert NUMBER not in str(list(Line.objects.values_list("detail", flat=True)))


def test_a_day_to_come_is_said_beside_what_looks_like_a_patients(world, client_of):
    draft = world.draft(steps=())
    said = {**HAPPENED, "narrative": f"Mrs A, {NUMBER}, fell.", "happened_on_year": "2027"}
    page = text_of(send(client_of("worker"), at("step", draft.pk, "happened"), **said))
    assert "looks like an NHS number" in page
    assert "This lies in the future. Enter when it happened" in page


def test_of_a_closed_concern_no_action_is_asked_though_its_address_is_known(world, client_of):
    concern, client = world.concern(), client_of("lead")
    address = reverse("actions:ask_from", args=[concern.pk])
    asking = f"{address}?asked={world.cqc.pk}"
    assert client.get(asking).status_code == 200
    close_concern(by=world.by("lead"), now=world.now, concern=concern, outcome="acted", reason="x", seen=1)
    for answer in (client.get(address), client.get(asking), client.post(asking, {"statement": "Visit."})):
        assert answer.status_code == 409
        assert "This concern was closed" in text_of(answer)
    with pytest.raises(NotNow, match="This concern was closed"):
        ask_for_action(
            by=world.by("lead"),
            now=world.now,
            asked=world.cqc.pk,
            statement="Visit.",
            aim="improve",
            power_kind="none",
            due_at=world.now + timedelta(days=1),
            risk="low",
            origin=concern.record,
        )


def test_what_others_say_of_a_concern_is_not_called_seeing_it(world, client_of):
    page = text_of(client_of("inspector").get(at("concern", world.concern().pk)))
    assert "What others say of it" in page
    assert "Who else sees it" not in page


def test_whoever_reports_is_told_what_is_shown_of_the_answer(world, client_of):
    page = text_of(client_of("inspector").get(at("too", world.concern().pk)))
    assert "readers see the number of independent origins, not what you chose" in page


def test_danger_leads_to_the_numbers_and_stops_nothing(world, client_of):
    answer = send(client_of("worker"), at("quick"), **{**NOTE, "danger": "not_sure"})
    noted = Concern.objects.get()
    assert answer.url == at("safety", noted.pk)
    assert noted.status == "open"


# Five steps


HAPPENED = {
    "danger": "no",
    "headline": "Falls on one ward",
    "narrative": "Three falls.",
    "happened_on_day": "1",
    "happened_on_month": "3",
    "happened_on_year": "2026",
}
KNOWN = {
    "source_kind": "complaint",
    "reliability": "first_hand",
    "severity": "moderate",
    "confidence": "plausible",
    "dimensions": ["safety", "experience"],
}


def steps(world, client, about="provider", **first):
    """Take step one, and return the draft."""
    answer = send(
        client, f"{at('start')}?about={about}", **(first or {"provider_words": "Fictional Hospital"})
    )
    assert answer.status_code == 302, text_of(answer)
    return Concern.objects.get(status="draft")


def test_a_concern_is_raised_in_five_steps_without_scripts(world, client_of):
    client = client_of("worker")
    assert "Choose one" in text_of(client.get(at("start")))
    draft = steps(world, client)
    answer = send(client, at("step", draft.pk, "happened"), **HAPPENED, happened_time="2:30pm")
    assert answer.url == at("step", draft.pk, "known")
    answer = send(client, answer.url, **KNOWN)
    assert answer.url == at("step", draft.pk, "seen-by")
    shown = client.get(answer.url)
    assert f'value="qsg_seats:{world.north.pk}" checked' in shown.content.decode()
    assert "usual rule is ticked; untick what should not see it" in text_of(shown)
    ticked = {"within": "ordinary", "groups": f"qsg_seats:{world.north.pk}"}
    refused = send(client, answer.url, **ticked)
    assert refused.status_code == 422, "why it may be shared is chosen by the person"
    assert "Choose why you may share this" in text_of(refused)
    cleared = {"within": "ordinary", "groups": f"qsg_cleared:{world.north.pk}", "gateway": "functions"}
    answer = send(client, answer.url, **cleared)
    check = text_of(client.get(answer.url))
    for words in (
        "Three falls.",
        "1 March 2026, 2:30pm",
        "Complaint",
        "Safety, Patient experience",
        "Ines Inspector",
    ):
        assert words in check
    assert "Vic Volunteer" not in check
    assert "seats of North QSG that do not receive restricted items" in check
    answer = send(client, answer.url)
    draft.refresh_from_db()
    assert answer.url == at("concern", draft.pk)
    assert (draft.status, draft.dimensions) == ("open", ["safety", "experience"])
    assert choice_of(draft.record).groups == {("qsg_cleared", world.north.pk)}


def test_steps_are_not_skipped_by_a_direct_post(world, client_of):
    client = client_of("worker")
    draft = steps(world, client)
    for step in ("known", "seen-by", "check"):
        for answer in (
            client.get(at("step", draft.pk, step)),
            client.post(at("step", draft.pk, step), {"seen": 1, **KNOWN}),
        ):
            assert answer.status_code == 409
            assert "Take the steps in their order" in text_of(answer)
    assert client.get(at("step", draft.pk, "nonsense")).status_code == 404
    assert Concern.objects.get().status == "draft"


def test_a_step_shows_what_was_kept_and_goes_on(world, client_of):
    client = client_of("worker")
    draft = world.draft()
    for step, words in (
        ("about", "Fictional Hospital"),
        ("happened", "Falls on one ward"),
        ("known", "Complaint"),
    ):
        assert words in client.get(at("step", draft.pk, step)).content.decode()
    answer = send(client, at("step", draft.pk, "about"), provider_words="Fictional Care Home")
    assert answer.url == at("step", draft.pk, "happened")


def test_a_draft_is_listed_for_its_author_and_nobody_else(world, client_of):
    draft = world.draft()
    assert draft.reference in text_of(client_of("worker").get(at("list"))) or draft.headline in text_of(
        client_of("worker").get(at("list"))
    )
    for name in ("lead", "inspector"):
        assert draft.headline not in text_of(client_of(name).get(at("list")))
        assert client_of(name).get(at("step", draft.pk, "happened")).status_code == 404
        assert client_of(name).get(at("concern", draft.pk)).status_code == 404
    assert client_of("worker").get(at("concern", draft.pk)).url == at("step", draft.pk, "check")


def test_a_draft_can_be_thrown_away(world, client_of):
    client, draft = client_of("worker"), world.draft()
    assert send(client, at("discard", draft.pk)).url == at("list")
    assert Concern.objects.get().status == "withdrawn"
    assert client.get(at("discard", draft.pk)).url == at("concern", draft.pk)


def test_what_was_raised_is_no_draft_any_more(world, client_of):
    concern = world.concern()
    answer = client_of("worker").get(at("step", concern.pk, "happened"))
    assert answer.status_code == 409
    assert "raised already" in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"happened_on_year": "2027"}, "This lies in the future"),
        ({"happened_on_day": "31", "happened_on_month": "2"}, "must be a real date"),
        ({"happened_time": "half past"}, "must have a time such as 2:30pm"),
        (
            {
                "happened_on_day": "",
                "happened_on_month": "",
                "happened_on_year": "",
                "happened_time": "2:30pm",
            },
            "Say when it happened; the day is enough",
        ),
        ({"headline": ""}, "Say in one line what it is"),
        ({"danger": ""}, "Say whether anyone is in danger"),
        ({"narrative": "Market Oversight told us"}, "Market Oversight information is not shared here"),
        ({"danger": "forged"}, "Choose one of the answers in the list"),
    ],
)
def test_what_is_wrong_with_a_step_is_said_at_its_field_and_nothing_is_lost(
    world, client_of, changed, sentence
):
    client = client_of("worker")
    draft = steps(world, client)
    answer = send(client, at("step", draft.pk, "happened"), **{**HAPPENED, **changed})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Three falls." in answer.content.decode() or "Market Oversight told us" in answer.content.decode()


def test_a_stale_step_says_so_and_keeps_what_was_typed(world, client_of):
    client = client_of("worker")
    draft = steps(world, client)
    first = client.get(at("step", draft.pk, "happened"))
    send(client, at("step", draft.pk, "happened"), **HAPPENED)
    answer = client.post(
        at("step", draft.pk, "happened"),
        {**marks(first), **HAPPENED, "headline": "From another tab", "once": str(uuid4())},
    )
    assert answer.status_code == 422
    assert "changed this at midday" in text_of(answer)
    assert "From another tab" in answer.content.decode()


def test_danger_at_a_step_shows_the_numbers_first_and_then_goes_on(world, client_of):
    client = client_of("worker")
    draft = steps(world, client)
    answer = send(client, at("step", draft.pk, "happened"), **{**HAPPENED, "danger": "yes"})
    assert answer.url == at("safety", draft.pk)
    page = client.get(answer.url).content.decode()
    assert page.index("999") < page.index("Go on with")
    assert at("step", draft.pk, "known") in page
    world_check = world.draft(words=world.words(danger="yes"))
    assert "01632 960001" in text_of(client.get(at("step", world_check.pk, "check")))


def test_a_theme_is_found_one_provider_after_another(world, client_of):
    client = client_of("worker")
    address = f"{at('start')}?about=theme"
    first = send(client, address, provider_words="Fictional Hospital", look="1")
    assert "Fictional Hospital" in text_of(first)
    ticked = {"providers": [str(world.provider.pk)], "provider_words": "Fictional Care", "look": "1"}
    second = client.post(address, {**marks(first), **ticked})
    assert f'value="{world.provider.pk}" checked' in second.content.decode()
    assert str(world.other_provider.pk) in second.content.decode()
    one = send(client, address, providers=[str(world.provider.pk)])
    assert "Choose at least two providers" in text_of(one)
    draft = steps(world, client, "theme", providers=[str(world.provider.pk), str(world.other_provider.pk)])
    assert draft.record.about.count() == 2
    assert (
        f'value="{world.provider.pk}" checked' in client.get(at("step", draft.pk, "about")).content.decode()
    )


def test_a_place_of_a_provider_is_offered_once_the_provider_is_chosen(world, client_of):
    client = client_of("worker")
    shown = client.get(f"{at('start')}?provider={world.provider.pk}")
    assert "Fictional Ward Block" in text_of(shown)
    said = {
        "provider": str(world.provider.pk),
        "provider_words": "Fictional Hospital",
        "location": str(world.location.pk),
    }
    answer = client.post(f"{at('start')}?provider={world.provider.pk}", {**marks(shown), **said})
    draft = Concern.objects.get()
    assert answer.url == at("step", draft.pk, "happened")
    assert draft.location == world.location


def test_a_service_that_is_not_registered_is_said_in_words(world, client_of):
    client = client_of("worker")
    assert "what it looks like" in text_of(send(client, f"{at('start')}?about=unregistered"))
    guarded = send(client, f"{at('start')}?about=unregistered", name="Rose House", place=f"home of {NUMBER}")
    assert "looks like an NHS number" in text_of(guarded)
    draft = steps(world, client, "unregistered", name="Rose House", place="by the station")
    assert draft.service_name == "Rose House"
    assert "Rose House" in client.get(at("step", draft.pk, "about")).content.decode()


def test_why_it_may_be_shared_is_chosen_by_nobody_beforehand(world, client_of):
    client = client_of("worker")
    step = at("step", world.draft(steps=("happened", "known")).pk, "seen-by")
    for address in (step, at("share", world.concern().pk)):
        chosen = re.search(
            r'<select[^>]*name="gateway".*?</select>', client.get(address).content.decode(), re.S
        )
        assert re.findall(r'value="([^"]*)" selected', chosen[0]) in ([], [""])
    saved = client.get(at("step", world.draft().pk, "seen-by")).content.decode()
    assert 'value="functions" selected' in saved
    assert "usual rule is ticked" not in saved


def test_who_will_see_it_grows_as_boxes_are_ticked_and_says_who_will_not(world, client_of):
    client, draft = client_of("worker"), world.draft()
    address = at("step", draft.pk, "seen-by")
    found = send(client, address, within="closed", find="Rita", look="1")
    page = text_of(found)
    assert "people at your own body who are not named" in page
    assert "Rita Reader, NHS Example CCG" in page
    named = {
        "within": "closed",
        "people": f"{world.reader.pk}@{world.ccg.pk}",
        "excluded": str(world.cqc.pk),
        "gateway": "not_shared",
        "look": "1",
    }
    page = text_of(client.post(address, {**marks(found), **named}))
    assert "Rita Reader" in page.split("Who will see this")[1]
    assert "Care Quality Commission" in page.split("Will not see it:")[1]
    saved = {key: value for key, value in named.items() if key != "look"}
    assert client.post(address, {**marks(found), **saved}).status_code == 302
    assert "Rita Reader" in text_of(client.get(at("step", draft.pk, "check")))


def test_finding_people_shows_no_address_and_nobody_a_stranger_would_not_know(world, client_of):
    client, draft = client_of("worker"), world.draft()
    page = text_of(send(client, at("step", draft.pk, "seen-by"), find="e", look="1"))
    assert "Ines Inspector," not in page
    page = text_of(send(client, at("step", draft.pk, "seen-by"), find="st", look="1"))
    assert "Stu Stranger" not in page
    page = text_of(send(client, at("step", draft.pk, "seen-by"), find="ines", look="1"))
    assert "Ines Inspector, Care Quality Commission" in page
    assert "@example.org" not in page


# The list


# What the pages take


def test_of_a_concern_that_was_taken_back_meanwhile_no_word_comes_back(world, client_of):
    concern, client = world.concern(), client_of("worker")
    shown = client.get(at("amend", concern.pk))
    withdraw_concern(by=world.by("lead"), now=world.now, concern=concern, reason="Wrong ward.", seen=1)
    answer = client.post(
        at("amend", concern.pk), {**marks(shown), **HAPPENED, **KNOWN, "narrative": "What I wrote."}
    )
    assert answer.status_code == 422
    assert "was withdrawn" in text_of(answer)
    assert "What I wrote." in answer.content.decode()
    assert concern.narrative not in answer.content.decode()
    assert "How it stands now" not in text_of(answer)


def test_a_stale_sharing_page_stays_stale_when_somebody_is_looked_up_on_it(world, client_of):
    concern, client = world.concern(), client_of("worker")
    (held,) = live_shares(concern.record)
    older = marks(client.get(at("share", concern.pk)))
    known = {"by": world.by("lead"), "now": world.now, "concern": concern}
    share_less(**known, shares=[held.pk], seen=1)
    found = client.post(at("share", concern.pk), {**older, "find": "care", "look": "1"})
    again = {"groups": f"qsg_seats:{world.north.pk}", "gateway": "functions"}
    answer = client.post(at("share", concern.pk), {**marks(found), **again})
    assert answer.status_code == 422
    assert "Lena Lead changed this" in text_of(answer)
    assert choice_of(concern.record).groups == frozenset()


def test_how_often_a_concern_was_changed_stands_on_no_page_of_another_body(world, client_of):
    concern = world.concern()
    for page in ("ask", "too", "comment", "look"):
        assert "seen" not in marks(client_of("volunteer").get(at(page, concern.pk)))


def test_whoever_closes_a_concern_to_others_still_reads_it(world, client_of):
    draft, client = world.draft(), client_of("worker")
    step = at("step", draft.pk, "seen-by")
    chosen = {"within": "closed", "people": f"{world.lead.pk}@{world.ccg.pk}", "gateway": "not_shared"}
    assert "Wes Worker" in text_of(client.post(step, {**chosen, "look": "1"}))
    assert send(client, step, **chosen).status_code == 302
    answer = send(client, at("step", draft.pk, "check"))
    assert client.get(answer["Location"]).status_code == 200


ODD = {"nothing": "ab\0cd", "endless": "x" * 100_000, "digits": "9" * 5_000}
TYPED = {
    "about": ("provider_words", "provider", "location", "providers", "name", "place"),
    "happened": (*HAPPENED, "happened_time"),
    "known": (*KNOWN, "source_other", "outcome_domain"),
    "seen-by": ("within", "groups", "find", "agencies", "people", "excluded", "gateway"),
    "amend": (*HAPPENED, *KNOWN, "happened_time", "source_other"),
    "close": ("outcome", "reason"),
    "withdraw": ("reason", "replacement"),
    "share": ("groups", "find", "agencies", "people", "excluded", "gateway"),
    "less": ("shares", "find", "excluded"),
    "ask": ("group", "find", "agency"),
    "too": ("source_kind", "source_other", "reliability", "origin", "same_as", "text"),
    "comment": ("text", "narrowed", "find", "people"),
    "look": ("how", "who", "happened_at_day", "happened_at_time", "text"),
    "safety": ("deed", "about", "whom", "their_reference", "route", "happened_at_year", "happened_at_time"),
    "quick": ("provider_words", "provider", "headline", "narrative", "source_kind", "source_other", "danger"),
    "start": ("provider_words", "provider", "location", "name", "place"),
}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_is_typed_into_a_page_it_answers(world, client_of, odd):
    concern, draft = world.concern(words=world.words(danger="yes")), world.draft()
    steps, others = ("about", "happened", "known", "seen-by"), ("ask", "too")
    owner, reader = client_of("worker"), client_of("inspector")
    lead = client_of("lead")
    for page, names in TYPED.items():
        client = reader if page in others else lead if page == "close" else owner
        about = () if page in ("quick", "start") else (concern.pk,)
        address = at("step", draft.pk, page) if page in steps else at(page, *about)
        typed = dict.fromkeys((*names, "seen", "once", "decided"), ODD[odd])
        for look in ({}, {"look": "1"}):
            answer = client.post(address, {**typed, **look})
            assert answer.status_code in (200, 422), (page, answer.status_code)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("odd", ODD)
def test_whatever_stands_in_the_address_of_a_page_it_answers(world, client_of, odd):
    client = client_of("worker")
    for page in ("list", "quick", "start"):
        for name in (
            "q",
            "provider",
            "status",
            "severity",
            "dimension",
            "source",
            "group",
            "since",
            "from",
            "about",
        ):
            assert client.get(at(page), {name: ODD[odd]}).status_code == 200, (page, name)


def test_the_list_shows_what_each_sees_newest_first_and_writes_one_line(world, client_of, freeze):
    older = world.concern()
    world.now = freeze("2026-03-04T09:00Z")
    newer = world.concern(words=world.words(headline="Pressure sores"))
    hidden = world.concern(choice=Choice(), words=world.words(headline="Kept at home"))
    page = text_of(client_of("inspector").get(at("list")))
    assert page.index("Pressure sores") < page.index("Falls on one ward")
    assert "2 concerns that you can see" in page
    assert "Kept at home" not in page
    line = Line.objects.get(deed="read")
    assert sorted(line.detail["shown"]) == sorted([str(older.pk), str(newer.pk)])
    assert "Kept at home" in text_of(client_of("reader").get(at("list")))
    assert hidden.reference not in text_of(client_of("stranger").get(at("list")))


@pytest.mark.parametrize(
    ("narrowing", "found"),
    [
        ({"q": "pressure"}, {"Pressure sores"}),
        ({"q": "fractures -sores"}, {"Falls on one ward"}),
        ({"q": "nonsenseword"}, set()),
        ({"status": "closed"}, set()),
        ({"severity": "serious"}, {"Pressure sores"}),
        ({"dimension": "experience"}, {"Pressure sores"}),
        ({"source": "Healthwatch visit"}, {"Pressure sores"}),
        ({"since": "7"}, {"Pressure sores", "Falls on one ward"}),
        (
            {"severity": "forged", "status": "forged", "since": "x", "group": "x", "source": "y"},
            {"Pressure sores", "Falls on one ward"},
        ),
        (
            {"record__owner__name__startswith": "Z", "order": "x", "page_size": "9999999"},
            {"Pressure sores", "Falls on one ward"},
        ),
        ({"from": "forged"}, {"Pressure sores", "Falls on one ward"}),
    ],
)
def test_the_list_is_narrowed_by_a_fixed_set_of_fields_and_nothing_else(world, client_of, narrowing, found):
    world.concern()
    world.concern(
        words=world.words(
            headline="Pressure sores",
            narrative="Grade three.",
            severity="serious",
            source_kind="enter_and_view",
            dimensions=("experience",),
        )
    )
    page = text_of(client_of("inspector").get(at("list"), narrowing))
    assert {one for one in ("Pressure sores", "Falls on one ward") if one in page} == found


def test_the_list_is_narrowed_by_provider_and_group(world, client_of):
    world.concern()
    world.concern(about=world.about(world.other_provider), words=world.words(headline="Medicines late"))
    client = client_of("inspector")
    page = text_of(client.get(at("list"), {"provider": str(world.provider.pk)}))
    assert "Concerns about Fictional Hospital" in page
    assert "Medicines late" not in page
    page = text_of(client.get(at("list"), {"group": str(world.north.pk)}))
    assert "Medicines late" in page
    page = text_of(client.get(at("list"), {"group": str(world.south.pk)}))
    assert "Nothing that you can see matches that." in page
    assert "Medicines late" in text_of(client.get(at("list"), {"provider": str(uuid4())}))


def test_a_canary_in_a_hidden_concern_is_found_by_nobody_else(world, client_of):
    world.concern(
        choice=Choice(), words=world.words(headline="Canary one", narrative="canarytwo in the story")
    )
    for name in ("inspector", "stranger", "regional"):
        for words in ("canary", "canarytwo"):
            page = text_of(client_of(name).get(at("list"), {"q": words}))
            assert "Nothing that you can see matches that." in page
    assert "Canary one" in text_of(client_of("reader").get(at("list"), {"q": "canarytwo"}))


def test_a_protected_source_is_called_by_no_filter_what_the_page_does_not_call_it(world, client_of):
    world.concern(words=world.words(source_kind="whistleblower"))
    client = client_of("inspector")
    assert "Member of staff who spoke up" not in text_of(client.get(at("list")))
    assert "Falls on one ward" in text_of(client.get(at("list"), {"source": "Not disclosed"}))
    assert "Falls on one ward" in text_of(client.get(at("list"), {"source": "whistleblower"})), (
        "no such filter"
    )


def test_a_tombstone_is_found_by_none_of_its_words(world, client_of):
    concern = world.concern()
    withdraw_concern(by=world.by("worker"), now=world.now, concern=concern, reason="Wrong.", seen=1)
    client = client_of("inspector")
    page = text_of(client.get(at("list")))
    assert f"{concern.reference}: withdrawn" in page
    assert "Falls on one ward" not in page
    for narrowing in ({"q": "falls"}, {"severity": "moderate"}, {"dimension": "safety"}):
        assert "Nothing that you can see matches that." in text_of(client.get(at("list"), narrowing))
    page = text_of(client.get(at("concern", concern.pk)))
    assert "took this back" in page
    assert "fractures" not in page
    assert client.get(at("history", concern.pk)).url == at("concern", concern.pk)
    assert client.get(at("amend", concern.pk)).status_code == 403
    assert client_of("worker").get(at("amend", concern.pk)).status_code == 409


def test_a_long_list_is_read_page_by_page_without_a_count_of_pages(world, client_of):
    for number in range(27):
        world.note(headline=f"Note {number:02}")
    client = client_of("inspector")
    first = client.get(at("list"))
    older = re.search(r'href="([^"]+)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = text_of(client.get(older))
    assert len(re.findall(r"Note \d\d", text_of(first))) == 25
    assert len(re.findall(r"Note \d\d", second)) == 2


@pytest.mark.parametrize("name", ["inspector", "worker"])
def test_the_list_asks_the_same_number_of_questions_for_one_row_and_for_twenty(
    world, client_of, name, django_assert_max_num_queries
):
    world.concern()
    client = client_of(name)
    one = _queries(client, at("list"))
    for number in range(19):
        world.concern(words=world.words(headline=f"Number {number}"))
    assert _queries(client, at("list")) <= one
    with django_assert_max_num_queries(20):
        client.get(at("list"))


@pytest.mark.parametrize("name", ["inspector", "worker"])
def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(world, client_of, name):
    def more(number: int) -> None:
        for _ in range(number):
            concern = world.concern()
            corroborate(
                by=world.by("volunteer"),
                now=world.now,
                concern=concern,
                stance="too",
                source_kind="enter_and_view",
                reliability="first_hand",
                origin="own",
                text="We saw it on Tuesday.",
            )
            for asked, statement in ((world.cqc, "Visit."), (world.council, "Ring the home.")):
                ask_for_action(
                    by=world.by("lead"),
                    now=world.now,
                    asked=asked.pk,
                    statement=statement,
                    aim="improve",
                    power_kind="none",
                    due_at=world.now + timedelta(days=1),
                    risk="low",
                    origin=concern.record,
                )
            comment(by=world.by("inspector"), now=world.now, concern=concern, text="We heard the same.")

    client = client_of(name)
    pages = {
        "home": reverse("home"),
        "inbox": reverse("notifications:inbox"),
        "provider": reverse("provider", args=[world.provider.pk]),
        "group": reverse("group", args=[world.north.pk]),
        "list": at("list"),
    }
    more(6)
    few = {page: _queries(client, address) for page, address in pages.items()}
    more(6)
    assert {page: _queries(client, address) for page, address in pages.items()} == few


def _queries(client, address) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


# One concern


def test_a_concern_says_what_is_known_and_by_what_right_it_is_seen(world, client_of):
    concern = world.concern(words=world.words(severity="serious"))
    page = text_of(client_of("inspector").get(at("concern", concern.pk)))
    for words in (
        "Falls on one ward", "Fictional Hospital", "Three falls with fractures", "People using services", "Serious",
        "Likely so", "First hand", "1 March 2026", "1 report, 1 independent origin.", "Why can I see this?",
        "It was shared with: Everyone with a seat in the group: North QSG", "days left",
    ):  # fmt: skip
        assert words in page, words
    assert "Who can see this?" not in page
    assert "We see it too" in page
    assert "Ask for action" in page
    owner = text_of(client_of("worker").get(at("concern", concern.pk)))
    assert "Who can see this?" in owner
    assert "Ines Inspector" in owner
    assert "So that we, or they, can carry out our duties in law" in owner
    assert "We see it too" not in owner
    assert "Complaint" in owner
    line = Line.objects.filter(deed="read", record=concern.pk).first()
    assert line.detail["page"] == "ConcernPage"


def test_outside_the_owner_a_protected_source_shows_neither_its_kind_nor_its_day(world, client_of):
    concern = world.concern(words=world.words(source_kind="whistleblower"))
    outside = text_of(client_of("inspector").get(at("concern", concern.pk)))
    assert "Not disclosed" in outside
    assert "March 2026" in outside
    assert "1 March 2026" not in outside
    assert "spoke up" not in outside
    inside = text_of(client_of("reader").get(at("concern", concern.pk)))
    assert "Member of staff who spoke up" in inside
    assert "1 March 2026" in inside


def test_what_others_say_is_counted_by_origin_and_only_as_far_as_it_is_seen(world, client_of):
    concern = world.concern()
    for name, stance in (("volunteer", "too"), ("inspector", "opposite")):
        corroborate(
            by=world.by(name), now=world.now, concern=concern, stance=stance, source_kind="complaint",
            reliability="first_hand", origin="own", text=f"{name} speaks",
        )  # fmt: skip
    comment(by=world.by("inspector"), now=world.now, concern=concern, text="For few", narrowed=True)
    page = text_of(client_of("volunteer").get(at("concern", concern.pk)))
    assert "2 reports, 2 independent origins. 1 body sees the opposite." in page
    assert "inspector speaks" in page
    assert "For few" not in page
    assert "For few" in text_of(client_of("worker").get(at("concern", concern.pk)))


@pytest.mark.parametrize("name", ["inspector", "worker"])
def test_a_concern_asks_the_same_number_of_questions_however_much_was_said(world, client_of, name):
    concern = world.concern()

    def say(times):
        for number in range(times):
            comment(by=world.by("volunteer"), now=world.now, concern=concern, text=f"Word {number}")
            corroborate(
                by=world.by("volunteer"), now=world.now, concern=concern, stance="too", source_kind="complaint",
                reliability="record", origin="own",
            )  # fmt: skip

    client = client_of(name)
    say(1)
    one = _queries(client, at("concern", concern.pk))
    say(19)
    assert _queries(client, at("concern", concern.pk)) <= one


def change(world, concern, **changed):
    from dataclasses import replace

    held = Concern.objects.select_related("record").get(pk=concern.pk)
    words = replace(content_of(held), **changed)
    amend_concern(by=world.by("worker"), now=world.now, concern=held, content=words, seen=held.version)


def test_the_history_reads_in_words(world, client_of, freeze):
    concern = world.concern()
    world.now = freeze("2026-03-04T09:00Z")
    change(world, concern, headline="Falls on two wards", severity="serious", precision=MINUTE)
    page = text_of(client_of("inspector").get(at("history", concern.pk)))
    assert "In one line: “one ward” became “two wards”." in page
    assert "How serious: “Moderate” became “Serious”." in page
    assert "Wes Worker" in page
    assert "Changed" in text_of(client_of("inspector").get(at("concern", concern.pk)))


def test_whoever_joins_later_reads_no_earlier_version_and_is_told_of_none(world, client_of, freeze):
    from tests.concerned import person, sits

    concern = world.concern()
    world.now = freeze("2026-03-10T09:00Z")
    change(world, concern, headline="Falls on two wards")
    world.now = freeze("2026-03-20T09:00Z")
    world.people["late"] = person("Lee Late", world.healthwatch)
    sits(world.late, world.north, starts_on=world.now.date())
    page = text_of(client_of("late").get(at("history", concern.pk)))
    assert "one ward" not in page
    assert "It says what it said when you were first able to read it." in page
    assert "Changed" not in text_of(client_of("late").get(at("concern", concern.pk)))
    assert "one ward" in text_of(client_of("volunteer").get(at("history", concern.pk)))


@pytest.mark.parametrize("name", ["inspector", "worker"])
def test_the_history_asks_the_same_number_of_questions_for_one_change_and_for_twenty(world, client_of, name):
    concern, client = world.concern(), client_of(name)
    change(world, concern, headline="Change")
    one = _queries(client, at("history", concern.pk))
    for number in range(19):
        change(world, concern, headline=f"Change {number}")
    assert _queries(client, at("history", concern.pk)) <= one


# Deeds


def test_a_concern_is_changed_on_one_page(world, client_of):
    concern, client = world.concern(), client_of("worker")
    shown = client.get(at("amend", concern.pk)).content.decode()
    assert "Three falls with fractures" in shown
    said = {**HAPPENED, **KNOWN, "headline": "Falls on two wards"}
    assert send(client, at("amend", concern.pk), **said).url == at("concern", concern.pk)
    assert Concern.objects.get().version == 2


def test_a_note_is_completed_bit_by_bit_on_its_page(world, client_of):
    note, client = world.note(), client_of("worker")
    shown = client.get(at("amend", note.pk)).content.decode()
    assert "Complete this note" in shown
    assert "What happened? (optional)" in shown
    said = {"danger": "no", "headline": "Falls", "source_kind": "complaint", "narrative": "Three."}
    answer = send(client, at("amend", note.pk), **said, happened_time="2:30pm")
    assert "Enter the day as well as the time" in text_of(answer)
    assert send(client, at("amend", note.pk), **said).status_code == 302
    assert Concern.objects.get().to_complete


def test_two_people_saving_at_once_see_both_texts(world, client_of):
    concern, client = world.concern(), client_of("worker")
    shown = client.get(at("amend", concern.pk))
    change(world, concern, narrative="What the lead wrote meanwhile.")
    answer = client.post(
        at("amend", concern.pk), {**marks(shown), **HAPPENED, **KNOWN, "narrative": "What I wrote."}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was overwritten and nothing was lost" in page
    assert "What I wrote." in page
    assert "What the lead wrote meanwhile." in page
    assert Concern.objects.get().narrative == "What the lead wrote meanwhile."


def test_a_later_no_does_not_hide_that_nobody_was_rung(world, client_of):
    concern = world.concern(words=world.words(danger="yes"))
    assert "Someone may be in danger: “Yes”" in text_of(client_of("inspector").get(at("concern", concern.pk)))
    change(world, concern, danger="no")
    page = text_of(client_of("inspector").get(at("concern", concern.pk)))
    assert "Someone may be in danger." in page
    assert "Safeguarding adults: who has rung whom" in page


def test_a_later_yes_leads_to_the_numbers(world, client_of):
    concern = world.concern()
    answer = send(client_of("worker"), at("amend", concern.pk), **{**HAPPENED, **KNOWN, "danger": "yes"})
    assert answer.url == at("safety", concern.pk)


def test_a_concern_is_closed_withdrawn_and_replaced(world, client_of):
    first, second, third = (world.concern(words=world.words(headline=f"Number {n}")) for n in (1, 2, 3))
    assert "What came of it?" in text_of(client_of("lead").get(at("close", first.pk)))
    send(client_of("lead"), at("close", first.pk), outcome="acted", reason="The ward was visited.")
    page = text_of(client_of("inspector").get(at("concern", first.pk)))
    assert "Closed: Acted on" in page
    assert "The ward was visited." in page
    client = client_of("worker")
    assert "Say why it is withdrawn" in text_of(send(client, at("withdraw", second.pk), reason=""))
    send(client, at("withdraw", second.pk), reason="Same as another.", replacement=third.reference)
    page = client_of("inspector").get(at("concern", second.pk)).content.decode()
    assert at("concern", third.pk) in page
    send(client, at("withdraw", third.pk), reason="Wrong ward.")
    assert Concern.objects.get(pk=third.pk).status == "withdrawn"


def test_sharing_shows_who_will_see_it_and_whose_words_go_with_it(world, client_of):
    concern, client = world.concern(), client_of("worker")
    comment(by=world.by("volunteer"), now=world.now, concern=concern, text="We heard it too.")
    page = text_of(client.get(at("share", concern.pk)))
    assert "The words of these bodies go with it, and they will be told: Healthwatch Example" in page
    assert "Ines Inspector" in page
    found = send(client, at("share", concern.pk), find="Neighbour", look="1")
    assert "NHS Neighbour CCG" in text_of(found)
    ticked = {"agencies": str(world.neighbour.pk), "gateway": "functions"}
    look = client.post(at("share", concern.pk), {**marks(found), **ticked, "look": "1"})
    assert "Stu Stranger" in text_of(look)
    assert client.post(at("share", concern.pk), {**marks(found), **ticked}).url == at("concern", concern.pk)
    assert client_of("stranger").get(at("concern", concern.pk)).status_code == 200
    refused = send(client, at("share", concern.pk), groups="all_seats", gateway="not_shared")
    assert "Choose why you may share this" in text_of(refused)


def test_a_group_that_was_not_offered_is_not_shared_with(world, client_of):
    concern = world.concern(choice=Choice())
    said = {"groups": f"qsg_seats:{world.south.pk}", "gateway": "functions"}
    answer = send(client_of("worker"), at("share", concern.pk), **said)
    assert answer.status_code == 422
    assert not live_shares(concern.record)


def test_sharing_with_fewer_ends_shares_and_shuts_out(world, client_of):
    concern, client = world.concern(), client_of("worker")
    (share,) = live_shares(concern.record)
    found = send(client, at("less", concern.pk), find="Healthwatch", look="1")
    assert "Healthwatch Example" in text_of(found)
    assert "Everyone with a seat in the group: North QSG" in text_of(found)
    answer = client.post(
        at("less", concern.pk),
        {**marks(found), "shares": str(share.pk), "excluded": str(world.healthwatch.pk)},
    )
    assert answer.status_code == 302
    assert choice_of(concern.record) == Choice(excluded=frozenset({world.healthwatch.pk}))
    assert client_of("inspector").get(at("concern", concern.pk)).status_code == 404
    assert "shared with nobody" in text_of(client.get(at("less", concern.pk)))


def test_a_reader_asks(world, client_of):
    concern, client = world.concern(), client_of("inspector")
    assert send(client, at("ask", concern.pk), group=str(world.south.pk)).status_code == 302
    found = send(client, at("ask", concern.pk), find="Royal", look="1")
    assert (
        client.post(
            at("ask", concern.pk), {**marks(found), "find": "Royal", "agency": str(world.guest.pk)}
        ).status_code
        == 302
    )
    assert Message.objects.filter(event="concern.share_asked").count() == 4
    assert "one group, or one body" in text_of(send(client, at("ask", concern.pk)))


def test_another_body_says_what_it_sees(world, client_of):
    concern, client = world.concern(), client_of("volunteer")
    said = {
        "source_kind": "enter_and_view",
        "reliability": "first_hand",
        "origin": "same",
        "text": "We saw it.",
    }
    assert send(client, at("too", concern.pk), **said).status_code == 302
    assert Corroboration.objects.get().same_as == concern.record
    assert "Choose how it is known" in text_of(send(client, at("opposite", concern.pk)))
    said = {**said, "origin": "own", "same_as": ""}
    assert send(client, at("opposite", concern.pk), **said).status_code == 302
    assert {one.stance for one in Corroboration.objects.all()} == {"too", "opposite"}


def test_a_comment_can_be_for_few(world, client_of):
    concern, client = world.concern(), client_of("volunteer")
    found = send(client, at("comment", concern.pk), text="For few", find="ines", look="1")
    assert "Ines Inspector" in text_of(found)
    assert "For few" in found.content.decode()
    said = {"text": "For few", "narrowed": "on", "people": f"{world.inspector.pk}@{world.cqc.pk}"}
    assert client.post(at("comment", concern.pk), {**marks(found), **said}).status_code == 302
    held = Comment.objects.get()
    assert held.record.narrowed
    assert "For few" in text_of(client_of("inspector").get(at("concern", concern.pk)))
    assert "For few" not in text_of(client_of("chair").get(at("concern", concern.pk)))


def test_who_looked_is_written_down(world, client_of):
    concern, client = world.concern(words=world.words(severity="serious")), client_of("worker")
    assert "Choose how somebody looked" in text_of(send(client, at("look", concern.pk)))
    said = {"how": "visit", "who": "Wes Worker", "text": "Two bays without a nurse."}
    assert send(client, at("look", concern.pk), **said).status_code == 302
    assert GoAndLook.objects.get().record.happened_at == world.now
    page = text_of(client.get(at("concern", concern.pk)))
    assert "Two bays without a nurse." in page
    assert "days left" not in page


def test_nothing_is_added_to_a_closed_concern_and_the_page_says_why(world, client_of):
    concern = world.concern()
    close_concern(
        by=world.by("lead"), now=world.now, concern=concern, outcome="acted", reason="Done.", seen=1
    )
    client = client_of("volunteer")
    for page in ("too", "opposite", "comment", "look"):
        answer = client.get(at(page, concern.pk))
        assert answer.status_code == 409
        assert "was closed" in text_of(answer)


# People's safety


def test_the_safety_page_begins_with_the_numbers_and_takes_who_rang_whom(world, client_of):
    concern, client = world.concern(words=world.words(danger="yes")), client_of("worker")
    page = client.get(at("safety", concern.pk)).content.decode()
    assert page.index("999") < page.index("01632 960001") < page.index("Who has rung whom?")
    assert "This portal is not a safeguarding referral." in page
    assert "both are timed" in page
    answer = send(
        client,
        at("safety", concern.pk),
        deed="rang",
        about="adult",
        whom="Example Council duty desk",
        their_reference="MASH/12",
    )
    assert answer.url == at("safety", concern.pk)
    assert SafeguardingEntry.objects.get().about == "adult"
    send(client, at("safety", concern.pk), deed="said_about", about="adult")
    send(client, at("safety", concern.pk), deed="route", about="adult", whom="Duty desk", route="enquiry")
    page = text_of(client.get(at("safety", concern.pk)))
    assert "Everything asked here is answered." in page
    assert "A safeguarding enquiry" in page
    assert "MASH/12" in page
    assert "Rang the safeguarding desk or 999" in text_of(
        client_of("inspector").get(at("concern", concern.pk))
    )


def test_a_reader_sees_the_numbers_and_writes_nothing(world, client_of):
    concern = world.concern(words=world.words(danger="yes"))
    client = client_of("reader")
    assert "Who has rung whom?" not in text_of(client.get(at("safety", concern.pk)))
    assert (
        client.post(at("safety", concern.pk), {"deed": "rang", "about": "adult", "whom": "x"}).status_code
        == 403
    )
    assert client_of("stranger").get(at("safety", concern.pk)).status_code == 404


def test_another_body_does_not_say_whom_it_is_about(world, client_of):
    concern = world.concern(words=world.words(danger="yes"))
    client = client_of("social_worker")
    assert "Said whom it is about" not in text_of(client.get(at("safety", concern.pk)))
    answer = send(client, at("safety", concern.pk), deed="said_about", about="neither")
    assert answer.status_code == 422


def test_a_record_that_nobody_flagged_has_no_safety_page(world, client_of):
    assert client_of("worker").get(at("safety", world.concern().pk)).status_code == 404


def test_the_moment_of_a_call_may_lie_before_and_not_after(world, client_of):
    concern, client = world.concern(words=world.words(danger="yes")), client_of("worker")
    call = {
        "deed": "rang",
        "about": "both",
        "whom": "Duty desk",
        "happened_at_day": "3",
        "happened_at_month": "3",
        "happened_at_year": "2026",
    }
    late = send(client, at("safety", concern.pk), **call, happened_at_time="12:01")
    assert "This lies in the future" in text_of(late)
    assert send(client, at("safety", concern.pk), **call, happened_at_time="11:15").status_code == 302
    assert SafeguardingEntry.objects.get().happened_at == world.now - timedelta(minutes=45)


def test_who_does_not_see_a_room_finds_its_people_by_name_on_what_was_put_before_it(world, client_of):
    concern = world.concern()
    room = create_record(kind="summit_room", by=world.by("inspector"), now=world.now, gate=Record.Gate.LISTED)
    together = audience("participants", summit=room.pk)
    for name, body in (("inspector", world.cqc), ("lead", world.ccg)):
        list_participants(summit=room, people=[(getattr(world, name).pk, body.pk)], now=world.now)
    for record in (room, concern.record):
        share_record(record=record, audiences=[together], by=world.by("lead"), now=world.now)
    client_of("inspector").get(f"/concerns/{concern.pk}/")
    called = "participants of a risk summit"
    for address in (
        f"/concerns/{concern.pk}/",
        f"/records/{concern.pk}/readers/",
        f"/records/{concern.pk}/who-saw/",
    ):
        assert called in text_of(client_of("lead").get(address)), address
        assert called not in text_of(client_of("worker").get(address)), address
    assert f"{world.inspector}, {world.cqc} since" in text_of(
        client_of("worker").get(f"/concerns/{concern.pk}/")
    )
    assert called not in text_of(client_of("worker").get(f"/concerns/{concern.pk}/share-with-fewer/"))


def test_the_auditor_reads_every_line_and_titles_of_nothing_out_of_sight(world, client_of):
    concern = world.concern()
    client_of("lead").get(f"/concerns/{concern.pk}/")
    shown = text_of(client_of("auditor").get("/who-saw-what/"))
    assert str(world.lead) in shown
    assert "a record" in shown
    assert concern.headline not in shown
    assert concern.reference not in shown
