"""What the ladder does when others speak."""

from itertools import groupby
from typing import cast

from playerbase import matches
from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, on
from playerbase.ladder import actions


@on(matches.MatchCompleted, matches.MatchVoided)
async def follow_matches(tx: Tx, told: list[Event]) -> None:
    """Settle what was played and take back what was declared void, in the order it was told."""
    for is_played, run in groupby(told, key=lambda event: isinstance(event, matches.MatchCompleted)):
        if is_played:
            await actions.settle(tx, cast("list[matches.MatchCompleted]", list(run)))
        else:
            for event in cast("list[matches.MatchVoided]", list(run)):
                await actions.take_back(tx, event)
