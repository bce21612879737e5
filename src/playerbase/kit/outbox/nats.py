"""Facts between databases over NATS JetStream: a carrier fills the stream, a receiver copies it into the local log.

The stream only transports. Who stands where is kept in our own databases, so NATS may be away, be killed or lose its
disk: what was told is carried later or again, and each database takes each fact once, by its event id.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec
import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingCame
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Db, Pool, Tx, reading, sql, transaction
from playerbase.kit.outbox.live import present
from playerbase.kit.outbox.origin import settle_origin

STREAM = "PLAYERBASE"
SUBJECT = "pb.events."
CARRIER = "kit.carrier"
FILLED, COPIED = f"{STREAM} filled", f"{STREAM} copied"
BATCH_MAX = 500
KEPT_SECONDS = 7 * 86_400.0  # As long as the logs keep events themselves.
DOUBLES_SECONDS = 120.0
ACKS_SECONDS = 5.0
PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 1.0
LOOK_SECONDS = 2.0  # How soon a receiver that hears nothing asks whether its stream is still there.
RETRY_SECONDS, RETRY_SECONDS_MAX = 0.5, 30.0

_log = log.get("nats")
_carried = metrics.Counter("events_carried", "Events acknowledged by the stream.")
_copied = metrics.Counter("events_copied", "Events of other databases looked at.")


class Own(msgspec.Struct, frozen=True):
    """A fact of this database on its way out."""

    id: int
    event_id: UUID
    topic: str
    body: str
    traceparent: str
    told_at: datetime


class Carried(msgspec.Struct, frozen=True):
    """A fact of another database."""

    event_id: UUID
    topic: str
    body: str
    traceparent: str
    told_at: datetime
    origin: UUID


class Met(msgspec.Struct, frozen=True):
    """The making of a stream this database knows, and how far it copied it."""

    made_at: str
    position: int


class Overtaken(Exception):
    """Another process did this work in the meantime, or the stream is no longer the one it was."""


@sql
async def place_carrier(tx: Tx, handler: str, now: datetime) -> None: ...
@sql
async def meet_stream(tx: Tx, stream: str) -> Met | None: ...
@sql
async def adopt_stream(tx: Tx, stream: str, made_at: str) -> None: ...
@sql
async def rewind_carrier(tx: Tx, handler: str) -> None: ...
@sql
async def carrier_position(db: Db, handler: str) -> int: ...
@sql
async def next_own(db: Db, after: int, until: int, count: int) -> list[Own]: ...
@sql
async def move_carrier(
    tx: Tx, handler: str, stream: str, made_at: str, after: int, until: int, now: datetime
) -> bool | None: ...
@sql
async def move_stream(tx: Tx, stream: str, made_at: str, after: int, until: int) -> bool | None: ...
@sql
async def copy_events(tx: Tx, carried: list[Carried]) -> None: ...


async def transport(pool: Pool, nats_url: str, stop: asyncio.Event) -> None:
    """Carry this database's facts out and the others' in, until told to stop; in any number of processes."""
    await asyncio.gather(
        _keep_at(lambda: carry(pool, nats_url, stop), stop), _keep_at(lambda: receive(pool, nats_url, stop), stop)
    )


async def carry(pool: Pool, nats_url: str, stop: asyncio.Event) -> None:
    """Publish what this database tells, in order; the position moves once all of a batch is acknowledged."""
    me = await settle_origin(pool)
    async with _Connection(nats_url) as connection:
        jetstream = connection.jetstream(publish_async_max_pending=BATCH_MAX)
        made_at, _ = await _stream(jetstream)
        async with transaction(pool) as tx:
            await place_carrier(tx, CARRIER, clock.now())
            met = await meet_stream(tx, FILLED)
            if met is None or met.made_at != made_at:
                await adopt_stream(tx, FILLED, made_at)
            if met is not None and met.made_at != made_at:
                _log.warning("the stream was made anew and is filled with all there is")
                await rewind_carrier(tx, CARRIER)
            after = await carrier_position(tx, CARRIER)
        seen = after  # Further than the position, over facts that need no carrying.
        sequence = 0
        while not stop.is_set():
            async with reading(pool) as db:
                until = await present(db)
                own = await next_own(db, seen, until, BATCH_MAX)
            if not own:
                seen = max(seen, until)
                if connection.is_closed:
                    raise Overtaken("The connection was closed.")
                await _pause(PAUSE_SECONDS, stop)
                continue
            sequence = await _publish(jetstream, own, me, sequence)
            async with transaction(pool) as tx:
                if not await move_carrier(tx, CARRIER, FILLED, made_at, after, own[-1].id, clock.now()):
                    raise Overtaken("Another carrier has moved the position.")
            after = seen = own[-1].id
            _carried.inc(len(own))


async def receive(pool: Pool, nats_url: str, stop: asyncio.Event) -> None:
    """Copy what others tell into this database's log, in order; the position moves in the same transaction."""
    me = await settle_origin(pool)
    async with _Connection(nats_url) as connection:
        jetstream = connection.jetstream()
        made_at, first = await _stream(jetstream)
        async with transaction(pool) as tx:
            met = await meet_stream(tx, COPIED)
            if met is None or met.made_at != made_at:
                await adopt_stream(tx, COPIED, made_at)
                met = Met(made_at, 0)
        if first > met.position + 1:
            _log.error("the stream has dropped what was not copied yet", position=met.position, first=first)
        position, delivered = met.position, 0
        subscription = await jetstream.subscribe(
            f"{SUBJECT}>", stream=STREAM, config=_from(position), manual_ack=True, flow_control=True
        )
        looked_at = clock.monotonic()
        while not stop.is_set():
            batch = await _next(subscription)
            if not batch:
                if clock.monotonic() - looked_at > LOOK_SECONDS:
                    await _is_the_same(jetstream, made_at)
                    await subscription.consumer_info()
                    looked_at = clock.monotonic()
                continue
            for message in batch:
                delivered += 1
                if message.metadata.sequence.consumer != delivered:
                    raise Overtaken("A message was lost on the way here; it is asked for again.")
            until = batch[-1].metadata.sequence.stream
            foreign = [each for each in map(_read, batch) if each is not None and each.origin != me]
            async with transaction(pool) as tx:
                if not await move_stream(tx, COPIED, made_at, position, until):
                    raise Overtaken("Another receiver has moved the position.")
                if foreign:
                    await copy_events(tx, foreign)
            position = until
            _copied.inc(len(foreign))


