"""The ledger's lanes: what is posted at the same moment shares a commit, what is read at the same moment a query."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from playerbase.kit.db import Db, Lane, Pool, Reading, Tx, reading
from playerbase.kit.errors import Refusal
from playerbase.ledger import store
from playerbase.ledger.actions.known import Known, assets
from playerbase.ledger.actions.posting import post
from playerbase.ledger.actions.reading import wallet
from playerbase.ledger.model import Posted, Posting, Wallet


class Postings(Lane[Posting, Posted]):
    """Whatever is posted at the same moment: one lock of a busy account for all of it."""

    status = 201

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.known = Known()

    async def commit(self, tx: Tx, items: list[Posting]) -> list[Posted | Refusal]:
        """Post them all."""
        return await post(tx, items, self.known)


class Wallets(Reading[UUID, list[store.WalletRow]]):
    """Wallets that are looked into at the same moment."""

    async def learn(self, known: Known) -> None:
        """Read which assets there are."""
        async with reading(self._pool) as db:
            await assets(db, known)

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, list[store.WalletRow]]:
        """The rows of each."""
        found: dict[UUID, list[store.WalletRow]] = defaultdict(list)
        for row in await store.wallet_rows(db, wanted):
            found[row.owner_id].append(row)
        return found


async def wallet_of(wallets: Wallets, known: Known, player_id: UUID) -> Wallet:
    """A player's wallet: every currency and points, those never had too."""
    rows = await wallets.get(player_id) or []
    if not known.assets or any(row.asset not in known.assets for row in rows):
        await wallets.learn(known)
    return wallet(rows, known.assets.values())
