"""The embedded PostgreSQL through every way of ending and starting again."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from playerbase.kit import engines
from playerbase.kit.engines import programs
from tests.kit.engines.conftest import Beside, heard, until

OWNER = """
import pathlib, sys, time
from playerbase.kit import engines
server = engines.postgres(pathlib.Path(sys.argv[1]))
print("pid", server.pid, flush=True)
time.sleep(60)
"""


async def write(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("create table kept (word text); insert into kept values ('kept')")
    await connection.close()


async def read(url: str) -> str:
    connection = await asyncpg.connect(url)
    word: str = await connection.fetchval("select word from kept")
    await connection.close()
    return word


def kill(server: engines.Engine) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not server.living())


async def test_a_restart_keeps_what_was_written(home: Path) -> None:
    with engines.postgres(home) as first:
        await write(first.url)
    assert not first.living()
    with engines.postgres(home) as second:
        assert await read(second.url) == "kept"


async def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    first = engines.postgres(home)
    await write(first.url)
    kill(first)
    with engines.postgres(home) as second:
        assert await read(second.url) == "kept"


async def test_a_connection_that_outlives_the_killed_server_is_waited_for(home: Path, beside: Beside) -> None:
    first = engines.postgres(home)
    await write(first.url)
    connection = await asyncpg.connect(first.url)
    stuck = connection.get_server_pid()
    os.kill(stuck, signal.SIGSTOP)
    kill(first)
    second = beside(OWNER)
    until(lambda: "still in use" in (home / "postgres.log").read_text())
    os.kill(stuck, signal.SIGKILL)
    connection.terminate()
    assert int(heard(second, "pid"))
    assert await read(first.url) == "kept"


async def test_a_server_whose_owner_was_killed_is_adopted_and_stopped(home: Path, beside: Beside) -> None:
    owner = beside(OWNER)
    pid = int(heard(owner, "pid"))
    owner.kill()
    owner.wait()
    with engines.postgres(home) as server:
        assert server.pid == pid
    assert not server.living()


async def test_the_number_of_a_killed_server_may_be_somebody_elses_by_now(home: Path) -> None:
    first = engines.postgres(home)
    await write(first.url)
    kill(first)
    noted = home / "postgres/postmaster.pid"
    # Of the same account, because PostgreSQL itself sees through a stranger's number.
    sleep, spawning = ["/bin/sleep", "60"], programs.account(home).spawning
    with subprocess.Popen(sleep, **spawning) as innocent:
        noted.write_text("\n".join([str(innocent.pid), *noted.read_text().splitlines()[1:], ""]))
        try:
            with engines.postgres(home) as second:
                assert second.pid != innocent.pid
                assert await read(second.url) == "kept"
            assert innocent.poll() is None
        finally:
            innocent.kill()


async def test_a_server_whose_door_was_tidied_away_is_started_again(home: Path) -> None:
    first = engines.postgres(home)
    (home / "run/.s.PGSQL.5432").unlink()
    with engines.postgres(home) as second:
        await write(second.url)
    assert not first.living()


@pytest.mark.parametrize("folder", ["with a space", "/".join(["deep"] * 30)])
async def test_a_home_may_have_any_path(home: Path, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYERBASE_HOME", str(home / folder))
    with engines.postgres(engines.home()) as server:
        await write(server.url)
        assert await read(server.url) == "kept"
    shutil.rmtree(parse_qs(urlsplit(server.url).query)["host"][0])


async def test_a_folder_whose_making_was_killed_is_swept(home: Path) -> None:
    half = home / "postgres.new-half"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    with engines.postgres(home, {"fsync": "off"}):
        assert not half.exists()


def test_a_server_that_cannot_start_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playerbase.kit.engines.engine.RETRY_SECONDS", 0.1)
    with pytest.raises(engines.CannotStart, match="no_such_setting"):
        engines.postgres(home, {"no_such_setting": "on"})


def test_a_long_log_begins_anew(home: Path) -> None:
    log = home / "postgres.log"
    log.write_text("x" * (programs.LOG_BYTES_MAX + 1))
    engines.postgres(home).stop()
    assert log.stat().st_size < 10_000
