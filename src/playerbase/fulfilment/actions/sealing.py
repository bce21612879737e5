"""What lies sealed: whom a delivery goes to, and voucher codes."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from playerbase.fulfilment.actions.wiring import keys
from playerbase.fulfilment.model import Addressed, Particulars
from playerbase.fulfilment.model.vouchers import Stale
from playerbase.fulfilment.store import deliveries, vouchers
from playerbase.kit import log
from playerbase.kit.crypto import Keys, Tampered, blind, blinds, open_sealed, seal, seal_head
from playerbase.kit.db import Pool, transaction

NOBODY: Final = UUID(int=0)

_log = log.get("fulfilment")


def seal_addressed(delivery_id: UUID, data: Particulars) -> bytes | None:
    """Whom it goes to, sealed; None if nothing was said of that."""
    if not data.email and data.address is None:
        return None
    return _seal_place(keys(), delivery_id, msgspec.json.encode(Addressed(data.email, data.address)))


def open_addressed(delivery_id: UUID, sealed: bytes | None) -> Addressed:
    """Whom it goes to; raises Tampered."""
    if sealed is None:
        return Addressed()
    body = open_sealed(keys(), sealed, table="fulfilment.deliveries", column="sealed", row=str(delivery_id))
    return msgspec.json.decode(body, type=Addressed)


def seal_code(code_id: UUID, code: str) -> bytes:
    """A code as it is stored."""
    return _seal_code(keys(), code_id, code.encode())


def open_code(code_id: UUID, sealed: bytes) -> str:
    """The code that was stored; raises Tampered."""
    return _open_code(keys(), code_id, sealed).decode()


def hash_code(code: str) -> bytes:
    """The stand-in by which a code is held unique."""
    return blind(keys(), code, purpose="voucher")


def hashes_of(codes: Iterable[str]) -> dict[bytes, str]:
    """The codes by every stand-in they may lie under: those of former secrets too."""
    return {each: code for code in codes for each in blinds(keys(), code, purpose="voucher")}


async def reseal(pool: Pool, keys: Keys, count: int = 200) -> tuple[int, int]:
    """Bring codes and addresses under the present secret: how many were, and how many could not be opened."""
    codes, places = await _reseal_codes(pool, keys, count), await _reseal_places(pool, keys, count)
    return codes[0] + places[0], codes[1] + places[1]


async def _reseal_codes(pool: Pool, keys: Keys, count: int) -> tuple[int, int]:
    at, done, lost = NOBODY, 0, 0
    while True:
        async with transaction(pool) as tx:
            stale = await vouchers.stale_codes(tx, seal_head(keys), at, count)
            for old in stale:
                try:
                    code = _open_code(keys, old.id, old.sealed)
                except Tampered as fault:
                    lost += _say_lost(old, fault)
                    continue
                fresh = _seal_code(keys, old.id, code)
                await vouchers.reseal_code(tx, old.id, fresh, blind(keys, code.decode(), purpose="voucher"))
                done += 1
        if len(stale) < count:
            return done, lost
        at = stale[-1].id


async def _reseal_places(pool: Pool, keys: Keys, count: int) -> tuple[int, int]:
    at, done, lost = NOBODY, 0, 0
    while True:
        async with transaction(pool) as tx:
            stale = await deliveries.stale(tx, seal_head(keys), at, count)
            for old in stale:
                try:
                    body = open_sealed(
                        keys, old.sealed, table="fulfilment.deliveries", column="sealed", row=str(old.id)
                    )
                except Tampered as fault:
                    lost += _say_lost(old, fault)
                    continue
                await deliveries.reseal(tx, old.id, _seal_place(keys, old.id, body))
                done += 1
        if len(stale) < count:
            return done, lost
        at = stale[-1].id


def _seal_place(keys: Keys, delivery_id: UUID, body: bytes) -> bytes:
    return seal(keys, body, table="fulfilment.deliveries", column="sealed", row=str(delivery_id))


def _seal_code(keys: Keys, code_id: UUID, code: bytes) -> bytes:
    return seal(keys, code, table="fulfilment.codes", column="sealed", row=str(code_id))


def _open_code(keys: Keys, code_id: UUID, sealed: bytes) -> bytes:
    return open_sealed(keys, sealed, table="fulfilment.codes", column="sealed", row=str(code_id))


def _say_lost(old: Stale, fault: Tampered) -> int:
    _log.error("something sealed cannot be opened", id=str(old.id), fault=str(fault))
    return 1
