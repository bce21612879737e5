"""Keys that outlive their secret: sealed with the present one, for what was made with them and cannot be made anew."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from playerbase.kit import clock, log
from playerbase.kit.crypto import Keys, Tampered, open_sealed, seal, seal_head
from playerbase.kit.db.pool import Pool, reading
from playerbase.kit.db.sql import Db, Tx, sql

_TABLE = "kit.kept_keys"
_log = log.get("keys")


class KeptKey(msgspec.Struct, frozen=True):
    """A key of a former secret, and what it is for."""

    label: str
    name: bytes
    key_sealed: bytes

    @property
    def row(self) -> str:
        """Where it is sealed to."""
        return f"{self.label} {self.name.hex()}"


@sql
async def keep(tx: Tx, label: str, name: bytes, key_sealed: bytes, now: datetime) -> None: ...
@sql
async def kept(db: Db) -> list[KeptKey]: ...
@sql
async def stale_kept(tx: Tx, head: bytes, count: int) -> list[KeptKey]: ...
@sql
async def reseal_kept(tx: Tx, label: str, name: bytes, key_sealed: bytes) -> None: ...


async def keep_keys(tx: Tx, keys: Keys, labels: Sequence[str]) -> None:
    """Keep these keys of every former secret that is listed, so that the secrets themselves can be dropped."""
    for label in labels:
        for key in keys.subkeys(label)[1:]:
            name = hashlib.sha256(b"kept " + key).digest()[:8]
            sealed = seal(keys, key, table=_TABLE, column="key", row=KeptKey(label, name, b"").row)
            await keep(tx, label, name, sealed, clock.now())


async def reseal_keys(tx: Tx, keys: Keys, count: int) -> int:
    """Seal kept keys with the present secret; returns how many were not. Raises Tampered."""
    stale = await stale_kept(tx, seal_head(keys), count)
    for each in stale:
        key = open_sealed(keys, each.key_sealed, table=_TABLE, column="key", row=each.row)
        await reseal_kept(tx, each.label, each.name, seal(keys, key, table=_TABLE, column="key", row=each.row))
    return len(stale)


async def recall_keys(pool: Pool, keys: Keys) -> None:
    """Let ``keys`` know what was kept: once, at the start of a process, and after the schema is there."""
    try:
        async with reading(pool) as db:
            rows = await kept(db)
    except asyncpg.UndefinedTableError:
        return  # A backup of an older release that is verified before it is migrated.
    for each in rows:
        try:
            keys.keep(each.label, open_sealed(keys, each.key_sealed, table=_TABLE, column="key", row=each.row))
        except Tampered as fault:
            _log.error("a kept key cannot be opened", label=each.label, fault=str(fault))
