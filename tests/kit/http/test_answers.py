"""Every answer carries what it must, and no more than it may."""

import asyncio
import gzip
import json
import re
from ipaddress import ip_network
from typing import Any

import pytest

from playerbase.kit import log
from playerbase.kit.http import codes
from playerbase.kit.http.address import client_address, limit_subject
from playerbase.kit.redis import Limit
from tests.kit.http import little
from tests.kit.http.conftest import Edge, Serve

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}
ALWAYS = {*SECURITY, "x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/ping", 200), ("GET", "/api/v1/nowhere", 404), ("PUT", "/api/v1/ping", 405),
        ("GET", "/api/v1/me", 401), ("POST", "/api/v1/things", 415), ("GET", "/api/v1/broken", 500),
        ("GET", "/api/v1/unreadable", 500), ("HEAD", "/api/v1/ping", 200), ("DELETE", "/api/v1/things/a", 204),
        ("GET", "/" + "a" * 9_000, 414), ("GET", "/api/v1/ping?access_token=x", 401),
    ],
)  # fmt: skip
async def test_headers_on_every_answer(edge: Edge, method: str, path: str, status: int) -> None:
    answer = await edge.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert not ALWAYS - set(answer.headers)
    assert "server" not in answer.headers
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert problem["status"] == status
        assert {"type", "title", "status", "code", "detail", "request_id", "docs", "errors"} <= set(problem)


