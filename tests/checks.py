"""`make check`: every check that runs no test, each said in a line; all run, even when one fails."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
OWN_RULES = ["tests/house/test_source.py", "tests/house/test_locks.py"]
TEXT = {".py", ".toml", ".yml", ".sql", ".sh", ".md", ".in", ""}
NOT_OURS = {
    ".venv",
    ".git",
    ".data",
    "node_modules",
    "staticfiles",
    "secrets",
    "backups",
    "migrations",
    "__pycache__",
}
DEPLOYED = {
    "PORTAL_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "DEFAULT_FROM_EMAIL": "portal@portal.example",
    "SECRET_KEY": secrets.token_urlsafe(50),
}
"""A deployment's settings, for the checks of one."""


def sources() -> list[str]:
    """Return the files that somebody wrote."""
    files = (path for path in Path().rglob("*") if path.suffix in TEXT and path.is_file())
    return sorted(
        str(path) for path in files if not NOT_OURS & set(path.parts) and not path.parts[0].endswith("_cache")
    )


def checks() -> Iterator[tuple[str, list[str]]]:
    """Return each check: what it is about, and its command."""
    yield "style and banned clocks", [str(BIN / "ruff"), "check", "--quiet", "."]
    yield "layout of the code", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]
    yield "contracts between the apps", [str(BIN / "lint-imports")]
    yield "types", [str(BIN / "mypy"), "."]
    yield "templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]
    yield "migrations in step with the models", [*MANAGE, "makemigrations", "--check", "--dry-run"]
    yield (
        "the services by name",
        [
            str(BIN / "check-jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
    )
    yield (
        "unsafe calls",
        [str(BIN / "bandit"), "--quiet", "--recursive", "--configfile", "pyproject.toml", "."],
    )
    yield (
        "secrets in the source",
        [
            *(
                str(BIN / "detect-secrets-hook"),
                "--no-verify",
                "--cores",
                "2",
                "--disable-plugin",
                "KeywordDetector",
            ),
            *("--exclude-lines", r"user:password@|u:hidden@|^ALPHABET = "),
            *sources(),
        ],
    )
    yield "the source's own rules, and the locks", [sys.executable, "-m", "pytest", "-q", *OWN_RULES]
    yield (
        "the framework's own checks, and those of a deployment",
        [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    )
    yield "the image", [str(BIN / "hadolint"), "Dockerfile"]
    if any(Path().glob("*/management/commands/generate_docs.py")):
        yield "generated documents in step with the code", [*MANAGE, "generate_docs", "--check"]


def main() -> int:
    """Run every check and return 0 when all hold."""
    # Checks must not touch an installation's data, nor need a database.
    environ = {**os.environ, "DATA_DIR": str(Path(".data/checks").absolute()), "DEMO": "false", **DEPLOYED}
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
