"""A change of Director of Adult Social Services: told to the inspectorate's lead, and their meeting followed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from access.sight import visible_to
from accounts.models import User
from agencies import operations
from agencies.contacts.leads import leads_for
from agencies.contacts.operations import follow_meeting, record_meeting, settle
from agencies.models import Agency, DirectorMeeting, FootprintAgency, Post, QSGMember
from agencies.tasks import follow_directors
from audit.models import Line
from clocks.models import Clock
from clocks.operations import tick
from notifications.inbox import lines_of
from notifications.models import Delivery, Message
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    dated,
    person,
    sits,
    submit,
    text_of,
)

DASS = "director_adult_social_services"


@dataclass
class Places:
    """A council in the group's area, and the inspectorate with people of every kind."""

    world: World
    council: Agency
    cqc: Agency
    official: User
    head: User
    colleague: User

    def appoint(self, **given) -> Post:
        return operations.appoint(
            **{
                "by": self.world.by_portal,
                "now": self.world.now,
                "agency": self.council,
                "post": DASS,
                "holder_name": "Dora Dass",
                "starts_on": TODAY,
                **given,
            }
        )


@pytest.fixture
def places(world: World) -> Places:
    call_command("load_reference", verbosity=0)
    council = Agency.objects.create(kind="local_authority", name="Example Council")
    cqc = Agency.objects.create(kind="cqc", name="Care Quality Commission")
    FootprintAgency.objects.create(qsg=world.group, agency=council)
    QSGMember.objects.create(qsg=world.group, agency=cqc, starts_on=LAST_YEAR)
    official, head, colleague = map(person, ("Cal Council", "Hed In", "Col League"))
    belongs(official, council, "contributor")
    belongs(head, cqc, "contributor")
    belongs(colleague, cqc, "agency_lead")
    Post.objects.create(
        agency=cqc,
        post="head_of_inspection",
        user=head,
        holder_name="Hed In",
        area=world.region,
        starts_on=LAST_YEAR,
    )
    return Places(world, council, cqc, official, head, colleague)


def events(user: User) -> list[str]:
    return list(
        Message.objects.filter(recipient=user).order_by("written_at", "pk").values_list("event", flat=True)
    )


class TestWhoIsTold:
    def test_the_head_of_inspection_for_the_place(self, places: Places):
        assert leads_for(places.council.pk, places.world.now) == [places.head.pk]

    def test_of_the_nearest_area_that_has_one(self, places: Places):
        near = person("Nea Rest")
        belongs(near, places.cqc)
        Post.objects.create(
            agency=places.cqc,
            post="head_of_inspection",
            user=near,
            area=places.world.group,
            starts_on=LAST_YEAR,
        )
        everywhere = Post.objects.create(
            agency=places.cqc, post="head_of_inspection", user=places.colleague, starts_on=LAST_YEAR
        )
        assert leads_for(places.council.pk, places.world.now) == [near.pk]
        Post.objects.exclude(pk=everywhere.pk).update(ends_on=TODAY)
        assert leads_for(places.council.pk, places.world.now) == [places.colleague.pk]

    def test_else_who_sits_there_for_it_else_its_leads_else_the_portals_administrators(self, places: Places):
        Post.objects.all().delete()
        assert leads_for(places.council.pk, places.world.now) == [places.colleague.pk]
        sits(places.head, places.cqc, places.world.group)
        assert leads_for(places.council.pk, places.world.now) == [places.head.pk]
        User.objects.filter(pk__in=(places.head.pk, places.colleague.pk)).update(is_active=False)
        assert leads_for(places.council.pk, places.world.now) == [places.world.portal_admin.pk]
        assert leads_for(places.council.pk, places.world.now, or_portal=False) == []
        Agency.objects.filter(kind="cqc").update(closed_on=TODAY)
        assert leads_for(places.council.pk, places.world.now) == [places.world.portal_admin.pk]


