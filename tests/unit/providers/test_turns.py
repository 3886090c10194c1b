"""What becomes history of an address: a move by a file, a change by hand, and no other words for the same place."""

import pytest

from providers.importing.rules import turn_in_words, turns_of

NOW = {"address": "1 High Road", "town": "Leeds", "postcode": "LS1 1AB"}


@pytest.mark.parametrize(
    ("changes", "by_file"),
    [
        ({"postcode": ("LS1 1AA", "LS1 1AB")}, "It moved from 1 High Road, Leeds, LS1 1AA to 1 High Road, Leeds, LS1 1AB"),
        ({"address": ("1 High Rd", "1 High Road")}, ""),
        ({"postcode": ("ls11ab", "LS1 1AB")}, ""),
        ({"postcode": ("", "LS1 1AB")}, ""),
    ],
)  # fmt: skip
def test_a_file_moves_where_the_postcode_changed(changes, by_file):
    told = [turn_in_words(what, "", *turn) for what, *turn in turns_of(changes, NOW, by_hand=False)]
    assert told == [by_file] * bool(by_file)


def test_by_hand_it_is_said_what_it_is_and_was():
    ((what, before, after),) = turns_of({"address": ("1 High Rd", "1 High Road")}, NOW, by_hand=True)
    said = turn_in_words(what, "The Mill", before, after)
    assert (
        said == "The address of The Mill is now 1 High Road, Leeds, LS1 1AB; it was 1 High Rd, Leeds, LS1 1AB"
    )
    blank = dict.fromkeys(NOW, "")
    assert turns_of({name: ("", text) for name, text in NOW.items()}, NOW, by_hand=True) == []
    assert turns_of({name: (text, "") for name, text in NOW.items()}, blank, by_hand=True) == []
