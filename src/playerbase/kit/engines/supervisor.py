"""The watch: starts the children, starts again what dies, and takes everything down in order."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from playerbase.kit.engines import lifeline
from playerbase.kit.engines.engine import Engine
from playerbase.kit.engines.home import Claim
from playerbase.kit.engines.progress import say

BACKOFF_SECONDS, BACKOFF_SECONDS_MAX = 0.2, 5.0
SETTLED_SECONDS = 10.0  # Who lived this long has started well, and begins with the short wait again.
STOP_SECONDS = 10.0
SECOND_WISH_SECONDS = 0.5
TICK_SECONDS, QUICK_TICK_SECONDS = 1.0, 0.05
ATTEMPTS_BEFORE_READY = 5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child(NamedTuple):
    """A process to keep running. `env` is its whole environment, ours when None; `ready` says that it does its work.

    What is in `fds` stays open in it under the same number, each time it is started.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None
    fds: Sequence[int] = ()


def supervise(
    children: Sequence[Child],
    *,
    engines: Sequence[Engine] = (),
    claim: Claim | None = None,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Run the children until SIGINT, SIGTERM or SIGHUP, then stop them and the engines; the exit code, 0 when in order.

    A child or engine that dies is started again after 0.2 s, then after twice as long each time, up to 5 s. `on_ready`
    is called once, when every child is ready; a child that dies 5 times before that is given up, with exit code 1.
    At the end children get SIGTERM and, 10 s later or at a second signal, SIGKILL; the engines are stopped after them.
    """
    with _signals() as heard, _lifeline(claim) as inherited:
        started: list[_ChildWatch] = []
        try:
            for child in children:
                started.append(_ChildWatch(child, inherited))  # noqa: PERF401 - If one fails, those before it are known.
            return _run([*map(_EngineWatch, engines), *started], started, heard, on_ready)
        finally:
            _stop(started, heard)
            for engine in reversed(engines):
                engine.stop()


class _Watch:
    """Whatever is started again when it is gone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.deaths = 0
        self._started_at = 0.0
        self._again_at: float | None = None

    def tend(self, now: float) -> None:
        """Note a death, and start again when the wait is over."""
        if self._again_at is None and not self.living():
            if now - self._started_at > SETTLED_SECONDS:
                self.deaths = 0
            wait = min(BACKOFF_SECONDS * 2**self.deaths, BACKOFF_SECONDS_MAX)
            self.deaths += 1
            self._again_at = now + wait
            say(f"{self.name} ended{self.last_words()}; starting it again in {wait:.1f} s.")
        if self._again_at is not None and now >= self._again_at:
            self._again_at, self._started_at = None, now
            try:
                self.launch()
            except OSError as fault:  # No memory, no process to be had: it may be there after the next wait.
                say(f"{self.name} cannot be started: {fault.strerror}.")

    def seconds_left(self, now: float) -> float:
        return TICK_SECONDS if self._again_at is None else max(self._again_at - now, 0)

    def living(self) -> bool:
        raise NotImplementedError

    def launch(self) -> None:
        raise NotImplementedError

    def last_words(self) -> str:
        return ""


class _EngineWatch(_Watch):
    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.name)
        self._engine = engine

    def living(self) -> bool:
        return self._engine.living()

    def launch(self) -> None:
        self._engine.launch()


class _ChildWatch(_Watch):
    def __init__(self, child: Child, inherited: tuple[int, ...]) -> None:
        super().__init__(child.name)
        self._child, self._inherited = child, inherited
        self.launch()
        self._started_at = time.monotonic()

    def living(self) -> bool:
        return self.process.poll() is None

    def launch(self) -> None:
        environment = os.environ if self._child.env is None else self._child.env
        # In a session of its own: the terminal's Ctrl-C would reach it beside our SIGTERM, and two mean haste.
        self.process = subprocess.Popen(  # noqa: S603 - The argument list is our caller's own.
            self._child.argv,
            env={**environment, lifeline.VARIABLE: str(self._inherited[0])},
            stdin=subprocess.DEVNULL,
            pass_fds=(*self._inherited, *self._child.fds),
            start_new_session=True,
        )

    def ready(self) -> bool:
        return self.living() and (self._child.ready is None or self._child.ready())

    def last_words(self) -> str:
        code = self.process.returncode
        return f" (killed by {signal.Signals(-code).name})" if code < 0 else f" (exit code {code})"


def _run(
    watches: list[_Watch], children: list[_ChildWatch], heard: "_Heard", on_ready: Callable[[], None] | None
) -> int:
    waiting = True
    while not heard.stops:
        now = time.monotonic()
        for watch in watches:
            watch.tend(now)
        if waiting and all(child.ready() for child in children):
            waiting = False
            if on_ready is not None:
                on_ready()
        for child in children if waiting else ():
            if child.deaths >= ATTEMPTS_BEFORE_READY:
                say(f"{child.name} does not start; stopping everything.")
                return 1
        tick = QUICK_TICK_SECONDS if waiting else TICK_SECONDS
        heard.wait(min([tick, *(watch.seconds_left(now) for watch in watches)]))
    return 0


def _stop(children: list[_ChildWatch], heard: "_Heard") -> None:
    for child in children:
        if child.living():
            child.process.terminate()
    began = time.monotonic()
    while any(child.living() for child in children):
        asked, now = heard.stops, time.monotonic()
        if now - began > STOP_SECONDS:
            break
        heard.wait(QUICK_TICK_SECONDS)
        # One wish to stop may come as two signals, to us and to our group; a second wish takes a person longer.
        if heard.stops > asked and now - began > SECOND_WISH_SECONDS:
            break
    for child in children:
        if child.living():
            say(f"{child.name} does not stop; ending it.")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


class _Heard:
    """The signals that came in, and the pipe they wake us by."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.stops = 0

    def wait(self, seconds: float) -> None:
        """Until a signal comes in or the time is over."""
        if select.select([self._fd], [], [], seconds)[0]:
            # One byte a signal; a child that died writes one too, and only has to wake us.
            self.stops += sum(number in STOPPING for number in os.read(self._fd, 4096))


@contextlib.contextmanager
def _signals() -> Iterator[_Heard]:
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    os.set_blocking(theirs, False)
    # Handlers, not a blocked mask, because children inherit a mask and would be deaf.
    wanted = {*STOPPING, signal.SIGCHLD}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        wanted.remove(signal.SIGHUP)  # Somebody said nohup.
    kept = {number: signal.signal(number, _hear) for number in wanted}
    before = signal.set_wakeup_fd(theirs)
    try:
        yield _Heard(ours)
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in kept.items():
            signal.signal(number, handler)
        os.close(ours)
        os.close(theirs)


def _hear(_number: int, _frame: object) -> None:
    """Do nothing: the byte in the pipe says it."""


@contextlib.contextmanager
def _lifeline(claim: Claim | None) -> Iterator[tuple[int, ...]]:
    end, held = os.pipe()  # Nobody inherits `held`: were a child to hold it too, none of them would see us die.
    try:
        yield (end,) if claim is None else (end, claim.children)
    finally:
        os.close(end)
        os.close(held)
