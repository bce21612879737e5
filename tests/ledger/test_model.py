"""Thirty thousand random postings, in batches and beside each other, against the ledger in plain Python."""

from random import Random

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.ledger import Known
from playerbase.schema import INVARIANTS
from tests.conftest import MovingClock
from tests.ledger.conftest import told
from tests.ledger.reference import Reference
from tests.ledger.world import BATCHES, MINUTES, PLAYERS, World, agree

TRANSACTIONS = 30_000


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.usefixtures("standing_clock")
async def test_the_ledger_agrees_with_the_one_in_plain_python(pool: Pool, clock: MovingClock, seed: int) -> None:
    random = Random(seed)
    async with transaction(pool) as tx:
        players = [await identity.create(tx) for _ in range(PLAYERS)]
    world, reference, known = World(random, players), Reference(), Known()
    done = 0
    while done < TRANSACTIONS // 3:
        batch = [world.posting() for _ in range(random.choice(BATCHES))]
        done += len(batch)
        expected = [reference.post(posting, the_clock.now()) for posting in batch]
        async with transaction(pool) as tx:
            found = told(await ledger.post(tx, batch, known))
        assert ["posted" if word == "replayed" else word for word in found] == expected, done
        clock.forward(minutes=random.choice(MINUTES))
        if random.random() < 0.05:
            known = Known()  # Another process.
            reference.forget(world.forget(1_000))
            await agree(pool, reference)
    await agree(pool, reference)
    async with reading(pool) as db:
        assert await broken(db, INVARIANTS) == []
