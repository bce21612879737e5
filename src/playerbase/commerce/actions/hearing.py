"""What Apple and Google push: believed by its signature, kept once, and acted upon after the answer."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from playerbase.commerce.actions.acting import act_on
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import NewStatement, NotificationStale, Platform, Saying
from playerbase.commerce.store import feeds
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.jobs import enqueue, job
from playerbase.payments import GoogleNotificationKind, configured_tills

APPLE_KINDS = {
    "REFUND": Saying.REFUND, "REVOKE": Saying.REVOKED, "REFUND_REVERSED": Saying.REVERSED,
    "ONE_TIME_CHARGE": Saying.SOLD,
}  # fmt: skip


QUIET: Final = timedelta(minutes=1)
QUIET_MAX: Final = 10_000

_noted: dict[tuple[str, str], datetime] = {}


class Heard(msgspec.Struct, frozen=True):
    """Which statement."""

    platform: str
    key: str


@job(lane="high", seconds_max=60)
async def act_on_heard(pool: Pool, args: Heard) -> None:
    """Act on what was pushed; what fails is tried again with all else that was said."""
    async with transaction(pool) as tx:
        said = await feeds.statement(tx, args.platform, args.key)
    if said is not None and said.due_at is not None:
        await act_on(pool, said)


async def hear_apple(pool: Pool, body: bytes) -> None:
    """Take in a notification of the App Store; raises NotificationRefused, NotificationStale."""
    told = configured_tills().apple.notification(body)
    bought = told.transaction
    kind = APPLE_KINDS.get(told.kind, Saying.NOTHING) if bought is not None else Saying.NOTHING
    await _take_in(
        pool,
        NewStatement(
            platform=Platform.APPLE, key=f"notification {told.id}", source="notification", kind=kind,
            ref="" if bought is None else bought.transaction_id, sku="" if bought is None else bought.product_id,
            said_at=told.signed_at,
        ),
        told.signed_at,
    )  # fmt: skip


async def hear_google(pool: Pool, authorization: str | None, body: bytes) -> None:
    """Take in a push of Google's; raises NotificationRefused, NotificationStale, ProviderAway."""
    told = await configured_tills().google.notification(authorization, body)
    is_ours = told.kind in {GoogleNotificationKind.PRODUCT, GoogleNotificationKind.VOIDED} and told.token is not None
    await _take_in(
        pool,
        NewStatement(
            platform=Platform.GOOGLE, key=f"notification {told.id}", source="notification",
            kind=Saying.HINT if is_ours else Saying.NOTHING, ref=told.token or "", sku=told.product_id or "",
            said_at=told.at,
        ),
        told.at,
    )  # fmt: skip


def is_news(ip: str, code: str) -> bool:
    """Whether this was not refused to them within the last minute: who hammers the door must not fill the audit."""
    now = clock.now()
    last = _noted.get((ip, code))
    if last is not None and now - last < QUIET:
        return False
    if len(_noted) >= QUIET_MAX:
        _noted.clear()
    _noted[ip, code] = now
    return True


async def _take_in(pool: Pool, said: NewStatement, at: datetime) -> None:
    async with transaction(pool) as tx:
        held = await settings(tx)
        # By the machine's clock: theirs does not follow ours when it is moved.
        if at < clock.now() - clock.offset() - timedelta(hours=held.notification_hours):
            raise NotificationStale
        await _keep(tx, said)


async def _keep(tx: Tx, said: NewStatement) -> None:
    if await feeds.take_in(tx, [said], clock.now()) and said.kind is not Saying.NOTHING:
        await enqueue(tx, act_on_heard, Heard(said.platform, said.key))
