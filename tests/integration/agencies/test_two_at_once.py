"""Two administrators at once, each on a connection of their own: one waits for the other, and is told what came of it."""

import threading
import time
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotNow
from accounts.models import Letter, User
from agencies import operations
from agencies.models import Membership, MembershipInvitation, PortalRole, ReviewedPerson
from agencies.reviews.operations import answer_review, begin_review, suspend_unconfirmed
from tests.integration.agencies.conftest import LAST_YEAR, TODAY, World

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def while_it_waits(first: Callable[[], object], second: Callable[[], object]) -> list[Exception]:
    """Do the first, let the second wait for it on another connection, keep the first; what the second was refused."""
    refused: list[Exception] = []

    def do() -> None:
        try:
            second()
        except Exception as problem:
            refused.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=do)
    with transaction.atomic():
        first()
        other.start()
        waited = time.monotonic() + 20
        while not somebody_waits() and time.monotonic() < waited:
            time.sleep(0.05)
    other.join()
    return refused


def test_one_address_is_invited_once_and_the_other_is_told(world: World):
    given = {
        "now": world.now,
        "agency": world.ccg,
        "email": "new@example.org",
        "full_name": "Nia New",
        "role": "reader",
    }
    by_portal, by_body = world.by_portal, world.by_body
    (refused,) = while_it_waits(
        lambda: operations.invite(by=by_portal, **given), lambda: operations.invite(by=by_body, **given)
    )
    assert isinstance(refused, Invalid)
    assert "is invited already" in refused.errors["email"]
    assert MembershipInvitation.objects.count() == Letter.objects.count() == 1


def test_an_invitation_that_is_withdrawn_while_it_is_accepted_gives_nothing(world: World):
    invitation = operations.invite(
        by=world.by_body,
        now=world.now,
        agency=world.ccg,
        email=world.bob.email,
        full_name="Bob May",
        role="reader",
    )
    by_body, by_bob = world.by_body, principal_of(world.bob.pk)
    (refused,) = while_it_waits(
        lambda: operations.withdraw_invitation(by=by_body, now=world.now, invitation=invitation),
        lambda: operations.accept_invitation(by=by_bob, now=world.now, invitation=invitation),
    )
    assert isinstance(refused, NotNow)
    assert not Membership.objects.filter(user=world.bob).exists()


@pytest.fixture
def two(world: World) -> tuple[PortalRole, PortalRole]:
    second = PortalRole.objects.create(user=world.bob, role="portal_administrator", starts_on=LAST_YEAR)
    return PortalRole.objects.get(user=world.portal_admin), second


def test_two_administrators_do_not_end_each_other(world: World, two: tuple[PortalRole, PortalRole]):
    first, second = two
    pat, bob = world.by_portal, principal_of(world.bob.pk)
    (refused,) = while_it_waits(
        lambda: operations.end_portal_role(by=pat, now=world.now, portal_role=second, ends_on=TODAY),
        lambda: operations.end_portal_role(by=bob, now=world.now, portal_role=first, ends_on=TODAY),
    )
    assert isinstance(refused, Invalid)
    assert PortalRole.objects.filter(ends_on=None).get() == first


def test_two_administrators_do_not_shut_each_other_out(world: World, two: tuple[PortalRole, PortalRole]):
    pat, bob = world.by_portal, principal_of(world.bob.pk)
    (refused,) = while_it_waits(
        lambda: operations.shut_out(by=pat, now=world.now, user=world.bob),
        lambda: operations.shut_out(by=bob, now=world.now, user=world.portal_admin),
    )
    assert isinstance(refused, Invalid)
    assert User.objects.get(pk=world.portal_admin.pk).is_active


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_whoever_is_confirmed_as_the_deadline_falls_keeps_what_they_had(world: World, confirmed_first: bool):
    call_command("load_reference", verbosity=0)
    by = world.by_body
    review = begin_review(by=world.by_portal, now=world.now, agency=world.ccg)

    def confirm() -> None:
        answer_review(by=by, now=world.now, agency=world.ccg, right=[world.ann.pk])

    def suspend() -> None:
        suspend_unconfirmed(by=clockwork(world.now), now=world.now, review=review)

    first, second = (confirm, suspend) if confirmed_first else (suspend, confirm)
    assert while_it_waits(first, second) == []
    assert principal_of(world.ann.pk).agency_roles == {"reader"}
    assert principal_of(world.body_admin.pk).agency_roles == frozenset(), "nobody confirmed them"
    assert ReviewedPerson.objects.get(user=world.ann).state == "right"
