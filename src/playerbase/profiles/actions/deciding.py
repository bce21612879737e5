"""What staff decides about profiles."""

import msgspec

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.http import Request
from playerbase.profiles.actions.profiles import set_settings
from playerbase.profiles.model import ProfileSettings


async def decide(tx: Tx, request: Request, wanted: ProfileSettings, reason: str = "") -> ProfileSettings:
    """Decide all of it, and write down what it was before; it holds from the next change on."""
    before = await set_settings(tx, wanted, request.caller.subject)
    was, now = msgspec.structs.asdict(before), msgspec.structs.asdict(wanted)
    await audit.record(
        tx,
        audit.deed(request, "profile_settings_changed", "settings", "profiles", before=was, after=now, reason=reason),
    )
    return wanted
