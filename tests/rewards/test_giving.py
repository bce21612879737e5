"""Rewards: given once for each key, all of a commit at once, and taken back once."""

import asyncio
from itertools import count
from typing import cast
from uuid import UUID

import pytest

from playerbase import ledger, profiles, rewards
from playerbase.catalog import Delivery
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Faults, Unavailable
from playerbase.rewards import Part, actions
from playerbase.rewards.model import GiftTakenBack, NothingWithheld, RewardNotGivable, RewardUnknown
from tests.catalog.things import bundle, draft, put
from tests.commerce.test_crashes import Mortal
from tests.rewards.presents import CHAMPION, CHEST, CUP, GEMS, POTIONS, gift, has, player, players, stocked, title, told

EVERYTHING = (CUP, POTIONS, CHEST, GEMS, CHAMPION)
COINS = Part(asset="coins", amount=7)
ALL_OF_IT = {"cup": 3, "item:potion": 7, "coins": 10, "gems": 100}


async def test_everything_is_given_once_and_answered_again(pool: Pool) -> None:
    ada, bob = await players(pool, 2)
    wanted = [gift("one", ada, *EVERYTHING), gift("two", bob, GEMS), gift("one", ada, *EVERYTHING)]
    async with transaction(pool) as tx:
        first = await rewards.give(tx, wanted)
    assert [each.is_new for each in first] == [True, True, True]
    assert first[0] == first[2]
    async with transaction(pool) as tx:
        again = await rewards.give(tx, [gift("three", bob, CUP), *wanted[:2]])
        assert (await rewards.given(tx, ["two", "nothing"])).keys() == {"two"}
        assert [each.key for each in await rewards.gifts(tx, player_id=bob)] == ["three", "two"]
    assert [(each.key, each.is_new) for each in again] == [("three", True), ("one", False), ("two", False)]
    assert again[1].gift_id == first[0].gift_id
    assert again[1].parts == list(EVERYTHING)
    assert await has(pool, ada) == ALL_OF_IT
    assert await has(pool, bob) == {"gems": 100, "cup": 1}
    assert (await title(pool, ada), await title(pool, bob)) == ("Champion", "Rookie")
    assert await told(pool, "reward.given") == 3


async def test_two_payers_at_once_give_once(pool: Pool) -> None:
    everybody = await players(pool, 12)
    wanted = [gift(f"run {number}", who, *EVERYTHING) for number, who in enumerate(everybody)]

    async def pay(some: list[rewards.Gift]) -> int:
        async with transaction(pool) as tx:
            return sum(each.is_new for each in await rewards.give(tx, some))

    new = await asyncio.gather(*(pay(wanted[at:] + wanted[:at]) for at in range(0, 12, 3)), pay(wanted[::-1]))
    assert sum(new) == 12
    assert [await has(pool, who) for who in everybody] == [ALL_OF_IT] * 12
    assert await told(pool, "reward.given") == 12


async def test_a_payer_that_dies_half_way_has_given_nothing(pool: Pool) -> None:
    (ada,) = await players(pool, 1)
    tables = "select (select count(*) from rewards.gifts), (select count(*) from rewards.titles), (select count(*) from"
    tables += " kit.events), (select count(*) from ledger.entries), (select count(*) from inventory.entitlements)"
    async with transaction(pool) as tx:
        await rewards.give(tx, [gift("first", ada, *EVERYTHING)])  # Whatever is made once is there from now on.
    given = 1
    for act in ("give", "take_back"):
        for dies_at in count(1):
            before = await pool.fetch(tables)
            try:
                async with transaction(pool) as tx:
                    mortal = cast("Tx", Mortal(tx, dies_at, after=dies_at % 2 == 0))
                    if act == "give":
                        await rewards.give(mortal, [gift("second", ada, *EVERYTHING)])
                    else:
                        await rewards.take_back(mortal, ["second"], reason="void")
            except Unavailable:
                assert await pool.fetch(tables) == before, dies_at
                continue
            break
        assert dies_at > 6
        given += 1 if act == "give" else -1
        assert await has(pool, ada) == {name: amount * given for name, amount in ALL_OF_IT.items()}


async def test_taking_back_what_is_there_and_owing_the_rest(pool: Pool) -> None:
    (ada,) = await players(pool, 1)
    async with transaction(pool) as tx:
        await rewards.give(tx, [gift("old", ada, Part(title="Veteran"))])
    async with transaction(pool) as tx:
        await rewards.give(tx, [gift("one", ada, *EVERYTHING)])
    await pool.execute("update inventory.entitlements set quantity = 2, state = 'active'")
    await _spend(pool, ada, "gems", 60)

    async def take() -> rewards.Given:
        async with transaction(pool) as tx:
            (found,) = await rewards.take_back(tx, ["one", "never"], reason="The match was void")
            return found

    outcomes = await asyncio.gather(*(take() for _ in range(4)))
    assert all(each.taken == outcomes[0].taken for each in outcomes)
    taken = outcomes[0].taken
    assert taken is not None
    assert [(each.code, each.taken, each.gone) for each in taken.items] == [("cup", 2, 1)]
    assert {each.asset: (each.taken, each.owed) for each in taken.amounts} == {
        "coins": (10, 0), "gems": (40, 60), "item:potion": (7, 0),
    }  # fmt: skip
    assert await has(pool, ada) == {"gems debt": -60}
    assert await title(pool, ada) == "Veteran"
    assert await told(pool, "reward.taken_back") == 1
    async with transaction(pool) as tx:
        (again,) = await rewards.give(tx, [gift("one", ada, *EVERYTHING)])
        assert (again.is_new, again.taken_why) == (False, "The match was void")
        assert await rewards.titles_of(tx, ada) == ["Veteran"]


