"""What comes over the wire is bounded and understood in one way only, or refused in our form."""

import asyncio
import gc
import json
import socket

import pytest

from playerbase.kit.http import wire
from tests.kit.http import little
from tests.kit.http.conftest import Edge

MEGABYTE = 1_048_576
HEAD = b"POST /api/v1/%s HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def problem(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert b"x-request-id: " in head
    code: str = json.loads(body)["code"]
    return code


def chunked(body: bytes, size: int) -> bytes:
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


async def alive(edge: Edge) -> bool:
    return (await edge.get("/api/v1/ping")).status_code == 200


@pytest.mark.parametrize("path", [b"things", b"nowhere", b"ping"])
async def test_more_than_a_megabyte_is_refused_however_it_is_sent(edge: Edge, path: bytes) -> None:
    body = b" " * (MEGABYTE + 1)
    head = HEAD % path
    ways = [
        (head + b"content-length: %d\r\n\r\n" % len(body), body),
        (head + b"transfer-encoding: chunked\r\n\r\n", chunked(body, len(body))),
        (head + b"transfer-encoding: chunked\r\n\r\n", chunked(body, 105)),
        (head + b"content-length: 99999999999999\r\nexpect: 100-continue\r\n\r\n",),
        (b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body), body),
    ]
    for way in ways:
        answer = await edge.raw(*way)
        assert (status(answer), problem(answer)) == (413, "too_large"), way[0]
        assert b"connection: close" in answer
    assert await alive(edge)


@pytest.mark.parametrize("way", ["length", "chunks"])
async def test_who_sends_all_of_it_before_listening_hears_the_refusal(edge: Edge, way: str) -> None:
    body = b" " * (6 * MEGABYTE)
    if way == "length":
        framed = b"content-length: %d\r\n\r\n%s" % (len(body), body)
    else:
        framed = b"transfer-encoding: chunked\r\n\r\n" + chunked(body, MEGABYTE)

    def send_and_listen() -> bytes:
        with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as connection:
            connection.sendall(HEAD % b"things" + framed)
            return connection.recv(10_000)

    answer = await asyncio.to_thread(send_and_listen)
    assert (status(answer), problem(answer)) == (413, "too_large")


async def test_a_megabyte_is_read(edge: Edge) -> None:
    body = b'{"name": "a"}'.ljust(MEGABYTE)
    for sent in (
        (HEAD % b"things" + b"content-length: %d\r\n\r\n" % len(body), body),
        (HEAD % b"things" + b"transfer-encoding: chunked\r\n\r\n", chunked(body, 100)),
    ):
        assert status(await edge.raw(*sent)) == 201
    assert little.started["a"] == 2


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n",
        b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\nx y: 1\r\n\r\n",
        b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\nx-request-id: a\x00b\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"BREW /api/v1/ping HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
    ],
)
async def test_what_cannot_be_parsed_is_refused_in_our_form(edge: Edge, sent: bytes) -> None:
    answer = await edge.raw(sent)
    assert (status(answer), problem(answer)) == (400, "bad_request")
    assert await alive(edge)
    assert not little.started


@pytest.mark.parametrize("size", [17_000, 65_536, 200_000])
@pytest.mark.parametrize("way", ["header", "headers", "path", "query"])
async def test_heads_are_bounded(edge: Edge, size: int, way: str) -> None:
    sent = {
        "header": b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\nx-big: %s\r\n\r\n" % (b"a" * size),
        "headers": b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\n%s\r\n" % (b"x-small: a\r\n" * (size // 11)),
        "path": b"GET /%s HTTP/1.1\r\nhost: x\r\n\r\n" % (b"a" * size),
        "query": b"GET /api/v1/ping?%s HTTP/1.1\r\nhost: x\r\n\r\n" % (b"a" * size),
    }[way]
    answer = await edge.raw(sent)
    assert (status(answer), problem(answer)) in {(431, "headers_too_large"), (414, "address_too_long")}
    assert await alive(edge)


