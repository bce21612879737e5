"""Stops calling what keeps failing, and asks now and then whether it is well again."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum

import msgspec

from playerbase.kit import clock, metrics
from playerbase.kit.outside.failures import BreakerOpen

_openings = metrics.Counter("breaker_openings", "Times no more calls were let through to a server that kept failing.")


class State(StrEnum):
    """Calls pass; none passes; one may pass, to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a breaker stands: for metrics and the health page."""

    state: State
    failures: int
    retry_after_seconds: float


class Breaker:
    """Opens after so many failures within a window; after a pause lets one probe through, whose outcome decides."""

    def __init__(
        self,
        now: Callable[[], float] = clock.monotonic,
        *,
        failures_max: int = 5,
        window_seconds: float = 30.0,
        pause_seconds: float = 15.0,
    ) -> None:
        assert failures_max >= 1
        self._now, self._window, self._pause = now, window_seconds, pause_seconds
        self._failures: deque[float] = deque(maxlen=failures_max)
        self._opened_at: float | None = None
        self._probed_at: float | None = None
        # What a call admitted before the last change of state came to says nothing about the present.
        self._era = 0

    def admit(self) -> int:
        """A pass for one call, to be handed back with its outcome; raises BreakerOpen."""
        standing = self.standing()
        if standing.state is State.OPEN or standing.retry_after_seconds > 0:
            raise BreakerOpen(standing.retry_after_seconds)
        if standing.state is State.HALF_OPEN:
            self._probed_at = self._now()
            self._era += 1
        return self._era

    def succeeded(self, era: int) -> None:
        """The call was answered; a probe's answer closes the breaker."""
        if era == self._era and self._probed_at is not None:
            self._change(opened_at=None)

    def failed(self, era: int) -> None:
        """The call failed; the last failure too many, or a probe's, opens the breaker."""
        if era != self._era:
            return
        now = self._now()
        if self._probed_at is None:
            self._failures.append(now)
        if self._probed_at is not None or len(self._recent(now)) == self._failures.maxlen:
            self._change(opened_at=now)

    def stopped(self, era: int) -> None:
        """The other side said to stop asking; the breaker opens without waiting for more of it."""
        if era == self._era:
            self._change(opened_at=self._now())

    def let_go(self, era: int) -> None:
        """The call came to nothing that says anything about the other side; another may probe instead."""
        if era == self._era:
            self._probed_at = None

    def standing(self) -> Standing:
        """How the breaker stands now."""
        now = self._now()
        if self._opened_at is None:
            return Standing(state=State.CLOSED, failures=len(self._recent(now)), retry_after_seconds=0.0)
        state = State.OPEN if now < self._opened_at + self._pause else State.HALF_OPEN
        # A probe that is never heard of again must not keep the breaker shut for ever.
        since = self._opened_at if self._probed_at is None else self._probed_at
        return Standing(
            state=state, failures=len(self._recent(now)), retry_after_seconds=max(0.0, since + self._pause - now)
        )

    def _recent(self, now: float) -> list[float]:
        return [at for at in self._failures if at > now - self._window]

    def _change(self, *, opened_at: float | None) -> None:
        if opened_at is not None:
            _openings.inc()
        self._opened_at, self._probed_at = opened_at, None
        self._era += 1
        if opened_at is None:
            self._failures.clear()