async def test_what_breaks_is_told_to_the_log_alone(edge: Edge) -> None:
    before = await edge.site.pool.fetchval("select count(*) from things")
    for answer in (
        await edge.get("/api/v1/broken"),
        await edge.post("/api/v1/things", json={"name": "bug"}),
        await edge.get("/api/v1/unreadable"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert not re.search("passwd|select|Error|little|Traceback|surrogate", answer.text)
    assert await edge.site.pool.fetchval("select count(*) from things") == before


async def test_every_problem_leads_to_its_explanation(edge: Edge) -> None:
    docs = (await edge.get("/api/v1/nowhere")).json()["docs"]
    assert docs == "https://play.example/docs/problems#no_such_path"
    page = await edge.get("/docs/problems")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for kind in codes():
        assert f'id="{kind.code}"' in page.text
    assert len({kind.code for kind in codes()}) == len(codes())


async def test_long_answers_are_packed_for_who_can_read_it(edge: Edge) -> None:
    for accepted, packed in {
        "gzip": True, "br, gzip;q=0.5": True, "*": True, "identity": False, "gzip;q=0": False, "": False
    }.items():  # fmt: skip
        async with edge.stream("GET", "/api/v1/long", headers={"accept-encoding": accepted}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert (answer.headers.get("content-encoding") == "gzip") is packed, accepted
        assert answer.headers["vary"] == "accept-encoding"
        assert int(answer.headers["content-length"]) == len(raw)
        assert json.loads(gzip.decompress(raw) if packed else raw)["count"] == 1
    short = await edge.get("/api/v1/ping", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in short.headers
    assert (await edge.head("/api/v1/long")).content == b""


async def test_what_a_known_caller_reads_is_stored_nowhere(edge: Edge) -> None:
    answer = await edge.get("/api/v1/me", headers={"authorization": "Bearer ok-ann"})
    assert answer.json()["name"] == "player:ann"
    assert answer.headers["cache-control"] == "no-store"


async def test_only_configured_origins_may_read(serve: Serve) -> None:
    async with serve(cors_origins=["https://good.example"]) as edge:
        good = await edge.get("/api/v1/ping", headers={"origin": "https://good.example"})
        assert good.headers["access-control-allow-origin"] == "https://good.example"
        assert "access-control-allow-credentials" not in good.headers
        assert "origin" in good.headers["vary"]
        for foreign in ("https://good.example.evil", "null", "http://good.example", "https://evil"):
            answer = await edge.get("/api/v1/ping", headers={"origin": foreign})
            assert "access-control-allow-origin" not in answer.headers
            assert "origin" in answer.headers["vary"]
        asked = {"origin": "https://good.example", "access-control-request-method": "POST"}
        preflight = await edge.options("/api/v1/things", headers=asked)
        assert preflight.status_code == 204
        assert "idempotency-key" in preflight.headers["access-control-allow-headers"]
        refused = await edge.get("/api/v1/nowhere", headers={"origin": "https://good.example"})
        assert refused.headers["access-control-allow-origin"] == "https://good.example"


async def test_without_configured_origins_there_are_none(edge: Edge) -> None:
    answer = await edge.get("/api/v1/ping", headers={"origin": "https://good.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_limits_are_told_and_kept(edge: Edge) -> None:
    edge.site.limits.change({"open": Limit(3, 60, "Three.")})
    await edge.site.redis.client.flushdb()
    seen = [await edge.get("/api/v1/ping") for _ in range(5)]
    assert [answer.status_code for answer in seen] == [200, 200, 200, 429, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in seen] == ["2", "1", "0", "0", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in seen} == {"3"}
    assert {answer.headers["ratelimit-policy"] for answer in seen} == {'"open";q=3;w=60'}
    assert re.fullmatch(r'"open";r=0;t=\d+', seen[3].headers["ratelimit"])
    assert 1 <= int(seen[3].headers["retry-after"]) <= 60
    assert seen[3].json()["code"] == "too_many_requests"
    assert (await edge.get("/api/v1/nowhere")).status_code == 429  # What has no route is counted with the open ones.
    edge.site.limits.change({"open": Limit(10, 60, "Ten, from now on.")})
    assert (await edge.get("/api/v1/ping")).status_code == 200


async def test_a_client_cannot_choose_under_which_address_it_counts(edge: Edge) -> None:
    edge.site.limits.change({"open": Limit(1, 60, "One.")})
    await edge.site.redis.client.flushdb()
    names = ("x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip")
    answers = [await edge.get("/api/v1/ping", headers={name: "203.0.113.9"}) for name in names]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 429, 429]


async def test_wrong_tokens_count_by_address(edge: Edge) -> None:
    edge.site.limits.change({"refused": Limit(2, 60, "Two.")})
    await edge.site.redis.client.flushdb()
    answers = [await edge.get("/api/v1/me", headers={"authorization": f"Bearer no-{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[0].headers["www-authenticate"] == "Bearer"


async def test_each_caller_has_a_count_of_their_own(edge: Edge) -> None:
    edge.site.limits.change({"default": Limit(1, 60, "One.")})
    await edge.site.redis.client.flushdb()
    for who in ("ann", "bob"):
        answers = [await edge.get("/api/v1/me", headers={"authorization": f"Bearer ok-{who}"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]


async def test_what_guards_passwords_counts_by_address_whoever_calls(edge: Edge) -> None:
    edge.site.limits.change({"login": Limit(1, 60, "One.")})
    await edge.site.redis.client.flushdb()
    given = [{"authorization": f"Bearer ok-{who}"} for who in ("ann", "bob")]
    answers = [await edge.get("/api/v1/guarded", headers=headers) for headers in given]
    assert [answer.status_code for answer in answers] == [200, 429]


def test_addresses() -> None:
    trusted = [ip_network("10.0.0.0/8")]

    def seen(peer: str, forwarded: str) -> str:
        return client_address((peer, 1), {b"x-forwarded-for": forwarded.encode()}, trusted)

    assert seen("203.0.113.1", "198.51.100.1") == "203.0.113.1"
    assert seen("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert seen("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2") == "198.51.100.1"
    assert seen("10.0.0.1", "198.51.100.1, nonsense") == "10.0.0.1"
    assert seen("10.0.0.1", "") == "10.0.0.1"
    assert client_address(("127.0.0.1", 1), {b"x-forwarded-for": b"1.1.1.1"}, []) == "127.0.0.1"
    assert client_address(None, {}, trusted) == "0.0.0.0"  # noqa: S104 - an address to compare with
    assert limit_subject("2001:db8:1:2:3::1") == limit_subject("2001:db8:1:2:ffff::") == "ip:2001:db8:1:2::/64"
    assert limit_subject("2001:db8:1:3::1") != limit_subject("2001:db8:1:2::1")
    assert limit_subject("::ffff:192.0.2.1") == limit_subject("192.0.2.1") == "ip:192.0.2.1"


async def test_one_line_a_request_without_secrets(edge: Edge, capsysbinary: Any) -> None:
    log.flush()
    capsysbinary.readouterr()
    odd = 'x\ny"}{%0a%0d%22%1b[31m'
    await edge.get("/api/v1/me", headers={"authorization": "Bearer ok-ann", "cookie": "session=hush"})
    await edge.raw(f"GET /nowhere/{odd.replace(chr(10), '%0A')} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    await edge.post("/api/v1/things?q=hush", json={"name": "hush"})
    log.flush()
    text = capsysbinary.readouterr().out.decode()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["status"], line["route"]) for line in lines] == [
        (200, "/api/v1/me"), (404, None), (422, "/api/v1/things")
    ]  # fmt: skip
    assert lines[0]["caller"] == "player:ann"
    assert {"time", "level", "request_id", "trace_id", "caller", "method", "route", "path", "status", "ms"} <= set(
        lines[0]
    )
    assert "hush" not in text
    assert "ok-ann" not in text
    assert "\x1b" not in text


async def test_traces_go_on(edge: Edge) -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    assert (await edge.put("/api/v1/trace", headers={"traceparent": given})).json()["name"] == given
    for odd in ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff" + given[2:], "hello", given + "1"):
        begun = (await edge.put("/api/v1/trace", headers={"traceparent": odd})).json()["name"]
        assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)
        assert begun[:35] != odd[:35]


async def test_a_stream_ends_when_the_client_goes(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    async with edge.stream("GET", "/api/v1/stream") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        parts = answer.aiter_raw()
        assert await anext(parts) == b"data: 1\n\n"
        assert little.streams["open"] == 1
    await asyncio.wait_for(little.ended.wait(), 60)
    assert little.streams["open"] == 0
    assert (await edge.get("/api/v1/ping")).status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_stream_that_ends_is_whole(edge: Edge) -> None:
    little.gate.set()
    answer = await edge.get("/api/v1/stream")
    assert answer.content == b"data: 1\n\ndata: 2\n\n"
    assert (await edge.head("/api/v1/stream")).content == b""


async def test_modules_that_are_away_say_so(serve: Serve) -> None:
    async with serve(only=frozenset({"ladder"})) as edge:
        away = await edge.get("/api/v1/ping")
        assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (503, "module_away", "5")
        assert (await edge.get("/docs/problems")).status_code == 200
