"""The region in which the concerns of these tests are raised."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.concerned import NOON, Region, region


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> Region:
    return region(freeze(NOON))
