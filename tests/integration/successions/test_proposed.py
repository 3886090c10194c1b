"""Who is proposed in a body's place, and what an import says of a body that still holds something."""

from datetime import date

import pytest

from access.operations import create_record
from agencies.holding import that_hold
from agencies.models import Agency
from providers.models import Commissioning, Provider
from reference.operations import load_lists
from successions.proposed import boards, proposed_for, shares
from tests.concerned import LAST_YEAR
from tests.successors import TODAY, Closing

pytestmark = pytest.mark.django_db


def test_a_body_of_its_kind_that_opened_as_it_closed_is_proposed_first(world: Closing) -> None:
    Agency.objects.filter(pk=world.ccg.pk).update(said_to_close_on=date(2015, 3, 31))
    made = Agency.objects.create(kind="ccg", name="NHS Merged CCG", opened_on=date(2015, 4, 1))
    Agency.objects.create(kind="ccg", name="NHS Later CCG", opened_on=date(2015, 4, 9))
    Agency.objects.create(kind="local_healthwatch", name="Healthwatch Merged", opened_on=date(2015, 4, 1))
    assert [one.agency for one in proposed_for(world.ccg, TODAY)] == [made]


def test_the_boards_of_the_trusts_from_which_it_buys_are_proposed(world: Closing) -> None:
    load_lists()
    trust = Provider.objects.create(name="Manchester University", kind="nhs_trust", ods_code="R0A")
    Commissioning.objects.create(provider=trust, agency=world.ccg, starts_on=LAST_YEAR)
    likeliest = max(shares()["R0A"], key=lambda code: shares()["R0A"][code])
    made = Agency.objects.create(kind="icb", name="NHS Example Board", ods_code=boards()[likeliest])
    (one,) = proposed_for(world.ccg, TODAY)
    assert one.agency == made
    assert f"{shares()['R0A'][likeliest]:.0%}" in one.why
    assert proposed_for(world.region.cqc, TODAY) == []


def test_the_files_say_what_their_provenance_says() -> None:
    assert len(boards()) == 42
    assert sum(len(one) for one in shares().values()) == 1321
    assert all(abs(sum(one.values()) - 1) < 0.02 for one in shares().values())


def test_what_a_body_holds_keeps_a_file_from_closing_it(world: Closing, django_assert_num_queries) -> None:
    empty = Agency.objects.create(kind="ccg", name="NHS Empty CCG")
    wrote = Agency.objects.create(kind="ccg", name="NHS Writing CCG")
    create_record(kind="concern", by=world.by("lead"), now=world.now, owner=wrote.pk)
    everybody = [one.pk for one in Agency.objects.all()]
    with django_assert_num_queries(5):
        held = that_hold(everybody, TODAY)
    assert {world.ccg.pk, wrote.pk} <= held.keys()
    assert held[wrote.pk] == []
    assert empty.pk not in held
