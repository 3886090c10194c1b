"""The log names places and kinds of fault, and never a value."""

import logging
import sys

from qsg_portal.logs import WithoutValues


def written(message: str, *args: object) -> str:
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, message, args, sys.exc_info())
    return WithoutValues("%(levelname)s %(name)s: %(message)s").format(record)


def test_what_a_fault_says_of_itself_is_not_written() -> None:
    try:
        try:
            raise ValueError("DETAIL: Failing row contains (Mrs Smith fell)")
        except ValueError as cause:
            raise RuntimeError("Key (email)=(nurse@example.org) already exists") from cause
    except RuntimeError as fault:
        said = written("Task failed: %r, %s", fault, fault)
    assert "Smith" not in said
    assert "nurse@example.org" not in said
    assert "Task failed: RuntimeError, RuntimeError" in said
    assert said.index("ValueError") < said.rindex("RuntimeError")
    assert "test_logs.py" in said


def test_a_fault_without_words_is_written_by_its_kind() -> None:
    try:
        raise KeyError
    except KeyError:
        assert written("Internal Server Error: /").endswith("KeyError")


def test_a_line_without_a_fault_is_left_as_it_is() -> None:
    assert written("The tick is %s.", "late") == "ERROR django.request: The tick is late."
