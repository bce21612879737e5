import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from playerbase import catalog
from playerbase.catalog import (
    CosmeticType,
    Delivery,
    ItemType,
    NewCategory,
    NewItem,
    Part,
    Platform,
    Price,
    Sku,
    StockDraft,
)
from playerbase.catalog.model import CategoryAlreadyExists, ItemAlreadyExists, VersionConflict
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Exhausted, Faults
from tests.catalog.things import BY, a_game, bundle, draft, potion, put


async def faults_of(tx: Tx, new: NewItem) -> set[tuple[str, str]]:
    with pytest.raises(Faults) as refused:
        await catalog.create_item(tx, new, BY)
    errors: Any = refused.value.members["errors"]
    return {(each["field"], each["code"]) for each in errors}


async def test_an_item_is_read_as_it_was_made(tx: Tx) -> None:
    await a_game(tx)
    await catalog.create_category(tx, NewCategory(code="blades", name="Blades"), BY)
    (made,) = await put(
        tx,
        draft(
            game="demo", category="blades", cosmetic=CosmeticType.SKIN, slot="weapon_skin", max_per_player=1,
            metadata={"fits": ["rifle", "pistol"], "glow": 1.5, "tier": 3, "is_new": True, "tint": "red"},
            prices=[Price("gems", 1_500), Price("coins", 20)], skus=[Sku(Platform.STEAM, "1001", 499, "USD")],
            stock=StockDraft(100),
        ),
    )  # fmt: skip

    assert made == await catalog.item(tx, "ember_blade")
    assert made == await catalog.item(tx, str(made.item_id))
    assert made == (await catalog.items_by_id(tx, [made.item_id]))[made.item_id]
    assert (made.version, made.category, made.stock_total, made.is_sold_out) == (1, "blades", 100, False)
    assert made.metadata == {"fits": ["rifle", "pistol"], "glow": 1.5, "tier": 3, "is_new": True, "tint": "red"}
    assert (made.price_in("coins"), made.price_in("points")) == (20, None)
    assert await catalog.sku(tx, "steam", "1001") == (made, Sku(Platform.STEAM, "1001", 499, "USD"))
    assert await tx.fetchval("select array_agg(topic) from kit.events") == ["catalog.changed", "catalog.changed"]


async def test_every_problem_is_named_at_once(tx: Tx) -> None:
    wrong = draft(
        type=ItemType.BUNDLE, delivery=Delivery.EMAIL, is_stackable=True, category="nowhere", game="chess",
        is_limited=True, prices=[Price("gold", 1), Price("gems", 1), Price("gems", 2)],
        parts=[
            Part(quantity=1, item="nothing"), Part(quantity=1), Part(quantity=5, asset="gold"),
            Part(quantity=1, item="ember_blade"),
        ],
    )  # fmt: skip
    assert await faults_of(tx, wrong) == {
        ("category", "unknown"), ("game", "unknown"), ("is_stackable", "not_consumable"),
        ("delivery", "not_for_bundles"), ("is_limited", "without_limit"), ("prices.0.asset", "unknown"),
        ("prices.2.asset", "duplicate"), ("parts.0.item", "unknown"), ("parts.1", "one_of"),
        ("parts.2.asset", "unknown"), ("parts", "cycle"),
    }  # fmt: skip


async def test_a_bundle_cannot_hold_itself_through_others(tx: Tx) -> None:
    await put(tx, potion(), bundle("small", "potion"), bundle("large", "small"))
    small = await catalog.item(tx, "small")

    with pytest.raises(Faults) as refused:
        await catalog.update_item(tx, "small", bundle("small", "potion", "large"), small.version, BY)

    errors: Any = refused.value.members["errors"]
    (error,) = errors
    assert (error["field"], error["code"]) == ("parts", "cycle")
    assert "small > large > small" in error["message"]


async def test_bundles_nest_only_so_deep_whichever_is_edited(tx: Tx) -> None:
    await put(tx, potion(), bundle("b1", "potion"))
    for level in range(2, 6):
        await put(tx, bundle(f"b{level}", f"b{level - 1}"))
    assert await faults_of(tx, bundle("b6", "b5")) == {("parts", "too_deep")}
    await put(tx, bundle("other", "potion"))
    lowest = await catalog.item(tx, "b1")
    with pytest.raises(Faults):
        await catalog.update_item(tx, "b1", bundle("b1", "other"), lowest.version, BY)


