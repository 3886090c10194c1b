"""A body that closes."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.concerned import NOON
from tests.successors import Closing, closing


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> Closing:
    return closing(freeze(NOON))
