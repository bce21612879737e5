"""Orders to look at: what people of the demo bought, one that waits for a review, one of which something went back."""

from typing import Any
from uuid import UUID

import httpx

from playerbase import orders, profiles
from playerbase.demo.replay import post
from playerbase.kit.db import Pool, open_pool, reading, transaction

ADA = "Ada of the demo"
SIDES = ("Germany", "Brazil", "Norway")
PURSE = (("gems", 400_000), ("coins", 2_000))
REASON = "The demo gives three potions back"
# Under which name, who, what of it, and for what; the sixth order of one thing within an hour waits for a review.
ORDERS: tuple[tuple[str, str, tuple[tuple[str, int], ...], str], ...] = (
    ("chest", "Germany", (("starter_chest", 1), ("double_xp", 2)), "gems"),
    ("potions", "Brazil", (("potion", 5), ("lantern_oil", 4)), "coins"),
    ("plate", "Brazil", (("brass_plate", 1),), "gems"),
    ("name", ADA, (("name_change", 1),), "gems"),
    *((f"oil-{number}", "Norway", (("lantern_oil", 1),), "coins") for number in range(1, 7)),
)


async def shopping(url: str, key: str, database_url: str) -> int:
    """Let them buy, and give a line back; answers how many orders are there, as many at each start."""
    pool = await open_pool(database_url, size_max=1)
    try:
        async with httpx.AsyncClient(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60
        ) as api:
            return await buy(api, pool)
    finally:
        await pool.close()


async def buy(api: httpx.AsyncClient, pool: Pool) -> int:
    """Send every order under its own name, so that what was bought before is answered and not bought again."""
    people = await _people(api, pool)
    await post(api, "/ledger/transactions:batch", {"transactions": list(_purses(people))})
    made = 0
    for name, who, items, currency in ORDERS:
        if who not in people:
            continue
        body = {
            "transaction_id": f"demo-{name}", "player_id": people[who], "currency": currency,
            "items": [{"item": code, "quantity": count} for code, count in items],
        }  # fmt: skip
        answer = await api.post("/store/purchases", json=body)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            answer = httpx.Response(200, json=await post(api, "/store/purchases", body))
        if answer.is_error:  # A catalog that somebody has begun may sell none of this.
            continue
        made += 1
        if name == "potions":
            await _give_back(pool, answer.json())
    return made


async def _people(api: httpx.AsyncClient, pool: Pool) -> dict[str, str]:
    found = {}
    for side in SIDES:
        known = await post(api, "/auth/server/login", {"external_id": side, "display_name": side})
        found[side] = str(known["player_id"])
    async with reading(pool) as db:
        named = await profiles.search(db, ADA, None, 1)
    if named and named[0].display_name == ADA:
        found[ADA] = str(named[0].player_id)
    return found


def _purses(people: dict[str, str]) -> Any:
    for player_id in people.values():
        for asset, amount in PURSE:
            yield {
                "key": f"demo|purse|{player_id}|{asset}", "kind": "earn", "player_id": player_id, "asset": asset,
                "amount": amount, "reason": "A purse for the shop", "ref": "demo:purse",
            }  # fmt: skip


async def _give_back(pool: Pool, order: dict[str, Any]) -> None:
    if order["refunded"] or order["state"] != "placed":
        return
    async with transaction(pool) as tx:
        await orders.return_lines(tx, UUID(order["order_id"]), [(1, 3)], REASON, "system:demo")
