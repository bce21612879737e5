"""Queries: what many ask with is worked out once, and nothing of one caller's reaches another."""

from typing import Annotated, Any

import msgspec

from playerbase.kit.http import queries
from playerbase.kit.http.message import Request
from playerbase.kit.http.queries import Query

KINDS: dict[str, Any] = {
    "limit": Annotated[int, msgspec.Meta(ge=1, le=100)], "names": list[str] | None, "cursor": str | None,
}  # fmt: skip
DEFAULTS = {"limit": 20, "names": None, "cursor": None}


def read(query: Query, text: bytes) -> tuple[dict[str, Any], list[dict[str, str]]]:
    errors: list[dict[str, str]] = []
    values = query.read(Request(method="GET", path="/", query_string=text, headers={}, ip="::1"), errors)
    return values, errors


def test_the_same_query_gives_the_same_again() -> None:
    query = Query(KINDS, DEFAULTS, is_page=False)
    for _ in range(2):
        assert read(query, b"limit=50") == ({"limit": 50, "names": None, "cursor": None}, [])
        assert read(query, b"limit=7")[0]["limit"] == 7
        assert read(query, b"")[0]["limit"] == 20
    assert list(query._known) == [b"limit=50", b"limit=7", b""]


def test_what_is_wrong_is_wrong_each_time() -> None:
    query = Query(KINDS, DEFAULTS, is_page=False)
    for _ in range(2):
        for text, code in ((b"limit=0", "invalid"), (b"colour=red", "unknown"), (b"limit=1&limit=1", "duplicate")):
            assert [each["code"] for each in read(query, text)[1]] == [code]
    assert not query._known


def test_cursors_long_queries_and_those_of_pages_are_not_remembered() -> None:
    query, page = Query(KINDS, DEFAULTS, is_page=False), Query(KINDS, DEFAULTS, is_page=True)
    read(query, b"cursor=abc")
    read(query, b"limit=5&names=" + b"a" * queries.KNOWN_BYTES_MAX)
    read(page, b"limit=5")
    assert not query._known
    assert not page._known


def test_few_are_remembered() -> None:
    query = Query(KINDS, DEFAULTS, is_page=False)
    for number in range(2 * queries.KNOWN_MAX):
        read(query, b"limit=%d" % (number % 100 + 1) + b"&" * (number // 100))
    assert len(query._known) == queries.KNOWN_MAX
