"""Signing keys that follow one another: each is published a day before it signs, and believed as long as its tokens."""

from datetime import timedelta

from msgspec.structs import replace

from playerbase import audit
from playerbase.access import store
from playerbase.access.actions.keyring import LIFE
from playerbase.access.actions.new_signing_keys import BITS_POLICY, key_bits, make_signing_key
from playerbase.access.model.machines import KeyWaits, NoSuchSigningKey, SigningKeyState
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Tx

# So long a key is published before it signs: whoever keeps the key set for a day, as many proxies do whatever its
# Cache-Control says, has it before the first token comes.
PUBLISHED_BEFORE = timedelta(hours=24)
SIGNS_FOR = timedelta(days=30)  # What a stolen key is good for at most, and often enough that it is known to work.
KEPT_AFTER = timedelta(days=7)  # For staff to look at; nothing is believed by it any more.


async def rotate_signing_key(
    tx: Tx, keys: Keys, *, why: str, by: audit.Deed, bits: int | None = None
) -> SigningKeyState:
    """Make the next key: it is published now, signs in a day, and the one before it retires a token's life later.

    ``bits`` is its length, and that of every one after it until somebody decides otherwise.
    Raises KeyWaits when one waits already, so of many who ask at once one makes it.
    """
    await store.lock_signing_keys(tx)
    now = clock.now()
    waiting = [each for each in await store.signing_keys(tx, now) if each.active_from > now]
    if waiting:
        raise KeyWaits(kid=waiting[0].kid, active_from=clock.rfc3339(waiting[0].active_from))
    if bits is not None:
        await store.put_policy(tx, BITS_POLICY, str(bits), str(by.actor_id), now)
    active_from = now + PUBLISHED_BEFORE
    kid = await make_signing_key(tx, keys, active_from=active_from, why=why)
    await store.retire_signing_keys(tx, kid, active_from + LIFE)
    deed = replace(
        by, action="signing_key_rotated", target_kind="signing_key", target_id=kid, reason=by.reason or why,
        after={
            "active_from": clock.rfc3339(active_from), "retires_others_at": clock.rfc3339(active_from + LIFE),
            "bits": await key_bits(tx),
        },
    )  # fmt: skip
    await audit.record(tx, deed)
    return SigningKeyState(kid, await key_bits(tx), now, why, active_from, None)


async def withdraw_signing_key(tx: Tx, keys: Keys, kid: str, *, by: audit.Deed) -> SigningKeyState:
    """Believe a key no longer, because somebody else may have it; returns the one that signs from now on.

    Every token it signed is refused within five seconds, in every process, and its holders refresh. What others have
    cached of the key set they go on believing until they ask again. If it was the only one that could sign, the one
    that waits signs at once, or a new one is made that does. Raises NoSuchSigningKey if it is not there or has retired.
    """
    await store.lock_signing_keys(tx)
    now = clock.now()
    present = await store.signing_keys(tx, now)
    gone = next((each for each in present if each.kid == kid), None)
    if gone is None:
        raise NoSuchSigningKey
    await store.withdraw_signing_key(tx, kid, now)
    signer = next(each.kid for each in present if each.active_from <= now)
    waiting = next((each.kid for each in present if each.active_from > now), None)
    if kid == waiting:
        await store.keep_signing_key(tx, signer)  # It was to retire when this one signs, and signs on.
    elif kid == signer and waiting is not None:
        signer = waiting
        await store.activate_signing_key(tx, signer, now)
    elif kid == signer:
        signer = await make_signing_key(tx, keys, active_from=now, why="withdrawn")
    deed = replace(
        by, action="signing_key_withdrawn", target_kind="signing_key", target_id=kid, after={"signs_now": signer}
    )
    await audit.record(tx, deed)
    return next(each for each in await store.signing_key_states(tx) if each.kid == signer)


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
