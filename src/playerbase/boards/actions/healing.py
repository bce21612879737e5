"""Doing again what writers did after their commits, so that one that died in between is made good."""

from collections.abc import Sequence

from playerbase.boards import store
from playerbase.boards.actions.configured import configured_index
from playerbase.boards.events import BoardScored
from playerbase.kit.db import Tx


async def heal(tx: Tx, told: Sequence[BoardScored]) -> None:
    """Put into the index what these commits changed, as it is by now; what is there already stays."""
    index = configured_index()
    if index is None:
        return
    for run_id in {fact.run_id for fact in told}:
        mine = [fact for fact in told if fact.run_id == run_id]
        run = await store.run_by_id(tx, run_id)
        if run is None or run.sealed_at is not None:
            continue
        players = sorted({each.player_id for fact in mine for each in fact.entries})
        entries = {each.player_id: each for each in await store.entries_of(tx, [run_id] * len(players), players)}
        for fact in mine:
            changed = [entries[each.player_id] for each in fact.entries if each.player_id in entries]
            if not await index.put(run_id, run.shards, fact.version, changed):
                return  # Redis is away: whatever it missed shows when it is back, and it is built anew.
