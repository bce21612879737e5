"""What Twitch gave us for a player's browser, kept sealed and asked about for as long as sessions rest on it.

Twitch demands that an access token is validated when an application starts and every hour thereafter, and that the
sessions that rest on it end when it no longer holds (https://dev.twitch.tv/docs/authentication/validate-tokens).
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from playerbase.federation import store
from playerbase.federation.actions.asking import judged
from playerbase.federation.actions.providers import Providers
from playerbase.federation.model import TWITCH, Checks, Granted, Grants, Held, ProviderAway, ProviderRefused
from playerbase.kit import clock, ids, log, metrics
from playerbase.kit.crypto import Keys, Tampered, open_sealed, seal, seal_head
from playerbase.kit.db import Db, Pool, Tx, transaction

NOBODY: Final = UUID(int=0)
LEASE: Final = timedelta(minutes=5)  # Longer than a batch takes at its slowest: three calls of five seconds, in turns.
LATE: Final = timedelta(hours=2)  # Two checks missed.
DAY: Final = timedelta(days=1)

_log = log.get("federation")
_checked = metrics.Counter("twitch_grants_checked", "Kept tokens of Twitch checked, and what came of it.", ["outcome"])


async def keep_grant(tx: Tx, keys: Keys, player_id: UUID, granted: Granted, *, due_at: datetime) -> None:
    """Keep what was just validated for this player, in place of what was kept before; asked about again from then."""
    sealed = _seal(keys, player_id, granted)
    await store.keep_grant(tx, player_id, ids.uuid7(), sealed, clock.now(), due_at)


async def take_grant(tx: Tx, keys: Keys, player_id: UUID) -> Granted | None:
    """What was kept for this player, kept no longer."""
    held = await store.take_grant(tx, player_id)
    return None if held is None else _open(keys, held)


async def claim_grants(tx: Tx, count: int) -> list[Held]:
    """Those whose check is due, for the caller alone; who is killed with them leaves them to others in five minutes."""
    now = clock.now()
    return await store.claim_grants(tx, now, now + LEASE, count)


async def check(providers: Providers, pool: Pool, held: Held, *, due_at: datetime) -> bool | None:
    """Whether Twitch still stands by these tokens; renewed once where they have run out. Raises ProviderAway.

    None if other tokens have taken their place meanwhile, which says nothing of these. Never call it inside a
    transaction: it asks the provider.
    """
    granted = _open(providers.keys, held)
    try:
        with judged(TWITCH):
            outcome = None if granted is None else await _asked(providers, pool, held, granted)
    except ProviderRefused:
        outcome = None
    except ProviderAway:
        _checked.labels("away").inc()
        raise
    if outcome is None:
        _checked.labels("disconnected").inc()
        return False
    _checked.labels("refreshed" if outcome else "valid").inc()
    async with transaction(pool) as tx:
        is_ours = await store.confirm_grant(tx, held.player_id, held.grant_id, clock.now(), due_at)
        await count_checks(tx, Checks(refreshed=1) if outcome else Checks(valid=1))
    return True if is_ours else None


async def drop_grant(tx: Tx, held: Held) -> bool:
    """Keep these tokens no longer; False if others took their place, or somebody else was faster."""
    return await store.drop_grant(tx, held.player_id, held.grant_id) is not None


async def put_off(tx: Tx, held: list[Held], *, due_at: datetime) -> None:
    """Ask about these later: nothing can be told of them now."""
    await store.put_off_grants(tx, [each.grant_id for each in held], due_at)


async def count_checks(tx: Tx, checks: Checks) -> None:
    """Count what became of checks in this hour."""
    await store.count_checks(tx, clock.now().replace(minute=0, second=0, microsecond=0), checks)


async def revoke(providers: Providers, granted: Granted) -> None:
    """Tell Twitch that we rely on these tokens no longer; raises ProviderAway, ProviderUnknown."""
    await providers.twitch.revoke(granted.access_token)


async def standing(db: Db) -> tuple[Grants, Checks]:
    """What is kept, and what became of the checks of the last day."""
    now = clock.now()
    return await store.tally_grants(db, now - LATE), await store.checks_since(db, now - DAY)


async def reseal_grants(pool: Pool, keys: Keys, count: int) -> tuple[int, int]:
    """Bring every kept token under the present secret: how many were, and how many could not be opened."""
    at, done, lost = NOBODY, 0, 0
    while True:
        async with transaction(pool) as tx:
            stale = await store.stale_grants(tx, seal_head(keys), at, count)
            for held in stale:
                granted = _open(keys, held)
                lost += granted is None
                if granted is not None:
                    await store.renew_grant(tx, held.player_id, held.grant_id, _seal(keys, held.player_id, granted))
                    done += 1
        if len(stale) < count:
            return done, lost
        at = stale[-1].player_id


async def _asked(providers: Providers, pool: Pool, held: Held, granted: Granted) -> bool:
    """Whether they had to be renewed; raises ProviderRefused if Twitch no longer stands by them, ProviderAway."""
    twitch = providers.twitch
    try:
        validated, is_renewed = await twitch.validate(granted.access_token), False
    except ProviderRefused as refused:
        if refused.reason != "token_invalid":
            raise
        renewed = await twitch.renew(granted)
        # Before anything else: the old refresh token may be worth nothing from now on.
        async with transaction(pool) as tx:
            sealed = _seal(providers.keys, held.player_id, renewed)
            await store.renew_grant(tx, held.player_id, held.grant_id, sealed)
        validated, is_renewed = await twitch.validate(renewed.access_token), True
    if validated.user_id != granted.user_id:
        raise ProviderRefused.because("subject")
    return is_renewed


def _seal(keys: Keys, player_id: UUID, granted: Granted) -> bytes:
    body = msgspec.json.encode(granted)
    return seal(keys, body, table="federation.twitch_grants", column="sealed", row=str(player_id))


def _open(keys: Keys, held: Held) -> Granted | None:
    """The tokens; None if somebody put them there from another row, or no listed secret opens them."""
    row = str(held.player_id)
    try:
        body = open_sealed(keys, held.sealed, table="federation.twitch_grants", column="sealed", row=row)
    except Tampered as fault:
        _log.error("kept tokens cannot be opened", player_id=row, fault=str(fault))
        return None
    return msgspec.json.decode(body, type=Granted)
