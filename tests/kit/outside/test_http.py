"""Outbound calls to servers that are slow, huge, dead or half dead."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import pytest

from playerbase.kit.outside import (
    Breaker,
    BreakerOpen,
    Busy,
    Outbound,
    Refused,
    State,
    TimedOut,
    TooLarge,
    Unreachable,
)
from tests.kit.outside.wire import Network, Resolver, Served, answers, call, says, serve, silence


async def test_a_silent_server_times_out() -> None:
    with pytest.raises(TimedOut):
        await call(silence, seconds=0.05)


async def test_a_server_that_drips_does_not_start_the_clock_anew() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.002)

    async with asyncio.timeout(30):
        with pytest.raises(TimedOut):
            await call(drip, seconds=0.05)


async def test_a_resolver_that_never_answers_times_out(trust: ssl.SSLContext) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return [f"{host}:{port}"]

    async with Outbound(network=Network(), resolve=resolve, tls=trust, seconds=0.02) as outbound:
        with pytest.raises(TimedOut):
            await outbound.request("GET", "https://hooks.example/")


async def test_the_largest_body_fits_and_one_more_byte_does_not() -> None:
    answer, _ = await call(answers(body=b"x" * 1000), body_bytes_max=1000)
    assert len(answer.body) == 1000
    with pytest.raises(TooLarge):
        await call(answers(body=b"x" * 1001), body_bytes_max=1000)


async def test_an_endless_body_is_left_where_it_is() -> None:
    sent = 0

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()
            sent += 4096

    with pytest.raises(TooLarge):
        await call(pour)
    assert sent < 20_000_000


async def test_a_query_may_be_longer_than_an_address_and_is_written_by_us() -> None:
    async with serve(answers()) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin]) as outbound:
            await outbound.request("GET", f"{origin}/x", query={"a": "b&c=#", "ticket": "f" * 5_120})
            with pytest.raises(Refused):
                await outbound.request("GET", f"{origin}/x", query={"ticket": "f" * 9_000})
    assert served.heads[0].startswith(b"GET /x?a=b%26c%3D%23&ticket=ffff")
    assert len(served.heads) == 1


async def test_a_status_that_means_stop_opens_the_breaker_at_once() -> None:
    async with serve(answers("403 Forbidden")) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin]) as outbound:
            assert (await outbound.request("GET", origin, stops={429})).status == 403
            assert (await outbound.request("GET", origin, stops={403})).status == 403
            with pytest.raises(BreakerOpen):
                await outbound.request("GET", origin)
    assert len(served.heads) == 2


async def test_a_packed_body_is_not_unpacked() -> None:
    answer, _ = await call(answers(body=b"\x1f\x8b\x08packed", headers="Content-Encoding: gzip\r\n"))
    assert answer.body == b"\x1f\x8b\x08packed"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
async def test_half_an_answer_is_none(answer: bytes) -> None:
    with pytest.raises(Unreachable):
        await call(says(answer, then_close=True))


async def test_a_closed_port_is_unreachable() -> None:
    async with serve(answers()) as served:
        origin = f"http://127.0.0.1:{served.port}"
    async with Outbound(allow=[origin]) as outbound:
        with pytest.raises(Unreachable):
            await outbound.request("GET", origin)


async def test_a_call_that_finds_all_connections_taken_blames_nobody() -> None:
    async with serve(silence) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin], connections_max=1, connect_seconds=0.02) as outbound:
            first = asyncio.create_task(outbound.request("GET", origin))
            await served.arrived.get()
            with pytest.raises(Busy):
                await outbound.request("GET", origin)
            assert outbound.standings()[origin].failures == 0
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)


async def test_time_outs_and_cancelled_calls_give_their_connections_back() -> None:
    async with serve(silence) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(
            allow=[origin], connections_max=2, seconds=0.02, breaker=lambda: Breaker(failures_max=1000)
        ) as outbound:
            for _ in range(5):
                outcomes = await asyncio.gather(
                    *(outbound.request("GET", origin) for _ in range(2)), return_exceptions=True
                )
                assert {type(outcome) for outcome in outcomes} == {TimedOut}
        assert served.connections == 10


# The breaker of an origin


class Clock:
    now = 0.0


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Served, Clock, Outbound, str]]:
    """A server that always answers 503, and a breaker that opens at the third failure for ten seconds."""
    clock = Clock()
    async with serve(answers("503 Service Unavailable")) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(
            allow=[origin, "http://127.0.0.1:9"],
            breaker=lambda: Breaker(lambda: clock.now, failures_max=3, pause_seconds=10),
        ) as outbound:
            yield served, clock, outbound, origin


async def test_an_origin_that_fails_is_left_alone_and_then_probed(slow: tuple[Served, Clock, Outbound, str]) -> None:
    served, clock, outbound, origin = slow
    for _ in range(3):
        assert (await outbound.request("GET", origin)).status == 503
    with pytest.raises(BreakerOpen) as refused:
        await outbound.request("GET", origin)
    assert refused.value.retry_after_seconds == 10
    assert len(served.heads) == 3
    assert outbound.standings()[origin].state is State.OPEN
    clock.now += 10
    assert (await outbound.request("GET", origin)).status == 503
    with pytest.raises(BreakerOpen):
        await outbound.request("GET", origin)
    assert len(served.heads) == 4


async def test_the_breaker_of_one_origin_is_not_that_of_another(slow: tuple[Served, Clock, Outbound, str]) -> None:
    _, _, outbound, origin = slow
    for _ in range(3):
        with pytest.raises(Unreachable):
            await outbound.request("GET", "http://127.0.0.1:9/")
    with pytest.raises(BreakerOpen):
        await outbound.request("GET", "http://127.0.0.1:9/")
    assert (await outbound.request("GET", origin)).status == 503


async def test_a_cancelled_probe_does_not_keep_the_breaker_shut() -> None:
    clock = Clock()
    async with serve(silence) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(
            allow=[origin], breaker=lambda: Breaker(lambda: clock.now, failures_max=1, pause_seconds=10)
        ) as outbound:
            with pytest.raises(TimedOut):
                await outbound.request("GET", origin, seconds=0.02)
            clock.now += 10
            await served.arrived.get()
            probe = asyncio.create_task(outbound.request("GET", origin))
            await served.arrived.get()
            probe.cancel()
            await asyncio.gather(probe, return_exceptions=True)
            with pytest.raises(TimedOut):
                await outbound.request("GET", origin, seconds=0.02)


async def test_refusals_do_not_count_against_an_origin(trust: ssl.SSLContext) -> None:
    async with Outbound(network=Network(), resolve=Resolver(["127.0.0.1"]), tls=trust) as outbound:
        for _ in range(20):
            with pytest.raises(Refused):
                await outbound.request("GET", "https://hooks.example/")
        assert outbound.standings()["https://hooks.example"].failures == 0


async def test_the_origins_remembered_have_an_end(trust: ssl.SSLContext) -> None:
    async with Outbound(network=Network(), resolve=Resolver(["93.184.216.34"]), tls=trust) as outbound:
        for number in [*range(1_000), 0, 1_000]:
            with pytest.raises(Unreachable):
                await outbound.request("GET", f"https://a{number}.example/")
        standings = outbound.standings()
    assert len(standings) == 1_000
    assert "https://a1.example" not in standings
    assert {"https://a0.example", "https://a1000.example"} <= standings.keys()
