"""Ends whatever was started below, however it ends: an engine has a session of its own, and outlives who was killed."""

import contextlib
import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path

GRACE_SECONDS = 15.0  # More than a supervisor gives its children.
LOOK_SECONDS = 0.1  # For those who have lost their parents meanwhile.
TOO_LATE = 124
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def watched(work: Callable[[int], int]) -> int:
    """Do it in a process with a session of its own, there still when this one is killed with its group; its exit code.

    It is given a ``holder`` for ``keep``: a pipe whose other end this process alone has.
    """
    _adopt()
    holder, held = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        os.setsid()
        os.close(held)
        _do(lambda: work(holder))
    os.close(holder)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1])
    finally:
        os.close(held)
        _end_children()


def keep(work: Callable[[], int], *, holder: int, seconds_max: float | None = None) -> int:
    """Do it in a child; when it is done, too late, or ``holder`` has lost its other end, end all that it has started.

    Returns the exit code, TOO_LATE if it was not done.
    """
    _adopt()
    child = os.fork()
    if child == 0:
        _do(work)
    done = os.pidfd_open(child)
    is_done = done in wait([done, holder], seconds_max)
    os.close(done)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if is_done else TOO_LATE
    _end_children()
    return code & 0xFF


def _do(work: Callable[[], int]) -> None:
    code = 1
    try:
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _adopt() -> None:
    """Who loses their parent below this process becomes its child, and not the child of init."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _end_children() -> None:
    """End every child, and theirs, who become ours when their parents are gone: politely first."""
    told: set[int] = set()
    late = time.monotonic() + GRACE_SECONDS
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        children = list(_children())
        for pid in children:
            # One that was not reaped yet is still there, so the number is nobody else's.
            if time.monotonic() > late:
                os.kill(pid, signal.SIGKILL)
            elif pid not in told:
                os.kill(pid, signal.SIGTERM)
                told.add(pid)
        ends = [os.pidfd_open(pid) for pid in children]
        wait(ends, LOOK_SECONDS)
        for each in ends:
            os.close(each)


def _children() -> Iterator[int]:
    own = os.getpid()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything; after it come the state and the parent.
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == own:
                yield int(folder.name)
