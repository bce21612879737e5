"""Bad input gets a clear problem document, names everything that is wrong, and does nothing."""

import json
import string
from typing import Any

import pytest

from tests.kit.http.conftest import Edge

JSON = {"content-type": "application/json"}


def fields(answer: Any) -> dict[str, str]:
    return {each["field"]: each["code"] for each in answer.json()["errors"]}


async def untouched(edge: Edge) -> bool:
    return bool(await edge.site.pool.fetchval("select count(*) from things") == 0)


async def test_every_wrong_field_is_named_at_once(edge: Edge) -> None:
    body = {
        "count": 101, "ratio": "much", "colour": "red", "notes": {"a": -1},
        "players": [{"name": "a", "score": 1}, {"name": "b" * 21, "score": 1.5, "x": 1}, {"name": "c"}],
    }  # fmt: skip
    answer = await edge.post("/api/v1/things", json=body)
    assert answer.status_code == 422
    assert fields(answer) == {
        "name": "missing", "count": "invalid", "ratio": "invalid", "colour": "unknown", "notes.a": "invalid",
        "players.1.name": "invalid", "players.1.score": "invalid", "players.1.x": "unknown",
        "players.2.score": "missing",
    }  # fmt: skip
    assert await untouched(edge)


async def test_path_query_and_body_are_judged_together(edge: Edge) -> None:
    answer = await edge.get("/api/v1/numbers/seven", params=[("count", "1000"), ("colour", "red")])
    assert fields(answer) == {"number_id": "invalid", "count": "invalid", "colour": "unknown"}
    assert fields(await edge.get("/api/v1/numbers/seven")) == {"number_id": "invalid", "count": "missing"}
    again = await edge.get("/api/v1/things/a?count=1&count=2")
    assert fields(again) == {"count": "duplicate"}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ('{"name": "a", "name": "b"}', "name", "duplicate"),
        ('{"name": "a", "n\\u0061me": "b"}', "name", "duplicate"),
        ('{"name" : "a", "name" : "b"}', "name", "duplicate"),
        ('{"name": "a:::{[", "name": "b\\u003a"}', "name", "duplicate"),
        ('{"name": "a", "players": [{"name": "a", "score": 1, "score": 1}]}', "players.0.score", "duplicate"),
        ('{"name": "a", "ratio": NaN}', "ratio", "invalid"),
        ('{"name": "a", "ratio": -Infinity}', "ratio", "invalid"),
        ('{"name": "a", "ratio": 1e999}', "ratio", "invalid"),
        ('{"name": "a", "count": 1e999}', "count", "invalid"),
        ('{"name": "a", "count": 1.5}', "count", "invalid"),
        ('{"name": "a", "count": "1"}', "count", "invalid"),
        ('{"name": "a", "count": true}', "count", "invalid"),
        ('{"name": "a", "count": null}', "count", "invalid"),
        (f'{{"name": "a", "count": {"9" * 5_000}}}', "count", "invalid"),
        (f'{{"name": "a", "count": -{"9" * 5_000}}}', "count", "invalid"),
        ('{"name": "a\\u0000b"}', "name", "invalid"),
        ('{"name": "a\\ud800"}', "name", "invalid"),
        ('{"name": "a", "notes": {"\\u0000": 1}}', "notes.\0", "invalid"),
        ('{"name": "a", "players": {}}', "players", "invalid"),
        ('{"name": "a", "players": [1, 2, 3, 4]}', "players", "invalid"),
        ("[]", "body", "invalid"),
        ("null", "body", "invalid"),
        ('"name"', "body", "invalid"),
    ],
)
async def test_what_json_leaves_open_is_refused_by_field(edge: Edge, body: str, field: str, code: str) -> None:
    answer = await edge.post("/api/v1/things", content=body, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert fields(answer)[field] == code
    assert await untouched(edge)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b'{"name": "a"} x', b"{'name': 'a'}", b'{"name": "\xff"}', '{"name": "a"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}", b"[" * 33 + b"]" * 33, b"[" * 500_000, b'{"a":' * 100_000, b'"\\"' * 100_000,
        b"]" * 500_000, b'{"name": "\x00"}',
    ],
)  # fmt: skip
async def test_what_is_no_json_is_said_to_be_none(edge: Edge, body: bytes) -> None:
    answer = await edge.post("/api/v1/things", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert await untouched(edge)


async def test_brackets_inside_text_are_no_nesting(edge: Edge) -> None:
    body = json.dumps({"name": '[[[{{{\\"[[[', "notes": {"[" * 200: 1, '\\"{' * 50: 2}})
    assert (await edge.post("/api/v1/things", content=body, headers=JSON)).status_code == 201


@pytest.mark.parametrize("media", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_only_json_is_read_as_json(edge: Edge, media: str | None) -> None:
    headers = {} if media is None else {"content-type": media}
    answer = await edge.post("/api/v1/things", content=b'{"name": "a"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")
    parameters = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await edge.post("/api/v1/things", content=b'{"name": "a"}', headers=parameters)).status_code == 201


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/things/%00", 422), ("/api/v1/things/%ff%fe", 400), ("/api/v1/things/a?count=%ff", 400),
        ("/api/v1/things/a?%00=1", 422), ("/api/v1/things/%ed%a0%80", 400), ("/api/v1/things/a?count=%00", 422),
        ("/api/v1/things/a?count=5&" + "&".join(f"q{n}=1" for n in range(200)), 400), ("/api/v1/things/%c3%a9", 200),
        ("/api/v1/things/", 404), ("/api/v1/ping/", 404), ("//api/v1/ping", 404), ("/api//v1/ping", 404),
        ("/api/v1/../v1/ping", 404), ("/api/v1/%2e%2e/v1/ping", 404), ("/api%2fv1/ping", 404),
        ("/API/V1/PING", 404), ("/api/v1/p%69ng", 200), ("/api/v1/ping?x=1", 422),
        ("/api/v1/things/..", 200), ("/api/v1/things/a%2fb", 200), ("/api/v1/things/a/b", 404), ("/", 404), ("*", 404),
    ],
)  # fmt: skip
async def test_paths_are_taken_literally(edge: Edge, path: str, status: int) -> None:
    answer = await edge.raw(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer


async def test_a_cursor_is_good_for_its_list_and_caller_alone(edge: Edge) -> None:
    first = (await edge.get("/api/v1/listed")).json()["next_cursor"]
    second = await edge.get("/api/v1/listed", params={"cursor": first})
    assert second.json()["items"][0]["count"] == 1
    foreign = await edge.get("/api/v1/listed", params={"cursor": first}, headers={"authorization": "Bearer ok-a"})
    assert (foreign.status_code, foreign.json()["code"]) == (400, "bad_cursor")
    for at in range(len(first)):
        flipped = first[:at] + ("A" if first[at] != "A" else "B") + first[at + 1 :]
        assert (await edge.get("/api/v1/listed", params={"cursor": flipped})).status_code == 400, at
    for other in set(string.ascii_letters + string.digits + "-_") - {first[-1]}:
        # Base64 has several spellings of the same last byte.
        answer = await edge.get("/api/v1/listed", params={"cursor": first[:-1] + other})
        assert answer.status_code == 400, other
    # What is no letter of base64 is passed over by those who read it.
    for same in (f"{first[:8]}!!!!{first[8:]}", f"{first}....", f"\t\t\t\t{first}"):
        assert (await edge.get("/api/v1/listed", params={"cursor": same})).status_code == 400, same
    for odd in ("x", "é", "0", "=" * 40, "J" * 1_900, "JyBvciAxPTE7IC0t"):
        assert (await edge.get("/api/v1/listed", params={"cursor": odd})).status_code == 400, odd


async def test_a_cursor_ends_after_a_day(edge: Edge, clock: Any) -> None:
    cursor = (await edge.get("/api/v1/listed")).json()["next_cursor"]
    clock.forward(hours=23)
    assert (await edge.get("/api/v1/listed", params={"cursor": cursor})).status_code == 200
    clock.forward(hours=2)
    assert (await edge.get("/api/v1/listed", params={"cursor": cursor})).status_code == 400
