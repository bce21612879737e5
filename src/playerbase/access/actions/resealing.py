"""A new secret for an old installation: what is sealed is sealed anew, what is blinded is blinded anew, under load.

Each slice is a short transaction, and at every moment a row is whole under the one secret or under the other, both of
which every process knows. What cannot be made anew (hashes of passwords, the chain of the audit, stand-ins of ids that
nobody wrote down) goes on under keys of its own, derived from the former secret and sealed with the present one.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from playerbase import audit, federation, identity
from playerbase.access import store
from playerbase.access.actions.credentials import PROVIDER
from playerbase.access.model.machines import Resealed, StaleCredential
from playerbase.kit import log
from playerbase.kit.crypto import Keys, Tampered, blind, open_sealed, seal, seal_head
from playerbase.kit.db import Pool, keep_keys, reading, reseal_keys, transaction

SLICE: Final = 200  # Rows to a transaction: a tenth of a second, which no sign-in notices.
NOBODY: Final = UUID(int=0)
# Peppers of passwords, links of the audit, its anchors and the ledger, stand-ins whose originals only clients know.
KEPT_LABELS: Final = (
    "pepper", "audit", "audit/anchor", "audit/start", "audit/policy", "ledger/block",
    "index/identity/server", "index/identity/device", "index/identity/provider", "index/device_secret",
    "index/recovery_code",
)  # fmt: skip

_log = log.get("access")
Progress = Callable[[str, int, int], None]


async def reseal(pool: Pool, keys: Keys, progress: Progress = lambda *_: None) -> Resealed:
    """Bring everything under the present secret; ``progress`` is told what, how many of how many. May run many times.

    What comes back with nothing lost needs no former secret any more; refresh tokens and answers kept under an
    idempotency key are good for seven days and are left to end by themselves.
    """
    async with transaction(pool) as tx:
        await keep_keys(tx, keys, KEPT_LABELS)
        kept = await reseal_keys(tx, keys, SLICE)
    progress("kept keys", kept, kept)
    addresses = await _addresses(pool, keys, progress)
    signers = await _signing_keys(pool, keys, progress)
    factors = await _factors(pool, keys, progress)
    labels = await _labels(pool, keys, progress)
    grants = Resealed(*await federation.reseal_grants(pool, keys, SLICE))
    progress("tokens of Twitch", grants.done, grants.done + grants.lost)
    parts = (addresses, signers, factors, labels, grants)
    done, lost = kept + sum(each.done for each in parts), sum(each.lost for each in parts)
    deed = audit.Deed(
        actor_kind="system", actor_id="access.reseal", action="secrets_resealed", target_kind="secret",
        after={"done": done, "lost": lost},
    )  # fmt: skip
    try:
        async with transaction(pool) as tx:
            await audit.sign_heads_anew(tx, deed)
    except audit.HeadForged as fault:
        # A former secret that is not listed, most likely: said like all else that it sealed, and not signed over.
        _log.error("the end of the audit log is signed with no secret that is listed", fault=str(fault))
        lost += 1
    return Resealed(done, lost)


async def _addresses(pool: Pool, keys: Keys, progress: Progress) -> Resealed:
    head, at, done, lost = seal_head(keys), NOBODY, 0, 0
    async with reading(pool) as db:
        total = await store.count_stale_credentials(db, head)
    while True:
        async with transaction(pool) as tx:
            stale = await store.stale_credentials(tx, head, at, SLICE)
            fresh = [(each, _anew(keys, each)) for each in stale]
            good = [(old, new) for old, new in fresh if new is not None]
            await store.reseal_credentials(tx, [new for _, new in good])
            await identity.rename(
                tx, PROVIDER, [old.email_index for old, _ in good], [new.email_index for _, new in good]
            )
        done, lost = done + len(good), lost + len(stale) - len(good)
        progress("addresses", done, total)
        if len(stale) < SLICE:
            return Resealed(done, lost)
        at = stale[-1].player_id


def _anew(keys: Keys, old: StaleCredential) -> StaleCredential | None:
    place = {"table": "access.credentials", "column": "email", "row": str(old.player_id)}
    try:
        address = open_sealed(keys, old.email_sealed, **place)
    except Tampered as fault:
        _log.error("an address cannot be opened", player_id=str(old.player_id), fault=str(fault))
        return None
    index = blind(keys, address.decode(), purpose="email")
    return StaleCredential(old.player_id, index, seal(keys, address, **place))


async def _signing_keys(pool: Pool, keys: Keys, progress: Progress) -> Resealed:
    done = lost = 0
    async with transaction(pool) as tx:
        await store.lock_signing_keys(tx)
        stale = await store.stale_signing_keys(tx, seal_head(keys))
        for old in stale:
            place = {"table": "access.signing_keys", "column": "private", "row": old.kid}
            try:
                private = open_sealed(keys, old.private_sealed, **place)
            except Tampered as fault:
                _log.error("a signing key cannot be opened", kid=old.kid, fault=str(fault))
                lost += 1
                continue
            await store.reseal_signing_key(tx, old.kid, seal(keys, private, **place))
            done += 1
    progress("signing keys", done, len(stale))
    return Resealed(done, lost)


async def _factors(pool: Pool, keys: Keys, progress: Progress) -> Resealed:
    """The secrets of second factors, those that wait to be confirmed included."""
    head, at, done, lost = seal_head(keys), NOBODY, 0, 0
    while True:
        async with transaction(pool) as tx:
            stale = await store.stale_factors(tx, head, at, SLICE)
            for old in stale:
                fresh = [
                    _opened_anew(keys, sealed, "access.factors", column, str(old.player_id))
                    for column, sealed in (("secret", old.secret_sealed), ("pending", old.pending_sealed))
                ]
                is_lost = any(
                    each is None and was
                    for each, was in zip(fresh, (old.secret_sealed, old.pending_sealed), strict=True)
                )
                lost += is_lost
                if not is_lost:
                    await store.reseal_factor(tx, old.player_id, *fresh)
                    done += 1
        progress("second factors", done, done + lost)
        if len(stale) < SLICE:
            return Resealed(done, lost)
        at = stale[-1].player_id


async def _labels(pool: Pool, keys: Keys, progress: Progress) -> Resealed:
    """What providers call players."""
    done = lost = 0
    after = ("", b"")
    while True:
        async with transaction(pool) as tx:
            stale = await identity.stale_labels(tx, seal_head(keys), after, SLICE)
            for way in stale:
                row = f"{way.player_id} {way.provider}"
                fresh = _opened_anew(keys, way.sealed, "identity.identities", "sealed", row)
                lost += fresh is None
                if fresh is not None:
                    await identity.seal_identity(tx, way.provider, way.subject, fresh)
                    done += 1
        progress("names at providers", done, done + lost)
        if len(stale) < SLICE:
            return Resealed(done, lost)
        after = (stale[-1].provider, stale[-1].subject)


def _opened_anew(keys: Keys, sealed: bytes | None, table: str, column: str, row: str) -> bytes | None:
    """The same under the present secret; None for nothing, and for what cannot be opened."""
    if sealed is None:
        return None
    try:
        return seal(
            keys, open_sealed(keys, sealed, table=table, column=column, row=row), table=table, column=column, row=row
        )
    except Tampered as fault:
        _log.error("a sealed value cannot be opened", table=table, column=column, fault=str(fault))
        return None
