import pytest

from nhsuk.words import initial_small, listing, plural


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 actions"), (1, "1 action"), (2, "2 actions"), (1200, "1,200 actions")]
)
def test_a_number_has_its_noun(count, said):
    assert plural(count, "action") == said


def test_a_plural_may_be_its_own_word():
    assert plural(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_stand_in_a_sentence(names, said):
    assert listing(names) == said


def test_the_joining_word_may_differ():
    assert listing(["A", "B"], "or") == "A or B"


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("Full name", "full name"),
        ("CQC rating", "CQC rating"),
        ("A name", "a name"),
        ("I agree", "I agree"),
        ("", ""),
    ],
)
def test_only_a_words_first_letter_is_made_small(text, small):
    assert initial_small(text) == small
