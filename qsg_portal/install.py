"""Make the virtual environment: what `make` runs first, with whatever Python the machine has.

Standard library only, and nothing of the portal: none of it can be imported yet. Run as
a script: ``python3 -I qsg_portal/install.py requirements.txt [more locks]``.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
SAID_EVERY_SECONDS = 10

REASONS = [
    ("No space left on device", "the disk is full; make room"),
    ("Permission denied", f"{PROJECT} cannot be written; check who owns it"),
    (
        "DO NOT MATCH THE HASHES",
        "a package is not the one that was locked; ask who looks after your package index",
    ),
    ("No matching distribution", "a package cannot be had for this Python or machine; try Python 3.11"),
    ("Temporary failure in name resolution", "the package index cannot be reached; check the network"),
    ("Connection", "the package index cannot be reached; check the network"),
]


class CannotInstall(Exception):
    """The environment cannot be made; the message is one plain sentence."""


def main(locks: list[str]) -> int:
    """Make or refresh the environment.

    Args:
        locks: the lock files whose packages are wanted, below the project's folder.

    Returns:
        The exit code: 0, or 1 after one sentence on what to do.
    """
    try:
        _bring_up_to_date([PROJECT / lock for lock in locks])
    except CannotInstall as refusal:
        _say(str(refusal))
        return 1
    except OSError as problem:
        _say(f"The packages could not be installed: {_reason(str(problem))}. Then try again.")
        return 1
    except KeyboardInterrupt:
        _say("Stopped. Nothing is lost; the next time goes on from here.")
        return 130
    return 0


def _bring_up_to_date(locks: list[Path]) -> None:
    """Install what the locks say, unless the stamps say it is there."""
    broken = _what_is_broken()
    fresh = broken is None
    wanted = [lock for lock in locks if broken is None or broken or _stamp(lock) != _kept_stamp(lock)]
    if not wanted:
        return
    if broken:
        _say(f"Missing from {VENV.name}: {', '.join(broken)}.")
    if fresh:
        _say(f"Making a virtual environment in {VENV.name} (Python {sys.version.split()[0]}) ...")
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True
        )
        if made.returncode != 0:
            raise CannotInstall(_why_no_venv(made.stdout + made.stderr))
    count = sum(
        line[:1].isalnum() and "==" in line for lock in wanted for line in lock.read_text().splitlines()
    )
    _say(f"Installing {count} packages, each checked against its locked hash ...")
    _pip(wanted, again=bool(broken))
    for lock in wanted:
        (VENV / f"{lock.name}.installed").write_text(_stamp(lock))


def _pip(locks: list[Path], *, again: bool) -> None:
    """Install, saying now and then that it still goes on."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", *(part for lock in locks for part in ("-r", str(lock)))]
    command += ["--force-reinstall"] if again else []
    log = VENV / "install.log"
    started = said = time.monotonic()
    with log.open("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=PROJECT)
        try:
            while process.poll() is None:
                time.sleep(0.1)
                if time.monotonic() - said > SAID_EVERY_SECONDS:
                    said = time.monotonic()
                    _say(f"  still installing ({said - started:.0f} s)")
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if process.returncode != 0:
            output.seek(0)
            raise CannotInstall(
                f"The packages could not be installed: {_reason(output.read())}. Then try again. (All of it: {log})"
            )
    _say(f"  installed in {time.monotonic() - started:.0f} s")


# Asked of the environment's own Python: its folder, then every package of which files are gone.
ASK = """
import sys
from importlib.metadata import distributions
print(sys.prefix)
for one in distributions():
    modules = [f for f in one.files or [] if f.suffix == ".py"][:3]
    if not all(one.locate_file(f).exists() for f in modules):
        print(one.name)
import pip
"""


def _what_is_broken() -> list[str] | None:
    """Return the packages that are damaged, or None without an environment that works at all.

    One that was moved or half made does not work; the folder is then made anew.
    """
    try:
        answer = subprocess.run([str(PYTHON), "-c", ASK], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    prefix, *damaged = answer.stdout.splitlines() or [""]
    if answer.returncode != 0 or Path(prefix).resolve() != VENV.resolve():
        return None
    return damaged


def _stamp(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _kept_stamp(lock: Path) -> str:
    try:
        return (VENV / f"{lock.name}.installed").read_text()
    except OSError:
        return ""


def _why_no_venv(output: str) -> str:
    if "ensurepip" in output:
        return "This Python comes without its venv part. On Debian or Ubuntu: apt-get install python3-venv. Then try again."
    return f"The virtual environment could not be made: {_reason(output)}. Then try again."


def _reason(output: str) -> str:
    for sign, reason in REASONS:
        if sign in output:
            return reason
    lines = [line.strip() for line in output.splitlines() if "WARNING" not in line and line.strip()]
    errors = [line for line in lines if "rror" in line] or lines or ["no reason was given"]
    return errors[-1].removeprefix("ERROR: ").rstrip(".")


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201


if __name__ == "__main__":
    os.chdir(PROJECT)
    sys.exit(main(sys.argv[1:]))