async def _publish(jetstream: JetStreamContext, own: list[Own], me: UUID, sequence: int) -> int:
    acks = [
        await jetstream.publish_async(
            SUBJECT + each.topic,
            each.body.encode(),
            stream=STREAM,
            headers={
                "Nats-Msg-Id": str(each.event_id),
                "Pb-Origin": str(me),
                "Pb-Told-At": each.told_at.isoformat(),
                **({"traceparent": each.traceparent} if each.traceparent else {}),
            },
        )
        for each in own
    ]
    async with asyncio.timeout(ACKS_SECONDS):
        for ack in await asyncio.gather(*acks):
            if not ack.duplicate:
                if ack.seq <= sequence:
                    raise Overtaken("The stream was made anew while it was being filled.")
                sequence = ack.seq
    return sequence


def _read(message: Msg) -> Carried | None:
    """The fact in a message; None for what is none, which only a stranger can have put there."""
    headers = message.headers or {}
    try:
        msgspec.json.decode(message.data)
        return Carried(
            UUID(headers["Nats-Msg-Id"]),
            message.subject.removeprefix(SUBJECT),
            message.data.decode(),
            headers.get("traceparent", ""),
            datetime.fromisoformat(headers["Pb-Told-At"]),
            UUID(headers["Pb-Origin"]),
        )
    except (KeyError, ValueError, msgspec.DecodeError) as fault:
        _log.warning("a message in the stream is no fact", subject=message.subject, fault=repr(fault))
        return None


async def _stream(jetstream: JetStreamContext) -> tuple[str, int]:
    """Make the stream unless it is there; when it was made, which tells one from its successor, and where it begins."""
    try:
        found = await jetstream.stream_info(STREAM)
    except NotFoundError:
        found = await jetstream.add_stream(
            StreamConfig(
                STREAM,
                subjects=[f"{SUBJECT}>"],
                retention=RetentionPolicy.LIMITS,
                storage=StorageType.FILE,
                max_age=KEPT_SECONDS,
                duplicate_window=DOUBLES_SECONDS,
            )
        )
    return str(found.created), found.state.first_seq


async def _next(subscription: JetStreamContext.PushSubscription) -> list[Msg]:
    """What has come, without waiting for more than the first."""
    batch: list[Msg] = []
    with suppress(NothingCame):
        batch.append(await subscription.next_msg(PATIENCE_SECONDS))
        while subscription.pending_msgs and len(batch) < BATCH_MAX:
            batch.append(await subscription.next_msg(PATIENCE_SECONDS))
    return batch


async def _is_the_same(jetstream: JetStreamContext, made_at: str) -> None:
    if (await _stream(jetstream))[0] != made_at:
        raise Overtaken("The stream was made anew.")


def _from(position: int) -> ConsumerConfig:
    return ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=position + 1,
        ack_policy=AckPolicy.NONE,
        idle_heartbeat=LOOK_SECONDS,
        inactive_threshold=30.0,
        mem_storage=True,
        num_replicas=1,
    )


class _Connection:
    """A connection that ends at the first fault."""

    # One that reconnects by itself first sends what was kept meanwhile, and what was lost before only when asked: out
    # of order.

    def __init__(self, nats_url: str) -> None:
        self._url = nats_url
        self._client = Client()

    async def __aenter__(self) -> Client:
        self._client = await nats.connect(self._url, allow_reconnect=False, error_cb=_hear, name="playerbase")
        return self._client

    async def __aexit__(self, *_: object) -> None:
        with suppress(NatsError, OSError):
            await self._client.close()


async def _hear(fault: Exception) -> None:
    _log.info("NATS says", fault=repr(fault))


async def _keep_at(work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Begin again whatever happens, each time a little later, until it went well for a while."""
    pause = RETRY_SECONDS
    while not stop.is_set():
        began = clock.monotonic()
        try:
            await work()
        except Exception as fault:
            if clock.monotonic() - began > RETRY_SECONDS_MAX:
                pause = RETRY_SECONDS
            _log.warning("the transport begins again", fault=repr(fault), seconds=round(pause, 1))
            await _pause(pause * random.uniform(0.5, 1.5), stop)  # noqa: S311 - jitter
            pause = min(pause * 2, RETRY_SECONDS_MAX)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
