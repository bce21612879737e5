"""How long entries are kept: what staff decided, and what was removed by it."""

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.configured import configured
from playerbase.audit.actions.recording import record
from playerbase.audit.model import DAYS_MIN, Deed, Policy, Retention
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx

_NONE = Policy(None, 0, "", None, b"")


async def retention(db: Db) -> Retention:
    """The policy as it is, and what was removed by it so far."""
    policy, starts = await store.policy(db), await store.starts(db)
    until = [start.removed_until for start in starts if start.removed_until is not None]
    shown = policy or _NONE
    return Retention(
        days=shown.days, days_min=DAYS_MIN, set_by=shown.set_by, set_at=shown.set_at,
        rows_removed=sum(start.seq for start in starts), removed_until=max(until, default=None),
        is_ours=policy is not None and rules.policy.is_signed(configured().keys.subkeys("audit/policy"), policy),
    )  # fmt: skip


async def retain(tx: Tx, days: int | None, *, by: Deed) -> Retention:
    """Keep entries for so many days, None for good; what the daily job has removed does not come back."""
    assert days is None or days >= DAYS_MIN
    before = await store.lock_policy(tx) or _NONE
    policy = Policy(days, before.version + 1, str(by.actor_id), clock.now(), b"")
    mac = rules.policy.sign(configured().keys.subkey("audit/policy"), policy)
    await store.set_policy(tx, msgspec.structs.replace(policy, mac=mac))
    after = await retention(tx)
    changed = msgspec.structs.replace(
        by, action="audit_retention_changed", target_kind="audit", before={"days": before.days}, after={"days": days}
    )
    await record(tx, changed)
    return after
