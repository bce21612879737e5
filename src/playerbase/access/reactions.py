"""What access does on the clock."""

from datetime import timedelta
from uuid import UUID

from playerbase.access import actions, store
from playerbase.kit import clock
from playerbase.kit.db import Pool, transaction
from playerbase.kit.jobs import every

SLICE = 1_000  # Rows to a transaction, so that none grows long.
SESSIONS_KEPT = timedelta(days=7)  # After their end: so long a replayed token is told apart from a wrong one.
FAILURES_KEPT = timedelta(days=1)
TOKENS_KEPT = timedelta(days=1)


@every(timedelta(days=1), seconds_max=1_800)
async def forget_dead_sessions(pool: Pool) -> None:
    """Delete sessions that ended long ago: a walk along all there are, because no index knows their ends."""
    reached: UUID | None = UUID(int=0)
    while reached is not None:
        async with transaction(pool) as tx:
            reached = await store.forget_sessions(tx, reached, clock.now() - SESSIONS_KEPT, SLICE)


@every(timedelta(hours=1))
async def forget_spent_secrets(pool: Pool) -> None:
    """Delete failures nobody counts any more, and what is past its time."""
    more = True
    while more:
        now = clock.now()
        async with transaction(pool) as tx:
            failures = await store.forget_failures(tx, now - FAILURES_KEPT, SLICE)
            challenges = await store.forget_challenges(tx, now - FAILURES_KEPT, SLICE)
            tokens = await store.forget_one_time(tx, now - TOKENS_KEPT, SLICE)
            devices = await store.forget_known_devices(tx, now, SLICE)
        more = max(len(failures), len(challenges), len(tokens), len(devices)) == SLICE


@every(timedelta(minutes=1))
async def note_ended_impersonations(pool: Pool) -> None:
    """Write into the audit that an impersonation has ended by itself: its time is over, or what it lived by is gone."""
    more = True
    while more:
        async with transaction(pool) as tx:
            more = await actions.note_ended(tx) > 0


@every(timedelta(days=1))
async def rotate_signing_keys(pool: Pool) -> None:
    """Make the next signing key when the present one has signed for its time, and forget those long retired."""
    async with transaction(pool) as tx:
        await actions.rotate_aged_signing_key(tx, actions.configured_keys())


@every(timedelta(hours=1), seconds_max=1_800)
async def reseal_secrets(pool: Pool) -> None:
    """Bring what former secrets sealed under the present one, as ``playerbase secrets reseal`` does at once."""
    keys = actions.configured_keys()
    if keys.has_former:
        await actions.reseal(pool, keys)
