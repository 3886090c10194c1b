"""Twin worlds: whoever cannot see a thing cannot tell that it exists.

One story is told twice through the portal's own operations, at the same moments and with the same keys: once whole,
once without what is hidden from a person. That person then asks every address of the URLconf, with ids of what they
see and of what is hidden, with every parameter that a page reads or offers, and posts every form. The answers must be
the same bytes. What may differ stands by name in ``asking.DIFFERS``.

``TWIN_WORLDS=all`` asks as everybody and samples nothing.
"""

import os

import pytest
from django.db import transaction

from access.models import KINDS
from nhsuk import paging
from qsg_portal.generated import addresses
from tests.house.asking import still_signer
from tests.house.places import PLACES, WORDS, Pools, places
from tests.house.stage import CAST, set_the_stage
from tests.house.story import hidden_from, tell, undone
from tests.house.twins import NOT_ASKED, ask_again, ask_everything, differences, faults_of, told_canaries

THOROUGH = os.environ.get("TWIN_WORLDS") == "all"
ASKING = [name for name, persona in CAST.items() if persona.active] if THOROUGH else [
    "council", "reader", "onlooker", "stranger", "colleague", "nobody", "portal_administrator", "auditor",
    "agency_administrator",
]  # fmt: skip


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """The stage, set once and struck at the end; the database is this module's own meanwhile."""
    patch = pytest.MonkeyPatch()
    still_signer(patch)
    patch.setitem(paging.page_of.__kwdefaults__, "size", 5)  # so that lists have pages
    with django_db_blocker.unblock(), transaction.atomic():
        yield set_the_stage()
        transaction.set_rollback(True)
    patch.undo()


@pytest.fixture(scope="module")
def found(stage):
    """What tells the worlds apart, by persona, and what was shown that nobody should have seen."""
    asked, told = {}, {}
    with undone():
        whole = tell(stage)
        for persona in ASKING:
            asked[persona] = ask_everything(whole, persona, thorough=THOROUGH)
    for hidden in {world.hidden for world in asked.values()}:
        with undone():
            tell(stage, left_out=hidden)
            for world in asked.values():
                if world.hidden == hidden:
                    told[world.persona] = differences(world, ask_again(world))
    print(
        f"Twin worlds: {len(asked)} people asked {sum(len(one.answers) for one in asked.values()):,} questions of both;"
        f" {sum(map(len, told.values()))} answers differ."
    )
    return {name: (told[name], told_canaries(world), faults_of(world)) for name, world in asked.items()}


@pytest.mark.parametrize("persona", ASKING)
def test_nothing_tells_what_is_hidden(found, persona) -> None:
    differing, _, _ = found[persona]
    assert not differing, f"{len(differing)} answers differ:\n" + "\n".join(differing[:12])


@pytest.mark.parametrize("persona", ASKING)
def test_no_word_of_what_is_hidden_is_shown(found, persona) -> None:
    _, shown, _ = found[persona]
    assert shown == []


def test_nothing_that_was_asked_is_a_fault(found) -> None:
    """Unknown ids, forged keys and parameters that no page has: a page or a sentence, never an error."""
    assert [one for _, _, faults in found.values() for one in faults] == []


class TestThatItLooksEverywhere:
    def test_every_address_has_its_place(self) -> None:
        asked = {place.name for place in places()}
        assert {
            place.name for place in places() if place.parts and set(place.pools) != set(place.parts)
        } == set()
        assert set(PLACES) | set(NOT_ASKED) <= asked, "an address is gone"
        assert {name for name, _, _ in addresses()} == asked

    def test_every_kind_of_thing_is_in_the_story(self, stage) -> None:
        with undone():
            whole = tell(stage)
            pools = Pools()
            missing = [kind for kind in KINDS if not pools.of(kind)]
            assert missing == []
            hidden = {type(whole.things[name]).KIND for name in hidden_from(whole, "stranger")}
            assert set(KINDS) <= hidden, "of every kind, something must be hidden from somebody"
            empty = [pool for row in PLACES.values() for pool in row.values() if not pools.of(pool)]
            assert [pool for pool in empty if pool not in WORDS] == []

    def test_the_story_hides_something_from_everybody_who_reads(self, stage) -> None:
        with undone():
            whole = tell(stage)
            for name, persona in CAST.items():
                if persona.active and persona.roles:
                    assert hidden_from(whole, name), name
