"""A little API with one route of every kind, for trying the edge."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit import tracing
from playerbase.kit.db import Db, Kept, Key, Lane, Reading, Tx
from playerbase.kit.errors import Conflict, Refusal, Unavailable
from playerbase.kit.http import ANYONE, PLAYER, Answer, Caller, Cursors, Listing, Request, delete, get, post, put

Count = Annotated[int, msgspec.Meta(ge=0, le=100)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class NotToday(Conflict):
    """Not today."""


class Busy(Unavailable):
    """Somebody else is at it."""


class Performance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One player's part."""

    name: Name
    score: Count


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for."""

    name: Name
    count: Count = 1
    ratio: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    players: Annotated[list[Performance], msgspec.Meta(max_length=3)] = []
    notes: Annotated[dict[str, Count], msgspec.Meta(max_length=3)] = {}


class Thing(msgspec.Struct, frozen=True):
    """What there is."""

    name: str
    count: int


class Secret(msgspec.Struct, frozen=True):
    """What only one may know."""

    token: str


class Wishes(Lane[Wish, Thing]):
    """Wishes in one commit."""

    async def commit(self, tx: Tx, items: list[Wish]) -> list[Thing | Refusal]:
        await tx.executemany("insert into things (name) values ($1)", [(wish.name,) for wish in items])
        return [NotToday() if wish.name == "not today" else Thing(wish.name, wish.count) for wish in items]


class Things(Reading[str, int]):
    """How often each was wished for."""

    async def fetch(self, db: Db, wanted: list[str]) -> Mapping[str, int]:
        rows = await db.fetch("select name, count(*)::int from things where name = any($1) group by name", wanted)
        return {row[0]: row[1] for row in rows}


started: Counter[str] = Counter()
gate = asyncio.Event()


@get("/ping", policy=ANYONE, limit="open")
async def ping() -> Thing:
    """Whether it is there."""
    return Thing("pong", 1)


@get("/long", policy=ANYONE, limit="open")
async def read_long() -> Thing:
    """A long answer."""
    return Thing("x" * 5_000, 1)


@get("/me", policy=PLAYER)
async def read_me(caller: Caller) -> Thing:
    """Who calls."""
    return Thing(caller.subject, 1)


@get("/guarded", policy=ANYONE, limit=("open", "login"))
async def read_guarded() -> Thing:
    """What is counted like a password."""
    return Thing("guarded", 1)


@get("/things/{name}", policy=ANYONE, limit="open")
async def read_thing(things: Things, name: Name, count: Count = 5) -> Thing:
    """How often it was wished for."""
    return Thing(name, await things.get(name) or count)


@get("/numbers/{number_id}", policy=ANYONE, limit="open")
async def read_number(db: Db, number_id: UUID, count: Count) -> Thing:
    """A number."""
    return Thing(str(number_id), await db.fetchval("select $1::int", count))


@get("/listed", policy=ANYONE, limit="open")
async def list_things(caller: Caller, cursors: Cursors, cursor: str | None = None) -> Listing[Thing]:
    """A list of ten."""
    scope = f"little.list_things {caller.subject}"
    after = cursors.read(cursor, tuple[int], scope=scope)[0] if cursor else 0
    return Listing([Thing("thing", after)], cursors.make((after + 1,), scope=scope) if after < 9 else None)


@post("/things", policy=ANYONE, limit="open", status=201)
async def make_thing(tx: Tx, body: Wish) -> Thing:
    """Make it."""
    started[body.name] += 1
    await tx.execute("insert into things (name) values ($1)", body.name)
    match body.name:
        case "not today":
            raise NotToday(tried=body.count)
        case "busy":
            raise Busy(retry_after=3)
        case "bug":
            raise ValueError("select secret from /etc/passwd")
        case "slow":
            await gate.wait()
    return Thing(body.name, body.count)


@post("/valuables", policy=ANYONE, limit="open", status=201, key_required=True)
@post("/value", policy=ANYONE, limit="open", status=201, key_required=True)
async def make_valuable(tx: Tx, body: Wish) -> Thing:
    """Make something of value."""
    return await make_thing(tx, body)


@post("/lane", policy=ANYONE, limit="open", status=201)
async def wish(wishes: Wishes, key: Key | None, body: Wish) -> Thing | Kept:
    """Wish for it."""
    return await (wishes.put(body) if key is None else wishes.put_once(body, key))


@post("/secrets", policy=ANYONE, limit="open", secret=True)
async def make_secret(tx: Tx, body: Wish) -> Secret:
    """A secret."""
    await tx.execute("insert into things (name) values ('secret')")
    return Secret(f"hush-{body.name}-{await tx.fetchval('select count(*) from things')}")


@put("/trace", policy=ANYONE, limit="open")
async def read_trace() -> Thing:
    """Under which trace this runs."""
    return Thing(tracing.current(), 1)


@get("/unreadable", policy=ANYONE, limit="open")
async def read_unreadable(request: Request) -> Thing:
    """What cannot be written as JSON."""
    del request
    return Thing("\ud800", 1)


@get("/broken", policy=ANYONE, limit="open")
async def read_broken() -> Thing:
    """A bug."""
    raise ValueError("select secret from /etc/passwd")


@delete("/things/{name}", policy=ANYONE, limit="open")
async def drop_thing(tx: Tx, name: Name) -> None:
    """Make it not be."""
    await tx.execute("delete from things where name = $1", name)


@get("/stream", policy=ANYONE, limit="open")
async def stream_things() -> Answer:
    """Things, until the end."""
    answer = Answer(media=b"text/event-stream")
    answer.stream = _things()
    return answer


streams: Counter[str] = Counter()
ended = asyncio.Event()


async def _things() -> AsyncIterator[bytes]:
    streams["open"] += 1
    try:
        yield b"data: 1\n\n"
        await gate.wait()
        yield b"data: 2\n\n"
    finally:
        streams["open"] -= 1
        ended.set()
