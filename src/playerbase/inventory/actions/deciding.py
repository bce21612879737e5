"""What staff decides about the inventory."""

import msgspec

from playerbase import audit
from playerbase.inventory.actions.wearing import change_settings
from playerbase.inventory.model import Settings
from playerbase.kit.db import Tx
from playerbase.kit.http import Request


async def decide(tx: Tx, request: Request, wanted: Settings, reason: str = "") -> Settings:
    """Decide all of it, and write down what it was before; what is beyond the new bounds already stays."""
    was, now = await change_settings(tx, wanted)
    if was != now:
        before, after = msgspec.to_builtins(was), msgspec.to_builtins(now)
        await audit.record(
            tx,
            audit.deed(
                request,
                "inventory_settings_changed",
                "settings",
                "inventory",
                before=before,
                after=after,
                reason=reason,
            ),
        )
    return now
