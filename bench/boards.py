"""Boards under load: scores, the head, the rows around a player; and how they bear growth, loss and the end."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from bench import plot
from bench.client import Connection, Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds
from playerbase import boards, games, seasons
from playerbase.boards import BoardDraft, Source
from playerbase.kit import clock
from playerbase.kit.db import Pool, open_pool, reading, transaction
from playerbase.kit.redis import open_redis

CONNECTIONS = 64
WARM_SECONDS, SECONDS = 2.0, 8.0
STANDING = 10_000  # On the board before it is measured.
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SCORES = 10**12
READERS = 4  # Who look on while a season is closed or an index is built.

FILL = """
with made as (
    insert into boards.runs (run_id, season_id, board_id, version, made_at) values (gen_random_uuid(), $1, $2, 1, now())
    returning run_id
), drawn as (
    select gen_random_uuid() as player_id, (random() * 1e15)::bigint as score from generate_series(1, $3)
)
insert into boards.entries (run_id, player_id, score, place, reached_at, region, version, state)
select run_id, player_id, score, -1 - score, date_trunc('milliseconds', now()), '', 1, 'shown' from made, drawn
"""
SAMPLE = "select player_id from boards.entries where run_id = $1 order by player_id limit 2000"

Figures = Callable[[Run, Counter[str]], dict[str, Any]]


async def submit(there: Installation, players: list[str], figures: Figures) -> dict[str, Any]:
    """POST /leaderboards/{season}/scores: each better than the one before, so that every one moves an entry."""
    season_id, code, _ = await _filled(there, STANDING)
    path = f"/api/v1/leaderboards/{season_id}/scores"

    def scores() -> Iterator[bytes]:
        for number in itertools.count(1):
            body = {"player_id": players[number % len(players)], "score": number * SCORES, "board": code}
            yield request("POST", path, there.key, json.dumps(body).encode())

    # Made beforehand: what a load program computes while it measures is taken from the server.
    return await _measured(there, iter(list(itertools.islice(scores(), 80_000))), figures)


async def top(there: Installation, tokens: list[str], figures: Figures) -> dict[str, Any]:
    """GET /leaderboards/{season}/top: a hundred rows, every connection another player each time."""
    season_id, code, _ = await _filled(there, STANDING)
    path = f"/api/v1/leaderboards/{season_id}/top?board={code}"
    return await _measured(there, itertools.cycle([request("GET", path, token) for token in tokens]), figures)


async def around(there: Installation, tokens: list[str], figures: Figures, standing: int = STANDING) -> dict[str, Any]:
    """GET /leaderboards/{season}/around/{player}: eleven rows, wherever on the board the player stands."""
    season_id, code, run_id = await _filled(there, standing)
    pool = await open_pool(there.dsn, size_max=1)
    players = [row["player_id"] for row in await pool.fetch(SAMPLE, run_id)]
    await pool.close()
    wanted = [
        request("GET", f"/api/v1/leaderboards/{season_id}/around/{player}?board={code}", token)
        for player, token in zip(players, itertools.cycle(tokens), strict=False)
    ]
    return await _measured(there, itertools.cycle(wanted), figures)


async def growth(there: Installation, tokens: list[str], figures: Figures, entries: int) -> dict[str, Any]:
    """The rows around a player as a board grows."""
    curve = []
    for size in (each for each in SIZES if each <= entries):
        told = await around(there, tokens, figures, size)
        curve.append({"entries": size} | {name: told[name] for name in ("cpu_us_per_request", "p50_ms", "p99_ms")})
        print(curve[-1], flush=True)
    return {"errors": 0, "curve": curve}


def drawn(curve: list[dict[str, Any]]) -> str:
    """The curve of `growth` as a picture."""
    return plot.curve(
        "Processor time of the rows around a player (µs) by entries on the board",
        [point["entries"] for point in curve],
        {"together": [point["cpu_us_per_request"] for point in curve]},
    )


async def rebuild(there: Installation, tokens: list[str], entries: int) -> dict[str, Any]:
    """An index built anew while players look on."""
    season_id, code, run_id = await _filled(there, entries)
    pool, redis = await open_pool(there.dsn, size_max=4), open_redis(there.redis)
    boards.use_redis(redis)

    async def anew() -> None:
        assert await boards.rebuild(pool, run_id)

    took, slowest, reads = await _watched(there, f"{season_id}/top?board={code}", tokens, anew)
    await redis.close()
    await pool.close()
    return {"errors": 0, "entries": entries, "seconds": took, "reads": reads, "slowest_read_ms": slowest}


async def close(there: Installation, tokens: list[str], entries: int) -> dict[str, Any]:
    """A season closed: everybody written down, hashed and signed, while players look on."""
    season_id, code, _ = await _filled(there, entries, game="bench")
    pool = await open_pool(there.dsn, size_max=2)
    seasons.use_parts(["boards"])  # As the installation has them: who ends the season writes down its parts.

    async def closed() -> None:
        async with transaction(pool) as tx:
            await seasons.close(tx, season_id)
        while True:
            async with reading(pool) as db:
                if (await seasons.season(db, season_id)).state is seasons.State.CLOSED:
                    return
            await asyncio.sleep(0.05)

    took, slowest, reads = await _watched(there, f"{season_id}/top?board={code}", tokens, closed)
    await pool.close()
    return {"errors": 0, "entries": entries, "seconds": took, "reads": reads, "slowest_read_ms": slowest}


async def _watched(
    there: Installation, path: str, tokens: list[str], do: Callable[[], Any]
) -> tuple[float, float, int]:
    """How long something takes, and how long the slowest of those waited who read meanwhile, in ms, and how many."""
    waits: list[float] = []
    is_over = asyncio.Event()

    async def look(token: str) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
        while not is_over.is_set():
            began = time.perf_counter()
            status, answer = await connection.ask(request("GET", f"/api/v1/leaderboards/{path}", token))
            assert status == 200, answer
            waits.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.02)
        connection.close()

    looking = [asyncio.create_task(look(token)) for token in tokens[:READERS]]
    began = time.perf_counter()
    await do()
    took = time.perf_counter() - began
    is_over.set()
    await asyncio.gather(*looking)
    return round(took, 2), round(max(waits, default=0.0), 1), len(waits)


async def _filled(there: Installation, standing: int, game: str = "demo") -> tuple[UUID, str, UUID]:
    """A season, and a board with so many entries whose index is whole."""
    pool, redis = await open_pool(there.dsn, size_max=4), open_redis(there.redis)
    boards.use_redis(redis)
    code = f"bench-{standing}"
    season_id = await _season(pool, game)
    known = {each.code: each for each in await _boards(pool, game)}
    if code not in known:
        async with transaction(pool) as tx:
            draft = BoardDraft(game=game, code=code, name=f"Of {standing:,}", source=Source.SERVERS)
            known[code] = await boards.create(tx, draft, "bench")
        await pool.execute(FILL, season_id, known[code].board_id, standing, timeout=300)
        await pool.execute("vacuum analyze boards.entries", timeout=300)
    run_id: UUID = await pool.fetchval(
        "select run_id from boards.runs where season_id = $1 and board_id = $2", season_id, known[code].board_id
    )
    if game == "demo":
        assert await boards.rebuild(pool, run_id)
    await redis.close()
    await pool.close()
    await asyncio.sleep(2)  # What processes know of boards is a second old at most.
    return season_id, code, run_id


async def _boards(pool: Pool, game: str) -> list[boards.Board]:
    async with reading(pool) as db:
        return await boards.boards(db, game)


async def _season(pool: Pool, game: str) -> UUID:
    async with transaction(pool) as tx:
        if await games.game(tx, game) is None:
            await games.create(tx, slug=game, name=game.title())
        current = await seasons.current(tx, game)
        if current is None:
            now = clock.now()
            draft = seasons.Draft(
                name="Bench", starts_at=now, ends_at=now + timedelta(days=30), settle_seconds=0, gap_seconds=0
            )
            current = await seasons.activate(tx, (await seasons.plan(tx, game, draft)).season_id)
        return current.season_id


async def _measured(there: Installation, wanted: Iterator[bytes], figures: Figures) -> dict[str, Any]:
    await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=WARM_SECONDS)
    before = cpu_seconds(there.roots)
    run = await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=SECONDS)
    return figures(run, cpu_seconds(there.roots) - before)
