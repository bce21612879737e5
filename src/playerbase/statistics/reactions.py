"""What statistics do when matches are told, and on the clock."""

from datetime import timedelta
from itertools import groupby
from typing import cast

from playerbase import matches
from playerbase.kit.db import Pool, Tx
from playerbase.kit.jobs import every
from playerbase.kit.outbox import Event, on
from playerbase.statistics import actions


@on(matches.MatchCompleted, matches.MatchVoided)
async def follow_matches(tx: Tx, told: list[Event]) -> None:
    """Count what was played and take back what was declared void, in the order it was told."""
    for is_played, run in groupby(told, key=lambda event: isinstance(event, matches.MatchCompleted)):
        if is_played:
            await actions.count(tx, cast("list[matches.MatchCompleted]", list(run)))
        else:
            await actions.take_back(tx, [event.match_id for event in cast("list[matches.MatchVoided]", list(run))])


@every(timedelta(hours=6))
async def forget_old_spans(pool: Pool) -> None:
    """Delete days and weeks older than they are kept."""
    await actions.forget(pool)
