"""Every real match since 1872, reported in parallel, followed by competing workers, delivered again and again."""

import asyncio
from datetime import timedelta
from random import Random
from uuid import UUID

from playerbase import games, identity, ladder, matches, statistics
from playerbase.demo import Fixture, fixtures
from playerbase.demo.fixtures import PLAYED
from playerbase.kit import clock
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.kit.outbox import read, subscribe
from playerbase.ladder.reactions import follow_matches as ladder_follows
from playerbase.matches import MatchCompleted, Performance, Report
from playerbase.matches.actions import Intake, Reports
from playerbase.schema import INVARIANTS
from playerbase.statistics.reactions import follow_matches as statistics_follow
from tests.journeys.elo import elo
from tests.statistics.recount import EPOCH, recount, stored

AT_ONCE = 400
WORKERS = 4
BACK = """
    update kit.readers set read_id = greatest(read_id - $1, 0) where handler like '%.follow_matches'
"""
KEPT = statistics.StatisticsSettings(days_kept=4_000, weeks_kept=800)
BOTH = (ladder_follows, statistics_follow)


def report_of(fixture: Fixture, ids: dict[str, UUID]) -> Report:
    return Report(
        match_id=fixture.match_id, game="demo", started_at=fixture.started_at,
        duration_seconds=int(PLAYED.total_seconds()), winner_id=ids[fixture.winner] if fixture.winner else None,
        players=[
            Performance(player_id=ids[fixture.home], score=fixture.home_score),
            Performance(player_id=ids[fixture.away], score=fixture.away_score),
        ],
    )  # fmt: skip


def told_of(fixture: Fixture, ids: dict[str, UUID]) -> MatchCompleted:
    report = report_of(fixture, ids)
    return MatchCompleted(**{name: getattr(report, name) for name in report.__struct_fields__})


async def test_ladder_and_statistics_agree_with_short_computations_of_their_own(pool: Pool) -> None:
    """All matches, delivered again now and then; then every tenth is declared void."""
    played = fixtures()
    sides = sorted({side for fixture in played for side in (fixture.home, fixture.away)})
    async with transaction(pool) as tx:
        await games.create(tx, slug="demo", name="Demo")
        ids = {side: await identity.create(tx) for side in sides}
        await statistics.set_settings(tx, KEPT, "test")
    await subscribe(pool, BOTH)

    reporting = asyncio.create_task(_report_all(Reports(pool), played, ids))
    random = Random(1872)
    while not reporting.done():
        await asyncio.gather(
            *(read(pool, each, batch_max=random.choice([1, 50, 500])) for each in BOTH for _ in range(WORKERS))
        )
        await _deliver_again(pool, random)
    await reporting
    await _caught_up(pool)
    await _agrees(pool, played, ids, [])
    assert len(played) > 49_000

    void = played[::10]
    for first in range(0, len(void), AT_ONCE):
        async with transaction(pool) as tx:
            for fixture in void[first : first + AT_ONCE]:
                await matches.void(tx, fixture.match_id, "every tenth")
    while await asyncio.gather(*(read(pool, each) for each in BOTH)) != [0, 0]:
        await _deliver_again(pool, random)
    await _agrees(pool, played, ids, void)


async def _caught_up(pool: Pool) -> None:
    while await asyncio.gather(*(read(pool, each) for each in BOTH)) != [0, 0]:
        pass


async def _agrees(pool: Pool, played: list[Fixture], ids: dict[str, UUID], void: list[Fixture]) -> None:
    """Ladder and statistics are what somebody finds who computes them from the matches alone."""
    expected = elo(played, void)
    counted = recount([told_of(fixture, ids) for fixture in played], frozenset(each.match_id for each in void))
    sides = sorted(ids)
    async with reading(pool) as db:
        await db.execute("analyze")  # What was loaded in a minute the planner takes for next to nothing.
        found = {side: (await ladder.standing(db, "demo", ids[side]))[0] for side in sides}
        assert await broken(db, INVARIANTS) == []
        assert await db.fetchval("select count(*) from kit.letters") == 0
        kept = await stored(db)
    assert {side: rating.rating for side, rating in found.items()} == expected
    assert sum(rating.played for rating in found.values()) == 2 * (len(played) - len(void))
    today = clock.now().date()
    first_week = today - timedelta(weeks=KEPT.weeks_kept, days=today.weekday())
    since = {0: 0, 2: (first_week - EPOCH).days, 3: (today - EPOCH).days - KEPT.days_kept}
    assert kept == {span: each for span, each in counted.items() if span[2] >= since[span[1]]}
    assert len(kept) > 10_000
    findings = await statistics.check(pool)
    assert (findings.uncounted, findings.spans, findings.pairs) == (0, [], 0)
    assert (findings.matches, findings.players) == (len(played), len(sides))


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
