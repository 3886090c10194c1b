"""Reading somebody's file: what is refused as a whole, and what spoils one row only."""

import hashlib
import io

import pytest

from reference.sent_files import (
    MOST_BYTES,
    Unreadable,
    cell,
    cells_of,
    lines,
    pack,
    records,
    take,
    uncell,
    unpack,
)


def file(content: bytes | str) -> io.BytesIO:
    return io.BytesIO(content.encode() if isinstance(content, str) else content)


class Huge(io.BytesIO):
    """Says that it is large, and must not be read."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 200_000_000 if whence == 2 else 0

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("it was read")


def test_a_file_is_known_by_name_size_and_hash_and_wound_back():
    given = file("a,b\n")
    taken = take(given, "C:\\files\\etr.csv")
    assert (taken.name, taken.size) == ("etr.csv", 4)
    assert taken.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
    assert given.tell() == 0


def test_a_file_of_200_million_bytes_is_refused_by_its_size_and_never_read():
    with pytest.raises(
        Unreadable, match=f"200 million bytes; the portal takes at most {MOST_BYTES // 1_000_000}"
    ):
        take(Huge(), "huge.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        ("R0A,CAF\u00c9\n".encode("cp1252"), "not in UTF-8: it was made in another encoding"),
        ("R0A,CAF\u00c9".encode()[:-1], "not in UTF-8"),  # cut off inside a letter
        ("R0A,A\n".encode("utf-16"), "text in UTF-16"),
        ("R0A,A\n".encode("utf-16-be"), "not text"),
        (b"PK\x03\x04rest", "a workbook or an archive"),
        (b"\xd0\xcf\x11\xe0rest", "a workbook or an archive"),
        (b"R0A,A\0B\n", "not text"),
        (b"x" * 70_000 + b"\xff", "not in UTF-8"),  # beyond the first part that is read
    ],
)
def test_what_is_no_text_in_utf_8_is_refused_as_a_whole(content: bytes, said: str):
    with pytest.raises(Unreadable, match=said) as refusal:
        take(file(content), "file.csv")
    assert "Nothing was changed" in str(refusal.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_lines_are_numbered_with_or_without_a_mark_and_however_they_end(start: str, end: str):
    given = file(f"{start}one{end}{end}three{end}four")
    assert list(lines(given)) == [(1, "one"), (3, "three"), (4, "four")]
    assert not given.closed


def test_a_line_without_end_is_refused():
    with pytest.raises(Unreadable, match="Row 2 is longer"):
        list(lines(file("short\n" + "x" * 100_001)))


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"R0A"," A, B ",""', ["R0A", "A, B", ""]),
        ("R0A,A B,", ["R0A", "A B", ""]),
        ('R0A,"say ""so""",', ["R0A", 'say "so"', ""]),
        ('"R0A","A', None),
        ('"R0A"x,A', None),
    ],
)
def test_a_row_is_cells_or_unsound(line: str, cells: list[str] | None):
    assert cells_of(line) == cells


def test_records_may_go_over_a_lines_end_and_a_bad_one_spoils_no_other():
    given = file('a,"b\nc"\r\n\r\n"x"y,z\nd,e')
    assert list(records(given)) == [(1, 2, ["a", "b\nc"]), (4, 4, None), (5, 5, ["d", "e"])]


def test_a_quotation_mark_left_open_says_which_lines_it_took_and_the_rest_keep_their_numbers():
    given = file('a,b\n1,"x\n2,y\n3,"z",4\n5,w\n')
    assert list(records(given)) == [(1, 1, ["a", "b"]), (2, 4, None), (5, 5, ["5", "w"])]
    assert list(records(file('a,b\n1,"x\n2,y\n'))) == [(1, 1, ["a", "b"]), (2, 3, None)]


def test_a_record_without_a_lines_end_is_refused_before_it_is_held():
    with pytest.raises(Unreadable, match="Row 2 is longer"):
        list(records(file("short\n" + "x" * 100_001)))


def test_a_kept_file_comes_back_byte_for_byte():
    given = file(b"\xef\xbb\xbfa,b\r\n" * 50_000)
    packed = pack(given)
    assert len(packed) < 5000
    assert given.tell() == 0
    assert unpack(packed).read() == given.getvalue()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_looks_like_a_formula_leaves_as_text(start: str):
    assert cell(f'{start}HYPERLINK("x")') == f'\'{start}HYPERLINK("x")'


@pytest.mark.parametrize("text", ["", "R0A", "A=B", "'quoted"])
def test_other_cells_leave_as_they_are(text: str):
    assert cell(text) == text


@pytest.mark.parametrize("text", ["", "R0A", "=1+1", "-", "'quoted", "''=", "+44 1632"])
def test_a_cell_that_was_made_safe_comes_back_as_it_was(text: str):
    assert uncell(cell(text)) == text
