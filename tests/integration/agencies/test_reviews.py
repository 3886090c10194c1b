"""The access review: begun, chased, answered; and whoever nobody confirmed sees nothing until somebody does."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Audience, Record, Standing
from access.operations import audience
from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotPermitted
from access.sight import visible_to
from agencies import operations
from agencies.models import Agency, Membership, ReviewedPerson, Role, SuspendedRole
from agencies.reviews import operations as review_operations
from agencies.reviews import rules
from agencies.reviews.operations import (
    answer_review,
    begin_due_reviews,
    begin_review,
    bodies_that_owe,
    open_people,
    suspend_unconfirmed,
)
from agencies.tasks import begin_reviews
from audit.models import Line
from clocks.models import Clock, ClockStep
from clocks.operations import tick
from notifications import rules as notices
from notifications.inbox import lines_of
from notifications.models import Message
from notifications.operations.ending import tell_the_next
from notifications.operations.sending import withheld
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    World,
    belongs,
    client_as,
    person,
    sits,
    submit,
    text_of,
)

DUE = date(2026, 4, 1)
"""28 days from 3 March: the clock is due at the midnight that ends 31 March."""


@pytest.fixture
def lists(world: World) -> None:
    call_command("load_reference", verbosity=0)


@pytest.fixture
def reviewed(world: World, lists: None) -> World:
    sits(world.ann, world.ccg, world.group)
    begin_review(by=world.by_portal, now=world.now, agency=world.ccg)
    return world


def state_of(user) -> str:
    return ReviewedPerson.objects.get(user=user).state


def told(user) -> list[str]:
    return [
        message.detail["said"] for message in Message.objects.filter(recipient=user).order_by("written_at")
    ]


class TestBeginning:
    def test_everybody_who_acts_for_the_body_is_to_be_confirmed(self, reviewed: World):
        assert {one.user for one in ReviewedPerson.objects.all()} == {reviewed.ann, reviewed.body_admin}
        clock = Clock.objects.get()
        assert (clock.kind, clock.responsible_agency, clock.state) == (
            "access_review",
            reviewed.ccg,
            "running",
        )
        assert clock.due_at.isoformat() == "2026-03-31T23:00:00+00:00"
        assert Line.objects.filter(deed="review.begun").count() == 1

    def test_its_administrators_are_told_and_led_to_the_page(self, reviewed: World):
        assert told(reviewed.body_admin) == ["start"]
        assert told(reviewed.ann) == []
        (line,) = lines_of(reviewed.by_body, reviewed.now)
        assert line.address == reverse("agencies:review", args=[reviewed.ccg.pk])
        assert "Say of each person of NHS Example CCG" in line.sentence
        assert withheld(Message.objects.get()) == ""

    def test_its_record_is_in_nobodys_sight(self, reviewed: World):
        for user in (reviewed.ann, reviewed.body_admin, reviewed.portal_admin):
            assert not visible_to(principal_of(user.pk), Record.objects.all()).exists()

    def test_a_body_without_administrator_is_the_portals(self, world: World, lists: None):
        belongs(world.bob, world.other)
        begin_review(by=world.by_portal, now=world.now, agency=world.other)
        assert told(world.portal_admin) == ["start"]

    def test_once_a_quarter(self, reviewed: World):
        with pytest.raises(Invalid, match="January to March 2026 has begun"):
            begin_review(by=reviewed.by_portal, now=reviewed.now, agency=reviewed.ccg)

    def test_a_body_for_which_nobody_acts_has_none(self, world: World, lists: None):
        with pytest.raises(Invalid, match="nobody to confirm"):
            begin_review(by=world.by_portal, now=world.now, agency=world.other)

    def test_by_the_portal_alone(self, world: World, lists: None):
        with pytest.raises(NotPermitted):
            begin_review(by=world.by_body, now=world.now, agency=world.ccg)

    def test_by_itself_for_whom_somebody_acted_before_the_quarter(self, world: World, lists: None):
        belongs(world.bob, world.other, starts_on=TODAY)  # joined this quarter: confirmed in the next
        closed = Agency.objects.create(kind="ccg", name="NHS Closed CCG", closed_on=LAST_YEAR)
        belongs(person("Di Past"), closed)  # sees what they saw before, and is asked about like anybody
        assert set(bodies_that_owe(TODAY)) == {world.ccg, closed}
        assert begin_reviews() == 2
        assert begin_due_reviews(now=world.now) == 0
        assert told(world.portal_admin) == ["start"], "the closed body has no administrator"

    def test_one_that_cannot_begin_holds_up_no_other(self, world: World, lists: None, monkeypatch, caplog):
        belongs(world.bob, world.other)
        first, _ = bodies_that_owe(TODAY)
        begin = review_operations.create_record

        def fails_once(**given):
            if given["owner"] == first.pk:
                raise RuntimeError("something of this body's")
            return begin(**given)

        monkeypatch.setattr(review_operations, "create_record", fails_once)
        assert begin_due_reviews(now=world.now) == 1
        assert f"the review of body {first.pk} could not begin" in caplog.text
        assert list(bodies_that_owe(TODAY)) == [first]

    def test_the_next_quarters_closes_the_deadline_before(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        now = freeze("2026-04-01T09:00Z")
        begin_review(by=clockwork(now), now=now, agency=reviewed.ccg)
        before, after = Clock.objects.order_by("started_at")
        assert (before.state, before.stop_reason) == ("stopped", "closed")
        assert after.state == "running"


class TestAnswering:
    def test_still_right_changes_nothing_and_meets_the_deadline_when_all_are(self, reviewed: World):
        answer_review(by=reviewed.by_body, now=reviewed.now, agency=reviewed.ccg, right=[reviewed.ann.pk])
        assert state_of(reviewed.ann) == rules.RIGHT
        assert Clock.objects.get().state == "running"
        answer_review(
            by=reviewed.by_portal, now=reviewed.now, agency=reviewed.ccg, right=[reviewed.body_admin.pk]
        )
        assert Clock.objects.get().state == "met"
        assert not open_people(reviewed.ccg, day=TODAY).exists()
        assert principal_of(reviewed.ann.pk).seats

    def test_an_ending_is_the_ordinary_one_and_takes_effect_at_once(self, reviewed: World):
        answer_review(by=reviewed.by_body, now=reviewed.now, agency=reviewed.ccg, ended=[reviewed.ann.pk])
        assert state_of(reviewed.ann) == rules.ENDED
        assert principal_of(reviewed.ann.pk).agency_id is None
        assert Line.objects.filter(deed="membership.ended").count() == 1
        assert Line.objects.get(deed="review.answered").detail["ended"] == [str(reviewed.ann.pk)]

    def test_nobody_confirms_themselves(self, reviewed: World):
        with pytest.raises(NotPermitted, match="Nobody confirms themselves"):
            answer_review(
                by=reviewed.by_body,
                now=reviewed.now,
                agency=reviewed.ccg,
                right=[reviewed.ann.pk, reviewed.body_admin.pk],
            )
        assert state_of(reviewed.ann) == rules.WAITING

    def test_the_database_knows_too(self, reviewed: World):
        with pytest.raises(IntegrityError, match="by_somebody_else"), transaction.atomic():
            ReviewedPerson.objects.filter(user=reviewed.ann).update(
                state=rules.RIGHT, said_at=reviewed.now, said_by=reviewed.ann
            )

    def test_only_whoever_looks_after_the_body(self, reviewed: World):
        stranger = person("Eve Other")
        belongs(stranger, reviewed.other, "agency_administrator")
        for user in (reviewed.ann, stranger, reviewed.bob):
            with pytest.raises(NotPermitted):
                answer_review(
                    by=principal_of(user.pk),
                    now=reviewed.now,
                    agency=reviewed.ccg,
                    right=[reviewed.body_admin.pk],
                )

    @pytest.mark.parametrize("both", [True, False])
    def test_nobody_or_somebody_twice_is_refused(self, reviewed: World, both: bool):
        who = [reviewed.ann.pk] if both else []
        with pytest.raises(Invalid, match="at least one person, once"):
            answer_review(by=reviewed.by_body, now=reviewed.now, agency=reviewed.ccg, right=who, ended=who)

    def test_whoever_is_not_asked_about_is_refused(self, reviewed: World):
        given = {"by": reviewed.by_body, "now": reviewed.now, "agency": reviewed.ccg}
        answer_review(**given, right=[reviewed.ann.pk])
        for user in (reviewed.bob, reviewed.ann):
            with pytest.raises(Invalid, match="Look again"):
                answer_review(**given, right=[user.pk])
        assert Line.objects.filter(deed="review.answered").count() == 1

    def test_whoever_leaves_by_themselves_is_not_waited_for(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        for held in Membership.objects.all():
            operations.end_membership(
                by=reviewed.by_portal, now=reviewed.now, membership=held, ends_on=date(2026, 3, 10)
            )
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        assert Clock.objects.get().state == "met"
        assert not ReviewedPerson.objects.filter(state=rules.SUSPENDED).exists()

    def test_the_last_answer_as_the_deadline_falls_is_kept(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        given = {"by": reviewed.by_portal, "agency": reviewed.ccg}
        answer_review(**given, now=reviewed.now, right=[reviewed.body_admin.pk])
        now = freeze("2026-03-31T23:00:20Z")  # due, and the tick is still to come
        answer_review(**given, now=now, right=[reviewed.ann.pk])
        assert state_of(reviewed.ann) == rules.RIGHT
        tick(now=now)
        assert Clock.objects.get().state == "met"
        assert principal_of(reviewed.ann.pk).reads

    def test_whoever_waited_in_an_earlier_review_is_asked_about_in_the_newest_alone(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        now = freeze("2026-04-01T09:00Z")
        begin_review(by=clockwork(now), now=now, agency=reviewed.ccg)
        assert ReviewedPerson.objects.filter(state=rules.WAITING).count() == 4
        assert open_people(reviewed.ccg, day=DUE).count() == 2
        for user in (reviewed.ann, reviewed.body_admin):
            answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=[user.pk])
        assert not open_people(reviewed.ccg, day=DUE).exists()
        assert "still right" not in text_of(client_as(reviewed.body_admin).get("/"))


class TestChasingAndSuspending:
    def test_reminded_at_14_and_7_days_and_then_suspended(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        for moment, said in (
            ("2026-03-17T22:00Z", 1),
            ("2026-03-18T00:30Z", 2),
            ("2026-03-24T22:00Z", 2),
            ("2026-03-25T00:30Z", 3),
        ):
            tick(now=freeze(moment))
            assert len(told(reviewed.body_admin)) == said, moment
        assert principal_of(reviewed.ann.pk).reads
        answer_review(
            by=reviewed.by_portal, now=reviewed.now, agency=reviewed.ccg, right=[reviewed.body_admin.pk]
        )
        tick(now=freeze("2026-03-31T23:00:01Z"))
        assert told(reviewed.body_admin) == ["start", "reminder", "reminder", "missed"]
        assert told(reviewed.portal_admin) == ["missed"]
        (line,) = lines_of(reviewed.by_portal, reviewed.now)
        assert line.sentence.startswith("Who was not confirmed at NHS Example CCG by")
        assert [one.step for one in ClockStep.objects.all()] == ["begin", "half", "near", "due"]

    def test_a_suspension_takes_sight_and_role_at_the_next_request(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        audience("qsg_seats", qsg=reviewed.group.pk)
        audience("agency", agency=reviewed.ccg.pk)
        assert Standing.objects.filter(user=reviewed.ann).count() == 2
        tick(now=freeze("2026-04-01T09:00Z"))
        by = principal_of(reviewed.ann.pk)
        assert (by.agency_id, by.reads, by.agency_roles, by.seats) == (None, False, frozenset(), {})
        assert not Standing.objects.filter(user=reviewed.ann).exists()
        assert state_of(reviewed.ann) == rules.SUSPENDED
        assert Audience.objects.count() == 2
        answer = client_as(reviewed.body_admin).get(reverse("agencies:people"))
        assert answer.status_code == 403
        assert "You are suspended at NHS Example CCG" in text_of(client_as(reviewed.ann).get("/"))
        page = client_as(reviewed.portal_admin).get(reverse("agencies:person", args=[reviewed.ann.pk]))
        assert "Suspended at NHS Example CCG since 1 April 2026" in text_of(page)

    def test_run_twice_it_suspends_once(self, reviewed: World, freeze: Callable[[str], datetime]):
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        tick(now=now)
        assert Line.objects.filter(deed="review.suspended").count() == 1

    def test_a_confirmation_gives_back_roles_and_seats_with_their_days(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        Membership.objects.filter(user=reviewed.ann).update(ends_on=date(2026, 12, 1))
        belongs(reviewed.ann, reviewed.ccg, "contributor", ends_on=date(2026, 4, 1))  # over by itself
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=[reviewed.ann.pk])
        by = principal_of(reviewed.ann.pk)
        assert by.agency_roles == {"reader"}
        assert by.seats == {reviewed.group.pk: {"representative"}}
        assert Membership.objects.get(user=reviewed.ann, starts_on=DUE).ends_on == date(2026, 12, 1)
        answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=[reviewed.body_admin.pk])
        assert Clock.objects.get().state == "met_late"

    def test_whoever_is_suspended_is_told(self, reviewed: World, freeze: Callable[[str], datetime]):
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        for user in (reviewed.ann, reviewed.body_admin):
            (line,) = lines_of(principal_of(user.pk), now)
            assert line.sentence.startswith("You are suspended at NHS Example CCG: nobody confirmed")
            assert withheld(line.message) == ""
            assert line.message.mail is not None
        answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=[reviewed.ann.pk])
        assert lines_of(principal_of(reviewed.ann.pk), now) == []
        message = Message.objects.get(recipient=reviewed.ann)
        assert withheld(message) == notices.OUT_OF_SIGHT
        assert tell_the_next(message, now=now) is None, "nobody learns of it in their place"

    def test_suspending_any_number_takes_as_many_statements(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        review = ReviewedPerson.objects.first().review
        now = freeze("2026-04-01T09:00Z")

        def statements() -> int:
            with CaptureQueriesContext(connection) as queries:
                suspend_unconfirmed(by=clockwork(now), now=now, review=review)
            return len(queries)

        def more(number: int) -> None:
            for one in range(number):
                other = person(f"Person {one} of {number}")
                belongs(other, reviewed.ccg)
                belongs(other, reviewed.ccg, "contributor", starts_on=DUE)  # never stood a day: taken back
                ReviewedPerson.objects.create(review=review, user=other)

        more(1)
        few = statements()
        more(9)
        assert statements() == few
        assert not Membership.objects.filter(ends_on=None).exists()
        assert SuspendedRole.objects.filter(role="contributor", starts_on=DUE).count() == 10
        assert not Membership.objects.filter(role="contributor").exists()

    def test_whoever_looks_after_the_body_no_longer_is_told_nothing_more_of_it(self, reviewed: World):
        lead, chair = person("Le Lead"), person("Ch Chair")
        belongs(lead, reviewed.ccg, "agency_lead")
        belongs(chair, reviewed.group.team)
        sits(chair, reviewed.group.team, reviewed.group, "chair")
        message = Message.objects.get(recipient=reviewed.body_admin)
        assert withheld(message) == ""
        Membership.objects.filter(user=reviewed.body_admin).update(ends_on=TODAY)
        by = principal_of(reviewed.body_admin.pk)
        assert lines_of(by, reviewed.now) == []
        client = client_as(reviewed.body_admin)
        assert client.get(reverse("notifications:message", args=[message.pk])).status_code == 404
        assert withheld(message) == notices.OUT_OF_SIGHT
        passed = tell_the_next(message, now=reviewed.now)
        assert passed.recipient == reviewed.portal_admin
        assert tell_the_next(passed, now=reviewed.now) is None, "neither the lead nor the chair"
        belongs(reviewed.body_admin, reviewed.other, "agency_administrator", starts_on=TODAY)
        assert lines_of(principal_of(reviewed.body_admin.pk), reviewed.now) == [], "nor as another body's"

    def test_whoever_acts_elsewhere_meanwhile_is_not_taken_from_there(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        belongs(reviewed.ann, reviewed.other, starts_on=DUE)
        everybody = [reviewed.ann.pk, reviewed.body_admin.pk]
        with pytest.raises(Invalid, match="acts for another body") as refusal:
            answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=everybody)
        assert set(refusal.value.errors) == {rules.field_of(reviewed.ann.pk)}, "said at their own question"
        assert state_of(reviewed.body_admin) == rules.SUSPENDED
        address = reverse("agencies:answer_review", args=[reviewed.ccg.pk])
        page = client_as(reviewed.portal_admin).get(address).content.decode()
        assert page.count('value="right"') == 1, "whoever acts elsewhere cannot come back"
        assert "suspended, and acts for another body today" in page
        answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, ended=[reviewed.ann.pk])
        assert principal_of(reviewed.ann.pk).agency_id == reviewed.other.pk

    def test_whoever_is_suspended_is_given_no_role_anew_beside_it(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        given = {"by": reviewed.by_portal, "now": now, "agency": reviewed.ccg, "starts_on": DUE}
        with pytest.raises(Invalid, match=r"Ann Lee is suspended at NHS Example CCG.* Confirm them there"):
            operations.add_membership(**given, user=reviewed.ann, role="contributor")
        answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=[reviewed.ann.pk])
        operations.add_membership(**given, user=reviewed.ann, role="contributor")
        assert principal_of(reviewed.ann.pk).agency_roles == {"reader", "contributor"}

    def test_a_closed_bodys_people_have_back_what_they_had(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        now = freeze("2026-04-01T09:00Z")
        tick(now=now)
        Agency.objects.filter(pk=reviewed.ccg.pk).update(closed_on=DUE)
        answer_review(by=reviewed.by_portal, now=now, agency=reviewed.ccg, right=[reviewed.ann.pk])
        assert principal_of(reviewed.ann.pk).reads

    def test_whoever_stays_suspended_is_on_the_next_quarters_page(
        self, reviewed: World, freeze: Callable[[str], datetime]
    ):
        answer_review(
            by=reviewed.by_portal, now=reviewed.now, agency=reviewed.ccg, right=[reviewed.body_admin.pk]
        )
        tick(now=freeze("2026-04-01T00:30Z"))
        now = freeze("2026-04-02T09:00Z")
        assert begin_due_reviews(now=now) == 1
        page = client_as(reviewed.body_admin).get(reverse("agencies:review", args=[reviewed.ccg.pk]))
        assert "Suspended: not confirmed in time" in text_of(page)


class TestPages:
    def test_shows_what_an_administrator_looks_at(self, reviewed: World):
        client = client_as(reviewed.body_admin)
        page = text_of(client.get(reverse("agencies:review", args=[reviewed.ccg.pk])))
        for words in ("Ann Lee", "Reader", "Representative at Example QSG", "never", "None", "answer by"):
            assert words in page
        assert "You are the only administrator of NHS Example CCG" in page

    def test_two_administrators_answer_for_each_other(self, reviewed: World):
        belongs(person("Di Admin"), reviewed.ccg, "agency_administrator")
        page = text_of(client_as(reviewed.body_admin).get(reverse("agencies:review", args=[reviewed.ccg.pk])))
        assert "another administrator answers for you" in page
        assert "only administrator" not in page

    def test_an_answer_is_said_in_words_first(self, reviewed: World):
        address = reverse("agencies:answer_review", args=[reviewed.ccg.pk])
        client = client_as(reviewed.body_admin)
        form = text_of(client.get(address))
        assert "Ann Lee" in form
        assert "Cy Admin" not in form.split("Are they still right?")[-1]
        field = f"person_{reviewed.ann.pk.hex}"
        words = text_of(client.post(address, {field: "end"}))
        assert "Ann Lee acts for NHS Example CCG no more from now on" in words
        assert "1 seat stops counting" in words
        assert state_of(reviewed.ann) == rules.WAITING
        submit(client, address, **{field: "right"})
        assert state_of(reviewed.ann) == rules.RIGHT
        assert client.get(address).status_code == 409

    @pytest.mark.parametrize("lost", ["end", "right", "later"])
    def test_an_answer_for_somebody_whom_another_answered_for_is_not_lost_unseen(
        self, reviewed: World, lost: str
    ):
        other = person("Di Other")
        belongs(other, reviewed.ccg)
        ReviewedPerson.objects.create(review=ReviewedPerson.objects.first().review, user=other)
        answer_review(by=reviewed.by_portal, now=reviewed.now, agency=reviewed.ccg, right=[other.pk])
        address = reverse("agencies:answer_review", args=[reviewed.ccg.pk])
        fields = {rules.field_of(reviewed.ann.pk): "right", rules.field_of(other.pk): lost}
        client = client_as(reviewed.body_admin)
        if lost == "later":
            submit(client, address, **fields)
        else:
            page = submit(client, address, expect=422, **fields)
            assert "Somebody else answered for one of them meanwhile" in text_of(page)
            answer = client.post(address, {**fields, "sure": "yes", "once": str(uuid4())})
            assert answer.status_code == 422
            assert state_of(reviewed.ann) == rules.WAITING

    def test_whoever_has_left_is_said_to_have(self, reviewed: World):
        Membership.objects.filter(user=reviewed.ann).update(ends_on=TODAY)
        page = text_of(client_as(reviewed.body_admin).get(reverse("agencies:review", args=[reviewed.ccg.pk])))
        assert rules.LEFT in page

    def test_the_day_by_which_to_answer_is_the_clocks(self, world: World, lists: None):
        words = text_of(
            client_as(world.portal_admin).post(reverse("agencies:begin_review", args=[world.ccg.pk]))
        )
        assert "confirmed, or ended, by" in words
        assert "31 March 2026" in words

    @pytest.mark.parametrize("given", ["later", "", "nonsense"])
    def test_a_form_without_an_answer_is_refused_in_words(self, reviewed: World, given: str):
        address = reverse("agencies:answer_review", args=[reviewed.ccg.pk])
        field = f"person_{reviewed.ann.pk.hex}"
        submit(client_as(reviewed.body_admin), address, expect=422, **{field: given})
        assert state_of(reviewed.ann) == rules.WAITING

    def test_another_body_has_no_answer_here(self, reviewed: World):
        stranger = person("Eve Other")
        belongs(stranger, reviewed.other, "agency_administrator")
        for name in ("review", "answer_review"):
            address = reverse(f"agencies:{name}", args=[reviewed.ccg.pk])
            assert client_as(stranger).get(address).status_code == 403
            assert client_as(reviewed.ann).get(address).status_code == 403

    def test_the_portal_sees_who_has_answered(self, reviewed: World, freeze: Callable[[str], datetime]):
        client = client_as(reviewed.portal_admin)
        page = text_of(client.get(reverse("agencies:reviews")))
        assert "Not answered yet 2 people, 2 still to be answered for" in page
        assert "Its only administrator waits for you" in page
        tick(now=freeze("2026-04-01T09:00Z"))
        page = text_of(client_as(reviewed.portal_admin).get(reverse("agencies:reviews")))
        assert "2 people suspended" in page
        assert "It has no administrator: you answer for its people." in page

    def test_the_portal_begins_one_by_hand(self, world: World, lists: None):
        client = client_as(world.portal_admin)
        page = reverse("agencies:review", args=[world.ccg.pk])
        assert "No review has begun" in text_of(client.get(page))
        assert "Begin this quarter" in text_of(client.get(page))
        submit(client, reverse("agencies:begin_review", args=[world.ccg.pk]))
        assert "2 people are not confirmed" in text_of(client.get(page))
        assert "Begin this quarter" not in text_of(client.get(page))

    def test_home_reminds_whoever_looks_after_people(self, reviewed: World):
        page = text_of(client_as(reviewed.body_admin).get("/"))
        assert "Say of 1 person whether they are still right" in page
        assert "still right" not in text_of(client_as(reviewed.ann).get("/"))

    def test_a_body_of_any_size_takes_as_many_questions(self, reviewed: World):
        def asked() -> int:
            client = client_as(reviewed.portal_admin)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("agencies:review", args=[reviewed.ccg.pk]))
                client.get(reverse("agencies:reviews"))
            return len(queries)

        asked()
        few = asked()
        (review,) = {one.review for one in ReviewedPerson.objects.all()}
        for number in range(8):
            other = person(f"Person {number}")
            belongs(other, reviewed.ccg, Role.CONTRIBUTOR)
            sits(other, reviewed.ccg, reviewed.group)
            ReviewedPerson.objects.create(review=review, user=other)
        body = Agency.objects.create(kind="ccg", name="NHS Third CCG")
        belongs(person("Fay Third"), body)
        begin_review(by=reviewed.by_portal, now=reviewed.now, agency=body)
        assert asked() == few
