"""A list of leavers: everything that they hold ends in one act, and is dead at the next request."""

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from access.models import Token
from access.principal import principal_of
from access.refusals import Invalid, NotPermitted
from agencies.models import Agency, DirectorMeeting, Membership, MembershipInvitation, PortalRole, Post, Seat
from agencies.operations import appoint, end_leavers, invite, leavers_of
from audit.models import Line
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    person,
    sits,
    submit,
    text_of,
)

ADDRESS = "/people/leavers/"


@pytest.fixture
def leaver(world: World):
    """Ann chairs and represents; she has a role to come too, a session and a token."""
    sits(world.ann, world.ccg, world.group, "chair", cleared=True)
    sits(world.ann, world.ccg, world.group)
    belongs(world.ann, world.ccg, "agency_lead", starts_on=TOMORROW)
    Token.objects.create(
        hash="0" * 64, name="x", user=world.ann, agency=world.ccg, scopes=["concerns:read"],
        made_at=world.now, expires_at=world.now.replace(year=2027),
    )  # fmt: skip
    return world.ann


def test_everything_ends_and_the_next_request_is_a_strangers(world: World, leaver):
    hers, client = client_as(leaver), client_as(world.body_admin)
    UserSession.objects.create(user=leaver, ip="127.0.0.1", session_key=hers.session.session_key)
    assert hers.get("/").status_code == 200
    submit(client, ADDRESS, addresses="Ann Lee <Ann.Lee@example.org>")
    assert hers.get("/")["Location"].startswith("/sign-in/")
    by = principal_of(leaver.pk)
    assert (by.agency_id, by.seats, by.reads) == (None, {}, False)
    assert not Membership.objects.filter(user=leaver, ends_on=None).exists()
    assert not Seat.objects.filter(user=leaver, ends_on=None).exists()
    assert Token.objects.get().revoked_at == world.now
    deeds = list(Line.objects.values_list("deed", flat=True))
    assert deeds.count("leavers.ended") == 1
    assert deeds.count("seat.ended") == deeds.count("membership.ended") == 2


def test_each_is_said_before_and_nothing_is_done(world: World, leaver):
    client = client_as(world.body_admin)
    said = text_of(client.post(ADDRESS, {"addresses": "ann.lee@example.org, nobody@example.org"}))
    assert "Ann Lee holds nothing of this any more: Lead for the body at NHS Example CCG" in said
    assert "Chair at Example QSG; Representative at Example QSG" in said
    assert "Nobody whom you look after holds anything with nobody@example.org" in said
    assert "Done" not in said
    assert Seat.objects.filter(ends_on=None).count() == 2


def test_the_groups_left_without_a_chair_are_warned_of_before(world: World, leaver):
    client = client_as(world.body_admin)
    belongs(world.bob, world.ccg)
    sits(world.bob, world.ccg, world.group, "chair")
    page = client.post(ADDRESS, {"addresses": leaver.email})
    assert "nhsuk-warning-callout" not in page.content.decode(), "Bob still chairs"
    page = client.post(ADDRESS, {"addresses": f"{leaver.email} {world.bob.email}"})
    assert "nhsuk-warning-callout" in page.content.decode()
    assert text_of(page).count("Nobody else chairs Example QSG from that day.") == 1


def test_a_file_is_read_like_what_is_pasted(world: World, leaver):
    client = client_as(world.body_admin)
    sent = SimpleUploadedFile("leavers.csv", b"name,address\r\nAnn Lee,ann.lee@example.org\r\n")
    answer = client.post(ADDRESS, {"file": sent})
    assert 'name="addresses" value="ann.lee@example.org"' in answer.content.decode()
    large = SimpleUploadedFile("leavers.csv", b"x" * 1_000_001)
    assert "The file is larger than 1 MB" in text_of(client.post(ADDRESS, {"file": large}))
    bad = SimpleUploadedFile("leavers.csv", "Zoë".encode("utf-16"))
    assert "UTF-16" in text_of(client.post(ADDRESS, {"file": bad}))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Enter at least one e-mail address"),
        ("nobody here", "Enter at least one e-mail address"),
        ("stranger@example.org", "None of these is the address of anybody whom you look after"),
        (" ".join(f"a{n}@example.org" for n in range(501)), "Send at most 500 at a time"),
    ],
)
def test_a_list_that_cannot_be_is_refused_in_a_sentence(world: World, typed: str, why: str):
    assert why in text_of(submit(client_as(world.body_admin), ADDRESS, expect=422, addresses=typed))


