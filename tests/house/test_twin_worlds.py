"""Twin worlds: whoever cannot see a thing cannot tell that it exists.

One story is told twice through the portal's own operations, at the same moments and with the same keys: once whole,
once without what is hidden from a person. That person then asks every address of the URLconf, with ids of what they
see and of what is hidden, with every parameter that a page reads or offers, and posts every form. The answers must be
the same bytes. What may differ stands by name in ``asking.DIFFERS``.

``TWIN_WORLDS=all`` asks as everybody, ``TWIN_WORLDS=chair,cqc`` as these; ``TWIN_SAMPLES=none`` tries every value of every
parameter where the suite tries some.
"""

import os
from dataclasses import dataclass

import pytest
from django.db import transaction

from access.models import KINDS
from access.roles import READING_ROLES
from nhsuk import paging
from qsg_portal.generated import addresses
from tests.house.asking import still_signer
from tests.house.places import PLACES, WORDS, Pools, places
from tests.house.stage import CAST, set_the_stage
from tests.house.story import hidden_from, tell, undone
from tests.house.twins import (
    NOT_ASKED,
    World,
    ask_again,
    ask_everything,
    differences,
    faults_of,
    hidden_names,
    shown_canaries,
)

PROGRAMS = ("reader's program", "lead's system")
"""Programs that ask: a person's, and a body's own system, which sees what that reader sees."""
WANTED = os.environ.get("TWIN_WORLDS", "")
THOROUGH = os.environ.get("TWIN_SAMPLES") == "none"
EVERYBODY = [name for name, persona in CAST.items() if persona.active] + [*PROGRAMS]
USUAL = ["reader", "onlooker", "stranger", "colleague", "breaker", "lead's system"]
ASKING = EVERYBODY if WANTED == "all" else [name for name in EVERYBODY if name in WANTED.split(",")] or USUAL
"""In the suite: the owner's own people, a group's seat, a body that is asked, somebody without a seat, one with emergency
access, and a program."""


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


@dataclass
class Told:
    """What the whole story made: every key, the kinds there are, and what is hidden from whom."""

    pools: Pools
    kinds: dict[str, str]
    hidden: dict[str, frozenset[str]]
    asked: dict[str, World]


@pytest.fixture(scope="module")
def whole(stage, request) -> Told:
    """The whole world, and what those who are tested ask in it."""
    chosen = {one.callspec.params.get("persona") for one in request.session.items if hasattr(one, "callspec")}
    with undone():
        told = tell(stage)
        return Told(
            Pools(),
            {name: type(thing).KIND for name, thing in told.things.items()},
            {
                name: hidden_from(told, name)
                for name in (*CAST, *PROGRAMS)
                if name in PROGRAMS or CAST[name].active
            },
            {name: ask_everything(told, name, thorough=THOROUGH) for name in ASKING if name in chosen},
        )


@pytest.fixture(scope="module")
def found(stage, whole):
    """What tells the worlds apart, by persona, and what was shown that nobody should have seen."""
    asked, told = whole.asked, {}
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
    return {
        name: (told[name], shown_canaries(world, hidden_names(world)), faults_of(world))
        for name, world in asked.items()
    }


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

    def test_every_kind_of_thing_is_in_the_story(self, whole) -> None:
        missing = [kind for kind in KINDS if not whole.pools.of(kind)]
        assert missing == []
        hidden = {whole.kinds[name] for name in whole.hidden["stranger"]}
        assert set(KINDS) <= hidden, "of every kind, something must be hidden from somebody"
        empty = [pool for row in PLACES.values() for pool in row.values() if not whole.pools.of(pool)]
        assert [pool for pool in empty if pool not in WORDS] == []

    def test_the_story_hides_something_from_everybody(self, whole) -> None:
        assert [name for name, hidden in whole.hidden.items() if not hidden] == []

    def test_whoever_asks_is_told_of_what_they_may_see(self, whole) -> None:
        """The words of what is in sight are found where they are looked for: the search for canaries is not blind."""
        roles = {**{name: one.roles for name, one in CAST.items()}, **dict.fromkeys(PROGRAMS, ("reader",))}
        readers = [one for one in whole.asked.values() if READING_ROLES.intersection(roles[one.persona])]
        blind = [
            one.persona for one in readers if not shown_canaries(one, frozenset(whole.kinds) - one.hidden)
        ]
        assert blind == []
