"""A level over time: its warning, its lapse, what the provider is told, and two people at once."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from access.refusals import Invalid, NotNow, NotPermitted
from audit.models import Line
from clocks.models import Clock
from clocks.operations.ticking import tick
from notifications.events import known
from notifications.inbox import lines_of
from notifications.models import Message
from providers.levels.operations import (
    agree_withholding,
    history_of,
    lapse_due_levels,
    lapse_level,
    meet_criterion,
    propose_withholding,
    record_word,
    refuse_withholding,
    timing,
)
from providers.models import CriterionMet, SurveillanceLevel
from providers.tasks import lapse_levels
from tests.concerned import NOON, Region, region
from tests.integration.providers.test_levels import TODAY, put, text_of
from tests.signing_in import sign_in


@pytest.fixture
def world(freeze) -> Region:
    return region(freeze(NOON))


def clock(level, family):
    return Clock.objects.filter(record=level.pk, family=family).order_by("started_at").last()


def told_of(level, *users):
    held = Message.objects.filter(record=level.pk, event="clock.level_review", recipient__in=users)
    return [one.detail["said"] for one in held.order_by("written_at")]


def pass_to(world, freeze, moment):
    """Let time pass, and the clockwork look as often as it likes."""
    world.now = freeze(moment)
    for _ in range(3):
        tick(now=world.now)
        lapse_due_levels(now=world.now)


def note(operation, world, level, by="chair", **said):
    fresh = SurveillanceLevel.objects.get(pk=level.pk)
    return operation(
        by=world.by(by), now=world.now, level=fresh, seen=said.pop("seen", fresh.version), **said
    )


def tell(world, level, **said):
    letter = {"kind": "told", "on": TODAY, "whose": "The chair", "text": "The level, and why."}
    return note(record_word, world, level, **{**letter, **said})


# The review day


def test_owner_and_chair_are_warned_and_told_once_and_nobody_else(world, freeze):
    level = put(world, "enhanced", review_on=date(2026, 4, 3))
    everybody = (world.inspector, world.chair)
    for moment, said in (
        ("2026-03-27T22:00Z", []),
        ("2026-03-28T00:00:01Z", ["reminder"]),
        ("2026-04-03T22:59Z", ["reminder"]),
        ("2026-04-03T23:00:01Z", ["reminder", "done"]),  # midnight in London, summer time
        ("2026-04-20T12:00Z", ["reminder", "done"]),
    ):
        pass_to(world, freeze, moment)
        for person in everybody:
            assert told_of(level, person) == said, moment
    assert set(Message.objects.filter(event="clock.level_review").values_list("recipient", flat=True)) == {
        one.pk for one in everybody
    }
    assert (clock(level, "level_review").state, clock(level, "level_review").missed_at) == ("met", None)
    level.refresh_from_db()
    assert level.lapsed_at is not None
    assert level.ended_at is None
    assert Line.objects.filter(deed="level.lapsed", record_id=level.pk).count() == 1
    (line,) = [one for one in lines_of(world.by("chair"), world.now) if "lapsed" in one.sentence]
    assert line.sentence == (
        "This level has lapsed: no meeting kept it by the end of 3 April 2026. It counts as routine."
    )


def test_a_meeting_keeps_it_and_nobody_hears_that_it_lapsed(world, freeze):
    level = put(world, "enhanced", review_on=date(2026, 4, 3))
    world.now = freeze("2026-04-02T12:00Z")
    kept = put(world, "enhanced", met_on=date(2026, 4, 2), review_on=date(2026, 5, 8))
    assert (clock(level, "level_review").state, clock(level, "level_review").met_how) == ("met", "kept")
    pass_to(world, freeze, "2026-04-20T12:00Z")
    assert told_of(level, world.chair) == ["reminder"]
    assert told_of(kept, world.chair) == []
    assert [one.standing for one in history_of(world.by("worker"), world.provider, world.now)] == [
        "set",
        "ended",
    ]


def test_the_chair_alone_cannot_keep_it(world, freeze):
    put(world)
    with pytest.raises(Invalid, match="kept or lowered by the group"):
        put(world, how="chair", met_on=None)


def test_set_anew_after_its_day_it_had_lapsed_and_the_history_says_so(world, freeze):
    level = put(world, review_on=date(2026, 3, 20))
    world.now = freeze("2026-03-25T12:00Z")  # no clockwork ran
    put(world, met_on=date(2026, 3, 25), review_on=date(2026, 4, 20))
    (_, first) = history_of(world.by("worker"), world.provider, world.now)
    assert (first.level, first.lapsed) == (level, True)
    pass_to(world, freeze, "2026-03-25T13:00Z")
    assert clock(level, "level_review").state == "met"
    level.refresh_from_db()
    assert level.lapsed_at is None, "what took its place ended it"


def test_a_standing_level_without_a_review_clock_is_given_one_and_told_of(world, freeze, monkeypatch):
    """As one is that was set before these clocks were; by the task, once, and none that another took the place of."""
    monkeypatch.setattr(timing, "begin", lambda *args, **kwargs: None)
    put(world)
    level = put(world, "enhanced", review_on=date(2026, 4, 3))
    put(world, provider=world.other_provider)
    put(world, "routine", provider=world.other_provider)
    assert clock(level, "level_review") is None
    world.now = freeze("2026-03-30T12:00Z")
    lapse_levels()
    lapse_levels()
    (timed,) = Clock.objects.filter(family="level_review")
    assert (timed.record_id, timed.started_at) == (level.pk, level.record.recorded_at)
    assert timed.due_at.isoformat() == "2026-04-03T23:00:00+00:00"
    assert timed.responsible_agency == world.cqc
    assert told_of(level, world.chair) == ["reminder"]
    pass_to(world, freeze, "2026-04-04T12:00Z")
    assert told_of(level, world.chair) == ["reminder", "done"]


def test_one_that_cannot_be_timed_holds_up_no_other_and_no_lapsing(world, freeze, monkeypatch):
    """As one whose review day lies before it was set."""
    monkeypatch.setattr(timing, "begin", lambda *args, **kwargs: None)
    far, due = put(world, "enhanced"), put(world, "enhanced", provider=world.other_provider)
    SurveillanceLevel.objects.filter(pk=far.pk).update(review_on=date(2026, 3, 2))
    SurveillanceLevel.objects.filter(pk=due.pk).update(review_on=date(2026, 3, 10))
    world.now = freeze("2026-03-11T12:00Z")
    lapse_levels()
    due.refresh_from_db()
    assert due.lapsed_at == world.now
    assert clock(far, "level_review") is None
    assert clock(due, "level_review") is not None


def test_what_hung_on_a_level_ends_as_it_lapses(world, freeze):
    level = put(world, review_on=date(2026, 3, 10))
    note(propose_withholding, world, level, by="chair", reason="An inspection is under way.")
    note(agree_withholding, world, level, by="secretariat")
    pass_to(world, freeze, "2026-03-11T12:00Z")
    assert clock(level, "go_and_look").state in ("stopped", "missed")
    assert clock(level, "level_withheld").state == "stopped"
    assert not level.withholdings.filter(ended_at=None).exists()
    with pytest.raises(NotNow, match="not lapsed, or that was written down before"):
        lapse_level(by=world.by("chair"), now=world.now, level=level)


# The provider's part


def test_the_provider_is_told_in_writing_and_its_answer_is_kept_with_its_day(world, freeze):
    level = put(world, "enhanced")
    assert clock(level, "level_notice").due_at.isoformat() == "2026-03-06T00:00:00+00:00"
    tell(world, level)
    assert (clock(level, "level_notice").state, clock(level, "level_reply").state) == ("met", "running")
    world.now = freeze("2026-03-12T12:00Z")
    tell(
        world,
        level,
        kind="answered",
        on=date(2026, 3, 11),
        whose="Its manager",
        text="We disagree on two points.",
    )
    reply = clock(level, "level_reply")
    assert (reply.state, reply.met_at.date()) == ("met", date(2026, 3, 11))
    assert [(one.kind, one.on) for one in level.words.all()] == [
        ("told", TODAY),
        ("answered", date(2026, 3, 11)),
    ]
    page = text_of(sign_in(world.worker).get(level.get_absolute_url()))
    for words in (
        "The provider was told in writing, 3 March 2026",
        "We disagree on two points.",
        "Its manager",
    ):
        assert words in page, words
    assert "We disagree" not in str(list(Line.objects.values_list("detail", flat=True)))


def test_more_information_is_told_by_the_next_working_day(world):
    level = put(world)
    assert clock(level, "level_notice").due_at.isoformat() == "2026-03-05T00:00:00+00:00"


def test_a_kept_level_goes_on_from_what_the_provider_was_told(world, freeze):
    level = put(world, "enhanced")
    tell(world, level)
    due = clock(level, "level_reply").due_at
    world.now = freeze("2026-03-05T12:00Z")
    kept = put(world, "enhanced", met_on=date(2026, 3, 5))
    assert kept.told_on == TODAY
    assert clock(kept, "level_notice") is None
    assert (clock(kept, "level_reply").due_at, clock(level, "level_reply").state) == (due, "stopped")
    lowered = put(world, "more_information", met_on=date(2026, 3, 5))
    assert (lowered.told_on, clock(lowered, "level_notice").state) == (None, "running")


def test_a_missed_duty_to_tell_stays_missed_on_a_level_that_is_kept_until_it_is_told(world, freeze):
    level = put(world, "enhanced")
    due = clock(level, "level_notice").due_at
    world.now = freeze("2026-03-10T12:00Z")
    tick(now=world.now)
    kept = put(world, "enhanced", met_on=date(2026, 3, 10))
    kept = put(world, "enhanced", met_on=date(2026, 3, 10), review_on=date(2026, 5, 8))
    notice = clock(kept, "level_notice")
    assert (notice.state, notice.due_at, notice.missed_at) == ("missed", due, due)
    assert "missed" in text_of(sign_in(world.worker).get(kept.get_absolute_url()))
    tell(world, kept, on=date(2026, 3, 9))  # a letter that went out before it was kept
    assert clock(kept, "level_notice").state == "met_late"


def test_a_duty_to_tell_that_runs_is_not_given_more_time_by_keeping_the_level(world, freeze):
    level = put(world, "enhanced")
    due = clock(level, "level_notice").due_at
    world.now = freeze("2026-03-04T12:00Z")
    kept = put(world, "enhanced", met_on=date(2026, 3, 4))
    assert (clock(kept, "level_notice").state, clock(kept, "level_notice").due_at) == ("running", due)


def test_a_kept_level_whose_notice_was_withheld_is_to_be_told_anew(world, freeze):
    level = put(world, "enhanced")
    note(propose_withholding, world, level, reason="An inspection is under way.")
    note(agree_withholding, world, level, by="secretariat")
    kept = put(world, "enhanced")
    assert (clock(kept, "level_notice").state, clock(kept, "level_notice").started_at) == (
        "running",
        world.now,
    )


def test_a_second_person_refuses_and_the_duty_to_tell_runs_as_before(world, freeze):
    level = put(world, "enhanced")
    due = clock(level, "level_notice").due_at
    note(propose_withholding, world, level, reason="An inspection is under way.")
    with pytest.raises(NotPermitted, match="A second person must agree, or refuse"):
        note(refuse_withholding, world, level, reason="It asked us.")
    with pytest.raises(Invalid, match="to be told"):
        note(refuse_withholding, world, level, by="secretariat", reason=" ")
    note(refuse_withholding, world, level, by="secretariat", reason="It has asked us twice.")
    held = level.withholdings.get()
    assert (held.refused_by, held.ended_at, held.agreed_at) == (world.secretariat, world.now, None)
    assert (clock(level, "level_notice").state, clock(level, "level_notice").due_at) == ("running", due)
    (line,) = Line.objects.filter(deed="level.withholding_refused")
    assert "asked us" not in str(line.detail)
    page = text_of(sign_in(world.worker).get(level.get_absolute_url()))
    assert "Sec Tariat refused this" in page
    assert "It has asked us twice." in page
    assert "It is not recorded that the provider was told." in page
    with pytest.raises(NotNow, match="nothing to decide"):
        note(agree_withholding, world, level, by="secretariat")
    note(propose_withholding, world, level, reason="Another one is under way.")


def test_refusing_that_it_goes_on_ends_what_was_decided_and_the_duty_runs_again(world, freeze):
    level = put(world, "enhanced")
    note(propose_withholding, world, level, reason="An inspection is under way.")
    note(agree_withholding, world, level, by="secretariat")
    world.now = freeze("2026-03-04T09:00Z")
    note(propose_withholding, world, level, reason="It goes on.")
    note(refuse_withholding, world, level, by="secretariat", reason="The inspection is over.")
    assert (clock(level, "level_withheld").state, clock(level, "level_withheld").met_how) == (
        "met",
        "refused",
    )
    assert not level.withholdings.filter(ended_at=None).exists()
    notice = clock(level, "level_notice")
    assert (notice.state, notice.started_at) == ("running", world.now)


def test_withholding_is_decided_by_two_different_people_and_again_each_day(world, freeze):
    level = put(world, "enhanced")
    note(propose_withholding, world, level, reason="An inspection is under way.")
    assert clock(level, "level_notice").state == "running", "one person's wish stops nothing"
    with pytest.raises(NotPermitted, match="A second person must agree"):
        note(agree_withholding, world, level)
    note(agree_withholding, world, level, by="secretariat")
    assert clock(level, "level_notice").state == "stopped"
    first = clock(level, "level_withheld")
    assert first.due_at - first.started_at == timedelta(hours=24)
    world.now = freeze("2026-03-05T12:00Z")
    tick(now=world.now)
    chased = Message.objects.filter(event="clock.level_withheld")
    assert set(chased.values_list("recipient", flat=True)) == {
        world.inspector.pk,
        world.chair.pk,
        world.secretariat.pk,
    }
    note(propose_withholding, world, level, by="secretariat", reason="It goes on until Friday.")
    note(agree_withholding, world, level, by="chair")
    first.refresh_from_db()
    assert (first.state, first.met_how) == ("met_late", "decided_again")
    assert level.withholdings.filter(ended_at=None).count() == 1
    page = text_of(sign_in(world.worker).get(level.get_absolute_url()))
    assert "Not told yet, decided by Sec Tariat and Chas Chair" in page
    tell(world, level, on=date(2026, 3, 5))
    assert clock(level, "level_withheld").state == "stopped"
    assert not level.withholdings.filter(ended_at=None).exists()


def test_the_database_holds_that_two_decide(world):
    level = put(world, "enhanced")
    note(propose_withholding, world, level, reason="An inspection is under way.")
    held = level.withholdings.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        level.withholdings.filter(pk=held.pk).update(agreed_at=world.now, agreed_by=held.by)
    for refused in ({"refused_by": held.by}, {"refused_by": world.secretariat}, {"refusal": "No."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            level.withholdings.filter(pk=held.pk).update(ended_at=world.now, **refused)


@pytest.mark.parametrize(
    ("before", "operation", "said", "refused"),
    [
        (None, agree_withholding, {"by": "secretariat"}, "Nobody has proposed"),
        (None, refuse_withholding, {"by": "secretariat", "reason": "x"}, "Nobody has proposed"),
        ("told", propose_withholding, {"reason": "x"}, "nothing to keep from the provider"),
        ("proposed", propose_withholding, {"reason": "x"}, "proposed this already"),
        ("lapsed", propose_withholding, {"reason": "x"}, "not in force any more"),
        (
            "lapsed",
            meet_criterion,
            {"number": 1, "met_on": TODAY, "evidence": "Seen."},
            "not in force any more",
        ),
    ],
)
def test_what_cannot_be_now_is_said(world, freeze, before, operation, said, refused):
    level = put(world, "enhanced")
    if before == "told":
        tell(world, level)
    elif before == "proposed":
        note(propose_withholding, world, level, reason="An inspection is under way.")
    elif before == "lapsed":
        world.now = freeze("2026-05-01T12:00Z")
    with pytest.raises(NotNow, match=refused):
        note(operation, world, level, **said)


@pytest.mark.parametrize("name", ["worker", "inspector", "regional"])
def test_who_only_sees_a_level_writes_nothing_on_it(world, name):
    level = put(world, "enhanced")
    with pytest.raises(NotPermitted, match="Only the chair or the secretariat of North QSG"):
        tell(world, level, by=name)


def test_a_patients_number_in_a_letter_is_asked_about_before_anything_is_kept(world):
    level = put(world, "enhanced")
    with pytest.raises(Invalid):
        tell(world, level, text="About 999 962 4596")
    with pytest.raises(Invalid):
        note(propose_withholding, world, level, reason=" ")
    assert not level.words.exists()


# Exit criteria


def test_what_must_be_so_is_met_one_by_one_and_read_out_as_the_level_is_lowered(world, freeze):
    level = put(world, "enhanced", exit_criteria="No fall in eight weeks.\nTwo on every night.")
    note(meet_criterion, world, level, number=2, met_on=TODAY, evidence="The rotas.")
    with pytest.raises(Invalid):
        note(meet_criterion, world, level, number=2, met_on=TODAY, evidence="The rotas.")
    with pytest.raises(Invalid) as refused:
        put(world, "routine", met=frozenset({3}))
    assert set(refused.value.errors) == {"met"}
    put(world, "routine", met=frozenset({1, 2}))
    assert [(one.number, one.evidence[:8]) for one in CriterionMet.objects.all()] == [
        (1, "Read out"),
        (2, "The rota"),
    ]
    page = text_of(sign_in(world.worker).get(level.get_absolute_url()))
    assert "Not met yet" not in page
    assert "The rotas." in page


# Two people at once


def test_two_who_set_a_level_at_once_do_not_overwrite_each_other(world):
    first = put(world, seen=None)
    with pytest.raises(NotNow, match="Chas Chair set “More information wanted” at"):
        put(world, "enhanced", by="secretariat", seen=None)
    assert SurveillanceLevel.objects.get(ended_at=None) == first
    with pytest.raises(NotNow):
        tell(world, first, seen=first.version + 1)


def test_the_page_refuses_what_was_written_over_another_level_and_keeps_what_was_typed(world):
    client = sign_in(world.chair)
    address = f"/providers/{world.provider.pk}/level/{world.north.pk}/?to=more_information"
    once = re.search(r'name="once" value="([^"]+)"', client.get(address).content.decode())[1]
    put(world, "enhanced", by="secretariat")
    said = {
        "once": once, "seen": "", "reason": "Falls go on, typed.", "follows": str(world.cqc.pk),
        "review_on_day": "3", "review_on_month": "4", "review_on_year": "2026", "exit_criteria": "None in 8 weeks.",
        "how": "meeting", "met_on_day": "3", "met_on_month": "3", "met_on_year": "2026",
    }  # fmt: skip
    answer = client.post(address, said)
    assert answer.status_code == 422
    assert "Falls go on, typed." in answer.content.decode()
    assert "Sec Tariat set “Enhanced”" in text_of(answer)


# Pages, and the provider's timeline


def test_the_pages_of_the_providers_part(world):
    level = put(world, "enhanced")
    chair, secretariat = sign_in(world.chair), sign_in(world.secretariat)
    at = level.get_absolute_url()

    def post(client, page, **said):
        shown = client.get(f"{at}{page}/")
        assert shown.status_code == 200, page
        seen = re.search(r'name="seen" value="([^"]+)"', shown.content.decode())[1]
        return client.post(f"{at}{page}/", {"seen": seen, **said})

    assert post(chair, "withhold", reason="An inspection is under way.").url == at
    assert "A second person must agree" in text_of(chair.get(at))
    assert "Agree that the provider" not in text_of(chair.get(at))
    assert "Refuse: the provider" not in text_of(chair.get(at))
    for decided in ("agree", "refuse"):
        own = chair.get(f"{at}withhold/{decided}/")
        assert (own.status_code, "You proposed this yourself." in text_of(own)) == (403, True)
    assert "Refuse: the provider is told" in text_of(secretariat.get(at))
    assert "An inspection is under way." in text_of(secretariat.get(f"{at}withhold/refuse/"))
    assert post(secretariat, "withhold/refuse", reason="It has asked us.").url == at
    over = secretariat.get(f"{at}withhold/agree/")
    assert (over.status_code, "there is nothing to decide" in text_of(over)) == (409, True)
    assert post(chair, "withhold", reason="An inspection is under way.").url == at
    assert post(secretariat, "withhold/agree").url == at
    day = {
        "on_day": "3",
        "on_month": "3",
        "on_year": "2026",
        "whose": "The chair",
        "text": "The level, and why.",
    }
    assert post(chair, "told", **day).url == at
    assert post(chair, "answer", **{**day, "text": "We accept it."}).url == at
    met = {"met_on_day": "3", "met_on_month": "3", "met_on_year": "2026"}
    assert post(chair, "met", number="1", evidence="The rotas.", **met).url == at
    page = text_of(sign_in(world.worker).get(at))
    for words in (
        "We accept it.",
        "It was not told, decided by Chas Chair and Sec Tariat",
        "The rotas.",
        "Met",
    ):
        assert words in page, words
    provider = text_of(sign_in(world.worker).get(f"/providers/{world.provider.pk}/"))
    assert "The provider was told in writing on 3 March 2026" in provider
    assert "Every level that it had" in provider
    for page in ("told", "withhold", "met"):
        assert sign_in(world.worker).get(f"{at}{page}/").status_code == 403
        assert sign_in(world.reader).get(f"{at}{page}/").status_code == 404


def test_the_api_does_the_same(world):
    level = put(world, "enhanced")
    chair = sign_in(world.chair)
    at = f"/api/v1/levels/{level.pk}/"

    def send(client, path, **said):
        etag = client.get(at)["ETag"]
        return client.post(at + path, said, content_type="application/json", headers={"If-Match": etag})

    assert send(chair, "withholding/", reason="An inspection is under way.").status_code == 200
    assert send(chair, "withholding/agree/").status_code == 403
    refused = send(sign_in(world.secretariat), "withholding/refuse/", reason="It has asked us.")
    assert refused.json()["withholdings"][0]["refusal"] == "It has asked us."
    assert send(chair, "withholding/", reason="An inspection is under way.").status_code == 200
    assert send(sign_in(world.secretariat), "withholding/agree/").status_code == 200
    letter = {"kind": "told", "on": "2026-03-03", "whose": "The chair", "text": "The level, and why."}
    assert send(chair, "words/", **letter).status_code == 200
    answer = send(chair, "criteria/", number=1, met_on="2026-03-03", evidence="The rotas.")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["told_on"] == "2026-03-03"
    assert told["criteria"][0]["evidence"] == "The rotas."
    assert [one["ended_at"] is None for one in told["withholdings"]] == [False, False]
    assert send(sign_in(world.worker), "words/", **letter).status_code == 403
    stale = chair.post(at + "words/", letter, content_type="application/json", headers={"If-Match": '"old"'})
    assert stale.status_code == 412


def test_whoever_may_decide_on_a_withholding_is_told_of_it_and_the_proposer_of_the_decision(world, freeze):
    def told(of):
        held = Message.objects.filter(record=level.pk, event="level.withholding", recipient=of)
        return sorted(one.detail["said"] for one in held)

    level = put(world, "enhanced")
    note(propose_withholding, world, level, by="chair", reason="An inspection is under way.")
    assert (told(world.secretariat), told(world.chair), told(world.worker)) == (["proposed"], [], [])
    inbox = text_of(sign_in(world.secretariat).get("/inbox/"))
    assert "A second person decides: read why, then agree or refuse." in inbox
    assert "An inspection is under way." not in inbox
    waiting = Message.objects.get(event="level.withholding")
    assert known(waiting.event).still(waiting)

    note(refuse_withholding, world, level, by="secretariat", reason="It has asked us twice.")
    assert (told(world.chair), known(waiting.event).still(waiting)) == (["refused"], False)
    note(propose_withholding, world, level, by="chair", reason="Another one is under way.")
    note(agree_withholding, world, level, by="secretariat")
    assert (told(world.chair), told(world.secretariat)) == (["agreed", "refused"], ["proposed", "proposed"])
