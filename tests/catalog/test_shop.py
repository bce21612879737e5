import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from playerbase import catalog
from playerbase.catalog import CosmeticType, NewCategory, Platform, Price, Rarity, Sku, Status, StockDraft
from playerbase.catalog.model import Media, NewItem
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Tx, transaction
from tests.accounts.people import People, Someone
from tests.catalog.things import BY, a_game, bundle, draft, potion, put
from tests.conftest import Api, MovingClock


class Shop:
    """A shop on the wire, with a player before it and a back door for who stocks it."""

    def __init__(self, api: Api, player: Someone) -> None:
        self.api, self.player = api, player

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.api.get(f"/api/v1{path}", params=query, headers=self.player.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def codes(self, path: str = "/store/items", **query: Any) -> list[str]:
        return [each["code"] for each in (await self.get(path, **query))["items"]]

    async def stock(self, *wanted: NewItem) -> None:
        async with transaction(self.api.site.pool) as tx:
            await put(tx, *wanted)

    async def change(self, new: NewItem) -> None:
        async with transaction(self.api.site.pool) as tx:
            await catalog.update_item(tx, new.code, new, (await catalog.item(tx, new.code)).version, BY)


@pytest.fixture
async def shop(api: Api, people: People) -> Shop:
    return Shop(api, await people.register())


async def shelves(tx: Tx) -> None:
    await a_game(tx)
    await a_game(tx, "chess")
    for code, parent in (("wear", None), ("blades", "wear"), ("food", None)):
        await catalog.create_category(tx, NewCategory(code=code, name=code.title(), parent=parent), BY)


async def test_a_list_is_filtered_sorted_and_paged(shop: Shop) -> None:
    async with transaction(shop.api.site.pool) as tx:
        await shelves(tx)
    await shop.stock(
        draft("axe", category="blades", game="demo", prices=[Price("gems", 300)], rarity=Rarity.EPIC),
        draft("bow", category="wear", game="chess", prices=[Price("gems", 100), Price("coins", 9)]),
        potion("cola", category="food", prices=[Price("gems", 200)], description="Sparkling."),
        draft("dust", status=Status.INACTIVE),
        draft("elk", status=Status.COMING_SOON, prices=[]),
        draft("fan", prices=[]),
    )
    assert await shop.codes(sort="name") == ["axe", "bow", "cola", "elk"]
    assert await shop.codes(sort="price", asset="gems") == ["bow", "cola", "axe"]
    assert await shop.codes(sort="newest") == ["elk", "cola", "bow", "axe"]
    assert await shop.codes(asset="coins") == ["bow"]
    assert await shop.codes(asset="gems", price_min=200, price_max=200) == ["cola"]
    assert await shop.codes(category="wear", sort="name") == ["axe", "bow"]
    assert await shop.codes(category="blades") == ["axe"]
    assert await shop.codes(game="demo", sort="name") == ["axe", "cola", "elk"]
    assert await shop.codes(type="consumable") == ["cola"]
    assert await shop.codes(rarity="epic") == ["axe"]
    assert await shop.codes(q="SPARKL") == ["cola"]
    assert await shop.codes(q="nothing like it") == []

    first = await shop.get("/store/items", sort="name", limit=3)
    second = await shop.get("/store/items", sort="name", limit=3, cursor=first["next_cursor"])
    assert [each["code"] for each in first["items"] + second["items"]] == ["axe", "bow", "cola", "elk"]
    assert second["next_cursor"] is None
    tree = (await shop.get("/store/categories"))["items"]
    assert [(each["code"], each["items"]) for each in tree] == [("food", 1), ("wear", 2), ("blades", 1)]


async def test_a_cursor_is_its_callers_own(shop: Shop, people: People) -> None:
    await shop.stock(draft("axe"), draft("bow"))
    cursor = (await shop.get("/store/items", limit=1))["next_cursor"]
    other = await people.register("bob@example.com", "Somebody else")
    answer = await shop.api.get("/api/v1/store/items", params={"limit": 1, "cursor": cursor}, headers=other.headers)
    assert answer.status_code == 400


async def test_a_price_range_is_of_an_asset(shop: Shop) -> None:
    for query in ({"sort": "price"}, {"price_min": 1}, {"price_max": 1}):
        answer = await shop.api.get("/api/v1/store/items", params=query, headers=shop.player.headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "asset"


async def test_a_list_is_right_the_moment_something_is_edited(shop: Shop) -> None:
    await shop.stock(draft("axe", name="Axe"))
    for turn in range(5):
        await shop.change(draft("axe", name=f"Axe {turn}"))
        items = (await shop.get("/store/items"))["items"]
        assert items[0]["name"] == f"Axe {turn}"
        assert (await shop.get("/store/items/axe"))["name"] == f"Axe {turn}"


async def test_a_list_is_right_the_moment_the_last_one_is_sold(shop: Shop) -> None:
    await shop.stock(draft("axe", stock=StockDraft(1)))
    assert (await shop.get("/store/items"))["items"][0]["is_sold_out"] is False
    async with transaction(shop.api.site.pool) as tx:
        await catalog.take_stock(tx, {(await catalog.item(tx, "axe")).item_id: 1})
    assert (await shop.get("/store/items"))["items"][0]["is_sold_out"] is True


async def test_a_list_is_rendered_once_however_many_read_it(shop: Shop) -> None:
    await shop.stock(draft("axe"))
    await shop.get("/store/items")
    version = await catalog.version(shop.api.site.pool)
    kept = await shop.api.site.redis.client.keys(f"catalog:items:{version}:*")
    assert len(kept) == 1
    lists = await asyncio.gather(*(shop.get("/store/items") for _ in range(20)))
    assert all(each == lists[0] for each in lists)
    assert await shop.api.site.redis.client.ttl(kept[0]) > 80_000
    for query in ({"q": "a"}, {"limit": 7}, {"asset": "gems", "price_min": 2}):
        await shop.get("/store/items", **query)
    assert len(await shop.api.site.redis.client.keys(f"catalog:items:{version}:*")) == 1


async def test_limited_items_leave_at_their_second(shop: Shop, clock: MovingClock, standing_clock: None) -> None:
    del standing_clock
    ends = the_clock.now() + timedelta(minutes=10)
    await shop.stock(
        draft("axe", is_limited=True, available_until=ends), draft("bow", available_from=ends), draft("cap")
    )
    assert sorted(await shop.codes()) == ["axe", "cap"]
    clock.forward(minutes=10, seconds=-1)
    assert sorted(await shop.codes()) == ["axe", "cap"]
    clock.forward(seconds=1)
    assert sorted(await shop.codes()) == ["bow", "cap"]
    gone = await shop.get("/store/items/axe")
    assert (gone["is_for_sale"], gone["name"]) == (False, "Axe")


async def test_what_is_not_announced_is_not_there(shop: Shop) -> None:
    later = the_clock.now() + timedelta(days=1)
    await shop.stock(draft("axe", available_from=later), draft("bow", status=Status.INACTIVE))
    for path in ("/store/items/axe", "/store/items/bow", "/store/items/nothing", "/cosmetics/axe"):
        answer = await shop.api.get(f"/api/v1{path}", headers=shop.player.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "item_unknown")


async def test_one_item_says_how_many_are_left(shop: Shop) -> None:
    media = [Media("https://cdn.example/axe.webm", "video"), Media("https://cdn.example/axe.png")]
    await shop.stock(potion(), bundle("chest", ("potion", 3), stock=StockDraft(5), media=media))
    async with transaction(shop.api.site.pool) as tx:
        await catalog.take_stock(tx, {(await catalog.item(tx, "chest")).item_id: 2})
    chest = await shop.get("/store/items/chest")
    assert (chest["remaining"], chest["is_for_sale"]) == (3, True)
    assert chest["parts"] == [{"quantity": 3, "item": "potion", "asset": None}]
    assert chest == await shop.get(f"/store/items/{chest['item_id']}")
    listed = (await shop.get("/store/items", type="bundle"))["items"]
    assert listed[0]["preview"] == "https://cdn.example/axe.png"


async def test_cosmetics_have_a_shop_of_their_own(shop: Shop) -> None:
    await shop.stock(
        draft("axe"), draft("red", cosmetic=CosmeticType.SKIN, slot="body"),
        draft("wave", cosmetic=CosmeticType.EMOTE, slot="emote", rarity=Rarity.RARE),
    )  # fmt: skip
    assert sorted(await shop.codes("/cosmetics/shop")) == ["red", "wave"]
    assert await shop.codes("/cosmetics/shop", rarity="rare") == ["wave"]
    assert await shop.codes("/cosmetics/skin") == ["red"]
    assert await shop.codes("/cosmetics/trail") == []
    assert (await shop.get("/cosmetics/red"))["slot"] == "body"
    answer = await shop.api.get("/api/v1/cosmetics/axe", headers=shop.player.headers)
    assert answer.status_code == 404


async def test_platforms_sell_under_their_own_names(shop: Shop) -> None:
    await shop.stock(
        draft("axe", prices=[], skus=[Sku(Platform.APPLE, "axe", 99, "EUR"), Sku(Platform.GOOGLE, "axe", 89, "EUR")]),
        draft("bow", skus=[Sku(Platform.STEAM, "1001", 499, "USD")]),
        draft("cap", status=Status.INACTIVE, skus=[Sku(Platform.STEAM, "1002", 1, "USD")]),
    )
    offers = (await shop.get("/commerce/skus"))["items"]
    assert [(each["platform"], each["sku"], each["item"]) for each in offers] == [
        ("apple", "axe", "axe"), ("google", "axe", "axe"), ("steam", "1001", "bow"),
    ]  # fmt: skip
    first = await shop.get("/commerce/skus", limit=2)
    assert [each["item"] for each in (await shop.get("/commerce/skus", cursor=first["next_cursor"]))["items"]] == [
        "bow"
    ]
    assert (await shop.get("/commerce/skus/1001"))["amount"] == 499
    assert (await shop.get("/commerce/skus/axe", platform="google"))["amount"] == 89
    for sku, status in (("axe", 422), ("1002", 404)):
        answer = await shop.api.get(f"/api/v1/commerce/skus/{sku}", headers=shop.player.headers)
        assert answer.status_code == status


async def test_what_sells_comes_first(shop: Shop, clock: MovingClock) -> None:
    await shop.stock(draft("axe"), draft("bow"), draft("cap"))

    async def sold(**by_code: int) -> None:
        async with transaction(shop.api.site.pool) as tx:
            items = await catalog.items_by_code(tx, by_code)
            await catalog.note_sales(tx, {items[code].item_id: count for code, count in by_code.items()})

    await asyncio.gather(*(sold(bow=1, cap=1) for _ in range(20)))
    await sold(cap=5)
    await sold(bow=-3)
    await hourly(shop)
    assert await in_order(shop) == ["cap", "bow", "axe"]
    clock.forward(days=8)
    await sold(axe=14)
    await hourly(shop)
    assert await in_order(shop) == ["axe", "cap", "bow"]
    before = await catalog.version(shop.api.site.pool)
    clock.forward(days=31)
    await hourly(shop)
    assert await in_order(shop) == ["axe", "bow", "cap"]
    assert await catalog.version(shop.api.site.pool) != before
    settled = await catalog.version(shop.api.site.pool)
    await hourly(shop)
    assert await catalog.version(shop.api.site.pool) == settled
    assert await shop.api.site.pool.fetchval("select count(*) from catalog.sales") == 0


async def hourly(shop: Shop) -> None:
    """The hour's work of the catalog."""
    from playerbase.catalog.reactions import work_out_popularity  # noqa: PLC0415 - a job, not a verb of the front door

    await work_out_popularity.job.run(shop.api.site.pool, msgspec.Struct())


async def in_order(shop: Shop) -> list[str]:
    """What is for sale, the most sought after first."""
    async with transaction(shop.api.site.pool) as tx:
        items = await catalog.items_by_code(tx, ["axe", "bow", "cap"])
    return sorted(items, key=lambda code: (-items[code].popularity, code))


async def test_how_many_own_a_thing_is_shown(shop: Shop) -> None:
    await shop.stock(draft("axe"))
    async with transaction(shop.api.site.pool) as tx:
        assert await catalog.set_owned_counts(tx, {(await catalog.item(tx, "axe")).item_id: 12}) == 1
    assert (await shop.get("/store/items"))["items"][0]["owned_by_count"] == 12
