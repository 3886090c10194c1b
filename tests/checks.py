"""`make check`: every check that runs no test, each said in a line; all run, even when one fails."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]


def checks() -> Iterator[tuple[str, list[str]]]:
    """Return each check: what it is about, and its command."""
    yield "style and banned clocks", [str(BIN / "ruff"), "check", "--quiet", "."]
    yield "layout of the code", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]
    yield "contracts between the apps", [str(BIN / "lint-imports")]
    yield "types", [str(BIN / "mypy"), "."]
    yield "templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]
    yield "migrations in step with the models", [*MANAGE, "makemigrations", "--check", "--dry-run"]
    yield "the framework's own checks", [*MANAGE, "check", "--fail-level", "WARNING"]
    yield (
        "the services by name",
        [
            str(BIN / "check-jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
    )
    yield "the image", [str(BIN / "hadolint"), "Dockerfile"]
    if any(Path().glob("*/management/commands/generate_docs.py")):
        yield "generated documents in step with the code", [*MANAGE, "generate_docs", "--check"]


def main() -> int:
    """Run every check and return 0 when all hold."""
    # Checks must not touch an installation's data, nor need a database.
    environ = {**os.environ, "DATA_DIR": str(Path(".data/checks").absolute()), "DEMO": "false"}
    failed = []
    for name, command in checks():
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, env=environ)
        seconds = time.monotonic() - started
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    print(f"{len(failed)} failed: {'; '.join(failed)}" if failed else "Every check holds.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
