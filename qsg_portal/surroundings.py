"""What the portal finds around it: its data folder, its addresses, its secret.

Standard library only: settings, the supervisor and the tests all read it, and none
of them may need the others.
"""

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

DATABASE = "qsg_portal"
OWNER_ROLE = "qsg_owner"
WEB_ROLE = "qsg_web"
CLOCKWORK_ROLE = "qsg_clockwork"

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# A Unix socket's path has room for about a hundred characters, the file's name included.
LONGEST_SOCKET_FOLDER = 80


class CannotStart(Exception):
    """Something around the portal stops it; the message is one plain sentence for a person."""


class Given(Mapping[str, str]):
    """The environment, in which ``NAME_FILE`` may name the file that holds what ``NAME`` would say.

    So a secret need not stand where a list of processes, or a description of a container, shows it.
    Where both are given, the value itself counts.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        """Read ``environ``; files are read when they are asked for."""
        self.environ = environ

    def __getitem__(self, name: str) -> str:
        """Return the value.

        Raises:
            KeyError: neither it nor a file with it is given.
            CannotStart: the file cannot be read.
        """
        if name in self.environ or f"{name}_FILE" not in self.environ:
            return self.environ[name]
        path = self.environ[f"{name}_FILE"]
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is not text"
            raise CannotStart(
                f"{name}_FILE names {path}, which cannot be read ({reason}). Let the portal's user read it, "
                f"or give {name} itself."
            ) from problem

    def __contains__(self, name: object) -> bool:
        """Return whether it is given, the file not read."""
        return name in self.environ or f"{name}_FILE" in self.environ

    def __iter__(self) -> Iterator[str]:
        """Return the names as they stand in the environment."""
        return iter(self.environ)

    def __len__(self) -> int:
        """Return how many names the environment has."""
        return len(self.environ)


GIVEN = Given()


def data_dir(environ: Mapping[str, str] = GIVEN) -> Path:
    """Return where this installation keeps its data.

    Args:
        environ: the environment to read.

    Returns:
        ``DATA_DIR`` when given, else ``/var/lib/qsg-portal`` for root, else
        ``qsg-portal`` in the user's own data folder. The folder need not exist.
    """
    if given := environ.get("DATA_DIR"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/qsg-portal")
    base = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base).absolute() / "qsg-portal"


def socket_folder(folder: Path) -> Path:
    """Return where a server that keeps its data in ``folder`` puts its socket.

    Args:
        folder: the server's own folder, private to it.

    Returns:
        ``folder`` itself, or a short name in the temporary folder when ``folder`` is too
        long for a Unix socket.
    """
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    mark = hashlib.sha256(f"{os.geteuid()} {folder}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qsg-portal-{mark}"


def embedded_database_url(folder: Path, role: str, database: str = DATABASE) -> str:
    """Return the address of the portal's own PostgreSQL.

    Args:
        folder: the data folder.
        role: who connects: the owner, the web or the clockwork.
        database: the database's name.
    """
    return f"postgresql://{role}@/{database}?host={socket_folder(folder / 'postgresql')}"


def database_url(environ: Mapping[str, str] = GIVEN) -> str:
    """Return the address of the database that was given, its password in it, or "" when none was.

    Args:
        environ: the environment to read: ``DATABASE_URL``, or else ``DATABASE_OWNER_URL``; ``DATABASE_PASSWORD`` goes
            into the one that counts.
    """
    given = Given(environ)
    url = given.get("DATABASE_URL") or given.get("DATABASE_OWNER_URL") or ""
    password = given.get("DATABASE_PASSWORD")
    if not password or "://" not in url:
        return url
    parts = urlsplit(url)
    names, _, host = parts.netloc.rpartition("@")
    user = names.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def embedded_broker_url(folder: Path) -> str:
    """Return the address of the portal's own Valkey, for the data folder ``folder``."""
    return f"unix://{socket_folder(folder / 'valkey')}/broker.sock?db=0"


def secret_key(environ: Mapping[str, str] = GIVEN) -> str:
    """Return the installation's secret key, made once and kept beside its data.

    Args:
        environ: the environment to read; ``SECRET_KEY`` wins.

    Raises:
        CannotStart: the data folder cannot be written or the kept key cannot be read.
    """
    if given := Given(environ).get("SECRET_KEY"):
        return given
    path = data_dir(environ) / "secret_key"
    try:
        if not path.exists():
            _keep_new_secret(path)
        key = path.read_text().strip()
    except OSError as problem:
        raise CannotStart(
            f"The secret key cannot be kept in {path} ({problem.strerror}). "
            "Set DATA_DIR to a folder that can be written, or set SECRET_KEY."
        ) from problem
    if not key:
        raise CannotStart(
            f"{path} is empty. Delete it, and the portal makes another; everybody signs in again."
        )
    return key


def _keep_new_secret(path: Path) -> None:
    """Write a new secret, whole or not at all: of two processes starting at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class Claim:
    """Holds a data folder for one running portal."""

    def __init__(self, data_dir: Path) -> None:
        """Take the folder.

        Raises:
            CannotStart: another portal runs from it, or it cannot be written.
        """
        path = data_dir / "running"
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
            self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise CannotStart(
                f"{data_dir} cannot be used ({problem.strerror}). Choose a folder that can be written with DATA_DIR."
            ) from problem
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            holder = os.read(self.file, 20).decode().strip()
            self.give_back()
            raise CannotStart(
                f"The portal already runs from {data_dir} (process {holder}). "
                "Stop that one first, or give this one another folder with DATA_DIR."
            ) from problem
        os.ftruncate(self.file, 0)
        os.write(self.file, f"{os.getpid()}\n".encode())

    def give_back(self) -> None:
        """Let another portal have the folder."""
        os.close(self.file)
