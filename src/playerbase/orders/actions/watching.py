"""Watching over orders: who earned too often to be playing, which rules hold, and the bounds of an order."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from playerbase import audit, ledger
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Pool, Tx, reading, transaction
from playerbase.kit.http import Request
from playerbase.orders import store
from playerbase.orders.actions import counting
from playerbase.orders.model import (
    NoSuchRule,
    Rule,
    RuleChange,
    RuleRow,
    Settings,
    Suspect,
)

SUSPECTS_MAX = 1_000
SUSPECTED_FOR = timedelta(days=1)

_suspects = metrics.Gauge("order_suspects", "Players whose next orders wait for a review.")


async def watch_earnings(pool: Pool) -> int:
    """Note who earned more often than the rule bears; their orders wait for a review for a day."""
    async with reading(pool) as db:
        rules, _ = await counting.bounds(db)
        rule = next(each for each in rules if each.code is Rule.EARNING)
        found = await ledger.earners(db, rule.seconds, rule.count, SUSPECTS_MAX) if rule.is_on else []
    now = clock.now()
    rows = {
        each.owner_id: store.SuspectRow(
            each.owner_id, each.asset, each.count, Decimal(each.amount), now, now + SUSPECTED_FOR
        )
        for each in reversed(found)
    }  # fmt: skip
    async with transaction(pool) as tx:
        if rows:
            # Until the rule no longer looks at what they were cleared of, they are not noticed for it again.
            cleared_before = now - timedelta(seconds=rule.seconds)
            await store.put_suspects(tx, sorted(rows.values(), key=lambda row: row.player_id), cleared_before)
        _suspects.set(len(await store.suspects(tx, now, SUSPECTS_MAX)))
    return len(rows)


async def suspects(db: Db) -> list[Suspect]:
    """Whose orders wait because of how they earned."""
    return [_read(row) for row in await store.suspects(db, clock.now(), SUSPECTS_MAX)]


async def clear(tx: Tx, request: Request, player_id: UUID, reason: str) -> bool:
    """Let somebody's orders through again, until they earn like that once more; False if nobody suspected them."""
    if await store.clear_suspect(tx, player_id, clock.now()) is None:
        return False
    await audit.record(tx, audit.deed(request, "suspect_cleared", "player", player_id, reason=reason))
    return True


async def change_rule(tx: Tx, request: Request, code: str, change: RuleChange) -> RuleRow:
    """Make another rule of it. Raises NoSuchRule."""
    before = next((rule for rule in (await counting.bounds(tx))[0] if rule.code.value == code), None)
    if before is None:
        raise NoSuchRule
    await store.put_rule(tx, code, change)
    await audit.record(
        tx,
        audit.deed(
            request, "order_rule_changed", "order_rule", code, reason=change.reason,
            before=msgspec.to_builtins(before), after=msgspec.to_builtins(change),
        ),
    )  # fmt: skip
    return RuleRow(before.code, change.is_on, change.count, change.seconds, change.action, change.reason)


async def change_settings(tx: Tx, request: Request, wanted: Settings, reason: str) -> Settings:
    """Bound orders otherwise from now on."""
    _, before = await counting.bounds(tx)
    await store.put_settings(tx, wanted)
    await audit.record(
        tx,
        audit.deed(
            request, "order_settings_changed", "order_settings", "orders", reason=reason,
            before=msgspec.to_builtins(before), after=msgspec.to_builtins(wanted),
        ),
    )  # fmt: skip
    return wanted


def _read(row: store.SuspectRow) -> Suspect:
    return Suspect(row.player_id, row.asset, row.earnings, int(row.amount), row.noticed_at, row.until)
