"""Signing keys that follow one another: each is published a day before it signs, and believed as long as its tokens."""

import asyncio
from datetime import timedelta

from joserfc.jwk import RSAKey
from msgspec.structs import replace

from playerbase import audit
from playerbase.access import store
from playerbase.access.actions.keyring import BITS, LIFE
from playerbase.access.model.machines import KeyWaits, SigningKeyState
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, seal
from playerbase.kit.db import Db, Tx

# So long a key is published before it signs: whoever keeps the key set for a day, as many proxies do whatever its
# Cache-Control says, has it before the first token comes.
PUBLISHED_BEFORE = timedelta(hours=24)
SIGNS_FOR = timedelta(days=30)  # What a stolen key is good for at most, and often enough that it is known to work.
KEPT_AFTER = timedelta(days=7)  # For staff to look at; nothing is believed by it any more.


async def rotate_signing_key(tx: Tx, keys: Keys, *, why: str, by: audit.Deed) -> SigningKeyState:
    """Make the next key: it is published now, signs in a day, and the one before it retires a token's life later.

    Raises KeyWaits when one waits already, so of many who ask at once one makes it.
    """
    await store.lock_signing_keys(tx)
    now = clock.now()
    waiting = [each for each in await store.signing_keys(tx, now) if each.active_from > now]
    if waiting:
        raise KeyWaits(kid=waiting[0].kid, active_from=clock.rfc3339(waiting[0].active_from))
    # In a thread, because it takes a tenth of a second or several; only who would make the same key waits for it.
    key = await asyncio.to_thread(RSAKey.generate_key, BITS, None, private=True)
    kid, active_from = key.thumbprint(), now + PUBLISHED_BEFORE
    sealed = seal(keys, key.as_der(private=True), table="access.signing_keys", column="private", row=kid)
    await store.add_signing_key(tx, kid, sealed, now, active_from, why)
    await store.retire_signing_keys(tx, kid, active_from + LIFE)
    deed = replace(
        by, action="signing_key_rotated", target_kind="signing_key", target_id=kid, reason=by.reason or why,
        after={"active_from": clock.rfc3339(active_from), "retires_others_at": clock.rfc3339(active_from + LIFE)},
    )  # fmt: skip
    await audit.record(tx, deed)
    return SigningKeyState(kid, now, why, active_from, None)


async def rotate_aged_signing_key(tx: Tx, keys: Keys) -> SigningKeyState | None:
    """The same if the newest key has signed for its time; None if it has not, or somebody was faster."""
    await store.lock_signing_keys(tx)
    now = clock.now()
    await store.forget_signing_keys(tx, now - KEPT_AFTER)
    present = await store.signing_keys(tx, now)
    if not present or present[0].active_from > now - SIGNS_FOR:
        return None
    by = audit.Deed(actor_kind="system", actor_id="access.rotate_signing_keys", action="")
    return await rotate_signing_key(tx, keys, why="age", by=by)


async def signing_keys(db: Db) -> list[SigningKeyState]:
    """Every signing key that is published, and those retired lately, newest first."""
    return await store.signing_key_states(db)
