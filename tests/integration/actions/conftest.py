"""Bodies that ask each other for action, and an action asked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from actions.models import Action
from actions.operations import ask_for_action
from tests.response import NOON, Bodies, bodies

Ask = Callable[..., Action]


@pytest.fixture
def world(freeze: Callable[[str], datetime]) -> Bodies:
    return bodies(freeze(NOON))


@pytest.fixture
def ask(world: Bodies) -> Ask:
    """Ask CQC, for the CCG, to inspect within ten days; anything may be said otherwise."""

    def asked(**otherwise: object) -> Action:
        usual = {
            "by": world.by(world.ccg_lead),
            "now": world.now,
            "asked": world.cqc.pk,
            "statement": "Inspect the maternity ward at night.",
            "aim": "safeguard",
            "power_kind": "listed",
            "power": "Inspection",
            "due_at": world.now + timedelta(days=10),
            "risk": "serious",
            "providers": [world.provider.pk],
        }
        return ask_for_action(**{**usual, **otherwise})

    return asked
