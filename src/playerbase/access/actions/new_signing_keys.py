"""New signing keys, of the length somebody decided on, and the first of all."""

import asyncio
from datetime import datetime
from typing import Final

from joserfc.jwk import RSAKey

from playerbase.access import store
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, seal
from playerbase.kit.db import Db, Tx

BITS_POLICY: Final = "signing_key_bits"
# A token lives a quarter of an hour and a key signs for a month, so a signature need not withstand decades: 2048 bits
# (112 bits of strength, good until 2030 by NIST SP 800-131A) sign in a third of the time that 3072 take.
BITS_DEFAULT: Final = 2_048


async def key_bits(db: Db) -> int:
    """How long the next signing key will be."""
    return int(await store.policy(db, BITS_POLICY) or BITS_DEFAULT)


async def make_signing_key(tx: Tx, keys: Keys, *, active_from: datetime, why: str) -> str:
    """A new key, sealed and published; returns its id. Who calls holds the lock of signing keys."""
    bits = await key_bits(tx)
    # In a thread, because it takes a tenth of a second or several; only who would make the same key waits for it.
    key = await asyncio.to_thread(RSAKey.generate_key, bits, None, private=True)
    kid = key.thumbprint()
    sealed = seal(keys, key.as_der(private=True), table="access.signing_keys", column="private", row=kid)
    await store.add_signing_key(tx, kid, sealed, bits, clock.now(), active_from, why)
    return kid


async def ensure_signing_key(tx: Tx, keys: Keys) -> None:
    """Make the first signing key if there is none: once, however many processes start together."""
    await store.lock_signing_keys(tx)
    now = clock.now()
    if not await store.signing_keys(tx, now):
        await make_signing_key(tx, keys, active_from=now, why="first")
