"""The shop and what players have, read under load: a page of fifty items, and an inventory of two hundred things."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

from bench.client import Connection, Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds
from playerbase import catalog, inventory, ledger
from playerbase.inventory import Grant, Source
from playerbase.kit.db import Pool, open_pool, transaction

CONNECTIONS = 64
WARM_SECONDS, SECONDS = 2.0, 8.0
DURABLE, STACKED = 180, 20
LISTED, OWNED = 50, DURABLE + STACKED
COSMETICS = ("skin", "emote", "banner", "nameplate", "effect", "trail")
CATEGORY = "bench"

Figures = Callable[[Run, Counter[str]], dict[str, Any]]
Calm = Callable[[Installation], Awaitable[None]]


async def shop(there: Installation, tokens: list[str], figures: Figures) -> dict[str, Any]:
    """GET /store/items?limit=50: the first page of two hundred items, every connection another player each time."""
    pool = await open_pool(there.dsn, size_max=1)
    await stocked(pool)
    await pool.close()
    wanted = [request("GET", f"/api/v1/store/items?limit={LISTED}", token) for token in tokens]
    await _hold(there, wanted[0], LISTED)
    return await _measured(there, itertools.cycle(wanted), figures)


async def owned(there: Installation, tokens: dict[str, str], figures: Figures, calm: Calm) -> dict[str, Any]:
    """GET /me/inventory?limit=200: all that somebody has, every connection another player each time."""
    ledger.use_keys(there.keys)
    pool = await open_pool(there.dsn, size_max=1)
    codes = await stocked(pool)
    for player in tokens:
        await _give(pool, UUID(player), codes)
    await pool.close()
    await calm(there)
    wanted = [request("GET", f"/api/v1/me/inventory?limit={OWNED}", token) for token in tokens.values()]
    await _hold(there, wanted[-1], OWNED)
    return await _measured(there, itertools.cycle(wanted), figures)


async def stocked(pool: Pool) -> list[str]:
    """Put two hundred items into the catalog, unless they are there: as a file, as an operator would."""
    items = [
        {
            "code": f"bench_item_{number:03}",
            "name": f"Item {number:03} of the bench",
            "description": "What a shop says about a thing it sells, in a sentence or two of the usual length.",
            "category": CATEGORY,
            "prices": [{"asset": "gems", "amount": 100 + number}, {"asset": "coins", "amount": 1_000 + number}],
            "media": [{"url": f"https://pictures.example.com/items/{number:03}/preview.webp"}],
            "rarity": "rare",
        }
        | (
            {"type": "durable", "cosmetic": COSMETICS[number % len(COSMETICS)], "slot": "weapon_skin"}
            if number < DURABLE
            else {"type": "consumable", "is_stackable": True}
        )
        for number in range(OWNED)
    ]
    file = {"categories": [{"code": CATEGORY, "name": "For the bench"}], "items": items}
    async with transaction(pool) as tx:
        await catalog.bring_in(tx, json.dumps(file), "json", "system:bench", is_dry=False)
    return [str(item["code"]) for item in items]


async def _give(pool: Pool, player_id: UUID, codes: list[str]) -> None:
    """One of each, with what stacks counted by the ledger."""
    async with transaction(pool) as tx:
        items = [item for code, item in (await catalog.items_by_code(tx, codes)).items() if code in codes]
        await inventory.hold(tx, [player_id])
        grants = [
            Grant(player_id=player_id, item_id=item.item_id, source=Source.GRANT, source_ref="bench") for item in items
        ]
        await inventory.grant(tx, grants)
        postings = [
            ledger.Posting(
                scope="bench", key=f"{player_id} {item.code}", kind="grant", ref="bench", rule="bench",
                legs=inventory.legs(player_id, item, 1),
            )
            for item in items if item.is_stackable
        ]  # fmt: skip
        for outcome in await ledger.post(tx, postings):
            assert isinstance(outcome, ledger.Posted), outcome


async def _hold(there: Installation, wanted: bytes, count: int) -> None:
    """Be sure that an answer is as long as it is said to be; other processes see a new catalog within a second."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
    await asyncio.sleep(2)
    status, answer = await connection.ask(wanted)
    connection.close()
    assert status == 200, answer
    assert len(json.loads(answer)["items"]) == count, answer[:1_000]


async def _measured(there: Installation, wanted: Iterator[bytes], figures: Figures) -> dict[str, Any]:
    await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=WARM_SECONDS)
    before = cpu_seconds(there.roots)
    run = await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=SECONDS)
    return figures(run, cpu_seconds(there.roots) - before)
