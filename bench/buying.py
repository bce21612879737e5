"""Buying under load: orders of two lines, one thing to keep and some to use up, all of it decided under lock."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from bench.client import Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds
from bench.shop import Calm, stocked
from playerbase import ledger
from playerbase.kit.db import Pool, open_pool, transaction

CONNECTIONS = 64
WARM, MEASURED = 8_000, 30_000
SECONDS = 8.0
PURSE = 1_000_000_000
CONSUMABLES = 20  # Kinds of them that players buy, and soon have had.

Figures = Callable[[Run, Counter[str]], dict[str, Any]]


async def purchase(there: Installation, tokens: dict[str, str], figures: Figures, calm: Calm) -> dict[str, Any]:
    """POST /store/purchases: two lines, every connection another player each time."""
    ledger.use_keys(there.keys)
    pool = await open_pool(there.dsn, size_max=1)
    codes = await stocked(pool)
    await _fill(pool, list(tokens))
    # All players share the load program's address: as many of them from one address would be looked at by a person.
    await pool.execute("update orders.rules set count = 1000000, seconds = 1 where code = 'address'")
    await pool.close()

    def baskets() -> Iterator[bytes]:
        half = len(codes) // 2
        for number, token in enumerate(itertools.cycle(tokens.values())):
            # Something else each time a player's turn comes: nobody who plays buys one thing again and again.
            at = number + number // len(tokens)
            items = [{"item": codes[at % half]}, {"item": codes[half + at % CONSUMABLES], "quantity": 3}]
            body = {"transaction_id": str(uuid4()), "currency": "gems", "items": items}
            yield request("POST", "/api/v1/store/purchases", token, json.dumps(body).encode())

    made = list(itertools.islice(baskets(), WARM + MEASURED))
    await load(there.host, there.port, iter(made[:WARM]), connections=CONNECTIONS, expected=[201], seconds=60)
    await calm(there)
    before = cpu_seconds(there.roots)
    run = await load(
        there.host, there.port, iter(made[WARM:]), connections=CONNECTIONS, expected=[201], seconds=SECONDS
    )
    return figures(run, cpu_seconds(there.roots) - before)


async def _fill(pool: Pool, players: list[str]) -> None:
    """Give everybody more than they can spend."""
    house = ledger.Purpose.ISSUANCE
    postings = [
        ledger.Posting(
            scope="bench", key=f"purse {player}", kind="grant",
            legs=(ledger.Leg(UUID(player), "gems", PURSE), ledger.Leg(ledger.HOUSE, "gems", -PURSE, house)),
        )
        for player in players
    ]  # fmt: skip
    async with transaction(pool) as tx:
        for outcome in await ledger.post(tx, postings):
            assert isinstance(outcome, ledger.Posted), outcome