class TestTelling:
    def test_a_new_director_is_told_by_inbox_and_mail(self, places: Places):
        post = places.appoint()
        assert "director.changed" in events(places.head)
        assert events(places.official) == []
        message = Message.objects.get(recipient=places.head, event="director.changed")
        assert Delivery.objects.filter(message=message).exists()
        assert "Dora" not in str(message.detail)
        lines = {
            line.address: line.sentence for line in lines_of(principal_of(places.head.pk), places.world.now)
        }
        assert lines[reverse("agencies:post", args=[post.pk])] == (
            "Example Council has a new Director of Adult Social Services from 3 March 2026: Dora Dass."
        )

    def test_the_end_of_one_is_told_too(self, places: Places):
        post = Post.objects.create(
            agency=places.council, post=DASS, holder_name="Old Hand", starts_on=LAST_YEAR
        )
        operations.end_post(by=places.world.by_portal, now=places.world.now, post=post, ends_on=TOMORROW)
        (line,) = lines_of(principal_of(places.head.pk), places.world.now)
        assert line.sentence.startswith(
            "Old Hand is no longer Director of Adult Social Services at Example Council"
        )

    def test_nobody_is_told_of_other_posts_of_stand_ins_and_of_the_same_person_again(self, places: Places):
        places.appoint(post="deputy")
        post = places.appoint()
        told = len(events(places.head))
        operations.stand_in(
            by=places.world.by_portal,
            now=places.world.now,
            post=post,
            holder_name="Sam Stand",
            starts_on=TODAY,
            ends_on=TOMORROW,
        )
        places.appoint(holder_name="dora dass", starts_on=TOMORROW)
        assert len(events(places.head)) == told
        assert DirectorMeeting.objects.get().post.starts_on == TOMORROW
        assert Clock.objects.get().state == "running"

    def test_a_post_that_was_taken_back_leads_to_the_body(self, places: Places):
        post = places.appoint(starts_on=TOMORROW)
        operations.end_post(by=places.world.by_portal, now=places.world.now, post=post, ends_on=TODAY)
        assert not Post.objects.filter(pk=post.pk).exists()
        lines = lines_of(principal_of(places.head.pk), places.world.now)
        assert {line.address for line in lines} == {reverse("agencies:agency", args=[places.council.pk])}
        assert all("nobody is named yet" in line.sentence for line in lines)