def test_a_bodys_administrator_ends_nothing_of_another_body(world: World):
    belongs(world.bob, world.other)
    seat = sits(world.bob, world.other, world.group)
    assert leavers_of(world.by_body, [world.bob.email], TODAY) == []
    with pytest.raises(Invalid, match="whom you look after"):
        end_leavers(by=world.by_body, now=world.now, emails=[world.bob.email])
    seat.refresh_from_db()
    assert seat.ends_on is None


def test_who_acts_for_another_body_today_stays_signed_in(world: World):
    belongs(world.bob, world.other, ends_on=TOMORROW)
    belongs(world.bob, world.ccg, starts_on=TOMORROW)
    his = client_as(world.bob)
    (leaver,) = end_leavers(by=world.by_body, now=world.now, emails=[world.bob.email])
    assert leaver.stays
    assert his.get("/").status_code == 200
    assert list(Membership.objects.filter(user=world.bob).values_list("agency", flat=True)) == [
        world.other.pk
    ]


def test_nobody_ends_themselves_and_a_portals_officer_is_the_portals(world: World):
    with pytest.raises(Invalid, match="on the list yourself"):
        end_leavers(by=world.by_body, now=world.now, emails=[world.body_admin.email])
    typed = f"{world.ann.email} {world.body_admin.email}"
    shown = submit(client_as(world.body_admin), ADDRESS, expect=422, addresses=typed)
    assert "You are on the list yourself" in text_of(shown)
    assert typed in text_of(shown), "the list is kept"
    PortalRole.objects.create(user=world.ann, role="auditor", starts_on=LAST_YEAR)
    with pytest.raises(Invalid, match="role at the portal"):
        end_leavers(by=world.by_body, now=world.now, emails=[world.ann.email])
    end_leavers(by=world.by_portal, now=world.now, emails=[world.ann.email])
    assert not PortalRole.objects.filter(user=world.ann, ends_on=None).exists()


def test_posts_end_too_and_a_lead_who_comes_back_is_none(world: World):
    belongs(world.bob, world.ccg)
    lead = Post.objects.create(
        agency=world.ccg, post="safeguarding_lead", user=world.ann, holder_name="Ann Lee", starts_on=LAST_YEAR
    )
    other = Post.objects.create(
        agency=world.other, post="deputy", user=world.ann, holder_name="Ann Lee", starts_on=LAST_YEAR
    )
    Post.objects.create(
        agency=world.ccg,
        post="safeguarding_lead",
        user=world.bob,
        holder_name="Bob May",
        stands_in_for=lead,
        starts_on=TODAY,
        ends_on=TODAY.replace(month=9),
    )
    assert principal_of(world.ann.pk).safeguarding_lead
    client, both = client_as(world.body_admin), "ann.lee@example.org bob.may@example.org"
    said = text_of(client.post(ADDRESS, {"addresses": both}))
    assert "Reader at NHS Example CCG; Safeguarding lead at NHS Example CCG" in said
    assert "stand-in, Safeguarding lead at NHS Example CCG" in said
    assert "NHS Other CCG" not in said
    submit(client, ADDRESS, addresses=both)
    for post in (lead, other):
        post.refresh_from_db()
    assert (lead.ends_on, other.ends_on) == (TODAY, None)
    assert not Post.objects.filter(stands_in_for=lead).exists()
    assert Line.objects.filter(deed="post.ended").count() == 2
    belongs(world.ann, world.ccg, starts_on=TOMORROW)
    assert not Post.objects.filter(user=world.ann, agency=world.ccg, ends_on=None).exists()
    end_leavers(by=world.by_portal, now=world.now, emails=[world.ann.email])
    other.refresh_from_db()
    assert other.ends_on == TODAY


