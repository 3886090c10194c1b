"""What is refused: a body merged into itself, a circle, two at once, closed successors, dates in disorder, the wrong people."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from access.models import Conflict
from access.refusals import Invalid, NotNow, NotPermitted
from agencies.models import Agency, Seat
from clocks.operations import start_clock
from successions import operations, rules
from successions.models import HandingOver, Succession
from tests.concerned import person
from tests.successors import APRIL, TODAY, Closing

pytestmark = pytest.mark.django_db


def said(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return dict(refusal.value.errors)


class TestOpening:
    def test_by_the_portals_administrators_alone(self, world: Closing) -> None:
        for who in ("lead", "auditor", world.heir_administrator):
            with pytest.raises(NotPermitted):
                world.open(by=world.by(who))

    def test_never_into_itself(self, world: Closing) -> None:
        with pytest.raises(Invalid) as refusal:
            world.open(successors=[world.ccg])
        assert said(refusal) == {"successors": "Nothing takes its own place. Choose another."}

    def test_never_in_a_circle_however_long(self, world: Closing) -> None:
        third = Agency.objects.create(kind="ccg", name="NHS Third CCG")
        world.open()
        world.open(body=world.neighbour, successors=[third])
        with pytest.raises(Invalid) as refusal:
            world.open(body=third, successors=[world.ccg])
        assert "circle" in said(refusal)["successors"]
        operations.undo_succession(
            by=world.by(world.desk),
            now=world.now,
            succession=Succession.objects.get(body=world.neighbour),
        )
        world.open(body=third, successors=[world.ccg])

    def test_never_two_of_one_body(self, world: Closing) -> None:
        third = Agency.objects.create(kind="ccg", name="NHS Third CCG")
        world.open()
        for successors in ([world.neighbour], [third]):
            with pytest.raises(Invalid, match="open already"):
                world.open(successors=successors)
        with pytest.raises(IntegrityError), transaction.atomic():
            Succession.objects.create(
                body=world.ccg, on=APRIL, why="Again", opened_at=world.now, opened_by=world.desk
            )

    def test_never_into_a_body_that_closed_or_will(self, world: Closing) -> None:
        gone = Agency.objects.create(kind="ccg", name="NHS Gone CCG", closed_on=date(2027, 1, 1))
        with pytest.raises(Invalid, match="Choose a body that stays"):
            world.open(successors=[gone])

    def test_never_of_a_body_that_has_closed(self, world: Closing) -> None:
        gone = Agency.objects.create(kind="ccg", name="NHS Gone CCG", closed_on=date(2025, 1, 1))
        with pytest.raises(Invalid, match="has closed already"):
            world.open(body=gone)

    @pytest.mark.parametrize(
        ("opened", "successor_opened", "field"),
        [
            (APRIL, None, "on"),
            (APRIL + timedelta(days=9), None, "on"),
            (None, APRIL + timedelta(days=1), "on"),
        ],
    )
    def test_never_in_disordered_days(self, world: Closing, opened, successor_opened, field) -> None:
        Agency.objects.filter(pk=world.ccg.pk).update(opened_on=opened)
        Agency.objects.filter(pk=world.neighbour.pk).update(opened_on=successor_opened)
        with pytest.raises(Invalid) as refusal:
            world.open()
        assert set(said(refusal)) == {field}

    def test_never_without_a_successor_or_a_ground(self, world: Closing) -> None:
        with pytest.raises(Invalid) as refusal:
            world.open(successors=[])
        assert set(said(refusal)) == {"successors"}
        for why in (" ", "x" * 301):
            with pytest.raises(Invalid) as refusal:
                world.open(why=why)
            assert set(said(refusal)) == {"why"}

    def test_a_past_day_is_the_close_date_and_rewrites_nothing(self, world: Closing) -> None:
        opened = world.open(on=date(2025, 12, 1))
        world.accept_all(opened)
        world.close(opened, world.now)
        assert world.ccg.closed_on == date(2025, 12, 1)
        assert {one.ends_on for one in Seat.objects.filter(agency=world.ccg)} == {TODAY}


class TestOffering:
    def test_intelligence_by_a_lead_of_the_closing_body_alone(self, world: Closing) -> None:
        opened = world.open()
        for who in (world.desk, "worker", world.heir_lead, "inspector"):
            with pytest.raises(NotPermitted):
                operations.hand_on(
                    by=world.by(who),
                    now=world.now,
                    succession=opened,
                    kind="intelligence",
                    to=world.neighbour,
                )

    def test_to_a_successor_alone_and_once(self, world: Closing) -> None:
        opened = world.open()
        with pytest.raises(Invalid, match="take its place"):
            operations.hand_on(
                by=world.by("lead"),
                now=world.now,
                succession=opened,
                kind="intelligence",
                to=world.region.cqc,
            )
        world.hand_on(opened, rules.INTELLIGENCE)
        with pytest.raises(NotNow, match="offered already"):
            world.hand_on(opened, rules.INTELLIGENCE)
        with pytest.raises(NotNow):
            world.hand_on(opened, rules.ACTION)

    def test_an_action_out_of_the_leads_own_sight_is_not_handed_on(self, world: Closing) -> None:
        world.action()
        Conflict.objects.create(
            user=world.region.people["lead"], provider=world.region.provider, starts_on=TODAY
        )
        opened = world.open()
        with pytest.raises(NotNow):
            world.hand_on(opened, rules.ACTION)

    def test_an_action_that_nobody_there_would_see(self, world: Closing) -> None:
        world.action()
        Conflict.objects.create(agency=world.neighbour, provider=world.region.provider, starts_on=TODAY)
        opened = world.open()
        with pytest.raises(Invalid, match="No lead of NHS Neighbour CCG sees what 1 of these is about"):
            world.hand_on(opened, rules.ACTION)

    def test_a_deadline_about_anothers_matter_needs_somebody_there_who_sees_it(self, world: Closing) -> None:
        theirs = world.concern(by="inspector")
        start_clock(
            kind="go_and_look",
            record=theirs.record,
            by=world.by("inspector"),
            now=world.now,
            responsible_agency=world.ccg.pk,
        )
        opened = world.open()
        lead = world.region.people["lead"]
        Seat.objects.create(
            user=lead,
            agency=world.ccg,
            qsg=world.region.north,
            kind="representative",
            starts_on=TODAY,
        )
        with pytest.raises(Invalid, match="No lead of NHS Neighbour CCG sees"):
            world.hand_on(opened, rules.CLOCK)

    def test_what_stays_is_the_bodys_own_in_sight_and_without_a_deadline(self, world: Closing) -> None:
        opened, own, theirs = world.open(), world.concern(by="lead"), world.concern(by="inspector")
        with pytest.raises(Invalid, match="your body looks after"):
            world.hand_on(opened, rules.INTELLIGENCE, stays=[theirs.pk])
        start_clock(
            kind="go_and_look",
            record=own.record,
            by=world.by("lead"),
            now=world.now,
            responsible_agency=world.ccg.pk,
        )
        with pytest.raises(Invalid, match="deadline runs"):
            world.hand_on(opened, rules.INTELLIGENCE, stays=[own.pk])

    def test_a_declined_seat_needs_another_taker(self, world: Closing) -> None:
        third = Agency.objects.create(kind="ccg", name="NHS Third CCG")
        opened = world.open(successors=[world.neighbour, third])
        offer = opened.offers.get(kind=rules.SEAT)
        by = world.by(world.heir_administrator)
        with pytest.raises(Invalid, match="why"):
            operations.decline(by=by, now=world.now, offer=offer, reason=" ")
        operations.decline(by=by, now=world.now, offer=offer, reason="We sit there already.")
        with pytest.raises(NotNow, match="declined"):
            operations.accept(by=by, now=world.now, offer=offer, person=world.heir_reader.pk)
        given = {"succession": opened, "kind": rules.SEAT, "thing": offer.thing, "now": world.now}
        with pytest.raises(NotPermitted):
            operations.offer_elsewhere(by=by, to=third, **given)
        desk = world.by(world.desk)
        with pytest.raises(Invalid):
            operations.offer_elsewhere(by=desk, to=world.region.cqc, **given)
        made = operations.offer_elsewhere(by=desk, to=third, **given)
        assert made.to == third
        with pytest.raises(NotNow, match="meanwhile"):
            operations.offer_elsewhere(by=desk, to=third, **given)
        with pytest.raises(NotNow, match="does not hold"):
            operations.offer_elsewhere(by=desk, to=third, **{**given, "thing": third.pk})
        with pytest.raises(NotPermitted):
            operations.offer_elsewhere(by=desk, to=third, **{**given, "kind": rules.ACTION})


class TestAnswering:
    def test_by_the_right_role_at_the_right_body_alone(self, world: Closing) -> None:
        world.action()
        opened = world.open()
        world.hand_on(opened, rules.INTELLIGENCE)
        world.hand_on(opened, rules.ACTION)
        for offer in opened.offers.all():
            wrong = [world.heir_reader, "lead", "inspector"]
            wrong += (
                [world.heir_lead] if offer.kind in rules.PEOPLES else [world.heir_administrator, world.desk]
            )
            for who in wrong:
                with pytest.raises(NotPermitted):
                    operations.accept(by=world.by(who), now=world.now, offer=offer)

    def test_a_seat_names_somebody_of_the_successor_and_never_oneself(self, world: Closing) -> None:
        offer = world.open().offers.get(kind=rules.SEAT)
        by = world.by(world.heir_administrator)
        for nobody in (None, world.region.people["inspector"].pk, person("A Nobody").pk):
            with pytest.raises(Invalid) as refusal:
                operations.accept(by=by, now=world.now, offer=offer, person=nobody)
            assert set(said(refusal)) == {"person"}
        with pytest.raises(NotPermitted):
            operations.accept(by=by, now=world.now, offer=offer, person=world.heir_administrator.pk)

    def test_a_chairs_seat_and_a_cleared_one_are_the_portals_to_give(self, world: Closing) -> None:
        Seat.objects.filter(agency=world.ccg).update(cleared=True)
        offer = world.open().offers.get(kind=rules.SEAT)
        given = {"now": world.now, "offer": offer, "person": world.heir_reader.pk}
        with pytest.raises(NotPermitted, match="the portal: it gives such a seat"):
            operations.accept(by=world.by(world.heir_administrator), **given)
        assert operations.accept(by=world.by(world.desk), **given).person == world.heir_reader

    def test_people_and_handlers_are_those_who_are_there(self, world: Closing) -> None:
        opened = world.open()
        offer = opened.offers.get(kind=rules.PEOPLE)
        outsider = world.region.people["inspector"].pk
        with pytest.raises(Invalid):
            world.accept(offer, people=[outsider])
        (whole,) = world.hand_on(opened, rules.INTELLIGENCE)
        with pytest.raises(Invalid):
            world.accept(whole, people=[outsider])

    def test_an_action_out_of_sight_is_absent(self, world: Closing) -> None:
        world.action()
        opened = world.open()
        (offer,) = world.hand_on(opened, rules.ACTION)
        Conflict.objects.create(user=world.heir_lead, provider=world.region.provider, starts_on=TODAY)
        for answer in (
            lambda: world.accept(offer),
            lambda: operations.decline(by=world.by(world.heir_lead), now=world.now, offer=offer, reason="No"),
        ):
            with pytest.raises(Http404):
                answer()

    def test_a_reason_names_no_patient(self, world: Closing) -> None:
        offer = world.open().offers.get(kind=rules.BUYING)
        with pytest.raises(Invalid) as refusal:
            operations.decline(
                by=world.by(world.heir_lead), now=world.now, offer=offer, reason="About 943 476 5919"
            )
        assert set(said(refusal)) == {"reason"}

    def test_the_database_wants_somebody_in_an_accepted_seat_and_a_reason_for_a_no(
        self, world: Closing
    ) -> None:
        offer = world.open().offers.get(kind=rules.SEAT)
        for wrong in (
            {"state": rules.ACCEPTED, "answered_at": world.now, "answered_by": world.desk},
            {"state": rules.DECLINED, "answered_at": world.now, "answered_by": world.desk},
            {"state": rules.WAITING, "answered_at": world.now},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                HandingOver.objects.filter(pk=offer.pk).update(**wrong)
