"""uvicorn's connection, taught to bound a head while it comes, to refuse in our form, and to answer at once."""

import asyncio
import random
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from playerbase.kit.http.intake import ADDRESS_BYTES_MAX, HEADERS_BYTES_MAX
from playerbase.kit.http.message import Answer, BadRequest
from playerbase.kit.http.noting import note
from playerbase.kit.http.problems import AddressTooLong, HeadersTooLarge, problem
from playerbase.kit.http.sending import Headers, Sender

HEAD_BYTES_MAX = 4 * HEADERS_BYTES_MAX  # A connection that sends more without ending its head is cut; less is answered.
HEAD_SECONDS_MAX = 10  # For a whole head to arrive, so that nobody holds a connection by a byte a second.
APART_BYTES_MIN = 16_384  # A body up to this is joined to its head: copying it costs less than a second piece does.
WHOLE = "playerbase.whole"  # In the scope: how to send an answer in one piece.


class Protocol(HttpToolsProtocol):
    """One connection."""

    docs: str
    sender: Sender

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = b""
        self._in_head = True
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn narrows it.
        """A client has come; it has so long to say what it wants."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS_MAX, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_timer()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """An answer has gone. The connection is looked at when it may have been idle for too long, and not sooner.

        The server sets a timer after every answer and cancels it with the next request, which costs 3 us of each.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has been idle for so long; one that is at something is looked at after it."""
        self.timeout_keep_alive_task = None
        if self._head_timer is not None or (self.cycle is not None and not self.cycle.response_complete):
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again(left)
        elif not self.transport.is_closing():
            self.transport.close()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _unset_keepalive_if_required(self) -> None:
        """What the server does with each request: here the timer goes on, and finds out by itself."""

    def data_received(self, data: bytes) -> None:
        """More of a request, or several of them."""
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES_MAX:
            self._refuse(HeadersTooLarge(limit=HEADERS_BYTES_MAX))
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.close)

    def on_message_begin(self) -> None:
        """The first byte of a head."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """The last byte of a head."""
        self._in_head = False
        if self._head_timer is not None:
            self._stop_timer()
        super().on_headers_complete()
        cast("dict[str, Any]", self.scope)[WHOLE] = self.cycle

    def send_400_response(self, msg: str) -> None:
        """Whatever cannot be parsed: a bad length, two lengths, control characters, another protocol."""
        del msg
        is_long = len(self.url) > ADDRESS_BYTES_MAX
        self._refuse(AddressTooLong(limit=ADDRESS_BYTES_MAX) if is_long else BadRequest())

    def _refuse(self, refusal: AddressTooLong | BadRequest | HeadersTooLarge) -> None:
        if self.cycle is not None and self.cycle.response_started:
            self.transport.close()  # An answer stands on the line already; a second one would be read as part of it.
            return
        request_id = f"{random.getrandbits(96):024x}"
        answer = problem(refusal, request_id, self.docs)
        headers = self.sender.plain(answer, request_id)
        headers.append((b"connection", b"close"))
        self.transport.write(_head(answer.status, self.server_state.default_headers + headers) + answer.body)
        self.transport.close()
        caller = f"ip:{self.client[0]}" if self.client else "ip:unknown"
        note(
            request_id=request_id, trace_id="", caller=caller, method="-", route=None, path="", status=answer.status,
            seconds=0.0,
        )  # fmt: skip

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def protocol(docs: str, sender: Sender) -> type[Protocol]:
    """The connections of one installation: for uvicorn's ``http``."""
    return type("Connection", (Protocol,), {"docs": docs, "sender": sender})


async def send_whole(cycle: RequestResponseCycle, answer: Answer, headers: Headers, body: bytes) -> None:
    """Send an answer in one write; uvicorn looks through each header by itself, which takes as long as all the rest."""
    if cycle.flow.write_paused and not cycle.disconnected:
        await cycle.flow.drain()
    if cycle.disconnected:
        return
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        cycle.keep_alive = False
    if not cycle.keep_alive:
        headers.append((b"connection", b"close"))
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    head = _head(answer.status, cycle.default_headers + headers)
    if len(body) > APART_BYTES_MIN:
        cycle.transport.writelines([head, body])  # In one call to the kernel too, and the body is not copied first.
    else:
        cycle.transport.write(head + body)
    cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def _head(status: int, headers: Headers) -> bytes:
    head = b"".join([STATUS_LINE[status], *[b"%s: %s\r\n" % header for header in headers], b"\r\n"])
    # One look over all of it: a line more than there are headers was smuggled in by somebody's value.
    assert head.count(b"\n") == len(headers) + 2, "a header holds a line break"
    return head
