"""What a person at the terminal is told, in short calm lines."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str) -> None:
    """One line to standard error."""
    _write(f"{text}\n")


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and at its end how many seconds it took."""
    started = time.monotonic()
    _write(f"{text} … ")
    try:
        yield
    except BaseException:
        _write("\n")
        raise
    _write(f" {time.monotonic() - started:.1f} s\n")


def _write(text: str) -> None:
    # A terminal that was closed must not keep anybody from stopping what is running.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
