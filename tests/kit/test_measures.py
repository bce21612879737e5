import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.kit import clock, errors, ids, metrics, tracing

GIVEN = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_requests_are_counted_by_route_and_status() -> None:
    answered = metrics.requests("GET", "/measured", 200)
    for seconds in (0.0005, 0.001, 0.15, 99.0):
        answered(seconds)
    metrics.requests("GET", "/measured", 404)(0.3)
    text = metrics.exposition().decode()
    assert 'http_requests_total{method="GET",route="/measured",status="200"} 4.0' in text
    assert 'http_requests_total{method="GET",route="/measured",status="404"} 1.0' in text
    buckets = dict(re.findall(r'http_request_seconds_bucket{le="([^"]+)",method="GET",route="/measured"} (\S+)', text))
    assert (buckets["0.001"], buckets["0.2"], buckets["0.5"], buckets["10.0"], buckets["+Inf"]) == (
        "2.0", "3.0", "4.0", "4.0", "5.0"
    )  # fmt: skip
    assert 'http_request_seconds_count{method="GET",route="/measured"} 5.0' in text


def test_a_trace_goes_on() -> None:
    assert tracing.accept(GIVEN) == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert tracing.current() == GIVEN.decode()
    assert tracing.accept(b"cc" + GIVEN[2:] + b"-more") == "4bf92f3577b34da6a3ce929d0e0e4736"


@given(st.binary(max_size=80))
def test_whatever_else_is_sent_begins_a_new_one(header: bytes) -> None:
    trace = tracing.accept(header)
    assert re.fullmatch("[0-9a-f]{32}", trace)
    assert tracing.current()[3:35] == trace


def test_spans_carry_the_trace_they_are_given() -> None:
    assert not tracing.is_on()
    with tracing.span("work", GIVEN.decode(), events=2):
        assert tracing.current() == GIVEN.decode()


def test_ids_sort_by_when_they_were_made() -> None:
    made = [ids.uuid7() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {"specified in RFC 4122"}
    age = datetime.now(UTC) - datetime.fromtimestamp((made[-1].int >> 80) / 1000, UTC)
    assert abs(age) < timedelta(minutes=1)


def test_the_clock_is_moved_and_measuring_is_not(clock: Any) -> None:
    from playerbase.kit import clock as the_clock  # noqa: PLC0415 - the fixture has the name

    before, measured = the_clock.now(), the_clock.monotonic()
    clock.forward(days=3)
    assert timedelta(days=3) <= the_clock.now() - before < timedelta(days=3, minutes=1)
    assert the_clock.offset() == timedelta(days=3)
    assert the_clock.monotonic() - measured < 60


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 20, 18, 0, 0, 999_999, UTC), "2026-11-20T18:00:00.999Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000Z"),
        (datetime.fromisoformat("2026-11-20T18:00:00+05:30"), "2026-11-20T12:30:00.000Z"),
    ],
)
def test_moments_are_written_in_utc_with_milliseconds(moment: datetime, written: str) -> None:
    assert clock.rfc3339(moment) == written


def test_a_refusal_is_known_by_its_sentence() -> None:
    class MatchAlreadyReported(errors.Conflict):
        """This match was reported before.

        More of it.
        """

    refusal = MatchAlreadyReported(match_id=7)
    assert (refusal.code, refusal.status, str(refusal)) == (
        "match_already_reported", 409, "This match was reported before."
    )  # fmt: skip
    assert refusal.members == {"match_id": 7}
    assert str(MatchAlreadyReported("Twice.")) == "Twice."
    fault = errors.Fault("players.1.score", "invalid", "Too high")
    assert (fault.code, fault.status) == ("invalid_input", 422)
    assert fault.members == {"errors": [{"field": "players.1.score", "code": "invalid", "message": "Too high"}]}