async def test_an_edit_needs_the_version_it_saw(tx: Tx) -> None:
    (made,) = await put(tx, draft())
    was, now = await catalog.update_item(tx, "ember_blade", draft(name="Blade of embers"), 1, BY)

    assert (was, now.name, now.version) == (made, "Blade of embers", 2)
    with pytest.raises(VersionConflict) as refused:
        await catalog.update_item(tx, "ember_blade", draft(name="Another"), 1, BY)
    assert refused.value.members == {"current_version": 2}
    kept = await catalog.edition(tx, made.item_id, 1)
    assert (kept.by, '"name":"Ember Blade"' in kept.content) == (BY, True)


async def test_an_edit_that_changes_nothing_makes_no_version(tx: Tx) -> None:
    await put(tx, draft())
    before = await catalog.version(tx)
    _, now = await catalog.update_item(tx, "ember_blade", draft(), 1, BY)
    assert (now.version, await catalog.version(tx)) == (1, before)


async def test_what_players_may_have_keeps_its_kind(tx: Tx) -> None:
    await put(tx, potion())
    with pytest.raises(Faults) as refused:
        await catalog.update_item(tx, "potion", draft("potion"), 1, BY)
    errors: Any = refused.value.members["errors"]
    assert {(each["field"], each["code"]) for each in errors} == {("type", "fixed"), ("is_stackable", "fixed")}


async def test_a_code_is_given_once(tx: Tx) -> None:
    await put(tx, draft())
    with pytest.raises(ItemAlreadyExists):
        await put(tx, draft())
    await catalog.create_category(tx, NewCategory(code="blades", name="Blades"), BY)
    with pytest.raises(CategoryAlreadyExists):
        await catalog.create_category(tx, NewCategory(code="blades", name="Blades"), BY)
    assert await faults_of(tx, draft("skin")) == {("code", "reserved")}
    assert await faults_of(tx, draft("a0000000-0000-7000-8000-000000000000")) == {("code", "reserved")}


async def test_a_category_cannot_stand_below_itself(tx: Tx) -> None:
    await catalog.create_category(tx, NewCategory(code="a1", name="A"), BY)
    await catalog.create_category(tx, NewCategory(code="b1", name="B", parent="a1"), BY)
    with pytest.raises(Faults) as refused:
        await catalog.update_category(tx, "a1", NewCategory(code="a1", name="A", parent="b1"), 1, BY)
    assert refused.value.members["errors"][0]["code"] == "cycle"  # type: ignore[index]  # A list, wherever it is made.


async def test_the_catalog_is_bounded_by_its_settings(tx: Tx) -> None:
    await tx.execute("update catalog.settings set items_max = 1")
    await put(tx, draft())
    with pytest.raises(Exhausted):
        await put(tx, potion())


async def test_of_two_editors_one_is_told_that_the_other_was_first(pool: Pool) -> None:
    async with transaction(pool) as tx:
        await put(tx, draft())

    async def edit(name: str) -> str:
        try:
            async with transaction(pool) as tx:
                await catalog.update_item(tx, "ember_blade", draft(name=name), 1, BY)
        except VersionConflict:
            return "late"
        return "done"

    said = await asyncio.gather(*(edit(f"Blade {number}") for number in range(8)))
    assert sorted(said) == ["done", *["late"] * 7]
    async with transaction(pool) as tx:
        assert (await catalog.item(tx, "ember_blade")).version == 2


async def test_an_edit_that_is_rolled_back_was_never_seen(pool: Pool) -> None:
    async with transaction(pool) as tx:
        await put(tx, draft())

    async def give_up() -> None:
        async with transaction(pool) as tx:
            await catalog.update_item(tx, "ember_blade", draft(name="Wrong"), 1, BY)
            assert (await catalog.item(tx, "ember_blade")).name == "Wrong"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await give_up()
    async with transaction(pool) as tx:
        assert (await catalog.item(tx, "ember_blade")).name == "Ember Blade"
        # The next edit has the same number within the item, and other content.
        await catalog.update_item(tx, "ember_blade", draft(name="Right"), 1, BY)
        assert (await catalog.item(tx, "ember_blade")).name == "Right"


async def test_a_moment_lies_in_every_calendar(tx: Tx) -> None:
    ancient = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    wrong = draft(available_from=ancient, stock=StockDraft(5, opens_at=ancient))
    assert await faults_of(tx, wrong) == {("available_from", "out_of_range"), ("stock.opens_at", "out_of_range")}
