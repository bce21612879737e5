"""The ledger under load: what servers post over HTTP, and `post()` itself, as it grows and with one busy account."""

import asyncio
import gc
import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench import plot
from bench.client import Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds, ran_seconds
from playerbase import audit, ledger
from playerbase.kit.db import Pool, open_pool, transaction
from playerbase.ledger import HOUSE, Known, Leg, Posting, Purpose

CONNECTIONS = 64
WARM, MEASURED = 4_000, 60_000
WARM_SECONDS, SECONDS = 2.0, 8.0
BATCH = 200
TRANSFERS = 20_000
WARM_BATCHES = 6
PROVED = 100_000
GROWTH_SECONDS = 480.0  # What does not fit into them is left out.
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
    """`post()` in batches of two hundred from this process: among players, and out of one account that all share.

    One after another, and with two under way, where one is made ready while PostgreSQL writes the other.
    """
    pool = await _served(there)
    ids = [UUID(player) for player in players]
    await _fill(pool, ids)
    numbers = itertools.count()
    halves = [ids[: len(ids) // 2], ids[len(ids) // 2 :]]
    spread = await _posting(there, pool, [(_between(ids, number) for number in numbers)], TRANSFERS)
    hot = await _posting(there, pool, [(_from_house(ids, number) for number in numbers)], TRANSFERS)
    two = await _posting(
        there, pool, [(_between(half, number) for number in itertools.count()) for half in halves], TRANSFERS
    )
    await pool.close()
    ratio = round(hot["cpu_us"] / spread["cpu_us"], 3)
    return {"errors": 0, "spread": spread, "hot": hot, "hot_to_spread": ratio, "two_under_way": two}


async def growth(there: Installation, players: list[str]) -> dict[str, Any]:
    """What a transfer costs while the ledger grows from ten thousand entries to ten million, or as many as fit."""
    pool = await _served(there)
    ids = [UUID(player) for player in players]
    await _fill(pool, ids)
    numbers = itertools.count()
    curve = []
    began = time.monotonic()
    entries: int = await pool.fetchval("select count(*) from ledger.entries")
    for goal in GROWTH:
        if entries > goal:
            continue  # There were more when it began.
        while entries < goal - 2 * TRANSFERS // 4 and time.monotonic() - began < GROWTH_SECONDS:
            await _post(pool, [_between(ids, number) for number in itertools.islice(numbers, BATCH)], _known)
            entries += 2 * BATCH
        measured = await _posting(there, pool, [(_between(ids, number) for number in numbers)], TRANSFERS // 4)
        entries += 2 * (TRANSFERS // 4 + WARM_BATCHES * BATCH)
        curve.append({"entries": entries, **measured})
        print(curve[-1], flush=True)
        if time.monotonic() - began > GROWTH_SECONDS:
            break
    await pool.close()
    return {"errors": 0, "curve": curve}


def drawn(curve: list[dict[str, Any]]) -> str:
    """The curve of `growth` as a picture."""
    names = {"together": "cpu_us", "PostgreSQL": "cpu_us_postgres", "Python": "cpu_us_python"}
    return plot.curve(
        "Processor time of a transfer (µs) by entries in the ledger",
        [point["entries"] for point in curve],
        {name: [point[key] for point in curve] for name, key in names.items()},
    )


async def proof(there: Installation, players: list[str]) -> dict[str, Any]:
    """The proof of everything, as `playerbase audit ledger` makes it, over a hundred thousand transfers and more."""
    pool = await _served(there)
    ids = [UUID(player) for player in players]
    await _fill(pool, ids)
    numbers = itertools.count()
    for _ in range(PROVED // BATCH):
        await _post(pool, [_between(ids, number) for number in itertools.islice(numbers, BATCH)], _known)
    before, mine, began = cpu_seconds(there.roots), time.process_time(), time.perf_counter()
    verdict = await ledger.prove(pool)
    took, own = time.perf_counter() - began, time.process_time() - mine
    postgres = (cpu_seconds(there.roots) - before)["postgres"]
    await pool.close()
    entries = verdict.checked.entries
    return {
        "errors": verdict.found, "entries": entries, "entries_per_second": round(entries / took),
        "cpu_us_per_entry": round((postgres + own) * 1e6 / entries, 2),
        "entries_per_cpu_second": round(entries / (postgres + own)),
    }  # fmt: skip


_known = Known()


async def _served(there: Installation) -> Pool:
    """Have what a process that serves has: keys, its thresholds for collecting garbage, connections."""
    ledger.use_keys(there.keys)
    audit.use(there.keys, Path(os.devnull))
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    return await open_pool(there.dsn, size_max=3)


async def _fill(pool: Pool, players: list[UUID]) -> None:
    """Give everybody enough to pass on."""
    for first in range(0, len(players), BATCH):
        some = players[first : first + BATCH]
        await _post(pool, [_moving(HOUSE, player, 1_000_000, f"fill {player}") for player in some], _known)


async def _posting(there: Installation, pool: Pool, lanes: list[Iterator[Posting]], count: int) -> dict[str, Any]:
    """So many transfers in all, each lane's batches one after another."""

    async def drive(transfers: Iterator[Posting], batches: int) -> None:
        for _ in range(batches):
            await _post(pool, list(itertools.islice(transfers, BATCH)), _known)

    # Until each connection has its statements prepared, and plans for good.
    await asyncio.gather(*(drive(lane, WARM_BATCHES) for lane in lanes))
    async with pool.acquire() as one, pool.acquire() as other, pool.acquire() as third:
        writers = [connection.get_server_pid() for connection in (one, other, third)]
    everything, before = cpu_seconds(there.roots)["postgres"], ran_seconds(writers)
    mine, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*(drive(lane, count // BATCH // len(lanes)) for lane in lanes))
    took, own = time.perf_counter() - began, time.process_time() - mine
    postgres = ran_seconds(writers) - before
    everything = cpu_seconds(there.roots)["postgres"] - everything
    return {
        "transfers_per_second": round(count / took),
        "cpu_us": round((postgres + own) * 1e6 / count, 1),
        "cpu_us_postgres": round(postgres * 1e6 / count, 1),
        "cpu_us_python": round(own * 1e6 / count, 1),
        # Checkpoints and vacuum, and what the worker reads to prove and add up what is new: in bursts.
        "cpu_us_postgres_beside": round((everything - postgres) * 1e6 / count, 1),
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
