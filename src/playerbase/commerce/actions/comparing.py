"""Comparing because somebody wants it now: asked for on a page, done by a worker."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from playerbase.commerce.actions.reconciling import reconcile
from playerbase.commerce.store import figures
from playerbase.kit import clock, ids
from playerbase.kit.db import Pool, Tx
from playerbase.kit.jobs import enqueue, job

CUT_OFF: Final = timedelta(minutes=20)  # What has not ended by then was given up by its worker, which has ten minutes.


class Wanted(msgspec.Struct, frozen=True):
    """Which comparison."""

    comparison_id: UUID


@job(lane="medium", attempts_max=2, seconds_max=600)
async def compare(pool: Pool, args: Wanted) -> None:
    """Compare platforms, orders and books, as each night."""
    await reconcile(pool, comparison_id=args.comparison_id)


async def ask_comparison(tx: Tx, asked_by: str) -> UUID:
    """Have a worker compare now; while one waits or runs, it is that one."""
    now = clock.now()
    known = await figures.waiting(tx, now - CUT_OFF)
    if known is not None:
        return known
    comparison_id = ids.uuid7()
    await figures.ask(tx, comparison_id, asked_by, now)
    await enqueue(tx, compare, Wanted(comparison_id), once=f"compare {comparison_id}")
    return comparison_id
