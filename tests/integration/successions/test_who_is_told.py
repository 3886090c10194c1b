"""Who is told: of records whose owner has closed, whoever looks after them now; of what is offered, whoever answers it."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from access.models import Conflict, Inheritance
from access.principal import clockwork
from access.refusals import Invalid
from access.sight import visible_to
from accounts.models import User
from actions.models import Action
from actions.operations.telling import those_who_asked
from agencies.models import Agency, Membership, Post, Seat
from agencies.stand_ins import last_resort, speakers_for
from clocks.models import Clock
from concerns.operations import telling as concerns
from concerns.operations.sharing import ask_to_share
from notifications.inbox import lines_of
from notifications.models import Delivery, Message
from notifications.operations.ending import tell_the_next
from notifications.operations.sending import withheld
from providers.closing.operations import make_plan
from providers.closing.operations.telling import RECIPIENTS as OF_A_PLAN
from providers.closing.rules import CLOSURE, Facts
from successions import operations, rules
from successions.operations import telling
from tests.concerned import LAST_YEAR, person
from tests.integration.agencies.conftest import text_of
from tests.signing_in import sign_in
from tests.successors import Closing
from visits.operations.clashing import tell_of_clashes
from visits.operations.joining import propose_joint_visit
from visits.operations.planning import plan_visit
from visits.operations.sharing import share_visit
from visits.rules.planning import Plan

pytestmark = pytest.mark.django_db

FIRST = "2026-04-01T00:05Z"
LATER = "2026-04-02T09:00Z"


def closed(world: Closing, freeze, *, stays: tuple = ()) -> datetime:
    """Let Wes go over to the neighbour, which takes the intelligence; the CCG closes."""
    opened = world.open()
    if stays:
        world.hand_on(opened, rules.INTELLIGENCE, stays=list(stays))
    world.accept_all(opened, people=[world.region.people["worker"].pk])
    now = freeze(FIRST)
    world.close(opened, now)
    return now


def told(event: str) -> set[str]:
    return set(Message.objects.filter(event=event).values_list("recipient__full_name", flat=True))


def forget(*people: User) -> None:
    """Let nothing have been told yet, to these people or to anybody."""
    messages = Message.objects.filter(recipient__in=people) if people else Message.objects.all()
    Delivery.objects.filter(message__in=messages).delete()
    messages.delete()


def inbox(world: Closing, user: User, now: datetime) -> list[str]:
    return [line.sentence for line in lines_of(world.by(user), now)]


class TestOfWhatWasTakenOver:
    """ "A successor that accepted its predecessor's intelligence stands as the owner" (visibility.md)."""

    def test_its_leads_speak_for_it_and_nobody_for_what_stayed(self, world: Closing, freeze) -> None:
        concern, stays = world.concern(), world.concern()
        assert speakers_for(concern.record, world.now) == [world.region.people["lead"].pk]
        now = closed(world, freeze, stays=(stays.pk,))
        stranger, heir = world.region.people["stranger"], world.heir_lead
        assert speakers_for(concern.record, now) == [heir.pk, stranger.pk]
        assert speakers_for(stays.record, now) == []

    def test_who_recorded_it_and_went_over_handles_it_still(self, world: Closing, freeze) -> None:
        concern, stays = world.concern(), world.concern()
        now = closed(world, freeze, stays=(stays.pk,))
        worker = world.region.people["worker"].pk
        assert concerns.handlers_of(concern.record, now)[:2] == [worker, world.heir_lead.pk]
        assert concerns.handlers_of(stays.record, now) == []

    def test_a_reader_who_asks_to_share_is_heard_there(self, world: Closing, freeze) -> None:
        concern, stays = world.concern(), world.concern()
        now = closed(world, freeze, stays=(stays.pk,))
        for one in (concern, stays):
            ask_to_share(by=world.by("inspector"), now=now, concern=one, group=world.region.south.pk)
        said = inbox(world, world.heir_lead, now)
        assert [one for one in said if "asks you to share" in one] == [
            f"Care Quality Commission asks you to share {concern.reference} with South QSG. You decide."
        ]

    def test_its_safeguarding_lead_is_whoever_holds_the_post_there(self, world: Closing, freeze) -> None:
        concern = world.concern(words=world.region.words(danger="yes"))
        now = closed(world, freeze)
        reader = world.heir_reader
        Post.objects.create(
            agency=world.neighbour, user=reader, post="safeguarding_lead", starts_on=LAST_YEAR
        )
        clocks = Clock.objects.filter(record=concern.record, responsible_agency=world.neighbour)
        assert concerns.safeguarding_leads(clocks.first(), now) == [reader.pk]

    def test_who_asked_for_an_action(self, world: Closing, freeze) -> None:
        action = world.action(by=world.by("lead"), asked=world.region.cqc.pk)
        clock = Clock(record=action.record)
        now = closed(world, freeze)
        assert world.heir_lead.pk in those_who_asked(clock, now)
        Inheritance.objects.get().exceptions.add(action.record)
        assert those_who_asked(clock, now) == [world.region.people["lead"].pk]

    def test_who_made_a_plan_and_went_over(self, world: Closing, freeze) -> None:
        facts = Facts(kind=CLOSURE, summary="The home closes.", expected_on=date(2026, 5, 1), people=14)
        plan = make_plan(by=world.by("worker"), now=world.now, provider=world.region.provider, facts=facts)
        now = closed(world, freeze)
        meant = OF_A_PLAN["owner"](Clock(record=plan.record), now)
        assert meant[:2] == [world.region.people["worker"].pk, world.heir_lead.pk]

    def test_the_last_resort_of_a_deadline(self, world: Closing, freeze) -> None:
        concern, stays = world.concern(), world.concern()
        now = closed(world, freeze, stays=(stays.pk,))
        assert world.heir_lead.pk in last_resort(Clock(record=concern.record), now)
        assert last_resort(Clock(record=stays.record), now) == []

    def test_a_visit_that_clashes_and_a_proposal_to_go_together(self, world: Closing, freeze) -> None:
        usual = {"location": None, "purpose": "To look at the wards.", "kind": "inspection"}
        days = {"starts_on": date(2026, 4, 10), "ends_on": date(2026, 4, 12)}

        def planned(by: str, now: datetime):
            plan = Plan(**usual, **days)
            return plan_visit(
                by=world.by(by), now=now, provider=world.region.provider, plan=plan, announced=True
            )

        visit = planned("worker", world.now)
        share_visit(
            by=world.by("worker"), now=world.now, visit=visit, choice=world.region.seats(), seen=visit.version
        )
        now = closed(world, freeze)
        theirs = planned("inspector", now)
        choice = world.region.seats(world.region.south)
        share_visit(by=world.by("inspector"), now=now, visit=theirs, choice=choice, seen=theirs.version)
        Seat.objects.create(
            user=world.heir_lead, agency=world.neighbour, qsg=world.region.south, kind="representative",
            starts_on=LAST_YEAR,
        )  # fmt: skip
        tell_of_clashes(by=clockwork(now), now=now)
        assert "Hal Heir" in told("visit.days")
        propose_joint_visit(by=world.by("inspector"), now=now, visit=visit, text="Let us go together.")
        assert told("visit.joint_proposed") == {"Hal Heir", "Stu Stranger", "Wes Worker"}


class TestOfWhatIsOffered:
    def test_whoever_answers_is_told_once_and_the_desk_not_of_its_own_deed(self, world: Closing) -> None:
        opened = world.open()
        assert told(telling.OFFERED) == {"Hal Heir", "Ida Heir", "Stu Stranger"}
        assert Message.objects.filter(event=telling.OFFERED).count() == 3
        for who in (world.heir_lead, world.heir_administrator):
            (said,) = inbox(world, who, world.now)
            assert said == (
                "NHS Example CCG closes, and is gone from 1 April 2026. Something that it holds was offered to NHS Neighbour"
                " CCG. Its page says what waits for your answer."
            )
        (line,) = lines_of(world.by(world.heir_lead), world.now)
        assert line.address == f"/successions/{opened.pk}/"

    def test_a_seat_that_the_portal_gives_is_not_the_bodys_to_answer(self, world: Closing) -> None:
        seat = Seat.objects.get(agency=world.ccg)
        Seat.objects.filter(pk=seat.pk).update(cleared=True)
        opened = world.open()
        forget()
        opened.offers.filter(kind=rules.SEAT).update(state=rules.TAKEN_BACK)
        operations.offer_elsewhere(
            by=world.by(world.desk), now=world.now, succession=opened, kind=rules.SEAT, thing=seat.pk,
            to=world.neighbour,
        )  # fmt: skip
        assert told(telling.OFFERED) == set()

    def test_only_leads_who_see_it_are_told_of_an_action(self, world: Closing) -> None:
        world.action()
        Conflict.objects.create(
            user=world.region.people["stranger"], provider=world.region.provider, starts_on=LAST_YEAR
        )
        opened = world.open()
        forget()
        world.hand_on(opened, rules.ACTION)
        assert told(telling.OFFERED) == {"Hal Heir"}

    def test_what_no_lead_there_sees_is_not_offered(self, world: Closing) -> None:
        world.action()
        for who in (world.region.people["stranger"], world.heir_lead):
            Conflict.objects.create(user=who, provider=world.region.provider, starts_on=LAST_YEAR)
        opened = world.open()
        with pytest.raises(Invalid, match="No lead of NHS Neighbour CCG sees what 1 of these is about"):
            world.hand_on(opened, rules.ACTION)

    def test_what_can_be_answered_is_offered_and_the_rest_is_said(self, world: Closing) -> None:
        """One action about a provider that keeps every lead there away holds up no other."""
        hidden = world.action(providers=[world.region.other_provider.pk])
        plain = world.action()
        for who in (world.region.people["stranger"], world.heir_lead):
            Conflict.objects.create(user=who, provider=world.region.other_provider, starts_on=LAST_YEAR)
        opened = world.open()
        address = reverse("successions:hand_on", args=[opened.pk, rules.ACTION])
        said = text_of(sign_in(world.region.people["lead"]).post(address, {"to": str(world.neighbour.pk)}))
        assert (
            "No lead of NHS Neighbour CCG sees what 1 of these is about, so it is not offered. Ask them to name another"
            " lead, or offer it to another successor." in said
        )
        (made,) = world.hand_on(opened, rules.ACTION)
        assert made.thing == plain.pk
        assert not visible_to(world.by(world.heir_reader), Action.objects.filter(pk=hidden.pk)).exists()
        with pytest.raises(Invalid, match="sees what 1 of these is about"):
            world.hand_on(opened, rules.ACTION)

    def test_where_there_is_no_lead_that_is_said(self, world: Closing) -> None:
        world.action()
        opened = world.open()
        Membership.objects.filter(agency=world.neighbour, role="agency_lead").delete()
        with pytest.raises(Invalid, match="NHS Neighbour CCG has no lead in the portal"):
            world.hand_on(opened, rules.ACTION)

    def test_a_mail_tells_nobody_of_what_only_others_may_answer(self, world: Closing) -> None:
        """ "Rights are asked again at delivery" (visibility.md)."""
        world.action()
        stranger = world.region.people["stranger"]
        Conflict.objects.create(user=stranger, provider=world.region.provider, starts_on=LAST_YEAR)
        opened = world.open()
        mail = Delivery.objects.get(message__recipient=stranger)
        assert withheld(mail.message) == ""
        (action,) = world.hand_on(opened, rules.ACTION)
        opened.offers.exclude(pk=action.pk).update(state=rules.TAKEN_BACK)
        assert withheld(mail.message) == "no_longer_so"
        assert withheld(Delivery.objects.filter(message__recipient=world.heir_lead).first().message) == ""

    def test_the_inbox_says_what_is_so_once_it_is_over(self, world: Closing, freeze) -> None:
        opened = world.open()
        operations.undo_succession(by=world.by(world.desk), now=world.now, succession=opened)
        forget()
        telling.tell_of_offers(telling.OFFERED, opened.offers.all(), by=world.by(world.desk), now=world.now)
        undone = "NHS Example CCG does not close after all. Nothing that it holds is offered any more."
        assert inbox(world, world.heir_lead, world.now) == [undone]
        now = closed(world, freeze)
        over = "NHS Example CCG has closed. What it held was accepted, and nothing of it waits for an answer."
        assert set(inbox(world, world.heir_lead, now)) == {undone, over}
        assert over in inbox(world, world.desk, now)

    def test_of_people_who_came_since_those_who_answered_are_told_once(self, world: Closing, freeze) -> None:
        opened = world.open()
        world.accept_all(opened)
        person("Nia New", world.ccg)
        forget()
        now = freeze(FIRST)
        for _ in range(2):
            assert operations.close_due(now=now) == 0
        (message,) = Message.objects.filter(event=telling.OFFERED)
        assert message.recipient == world.heir_administrator
        assert withheld(message) == ""
        offer = opened.offers.get(kind=rules.PEOPLE)
        operations.accept(by=world.by(world.heir_administrator), now=now, offer=offer)
        assert withheld(message) == "no_longer_so"
        assert operations.close_due(now=now) == 1

    def test_nobody_reads_of_it_who_answers_for_the_body_no_longer(self, world: Closing) -> None:
        world.open()
        Membership.objects.filter(user=world.heir_lead).update(role="reader")
        assert inbox(world, world.heir_lead, world.now) == []
        elsewhere = Agency.objects.create(kind="ccg", name="NHS Third CCG")
        Membership.objects.filter(user=world.heir_lead).update(role="agency_lead", agency=elsewhere)
        assert inbox(world, world.heir_lead, world.now) == []

    def test_a_mail_goes_while_something_waits_and_to_the_next_who_answers(self, world: Closing) -> None:
        opened = world.open()
        mail = Delivery.objects.get(message__recipient=world.heir_lead)
        assert withheld(mail.message) == ""
        forget(world.region.people["stranger"])
        passed = tell_the_next(mail.message, now=world.now)
        assert passed is not None
        assert passed.recipient == world.region.people["stranger"]
        opened.offers.update(state=rules.TAKEN_BACK)
        assert withheld(mail.message) == "no_longer_so"

    def test_the_offerer_is_told_of_each_answer(self, world: Closing) -> None:
        opened = world.open()
        area, buying = (opened.offers.get(kind=kind) for kind in (rules.AREA, rules.BUYING))
        world.accept(area)
        assert inbox(world, world.desk, world.now) == [
            "NHS Neighbour CCG accepted something that NHS Example CCG holds."
        ]
        operations.decline(by=world.by(world.heir_lead), now=world.now, offer=buying, reason="Not ours.")
        assert told(telling.ANSWERED) == {world.desk.full_name}
        (whole,) = world.hand_on(opened, rules.INTELLIGENCE)
        operations.decline(by=world.by(world.heir_lead), now=world.now, offer=whole, reason="Not all of it.")
        (said,) = inbox(world, world.region.people["lead"], world.now)
        assert said == (
            "NHS Neighbour CCG declined something that NHS Example CCG holds, and says why. NHS Example CCG"
            " cannot close before somebody takes it: its page says what is to be offered again."
        )

    def test_where_the_offerer_left_whoever_offers_now_is_told(self, world: Closing) -> None:
        opened = world.open()
        (whole,) = world.hand_on(opened, rules.INTELLIGENCE)
        person("Lou Lead", world.ccg, "agency_lead")
        Membership.objects.filter(user=world.region.people["lead"]).update(ends_on=world.now.date())
        world.accept(whole)
        assert told(telling.ANSWERED) == {"Lou Lead"}
        message = Message.objects.get(event=telling.ANSWERED)
        assert list(telling.OFFICES[telling.ANSWERED].line(message, world.now)) == [message.recipient_id]
        assert inbox(world, world.region.people["lead"], world.now) == []
