"""Short words for what players have."""

from typing import Any
from uuid import UUID, uuid4

from playerbase import catalog, inventory, ledger
from playerbase.inventory import Entitlement, Grant, Source
from playerbase.kit.db import Pool, Tx, transaction
from tests.accounts.people import People
from tests.catalog.things import put


async def given(tx: Tx, player: UUID, item_id: UUID, **more: Any) -> list[Entitlement]:
    """The item, held first as everybody does."""
    await inventory.hold(tx, [player])
    fields: dict[str, Any] = {"source": Source.GRANT, "source_ref": str(uuid4())} | more
    return await inventory.grant(tx, [Grant(player_id=player, item_id=item_id, **fields)])


async def stacked(tx: Tx, player: UUID, item: catalog.Item, quantity: int, key: str | None = None) -> None:
    """So many on the player's stack."""
    await inventory.hold(tx, [player])
    ref = key or str(uuid4())
    await inventory.grant(
        tx,
        [Grant(player_id=player, item_id=item.item_id, source=Source.ORDER, source_ref=ref, quantity=quantity)],
    )  # fmt: skip
    posting = ledger.Posting(scope="test", key=ref, kind="grant", legs=inventory.legs(player, item, quantity), ref=ref)
    (posted,) = await ledger.post(tx, [posting])
    assert isinstance(posted, ledger.Posted), posted


class Chest:
    """The catalog, and what one player has of it, over HTTP."""

    def __init__(self, people: People) -> None:
        self.people, self.pool = people, people.api.site.pool

    async def sell(self, *drafts: catalog.NewItem) -> list[catalog.Item]:
        async with transaction(self.pool) as tx:
            return await put(tx, *drafts)

    async def give(self, player: UUID, item: catalog.Item, **more: Any) -> Entitlement:
        async with transaction(self.pool) as tx:
            (thing,) = await given(tx, player, item.item_id, **more)
            return thing

    async def stack(self, player: UUID, item: catalog.Item, quantity: int) -> None:
        async with transaction(self.pool) as tx:
            await stacked(tx, player, item, quantity)

    async def revoke(self, thing: Entitlement) -> None:
        async with transaction(self.pool) as tx:
            await inventory.hold(tx, [thing.player_id])
            wanted = inventory.Revocation(
                player_id=thing.player_id, entitlement_id=thing.entitlement_id, reason="refund"
            )  # fmt: skip
            await inventory.revoke(tx, [wanted])

    async def seen(self, headers: dict[str, str], query: str = "", path: str = "/me/inventory") -> list[dict[str, Any]]:
        answer = await self.people.api.get(f"/api/v1{path}{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


async def events(pool: Pool, topic: str) -> int:
    count: int = await pool.fetchval("select count(*) from kit.events where topic = $1", topic)
    return count
