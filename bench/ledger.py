"""The ledger under load: what servers post over HTTP, and `post()` itself, as it grows and with one busy account."""

import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from bench.client import Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds
from playerbase import ledger
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, open_pool, transaction
from playerbase.ledger import HOUSE, Known, Leg, Posting, Purpose

CONNECTIONS = 64
WARM, MEASURED = 4_000, 60_000
WARM_SECONDS, SECONDS = 2.0, 8.0
BATCH = 200
TRANSFERS = 20_000
GROWTH = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)

Figures = Callable[[Run, Counter[str]], dict[str, Any]]


async def earn(there: Installation, players: list[str], figures: Figures) -> dict[str, Any]:
    """POST /ledger/transactions: coins for many players, all out of the one account that issues them."""

    def earnings() -> Iterator[bytes]:
        for player in itertools.cycle(players):
            body = {"kind": "earn", "player_id": player, "asset": "coins", "amount": 5, "reason": "quest"}
            yield request("POST", "/api/v1/ledger/transactions", there.key, json.dumps(body).encode(), str(uuid4()))

    made = list(itertools.islice(earnings(), WARM + MEASURED))
    await load(there.host, there.port, iter(made[:WARM]), connections=CONNECTIONS, expected=[201], seconds=60)
    before = cpu_seconds(there.roots)
    run = await load(
        there.host, there.port, iter(made[WARM:]), connections=CONNECTIONS, expected=[201], seconds=SECONDS
    )
    return figures(run, cpu_seconds(there.roots) - before)


async def wallet(there: Installation, tokens: list[str], figures: Figures) -> dict[str, Any]:
    """GET /wallet, every connection another player each time."""
    wanted = itertools.cycle([request("GET", "/api/v1/wallet", token) for token in tokens])
    await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=WARM_SECONDS)
    before = cpu_seconds(there.roots)
    run = await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=SECONDS)
    return figures(run, cpu_seconds(there.roots) - before)


async def post(there: Installation, players: list[str]) -> dict[str, Any]:
    """`post()` in batches of two hundred from this process: among players, and out of one account that all share."""
    ledger.use_keys(Keys.derive(bytes(32)))
    pool = await open_pool(there.dsn, size_max=2)
    ids = [UUID(player) for player in players]
    await _fill(pool, ids)
    spread = await _posting(there, pool, (_between(ids, number) for number in itertools.count()), TRANSFERS)
    hot = await _posting(there, pool, (_from_house(ids, number) for number in itertools.count()), TRANSFERS)
    await pool.close()
    return {"errors": 0, "spread": spread, "hot": hot, "hot_to_spread": round(hot["cpu_us"] / spread["cpu_us"], 3)}


async def growth(there: Installation, players: list[str]) -> dict[str, Any]:
    """What a transfer costs while the ledger grows from ten thousand entries to ten million."""
    ledger.use_keys(Keys.derive(bytes(32)))
    pool = await open_pool(there.dsn, size_max=2)
    ids = [UUID(player) for player in players]
    await _fill(pool, ids)
    numbers = itertools.count()
    curve = []
    entries: int = await pool.fetchval("select count(*) from ledger.entries")
    for goal in GROWTH:
        while entries < goal - 2 * TRANSFERS // 4:
            await _post(pool, [_between(ids, number) for number in itertools.islice(numbers, BATCH)], _known)
            entries += 2 * BATCH
        measured = await _posting(there, pool, (_between(ids, number) for number in numbers), TRANSFERS // 4)
        entries += 2 * TRANSFERS // 4
        curve.append({"entries": entries, **measured})
        print(curve[-1], flush=True)
    await pool.close()
    return {"errors": 0, "curve": curve}


_known = Known()


async def _fill(pool: Pool, players: list[UUID]) -> None:
    """Give everybody enough to pass on."""
    for first in range(0, len(players), BATCH):
        some = players[first : first + BATCH]
        await _post(pool, [_moving(HOUSE, player, 1_000_000, f"fill {player}") for player in some], _known)


async def _posting(there: Installation, pool: Pool, transfers: Iterator[Posting], count: int) -> dict[str, Any]:
    before, mine, began = cpu_seconds(there.roots), time.process_time(), time.perf_counter()
    for _ in range(count // BATCH):
        await _post(pool, list(itertools.islice(transfers, BATCH)), _known)
    took, own = time.perf_counter() - began, time.process_time() - mine
    postgres = (cpu_seconds(there.roots) - before)["postgres"]
    return {
        "transfers_per_second": round(count / took),
        "cpu_us": round((postgres + own) * 1e6 / count, 1),
        "cpu_us_postgres": round(postgres * 1e6 / count, 1),
        "cpu_us_python": round(own * 1e6 / count, 1),
    }


async def _post(pool: Pool, postings: list[Posting], known: Known) -> None:
    async with transaction(pool) as tx:
        for outcome in await ledger.post(tx, postings, known):
            assert isinstance(outcome, ledger.Posted), outcome


def _between(players: list[UUID], number: int) -> Posting:
    at = number * 7919
    giver, taker = players[at % len(players)], players[(at * 31 + 1) % len(players)]
    if giver == taker:
        taker = players[(at * 31 + 2) % len(players)]
    return _moving(giver, taker, 1, str(uuid4()))


def _from_house(players: list[UUID], number: int) -> Posting:
    return _moving(HOUSE, players[number * 7919 % len(players)], 1, str(uuid4()))


def _moving(giver: UUID, taker: UUID, amount: int, key: str) -> Posting:
    legs = (
        Leg(giver, "coins", -amount, Purpose.ISSUANCE if giver == HOUSE else Purpose.MAIN),
        Leg(taker, "coins", amount),
    )
    return Posting(scope="bench", key=key, kind="transfer", legs=legs, reason="bench")
