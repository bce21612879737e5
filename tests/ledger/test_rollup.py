"""The sums of the economy page are those of the entries (I36), however they were worked out."""

import asyncio
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, broken, transaction
from playerbase.ledger import HOUSE, Leg, Posting, Purpose, actions
from playerbase.schema import INVARIANTS
from tests.conftest import MovingClock
from tests.ledger.conftest import moving

FROM_ENTRIES = """
select asset_id, (at at time zone 'UTC')::date as day, purpose, kind, count(*) as entries,
    coalesce(sum(amount) filter (where amount > 0), 0) as credited,
    coalesce(-sum(amount) filter (where amount < 0), 0) as debited
from ledger.entries join ledger.transactions using (transaction_id, at) join ledger.accounts using (account_id)
group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""
FROM_ROLLUP = """
select asset_id, day, purpose, kind, entries, credited, debited from ledger.flows order by 1, 2, 3, 4
"""
HOLDS = {name: query for name, query in INVARIANTS.items() if name.startswith("ledger.")}


@pytest.fixture
async def players(pool: Pool) -> list[UUID]:
    async with transaction(pool) as tx:
        return [await identity.create(tx) for _ in range(5)]


async def put(pool: Pool, *postings: Posting) -> None:
    async with transaction(pool) as tx:
        await ledger.post(tx, postings)


def transfer(one: UUID, other: UUID, amount: int) -> Posting:
    legs = (Leg(one, "coins", -amount), Leg(other, "coins", amount))
    return Posting(scope="test", key=f"{one}{other}{amount}{the_clock.now()}", kind="transfer", legs=legs)


async def some_days(pool: Pool, players: list[UUID], clock: MovingClock, days: int = 4) -> None:
    dice = Random(3)
    for _ in range(days):
        for _ in range(6):
            who, other = dice.sample(players, 2)
            await put(
                pool, moving("earn", who, dice.randrange(50, 90)), moving("spend", who, dice.randrange(1, 40)),
                moving("earn", who, dice.randrange(100, 900), asset="gems"),
                transfer(who, other, dice.randrange(1, 9)),
            )  # fmt: skip
        clock.forward(days=1)


async def same(pool: Pool) -> bool:
    rolled = [tuple(row) for row in await pool.fetch(FROM_ROLLUP)]
    assert rolled
    return rolled == [tuple(row) for row in await pool.fetch(FROM_ENTRIES)]


async def test_the_sums_are_those_of_the_entries(pool: Pool, players: list[UUID], clock: MovingClock) -> None:
    await some_days(pool, players, clock)
    assert await actions.add_up(pool, 3) == 24
    assert await same(pool)
    assert await actions.add_up(pool) == 0
    await some_days(pool, players, clock, 1)
    assert not await same(pool)
    assert await actions.add_up(pool) == 6
    assert await same(pool)
    async with transaction(pool) as tx:
        assert await broken(tx, HOLDS) == []


async def test_a_sum_that_is_off_is_noticed(pool: Pool, players: list[UUID], clock: MovingClock) -> None:
    await some_days(pool, players, clock, 1)
    await actions.add_up(pool)
    await pool.execute("update ledger.flows set credited = credited + 1 where purpose = 'main' and kind = 'earn'")
    async with transaction(pool) as tx:
        assert await broken(tx, HOLDS) == ["ledger.flows_are_the_balances"]
    await actions.work_out_anew(pool)
    assert await same(pool)


async def test_several_workers_add_nothing_twice(pool: Pool, players: list[UUID], clock: MovingClock) -> None:
    await some_days(pool, players, clock)
    done = await asyncio.gather(*[actions.add_up(pool, 2) for _ in range(4)])
    assert sum(done) == 24
    assert await same(pool)


async def test_what_is_posted_meanwhile_is_added_once(pool: Pool, players: list[UUID]) -> None:
    async def posting() -> None:
        for number in range(20):
            await put(pool, moving("earn", players[number % 5], number + 1))

    async def adding() -> None:
        for _ in range(10):
            await actions.add_up(pool, 2)

    await asyncio.gather(posting(), posting(), adding())
    await actions.add_up(pool)
    assert await same(pool)


async def test_a_day_says_what_came_went_and_was_there(pool: Pool, players: list[UUID], clock: MovingClock) -> None:
    ada, bob, *_ = players
    await put(pool, moving("earn", ada, 100), moving("earn", bob, 40))
    clock.forward(days=1)
    await put(pool, moving("spend", ada, 30), transfer(ada, bob, 20))
    taken = (Leg(bob, "coins", -100, up_to="debt"), Leg(HOUSE, "coins", 100, Purpose.CLAWBACK))
    await put(pool, Posting(scope="test", key="taken", kind="revoke", legs=taken))
    clock.forward(days=1)
    await actions.add_up(pool)
    await actions.count_holders(pool)
    async with transaction(pool) as tx:
        coins = await actions.asset(tx, "coins")
        assert coins is not None
        seen = await actions.economy(tx, coins, 30)
        short = await actions.economy(tx, coins, 2)
    told = [(each.came, each.went, each.supply, each.debt, each.spent) for each in seen.days[-3:]]
    assert told == [(140, 0, 140, 0, 0), (0, 130, 50, 40, 110), (0, 0, 50, 40, 0)]
    assert [each.supply for each in short.days] == [50, 50]
    assert len(seen.days) == 30
    assert seen.velocity == 110 / ((140 + 50 + 50) / 30)
    assert [(each.kind, each.came, each.went) for each in seen.kinds] == [
        ("earn", 140, 0), ("revoke", 0, 100), ("spend", 0, 30), ("transfer", 0, 0),
    ]  # fmt: skip
    assert [(each.owner_id, each.balance) for each in seen.holders] == [(ada, 50)]
    assert seen.standing is not None
    stands = seen.standing
    assert (stands.holders, int(stands.supply), stands.debtors, int(stands.debt)) == (1, 50, 1, 40)
    assert {code: owed for code, owed in (await owed_of(pool)).items() if owed} == {"coins": 40}


async def owed_of(pool: Pool) -> dict[str, float]:
    async with transaction(pool) as tx:
        return await actions.debts(tx)


async def test_a_velocity_needs_something_to_be_there(pool: Pool) -> None:
    async with transaction(pool) as tx:
        gems = await actions.asset(tx, "gems")
        assert gems is not None
        seen = await actions.economy(tx, gems, 90)
    assert seen.velocity is None
    assert (seen.came, seen.went, seen.holders, seen.standing) == (0, 0, [], None)
    assert seen.days[-1].day - seen.days[0].day == timedelta(days=89)
