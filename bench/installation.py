"""A Playerbase of the bench's own: started like a user would, in a home that vanishes."""

import base64
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import asyncpg

from playerbase.kit import engines
from playerbase.kit.crypto import Keys
from playerbase.kit.redis import DEFAULTS

READY_SECONDS = 120


class Installation(NamedTuple):
    """Where it answers, the demo game's key, its database and keys, and its processes."""

    host: str
    port: int
    key: str
    dsn: str
    keys: Keys
    roots: list[int]
    started_seconds: float
    redis: str


@contextlib.contextmanager
def installation() -> Iterator[Installation]:
    """Everything `bin/up` starts, with limits out of the way; stopped afterwards."""
    with engines.throwaway_home() as home:
        environ = {**os.environ, "PLAYERBASE_HOME": str(home), "LOG_LEVEL": "INFO"}
        log = home / "bench.log"
        began = time.monotonic()
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "playerbase", "up"],
                env=environ, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            text = _greeting(log, process)
            took = time.monotonic() - began
            url = text.split("Console   http://", 1)[1].split("/", 1)[0]
            key = text.split("API key   ", 1)[1].split("\n", 1)[0]
            host, port = url.rsplit(":", 1)
            postgres = engines.postgres(home)
            roots = [process.pid, *(pid for engine in (postgres, engines.redis(home)) if (pid := engine.pid))]
            keys = Keys.derive(base64.b64decode(engines.secret(home)))
            yield Installation(host, int(port), key, postgres.url, keys, roots, took, engines.redis(home).url)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


async def lift_limits(dsn: str) -> None:
    """Numbers no load reaches; the limiter still counts every request."""
    connection = await asyncpg.connect(dsn)
    await connection.executemany(
        "insert into kit.limits (category, count, window_seconds, reason, set_by, set_at)"
        " values ($1, 2000000000, 60, 'load', 'bench', now())",
        [(category,) for category in DEFAULTS],
    )
    await connection.close()


def _greeting(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        text = log.read_text(errors="replace")
        if "API key   " in text and text.rstrip().endswith("}'"):
            return text
        time.sleep(0.05)
    raise SystemExit(f"Playerbase did not start:\n{log.read_text(errors='replace')[-3000:]}")
