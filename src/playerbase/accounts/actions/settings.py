"""What an operator decides about accounts."""

from msgspec.structs import asdict

from playerbase import audit
from playerbase.accounts import store
from playerbase.accounts.model import AccountSettings
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Request


async def settings(db: Db) -> AccountSettings:
    """What holds now; the defaults until somebody has decided otherwise."""
    return await store.settings(db) or AccountSettings()


async def set_settings(tx: Tx, request: Request, wanted: AccountSettings, reason: str = "") -> None:
    """Decide; it holds from the next request on."""
    before = await settings(tx)
    await store.put_settings(tx, wanted, request.caller.subject, clock.now())
    await audit.record(
        tx,
        audit.deed(
            request, "account_settings_changed", "settings", "accounts", before=asdict(before), after=asdict(wanted),
            reason=reason,
        ),
    )  # fmt: skip