async def test_a_head_that_never_ends_is_cut(edge: Edge) -> None:
    answer = await edge.raw(b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\nx-big: ", *[b"a" * 1_000] * 100)
    assert (status(answer), problem(answer)) == (431, "headers_too_large")


async def test_a_head_that_takes_too_long_is_cut(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS_MAX", 0.05)
    for first in (b"GET /api/v1/pi", b"", b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\n\r\nGET /api"):
        reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
        writer.write(first)
        async with asyncio.timeout(30):
            heard = await reader.read(-1)
        assert heard.count(b"HTTP/1.1") == first.count(b"HTTP/1.1")
        writer.close()


async def test_what_is_idle_too_long_is_closed_and_nothing_else(edge: Edge) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)

    async def answered(sent: bytes) -> int:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        return status(head)

    def looked_at() -> None:
        connection._idle_since -= connection.timeout_keep_alive + 1
        connection.timeout_keep_alive_handler()

    async with asyncio.timeout(30):
        assert await answered(b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\n\r\n") == 200
        at = writer.get_extra_info("sockname")
        (connection,) = [each for each in edge.connections if each.client == at]
        connection.timeout_keep_alive_handler()  # It fell idle just now.
        assert await answered(b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\n\r\n") == 200

        slow = asyncio.create_task(answered(HEAD % b"things" + b'content-length: 16\r\n\r\n{"name": "slow"}'))
        while not little.started["slow"]:  # noqa: ASYNC110 - the route counts, and tells nobody
            await asyncio.sleep(0)
        looked_at()
        little.gate.set()
        assert await slow == 201

        writer.write(b"GET /api/v1/ping HT")
        while not connection._head_bytes:  # noqa: ASYNC110 - as it is read
            await asyncio.sleep(0)
        looked_at()
        assert await answered(b"TP/1.1\r\nhost: x\r\n\r\n") == 200

        looked_at()
        assert await reader.read() == b""
    writer.close()


async def test_an_answered_request_leaves_nothing_for_the_collector(edge: Edge) -> None:
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            assert await alive(edge)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = {type(each).__name__ for each in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert "RequestResponseCycle" not in left


@pytest.mark.parametrize("value", [b"/\r\nset-cookie: a=b", b"/\nset-cookie: a=b"])
def test_no_value_brings_a_header_of_its_own(value: bytes) -> None:
    with pytest.raises(AssertionError):
        wire._head(200, [(b"location", value)])


@pytest.mark.parametrize("name", [b"authorization", b"idempotency-key", b"content-type", b"x-csrf-token", b"host"])
async def test_headers_with_one_meaning_come_once(edge: Edge, name: bytes) -> None:
    answer = await edge.raw(b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\n%s: a\r\n%s: a\r\n\r\n" % (name, name))
    assert (status(answer), problem(answer)) == (400, "bad_request")


@pytest.mark.parametrize(
    "given", [b"a", b"x" * 65, b"x" * 1_024, b"<script>alert(1)</script>", b"abcdefgh\ty", b"abcd efgh", b"\xff" * 10]
)
async def test_odd_request_ids_are_replaced(edge: Edge, given: bytes) -> None:
    answer = await edge.raw(b"GET /api/v1/ping HTTP/1.1\r\nhost: x\r\nx-request-id: " + given + b"\r\n\r\n")
    assert status(answer) == 200
    assert b"x-request-id: " + given + b"\r\n" not in answer


async def test_well_formed_request_ids_are_kept(edge: Edge) -> None:
    answer = await edge.get("/api/v1/nowhere", headers={"x-request-id": "abc-DEF_1.23"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "abc-DEF_1.23"


async def test_methods(edge: Edge) -> None:
    head = await edge.head("/api/v1/ping")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == (await edge.get("/api/v1/ping")).headers["content-length"]
    wrong = await edge.put("/api/v1/ping", json={})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, HEAD, OPTIONS"
    options = await edge.options("/api/v1/things/a")
    assert (options.status_code, options.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS")
    assert (await edge.options("/api/v1/nowhere")).status_code == 404
    assert (await edge.request("TRACE", "/api/v1/ping")).status_code == 405


async def test_requests_on_one_connection_are_answered_in_order(edge: Edge) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(b"".join(b"GET /api/v1/things/%d HTTP/1.1\r\nhost: x\r\n\r\n" % number for number in range(20)))
    for number in range(20):
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert json.loads(await reader.readexactly(size))["name"] == str(number)
    writer.close()


async def test_a_body_that_stops_half_way_does_nothing(edge: Edge) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(HEAD % b"things" + b'content-length: 13\r\n\r\n{"name": ')
    await writer.drain()
    writer.close()
    assert await alive(edge)
    assert not little.started


async def test_an_address_is_believed_from_a_trusted_proxy_only(edge: Edge) -> None:
    answer = await edge.get("/api/v1/listed", headers={"x-forwarded-for": "203.0.113.9"})
    cursor = answer.json()["next_cursor"]  # Sealed to the caller, which is the address.
    assert (await edge.get("/api/v1/listed", params={"cursor": cursor})).status_code == 200


async def test_refusals_before_the_route_are_recorded(edge: Edge) -> None:
    await edge.get("/api/v1/nowhere")
    await edge.get("/api/v1/me")
    await edge.post("/api/v1/things", content=b"{}")
    assert edge.refusals == ["no_such_path", "not_signed_in", "wrong_type"]
