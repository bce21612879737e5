"""Opening and closing seasons, by the clock or by an operator; every step is one commit, and can be done again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Pool, Tx, after_commit, reading, transaction
from playerbase.kit.outbox import Event, emit
from playerbase.seasons import rules, store
from playerbase.seasons.actions.looking import season
from playerbase.seasons.actions.planning import begin
from playerbase.seasons.events import SeasonChanged, SeasonClosed, SeasonEnded, SeasonStarted, told
from playerbase.seasons.model import (
    Calendar,
    NoSuchPart,
    Season,
    SeasonBusy,
    SeasonNotBegun,
    SeasonOver,
    SeasonRunning,
    State,
)

_log = log.get("seasons")
_turned = metrics.Counter("seasons_turned", "Seasons opened, fenced and closed.", ["step"])
_parts: tuple[str, ...] = ()


def use_parts(names: Iterable[str]) -> None:
    """Say which modules have something to do when a season closes: the composition root does, once.

    They are written down for a season when its close begins; whoever is named here later has no part in it.
    """
    global _parts  # noqa: PLW0603 - one process, one set of modules
    _parts = tuple(sorted(set(names)))


async def hold(tx: Tx, season_ids: Iterable[UUID]) -> dict[UUID, Season]:
    """Keep these seasons from being fenced until the transaction ends, and answer them as they are behind that.

    Whoever writes into a season calls this first, and leaves alone what is fenced. It costs one statement and no row,
    and any number may hold a season at a time. One there is none of is left out.
    """
    wanted = sorted(set(season_ids))
    return {each.season_id: each for each in await store.hold(tx, wanted)} if wanted else {}


async def activate(tx: Tx, season_id: UUID) -> Season:
    """Open a season now, before its time if need be; one that is open is answered as it is.

    Raises NoSuchSeason, SeasonRunning, SeasonOver, SeasonsOverlap.
    """
    present, found = await _alone(tx, season_id)
    if found.state is State.ACTIVE:
        return found
    if found.is_fenced:
        raise SeasonOver
    running = present.current or present.closing
    if running is not None:
        raise SeasonRunning(season_id=running.season_id, number=running.number)
    # An operator who opens early knows that it is early; only the order of time must hold.
    wanted = rules.opened(found, clock.now())
    if (fault := rules.unsound(present.seasons, wanted, gaps=False)) is not None:
        raise fault
    return await _open(tx, wanted)


async def close(tx: Tx, season_id: UUID) -> Season:
    """End a season now: players submit nothing more, and once reports under way have had their time it is fenced.

    One that is ended already is answered as it is. Raises NoSuchSeason, SeasonNotBegun, SeasonBusy.
    """
    present, found = await _alone(tx, season_id)
    if found.state is State.PLANNED:
        raise SeasonNotBegun
    if found.is_fenced:
        return found
    now = clock.now()
    wanted = rules.cut(found, max(now, found.starts_at + found.starts_at.resolution))
    if wanted != found:
        await store.save(tx, wanted)
        await emit(tx, told(SeasonChanged, wanted))
    if rules.fences_at(wanted) > now:
        return wanted
    return await _fence(tx, present, wanted)


async def note_part(tx: Tx, season_id: UUID, part: str, *, done: int, of: int) -> None:
    """Say how far a part of a close is, for whoever watches; what is finished stays as it was."""
    await store.note_part(tx, season_id, part, done, of, clock.now())


async def finish_part(tx: Tx, season_id: UUID, part: str) -> Season:
    """Say that a part of a close is done, once; the last one closes the season, and the next opens if it is time.

    Late in the transaction, please: the calendar is the caller's alone from here on. A part that was not there when
    the close began, or is finished, changes nothing. Raises NoSuchSeason.
    """
    present, found = await _alone(tx, season_id)
    if found.state is not State.CLOSING:
        return found
    await store.finish_part(tx, season_id, part, clock.now())
    return await _close_if_done(tx, present, found)


async def skip_part(tx: Tx, season_id: UUID, part: str) -> Season:
    """Take a part for done that its module will never finish, by an operator. Raises NoSuchSeason, NoSuchPart."""
    if not any(each.part == part and each.finished_at is None for each in await store.parts(tx, [season_id])):
        raise NoSuchPart
    return await finish_part(tx, season_id, part)


async def turn(pool: Pool) -> int:
    """Open and fence what is due in every game, each step in a commit of its own; answers how many there were."""
    async with reading(pool) as db:
        waiting = await store.unfinished(db)
    steps = 0
    for game in waiting:
        try:
            while await _turned_once(pool, game):
                steps += 1
        except SeasonBusy:
            _log.warning("a season is written into without a pause; it ends a little later", game=game)
    return steps


async def step(tx: Tx, game: str) -> bool:
    """Open or fence what is due in a game's calendar; whether there was anything. Raises SeasonBusy."""
    present = await begin(tx, game)
    now = clock.now()
    found = rules.due(present, now)
    if found is None:
        return False
    if found.state is State.PLANNED:
        await _open(tx, rules.opened(found, now))
    else:
        await _fence(tx, present, found)
    return True


async def _turned_once(pool: Pool, game: str) -> bool:
    async with transaction(pool) as tx:
        return await step(tx, game)


async def _alone(tx: Tx, season_id: UUID) -> tuple[Calendar, Season]:
    """The calendar that a season stands in, to oneself, and the season behind that."""
    present = await begin(tx, (await season(tx, season_id)).game)
    (found,) = [each for each in present.seasons if each.season_id == season_id]
    return present, found


async def _open(tx: Tx, season: Season) -> Season:
    await store.save(tx, season)
    await _tell(tx, [told(SeasonStarted, season)], "opened")
    return season


async def _fence(tx: Tx, present: Calendar, found: Season) -> Season:
    """Let nobody write into a season from this commit on, and begin its close."""
    try:
        await store.fence(tx, found.season_id)
    except asyncpg.LockNotAvailableError:
        raise SeasonBusy(retry_after=1) from None
    now = clock.now()
    fenced = rules.fenced(found, now)
    await store.save(tx, fenced)
    await store.add_parts(tx, fenced.season_id, list(_parts))
    await _tell(tx, [told(SeasonEnded, fenced)], "fenced")
    return await _close_if_done(tx, present, fenced)


async def _close_if_done(tx: Tx, present: Calendar, found: Season) -> Season:
    if any(each.finished_at is None for each in await store.parts(tx, [found.season_id])):
        return found
    now = clock.now()
    done = rules.closed(found, now)
    await store.save(tx, done)
    await _tell(tx, [told(SeasonClosed, done)], "closed")
    await _open_next(tx, present, done, now)
    return done


async def _open_next(tx: Tx, present: Calendar, done: Season, now: datetime) -> None:
    seasons = [done if each.season_id == done.season_id else each for each in present.seasons]
    following = rules.due(Calendar(present.game, seasons), now)
    if following is not None:
        await _open(tx, rules.opened(following, now))


async def _tell(tx: Tx, facts: Sequence[Event], step: str) -> None:
    await emit(tx, *facts)
    after_commit(tx, lambda: _turned.labels(step).inc())
