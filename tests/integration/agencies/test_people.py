"""Roles, posts and conflicts: who may give them, when they stand, what is refused."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse

from access.models import Conflict
from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotPermitted
from accounts.models import Letter
from agencies import operations
from agencies.models import Membership, PortalRole, Post
from agencies.operations.dated import keep
from audit.models import Line
from providers.models import Provider
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    dated,
    text_of,
)


def deeds() -> list[str]:
    return sorted(Line.objects.values_list("deed", flat=True))


def test_an_administrator_of_the_body_gives_a_role_and_the_log_says_so(world: World):
    made = operations.add_membership(
        by=world.by_body, now=world.now, user=world.bob, agency=world.ccg, role="contributor", starts_on=TODAY
    )
    assert principal_of(world.bob.pk).agency_roles == {"contributor"}
    line = Line.objects.get(deed="membership.started")
    assert line.detail == {
        "user": str(world.bob.pk),
        "agency": str(world.ccg.pk),
        "role": "contributor",
        "from": "2026-03-03",
    }
    assert str(made) == "Bob May at NHS Example CCG: Contributor"


def test_an_administrator_of_one_body_gives_no_role_at_another(world: World):
    with pytest.raises(NotPermitted, match="Only an administrator of NHS Other CCG"):
        operations.add_membership(
            by=world.by_body,
            now=world.now,
            user=world.bob,
            agency=world.other,
            role="reader",
            starts_on=TODAY,
        )
    assert not deeds()


def test_a_reader_gives_no_role(world: World):
    with pytest.raises(NotPermitted):
        operations.add_membership(
            by=principal_of(world.ann.pk),
            now=world.now,
            user=world.bob,
            agency=world.ccg,
            role="reader",
            starts_on=TODAY,
        )


def test_nobody_gives_a_role_to_themselves(world: World):
    with pytest.raises(NotPermitted, match="to themselves"):
        operations.add_membership(
            by=world.by_body,
            now=world.now,
            user=world.body_admin,
            agency=world.ccg,
            role="agency_lead",
            starts_on=TODAY,
        )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts_on": date(2026, 3, 2)}, "starts_on"),
        ({"starts_on": TODAY, "ends_on": TODAY}, "ends_on"),
    ],
)
def test_days_that_make_no_sense_are_refused_in_words(world: World, given: dict[str, date], field: str):
    with pytest.raises(Invalid) as refused:
        operations.add_membership(
            by=world.by_portal, now=world.now, user=world.bob, agency=world.ccg, role="reader", **given
        )
    assert list(refused.value.errors) == [field]


def test_a_person_acts_for_one_body_at_a_time(world: World):
    with pytest.raises(Invalid, match="acts for another body"):
        operations.add_membership(
            by=world.by_portal,
            now=world.now,
            user=world.ann,
            agency=world.other,
            role="reader",
            starts_on=TODAY,
        )


def test_a_person_may_hold_several_roles_at_one_body_but_none_twice(world: World):
    given = {
        "by": world.by_portal,
        "now": world.now,
        "user": world.ann,
        "agency": world.ccg,
        "starts_on": TODAY,
    }
    operations.add_membership(**given, role="agency_administrator")
    with pytest.raises(Invalid):
        operations.add_membership(**given, role="agency_administrator")


def test_a_closed_body_takes_nobody_new(world: World):
    world.other.closed_on = TODAY
    world.other.save()
    with pytest.raises(Invalid, match="has closed"):
        operations.add_membership(
            by=world.by_portal,
            now=world.now,
            user=world.bob,
            agency=world.other,
            role="reader",
            starts_on=TODAY,
        )


def test_a_role_ends_on_its_day_and_the_person_may_then_move(world: World):
    held = Membership.objects.get(user=world.ann)
    operations.end_membership(by=world.by_body, now=world.now, membership=held, ends_on=TOMORROW)
    held.refresh_from_db()
    assert held.ends_on == TOMORROW
    operations.add_membership(
        by=world.by_portal,
        now=world.now,
        user=world.ann,
        agency=world.other,
        role="reader",
        starts_on=TOMORROW,
    )
    assert deeds() == ["membership.ended", "membership.started"]


def test_a_role_given_by_mistake_today_is_taken_back_at_once(world: World):
    made = operations.add_membership(
        by=world.by_portal, now=world.now, user=world.bob, agency=world.ccg, role="reader", starts_on=TODAY
    )
    operations.end_membership(by=world.by_portal, now=world.now, membership=made, ends_on=TODAY)
    assert not principal_of(world.bob.pk).reads
    assert deeds() == ["membership.ended", "membership.started"]


def test_a_role_cannot_end_in_the_past_or_twice(world: World):
    held = Membership.objects.get(user=world.ann)
    with pytest.raises(Invalid, match="in the past"):
        operations.end_membership(by=world.by_body, now=world.now, membership=held, ends_on=date(2026, 3, 2))
    operations.end_membership(by=world.by_body, now=world.now, membership=held, ends_on=TOMORROW)
    with pytest.raises(Invalid, match="Nothing was changed"):
        operations.end_membership(by=world.by_body, now=world.now, membership=held, ends_on=TOMORROW)
    with pytest.raises(NotPermitted):
        operations.end_membership(
            by=principal_of(world.bob.pk), now=world.now, membership=held, ends_on=TODAY
        )


def test_a_fault_that_is_no_clash_of_days_is_not_called_one(world: World):
    with pytest.raises(IntegrityError, match="role_known"):
        keep(Membership(user=world.bob, agency=world.ccg, role="king", starts_on=TODAY), "a clash")


def test_the_portals_administrator_gives_and_ends_a_role_at_the_portal(world: World):
    held = operations.add_portal_role(
        by=world.by_portal, now=world.now, user=world.bob, role="auditor", starts_on=TODAY
    )
    assert str(held) == "Bob May: Auditor"
    with pytest.raises(Invalid, match="has this role"):
        operations.add_portal_role(
            by=world.by_portal, now=world.now, user=world.bob, role="auditor", starts_on=TODAY
        )
    operations.end_portal_role(by=world.by_portal, now=world.now, portal_role=held, ends_on=TOMORROW)
    assert deeds() == ["portal_role.ended", "portal_role.started"]
    with pytest.raises(NotPermitted):
        operations.add_portal_role(
            by=world.by_body, now=world.now, user=world.ann, role="auditor", starts_on=TODAY
        )


def test_somebody_always_administers_the_portal(world: World):
    only = PortalRole.objects.get(user=world.portal_admin)
    with pytest.raises(Invalid, match="Nobody else administers the portal"):
        operations.end_portal_role(by=world.by_portal, now=world.now, portal_role=only, ends_on=TOMORROW)
    operations.add_portal_role(
        by=world.by_portal, now=world.now, user=world.bob, role="portal_administrator", starts_on=TODAY
    )
    operations.end_portal_role(by=world.by_portal, now=world.now, portal_role=only, ends_on=TOMORROW)
    only.refresh_from_db()
    assert only.ends_on == TOMORROW


def test_a_new_holder_of_a_post_follows_the_one_before(world: World):
    given = {"by": world.by_body, "now": world.now, "agency": world.ccg, "post": "safeguarding_lead"}
    operations.appoint(**given, user=world.ann, telephone="01632 960001", starts_on=TODAY)
    assert principal_of(world.ann.pk).safeguarding_lead
    operations.appoint(**given, holder_name="Dr Who", starts_on=TOMORROW)
    first, second = Post.objects.order_by("starts_on")
    assert (first.holder_name, first.ends_on) == ("Ann Lee", TOMORROW)
    assert (second.holder_name, second.ends_on) == ("Dr Who", None)
    assert str(second) == "Safeguarding lead, NHS Example CCG"
    operations.end_post(by=world.by_body, now=world.now, post=second, ends_on=date(2026, 4, 1))
    assert deeds() == ["post.ended", "post.filled", "post.filled"]
    # a third, earlier than the second ends, takes its place from then; the first stays ended
    operations.appoint(**given, user=world.bob, starts_on=date(2026, 3, 20))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.ends_on, second.ends_on) == (TOMORROW, date(2026, 3, 20))


def test_a_planned_successor_stays_planned(world: World):
    given = {"by": world.by_body, "now": world.now, "agency": world.ccg, "post": "safeguarding_lead"}
    first = operations.appoint(**given, holder_name="First", starts_on=TODAY)
    operations.appoint(**given, holder_name="Planned", starts_on=date(2026, 6, 1))
    operations.appoint(**given, holder_name="Between", starts_on=date(2026, 4, 1))
    held = [(one.holder_name, one.starts_on, one.ends_on) for one in Post.objects.order_by("starts_on")]
    assert held == [
        ("First", TODAY, date(2026, 4, 1)),
        ("Between", date(2026, 4, 1), date(2026, 6, 1)),
        ("Planned", date(2026, 6, 1), None),
    ]
    assert Line.objects.filter(deed="post.filled", detail__ended=[str(first.pk)]).count() == 2
    address = reverse("agencies:appoint", args=[world.ccg.pk])
    fields = {"post": "safeguarding_lead", "holder_name": "Other", **dated("starts_on", date(2026, 4, 1))}
    words = text_of(client_as(world.body_admin).post(address, fields))
    assert "Between, who was named from that day, is not." in words
    assert "From 1 June 2026, Planned holds it, as planned." in words


def test_an_account_that_is_open_is_not_opened_again(world: World):
    world.ann.set_password("correct horse battery staple")
    world.ann.save()
    with pytest.raises(Invalid, match="The account of Ann Lee is open"):
        operations.let_in(by=world.by_body, now=world.now, user=world.ann)
    world.ann.refresh_from_db()
    assert world.ann.has_usable_password()
    assert not Letter.objects.exists()


def test_a_post_names_somebody_or_a_desk_to_ring(world: World):
    given = {"by": world.by_body, "now": world.now, "agency": world.ccg, "post": "out_of_hours"}
    with pytest.raises(Invalid, match="Say who holds the post"):
        operations.appoint(**given, starts_on=TODAY)
    desk = operations.appoint(**given, out_of_hours_telephone="01632 960002", starts_on=TODAY)
    assert desk.holder_name == ""
    with pytest.raises(NotPermitted, match="to themselves"):
        operations.appoint(**given, user=world.body_admin, starts_on=TODAY)


@pytest.fixture
def provider(world: World) -> Provider:
    return Provider.objects.create(name="Fictional Hospital", kind="nhs_trust", fictional=True)


def test_anybody_declares_their_own_conflict(world: World, provider: Provider):
    operations.declare_conflict(
        by=principal_of(world.ann.pk), now=world.now, provider_id=provider.pk, user=world.ann, starts_on=TODAY
    )
    assert principal_of(world.ann.pk).own_conflicts == {provider.pk}
    assert deeds() == ["conflict.declared"]


def test_a_bodys_administrator_declares_for_its_people_and_for_itself(world: World, provider: Provider):
    given = {"by": world.by_body, "now": world.now, "provider_id": provider.pk, "starts_on": TODAY}
    operations.declare_conflict(**given, user=world.ann)
    operations.declare_conflict(**given, agency=world.ccg, reason="A practice owns it")
    assert principal_of(world.ann.pk).body_conflicts == {provider.pk}
    with pytest.raises(NotPermitted, match="Only the person"):
        operations.declare_conflict(**given, user=world.bob)
    with pytest.raises(NotPermitted):
        operations.declare_conflict(**given, agency=world.other)
    operations.declare_conflict(**{**given, "by": world.by_portal}, user=world.bob)


def test_an_administrator_declares_nothing_for_those_who_have_left(world: World, provider: Provider):
    belongs(world.bob, world.ccg, ends_on=date(2026, 3, 1))
    with pytest.raises(NotPermitted):
        operations.declare_conflict(
            by=world.by_body, now=world.now, provider_id=provider.pk, user=world.bob, starts_on=TODAY
        )


def test_a_conflict_is_a_persons_or_a_bodys(world: World, provider: Provider):
    for who in ({}, {"user": world.ann, "agency": world.ccg}):
        with pytest.raises(Invalid, match="a person's or a body's"):
            operations.declare_conflict(
                by=world.by_portal, now=world.now, provider_id=provider.pk, starts_on=TODAY, **who
            )


def test_nobody_ends_their_own_conflict(world: World, provider: Provider):
    own = Conflict.objects.create(user=world.portal_admin, provider=provider, starts_on=LAST_YEAR)
    anns = Conflict.objects.create(user=world.ann, provider=provider, starts_on=LAST_YEAR)
    bodys = Conflict.objects.create(agency=world.ccg, provider=provider, starts_on=LAST_YEAR)
    with pytest.raises(NotPermitted, match="their own conflict"):
        operations.end_conflict(by=world.by_portal, now=world.now, conflict=own, ends_on=TODAY)
    by = replace(world.by_portal, agency_id=world.ccg.pk)
    with pytest.raises(NotPermitted, match="their own conflict"):
        operations.end_conflict(by=by, now=world.now, conflict=bodys, ends_on=TODAY)
    with pytest.raises(NotPermitted):
        operations.end_conflict(by=world.by_body, now=world.now, conflict=anns, ends_on=TODAY)
    operations.end_conflict(by=world.by_portal, now=world.now, conflict=anns, ends_on=TODAY)
    assert not principal_of(world.ann.pk).own_conflicts
    operations.end_conflict(by=clockwork(world.now), now=world.now, conflict=bodys, ends_on=TODAY)


def test_accounts_are_closed_and_opened_by_those_who_look_after_the_person(world: World):
    stranger = principal_of(world.bob.pk)
    for deed in (operations.shut_out, operations.let_in, operations.forget_factor):
        with pytest.raises(NotPermitted, match="Only an administrator of the person's body"):
            deed(by=stranger, now=world.now, user=world.ann)
    for deed in (operations.shut_out, operations.forget_factor):
        with pytest.raises(NotPermitted, match="another administrator"):
            deed(by=world.by_body, now=world.now, user=world.body_admin)
    operations.shut_out(by=world.by_body, now=world.now, user=world.ann)
    assert not principal_of(world.ann.pk).reads
    operations.let_in(by=world.by_portal, now=world.now, user=world.ann)
    assert principal_of(world.ann.pk).reads


@pytest.mark.parametrize("role", ["portal_administrator", "auditor"])
def test_who_works_for_the_portal_is_not_a_bodys_to_shut_out(world: World, role: str):
    held = PortalRole.objects.create(user=world.ann, role=role, starts_on=LAST_YEAR)
    for deed in (operations.shut_out, operations.let_in, operations.forget_factor):
        with pytest.raises(NotPermitted, match="has a role at the portal"):
            deed(by=world.by_body, now=world.now, user=world.ann)
        deed(by=world.by_portal, now=world.now, user=world.ann)
    assert "Close the account" not in text_of(client_as(world.body_admin).get(f"/people/{world.ann.pk}/"))
    assert "Close the account" in text_of(client_as(world.portal_admin).get(f"/people/{world.ann.pk}/"))
    held.ends_on = TODAY
    held.save()
    operations.shut_out(by=world.by_body, now=world.now, user=world.ann)


def test_the_last_administrator_of_the_portal_is_not_shut_out(world: World):
    by = world.by_portal
    PortalRole.objects.create(user=world.ann, role="portal_administrator", starts_on=LAST_YEAR)
    operations.shut_out(by=principal_of(world.ann.pk), now=world.now, user=world.portal_admin)
    with pytest.raises(Invalid, match="Nobody else administers the portal"):
        operations.shut_out(by=by, now=world.now, user=world.ann)
