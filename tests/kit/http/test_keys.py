"""Idempotency keys: one effect, and the same answer as often as it is asked for."""

import asyncio
from typing import Any

import pytest

from playerbase.kit.crypto import Keys
from tests.kit.http import little
from tests.kit.http.conftest import Edge

both_ways = pytest.mark.parametrize("path", ["/api/v1/things", "/api/v1/lane"])
PATH = "/api/v1/things"
ONE = {"name": "one"}


async def effects(edge: Edge, name: str = "one") -> int:
    count: int = await edge.site.pool.fetchval("select count(*) from things where name = $1", name)
    return count


@both_ways
async def test_the_same_answer_byte_for_byte(edge: Edge, path: str) -> None:
    first = await edge.post(path, json=ONE, headers={"idempotency-key": "k"})
    again = await edge.post(path, json=ONE, headers={"idempotency-key": '"k"'})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert [answer.headers["idempotency-replayed"] for answer in (first, again)] == ["false", "true"]
    assert again.headers["idempotency-key"] == "k"
    assert await effects(edge) == 1


@both_ways
async def test_another_request_under_the_key_is_refused(edge: Edge, path: str) -> None:
    await edge.post(path, json=ONE, headers={"idempotency-key": "k"})
    other = await edge.post(path, json={"name": "two"}, headers={"idempotency-key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert await effects(edge, "two") == 0


@both_ways
async def test_the_order_of_fields_makes_no_other_request(edge: Edge, path: str) -> None:
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    await edge.post(path, content=b'{"name": "one", "count": 1}', headers=headers)
    again = await edge.post(path, content=b'{ "count": 1, "name":"one" }', headers=headers)
    assert again.headers["idempotency-replayed"] == "true"


@both_ways
async def test_keys_belong_to_a_caller_and_a_route(edge: Edge, path: str) -> None:
    key = {"idempotency-key": "k"}
    for who in ("ann", "bob"):
        answer = await edge.post(path, json=ONE, headers=key | {"authorization": f"Bearer ok-{who}"})
        assert answer.headers["idempotency-replayed"] == "false"
    other = "/api/v1/lane" if path == "/api/v1/things" else "/api/v1/things"
    answer = await edge.post(other, json=ONE, headers=key | {"authorization": "Bearer ok-ann"})
    assert answer.headers["idempotency-replayed"] == "false"
    assert await effects(edge) == 3


@both_ways
async def test_a_hundred_at_once_have_one_effect(edge: Edge, path: str) -> None:
    answers = await asyncio.gather(*[edge.post(path, json=ONE, headers={"idempotency-key": "k"}) for _ in range(100)])
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"key_running"}
    assert await effects(edge) == 1


@both_ways
async def test_a_refusal_is_an_answer(edge: Edge, path: str) -> None:
    asked = {"name": "not today", "count": 3}
    first = await edge.post(path, json=asked, headers={"idempotency-key": "k"})
    again = await edge.post(path, json=asked, headers={"idempotency-key": "k"})
    assert (first.status_code, again.status_code) == (409, 409)
    assert again.headers["idempotency-replayed"] == "true"
    own = {"request_id": ""}
    assert first.json() | own == again.json() | own
    assert again.json()["code"] == "not_today"


@both_ways
async def test_an_answer_that_was_lost_is_given_again(edge: Edge, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    body = b'{"name":"one"}'
    head = "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    head += "idempotency-key: k\r\ncontent-length: {}\r\n\r\n"
    writer.write(head.format(path, len(body)).encode() + body)
    await writer.drain()
    del reader
    writer.transport.abort()
    while not await edge.site.pool.fetchval("select count(*) from kit.idempotency"):
        pass  # Until the server has done it; nobody hears.
    again = await edge.post(path, json=ONE, headers={"idempotency-key": "k"})
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert await effects(edge) == 1


@both_ways
@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a b", "a\tb", "\xe9"])
async def test_odd_keys_are_refused(edge: Edge, path: str, key: str) -> None:
    answer = await edge.post(path, json=ONE, headers=[(b"idempotency-key", key.encode("latin-1"))])
    assert (answer.status_code, answer.json()["code"]) == (422, "key_too_long")
    assert await effects(edge) == 0


@both_ways
async def test_the_longest_key_will_do(edge: Edge, path: str) -> None:
    assert (await edge.post(path, json=ONE, headers={"idempotency-key": "x" * 255})).status_code == 201


async def test_a_running_request_is_said_to_run(edge: Edge) -> None:
    slow = {"name": "slow"}
    first = asyncio.create_task(edge.post(PATH, json=slow, headers={"idempotency-key": "k"}))
    while not little.started["slow"]:
        await asyncio.wait([first], timeout=0.01)
    second = await edge.post(PATH, json=slow, headers={"idempotency-key": "k"})
    assert (second.status_code, second.json()["code"]) == (409, "key_running")
    assert second.headers["retry-after"] == "1"
    little.gate.set()
    assert (await first).status_code == 201
    assert await effects(edge, "slow") == 1


@pytest.mark.parametrize("name", ["busy", "bug"])
async def test_what_may_go_better_the_next_time_is_tried_again(edge: Edge, name: str) -> None:
    for _ in range(2):
        answer = await edge.post(PATH, json={"name": name}, headers={"idempotency-key": "k"})
        assert answer.status_code in {503, 500}
    assert little.started[name] == 2
    assert await effects(edge, name) == 0
    assert await edge.site.pool.fetchval("select count(*) from kit.idempotency") == 0


async def test_what_moves_value_needs_a_key(edge: Edge) -> None:
    answer = await edge.post("/api/v1/value", json=ONE)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")
    assert await effects(edge) == 0


async def test_two_paths_of_one_thing_share_their_keys(edge: Edge) -> None:
    await edge.post("/api/v1/value", json=ONE, headers={"idempotency-key": "k"})
    again = await edge.post("/api/v1/valuables", json=ONE, headers={"idempotency-key": "k"})
    assert again.headers["idempotency-replayed"] == "true"
    assert await effects(edge) == 1


async def test_what_was_asked_cannot_be_guessed_from_what_is_kept_of_it(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"idempotency-key": "k"}
    await edge.post(PATH, json=ONE, headers=key)
    # Who has another secret does not know the same request again: a hash that anybody can make would be the same.
    monkeypatch.setattr(edge.site, "keys", Keys.derive(b"n" * 32))
    again = await edge.post(PATH, json=ONE, headers=key)
    assert (again.status_code, again.json()["code"]) == (422, "key_reused")


async def test_a_dump_shows_no_secret(edge: Edge) -> None:
    key = {"idempotency-key": "my-own-key"}
    first = await edge.post("/api/v1/secrets", json={"name": "password"}, headers=key)
    again = await edge.post("/api/v1/secrets", json={"name": "password"}, headers=key)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["token"] == "hush-password-1"
    dump: list[Any] = await edge.site.pool.fetch("select * from kit.idempotency")
    assert len(dump) == 1
    for word in ("hush", "password", "my-own-key"):
        assert word not in str(dump)
