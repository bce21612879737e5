"""A whole Playerbase in processes of its own, as `bin/up` starts it, for tests that kill some of them."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import httpx

from playerbase.kit import engines
from playerbase.kit.outbox import backlog
from tests.homes import HASHING_CHEAPLY

READY_SECONDS = 90


class Installation(NamedTuple):
    url: str
    key: str
    password: str
    dsn: str
    home: Path
    supervisor: subprocess.Popen[bytes]

    def children(self) -> dict[str, int]:
        """The processes below the supervisor, by their command."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == self.supervisor.pid:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    found[words[words.index(b"playerbase") + 1].decode()] = int(entry.name)
        return found

    def kill(self, victim: str) -> None:
        """End one part without warning."""
        if victim == "postgres":
            pid = engines.postgres(self.home).pid
        elif victim == "redis":
            pid = engines.redis(self.home).pid
        else:
            pid = self.children()[victim]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)


@contextlib.asynccontextmanager
async def started(home: Path, *words: str, **environ: str) -> AsyncIterator[Installation]:
    """Start it in this home and wait until it answers; stopped in order afterwards."""
    log = home / f"up-{time.time_ns()}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "playerbase", "up", *words],
            env={**os.environ, **HASHING_CHEAPLY, "PLAYERBASE_HOME": str(home), **environ},
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        text = await _greeting(log, process)
        url = text.split("Console   ", 1)[1].split("/console", 1)[0]
        key = text.split("API key   ", 1)[1].split("\n", 1)[0]
        password = text.split("Operator  ", 1)[1].split("\n", 1)[0].split("  ")[-1]
        yield Installation(url, key, password, engines.postgres(home).url, home, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(READY_SECONDS)


async def _greeting(log: Path, process: subprocess.Popen[bytes]) -> str:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            text = log.read_text(errors="replace")
            if "API key   " in text and text.split("API key   ", 1)[1].count("\n") > 2:
                return text
            assert process.poll() is None, text[-3000:]
            await a_moment()


async def a_moment() -> None:
    """Let other processes get on; they tell us nothing, so we look again soon."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await asyncio.Event().wait()


async def until_settled(dsn: str) -> None:
    """Wait until no reader has anything left to read."""
    async with asyncio.timeout(90):
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(dsn)
                try:
                    if not any(reader.waiting for reader in await backlog(connection, 1)):
                        return
                finally:
                    await connection.close()
            await a_moment()


async def until_ready(there: Installation) -> None:
    """Wait until what was killed is there again and the API says that it can do its work."""
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await client.get(f"{there.url}/health/ready")
                if answer.status_code == 200 and {"serve", "work"} <= set(there.children()):
                    return
            await a_moment()
