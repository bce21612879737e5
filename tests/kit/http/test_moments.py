from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.kit.clock import rfc3339
from playerbase.kit.http import Answer
from playerbase.kit.http.moments import has_moments, in_milliseconds


class Dated(msgspec.Struct):
    at: datetime | None


class Plain(msgspec.Struct):
    at: str


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_has_three_digits(at: datetime) -> None:
    assert in_milliseconds(msgspec.json.encode(Dated(at))) == b'{"at":"' + rfc3339(at).encode() + b'"}'


@pytest.mark.parametrize("text", ["12:30:00Z", "at 2026-11-20T12:30:00Z", "2026-11-20T12:30:00+01:00", '"x"', "Z"])
def test_words_stay_as_they_are(text: str) -> None:
    body = msgspec.json.encode({"text": text})
    assert in_milliseconds(body) == body


@pytest.mark.parametrize(
    ("shape", "expected"), [(Dated, True), (list[Dated], True), (Plain, False), (None, False), (Answer, False)]
)
def test_only_shapes_with_moments_are_looked_through(shape: Any, expected: bool) -> None:  # noqa: FBT001
    assert has_moments(shape) is expected
