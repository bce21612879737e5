"""Matches that arrive at a steady pace, until everything that follows from them is settled."""

import asyncio
import itertools
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from bench.client import Connection, request
from bench.installation import Installation
from bench.machine import cpu_seconds
from playerbase import app
from playerbase.matches import MatchCompleted

A_SECOND = 500
WARM_SECONDS, SECONDS = 3, 10
CONNECTIONS = 64
LOOK_SECONDS = 0.025
FOLLOWERS = [reaction.name for reaction in app.REACTIONS if MatchCompleted in reaction.events]


async def settled(there: Installation, players: list[str]) -> dict[str, Any]:
    """The processor time of a match with all readers of it, and how long after it was sent all of them had read it."""
    dice = random.Random(500)
    watch = await asyncpg.connect(there.dsn)
    await _send(there, _reports(there.key, players, dice, WARM_SECONDS * A_SECOND))
    await _position_reached(watch)
    before = cpu_seconds(there.roots)
    seen: list[tuple[float, int]] = []
    watching = asyncio.create_task(_watch(there.dsn, seen))
    sent, errors = await _send(there, _reports(there.key, players, dice, SECONDS * A_SECOND))
    took = max(sent.values()) - min(sent.values())
    await _position_reached(watch)
    await asyncio.sleep(2 * LOOK_SECONDS)
    watching.cancel()
    cpu = cpu_seconds(there.roots) - before
    waited = sorted(await _waited(watch, sent, seen))
    await watch.close()
    parts = {part: round(seconds * 1e6 / len(sent), 1) for part, seconds in sorted(cpu.items()) if seconds}
    return {
        "cpu_us_per_match": round(sum(parts.values()), 1),
        "cpu_us_by_part": parts,
        "matches": len(sent),
        "matches_per_second": round(len(sent) / took),
        "errors": errors + len(sent) - len(waited),
        "settled_p50_ms": round(waited[len(waited) // 2] * 1000),
        "settled_p99_ms": round(waited[int(len(waited) * 0.99)] * 1000),
        "followers": FOLLOWERS,
    }


def _reports(key: str, players: list[str], dice: random.Random, count: int) -> list[tuple[str, bytes]]:
    """What game servers will say; made beforehand, so that it costs nothing while it is measured."""
    made = []
    for _ in range(count):
        one, other = dice.sample(players, 2)
        match_id = str(uuid4())
        body = {
            "match_id": match_id, "game": "demo", "mode": "duel", "map": "pier", "duration_seconds": 60,
            "started_at": (datetime.now(UTC) - timedelta(seconds=90)).isoformat(), "winner_id": one,
            "players": [
                {"player_id": each, "score": dice.randrange(9), "kills": dice.randrange(9), "deaths": dice.randrange(9),
                 "shots": 40, "hits": dice.randrange(40), "answers": 5, "correct": 3, "answer_ms_total": 4_000,
                 "fastest_answer_ms": dice.randrange(300, 900)} for each in (one, other)
            ],
        }  # fmt: skip
        made.append((match_id, request("POST", "/api/v1/matches", key, json.dumps(body).encode())))
    return made


async def _send(there: Installation, reports: list[tuple[str, bytes]]) -> tuple[dict[str, float], int]:
    """Each at its time, whether those before it were answered or not; when each was sent, and how many were refused."""
    sent: dict[str, float] = {}
    errors = 0
    began = time.perf_counter()
    waiting: Iterator[tuple[int, tuple[str, bytes]]] = enumerate(reports)

    async def drive() -> None:
        nonlocal errors
        _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
        for number, (match_id, wanted) in waiting:
            due = began + number / A_SECOND
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            sent[match_id] = due  # Who had to wait for a connection waited.
            status, _ = await connection.ask(wanted)
            errors += status != 201
        connection.close()

    await asyncio.gather(*(drive() for _ in range(CONNECTIONS)))
    return sent, errors


async def _watch(dsn: str, seen: list[tuple[float, int]]) -> None:
    connection = await asyncpg.connect(dsn)
    for _ in itertools.count():
        read = await connection.fetchval("select min(read_id) from kit.readers where handler = any($1)", FOLLOWERS)
        seen.append((time.perf_counter(), read))
        await asyncio.sleep(LOOK_SECONDS)


async def _position_reached(connection: asyncpg.Connection) -> None:
    told = "select max(id) from kit.events where topic = 'match.completed'"
    read = "select min(read_id) from kit.readers where handler = any($1)"
    while await connection.fetchval(read, FOLLOWERS) < (await connection.fetchval(told) or 0):  # noqa: ASYNC110 - other processes do it
        await asyncio.sleep(0.05)


async def _waited(
    connection: asyncpg.Connection,
    sent: dict[str, float],
    seen: list[tuple[float, int]],
) -> list[float]:
    """How long each waited for the last of its readers, as far as the looking tells."""
    rows = await connection.fetch(
        "select id, body ->> 'match_id' from kit.events where topic = 'match.completed' order by id desc limit $1",
        len(sent),
    )
    looks = iter(seen)
    at, read = next(looks)
    found = []
    for number, match_id in reversed(rows):
        while read < number:
            at, read = next(looks)
        if match_id in sent:
            found.append(at - sent[match_id])
    return found
