"""The bounds of purchases on platforms."""

import msgspec

from playerbase import audit
from playerbase.commerce.model import Settings
from playerbase.commerce.store import orders as store
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Request


async def settings(db: Db) -> Settings:
    """What holds now; the defaults until somebody has decided otherwise."""
    return await store.settings(db) or Settings()


async def set_settings(tx: Tx, request: Request, wanted: Settings, reason: str = "") -> Settings:
    """Decide the bounds; what is left out is as shipped."""
    before = await settings(tx)
    await store.put_settings(tx, wanted, str(request.caller.player_id), clock.now())
    await audit.record(
        tx,
        audit.deed(
            request, "commerce_settings_changed", "settings", "commerce",
            before=msgspec.structs.asdict(before), after=msgspec.structs.asdict(wanted), reason=reason,
        ),
    )  # fmt: skip
    return wanted
