"""How a child learns that its parent is gone, however the parent went: a pipe that only the parent holds open."""

import os
import signal
import threading
import time

VARIABLE = "PLAYERBASE_LIFELINE"
GRACE_SECONDS = 10.0


def follow_parent(grace_seconds: float = GRACE_SECONDS) -> None:
    """End this process when its supervisor ends: SIGTERM at once, and the hard way after the grace. Call it first."""
    fd = os.environ.pop(VARIABLE, "")  # Not for grandchildren, who do not inherit the pipe.
    if fd.isdecimal():
        threading.Thread(target=_watch, args=(int(fd), grace_seconds), name="lifeline", daemon=True).start()


def _watch(fd: int, grace_seconds: float) -> None:
    try:
        os.read(fd, 1)  # Nobody ever writes: this returns when the last writer is gone.
    except OSError:
        return  # The variable came from elsewhere, and no supervisor with it.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_seconds)
    os._exit(1)
