"""The locks say what the lists of packages ask for, no less and no more, each by its hash."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
OLDEST = {"python_version": "3.11", "python_full_version": "3.11.0"}
"""The Python that the locks are made for."""
NAMES = ("requirements", "requirements-dev")


def asked(name: str) -> list[tuple[Requirement, str]]:
    """What a list asks for, each with the comment that says why."""
    lines = [line for line in (ROOT / f"{name}.in").read_text().splitlines() if line.strip()]
    parts = [line.partition("#") for line in lines if not line.startswith(("-", "#"))]
    return [(Requirement(one), why.strip()) for one, _, why in parts]


def locked(name: str) -> dict[str, tuple[Version, int]]:
    """What a lock holds: each package's version and how many hashes it has."""
    text = (ROOT / f"{name}.txt").read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        said = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
        if said:
            found[canonicalize_name(said[1])] = (Version(said[2]), line.count("--hash=sha256:"))
    return found


def needed(name: str) -> set[str]:
    """Every package that a list leads to, by what the installed packages say of themselves."""
    waiting, seen = [one for one, _ in asked(name)], set()
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        mark = (canonicalize_name(one.name), frozenset(one.extras))
        if mark in seen:
            continue
        seen.add(mark)
        found.add(mark[0])
        try:
            more = [Requirement(text) for text in requires(one.name) or []]
        except PackageNotFoundError:
            continue
        waiting += [
            need
            for need in more
            if need.marker is None
            or any(need.marker.evaluate({**OLDEST, "extra": extra}) for extra in {"", *one.extras})
        ]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_for_is_locked_within_its_bounds_and_by_hash(name: str) -> None:
    lock = locked(name)
    assert [str(one) for one, _ in asked(name) if canonicalize_name(one.name) not in lock] == []
    assert [
        str(one) for one, _ in asked(name) if lock[canonicalize_name(one.name)][0] not in one.specifier
    ] == []
    assert [one for one, (_, hashes) in lock.items() if not hashes] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_locked(name: str) -> None:
    assert sorted(set(locked(name)) - needed(name)) == []


def test_each_package_of_the_portal_says_why_it_is_there() -> None:
    assert [str(one) for one, why in asked("requirements") if not why] == []


def test_both_locks_agree() -> None:
    portal, work = locked("requirements"), locked("requirements-dev")
    assert [name for name in portal if name in work and portal[name] != work[name]] == []


def test_no_lock_names_a_place_to_download_from() -> None:
    assert [name for name in NAMES if "://" in (ROOT / f"{name}.txt").read_text()] == []
