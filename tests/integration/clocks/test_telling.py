"""What the inbox says of each family's steps: never a word of what it is about."""

from itertools import product

import pytest

from access.refusals import NotNow
from clocks import telling
from notifications.models import Message
from notifications.operations import acknowledge
from tests.timed import START, hours


def said(family, what, *, over=False, now=START):
    detail = {
        "label": "Members relevant meet",
        "due": (START + hours(2)).isoformat(),
        "said": what,
        "steps": [],
    }
    return telling.sentence(
        Message(event=f"clock.{family}", detail=detail, ended_at=START if over else None), now
    )


SAY_THEIR_OWN = {"level_review", "closing_receipt"}
"""Families whose sentences ask the record: tried where levels and plans are."""


@pytest.mark.parametrize(
    ("family", "what"),
    list(product(sorted(set(telling.POLICIES) - SAY_THEIR_OWN), ["start", "reminder", "missed", "again"])),
)
def test_every_step_of_every_family_has_a_sentence(family, what):
    words = said(family, what)
    assert words.endswith(".")
    assert "{" not in words
    assert said(family, what, over=True).endswith("and it is over.")


@pytest.mark.parametrize(
    ("family", "what", "words"),
    [
        ("response", "reminder", "Members relevant meet: 2 hours left. It is due 3 March 2026, midday."),
        ("response", "missed", "Missed: Members relevant meet. It was due 3 March 2026, midday."),
        (
            "summit_alert",
            "start",
            "You are called to a risk summit. Say that you have read this by 3 March 2026, midday: 2 hours left.",
        ),
        (
            "safeguarding",
            "missed",
            "Members relevant meet. Nobody has said it: it was due 3 March 2026, midday.",
        ),
    ],
)
def test_what_is_said(family, what, words):
    assert said(family, what) == words


def test_an_acknowledgement_that_comes_as_the_clock_ends_is_kept_and_meets_nothing(cast, monkeypatch):
    cast.meant["seat-holders"] = [cast.people["Bea"].pk]
    cast.start("summit_alert", responsible_person=cast.people["Bea"].pk)

    def ended(**what):
        raise NotNow("This clock has ended.")

    monkeypatch.setattr(telling, "meet", ended)
    message = Message.objects.get()
    assert acknowledge(message=message, by=cast.by("Bea"), now=START).acknowledged_at == START
