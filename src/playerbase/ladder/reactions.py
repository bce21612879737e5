"""What the ladder does when others speak, and on the clock."""

from datetime import timedelta
from itertools import groupby
from typing import cast
from uuid import UUID

import msgspec

from playerbase import matches, seasons
from playerbase.kit.db import Pool, Tx
from playerbase.kit.jobs import enqueue, every, job
from playerbase.kit.outbox import Event, on
from playerbase.ladder import actions


class Ended(msgspec.Struct, frozen=True):
    """The season whose close goes on."""

    season_id: UUID


@on(matches.MatchCompleted, matches.MatchVoided)
async def follow_matches(tx: Tx, told: list[Event]) -> None:
    """Settle what was played and take back what was declared void, in the order it was told."""
    for is_played, run in groupby(told, key=lambda event: isinstance(event, matches.MatchCompleted)):
        if is_played:
            await actions.settle(tx, cast("list[matches.MatchCompleted]", list(run)))
        else:
            await actions.take_back(tx, cast("list[matches.MatchVoided]", list(run)))


@job(lane="high", seconds_max=300)
async def close_season(pool: Pool, args: Ended) -> None:
    """Archive everybody, then reset ratings as the season's rules say; goes on where it was left."""
    await actions.close_steps(pool, args.season_id)


@on(seasons.SeasonEnded)
async def begin_close(tx: Tx, told: list[seasons.SeasonEnded]) -> None:
    """Write down what is to be done for the close of a season, and have it done."""
    for event in told:
        await actions.begin_close(tx, await seasons.season(tx, event.season_id))
        await enqueue(tx, close_season, Ended(event.season_id), once=str(event.season_id))


@every(timedelta(minutes=1))
async def resume_closes(pool: Pool) -> None:
    """Go on with closes whose job was lost."""
    await actions.resume(pool)
