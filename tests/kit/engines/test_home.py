"""Where an installation lives, and that it is run once."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playerbase.kit import engines
from playerbase.kit.engines import programs
from tests.kit.engines.conftest import Beside, heard

HOLDER = """
import pathlib, sys, time
from playerbase.kit import engines
held = engines.claim(pathlib.Path(sys.argv[1]))
held.announce("http://127.0.0.1:8080")
print("held", flush=True)
time.sleep(60)
"""


def test_the_secret_is_made_once_and_closed(home: Path) -> None:
    with ThreadPoolExecutor(8) as crowd:
        found = set(crowd.map(lambda _: engines.secret(home), range(8)))
    assert found == {engines.secret(home)}
    assert (home / "secret").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in home.iterdir()] == ["secret"]


def test_the_home_is_where_one_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "alias").symlink_to(home)
    for spelling in ["a/b", "a/../a/b", "alias/a/b"]:
        monkeypatch.setenv("PLAYERBASE_HOME", str(home / spelling))
        assert engines.home() == home / "a/b"
    assert (home / "a/b").is_dir()


def test_a_file_in_the_place_of_the_home_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("PLAYERBASE_HOME", str(home / "file/below"))
    with pytest.raises(engines.CannotStart, match="set PLAYERBASE_HOME"):
        engines.home()


def test_folders_that_were_there_keep_their_permissions(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "closed").mkdir(0o700)
    (home / "closed/used").mkdir(0o700)
    (home / "closed/used/something").touch()
    for place in ["closed/used", "closed/used/new"]:
        monkeypatch.setenv("PLAYERBASE_HOME", str(home / place))
        engines.home()
    assert [(home / place).stat().st_mode & 0o777 for place in ["closed", "closed/used"]] == [0o700, 0o700]


def test_a_closed_parent_is_said_when_the_engines_need_another_account(home: Path) -> None:
    below = home / "closed/home"
    below.mkdir(parents=True)
    below.parent.chmod(0o700)
    if os.geteuid() == 0:
        with pytest.raises(engines.CannotStart, match="cannot enter"):
            programs.account(below)
    else:
        assert programs.account(below).uid == os.geteuid()


def test_a_folder_for_sockets_that_others_may_enter_is_refused(home: Path) -> None:
    (home / "run").mkdir()
    (home / "run").chmod(0o755)
    with pytest.raises(engines.CannotStart, match="closed to all others"):
        programs.socket_folder(home, programs.account(home))


def test_a_second_start_is_told_where_the_first_one_is(home: Path, beside: Beside) -> None:
    first = beside(HOLDER)
    heard(first, "held")
    with pytest.raises(engines.AlreadyRunning, match=r"already running at http://127\.0\.0\.1:8080") as told:
        engines.claim(home)
    assert told.value.pid == first.pid
    first.kill()
    first.wait()
    with engines.claim(home):
        pass
    with engines.claim(home):
        pass
