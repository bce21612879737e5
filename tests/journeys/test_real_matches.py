"""Every real match since 1872, reported in parallel, settled by competing workers, delivered again and again."""

import asyncio
from random import Random
from uuid import UUID

from playerbase import games, identity, ladder
from playerbase.demo import Fixture, fixtures
from playerbase.demo.fixtures import PLAYED
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.kit.outbox import read, subscribe
from playerbase.ladder.reactions import follow_matches
from playerbase.matches import Performance, Report
from playerbase.matches.actions import Intake, Reports
from playerbase.schema import INVARIANTS
from tests.journeys.elo import elo

AT_ONCE = 400
WORKERS = 4
BACK = """
    update kit.readers set read_id = greatest(read_id - $1, 0) where handler = 'ladder.follow_matches'
"""


def report_of(fixture: Fixture, ids: dict[str, UUID]) -> Report:
    return Report(
        match_id=fixture.match_id, game="demo", started_at=fixture.started_at,
        duration_seconds=int(PLAYED.total_seconds()), winner_id=ids[fixture.winner] if fixture.winner else None,
        players=[
            Performance(player_id=ids[fixture.home], score=fixture.home_score),
            Performance(player_id=ids[fixture.away], score=fixture.away_score),
        ],
    )  # fmt: skip


async def test_the_ladder_agrees_with_a_ten_line_computation_to_the_point(pool: Pool) -> None:
    played = fixtures()
    sides = sorted({side for fixture in played for side in (fixture.home, fixture.away)})
    async with transaction(pool) as tx:
        await games.create(tx, slug="demo", name="Demo")
        ids = {side: await identity.create(tx) for side in sides}
    await subscribe(pool, [follow_matches])

    reporting = asyncio.create_task(_report_all(Reports(pool), played, ids))
    random = Random(1872)
    while not reporting.done():
        await asyncio.gather(
            *(read(pool, follow_matches, batch_max=random.choice([1, 50, 500])) for _ in range(WORKERS))
        )
        await _deliver_again(pool, random)
    await reporting
    while await read(pool, follow_matches):
        pass

    expected = elo(played)
    async with reading(pool) as db:
        await db.execute("analyze")  # What was loaded in a minute the planner takes for next to nothing.
        found = {side: (await ladder.standing(db, "demo", ids[side]))[0] for side in sides}
        assert await broken(db, INVARIANTS) == []
        assert await db.fetchval("select count(*) from kit.letters") == 0
    assert {side: rating.rating for side, rating in found.items()} == expected
    assert sum(rating.played for rating in found.values()) == 2 * len(played)
    assert len(played) > 49_000


async def _report_all(reports: Reports, played: list[Fixture], ids: dict[str, UUID]) -> None:
    """Like a fleet of game servers: many at once, but no side's next match before its last was accepted."""
    room = asyncio.Semaphore(AT_ONCE)
    last: dict[str, asyncio.Task[None]] = {}

    async def report(fixture: Fixture, before: set[asyncio.Task[None]]) -> None:
        try:
            if before:
                await asyncio.wait(before)
            await reports.put(Intake(report_of(fixture, ids), "k:test", "demo"))
        finally:
            room.release()

    async with asyncio.TaskGroup() as group:
        for fixture in played:
            await room.acquire()
            before = {last[side] for side in (fixture.home, fixture.away) if side in last and not last[side].done()}
            last[fixture.home] = last[fixture.away] = group.create_task(report(fixture, before))


async def _deliver_again(pool: Pool, random: Random) -> None:
    """Set the reader back, as a restored backup or a careless operator would."""
    if random.random() < 0.2:
        async with transaction(pool) as tx:
            await tx.execute(BACK, random.randint(1, 800))
