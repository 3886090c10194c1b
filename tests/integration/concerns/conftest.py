"""The region in which the concerns of these tests are raised."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from tests.concerned import NOON, Region, region
from tests.signing_in import sign_in


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> Region:
    return region(freeze(NOON))


@pytest.fixture
def client_of(world: Region) -> Callable[[str], Client]:
    """Somebody's browser, signed in, by the name of the cast."""
    return lambda name: sign_in(world.people[name])
