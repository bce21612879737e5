"""Any schedule of writers, readers, failures and deaths, against what must come out of it."""

import asyncio
import random
from collections import defaultdict
from contextlib import suppress

import asyncpg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from playerbase import schema
from playerbase.kit import outbox
from playerbase.kit.db import Pool, Tx, broken, reading, transaction
from playerbase.kit.errors import Unavailable
from playerbase.kit.outbox import Reaction
from tests.conftest import MovingClock
from tests.kit.outbox.stage import CannotMove, Moved, write

EXAMPLES = 15
LAWS = {name: query for name, query in schema.INVARIANTS.items() if name.startswith("kit.")}
PEOPLE = ("ann", "bob", "cem", "dia")


class Death(BaseException):
    """What a killed process does: it stops, and undoes nothing itself."""


class World:
    """One random run: what is told, who reads, what goes wrong."""

    def __init__(self, pool: Pool, clock: MovingClock, seed: int) -> None:
        self.pool, self.clock, self.random = pool, clock, random.Random(seed)
        self.told: dict[int, tuple[str, ...]] = {}
        self.order: dict[str, list[int]] = defaultdict(list)
        self.discarded: set[int] = set()
        self.failures: dict[int, int] = {}  # How often an event is yet to fail, and
        self.deaths: dict[int, int] = {}  # how often to end its process.
        self.peace = False
        self.reaction = Reaction("writer", (Moved,), self.run)

    async def run(self, tx: Tx, moves: list[Moved]) -> None:
        await write(tx, "writer", [move.number for move in moves])
        for move in moves:
            if self.deaths.get(move.number, 0) > 0:
                self.deaths[move.number] -= 1
                raise Death
            # Failing is a trait of the event, not of the attempt: a list is tried again in halves.
            if not self.peace and self.failures.get(move.number, 0) > 0:
                if len(moves) == 1:
                    self.failures[move.number] -= 1
                raise CannotMove(move.number)
        if not self.peace and self.random.random() < 0.05:
            raise asyncpg.DeadlockDetectedError("pretended")

    async def tell(self) -> None:
        """Several facts at once, by a writer that locks whom they are about, and began before it had them all."""
        crowd = sorted(self.random.sample(PEOPLE, self.random.randint(0, 3)))
        async with transaction(self.pool) as tx:
            if self.random.random() < 0.5:
                await tx.fetch("select pg_current_xact_id()")
                await self.dawdle()
            for name in crowd:
                await tx.execute("select pg_advisory_xact_lock(hashtext($1))", name)
            for _ in range(self.random.randint(1, 5)):
                number = len(self.told)
                who = self.told[number] = tuple(name for name in crowd if self.random.random() < 0.6)
                for name in who:
                    self.order[name].append(number)
                if self.random.random() < 0.15:
                    self.failures[number] = self.random.randint(1, 4)
                if self.random.random() < 0.03:
                    self.deaths[number] = self.random.randint(1, 4)
                await outbox.emit(tx, Moved(number=number, who=who))
                await self.dawdle()

    async def dawdle(self) -> None:
        for _ in range(self.random.randint(0, 20)):
            await asyncio.sleep(0)

    async def work(self) -> None:
        for _ in range(self.random.randint(5, 15)):
            async with reading(self.pool) as db:
                assert await broken(db, LAWS) == []
            with suppress(Death, asyncpg.DeadlockDetectedError, Unavailable):
                await outbox.read(self.pool, self.reaction, batch_max=self.random.randint(1, 20))
            if self.random.random() < 0.3:
                self.clock.forward(seconds=self.random.choice((10, 50, 500)))
            await self.dawdle()

    async def decide(self) -> None:
        """An operator clears what is dead, one way or the other."""
        async with transaction(self.pool) as tx:
            for letter in await outbox.letters(tx, state="dead", count=3):
                number = int(letter.body.split(":")[1].split(",")[0])
                if self.random.random() < 0.5:
                    with suppress(outbox.LetterGone, outbox.LetterHeld):
                        await outbox.replay(tx, letter.handler, letter.event)
                else:
                    with suppress(outbox.LetterGone):
                        await outbox.discard(tx, letter.handler, letter.event)
                        self.discarded.add(number)

    async def settle(self) -> None:
        """From now on nothing fails; what died is replayed until nothing is left."""
        self.peace = True
        self.deaths.clear()
        while True:
            self.clock.forward(minutes=10)
            if await outbox.read(self.pool, self.reaction):
                continue
            async with transaction(self.pool) as tx:
                left = await outbox.letters(tx)
                for letter in left:
                    if letter.state == "dead":
                        await outbox.replay(tx, letter.handler, letter.event)
            if not left:
                return

    async def hold_to_account(self) -> None:
        async with self.pool.acquire() as connection:
            done = [row[0] for row in await connection.fetch("select number from effects order by at")]
            told = [
                row[0] for row in await connection.fetch("select (body->>'number')::int from kit.events order by id")
            ]
        assert sorted(done) == sorted(set(self.told) - self.discarded)
        assert sorted(told) == sorted(self.told)
        for name in PEOPLE:
            mine = [number for number in done if name in self.told[number]]
            assert mine == [number for number in self.order[name] if number not in self.discarded]


async def _write_much(world: World) -> None:
    for _ in range(world.random.randint(3, 10)):
        await world.tell()


async def _decide_often(world: World) -> None:
    for _ in range(5):
        await world.decide()
        await world.dawdle()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
async def test_every_event_takes_effect_once_and_in_the_order_of_its_keys(
    stage: Pool, clock: MovingClock, seed: int
) -> None:
    async with stage.acquire() as connection:
        await connection.execute("truncate effects, kit.events, kit.readers cascade")
    world = World(stage, clock, seed)
    await outbox.subscribe(stage, [world.reaction])
    writers = [_write_much(world) for _ in range(3)]
    workers = [world.work() for _ in range(3)]
    await asyncio.gather(*writers, *workers, _decide_often(world))
    await world.settle()
    await world.hold_to_account()
