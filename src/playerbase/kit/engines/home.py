"""The folder an installation lives in: where it is, its secret, and the claim that keeps a second start away."""

import base64
import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[4]
SYSTEM = Path("/var/lib/playerbase")
SECRET_BYTES = 32
PREDECESSORS_SECONDS = 3.0
CLOSED, ENTERABLE = 0o700, 0o711


class CannotStart(Exception):
    """One sentence for the person at the terminal: what is in the way, and what to do."""


class AlreadyRunning(CannotStart):
    """Another start holds this home; `pid` and `url` are what it wrote down, where it got that far."""

    def __init__(self, home: Path, pid: int | None, url: str | None) -> None:
        where = (f" at {url}" if url else "") + (f" (process {pid})" if pid else "")
        super().__init__(f"Playerbase is already running{where}, with its data in {home}.")
        self.pid, self.url = pid, url


def home() -> Path:
    """Where data, logs and the secret are kept; made if absent. Raises CannotStart when that is not allowed."""
    chosen = os.environ.get("PLAYERBASE_HOME")
    # One spelling, because a running engine is known again by the path it was started with.
    path = Path(chosen).resolve() if chosen else _usual()
    try:
        _make(path)
    except OSError as fault:
        raise CannotStart(f"{path} cannot be used: {fault.strerror}; set PLAYERBASE_HOME to another folder.") from None
    return path


@contextlib.contextmanager
def throwaway_home() -> Iterator[Path]:
    """A home that vanishes with the block; for tests and trials. Stop its engines before the block ends."""
    # Not below TMPDIR, which may be closed to the account of the engines or too deep for a socket.
    path = Path(tempfile.mkdtemp(prefix="playerbase-", dir="/tmp"))
    _make(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def secret(home: Path) -> str:
    """The secret of this installation, base64 of 32 random bytes: made once, readable by its owner alone."""
    kept = home / "secret"
    if not kept.exists():
        fresh = home / f"secret.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode())
            file.flush()
            os.fsync(file.fileno())
        # Linked, not written in place: whoever is killed in between leaves no empty secret, and the first one wins.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, kept)
        fresh.unlink()
    try:
        return kept.read_text().strip()
    except PermissionError:
        raise CannotStart(
            f"{kept} belongs to another account; start as that account, or set PLAYERBASE_HOME."
        ) from None


class Claim:
    """This process is the one that runs this home; the kernel takes the claim back when it dies."""

    def __init__(self, own: int, children: int) -> None:
        self._own = own
        # Every child holds this lock too, so the next start can tell when the last of them is gone.
        self.children = children

    def announce(self, url: str) -> None:
        """Write down where Playerbase answers, for a second start to say."""
        os.ftruncate(self._own, 0)
        os.pwrite(self._own, f"{os.getpid()}\n{url}\n".encode(), 0)

    def release(self) -> None:
        """Give the home free."""
        os.close(self.children)
        os.close(self._own)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def claim(home: Path) -> Claim:
    """Be the one process that runs this home; raises AlreadyRunning when another is."""
    own = _open(home / "lock")
    if not _locked(own, fcntl.LOCK_EX):
        pid, url, *_ = [*os.pread(own, 1000, 0).decode().splitlines(), "", ""]
        os.close(own)
        raise AlreadyRunning(home, int(pid) if pid.isdecimal() else None, url or None)
    children = _open(home / "children.lock")
    # Children of a start that was killed are on their way out; they still hold its port.
    deadline = time.monotonic() + PREDECESSORS_SECONDS
    while not _locked(children, fcntl.LOCK_EX) and time.monotonic() < deadline:
        time.sleep(0.02)
    _locked(children, fcntl.LOCK_SH)
    claimed = Claim(own, children)
    claimed.announce("")
    return claimed


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise CannotStart(
            f"{path} belongs to another account; start as that account, or set PLAYERBASE_HOME."
        ) from None


def _locked(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _usual() -> Path:
    if os.geteuid() == 0:
        # The engines refuse to run as root, and a checkout below /root is closed to everybody else.
        return SYSTEM / hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:16]
    return CHECKOUT / ".playerbase"


def _make(path: Path) -> None:
    # As root the engines run under another account, which must pass through; nobody but root may list.
    mode = ENTERABLE if os.geteuid() == 0 else CLOSED
    for folder in reversed([path, *path.parents]):
        # Folders that were there keep their permissions, except an empty one that is given to us whole.
        fresh = not folder.exists()
        if fresh:
            folder.mkdir(mode)
        if fresh or (folder == path and folder.stat().st_uid == os.geteuid() and not any(folder.iterdir())):
            folder.chmod(mode)
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError(13, "this account may not write there")
