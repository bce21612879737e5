"""The accounts of buyers, which lie sealed, brought under the present secret."""

from uuid import UUID

from playerbase.commerce.actions import wiring
from playerbase.commerce.store import orders
from playerbase.kit import log
from playerbase.kit.crypto import Keys, Tampered, seal_head
from playerbase.kit.db import Pool, transaction

_log = log.get("commerce")


async def reseal(pool: Pool, keys: Keys, count: int = 200) -> tuple[int, int]:
    """Seal anew what a former secret sealed: how many were, and how many could not be opened."""
    at, done, lost = UUID(int=0), 0, 0
    while True:
        async with transaction(pool) as tx:
            stale = await orders.stale(tx, seal_head(keys), at, count)
            for old in stale:
                try:
                    account = wiring.open_account(keys, old.order_id, old.account)
                except Tampered as fault:
                    _log.error("something sealed cannot be opened", id=str(old.order_id), fault=str(fault))
                    lost += 1
                    continue
                await orders.reseal(tx, old.order_id, wiring.seal_account(keys, old.order_id, account))
                done += 1
        if len(stale) < count:
            return done, lost
        at = stale[-1].order_id
