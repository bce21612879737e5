"""A client that costs little, so that on two cores most of the time is the server's."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, cast

HEADER_END = b"\r\n\r\n"


class Run(NamedTuple):
    """What a load run saw: how many answers, how many not as expected, and how long each took, in ms, sorted."""

    answers: int
    errors: int
    seconds: float
    latencies_ms: list[float]
    first_error: str
    statuses: Mapping[int, int] = MappingProxyType({})  # How many answers bore each status.

    def percentile(self, part: float) -> float:
        """The latency that this part of the answers stayed below, in ms."""
        return self.latencies_ms[min(int(len(self.latencies_ms) * part), len(self.latencies_ms) - 1)]


class Connection(asyncio.Protocol):
    """One kept-alive connection with one request under way at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Answer when the whole body is there."""
        self._buffer += data
        end = self._buffer.find(HEADER_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        body = self._buffer[end + 4 : end + 4 + length]
        self._buffer = self._buffer[end + 4 + length :]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def request(method: str, path: str, token: str, body: bytes = b"", key: str = "") -> bytes:
    """A request, whole, as it goes over the wire; without a token, nobody's."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if key:
        head += f"Idempotency-Key: {key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


async def load(
    host: str, port: int, requests: Iterator[bytes], *, connections: int, expected: Sequence[int], seconds: float,
    pause_seconds: float = 0,
) -> Run:  # fmt: skip
    """Send what the iterator gives until it ends or the time is over; every connection waits for its answer.

    With a pause after each, it watches rather than loads.
    """
    latencies: list[float] = []
    errors = 0
    first_error = ""
    statuses = Counter[int]()
    began = time.perf_counter()

    async def drive() -> None:
        nonlocal errors, first_error
        _, connection = await asyncio.get_running_loop().create_connection(Connection, host, port)
        for wanted in requests:
            if time.perf_counter() - began > seconds:
                break
            sent = time.perf_counter()
            status, body = await connection.ask(wanted)
            statuses[status] += 1
            latencies.append((time.perf_counter() - sent) * 1000)
            if status not in expected:
                errors += 1
                first_error = first_error or f"{status} {body[:300].decode(errors='replace')}"
            if pause_seconds:
                await asyncio.sleep(pause_seconds)
        connection.close()

    await asyncio.gather(*(drive() for _ in range(connections)))
    return Run(len(latencies), errors, time.perf_counter() - began, sorted(latencies), first_error, statuses)
