"""What staff decides about the catalog."""

import msgspec

from playerbase import audit
from playerbase.catalog.actions.editing import change_settings
from playerbase.catalog.model import Settings
from playerbase.kit.db import Tx
from playerbase.kit.http import Request


async def decide(tx: Tx, request: Request, wanted: Settings, reason: str = "") -> Settings:
    """Decide all of it, and write down what it was before; what is beyond the new bounds already stays."""
    was, now = await change_settings(tx, wanted)
    if was != now:
        before, after = msgspec.to_builtins(was), msgspec.to_builtins(now)
        await audit.record(
            tx,
            audit.deed(request, "catalog_settings_changed", "catalog", "", before=before, after=after, reason=reason),
        )
    return now
