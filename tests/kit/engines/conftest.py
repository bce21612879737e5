"""Homes of their own, and programs that run beside a test and end with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playerbase.kit import engines

SOURCE = Path(engines.__file__).parents[3]
DEADLINE_SECONDS = 20.0

Beside = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def home() -> Iterator[Path]:
    with engines.throwaway_home() as path:
        yield path
        for pid in of_home(path):
            os.kill(pid, signal.SIGKILL)
        until(lambda: not of_home(path))


@pytest.fixture
def beside(home: Path) -> Iterator[Beside]:
    """Runs a Python program with the home as its first argument; what it writes can be read."""
    started: list[subprocess.Popen[str]] = []

    def run(program: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(home), *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), *filter(None, sys.path)])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def heard(process: subprocess.Popen[str], word: str) -> str:
    """What follows this word in the first line of the process that begins with it."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line.removeprefix(word).strip()
    raise AssertionError(f"the process ended without saying {word!r}")


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def of_home(home: Path) -> list[int]:
    """Every other process that names this home in its command line; the name is random, so they are ours."""
    return [pid for pid in processes() if os.fsencode(home) in command_line(pid)]


def processes() -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and entry.name != str(os.getpid())
    ]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
