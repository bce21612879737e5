"""The ledger for staff: the entries of an account, blocks, and why a balance is what it is."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.db import Db
from playerbase.kit.http import Caller, Cursors, Listing, get, staff
from playerbase.ledger import actions
from playerbase.ledger.actions import Explanation, Filter
from playerbase.ledger.model.explored import EntryId
from playerbase.ledger.routes.wallet import Cursor, Limit, Moment, Ref, Word

AccountId = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
ChainNumber = Annotated[int, msgspec.Meta(ge=0, le=7)]
READ = staff("ledger.read")


class AccountLine(msgspec.Struct, frozen=True):
    """A line of an account, and the block that it is proved by."""

    entry_id: str
    transaction_id: UUID
    seq: int
    kind: str
    amount: int
    balance_after: int
    held_after: int
    reason: str
    ref: str
    at: datetime
    chain: int
    block: int


class BlockShape(msgspec.Struct, frozen=True):
    """The transactions of one commit: their number, their ids' bounds, the digest over them, its tie to the last."""

    chain: int
    block: int
    count: int
    first: UUID
    last: UUID
    digest: str
    mac: str
    at: datetime


@get("/admin/ledger/accounts/{account_id}/entries", policy=READ, limit="console")
async def read_account_entries(
    db: Db, caller: Caller, cursors: Cursors, account_id: AccountId, kind: Word | None = None,
    ref: Ref | None = None, since: Moment | None = None, until: Moment | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[AccountLine]:  # fmt: skip
    """How an account came to be, latest first, with its running balance."""
    await actions.account(db, account_id)
    wanted = Filter(None, kind, ref, since, until)
    scope = f"account {account_id} {caller.subject} {wanted}"
    before = cursors.read(cursor, tuple[int], scope=scope)[0] if cursor else None
    found = await actions.account_entries(db, account_id, wanted, before, limit + 1)
    lines = [
        AccountLine(
            each.entry_id, each.transaction_id, each.seq, each.kind, each.amount, each.balance_after, each.held_after,
            each.reason, each.ref, each.at, each.chain, each.block,
        )
        for each in found[:limit]
    ]  # fmt: skip
    return Listing(lines, cursors.make((lines[-1].seq,), scope=scope) if found[limit:] else None)


@get("/admin/ledger/blocks", policy=READ, limit="console")
async def read_blocks(
    db: Db, caller: Caller, cursors: Cursors, chain: ChainNumber | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[BlockShape]:  # fmt: skip
    """The blocks of one chain or of all, latest first: each commit's transactions, tied to the block before."""
    scope = f"blocks {chain} {caller.subject}"
    after = cursors.read(cursor, tuple[dict[int, int]], scope=scope)[0] if cursor else None
    found, place = await actions.blocks(db, chain, after, limit)
    shapes = [
        BlockShape(
            each.chain, each.block, each.count, each.first, each.last, each.digest.hex(), each.mac.hex(), each.at
        )
        for each in found
    ]
    return Listing(shapes, cursors.make((place,), scope=scope) if place else None)


@get("/admin/ledger/explain/{entry_id}", policy=READ, limit="console")
async def explain_entry(db: Db, entry_id: EntryId) -> Explanation:
    """Why a balance is what it is: who asked, what decided it, the posting, the balance after it, what was undone."""
    return await actions.explain(db, entry_id)