class TestTheMeeting:
    def test_it_is_followed_for_three_months_and_seen_by_both_bodies_alone(self, places: Places):
        places.appoint()
        meeting, clock = DirectorMeeting.objects.get(), Clock.objects.get()
        assert (clock.kind, clock.responsible_agency, clock.state) == ("new_director", places.cqc, "running")
        assert clock.due_at.isoformat() == "2026-06-03T23:00:00+00:00"
        seen = {
            user.full_name
            for user in (
                places.official,
                places.head,
                places.colleague,
                places.world.ann,
                places.world.portal_admin,
            )
            if visible_to(principal_of(user.pk), DirectorMeeting.objects.all()).exists()
        }
        assert seen == {"Cal Council", "Hed In", "Col League"}
        address = meeting.get_absolute_url()
        for user in (places.world.ann, places.world.portal_admin):
            client = client_as(user)
            hidden, absent = (
                client.get(address),
                client.get(reverse("agencies:director_meeting", args=[places.cqc.pk])),
            )
            assert (hidden.status_code, hidden.content) == (404, absent.content)
            assert (
                address not in client.get(reverse("agencies:post", args=[meeting.post_id])).content.decode()
            )
        said = text_of(client_as(places.head).get(address))
        assert "Dora Dass" in said
        assert "Hed In, Example Regional QSG" in said
        assert "Say when they met" in said
        assert (
            address
            in client_as(places.official)
            .get(reverse("agencies:post", args=[meeting.post_id]))
            .content.decode()
        )

    def test_its_lead_is_reminded_a_fortnight_before_and_told_when_it_is_missed(
        self, places: Places, freeze: Callable[[str], datetime]
    ):
        places.appoint()
        tick(now=freeze("2026-05-20T22:30Z"))
        assert "clock.new_director" not in events(places.head)
        tick(now=freeze("2026-05-20T23:30Z"))
        assert events(places.head).count("clock.new_director") == 1
        tick(now=freeze("2026-06-03T23:00:01Z"))
        assert events(places.head).count("clock.new_director") == 2
        assert Clock.objects.get().state == "missed"
        assert "clock.new_director" not in events(places.official)

    @pytest.mark.parametrize("who", ["head", "official"])
    def test_either_body_says_when_they_met(
        self, places: Places, who: str, freeze: Callable[[str], datetime]
    ):
        places.appoint()
        meeting = DirectorMeeting.objects.get()
        freeze("2026-06-10T09:00Z")
        client = client_as(getattr(places, who))
        address = reverse("agencies:director_met", args=[meeting.pk])
        late = client.post(address, dated("met_on", date(2026, 6, 11)))
        assert late.status_code == 422
        assert "in the future" in text_of(late)
        assert "before the Director came into post" in text_of(
            client.post(address, dated("met_on", date(2026, 3, 2)))
        )
        answer = client.post(address, dated("met_on", date(2026, 5, 4)))
        assert answer.status_code == 302
        meeting.refresh_from_db()
        assert meeting.met_on == date(2026, 5, 4)
        assert Clock.objects.get().state == "met_recorded_late"
        assert "Met on 4 May 2026" in text_of(client.get(meeting.get_absolute_url()))
        assert Line.objects.filter(deed="director.met").count() == 1
        assert client.post(address, dated("met_on", date(2026, 5, 5))).status_code == 422

    def test_readers_may_not_and_others_find_nothing(self, places: Places):
        places.appoint()
        meeting = DirectorMeeting.objects.get()
        reader = person("Rea Der")
        belongs(reader, places.cqc)
        given = {"now": places.world.now, "meeting": meeting, "met_on": TODAY}
        with pytest.raises(NotPermitted, match="says when they met"):
            record_meeting(by=principal_of(reader.pk), **given)
        with pytest.raises(Http404):
            record_meeting(by=principal_of(places.world.ann.pk), **given)
        assert client_as(reader).get(reverse("agencies:director_met", args=[meeting.pk])).status_code == 403

    def test_one_who_is_long_in_post_is_told_and_not_followed(self, places: Places):
        places.appoint(in_post_since=date(2025, 11, 1))
        assert events(places.head) == ["director.changed"]
        assert not DirectorMeeting.objects.exists()

    def test_the_months_count_from_coming_into_post(self, places: Places):
        places.appoint(in_post_since=date(2026, 1, 5))
        assert Clock.objects.get().due_at.isoformat() == "2026-04-05T23:00:00+00:00"
        with pytest.raises(Invalid, match="after the day from which you name them"):
            places.appoint(holder_name="Somebody Else", in_post_since=TOMORROW)

    def test_one_to_come_is_followed_from_their_first_day(
        self, places: Places, freeze: Callable[[str], datetime]
    ):
        places.appoint(starts_on=TOMORROW)
        assert not DirectorMeeting.objects.exists()
        assert follow_directors() == 0
        freeze("2026-03-04T00:30Z")
        assert follow_directors() == 1
        assert follow_directors() == 0
        assert DirectorMeeting.objects.get().in_post_on == TOMORROW

    def test_who_leaves_before_they_met_stops_it(self, places: Places, freeze: Callable[[str], datetime]):
        first = places.appoint()
        now = freeze("2026-03-20T09:00Z")
        operations.end_post(by=places.world.by_portal, now=now, post=first, ends_on=date(2026, 3, 20))
        clock = Clock.objects.get()
        assert (clock.state, clock.stop_reason) == ("stopped", "closed")
        meeting = DirectorMeeting.objects.get()
        with pytest.raises(NotNow, match="has left"):
            record_meeting(
                by=principal_of(places.head.pk), now=now, meeting=meeting, met_on=date(2026, 3, 19)
            )
        assert "Say when they met" not in text_of(client_as(places.head).get(meeting.get_absolute_url()))

    def test_what_was_told_the_same_day_cannot_be_unsaid(self, places: Places):
        places.appoint()
        with pytest.raises(Invalid, match="can change from tomorrow"):
            places.appoint(holder_name="Other Hand")
        assert Post.objects.get(post=DASS).holder_name == "Dora Dass"

    def test_without_an_inspectorate_nothing_is_followed(self, places: Places):
        Agency.objects.filter(kind="cqc").update(closed_on=TODAY)
        post = places.appoint()
        assert settle(now=places.world.now) == 0
        with pytest.raises(NotNow):
            follow_meeting(by=clockwork(places.world.now), now=places.world.now, post=post)
        with pytest.raises(NotPermitted):
            follow_meeting(by=principal_of(places.official.pk), now=places.world.now, post=post)

    def test_the_database_knows_too(self, places: Places):
        places.appoint()
        for wrong in ({"met_on": TODAY}, {"met_on": LAST_YEAR, "met_recorded_at": places.world.now}):
            with pytest.raises(IntegrityError), transaction.atomic():
                DirectorMeeting.objects.update(**wrong)

    def test_the_page_takes_as_many_queries_however_many_inspect(self, places: Places):
        places.appoint()
        client, address = client_as(places.head), DirectorMeeting.objects.get().get_absolute_url()

        def asked() -> int:
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            return len(captured)

        few = asked()
        for number in range(6):
            user = person(f"In Spector{number}")
            Post.objects.create(
                agency=places.cqc,
                post="head_of_inspection",
                topic=str(number),
                user=user,
                area=places.world.region,
                starts_on=LAST_YEAR,
            )
        assert asked() == few


def test_the_form_says_before_who_is_told(places: Places):
    portal = client_as(places.world.portal_admin)
    address = reverse("agencies:appoint", args=[places.council.pk])
    fields = {"post": DASS, "holder_name": "Dora Dass", **dated("starts_on", TODAY)}
    said = text_of(portal.post(address, fields))
    assert "Hed In of the Care Quality Commission is told of the new Director" in said
    assert not DirectorMeeting.objects.exists()
    assert Message.objects.count() == 0
    other = {**fields, "post": "deputy", **dated("in_post_since", LAST_YEAR)}
    assert "asked of a Director of Adult Social Services only" in text_of(
        submit(portal, address, expect=422, **other)
    )
    submit(portal, address, **fields)
    assert DirectorMeeting.objects.count() == 1
