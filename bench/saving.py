"""Saving under load: a kilobyte and a half of JSON, each player's saves one after the other, each with its version."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bench.client import Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds
from bench.shop import Calm
from playerbase import progression
from playerbase.kit.db import open_pool, transaction
from playerbase.progression import Declared, Quotas

CONNECTIONS = 64
WARM, MEASURED = 8_000, 40_000
SECONDS = 8.0
PATH = "/api/v1/player/progression"
THINGS = 24

Figures = Callable[[Run, Counter[str]], dict[str, Any]]


async def save(there: Installation, tokens: list[str], figures: Figures, calm: Calm) -> dict[str, Any]:
    """PUT /player/progression, every connection another player each time."""
    pool = await open_pool(there.dsn, size_max=1)
    async with transaction(pool) as tx:
        # A player of the bench saves once in four seconds and more; what is counted is what it costs.
        known = (await progression.declaration(tx, "demo")).version
        await progression.declare(tx, "demo", Declared(quotas=Quotas(saves_per_minute=6_000)), known, "bench")
    await pool.close()

    def wanted() -> Iterator[bytes]:
        for number, token in enumerate(itertools.cycle(tokens)):
            version = number // len(tokens)
            body = {"game": "demo", "slot": "bench", "expected_version": version, "data": _progress(number)}
            yield request("PUT", PATH, token, json.dumps(body).encode())

    made = list(itertools.islice(wanted(), WARM + MEASURED))
    await load(there.host, there.port, iter(made[:WARM]), connections=CONNECTIONS, expected=[200], seconds=60)
    await calm(there)
    before = cpu_seconds(there.roots)
    run = await load(
        there.host, there.port, iter(made[WARM:]), connections=CONNECTIONS, expected=[200], seconds=SECONDS
    )
    return figures(run, cpu_seconds(there.roots) - before) | {"bytes": len(json.dumps(_progress(7)))}


def _progress(number: int) -> dict[str, Any]:
    """What a small game remembers of somebody."""
    return {
        "level": 1 + number % 60,
        "position": {"map": f"forest-{number % 9}", "x": number * 7 % 1000 / 8, "y": number * 3 % 1000 / 8},
        "stats": {name: number * at % 10_000 for at, name in enumerate(("gold", "wood", "stone", "kills", "steps"), 1)},
        "settings": {"volume": 0.8, "subtitles": True, "language": "en"},
        "bag": [
            {"item": f"item_{number * 31 + at:05}", "count": at % 7, "worn": at == 3, "mark": f"{number * at:x}"}
            for at in range(THINGS)
        ],
    }  # fmt: skip
