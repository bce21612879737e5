"""A shop with things in it and players with money, over HTTP."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from playerbase import catalog, ledger, orders
from playerbase.kit.db import Tx, broken, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.orders.actions.purchasing import purchase
from playerbase.orders.actions.wishes import Basket, Wish
from playerbase.schema import INVARIANTS
from tests.accounts.people import People, Someone
from tests.catalog.things import put


async def bought(tx: Tx, player_id: UUID, *items: catalog.Item) -> UUID:
    """An order of these, one of each, that must come about."""
    wish = Wish(
        player_id=player_id, transaction_id=str(uuid4()), currency="gems",
        baskets=tuple(Basket(item, 1) for item in items),
        known=await catalog.items_by_code(tx, [item.code for item in items]), fingerprint=b"test", buyer="test",
    )  # fmt: skip
    (outcome,) = await purchase(tx, [wish], ledger.Known())
    assert not isinstance(outcome, Refusal), outcome
    assert outcome.order_id is not None, outcome.answer.body
    return outcome.order_id


class Shop:
    """What is for sale, who buys, and what became of it."""

    def __init__(self, people: People) -> None:
        self.people, self.pool = people, people.api.site.pool

    async def sell(self, *drafts: catalog.NewItem) -> list[catalog.Item]:
        async with transaction(self.pool) as tx:
            return await put(tx, *drafts)

    async def pay(self, player: UUID, amount: int, asset: str = "gems") -> None:
        """Something earned."""
        legs = (ledger.Leg(player, asset, amount), ledger.Leg(ledger.HOUSE, asset, -amount, ledger.Purpose.ISSUANCE))
        posting = ledger.Posting(scope="test", key=str(uuid4()), kind="earn", legs=legs)
        async with transaction(self.pool) as tx:
            (outcome,) = await ledger.post(tx, [posting])
        assert isinstance(outcome, ledger.Posted), outcome

    async def buyer(self, amount: int = 10_000, email: str = "ada@example.com") -> Someone:
        """Somebody with so many gems."""
        who = await self.people.register(email, email.split("@", maxsplit=1)[0])
        if amount:
            await self.pay(who.player_id, amount)
        return who

    async def buy(
        self, who: Someone, *items: str | tuple[str, int], key: str | None = None, path: str = "/store/purchases",
        **more: Any,
    ) -> Any:  # fmt: skip
        pairs = [(item, 1) if isinstance(item, str) else item for item in items]
        body = {
            "transaction_id": key or str(uuid4()), "items": [{"item": code, "quantity": count} for code, count in pairs]
        } | more  # fmt: skip
        return await self.people.post(path, body, **who.headers)

    async def bought(self, who: Someone, *items: str | tuple[str, int], **more: Any) -> dict[str, Any]:
        """The order, which must come about."""
        answer = await self.buy(who, *items, **more)
        assert answer.status_code in {201, 202}, answer.text
        order: dict[str, Any] = answer.json()
        return order

    async def balance(self, who: Someone, asset: str = "gems") -> tuple[int, int, int]:
        """What there is, what of it is free, and what is owed."""
        answer = await self.people.api.get("/api/v1/wallet", headers=who.headers)
        held = next(each for each in answer.json()["items"] if each["asset"] == asset)
        return held["balance"], held["available"], held["debt"]

    async def things(self, who: Someone) -> dict[str, int]:
        """What somebody has, and how many."""
        answer = await self.people.api.get("/api/v1/me/inventory", headers=who.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, int] = {}
        for each in answer.json()["items"]:
            found[each["item"]] = found.get(each["item"], 0) + each["quantity"]
        return found

    async def act(self, path: str, body: object, who: Someone, key: str | None = None) -> Any:
        """Something that staff does."""
        headers = who.headers | {"idempotency-key": key or str(uuid4())}
        return await self.people.post(f"/admin/orders/{path}", body, **headers)

    async def stock(self, item: catalog.Item) -> int:
        count: int = await self.pool.fetchval("select sold from catalog.stocks where item_id = $1", item.item_id)
        return count

    async def told(self, topics: Sequence[str] = ("order.%", "player.cosmetic_purchased")) -> list[str]:
        rows = await self.pool.fetch(
            "select topic from kit.events where topic like any($1::text[]) order by id", list(topics)
        )
        return [str(row["topic"]) for row in rows]

    async def holds(self) -> None:
        """Everything is as it must be: the invariants, the ledger's proof, and orders against postings."""
        async with reading(self.pool) as db:
            assert await broken(db, INVARIANTS) == []
        assert (await ledger.prove(self.pool)).holds
        assert await orders.check(self.pool) == []
