"""The embedded PostgreSQL: made once, adopted when it is running, recovered when it was killed."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from playerbase.kit.engines import programs, wire
from playerbase.kit.engines.engine import Engine, command
from playerbase.kit.engines.home import CannotStart
from playerbase.kit.engines.progress import step

NAME = "playerbase"  # Of the database and of the role that owns it.
NO_SUCH_DATABASE, DATABASE_EXISTS, STARTING, FULL = "3D000", "42P04", "57P03", "53300"

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "jit": "off",  # The statements are short; compiling them costs more than it saves.
    "io_method": "sync",  # Three processes less, and the data of a small installation is in memory anyway.
    "max_logical_replication_workers": "0",
    "autovacuum": "on",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


def postgres(home: Path, settings: Mapping[str, str] | None = None) -> Engine:
    """The PostgreSQL of this home, answering, with an empty database `playerbase` the first time.

    `settings` are server settings laid over ours, for one that is started, not for one that is adopted.
    Raises CannotStart.
    """
    who = programs.account(home)
    binaries = programs.postgres_programs(home, who)
    data = home / "postgres"
    if not (data / "PG_VERSION").exists():
        _make(home, data, binaries, who)
    folder = programs.socket_folder(home, who)
    log = home / "postgres.log"
    options = [f"--{name}={value}" for name, value in {**SETTINGS, **(settings or {})}.items()]
    argv = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options]
    return Engine(
        "PostgreSQL",
        f"postgresql://{NAME}@/{NAME}?host={quote(str(folder))}",
        log=log,
        spawn=lambda: _spawn(argv, data, log, who),
        socket=folder / ".s.PGSQL.5432",
        find=lambda: _find(data),
        ready=_answers,
        stop_signals=(signal.SIGINT, signal.SIGQUIT),  # Fast: roll back and checkpoint. Immediate: recover next time.
    ).start()


def _make(home: Path, data: Path, binaries: Path, who: programs.Account) -> None:
    for leftover in home.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # A name of its own for each attempt: the initdb of a start that was killed still runs, and tidies up after itself.
    fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=home))
    os.chown(fresh, who.uid, who.gid)
    # Every local connection is trusted, because only root and the account of the server can enter the folder of the
    # socket (0700), and both could read the data without asking; there is no other way in, not even over loopback.
    argv = [str(binaries / "initdb"), "-D", str(fresh), "-U", NAME, "--auth-local=trust", "--auth-host=reject"]
    # PostgreSQL's own locale sorts the same on every machine, whatever its C library.
    argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    with step("Making the database (first start only)"):
        made = subprocess.run(argv, check=False, capture_output=True, text=True, **who.spawning)  # noqa: S603 - ours.
        if made.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make its folder: {made.stderr.strip()}")
        fresh.rename(data)


def _spawn(argv: list[str], data: Path, log: Path, who: programs.Account) -> subprocess.Popen[bytes]:
    spawning = who.spawning
    stale = _noted(data)
    if stale is not None and _find(data) is None:
        # A server that was killed leaves its number behind, and the kernel may have given that number to somebody else
        # since. PostgreSQL then refuses to start, except when the number is its grandparent's: so it is told. It goes
        # on to check for itself that no helper of the killed server still holds the shared memory.
        spawning["env"] = {**spawning["env"], "PG_GRANDPARENT_PID": str(stale)}
    fd = programs.log_file(log)
    try:
        # In a session of its own, so that Ctrl-C at the terminal reaches the supervisor alone.
        return subprocess.Popen(  # noqa: S603 - Our own argument list.
            argv, stdout=fd, stderr=fd, start_new_session=True, **spawning
        )
    finally:
        os.close(fd)


def _noted(data: Path) -> int | None:
    try:
        number = (data / "postmaster.pid").read_text().partition("\n")[0].strip()
    except OSError:
        return None
    return int(number) if number.isdecimal() else None


def _find(data: Path) -> int | None:
    pid = _noted(data)
    argv = command(pid) if pid is not None else []
    # The command line is compared, since the number alone may be another process by now.
    return pid if argv[:1] and Path(argv[0]).name == "postgres" and str(data) in argv else None


def _answers(path: Path) -> bool:
    try:
        wire.ask(path, user=NAME, database=NAME)
    except OSError:
        return False
    except wire.Refused as refused:
        if refused.code == NO_SUCH_DATABASE:
            return _create(path)
        if refused.code == STARTING:
            return False
        if refused.code != FULL:  # A server whose every place is taken is up.
            raise CannotStart(f"PostgreSQL refuses its own application ({refused}).") from None
    return True


def _create(path: Path) -> bool:
    try:
        wire.ask(path, user=NAME, database="postgres", statement=f"create database {NAME}")
    except OSError:
        return False
    except wire.Refused as refused:
        if refused.code != DATABASE_EXISTS:
            raise CannotStart(f"PostgreSQL could not make the database ({refused}).") from None
    return True
