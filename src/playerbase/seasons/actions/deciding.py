"""What staff decides about seasons."""

import msgspec

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.http import Request
from playerbase.seasons.actions.planning import change_settings
from playerbase.seasons.model import Settings


async def decide(tx: Tx, request: Request, wanted: Settings, reason: str = "") -> Settings:
    """Decide all of it, and write down what it was before; seasons there are keep their rules."""
    was, now = await change_settings(tx, wanted)
    if was != now:
        before, after = msgspec.to_builtins(was), msgspec.to_builtins(now)
        await audit.record(
            tx,
            audit.deed(
                request, "season_settings_changed", "settings", "seasons", before=before, after=after, reason=reason
            ),
        )
    return now
