"""What the battle pass does when others speak, and on the clock."""

from datetime import timedelta
from itertools import groupby
from typing import cast
from uuid import UUID

import msgspec

from playerbase import inventory, matches, seasons
from playerbase.battlepass import actions, store
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, reading
from playerbase.kit.jobs import enqueue, every, job
from playerbase.kit.outbox import Event, on

CLOSINGS_AT_ONCE = 20


class SeasonOver(msgspec.Struct, frozen=True):
    """Whose end is to be seen to."""

    season_id: UUID


@on(matches.MatchCompleted, matches.MatchVoided)
async def follow_matches(tx: Tx, told: list[Event]) -> None:
    """Give experience for what was played and take it back for what was declared void, in the order it was told."""
    for is_played, run in groupby(told, key=lambda event: isinstance(event, matches.MatchCompleted)):
        if is_played:
            await actions.follow(tx, cast("list[matches.MatchCompleted]", list(run)))
        else:
            await actions.take_back(tx, cast("list[matches.MatchVoided]", list(run)))


# All three say whose thing it was, and the inventory keeps that shape to itself.
@on(inventory.ItemGranted, inventory.ItemRevoked, inventory.ItemExpired)  # type: ignore[arg-type]
async def follow_premium(tx: Tx, told: list[Event]) -> None:
    """Open premium for who has got the item that stands for it, and close it for who has lost it."""
    for is_granted, run in groupby(told, key=lambda event: isinstance(event, inventory.ItemGranted)):
        if is_granted:
            await actions.open_premium(tx, cast("list[inventory.ItemGranted]", list(run)))
        else:
            await actions.close_premium(tx, cast("list[inventory.ItemRevoked]", list(run)))


@on(seasons.SeasonEnded)
async def end_season(tx: Tx, told: list[seasons.SeasonEnded]) -> None:
    """Begin to give everybody what they earned in a season that is over."""
    for each in told:
        await store.begin_closing(tx, each.season_id, clock.now())
        await enqueue(tx, settle_season, SeasonOver(each.season_id), once=f"battlepass {each.season_id}")


@job(lane="high", seconds_max=3_600)
async def settle_season(pool: Pool, over: SeasonOver) -> None:
    """Give everybody what they earned in a season and did not claim."""
    await actions.close_season(pool, over.season_id)


@every(timedelta(minutes=5), seconds_max=3_600)
async def settle_the_rest(pool: Pool) -> None:
    """Go on with seasons whose end was begun and not finished: whoever worked on it was stopped."""
    async with reading(pool) as db:
        left = await store.closings_open(db, CLOSINGS_AT_ONCE)
    for each in left:
        await actions.close_season(pool, each.season_id)
