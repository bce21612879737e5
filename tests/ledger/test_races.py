"""Many at once, from several processes: never below the floor, one effect a key, no deadlock, nothing doubled."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import asyncpg
import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, broken, open_pool, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.ledger import Leg, Posted, Posting
from playerbase.ledger.actions import Postings
from playerbase.schema import INVARIANTS
from tests.ledger.conftest import capturing, clawing, holding, moving

PROCESSES = 4


@pytest.fixture
async def lanes(dsn: str) -> AsyncIterator[list[Postings]]:
    """As many processes would have: each its own connections and what it knows."""
    pools = [await open_pool(dsn, size_max=5) for _ in range(PROCESSES)]
    lanes = [Postings(pool) for pool in pools]
    yield lanes
    for lane, pool in zip(lanes, pools, strict=True):
        await lane.close()
        await pool.close()


@pytest.fixture
async def players(pool: Pool) -> list[UUID]:
    async with transaction(pool) as tx:
        return [await identity.create(tx) for _ in range(8)]


async def tried(lane: Postings, posting: Posting) -> str:
    try:
        return "replayed" if (await lane.put(posting)).replayed else "posted"
    except Refusal as refusal:
        return refusal.code


async def balance(pool: Pool, player: UUID, asset: str = "coins") -> int:
    query = """
        select posted from ledger.balances join ledger.accounts using (account_id) join ledger.assets using (asset_id)
        where owner_id = $1 and code = $2 and purpose = 'main'
    """
    return int(await pool.fetchval(query, player, asset))


async def sound(pool: Pool) -> None:
    async with reading(pool) as db:
        assert await broken(db, INVARIANTS) == []
        assert await db.fetchval("select sum(posted) from ledger.balances") == 0


async def test_nobody_overspends_from_a_hundred_connections(
    pool: Pool, lanes: list[Postings], players: list[UUID]
) -> None:
    player = players[0]
    await tried(lanes[0], moving("earn", player, 330))
    said = Counter(
        await asyncio.gather(*[tried(lanes[at % PROCESSES], moving("spend", player, 10)) for at in range(100)])
    )
    assert said == {"posted": 33, "insufficient_funds": 67}
    assert await balance(pool, player) == 0
    await sound(pool)


async def test_nor_by_transactions_of_ones_own(pool: Pool, dsn: str, players: list[UUID]) -> None:
    player = players[0]
    wide = await open_pool(dsn, size_max=20)

    async def alone(posting: Posting) -> bool:
        async with transaction(wide) as tx:
            (outcome,) = await ledger.post(tx, [posting])
        return isinstance(outcome, Posted)

    assert await alone(moving("earn", player, 95))
    spent = await asyncio.gather(*[alone(moving("spend", player, 10)) for _ in range(100)])
    assert sum(spent) == 9
    assert await balance(pool, player) == 5
    await wide.close()


async def test_a_key_has_one_effect_however_often_it_is_used(
    pool: Pool, lanes: list[Postings], players: list[UUID]
) -> None:
    earning = moving("earn", players[0], 7)
    said = await asyncio.gather(*[tried(lanes[at % PROCESSES], earning) for at in range(60)])
    assert Counter(said)["posted"] == 1
    assert set(said) == {"posted", "replayed"}
    assert await balance(pool, players[0]) == 7


async def test_a_transaction_is_undone_once_by_many(pool: Pool, lanes: list[Postings], players: list[UUID]) -> None:
    spending = moving("spend", players[0], 60)
    await lanes[0].put(moving("earn", players[0], 60))
    spent = await lanes[0].put(spending)

    def undoing() -> Posting:
        legs = tuple(Leg(leg.owner, leg.asset, -leg.amount // 3, leg.purpose) for leg in spending.legs)
        return Posting(scope="test", key=str(uuid4()), kind="reversal", legs=legs, reverses=spent.transaction_id)

    said = await asyncio.gather(*[tried(lanes[at % PROCESSES], undoing()) for at in range(40)])
    assert Counter(said) == {"posted": 3, "already_reversed": 37}
    assert await balance(pool, players[0]) == 60


async def test_a_hold_ends_in_one_way(pool: Pool, lanes: list[Postings], players: list[UUID]) -> None:
    player, hold = players[0], uuid4()
    await lanes[0].put(moving("earn", player, 100))
    await lanes[0].put(holding(player, 100, the_clock.now() + timedelta(hours=1), hold_id=hold))
    said = await asyncio.gather(*[tried(lanes[at % PROCESSES], capturing(player, hold, 30)) for at in range(30)])
    assert Counter(said) == {"posted": 3, "hold_too_small": 27}
    assert await balance(pool, player) == 10


async def test_accounts_are_opened_once_by_many(pool: Pool, lanes: list[Postings], players: list[UUID]) -> None:
    said = await asyncio.gather(
        *[tried(lanes[at % PROCESSES], moving("earn", players[at % 8], 1, asset="gems")) for at in range(160)]
    )
    assert Counter(said) == {"posted": 160}
    assert [await balance(pool, player, "gems") for player in players] == [20] * 8


async def test_no_order_of_locks_meets_its_opposite(pool: Pool, lanes: list[Postings], players: list[UUID]) -> None:
    """Legs in every order, debts, holds and lots, from four processes at once."""
    random = Random(7)

    def anything() -> Posting:
        one, two, three = random.sample(players, 3)
        asset = random.choice(["coins", "gems", "points"])
        amount = random.randint(1, 30)
        kind = random.randrange(5)
        if kind == 0:
            return moving("earn", one, amount, asset=asset)
        if kind == 1:
            return clawing(one, amount, asset=asset)
        if kind == 2:
            return holding(one, amount, the_clock.now() + timedelta(hours=1), asset=asset)
        legs = [Leg(one, asset, -2 * amount), Leg(two, asset, amount), Leg(three, asset, amount)]
        random.shuffle(legs)
        return Posting(scope="test", key=str(uuid4()), kind="transfer", legs=tuple(legs))

    async def worker(lane: Postings) -> Counter[str]:
        said: Counter[str] = Counter()
        for _ in range(15):
            said.update(await asyncio.gather(*[tried(lane, anything()) for _ in range(random.randint(1, 40))]))
        return said

    before = await _deadlocks(pool)
    said = sum(await asyncio.gather(*[worker(lane) for lane in lanes for _ in range(2)]), Counter())
    assert set(said) <= {"posted", "insufficient_funds"}
    assert said["posted"] > 500
    assert await _deadlocks(pool) == before
    await sound(pool)


async def test_the_chains_have_no_gap_whoever_writes(pool: Pool, lanes: list[Postings], players: list[UUID]) -> None:
    await asyncio.gather(*[tried(lanes[at % PROCESSES], moving("earn", players[at % 8], 1)) for at in range(200)])
    rows = await pool.fetch("select chain, array_agg(block order by block) as blocks from ledger.blocks group by chain")
    for row in rows:
        assert list(row["blocks"]) == list(range(1, len(row["blocks"]) + 1))
    heads = await pool.fetch("select chain, block from ledger.chains where block > 0")
    assert {row["chain"]: row["block"] for row in heads} == {row["chain"]: len(row["blocks"]) for row in rows}
    assert await pool.fetchval("select sum(count) from ledger.blocks") == 200


async def test_who_reads_a_wallet_sees_whole_transactions(
    pool: Pool, lanes: list[Postings], players: list[UUID]
) -> None:
    """A swap takes as much as it gives: nobody ever sees one half of it."""
    one, two = players[:2]
    await lanes[0].put(moving("earn", one, 1_000))
    await lanes[0].put(moving("earn", two, 1_000))

    def swap(at: int) -> Posting:
        giver, taker = (one, two) if at % 2 else (two, one)
        return Posting(
            scope="test", key=str(uuid4()), kind="transfer", legs=(Leg(giver, "coins", -5), Leg(taker, "coins", 5))
        )

    writing = asyncio.gather(*[tried(lanes[at % PROCESSES], swap(at)) for at in range(200)])
    seen = set()
    while not writing.done():
        seen.add(await pool.fetchval("""
            select sum(posted) from ledger.balances join ledger.accounts using (account_id) where owner_id = any($1)
        """, [one, two]))  # fmt: skip
    assert seen == {2_000}
    assert set(await writing) == {"posted"}


async def _deadlocks(pool: Pool) -> int:
    await pool.execute("select pg_stat_force_next_flush()")
    return int(await pool.fetchval("select deadlocks from pg_stat_database where datname = current_database()"))


async def test_who_loses_the_connection_knows_by_asking_again(
    pool: Pool, lanes: list[Postings], players: list[UUID]
) -> None:
    """Connections are cut while postings are under way; each is asked again under its key, and stands once."""
    player = players[0]
    earnings = [moving("earn", player, 1) for _ in range(150)]
    cut = done = 0

    async def cutting() -> None:
        nonlocal cut
        for wanted in range(0, len(earnings), 10):  # Again whenever some have got through, so that all do in the end.
            while done < wanted:  # noqa: ASYNC110 - others do it
                await asyncio.sleep(0)
            cut += len(await pool.fetch("""
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
            """))  # fmt: skip

    async def persistent(lane: Postings, posting: Posting) -> None:
        nonlocal done
        while True:
            try:
                await lane.put(posting)
            except (Refusal, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await asyncio.sleep(0)
            else:
                done += 1
                return

    async def some(lane: Postings, postings: list[Posting]) -> None:
        for posting in postings:
            await persistent(lane, posting)

    await asyncio.gather(cutting(), *[some(lanes[at % PROCESSES], earnings[at::10]) for at in range(10)])
    assert cut > 0
    assert await balance(pool, player) == 150
    assert await pool.fetchval("select count(*) from ledger.transactions") == 150
    await sound(pool)
