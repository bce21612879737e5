"""Federation's doors to PostgreSQL."""

from datetime import datetime

from playerbase.federation.model import Taken
from playerbase.kit.db import Db, Tx, sql


@sql
async def add_state(
    tx: Tx,
    state_hash: bytes,
    provider: str,
    browser_hash: bytes,
    verifier_sealed: bytes,
    return_path: str,
    now: datetime,
    expires_at: datetime,
) -> None: ...
@sql
async def take_state(tx: Tx, state_hash: bytes, provider: str, browser_hash: bytes, now: datetime) -> Taken | None: ...
@sql
async def is_used(db: Db, hash: bytes, now: datetime) -> bool: ...  # noqa: A002 - the column's name
@sql
async def use(tx: Tx, hash: bytes, now: datetime, expires_at: datetime) -> bytes | None: ...  # noqa: A002 - as above
@sql
async def forget_states(tx: Tx, now: datetime, count: int) -> list[bytes]: ...
@sql
async def forget_used(tx: Tx, now: datetime, count: int) -> list[bytes]: ...
