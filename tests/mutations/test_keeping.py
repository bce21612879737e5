"""Nothing that a run has started is left, however the run ends: by itself, too late, or killed with its group."""

import os
import signal
import subprocess
import sys

import pytest

from tests.mutations.keeping import TOO_LATE
from tests.mutations.mutation import ROOT

# Engines are started like this: in sessions of their own, one of them by somebody who goes away without a word.
PROGRAM = """
import os, signal, subprocess, sys
from tests.mutations import keeping

ENGINE = ["sleep", "1000"]
DEAF = ["sh", "-c", "trap '' TERM; echo deaf; sleep 1000 & wait"]
STARTER = "import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)"

def work():
    subprocess.run([sys.executable, "-c", STARTER])
    subprocess.Popen(ENGINE, start_new_session=True)
    subprocess.Popen(DEAF, start_new_session=True)
    if sys.argv[1] != "done":
        signal.pause()
    return 7

def run(holder):
    return keeping.keep(work, holder=holder, seconds_max=1 if sys.argv[1] == "late" else None)

keeping.GRACE_SECONDS = 0.5
sys.exit(keeping.watched(run))
"""


def started(how: str) -> "subprocess.Popen[str]":
    """All that it starts holds the end of this pipe open, so that the pipe ends with the last of them."""
    command = [sys.executable, "-c", PROGRAM, how]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize(("how", "code"), [("done", 7), ("late", TOO_LATE)])
def test_what_a_run_has_started_ends_with_it(how: str, code: int) -> None:
    with started(how) as program:
        said, _ = program.communicate(timeout=30)
        assert (said, program.returncode) == ("deaf\n", code)


def test_it_ends_too_when_the_whole_group_is_killed() -> None:
    with started("killed") as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "deaf\n"
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate(timeout=30)
        assert program.returncode == -signal.SIGKILL
