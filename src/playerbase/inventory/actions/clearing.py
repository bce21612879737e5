"""What happens to things by the clock: their time ends, and their holders are counted."""

from uuid import UUID

from msgspec.structs import replace

from playerbase import catalog, ledger
from playerbase.inventory import store
from playerbase.inventory.actions.granting import end
from playerbase.inventory.actions.holding import hold
from playerbase.inventory.events import ItemExpired
from playerbase.inventory.model import State
from playerbase.kit import clock, metrics
from playerbase.kit.db import Pool, transaction
from playerbase.kit.outbox import emit

SLICE = 200  # As many as share a commit elsewhere.

_expired = metrics.Counter("inventory_expired", "Entitlements whose time has ended.")


async def expire(pool: Pool) -> int:
    """Write of what has expired that it has, and take it off; returns how many there were."""
    total = 0
    while True:
        async with transaction(pool) as tx:
            due = await store.due(tx, clock.now(), SLICE)
            await hold(tx, [each.player_id for each in due])
            # Read again now that nobody else changes them: some may have been used up or taken back meanwhile.
            found = await store.active_by_id(
                tx, sorted({each.player_id for each in due}), [each.entitlement_id for each in due]
            )
            things = [
                replace(each, state=State.EXPIRED, ended_at=clock.now(), ended_why="expired") for each in found
            ]  # fmt: skip
            if things:
                facts = await end(tx, things)
                items = await catalog.items_by_id(tx, {each.item_id for each in things})
                told = [
                    ItemExpired(
                        player_id=each.player_id, item_id=each.item_id, item=items[each.item_id].code,
                        quantity=each.quantity, entitlement_id=each.entitlement_id,
                    )
                    for each in things
                ]  # fmt: skip
                await emit(tx, *told, *facts)
        _expired.inc(len(things))
        total += len(things)
        if len(due) < SLICE:
            return total


async def count_holders(pool: Pool) -> int:
    """Tell the catalog how many players have each item; answers how many figures changed."""
    async with transaction(pool) as tx:
        counts: dict[UUID, int] = {each.item_id: each.count for each in await store.holders(tx, clock.now())}
        stacks = {each.asset.partition(":")[2]: each.count for each in await ledger.item_holders(tx)}
        for code, item in (await catalog.items_by_code(tx, stacks)).items():
            if code in stacks:
                counts[item.item_id] = stacks[code]
        return await catalog.set_owned_counts(tx, counts)
