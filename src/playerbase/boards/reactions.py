"""What boards do when others speak, and on the clock."""

from datetime import timedelta
from itertools import groupby
from typing import cast
from uuid import UUID

import msgspec

from playerbase import matches, seasons
from playerbase.boards import actions
from playerbase.boards.actions import mend  # noqa: F401 - a job of ours, found by its being here
from playerbase.boards.events import BoardScored
from playerbase.kit.db import Pool, Tx
from playerbase.kit.jobs import enqueue, every, job
from playerbase.kit.outbox import Event, on


@on(matches.MatchCompleted, matches.MatchVoided)
async def follow_matches(tx: Tx, told: list[Event]) -> None:
    """Count what was played and take back what was declared void, in the order it was told."""
    for is_played, run in groupby(told, key=lambda event: isinstance(event, matches.MatchCompleted)):
        if is_played:
            await actions.count(tx, cast("list[matches.MatchCompleted]", list(run)))
        else:
            for event in cast("list[matches.MatchVoided]", list(run)):
                await actions.take_back(tx, event)


@on(BoardScored)
async def heal_index(tx: Tx, told: list[BoardScored]) -> None:
    """Make good what a writer that died did not bring into the index."""
    await actions.heal(tx, told)


class Ended(msgspec.Struct, frozen=True):
    """The season that is closed."""

    season_id: UUID


@job(lane="high", attempts_max=10, seconds_max=1_800)
async def close_season(pool: Pool, args: Ended) -> None:
    """Seal what stood in the end, pay what was promised, and say that boards are done; goes on where it was left."""
    await actions.close(pool, args.season_id)


@on(seasons.SeasonEnded)
async def begin_close(tx: Tx, told: list[seasons.SeasonEnded]) -> None:
    """Have boards of a season that ended sealed."""
    for event in told:
        await enqueue(tx, close_season, Ended(event.season_id), once=str(event.season_id))


@every(timedelta(minutes=1))
async def look_after_indexes(pool: Pool) -> None:
    """Have indexes built that are gone or have missed something, whether anybody asks for them or not."""
    await actions.warm(pool)


@every(timedelta(hours=1), seconds_max=1_800)
async def forget_sessions(pool: Pool) -> None:
    """Forget sessions that ended long ago."""
    await actions.forget(pool)
