"""An event, a reaction that writes down what it is given, and ways to make it fail."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from playerbase.kit import outbox
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.outbox import Reaction


class Moved(outbox.Event, frozen=True):
    """Somebody made a numbered move."""

    topic: ClassVar[str] = "test.moved"
    number: int
    who: tuple[str, ...] = ()

    def keys(self) -> Sequence[str]:
        return self.who

    def audiences(self) -> Sequence[str]:
        return [f"player:{name}" for name in self.who]


class Rested(outbox.Event, frozen=True):
    """Somebody did nothing."""

    topic: ClassVar[str] = "test.rested"
    number: int


class CannotMove(Exception):
    """The reaction does not like this event."""


async def make_effects(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute(
            "create table effects (at bigint generated always as identity, handler text, number int)"
        )


async def write(tx: Tx, handler: str, numbers: list[int]) -> None:
    await tx.execute("insert into effects (handler, number) select $1, unnest($2::int[])", handler, numbers)
    await tx.execute("select pg_notify('effects', $1)", handler)  # Heard when it is committed.


async def effects(pool: Pool, handler: str = "writer") -> list[int]:
    async with pool.acquire() as connection:
        rows = await connection.fetch("select number from effects where handler = $1 order by at", handler)
    return [row[0] for row in rows]


def writer(
    name: str = "writer",
    *,
    bad: Callable[[int], bool] = lambda _: False,
    events: tuple[type[outbox.Event], ...] = (Moved,),
) -> Reaction:
    """Writes each number down, and fails on those it is told are bad, after having written them."""

    async def run(tx: Tx, moves: list[Moved]) -> None:
        await write(tx, name, [move.number for move in moves])
        for move in moves:
            if bad(move.number):
                raise CannotMove(move.number)

    return Reaction(name, events, run)


async def tell(pool: Pool, *events: outbox.Event) -> None:
    async with transaction(pool) as tx:
        await outbox.emit(tx, *events)


async def moves(pool: Pool, *numbers: int, who: tuple[str, ...] = ()) -> None:
    await tell(pool, *[Moved(number=number, who=who) for number in numbers])


async def drain(pool: Pool, *reactions: Reaction, batch_max: int = 500) -> None:
    """Read until nobody has anything to do, as workers would."""
    while any([await outbox.read(pool, reaction, batch_max=batch_max) for reaction in reactions]):
        pass


async def in_time(pool: Pool, count: int, handler: str = "writer", seconds: float = 20) -> list[int]:
    """The effects, once there are so many."""
    heard = asyncio.Event()
    async with asyncio.timeout(seconds), pool.acquire() as connection:

        def hear(*_: object) -> None:
            heard.set()

        await connection.add_listener("effects", hear)
        try:
            while len(found := await effects(pool, handler)) < count:
                await heard.wait()
                heard.clear()
        finally:
            await connection.remove_listener("effects", hear)
    return found
