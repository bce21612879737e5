"""Whether the ledger says of each order what it says itself: paid once, its refunds taken off, and nothing else."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import ledger
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Db, Pool, reading, transaction
from playerbase.orders import store
from playerbase.orders.model import Order, State
from playerbase.orders.store import Finding

SLICE = 500
FINDINGS_MAX = 1_000
LATELY_SECONDS = 86_400
LAST = UUID(int=2**128 - 1)

_checked = metrics.Counter("orders_checked", "Orders compared with the ledger.")


class Difference(msgspec.Struct, frozen=True):
    """An order of which the ledger says something else: what it should have brought in, and what it did."""

    order_id: UUID
    player_id: UUID
    currency: str
    expected: int
    found: int


async def check(pool: Pool, since: datetime | None = None) -> list[Difference]:
    """Compare orders with what the ledger posted for them, in short transactions.

    All orders, latest first, or those placed since a moment.
    """
    found: list[Difference] = []
    before: UUID | None = LAST
    while before is not None:
        more, before = await check_some(pool, since, before)
        found += more
    return found


async def check_some(
    pool: Pool, since: datetime | None, before: UUID, slices: int = 1
) -> tuple[list[Difference], UUID | None]:
    """Compare so many slices of orders before this one; and before which one to go on, if there are more."""
    found: list[Difference] = []
    for _ in range(slices):
        async with reading(pool) as db:
            rows = await store.page(db, None, None, None, None, False, since, None, before, SLICE)
            suspected = await _differences(db, rows)
        found += await _sure(pool, suspected)
        _checked.inc(len(rows))
        if len(rows) < SLICE:
            return found, None
        before = rows[-1].order_id
    return found, before


async def compare_lately(pool: Pool) -> int:
    """Compare what was ordered or given back within a day, and keep what differs; what is right again is forgotten."""
    floor = ids.first_since(LATELY_SECONDS)
    async with reading(pool) as db:
        known = {each.order_id for each in await store.findings(db, FINDINGS_MAX)}
        again = known | set(await store.refunded_lately(db, floor, FINDINGS_MAX))
        suspected = await _differences(db, await store.orders_by_id(db, sorted(again)))
    before = LAST
    while len(suspected) < FINDINGS_MAX:
        async with reading(pool) as db:
            rows = await store.latest(db, floor, before, SLICE)
            suspected += [each for each in await _differences(db, rows) if each.order_id not in again]
        _checked.inc(len(rows))
        if len(rows) < SLICE:
            break
        before = rows[-1].order_id
    found = await _sure(pool, suspected)
    async with transaction(pool) as tx:
        if over := sorted(known - {each.order_id for each in found}):
            await store.drop_findings(tx, over)
        if found:
            await store.put_findings(
                tx, [each.order_id for each in found], [each.player_id for each in found],
                [each.currency for each in found], [each.expected for each in found], [each.found for each in found],
                clock.now(),
            )  # fmt: skip
    return len(found)


async def findings(db: Db, count: int = FINDINGS_MAX) -> list[Finding]:
    """What differed when it was last compared, the oldest first."""
    return await store.findings(db, count)


async def compared(pool: Pool) -> ledger.Compared:
    """Every order beside the ledger, as a proof of the ledger tells it."""
    found = await check(pool)
    return ledger.Compared(
        "orders", "Every order is paid once, its refunds taken off.",
        [
            f"Order {each.order_id} should have brought in {each.expected:,} {each.currency}, and the ledger has"
            f" {each.found:,}"
            for each in found
        ],
        msgspec.to_builtins(found),
    )  # fmt: skip


async def _differences(db: Db, rows: Sequence[Order]) -> list[Difference]:
    """Which of these differ, unless something was posted for them between the two looks."""
    sums = {
        (each.group_id, each.asset): each.revenue
        for each in await ledger.revenue_of(db, [row.order_id for row in rows])
    }
    found = []
    for row in rows:
        expected = row.total - row.refunded if row.state is State.PLACED else 0
        got = sums.get((row.order_id, row.currency), 0)
        if got != expected:
            found.append(Difference(row.order_id, row.player_id, row.currency, expected, got))
    return found


async def _sure(pool: Pool, suspected: Sequence[Difference]) -> list[Difference]:
    """Those of them that differ under the order's lock as well, which whoever posts for it holds."""
    found: list[Difference] = []
    for each in suspected:
        async with transaction(pool) as tx:
            row = await store.lock_order(tx, each.order_id)
            assert row is not None, "orders are never removed"
            found += await _differences(tx, [row])
    return found
