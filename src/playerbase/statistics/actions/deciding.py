"""What staff decides about statistics."""

import msgspec

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.http import Request
from playerbase.statistics.actions.keeping import set_settings
from playerbase.statistics.model import StatisticsSettings


async def decide(tx: Tx, request: Request, wanted: StatisticsSettings, reason: str = "") -> StatisticsSettings:
    """Decide all of it, and write down what it was before; what is gone by then does not come back."""
    before = await set_settings(tx, wanted, request.caller.subject)
    was, now = msgspec.structs.asdict(before), msgspec.structs.asdict(wanted)
    await audit.record(
        tx,
        audit.deed(
            request, "statistics_settings_changed", "settings", "statistics", before=was, after=now, reason=reason
        ),
    )
    return wanted
