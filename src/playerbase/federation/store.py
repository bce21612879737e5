"""Federation's doors to PostgreSQL."""

from datetime import datetime
from uuid import UUID

from playerbase.federation.model import Checks, Grants, Held, Taken
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
@sql
async def keep_grant(
    tx: Tx, player_id: UUID, grant_id: UUID, sealed: bytes, now: datetime, due_at: datetime
) -> None: ...
@sql
async def take_grant(tx: Tx, player_id: UUID) -> Held | None: ...
@sql
async def claim_grants(tx: Tx, now: datetime, until: datetime, count: int) -> list[Held]: ...
@sql
async def confirm_grant(tx: Tx, player_id: UUID, grant_id: UUID, now: datetime, due_at: datetime) -> UUID | None: ...
@sql
async def renew_grant(tx: Tx, player_id: UUID, grant_id: UUID, sealed: bytes) -> UUID | None: ...
@sql
async def put_off_grants(tx: Tx, grant_ids: list[UUID], due_at: datetime) -> None: ...
@sql
async def drop_grant(tx: Tx, player_id: UUID, grant_id: UUID) -> UUID | None: ...
@sql
async def count_checks(tx: Tx, hour: datetime, checks: Checks) -> None: ...
@sql
async def forget_checks(tx: Tx, before: datetime) -> list[datetime]: ...
@sql
async def tally_grants(db: Db, late: datetime) -> Grants: ...
@sql
async def checks_since(db: Db, since: datetime) -> Checks: ...
@sql
async def stale_grants(tx: Tx, head: bytes, after: UUID, count: int) -> list[Held]: ...
