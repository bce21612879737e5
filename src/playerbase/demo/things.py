"""Things that the people of the demo have and wear, so that their pages have something to show."""

from uuid import UUID

from playerbase import inventory, ledger, profiles
from playerbase.catalog import Item, items_by_code
from playerbase.inventory import Grant, Source
from playerbase.kit.db import Tx, open_pool, transaction

NAMES = ("Ada of the demo", "Brazil", "Germany", "Norway")
REF = "demo"
DURABLE = ("tin_soldier", "deep_bow", "gull_banner", "ember_steps", "harbour_dusk")
STACKED = {"potion": 5, "lantern_oil": 2}
WORN = {"body": ("tin_soldier", None), "emote": ("deep_bow", "demo"), "banner": ("gull_banner", None)}


async def things(database_url: str) -> int:
    """Give those of them who are there what the demo's catalog has; answers how many were given something new."""
    pool = await open_pool(database_url, size_max=1)
    given = 0
    try:
        for name in NAMES:
            async with transaction(pool) as tx:
                found = await profiles.search(tx, name, None, 1)
                if found and found[0].display_name == name:
                    given += await _give(tx, found[0].player_id)
    finally:
        await pool.close()
    return given


async def _give(tx: Tx, player_id: UUID) -> bool:
    items = await items_by_code(tx, [*DURABLE, *STACKED])
    await inventory.hold(tx, [player_id])
    owned = await inventory.owned(tx, {player_id: [item.item_id for item in items.values()]})
    if any(owned[player_id].values()) or not items:
        return False
    await inventory.grant(tx, [_grant(player_id, items[code], STACKED.get(code, 1)) for code in items])
    for slot, (code, game) in WORN.items():
        if code in items:
            wanted = inventory.Wearing(slot=slot, game=game, item_id=items[code].item_id)
            await inventory.wear(tx, player_id, wanted)
    postings = [
        ledger.Posting(
            scope="demo", key=f"{player_id} {code}", kind="grant", ref=REF, rule="demo",
            legs=inventory.legs(player_id, items[code], count),
        )
        for code, count in STACKED.items() if code in items
    ]  # fmt: skip
    if postings:
        await ledger.post(tx, postings)
    return True


def _grant(player_id: UUID, item: Item, quantity: int) -> Grant:
    return Grant(
        player_id=player_id, item_id=item.item_id, source=Source.GRANT, source_ref=REF, quantity=quantity
    )  # fmt: skip
