"""The verbs of levels: experience gained, taken back, and reckoned anew when the curve is another one."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.jobs import NoArgs, job
from playerbase.kit.outbox import emit
from playerbase.profiles import rules, store
from playerbase.profiles.events import PlayerLeveledUp
from playerbase.profiles.model import Level, ProfileSettings

SLICE: Final = 1_000


async def gain(tx: Tx, gained: Iterable[tuple[UUID, int]]) -> list[Level]:
    """Add experience to players, or take some back, and tell each level that is reached for the first time.

    Answers how each stands now, by id; who has no profile is left out. A player may be named several times. What is
    taken back never leaves less than nothing, and a level that was lost and is regained is not told again. Whoever
    calls sees to it that the same experience is given once.
    """
    amounts: dict[UUID, int] = defaultdict(int)
    for player_id, amount in gained:
        amounts[player_id] += amount
    if not amounts:
        return []
    level_xp = (await store.settings(tx) or ProfileSettings()).level_xp
    # In the order of their ids, so that two who give to the same players never wait for each other.
    before = await store.lock_levels(tx, sorted(amounts))
    after = [rules.gained(held, amounts[held.player_id], level_xp) for held in before]
    await store.save_levels(tx, after)
    await emit(tx, *(
        PlayerLeveledUp(player_id=now.player_id, level=level, total_xp=now.total_xp)
        for held, now in zip(before, after, strict=True)
        for level in range(held.level_reached + 1, now.level_reached + 1)
    ))  # fmt: skip
    return after


@job(lane="low", seconds_max=3_600)
async def reckon_levels(pool: Pool, _: NoArgs) -> None:
    """Give everybody the level that the present curve gives, a thousand to a transaction; nobody is congratulated."""
    after = UUID(int=0)
    while True:
        async with transaction(pool) as tx:
            level_xp = (await store.settings(tx) or ProfileSettings()).level_xp
            behind = await store.levels_by_another_curve(tx, level_xp, after, SLICE)
            await store.save_levels(tx, [rules.gained(held, 0, level_xp) for held in behind])
        if len(behind) < SLICE:
            return
        after = behind[-1].player_id
