"""The law of the breaker, on a clock of its own."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.kit.outside import Breaker, BreakerOpen, State

N, WINDOW, PAUSE = 3, 10.0, 5.0


class Bench:
    """A breaker, the clock it looks at, and the passes it gave."""

    def __init__(self) -> None:
        self.time = 0.0
        self.breaker = Breaker(lambda: self.time, failures_max=N, window_seconds=WINDOW, pause_seconds=PAUSE)
        self.out: list[int] = []

    def state(self) -> State:
        return self.breaker.standing().state

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            self.breaker.failed(self.breaker.admit())

    def opened(self) -> "Bench":
        self.fail(N)
        assert self.state() is State.OPEN
        return self

    def half_open(self) -> "Bench":
        self.opened().time += PAUSE
        assert self.state() is State.HALF_OPEN
        return self


def test_it_opens_at_the_nth_failure_and_not_before() -> None:
    bench = Bench()
    bench.fail(N - 1)
    assert bench.state() is State.CLOSED
    bench.fail()
    assert bench.state() is State.OPEN


def test_being_told_to_stop_opens_it_at_once() -> None:
    bench = Bench()
    bench.breaker.stopped(bench.breaker.admit())
    assert bench.state() is State.OPEN
    bench.time += PAUSE
    assert bench.state() is State.HALF_OPEN
    bench.breaker.stopped(bench.breaker.admit())
    assert bench.state() is State.OPEN


def test_who_was_told_before_the_last_change_stops_nobody() -> None:
    bench = Bench()
    early = bench.breaker.admit()
    bench.half_open().breaker.succeeded(bench.breaker.admit())
    bench.breaker.stopped(early)
    assert bench.state() is State.CLOSED


def test_failures_beyond_the_window_are_forgotten() -> None:
    bench = Bench()
    bench.fail(N - 1)
    bench.time += WINDOW
    bench.fail(N - 1)
    assert bench.state() is State.CLOSED
    assert bench.breaker.standing().failures == N - 1


def test_open_admits_nothing_and_says_for_how_long() -> None:
    bench = Bench().opened()
    bench.time += PAUSE / 5
    with pytest.raises(BreakerOpen) as refused:
        bench.breaker.admit()
    assert refused.value.retry_after_seconds == pytest.approx(PAUSE * 4 / 5)


def test_after_the_pause_one_probe_and_no_second() -> None:
    bench = Bench().half_open()
    bench.breaker.admit()
    with pytest.raises(BreakerOpen):
        bench.breaker.admit()
    assert bench.state() is State.HALF_OPEN


def test_a_probe_that_is_answered_closes() -> None:
    bench = Bench().half_open()
    bench.breaker.succeeded(bench.breaker.admit())
    assert bench.state() is State.CLOSED
    bench.fail(N - 1)
    assert bench.state() is State.CLOSED


def test_a_probe_that_fails_opens_for_a_whole_pause() -> None:
    bench = Bench().half_open()
    bench.fail()
    assert bench.state() is State.OPEN
    assert bench.breaker.standing().retry_after_seconds == PAUSE


def test_a_probe_without_an_outcome_lets_the_next_one_try() -> None:
    bench = Bench().half_open()
    bench.breaker.let_go(bench.breaker.admit())
    bench.breaker.succeeded(bench.breaker.admit())
    assert bench.state() is State.CLOSED


def test_a_probe_that_is_never_heard_of_again_shuts_nothing_for_ever() -> None:
    bench = Bench().half_open()
    lost = bench.breaker.admit()
    bench.time += PAUSE
    probe = bench.breaker.admit()
    bench.breaker.failed(lost)
    assert bench.state() is State.HALF_OPEN
    bench.breaker.succeeded(probe)
    assert bench.state() is State.CLOSED


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "let_go"])
def test_calls_of_before_say_nothing_about_now(outcome: str) -> None:
    bench = Bench()
    early = bench.breaker.admit()
    bench.half_open()
    probe = bench.breaker.admit()
    getattr(bench.breaker, outcome)(early)
    assert bench.state() is State.HALF_OPEN
    with pytest.raises(BreakerOpen):
        bench.breaker.admit()
    bench.breaker.succeeded(probe)
    assert bench.state() is State.CLOSED


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 12)),
        st.tuples(st.just("admit"), st.just(0.0)),
        st.tuples(st.sampled_from(["succeeded", "failed", "let_go"]), st.floats(0, 1, exclude_max=True)),
    ),
    max_size=80,
)


@given(STEPS)
def test_whatever_happens_the_laws_hold(steps: list[tuple[str, float]]) -> None:
    bench = Bench()
    failed_at: list[float] = []
    opened_at: float | None = None
    admitted_since_open = 0
    for what, amount in steps:
        before = bench.state()
        if what == "wait":
            bench.time += amount
        elif what == "admit":
            with suppress(BreakerOpen):
                bench.out.append(bench.breaker.admit())
                if opened_at is not None:
                    assert bench.time >= opened_at + PAUSE
                    admitted_since_open += 1
        elif bench.out:
            getattr(bench.breaker, what)(bench.out.pop(int(amount * len(bench.out))))
            failed_at += [bench.time] if what == "failed" else []
        after = bench.state()
        if before is State.CLOSED and after is State.OPEN:
            assert len([at for at in failed_at if at > bench.time - WINDOW]) >= N
        if after is State.OPEN and before is not State.OPEN:
            opened_at, admitted_since_open = bench.time, 0
        if after is State.CLOSED and before is not State.CLOSED:
            assert (before, what) == (State.HALF_OPEN, "succeeded")
            assert admitted_since_open >= 1
            opened_at = None
        if before is State.OPEN and after is not State.OPEN:
            assert what == "wait"


@given(STEPS)
def test_it_is_never_stuck(steps: list[tuple[str, float]]) -> None:
    bench = Bench()
    for what, amount in steps:
        if what == "wait":
            bench.time += amount
        elif what == "admit":
            with suppress(BreakerOpen):
                bench.out.append(bench.breaker.admit())
        elif bench.out:
            getattr(bench.breaker, what)(bench.out.pop())
    bench.time += PAUSE * 2
    bench.breaker.succeeded(bench.breaker.admit())
    assert bench.state() is State.CLOSED
