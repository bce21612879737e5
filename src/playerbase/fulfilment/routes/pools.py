"""Voucher pools over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.fulfilment import actions
from playerbase.fulfilment.model.vouchers import CODE_CHARACTERS_MAX, CODES_MAX, Pool, PoolCode, Upload
from playerbase.fulfilment.routes.deliveries import READ, WRITE, Cursor, Limit, Reason
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post

TEXT_MAX = CODES_MAX * (CODE_CHARACTERS_MAX + 2)


class NewPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pool to be made. ``instructions`` stand in the letter; at ``low_at`` free codes somebody is told."""

    code: PoolCode
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\S")]
    instructions: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]
    low_at: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 20  # A day or two of a voucher that sells.


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes, one to a line. With ``dry_run`` they are only looked at."""

    codes: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]
    dry_run: bool = False


class GivenOut(msgspec.Struct, frozen=True):
    """Who got which code; of the code only its end is shown."""

    code_id: UUID
    masked: str
    delivery_id: UUID
    player_id: UUID
    given_at: datetime


class Revealed(msgspec.Struct, frozen=True):
    """A code in clear, and whose it is."""

    code: str
    delivery_id: UUID
    player_id: UUID


@get("/admin/voucher-pools", policy=READ, limit="console")
async def list_pools(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Pool]:
    """Voucher pools by their code: how many codes each holds, how many are free, who waits."""
    scope = f"voucher pools {caller.subject}"
    after = cursors.read(cursor, tuple[str], scope=scope)[0] if cursor else ""
    found = await actions.pools(db, after, limit + 1)
    return Listing(found[:limit], cursors.make((found[limit - 1].code,), scope=scope) if found[limit:] else None)


@post("/admin/voucher-pools", policy=WRITE, limit="console", status=201)
async def make_pool(tx: Tx, request: Request, body: NewPool) -> Pool:
    """Make a voucher pool, empty."""
    return await actions.make_pool(
        tx, request, code=body.code, name=body.name.strip(), instructions=body.instructions.strip(), low_at=body.low_at
    )


@post("/admin/voucher-pools/{pool_id}/codes", policy=WRITE, limit="console", secret=True)
async def add_codes(tx: Tx, request: Request, pool_id: UUID, body: Codes) -> Upload:
    """Add codes to a pool, all or none: every fault is named with its line. Who waited for one goes on at once."""
    return await actions.add_codes(tx, request, pool_id, body.codes, is_rehearsal=body.dry_run)


@get("/admin/voucher-pools/{pool_id}/codes", policy=READ, limit="console")
async def list_given(
    db: Db, caller: Caller, cursors: Cursors, pool_id: UUID, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[GivenOut]:
    """Who got which code of a pool, latest first; free codes are shown to nobody."""
    scope = f"given codes {pool_id} {caller.subject}"
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else (clock.now(), actions.LAST_ID)
    await actions.pool(db, pool_id)
    found = await actions.given(db, pool_id, *at, limit + 1)
    last = found[limit - 1][0] if found[limit:] else None
    shown = [
        GivenOut(each.code_id, masked, each.delivery_id, each.player_id, each.given_at)
        for each, masked in found[:limit]
    ]
    return Listing(shown, cursors.make((last.given_at, last.code_id), scope=scope) if last else None)


@post("/admin/voucher-codes/{code_id}/reveal", policy=WRITE, limit="console", secret=True)
async def reveal_code(tx: Tx, request: Request, code_id: UUID, body: Reason) -> Revealed:
    """A code in clear, for a player who says it does not work; the audit keeps who looked."""
    given, code = await actions.reveal(tx, request, code_id, body.reason)
    return Revealed(code, given.delivery_id, given.player_id)
