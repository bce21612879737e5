"""What came and went, added up by day: worked out ahead, block by block, so that no page adds up history."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Tx, sql, transaction
from playerbase.kit.jobs import enqueue, job

BLOCKS = 400  # Of up to some hundred transactions each: a second's work, well below what a statement may take.
HOLDERS = 10


class Rolled(msgspec.Struct, frozen=True):
    """Up to which block a chain was added up."""

    chain: int
    block: int


class NextBlock(msgspec.Struct, frozen=True):
    """A block that is to be added up, and between which ids its transactions lie."""

    chain: int
    block: int
    first: UUID
    last: UUID


class Part(msgspec.Struct, frozen=True):
    """Blocks of a chain: those after one, up to another."""

    chain: int
    after: int
    until: int


class Flow(msgspec.Struct, frozen=True):
    """What one kind of transaction did in a day to all accounts for a purpose."""

    day: date
    purpose: str
    kind: str
    entries: int
    credited: Decimal
    debited: Decimal


class Was(msgspec.Struct, frozen=True):
    """What there was for a purpose."""

    purpose: str
    amount: Decimal


class AssetStanding(msgspec.Struct, frozen=True):
    """How an asset stood among players when it was counted last."""

    holders: int
    supply: Decimal
    held: Decimal
    debtors: int
    debt: Decimal
    at: datetime


class Holder(msgspec.Struct, frozen=True):
    """One of those who have most of an asset."""

    rank: int
    owner_id: UUID
    balance: int


class Owed(msgspec.Struct, frozen=True):
    """What players owe of an asset."""

    asset: str
    amount: float


@sql
async def lock_rolled(tx: Tx) -> list[Rolled]: ...
@sql
async def blocks_to_roll(db: Db, count: int) -> list[NextBlock]: ...
@sql
async def roll(tx: Tx, parts: list[Part], first: UUID, last: UUID) -> None: ...
@sql
async def move_rolled(tx: Tx, parts: list[Part]) -> None: ...
@sql
async def forget_flows(tx: Tx) -> None: ...
@sql
async def begin_anew(tx: Tx) -> None: ...
@sql
async def flow_rows(db: Db, asset_id: int, since: date) -> list[Flow]: ...
@sql
async def flows_before(db: Db, asset_id: int, before: date) -> list[Was]: ...
@sql
async def blocks_waiting(db: Db) -> int: ...
@sql
async def take_stand(tx: Tx, now: datetime) -> None: ...
@sql
async def forget_holders(tx: Tx) -> None: ...
@sql
async def rank_holders(tx: Tx, count: int) -> None: ...
@sql
async def standing_of(db: Db, asset_id: int) -> AssetStanding | None: ...
@sql
async def holders_of(db: Db, asset_id: int) -> list[Holder]: ...
@sql
async def debts_owed(db: Db) -> list[Owed]: ...


async def add_up(pool: Pool, count: int = BLOCKS) -> int:
    """Add up what was posted since the last time, ``count`` blocks a commit; returns how many blocks that was."""
    total = 0
    while True:
        async with transaction(pool) as tx:
            done = await add_up_some(tx, count)
        total += done
        if done < count:
            return total


async def add_up_some(tx: Tx, count: int) -> int:
    """The next so many blocks; each is added once, since its number moves on in the same transaction."""
    rolled = {each.chain: each.block for each in await lock_rolled(tx)}
    blocks = await blocks_to_roll(tx, count)
    if not blocks:
        return 0
    until: dict[int, int] = {}
    for each in blocks:
        until[each.chain] = max(until.get(each.chain, 0), each.block)
    parts = [Part(chain, rolled[chain], block) for chain, block in until.items()]
    await roll(tx, parts, min(each.first for each in blocks), max(each.last for each in blocks))
    await move_rolled(tx, parts)
    return len(blocks)


async def count_holders(pool: Pool) -> None:
    """Count how every asset stands among players, and who has most of it."""
    async with transaction(pool) as tx:
        await take_stand(tx, clock.now())
        await forget_holders(tx)
        await rank_holders(tx, HOLDERS)


async def work_out_anew(pool: Pool) -> int:
    """Forget all sums and add everything up again; until that is done plots begin late. Returns the blocks."""
    async with transaction(pool) as tx:
        await lock_rolled(tx)
        await forget_flows(tx)
        await begin_anew(tx)
    return await add_up(pool)


class Anew(msgspec.Struct, frozen=True):
    """Nothing needs to be said."""


@job(lane="low", seconds_max=3_600)
async def anew(pool: Pool, _: Anew) -> None:
    """Forget all sums and add everything up again."""
    await work_out_anew(pool)
    await count_holders(pool)


async def ask_anew(tx: Tx) -> None:
    """Have that done soon, once however many ask within the same minute."""
    await enqueue(tx, anew, Anew(), once=f"ledger.anew {clock.now():%Y-%m-%d %H:%M}")
