"""A ledger in which everything was done once, and the hands of somebody who may do anything to it."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.ledger import HOUSE, GiveFree, Leg, Posted, Posting, Purpose, actions
from tests.conftest import MovingClock
from tests.ledger.conftest import capturing, clawing, holding, moving, posted


class Books(NamedTuple):
    """A database with a ledger, and who has wallets in it."""

    pool: Pool
    ilse: UUID
    tomas: UUID

    async def put(self, *postings: Posting) -> list[Posted]:
        """What came of postings of one commit."""
        async with transaction(self.pool) as tx:
            return await posted(tx, *postings)

    async def breaks(self, *statements: str) -> None:
        """Run these as somebody who may do anything, with every trigger switched off."""
        async with transaction(self.pool) as tx:
            await tx.execute("set local session_replication_role = replica")
            for statement in statements:
                await tx.execute(statement)


def undoing(made: Posted, posting: Posting, amount: int | None = None) -> Posting:
    """A posting that undoes another, or an amount of it."""
    legs = tuple(
        Leg(leg.owner, leg.asset, -leg.amount if amount is None else amount if leg.amount < 0 else -amount, leg.purpose)
        for leg in posting.legs
    )
    return Posting(scope="test", key=str(uuid4()), kind="reversal", legs=legs, reverses=made.transaction_id)


def ended(player: UUID, hold: UUID, how: str, asset: str = "coins") -> Posting:
    """A posting that lets go what was set aside."""
    free = GiveFree(hold, player, asset, how)  # type: ignore[arg-type]  # A word of three.
    return Posting(scope="test", key=str(uuid4()), kind=how, hold=free)


async def fill(books: Books, clock: MovingClock) -> None:
    """Everything that can be posted, in many commits: on all chains in the end."""
    put, ilse, tomas = books.put, books.ilse, books.tomas
    soon, later = (the_clock.now() + timedelta(hours=hours) for hours in (1, 500))
    holds = [uuid4() for _ in range(4)]
    buying = moving("spend", ilse, 60, reason="a hat", ref="order:1")
    await put(moving("earn", ilse, 1_000), moving("earn", tomas, 500), moving("grant", ilse, 300, asset="gems"))
    _, bought = await put(moving("spend", ilse, 5), buying)
    await put(undoing(bought, buying, 20))
    await put(undoing(bought, buying, 40))
    for hold in holds:
        await put(holding(ilse, 50, soon, hold_id=hold, reason="a bid"))
    await put(capturing(ilse, holds[0], 20), capturing(ilse, holds[0], 30))
    await put(capturing(ilse, holds[1], 10), ended(ilse, holds[1], "voided"))
    await put(holding(ilse, 7, later), holding(ilse, 30, later, asset="gems"))
    # Two assets at once, and what came of it is taken back although it was spent.
    mixed = Posting(
        scope="test", key="mixed", kind="purchase", group_id=uuid4(),
        legs=(
            Leg(ilse, "gems", -100), Leg(HOUSE, "gems", 100, Purpose.REVENUE), Leg(ilse, "coins", 400),
            Leg(HOUSE, "coins", -400, Purpose.ISSUANCE),
        ),
    )  # fmt: skip
    await put(mixed)
    await put(clawing(tomas, 700))
    await put(moving("earn", tomas, 100))
    # Units that expire: some are spent and given back, some end.
    first, second = (the_clock.now() + timedelta(days=days) for days in (2, 90))
    await put(
        moving("earn", ilse, 10, asset="points", expires_at=first),
        moving("earn", ilse, 10, asset="points", expires_at=second), moving("earn", tomas, 33, asset="points"),
    )  # fmt: skip
    spending = moving("spend", ilse, 15, asset="points")
    (spent,) = await put(spending)
    await put(undoing(spent, spending, 12))
    await put(clawing(tomas, 50, asset="points"), moving("earn", tomas, 20, asset="points"))
    clock.forward(days=3)
    await actions.end_holds(books.pool)
    await actions.expire_lots(books.pool)
    async with transaction(books.pool) as tx:
        refused = await ledger.post(tx, [moving("spend", tomas, 10_000)])
        assert not isinstance(refused[0], Posted)
    for _ in range(24):
        await put(moving("earn", ilse, 3), moving("spend", ilse, 2))


@pytest.fixture
async def books(pool: Pool, clock: MovingClock) -> Books:
    """A ledger in which everything was done."""
    async with transaction(pool) as tx:
        made = Books(pool, await identity.create(tx), await identity.create(tx))
    await fill(made, clock)
    return made


async def value(pool: Pool, query: str, *args: object) -> object:
    """One value of the database."""
    async with reading(pool) as db:
        return await db.fetchval(query, *args)


__all__ = ["Books", "Tx", "books", "ended", "undoing", "value"]
