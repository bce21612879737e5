"""The live tail: each process follows the log and pushes to who is connected to it; nothing is kept of it."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from playerbase.kit import log, metrics
from playerbase.kit.db import Db, Pool, reading, sql
from playerbase.kit.outbox.event import Event
from playerbase.kit.outbox.reader import Told

STAFF = "staff"
PAUSE_SECONDS = 0.25  # Of the second a push may take.
STEP_MAX = 500  # Events looked at in one go; a client that missed more is told to load the page anew.
WAITING_MAX = 2 * STEP_MAX  # A client this far behind is cut off; it comes back with the last id it saw.
NUMBER_CHARACTERS_MAX = 18
AHEAD_MAX = 1_000_000  # Another process may be ahead of this one, but not by much.

_log = log.get("live")
_streams = metrics.Gauge("live_streams", "Connected server-sent event streams.")


class Pushed(NamedTuple):
    """One event for one client: an id to resume from, the topic, the JSON body."""

    id: str
    topic: str
    body: str


@sql
async def present(db: Db) -> int: ...
@sql
async def next_of_all(db: Db, after: int, until: int, count: int) -> list[Told]: ...


class Stream:
    """What one client hears."""

    def __init__(self, audiences: frozenset[str]) -> None:
        self.audiences = audiences
        self.queue: asyncio.Queue[Pushed | None] = asyncio.Queue(WAITING_MAX)

    def push(self, pushed: Pushed) -> None:
        """Queue it; a client that does not keep up is cut off."""
        if self.queue.full():
            self.end()
        else:
            self.queue.put_nowait(pushed)

    def end(self) -> None:
        """Let the client go, after dropping what it has not read."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)

    async def next(self, patience_seconds: float) -> Pushed | bool | None:
        """What comes next; None at the end, False when nothing came in time."""
        try:
            async with asyncio.timeout(patience_seconds):
                return await self.queue.get()
        except TimeoutError:
            return False


class Live:
    """Follows the log while somebody is connected."""

    def __init__(self, pool: Pool, events: Sequence[type[Event]]) -> None:
        self._pool = pool
        self._decoders = {event.topic: msgspec.json.Decoder(event) for event in events}
        self._streams: set[Stream] = set()
        self._follower: asyncio.Task[None] | None = None
        self._at: int | None = None
        self._turn = asyncio.Lock()

    async def join(self, audiences: frozenset[str], after: str = "") -> Stream:
        """A new stream for these audiences, resumed after the id given if that is not long ago."""
        stream = Stream(audiences)
        async with self._turn:
            if self._at is None:
                async with reading(self._pool) as db:
                    self._at = await present(db)
            if after.isdecimal() and len(after) <= NUMBER_CHARACTERS_MAX:
                await self._catch_up(stream, int(after), self._at)
            self._streams.add(stream)
            _streams.inc()
        if self._follower is None or self._follower.done():
            self._follower = asyncio.create_task(self._follow())
        return stream

    def leave(self, stream: Stream) -> None:
        """The client has gone."""
        if stream in self._streams:
            self._streams.discard(stream)
            _streams.dec()

    async def close(self) -> None:
        """End every stream."""
        for stream in list(self._streams):
            stream.end()
            self.leave(stream)
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.wait([self._follower])

    async def _follow(self) -> None:
        while True:
            looked_at = 0
            async with self._turn:
                if not self._streams:
                    self._at = None  # Whoever comes next begins at the present.
                    return
                try:
                    looked_at = await self._step()
                except Exception as fault:
                    _log.warning("the live tail stumbled and goes on", fault=repr(fault))
            await asyncio.sleep(PAUSE_SECONDS if looked_at < STEP_MAX else 0)

    async def _step(self) -> int:
        assert self._at is not None
        async with reading(self._pool) as db:
            until = await present(db)
            told = await next_of_all(db, self._at, until, STEP_MAX) if until > self._at else []
        for event in told:
            self._push(event, self._streams)
        self._at = told[-1].id if len(told) == STEP_MAX else max(until, self._at)
        return len(told)

    def _push(self, event: Told, streams: Iterable[Stream]) -> None:
        decoder = self._decoders.get(event.topic)
        if decoder is None:
            return
        fact: Event | None = None
        hearers: set[str] = set()
        pushed = Pushed(str(event.id), event.topic, event.body)
        for stream in streams:
            own = pushed
            if STAFF not in stream.audiences:
                if fact is None:
                    fact = decoder.decode(event.body)
                    hearers = set(fact.audiences())
                if hearers.isdisjoint(stream.audiences):
                    continue
                part = fact.told_to(stream.audiences)
                if part is not fact:
                    own = pushed._replace(body=msgspec.json.encode(part).decode())
            stream.push(own)

    async def _catch_up(self, stream: Stream, after: int, at: int) -> None:
        async with reading(self._pool) as db:
            told = await next_of_all(db, after, at, STEP_MAX)
        if len(told) == STEP_MAX or after > at + AHEAD_MAX:
            stream.push(Pushed(str(at), "reset", "{}"))  # So long ago, or so wrong, that a fresh page says it better.
            return
        for event in told:
            self._push(event, [stream])


def of_player(player_id: UUID) -> str:
    """The audience that is one player."""
    return f"player:{player_id}"
