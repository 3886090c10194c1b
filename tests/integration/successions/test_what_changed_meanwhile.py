"""What changed between a yes and the closing, who may be named, what a narrow token reads, and what fails alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404
from django.urls import reverse

from access.models import Conflict, Inheritance, Record, Token
from access.operations.inheriting import GATEWAY, bind
from access.reach import answering_body
from access.refusals import Invalid, NotNow, NotPermitted
from actions.models import Action
from agencies.models import Agency, Membership, QSGMember, Seat
from clocks.models import Clock
from clocks.operations import start_clock
from concerns.operations.safety import flag_danger
from providers.closing.operations import make_plan
from providers.closing.operations.entering import take_up as keep_plan
from providers.closing.rules import CLOSURE, Facts
from successions import operations, rules
from successions.models import HandingOver, Succession
from successions.operations import close_due, closing
from successions.showing import shown_to
from tests.concerned import NOON, person
from tests.integration.agencies.conftest import text_of
from tests.signing_in import sign_in
from tests.successors import APRIL, TODAY, Closing
from visits.operations.asking import ask_provider
from visits.operations.planning import cancel_visit, plan_visit
from visits.operations.taking import take_up
from visits.rules.asking import Wish
from visits.rules.planning import Plan

pytestmark = pytest.mark.django_db

FIRST = "2026-04-01T00:05Z"


def member_of(world: Closing) -> QSGMember:
    return QSGMember.objects.get(agency=world.ccg, qsg=world.region.north)


class TestMeanwhile:
    def test_what_ended_before_the_closing_does_not_come_back(self, world: Closing, freeze) -> None:
        action = world.action()
        opened = world.open()
        world.accept_all(opened)
        QSGMember.objects.filter(agency=world.ccg).update(ends_on=date(2026, 3, 20))
        Seat.objects.filter(agency=world.ccg).update(ends_on=date(2026, 3, 20))
        Action.objects.filter(pk=action.pk).update(status="withdrawn", ended_at=world.now)
        world.close(opened, freeze(FIRST))
        assert not QSGMember.objects.filter(agency=world.neighbour, qsg=world.region.north).exists()
        assert not Seat.objects.filter(agency=world.neighbour, qsg=world.region.north).exists()
        assert Action.objects.get(pk=action.pk).asked == world.ccg

    def test_a_membership_lasts_as_long_as_it_was_to(self, world: Closing, freeze) -> None:
        member = member_of(world)
        QSGMember.objects.filter(pk=member.pk).update(ends_on=date(2026, 12, 31))
        opened = world.open()
        world.accept_all(opened)
        world.close(opened, freeze(FIRST))
        theirs = QSGMember.objects.get(agency=world.neighbour, qsg=member.qsg)
        assert (theirs.starts_on, theirs.ends_on) == (APRIL, date(2026, 12, 31))

    @pytest.mark.parametrize(("kind", "until"), [("full", date(2026, 6, 1)), ("associate", None)])
    def test_a_successor_that_joins_later_is_there_until_then(
        self, world: Closing, freeze, kind: str, until: date | None
    ) -> None:
        later = date(2026, 6, 1)
        opened = world.open()
        world.accept_all(opened)
        QSGMember.objects.create(qsg=world.region.north, agency=world.neighbour, kind=kind, starts_on=later)
        world.close(opened, freeze(FIRST))
        there = QSGMember.objects.filter(agency=world.neighbour, qsg=world.region.north)
        theirs = there.filter(kind="full").order_by("starts_on")
        days = [(one.starts_on, one.ends_on) for one in theirs]
        assert days == [(APRIL, until), *([(later, None)] if until else [])]

    def test_of_an_old_answer_everybody_who_acts_there_was_asked_about(self, world: Closing) -> None:
        """The step of the database that was there before it was kept who stays behind."""
        opened = world.open()
        world.accept_all(opened)
        offer = opened.offers.get(kind=rules.PEOPLE)
        before = set(offer.behind.all())
        offer.behind.clear()
        step = import_module("successions.migrations.0003_who_was_left_behind")
        with connection.schema_editor() as editor:
            step.name_who_stays(apps, editor)
            assert set(offer.behind.all()) == before != set()
        person("Nia New", world.ccg)
        HandingOver.objects.filter(pk=offer.pk).update(answered_at=datetime(2100, 1, 1, tzinfo=UTC))
        with connection.schema_editor() as editor:
            step.name_who_stays(apps, editor)
        assert set(offer.behind.all()) == before

    def test_nobody_takes_over_who_has_closed(self, world: Closing, freeze) -> None:
        action = world.action()
        opened = world.open()
        world.hand_on(opened, rules.INTELLIGENCE)
        world.accept_all(opened)
        assert action.pk in set(opened.offers.values_list("thing", flat=True))
        Agency.objects.filter(pk=world.neighbour.pk).update(closed_on=TODAY)
        with pytest.raises(NotNow, match="NHS Neighbour CCG was to take something over, and has closed"):
            world.close(opened, freeze(FIRST))
        assert world.ccg.closed_on is None

    def test_nothing_is_offered_to_who_has_closed(self, world: Closing) -> None:
        opened = world.open()
        Agency.objects.filter(pk=world.neighbour.pk).update(closed_on=TODAY)
        with pytest.raises(Invalid, match="Choose a body that stays"):
            world.hand_on(opened, rules.INTELLIGENCE)

    def test_the_desk_is_not_told_that_there_is_a_deadline(self, world: Closing, freeze) -> None:
        stays = world.concern(by="lead")
        opened = world.open()
        world.hand_on(opened, rules.INTELLIGENCE, stays=[stays.pk])
        world.accept_all(opened)
        start_clock(
            kind="go_and_look",
            record=stays.record,
            by=world.by("lead"),
            now=world.now,
            responsible_agency=world.ccg.pk,
        )
        with pytest.raises(NotNow) as refusal:
            world.close(opened, freeze(FIRST))
        waits = [rules.Held(rules.INTELLIGENCE, world.ccg.pk)]
        assert str(refusal.value) == rules.not_yet(waits, "NHS Example CCG")
        assert world.ccg.closed_on is None

    def test_who_came_since_is_asked_about_too(self, world: Closing, freeze) -> None:
        opened = world.open()
        worker, administrator = world.region.people["worker"], sign_in(world.heir_administrator)
        world.accept_all(opened, people=[worker.pk])
        offer, here = opened.offers.get(kind=rules.PEOPLE), reverse("successions:detail", args=[opened.pk])
        by = world.by(world.heir_administrator)
        with pytest.raises(NotNow, match="This is accepted"):
            operations.accept(by=by, now=world.now, offer=offer, people=[])
        assert "Accept again" not in text_of(administrator.get(here))
        newcomer = person("Nina New", world.ccg, "contributor")
        assert "Nobody has said yet whether they go over." in text_of(sign_in(world.desk).get(here))
        assert "Something waits for you: the people who act for it" in text_of(administrator.get(here))
        with pytest.raises(NotNow, match="the people who act for it"):
            world.close(opened, freeze(FIRST))
        freeze(NOON)
        form = administrator.get(reverse("successions:accept", args=[offer.pk])).content.decode()
        assert f'value="{worker.pk}" checked' in form.replace("\n", " ")
        operations.accept(by=by, now=world.now, offer=offer, people=[worker.pk, newcomer.pk])
        assert "Accept again" not in text_of(administrator.get(here))
        world.close(opened, freeze(FIRST))
        there = Membership.objects.filter(agency=world.neighbour, starts_on=APRIL)
        assert set(there.values_list("user", flat=True)) == {worker.pk, newcomer.pk}

    def test_a_seat_to_come_that_a_token_names_ends_with_it(self, world: Closing, freeze) -> None:
        seat = Seat.objects.filter(agency=world.ccg).earliest("pk")
        Seat.objects.filter(pk=seat.pk).update(starts_on=APRIL + timedelta(days=9))
        token = Token.objects.create(
            hash="0" * 64, name="x", user=seat.user, agency=world.ccg, scopes=["concerns:read"], seat=seat,
            made_at=world.now, expires_at=world.now.replace(year=2027),
        )  # fmt: skip
        opened = world.open()
        world.accept_all(opened)
        now = freeze(FIRST)
        world.close(opened, now)
        token.refresh_from_db()
        assert (token.seat_id, token.revoked_at) == (None, now)
        assert not Seat.objects.filter(pk=seat.pk).exists()


class TestLookedAfter:
    """What was taken over is looked after by the successor as by its owner."""

    @staticmethod
    def closed(world: Closing, freeze) -> datetime:
        opened = world.open()
        world.accept_all(opened)
        now = freeze(FIRST)
        world.close(opened, now)
        return now

    def test_a_visit_and_a_request_are_changed_there(self, world: Closing, freeze) -> None:
        wish = Wish(
            kind="staffing",
            about="The rotas of all wards.",
            covers_from=date(2026, 1, 1),
            covers_to=date(2026, 1, 31),
            asked_on=TODAY,
            due_on=date(2026, 4, 17),
        )
        asked = ask_provider(by=world.by("lead"), now=world.now, provider=world.region.provider, wish=wish)
        plan = Plan(
            kind="quality_visit",
            location=None,
            starts_on=date(2026, 4, 10),
            ends_on=date(2026, 4, 12),
            lead_name="The team's head",
            purpose="To look at the wards at night.",
        )
        visit = plan_visit(
            by=world.by("lead"), now=world.now, provider=world.region.provider, plan=plan, announced=True
        )
        now, by = self.closed(world, freeze), world.by(world.heir_lead)
        client = sign_in(world.heir_lead)
        for one in (asked, visit):
            assert client.get(one.get_absolute_url()).status_code == 200
        cancel_visit(by=by, now=now, visit=visit, why="It is not needed.", seen=visit.version)
        assert take_up(by, asked, permission="information.ask") == asked
        with pytest.raises(Http404):
            take_up(world.by("inspector"), asked, permission="information.ask")

    def test_a_plan_is_kept_there(self, world: Closing, freeze) -> None:
        facts = Facts(kind=CLOSURE, summary="The home closes.", expected_on=date(2026, 5, 1), people=14)
        plan = make_plan(by=world.by("worker"), now=world.now, provider=world.region.provider, facts=facts)
        self.closed(world, freeze)
        assert keep_plan(by=world.by(world.heir_lead), plan=plan, seen=plan.version) == plan
        assert sign_in(world.heir_lead).get(plan.get_absolute_url()).status_code == 200

    def test_a_new_deadline_is_the_successors_whoever_starts_it(self, world: Closing, freeze) -> None:
        owned, stays = world.concern(by="lead"), world.concern(by="lead")
        now = self.closed(world, freeze)
        inherited = Inheritance.objects.get(successor=world.neighbour)
        inherited.exceptions.add(stays.record)
        for who in (world.heir_reader, "inspector"):
            assert answering_body(owned.record, world.by(who)) == world.neighbour.pk
        assert answering_body(stays.record, world.by("inspector")) == world.ccg.pk
        flag_danger(by=world.by(world.heir_reader), now=now, record=owned.record, answer="not_sure")
        bodies = set(
            Clock.objects.filter(record=owned.pk, started_at=now).values_list("responsible_agency", flat=True)
        )
        assert bodies == {world.neighbour.pk}


class TestNamed:
    def test_nobody_names_themselves_on_what_is_closed(self, world: Closing) -> None:
        (whole,) = world.hand_on(world.open(), rules.INTELLIGENCE)
        with pytest.raises(NotPermitted, match="themselves"):
            world.accept(whole, people=[world.heir_lead.pk])
        form = sign_in(world.heir_lead).get(reverse("successions:accept", args=[whole.pk]))
        said = text_of(form).partition("Who handles")[2]
        assert "Ivo Heir" in said
        assert "Hal Heir" not in said

    def test_only_open_records_are_opened_to_who_is_named(self, world: Closing, freeze) -> None:
        concerns = {gate: world.concern(by="lead") for gate in ("open", "draft", "named", "sealed")}
        for gate, concern in concerns.items():
            Record.objects.filter(pk=concern.pk).update(closed=True, gate=gate)
        opened = world.open()
        world.accept_all(opened, intelligence=[world.heir_reader.pk])
        world.close(opened, freeze(FIRST))
        named = Record.objects.filter(shares__gateway=GATEWAY)
        assert list(named.values_list("pk", flat=True)) == [concerns["open"].pk]

    def test_a_deadline_out_of_sight_is_not_declined(self, world: Closing) -> None:
        theirs = world.concern(by="inspector")
        clock = start_clock(
            kind="go_and_look",
            record=theirs.record,
            by=world.by("inspector"),
            now=world.now,
            responsible_agency=world.ccg.pk,
        )
        offer = HandingOver.objects.create(
            succession=world.open(),
            kind=rules.CLOCK,
            thing=clock.pk,
            to=world.neighbour,
            offered_at=world.now,
            offered_by=world.desk,
        )
        with pytest.raises(Http404):
            operations.decline(by=world.by(world.heir_lead), now=world.now, offer=offer, reason="No")

    def test_who_reads_what_was_taken_over_is_said(self, world: Closing, freeze) -> None:
        concern = world.concern(by="lead")
        opened = world.open()
        world.accept_all(opened)
        world.close(opened, freeze(FIRST))
        answer = sign_in(world.heir_lead).get(f"/records/{concern.pk}/readers/")
        assert answer.status_code == 200
        assert "works at the body that took it over" in text_of(answer)


def test_a_token_reads_here_what_it_was_made_for(world: Closing) -> None:
    world.action(statement="Review the rota at night.")
    opened = world.open()
    world.hand_on(opened, rules.ACTION)
    by = world.by(world.heir_lead)

    def told(*scopes: str) -> dict[str, list[str]]:
        shown = shown_to(replace(by, scopes=frozenset(scopes)), opened, TODAY)
        return {view.kind: [line.label.words for line in view.lines] for view in shown}

    directory = told("directory:read")
    assert rules.ACTION not in directory
    assert directory[rules.INTELLIGENCE] == []
    assert told("directory:read", "concerns:read").get(rules.ACTION, []) == []
    everything = told("directory:read", "concerns:read", "actions:read")
    assert "Review the rota" in str(everything[rules.ACTION])


def test_a_conflict_binds_though_the_successors_own_begins_later(world: Closing) -> None:
    usual = {"provider": world.region.other_provider, "ends_on": None}
    Conflict.objects.create(agency=world.ccg, starts_on=date(2025, 1, 1), **usual)
    Conflict.objects.create(agency=world.neighbour, starts_on=APRIL, **usual)
    for _ in range(2):
        bind(successor=world.neighbour.pk, predecessor=world.ccg.pk, now=world.now)
    days = Conflict.objects.filter(agency=world.neighbour).order_by("starts_on")
    assert list(days.values_list("starts_on", flat=True)) == [TODAY, APRIL]


def test_a_body_that_fails_or_waits_holds_up_no_other(world: Closing, freeze, monkeypatch) -> None:
    third = Agency.objects.create(kind="ccg", name="NHS Third CCG")
    failing = world.open(body=third, on=date(2026, 3, 20))
    waiting = world.open(body=Agency.objects.create(kind="ccg", name="NHS Fourth CCG"), on=date(2026, 3, 21))
    opened = world.open()
    world.accept_all(opened)
    HandingOver.objects.filter(succession=waiting).delete()
    whole = closing.close_body

    def close(*, succession: Succession, **more: object) -> Succession:
        if succession == failing:
            raise ZeroDivisionError
        return whole(succession=succession, **more)

    monkeypatch.setattr(closing, "close_body", close)
    monkeypatch.setattr(closing, "MOST_AT_ONCE", 1)
    assert close_due(now=freeze(FIRST)) == 1
    assert world.ccg.closed_on == APRIL
    monkeypatch.setattr(closing, "alive", lambda: False)
    with pytest.raises(ZeroDivisionError):
        close_due(now=freeze(FIRST))
    assert not Clock.objects.filter(responsible_agency=world.ccg, state="running").exists()
