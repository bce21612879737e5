"""The ladder's part of a season's close: everybody is archived, once; then ratings are reset, each once.

Each step is one commit that says how far it got, so whoever dies leaves the rest to the next.
"""

from collections.abc import Sequence
from uuid import UUID

from playerbase import profiles, seasons
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Pool, Tx, after_commit, reading, transaction
from playerbase.ladder import rules, store
from playerbase.ladder.actions.settling import shift_counts
from playerbase.ladder.model import Close, Final, FinalRank, NotArchived, Reset, Tier

PART = "ladder"
AT_ONCE = 5_000  # About a quarter of a second, in which no match of this game is rated.
_reset = metrics.Counter("ladder_ratings_reset", "Ratings that a season's end reset.", ["game"])


async def begin_close(tx: Tx, season: seasons.Season) -> bool:
    """Write down what is to be done for a season that ended; whether it was not yet."""
    close = Close(
        season.season_id, season.game, season.number, season.name, season.ends_at, season.reset.value,
        season.reset_factor, 0, 0, UUID(int=0), None, None,
    )  # fmt: skip
    return await store.begin_close(tx, close) is not None


async def close_steps(pool: Pool, season_id: UUID) -> None:
    """Do all that is left of a close, a step a commit."""
    while True:
        async with transaction(pool) as tx:
            if await step(tx, season_id):
                return


async def resume(pool: Pool) -> None:
    """Do all that is left of every close."""
    async with reading(pool) as db:
        waiting = await store.unfinished(db)
    for season_id in waiting:
        await close_steps(pool, season_id)


async def step(tx: Tx, season_id: UUID) -> bool:
    """Do the next step of a close; whether it was the last."""
    close = await store.lock_close(tx, season_id)
    if close is None or close.finished_at is not None:
        return True
    if close.archived_at is None:
        # Nobody changes this ladder while it is looked at, so what is archived is one state of it.
        await store.turn_version(tx, close.game)
        await store.note_archived(
            tx, season_id, await store.archive(tx, season_id, close.game, close.ends_at), clock.now()
        )
        return False
    if close.reset != Reset.NONE and await _reset_some(tx, close):
        return False
    await store.finish(tx, season_id, clock.now())
    await seasons.finish_part(tx, season_id, PART)
    return True


async def archive(pool: Pool, season_id: UUID) -> None:
    """See to it that everybody is archived for a season that ended, whoever needs it first."""
    async with transaction(pool) as tx:
        await begin_close(tx, await seasons.season(tx, season_id))
    async with transaction(pool) as tx:
        close = await store.lock_close(tx, season_id)
        if close is not None and close.archived_at is None:
            await step(tx, season_id)


async def final_tiers(db: Db, season_id: UUID, player_ids: Sequence[UUID]) -> dict[UUID, Tier]:
    """In which tier each of these ended a season whose ranks are kept; who had no rating is left out."""
    found = await store.final_ratings(db, season_id, list(player_ids))
    return {each.player_id: rules.tier(each.rating) for each in found}


async def archived(db: Db, game: str, number: int) -> Close:
    """The close of a season whose ranks are kept; raises NotArchived."""
    close = await store.close_of(db, game, number)
    if close is None or close.archived_at is None:
        raise NotArchived
    return close


async def standings(
    db: Db, game: str, number: int, after: int, count: int
) -> tuple[Close | seasons.Season, list[FinalRank]]:
    """Final ranks of a season from the rank after one on; of one that runs, the present head. Raises NotArchived."""
    try:
        close = await archived(db, game, number)
    except NotArchived:
        season = await seasons.current(db, game)
        if season is None or season.number != number:
            raise
        return season, await named(db, await store.present(db, game, after, count))
    return close, await finals(db, close.season_id, after, count)


async def finals(db: Db, season_id: UUID, after: int, count: int) -> list[FinalRank]:
    """Who stood where at the end, from the rank after one on."""
    return await named(db, await store.finals(db, season_id, after, count))


async def named(db: Db, found: list[Final]) -> list[FinalRank]:
    """Final ranks with the names players have now."""
    names = await profiles.names(db, [each.player_id for each in found])
    return [
        FinalRank(
            each.rank, each.player_id, names.get(each.player_id, ""), each.rating, rules.tier(each.rating), each.region,
            each.played, each.won, each.drawn, each.lost,
        )
        for each in found
    ]  # fmt: skip


async def _reset_some(tx: Tx, close: Close) -> bool:
    """Reset the next players in order; whether there were any."""
    # As settling does: the ladder of the game first, then its rows, so that neither waits for the other in a circle.
    await store.turn_version(tx, close.game)
    found = await store.next_to_reset(tx, close.season_id, close.game, close.after, AT_ONCE)
    if not found:
        return False
    fresh = [rules.reset(each.rating, close.reset, close.reset_factor) for each in found]
    await store.reset_ratings(
        tx, close.season_id, close.game, [each.player_id for each in found], fresh, clock.now()
    )  # fmt: skip
    await shift_counts(
        tx, close.game, [(each.region, each.rating) for each in found],
        [(each.region, rating) for each, rating in zip(found, fresh, strict=True)],
    )  # fmt: skip
    await store.note_reset(tx, close.season_id, found[-1].player_id, len(found))
    await seasons.note_part(tx, close.season_id, PART, done=close.done + len(found), of=close.players)
    after_commit(tx, lambda: _reset.labels(close.game).inc(len(found)))
    return True
