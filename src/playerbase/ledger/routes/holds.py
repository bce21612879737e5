"""Holds: game servers set an amount aside, take it, or let it go."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Kept, Key, Pool, reading
from playerbase.kit.http import Caller, Request, get, post, server, staff
from playerbase.ledger import actions
from playerbase.ledger.actions import Amount, Named, Postings, Text
from playerbase.ledger.model import Code, HoldSeen, Posted
from playerbase.ledger.routes.answers import TransactionPosted, answered


class HoldWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to set aside, and until when at most."""

    player_id: UUID
    asset: Code
    amount: Amount
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]
    reason: Text = ""


class HoldCapture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of it to take; all that is left if it is not said."""

    amount: Amount | None = None


class HoldMade(msgspec.Struct, frozen=True):
    """An amount that was set aside."""

    hold_id: UUID
    transaction_id: UUID
    player_id: UUID
    asset: str
    amount: int
    expires_at: datetime


@post("/holds", policy=server("ledger:write"), limit="game", status=201, key_required=True)
async def create_hold(
    caller: Caller, request: Request, postings: Postings, key: Key, body: HoldWish
) -> HoldMade | Kept:
    """Set an amount aside: it stays in the balance and cannot be spent until it is taken, let go or over."""
    named = Named(key.scope, key.key, caller.subject, request.request_id, actions.said(body))
    posting = actions.setting_aside(body.player_id, body.asset, body.amount, body.expires_at, body.reason, named)

    def held(posted: Posted) -> HoldMade:
        assert posted.hold_id is not None
        return HoldMade(
            posted.hold_id, posted.transaction_id, body.player_id, body.asset, body.amount, body.expires_at
        )  # fmt: skip

    return await answered(postings, posting, held)


@post("/holds/{hold_id}/capture", policy=server("ledger:write"), limit="game", key_required=True)
async def capture_hold(
    pool: Pool, caller: Caller, request: Request, postings: Postings, key: Key, hold_id: UUID, body: HoldCapture
) -> TransactionPosted | Kept:
    """Take what was set aside, or a part: what is left stays aside until it is taken, let go or over."""
    named = Named(key.scope, key.key, caller.subject, request.request_id, actions.said((hold_id, body)))
    return await answered(postings, actions.capturing(await _found(pool, hold_id), body.amount, named), status=200)


@post("/holds/{hold_id}/void", policy=server("ledger:write"), limit="game", key_required=True)
async def void_hold(
    pool: Pool, caller: Caller, request: Request, postings: Postings, key: Key, hold_id: UUID
) -> TransactionPosted | Kept:
    """Let what was set aside go."""
    named = Named(key.scope, key.key, caller.subject, request.request_id, actions.said(hold_id))
    return await answered(postings, actions.voiding(await _found(pool, hold_id), named), status=200)


@get("/holds/{hold_id}", policy=server("ledger:read") | staff("ledger.read"), limit="game")
async def read_hold(db: Db, hold_id: UUID) -> HoldSeen:
    """An amount that is or was set aside."""
    return await actions.hold(db, hold_id)


async def _found(pool: Pool, hold_id: UUID) -> HoldSeen:
    # Given back before the lane is waited for, which needs a connection itself: if everybody who waits held one, nobody
    # would ever be answered.
    async with reading(pool) as db:
        return await actions.hold(db, hold_id)