async def test_a_title_worn_instead_stays(tx: Tx) -> None:
    ada = await player(tx)
    await rewards.give(tx, [gift("one", ada, CHAMPION)])
    await rewards.give(tx, [gift("two", ada, Part(title="Legend"))])
    await rewards.take_back(tx, ["one"], reason="void")
    found = (await profiles.Profiles.fetch(cast("profiles.Profiles", None), tx, [ada]))[ada]
    assert found.title == "Legend"
    await rewards.take_back(tx, ["two"], reason="void")
    found = (await profiles.Profiles.fetch(cast("profiles.Profiles", None), tx, [ada]))[ada]
    assert found.title == "Rookie"


async def test_what_the_ledger_refuses_is_withheld_and_holds_up_nobody(pool: Pool) -> None:
    ada, bob = await players(pool, 2)
    async with transaction(pool) as tx:
        await rewards.give(tx, [gift("first", ada, GEMS)])
    await _lock(pool, ada, 3)
    async with transaction(pool) as tx:
        ours, theirs = await rewards.give(tx, [gift("one", ada, CUP, GEMS), gift("two", bob, CUP, GEMS)])
    assert (ours.withheld, theirs.withheld) == ("account_locked", "")
    assert [await has(pool, who) for who in (ada, bob)] == [{"cup": 1, "gems": 100}] * 2
    async with transaction(pool) as tx:
        assert (await actions.retry(tx, ours.gift_id)).withheld == "account_locked"
        assert [each.key for each in await actions.withheld(tx)] == ["one"]
    await _lock(pool, ada, 0)
    async with transaction(pool) as tx:
        assert (await actions.retry(tx, ours.gift_id)).withheld == ""
        with pytest.raises(NothingWithheld):
            await actions.retry(tx, ours.gift_id)
    assert await has(pool, ada) == {"cup": 1, "gems": 200}
    async with transaction(pool) as tx:
        await rewards.take_back(tx, ["one"], reason="void")
        with pytest.raises(GiftTakenBack):
            await actions.retry(tx, ours.gift_id)


async def test_a_table_is_checked_when_it_is_edited(tx: Tx) -> None:
    await stocked(tx)
    await put(tx, draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"}), bundle("envelope", "letter"))
    await rewards.check(tx, EVERYTHING)
    wrong = [
        Part(), Part(item="cup", title="x"), Part(item="nothing"), Part(asset="shells", amount=1), Part(asset="gems"),
        Part(item="envelope"), Part(title="x", quantity=2), Part(item="cup", amount=3),
    ]  # fmt: skip
    with pytest.raises(Faults) as refused:
        await rewards.check(tx, wrong, field="tiers.3.free")
    found = cast("list[dict[str, str]]", refused.value.members["errors"])
    assert [(each["field"].removeprefix("tiers.3.free."), each["code"]) for each in found] == [
        ("0.item", "one_of_three"), ("1.title", "one_of_three"), ("2.item", "unknown"), ("3.asset", "unknown"),
        ("4.amount", "one_of_three"), ("5.item", "not_in_game"), ("6.quantity", "one_of_three"),
        ("7.amount", "one_of_three"),
    ]  # fmt: skip
    with pytest.raises(Faults):
        await rewards.check(tx, [CUP] * 21)
    ada = await player(tx)
    for part, refusal in ((Part(item="nothing"), RewardUnknown), (Part(item="envelope"), RewardNotGivable)):
        with pytest.raises(refusal):
            await rewards.give(tx, [gift("x", ada, part)])


async def _spend(pool: Pool, who: UUID, asset: str, amount: int) -> None:
    legs = (ledger.Leg(who, asset, -amount), ledger.Leg(ledger.HOUSE, asset, amount, ledger.Purpose.BURN))
    async with transaction(pool) as tx:
        await ledger.post(tx, [ledger.Posting(scope="test", key="spend", kind="spend", legs=legs)])


async def _lock(pool: Pool, who: UUID, level: int) -> None:
    await pool.execute(
        "update ledger.balances as balance set locked = $2 from ledger.accounts as account"
        " where account.account_id = balance.account_id and owner_id = $1 and purpose = 'main'",
        who, level,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("3 potion", POTIONS), ("cup", CUP), ("1.00 gems", GEMS), ("title Champion", CHAMPION), ("7 coins", COINS),
        ("1.005 gems", None), ("0 gems", None), ("x gems", None), ("1.5 cup", None), ("-1 cup", None),
        ("9 shells", None), ("title ", None), ("title " + "x" * 51, None), ("inf gems", None), ("nan cup", None),
    ],
)  # fmt: skip
async def test_parts_are_written_as_people_write(tx: Tx, text: str, part: Part | None) -> None:
    await stocked(tx)
    parts, wrong = await rewards.read(tx, ["", text, " "])
    assert (parts == [part], set(wrong)) == ((True, set()) if part else (False, {1})), (parts, wrong)
    if part is not None:
        assert await rewards.read(tx, await rewards.written(tx, [part])) == ([part], {})
        assert len(await rewards.shown(tx, [part])) == 1
        assert (await rewards.suggestions(tx))[0][0].startswith("100 ")