def test_a_director_whose_meeting_is_followed_today_stays_in_post_and_the_others_leave(world: World):
    call_command("load_reference", verbosity=0)
    Agency.objects.create(kind="cqc", name="Care Quality Commission")
    council = Agency.objects.create(kind="local_authority", name="Example Council")
    belongs(world.bob, council)
    post = appoint(
        by=world.by_portal,
        now=world.now,
        agency=council,
        post="director_adult_social_services",
        user=world.bob,
        starts_on=TODAY,
    )
    assert DirectorMeeting.objects.filter(post=post).exists()
    client, both = client_as(world.portal_admin), "ann.lee@example.org bob.may@example.org"
    said = text_of(client.post(ADDRESS, {"addresses": both}))
    assert "Bob May stays Director of Adult Social Services at Example Council: their meeting" in said
    submit(client, ADDRESS, addresses=both)
    assert "end tomorrow at the earliest: Bob May: Director of Adult" in text_of(client.get("/people/"))
    post.refresh_from_db()
    assert post.ends_on is None
    assert not Membership.objects.filter(user__in=(world.ann, world.bob), ends_on=None).exists()


def test_a_reader_ends_nobody(world: World):
    with pytest.raises(NotPermitted):
        end_leavers(by=principal_of(world.ann.pk), now=world.now, emails=[world.ann.email])
    assert client_as(world.ann).get(ADDRESS).status_code == 403


def test_the_last_administrator_of_the_portal_does_not_leave_it_so(world: World):
    second = person("Sec Admin")
    office = PortalRole.objects.create(user=second, role="portal_administrator", starts_on=LAST_YEAR)
    by = principal_of(second.pk)
    office.ends_on = TOMORROW
    office.save()
    with pytest.raises(Invalid, match="Nobody else administers the portal"):
        end_leavers(by=by, now=world.now, emails=[world.portal_admin.email])
    assert PortalRole.objects.get(user=world.portal_admin).ends_on is None


def test_an_invitation_to_a_leaver_is_withdrawn(world: World):
    invite(
        by=world.by_body,
        now=world.now,
        agency=world.ccg,
        email="new@example.org",
        full_name="N",
        role="reader",
    )
    assert end_leavers(by=world.by_body, now=world.now, emails=["new@example.org"]) == []
    assert MembershipInvitation.objects.get().withdrawn_at == world.now


def test_many_leavers_are_looked_at_in_as_many_questions_as_few(world: World, django_assert_num_queries):
    people = [person(f"P {number}") for number in range(12)]
    for one in people:
        belongs(one, world.ccg)
        sits(one, world.ccg, world.group)
    by = world.by_body
    for some in (people[:1], people):
        with django_assert_num_queries(4):
            assert len(leavers_of(by, [one.email for one in some], TODAY)) == len(some)


def test_who_has_no_second_factor_is_shown(world: World):
    client = client_as(world.body_admin)  # signing in gives the administrator one
    page = text_of(client.get(reverse("agencies:people")))
    assert page.count("No second factor") == 1
    narrowed = text_of(client.get(reverse("agencies:people"), {"without": "on"}))
    assert "Ann Lee" in narrowed
    assert "Cy Admin NHS Example CCG" not in narrowed
    assert "none: they set one up" in text_of(client.get(reverse("agencies:person", args=[world.ann.pk])))
    client_as(world.ann)
    assert "Everybody here has a second factor." in text_of(
        client.get(reverse("agencies:people"), {"without": "on"})
    )
    assert "Set up" in text_of(client.get(reverse("agencies:person", args=[world.ann.pk])))
