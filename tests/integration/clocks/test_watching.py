"""The watchdog, the registry, and what stands at /health."""

from datetime import timedelta

import pytest

from access.principal import clockwork
from audit.operations import record_deed, seal_due
from clocks import checks, registry
from clocks.health import alarms, watched
from clocks.models import Ticking
from clocks.operations import tick_due, unexplained_words, watchdog
from clocks.rules.steps import Offset
from notifications.models import Delivery
from reference.models import Entry
from tests.integration.agencies.conftest import client_as, text_of
from tests.timed import START, hours

LATER = START + hours(24)


def red(now):
    return {name for name, part in watchdog(now).items() if part.red}


def seconds(number):
    return timedelta(seconds=number)


@pytest.fixture
def quiet(cast):
    """Everything ticked and sealed at START."""
    Ticking.objects.create(source="test", at=START)
    seal_due(now=START)
    return cast


def test_all_is_well_after_a_tick(quiet):
    assert red(START) == set()
    assert all(well for well, _ in watched(now=START).values())


def test_red_when_nothing_ever_ticked(cast):
    seal_due(now=START)
    assert red(START) == {"tick"}
    assert watched(now=START)["tick"] == (False, "nothing has ever ticked (inf s, red above 30 s)")


@pytest.mark.parametrize(("after", "expected"), [(30, set()), (31, {"tick"})])
def test_red_when_the_tick_is_older_than_30_seconds(quiet, after, expected):
    assert red(START + seconds(after)) == expected


@pytest.mark.parametrize(("after", "expected"), [(60, set()), (61, {"step"})])
def test_red_when_a_due_step_is_unhandled_for_60_seconds(quiet, after, expected):
    quiet.start()
    seal_due(now=START)
    now = LATER + seconds(after)
    Ticking.objects.update(at=now)
    assert red(now) == expected


@pytest.mark.parametrize(("after", "expected"), [(120, set()), (121, {"outbox"})])
def test_red_when_the_oldest_mail_is_older_than_120_seconds(quiet, after, expected):
    quiet.start()
    tick_due(ask_time=lambda: LATER, source="test")
    seal_due(now=LATER)
    now = LATER + seconds(after)
    Ticking.objects.update(at=now)
    assert red(now) == expected


def test_a_mail_that_is_to_be_tried_again_later_turns_nothing_red(quiet):
    quiet.start()
    tick_due(ask_time=lambda: LATER, source="test")
    seal_due(now=LATER)
    now = LATER + seconds(500)
    Delivery.objects.update(next_try_at=now + seconds(1))
    Ticking.objects.update(at=now)
    assert red(now) == set()


@pytest.mark.parametrize(("after", "expected"), [(60, set()), (61, {"seal"})])
def test_red_when_the_oldest_line_without_a_seal_is_older_than_60_seconds(quiet, after, expected):
    record_deed(by=clockwork(START), now=START, deed="test")
    now = START + seconds(after)
    Ticking.objects.update(at=now)
    assert red(now) == expected
    name, says = "seal", watched(now=now)["seal"][1]
    assert says.startswith("a line of the log has been unsealed since 3 March 2026, 10am"), name


def test_a_clock_ahead_of_the_database_turns_nothing_red(quiet):
    assert red(START - seconds(5)) == set()


def test_no_word_of_the_shipped_lists_is_unexplained(cast):
    assert unexplained_words(START) == []
    assert checks.check_words(None) == []


def test_a_word_that_nobody_knows_stops_the_portal(cast, monkeypatch):
    family = registry.FAMILIES["ring"]
    monkeypatch.setitem(registry.FAMILIES, "ring", registry.Family("ring", {}, {}))
    monkeypatch.setattr(registry, "NAMES", {})
    sentences = [error.msg for error in checks.check_words(None)]
    assert "Nobody says who is told when nobody else can be." in sentences
    assert "clock_steps, ring, due: nobody knows who “every participant” is." in sentences
    assert "clock_steps, ring, due: nobody does “interim becomes default”." in sentences
    assert family.recipients


def test_families_that_nobody_took_are_nobody_s_to_explain(monkeypatch):
    monkeypatch.setattr(registry, "FAMILIES", {})
    monkeypatch.setattr(registry, "NAMES", {})
    assert registry.gaps({"egg": [Offset("due", "due", recipients=(("hen",),))]}) == []


def test_a_family_without_a_way_to_tell_people_stops_the_portal(monkeypatch):
    monkeypatch.setattr(checks, "POLICIES", {})
    assert any("it is not said how it reaches people" in error.msg for error in checks.check_words(None))


def test_each_family_and_each_name_is_said_by_one_app(monkeypatch):
    monkeypatch.setattr(registry, "FAMILIES", {})
    monkeypatch.setattr(registry, "NAMES", {})
    registry.take_family("egg")
    with pytest.raises(ValueError, match="two apps take"):
        registry.take_family("egg")
    registry.name_recipients({"hen": lambda clock, now: []})
    with pytest.raises(ValueError, match="two apps say who 'hen' is"):
        registry.name_recipients({"hen": lambda clock, now: []})
    assert registry.resolver_of("egg", "hen")(None, START) == []


def test_every_word_that_an_administrator_wrote_is_asked_for(cast):
    entry = Entry.objects.get(list_code="clock_steps", code="response:half")
    Entry.objects.filter(pk=entry.pk).update(data={**entry.data, "recipients": "archbishop"})
    assert unexplained_words(START) == ["clock_steps, response, half: nobody knows who “archbishop” is."]


def test_every_page_says_when_deadlines_are_not_being_watched(quiet, freeze):
    assert alarms(now=START + seconds(120)) == []
    (sentence,) = alarms(now=START + seconds(121))
    assert sentence.startswith("Deadlines have not been watched since 3 March 2026, 10am.")
    freeze(START + seconds(200))
    assert sentence in text_of(client_as(quiet.people["Bea"]).get("/inbox/"))


def test_every_page_says_when_a_deadline_is_not_dealt_with(quiet):
    quiet.start()
    now = LATER + seconds(61)
    Ticking.objects.update(at=now)
    assert alarms(now=now) == ["A deadline has not been dealt with in time. Messages may be late."]


def test_a_portal_that_never_ticked_raises_no_alarm_on_its_pages(cast):
    assert alarms(now=START) == []
