"""What somebody has, in one list: whole, in pages, and right at the moment of a change."""

import asyncio
from datetime import timedelta
from typing import Any

from playerbase import inventory, ledger
from playerbase.catalog import CosmeticType
from playerbase.catalog.model import Media
from playerbase.inventory import Source, actions
from playerbase.kit import clock as the_clock
from playerbase.kit.db import transaction
from tests.accounts.people import People
from tests.catalog.things import draft, potion
from tests.inventory.things import Chest

PATHS = ("/me/inventory", "/user/inventory", "/player/entitlements")


async def test_stacks_and_things_stand_in_one_list(people: People) -> None:
    await people.begin()
    chest, ada = Chest(people), await people.register()
    blade, drink = await chest.sell(
        draft(game="demo", slot="weapon_skin", cosmetic=CosmeticType.SKIN, media=[Media("https://cdn.example.com/b.png")]),
        potion(),
    )  # fmt: skip
    end = the_clock.now() + timedelta(days=3)
    thing = await chest.give(
        ada.player_id, blade, source=Source.BATTLE_PASS, source_ref="s1:4", expires_at=end, metadata={"serial": 7}
    )  # fmt: skip
    await chest.stack(ada.player_id, drink, 5)
    lists = [await chest.seen(ada.headers, path=path) for path in PATHS]
    assert lists[0] == lists[1] == lists[2]
    stack, one = lists[0]
    assert (stack["item"], stack["quantity"], stack["source"], stack["entitlement_id"]) == ("potion", 5, "order", None)
    assert one["entitlement_id"] == str(thing.entitlement_id)
    assert (one["source"], one["source_ref"], one["metadata"]) == ("battle_pass", "s1:4", {"serial": 7})
    assert (one["preview"], one["expires_at"]) == ("https://cdn.example.com/b.png", the_clock.rfc3339(end))
    assert one["equipped"] is False


async def test_it_is_filtered(people: People) -> None:
    await people.begin()
    chest, ada = Chest(people), await people.register()
    things = await chest.sell(
        draft("cap", game="demo", slot="hat"), draft("crown", slot="hat"), draft("ring", slot="ring"),
        potion(), potion("elixir", game="demo"),
    )  # fmt: skip
    for item in things[:3]:
        await chest.give(ada.player_id, item)
    for item in things[3:]:
        await chest.stack(ada.player_id, item, 1)

    async def codes(query: str) -> list[str]:
        return [each["item"] for each in await chest.seen(ada.headers, query)]

    assert await codes("") == ["elixir", "potion", "ring", "crown", "cap"]
    assert await codes("?type=durable") == ["ring", "crown", "cap"]
    assert await codes("?type=consumable") == ["elixir", "potion"]
    assert await codes("?slot=hat") == ["crown", "cap"]
    assert await codes("?q=CR") == ["crown"]
    assert await codes("?game=demo") == ["elixir", "potion", "ring", "crown", "cap"]
    assert await codes("?game=other") == ["potion", "ring", "crown"]
    assert await codes("?equipped=false") == ["elixir", "potion", "ring", "crown", "cap"]


async def test_pages_lead_through_all_of_it_once(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    items = await chest.sell(
        *(potion(f"brew{number}") for number in range(3)), *(draft(f"cap{number}") for number in range(4))
    )
    for item in items[:3]:
        await chest.stack(ada.player_id, item, 1)
    for item in items[3:]:
        await chest.give(ada.player_id, item)
    whole = [each["item"] for each in await chest.seen(ada.headers)]
    for limit in (1, 2, 3, 7):
        found: list[str] = []
        cursor: Any = ""
        while cursor is not None:
            query = f"?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
            answer = (await people.api.get(f"/api/v1/me/inventory{query}", headers=ada.headers)).json()
            found += [each["item"] for each in answer["items"]]
            cursor = answer["next_cursor"]
        assert found == whole, limit
    eve = await people.register("eve@example.com", "Evelyn")
    first = (await people.api.get("/api/v1/me/inventory?limit=2", headers=ada.headers)).json()["next_cursor"]
    stolen = await people.api.get(f"/api/v1/me/inventory?limit=2&cursor={first}", headers=eve.headers)
    assert stolen.status_code == 400


async def test_every_change_shows_at_once(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    cap, drink = await chest.sell(draft("cap", slot="hat"), potion())

    async def have() -> dict[str, int]:
        return {each["item"]: each["quantity"] for each in await chest.seen(ada.headers)}

    assert await have() == {}
    thing = await chest.give(ada.player_id, cap)
    assert await have() == {"cap": 1}
    await chest.stack(ada.player_id, drink, 2)
    assert await have() == {"cap": 1, "potion": 2}
    # A game server may post to a stack without a word to the inventory.
    posting = ledger.Posting(
        scope="server", key="1", kind="earn",
        legs=inventory.legs(ada.player_id, drink, 3),
    )  # fmt: skip
    async with transaction(chest.pool) as tx:
        await ledger.post(tx, [posting])
    assert await have() == {"cap": 1, "potion": 5}
    await people.post("/inventory/potion/consume", {"transaction_id": "1", "quantity": 5}, **ada.headers)
    assert await have() == {"cap": 1}
    await chest.revoke(thing)
    assert await have() == {}


async def test_many_read_while_it_changes_and_nobody_keeps_the_old(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    (cap,) = await chest.sell(draft("cap"))
    for turn in range(5):
        reads = [chest.seen(ada.headers) for _ in range(10)]
        await asyncio.gather(chest.give(ada.player_id, cap), *reads)
        assert len(await chest.seen(ada.headers)) == turn + 1


async def test_without_redis_it_is_right_too(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    (cap,) = await chest.sell(draft("cap"))
    await chest.give(ada.player_id, cap)
    await people.api.site.redis.close()
    assert [each["item"] for each in await chest.seen(ada.headers)] == ["cap"]


async def test_how_many_have_a_thing_is_told_to_the_catalog(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    eve = await people.register("eve@example.com", "Evelyn")
    cap, drink, _ = await chest.sell(draft("cap"), potion(), draft("crown"))
    await chest.give(ada.player_id, cap)
    await chest.give(ada.player_id, cap)
    await chest.give(eve.player_id, cap)
    await chest.stack(eve.player_id, drink, 9)
    assert await actions.count_holders(chest.pool) == 2
    rows = await chest.pool.fetch("select code, owned_by_count from catalog.items order by code")
    assert {row["code"]: row["owned_by_count"] for row in rows} == {"cap": 2, "crown": 0, "potion": 1}
