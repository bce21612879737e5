"""One running engine: found or started, watched, stopped."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from playerbase.kit.engines.home import CannotStart

READY_SECONDS = 60.0  # Recovery after a crash replays the write-ahead log before anybody is let in.
RETRY_SECONDS = 10.0  # The last helpers of a killed server may hold its memory for a moment.
ADOPTION_SECONDS = 2.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02


class Engine:
    """A server of this home. `url` is how the application reaches it; leaving a `with` block stops it."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        log: Path,
        spawn: Callable[[], subprocess.Popen[bytes]],
        socket: Path,
        find: Callable[[], int | None],
        ready: Callable[[Path], bool],
        stop_signals: tuple[signal.Signals, ...],
    ) -> None:
        self.name, self.url = name, url
        self._log, self._spawn, self._socket, self._find, self._ready = log, spawn, socket, find, ready
        self._stop_signals = stop_signals
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, whoever started it; None when none is running."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        return self._find()

    def living(self) -> bool:
        """Whether its process is there; it may still be on its way to answering."""
        return self.pid is not None

    def launch(self) -> None:
        """Start the process without waiting for it to answer."""
        self._process = self._spawn()

    def start(self) -> Self:
        """Adopt the one that is running, or start one, and wait until it answers; raises CannotStart with its words."""
        began = time.monotonic()
        while not self._ready(self._socket):
            elapsed = time.monotonic() - began
            if self._process is None and elapsed > ADOPTION_SECONDS and not self._socket.exists():
                self.stop()  # It runs, but whoever tidies /tmp took the door away.
            if elapsed > READY_SECONDS:
                raise CannotStart(f"{self.name} did not answer within {READY_SECONDS:.0f} s. {self._last_words()}")
            if not self.living():
                if self._process is not None and elapsed > RETRY_SECONDS:
                    raise CannotStart(f"{self.name} does not start. {self._last_words()}")
                self.launch()
            time.sleep(POLL_SECONDS)
        return self

    def stop(self) -> None:
        """Stop it, whoever started it, and return when it is gone: politely first, after 30 s not."""
        for number in (*self._stop_signals, signal.SIGKILL):
            pid = self.pid
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + STOP_SECONDS
            while self._is_there(pid) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _is_there(self, pid: int) -> bool:
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None
        return bool(command(pid))

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-5:] if self._log.exists() else []
        return f"{self._log} ends with: {' / '.join(lines)}" if lines else f"{self._log} is empty."


def command(pid: int) -> list[str]:
    """The command line of this process; empty when there is none, or only its corpse."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(part) for part in line.split(b"\0") if part]
