"""The watch over children and engines."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.kit.engines.conftest import Beside, command_line, heard, until

CHILD = """
import os, signal, sys, time
from playerbase.kit import engines
engines.follow_parent(grace_seconds=0.2)
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("child", os.getpid(), flush=True)
open(os.path.join(sys.argv[1], "up"), "w").close()
time.sleep(60)
"""

SUPERVISOR = """
import pathlib, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # Whatever the run of the tests was started under.
from playerbase.kit import engines
from playerbase.kit.engines import supervisor
home, child, *arguments = sys.argv[1:]
supervisor.STOP_SECONDS, supervisor.BACKOFF_SECONDS = 0.5, 0.05
held = engines.claim(pathlib.Path(home))
started = [engines.redis(pathlib.Path(home))] if "engine" in arguments else []
print("engine", *(engine.pid for engine in started), flush=True)
up = pathlib.Path(home, "up")
watched = engines.Child("the child", [sys.executable, "-c", child, home, *arguments], ready=up.exists)
sys.exit(engines.supervise([watched], engines=started, claim=held, on_ready=lambda: print("ready", flush=True)))
"""


def gone(pid: int) -> bool:
    return not command_line(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_children_in_order(beside: Beside, number: signal.Signals) -> None:
    supervisor = beside(SUPERVISOR, CHILD)
    child = int(heard(supervisor, "child"))
    assert os.getpgid(child) != os.getpgid(supervisor.pid)  # The terminal's own signal must not reach it as well.
    os.killpg(supervisor.pid, number)
    assert supervisor.wait(timeout=60) == 0
    assert gone(child)


def test_a_killed_child_is_started_again_and_ready_is_said_once(beside: Beside) -> None:
    supervisor = beside(SUPERVISOR, CHILD)
    first = int(heard(supervisor, "child"))
    heard(supervisor, "ready")
    os.kill(first, signal.SIGKILL)
    assert heard(supervisor, "the child") == "ended (killed by SIGKILL); starting it again in 0.1 s."
    second = int(heard(supervisor, "child"))
    assert second != first
    supervisor.terminate()
    assert supervisor.stdout is not None
    assert "ready" not in supervisor.stdout.read()


@pytest.mark.parametrize("manner", ["obedient", "stubborn"])
def test_children_die_when_their_supervisor_is_killed(beside: Beside, manner: str) -> None:
    supervisor = beside(SUPERVISOR, CHILD, manner)
    child = int(heard(supervisor, "child"))
    supervisor.kill()
    supervisor.wait()
    until(lambda: gone(child))
    assert gone(child)


def test_a_child_that_does_not_stop_is_ended(beside: Beside) -> None:
    supervisor = beside(SUPERVISOR, CHILD, "stubborn")
    child = int(heard(supervisor, "child"))
    supervisor.terminate()
    assert heard(supervisor, "the child") == "does not stop; ending it."
    assert supervisor.wait() == 0
    assert gone(child)


def test_a_child_that_never_starts_is_given_up(beside: Beside) -> None:
    supervisor = beside(SUPERVISOR, "raise SystemExit(3)")
    assert heard(supervisor, "the child").startswith("ended (exit code 3)")
    assert heard(supervisor, "the child does") == "not start; stopping everything."
    assert supervisor.wait() == 1


def test_the_next_start_waits_for_the_children_of_a_killed_one(beside: Beside) -> None:
    first = beside(SUPERVISOR, CHILD, "stubborn")
    child = int(heard(first, "child"))
    first.kill()
    first.wait()
    second = beside(SUPERVISOR, CHILD)
    heard(second, "engine")
    assert gone(child)


def test_a_killed_engine_is_started_again_and_stopped_at_the_end(home: Path, beside: Beside) -> None:
    supervisor = beside(SUPERVISOR, CHILD, "engine")
    first = int(heard(supervisor, "engine"))
    heard(supervisor, "ready")
    os.kill(first, signal.SIGKILL)
    assert heard(supervisor, "Redis").startswith("ended")
    noted = home / "redis/redis.pid"
    until(lambda: noted.read_text().strip() not in {"", str(first)})
    second = int(noted.read_text())
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait() == 0
    assert gone(second)


def test_an_adopted_engine_is_stopped_at_the_end_too(beside: Beside) -> None:
    first = beside(SUPERVISOR, CHILD, "engine")
    engine = int(heard(first, "engine"))
    first.kill()
    first.wait()
    second = beside(SUPERVISOR, CHILD, "engine")
    assert int(heard(second, "engine")) == engine
    heard(second, "ready")
    second.terminate()
    assert second.wait() == 0
    assert gone(engine)


def test_the_supervisor_is_small(beside: Beside) -> None:
    supervisor = beside(SUPERVISOR, CHILD)
    heard(supervisor, "ready")
    status = Path(f"/proc/{supervisor.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    assert resident < 25_000


def test_a_process_without_a_supervisor_goes_on(beside: Beside) -> None:
    alone: subprocess.Popen[str] = beside(CHILD)
    assert int(heard(alone, "child")) == alone.pid
    assert alone.poll() is None
