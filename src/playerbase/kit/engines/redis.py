"""The embedded Redis: counts and caches that survive a restart, adopted when it is running."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from playerbase.kit.engines import programs
from playerbase.kit.engines.engine import Engine, command

WAIT_SECONDS = 5.0

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory": "128mb",
    "maxmemory-policy": "noeviction",  # A rate limit that is evicted is a rate limit that is off.
}


def redis(home: Path) -> Engine:
    """The Redis of this home, answering; raises CannotStart."""
    who = programs.account(home)
    program = programs.redis_program(home, who)
    data = programs.private_folder(home / "redis", who)
    path = programs.socket_folder(home, who) / "redis.sock"
    pidfile, log = data / "redis.pid", home / "redis.log"
    own = {"unixsocket": str(path), "dir": str(data), "pidfile": str(pidfile)}
    argv = [str(program), *(word for name, value in {**SETTINGS, **own}.items() for word in (f"--{name}", value))]
    return Engine(
        "Redis",
        f"unix://{quote(str(path))}",
        log=log,
        spawn=lambda: _spawn(argv, log, who),
        socket=path,
        find=lambda: _find(pidfile, path),
        ready=_answers,
        stop_signals=(signal.SIGTERM,),
    ).start()


def _spawn(argv: list[str], log: Path, who: programs.Account) -> subprocess.Popen[bytes]:
    fd = programs.log_file(log)
    try:
        # In a session of its own, so that Ctrl-C at the terminal reaches the supervisor alone.
        return subprocess.Popen(  # noqa: S603 - Our own argument list.
            argv, stdout=fd, stderr=fd, start_new_session=True, **who.spawning
        )
    finally:
        os.close(fd)


def _find(pidfile: Path, path: Path) -> int | None:
    try:
        number = pidfile.read_text().strip()
    except OSError:
        return None
    # A running server shows its socket in place of its arguments; the number alone may be another process by now.
    words = " ".join(command(int(number))) if number.isdecimal() else ""
    return int(number) if "redis-server" in words and str(path) in words else None


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(WAIT_SECONDS)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"  # While it loads its file it says -LOADING.
    except OSError:
        return False
