"""The pages of blocks and holds: what proves the ledger, and what is set aside in it."""

from typing import Annotated, Literal, get_args
from uuid import UUID

import msgspec

from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get
from playerbase.ledger import actions
from playerbase.ledger.pages.showing import HERE, READ, ROWS, linked, page, staff_of

BLOCKS, HOLDS = f"{HERE}/blocks", f"{HERE}/holds"
CHAINS = 8
SHOWN_MAX = 200

Chain = Annotated[int, msgspec.Meta(ge=0, le=7)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
State = Literal["open", "captured", "voided", "expired"]


@get(BLOCKS, policy=READ, limit="console", page=True)
async def list_blocks(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, chain: Chain | None = None,
    cursor: str = "",
) -> Answer:  # fmt: skip
    """Blocks of one chain or of all, latest first."""
    scope, shown = f"blocks page {chain} {caller.subject}", {"chain": chain}
    after = cursors.read(cursor, tuple[dict[int, int]], scope=scope)[0] if cursor else None
    found, place = await actions.blocks(db, chain, after, ROWS)
    following = linked(BLOCKS, shown, cursor=cursors.make((place,), scope=scope)) if place else ""
    return await page(
        db, request, rendering, "blocks.html", blocks=found, chain=chain, chains=range(CHAINS), following=following,
        first=linked(BLOCKS, shown) if cursor else "", linked=lambda **change: linked(BLOCKS, shown, **change),
    )  # fmt: skip


@get(f"{BLOCKS}/{{chain}}/{{number}}", policy=READ, limit="console", page=True)
async def read_block(db: Db, request: Request, rendering: Rendering, chain: Chain, number: Number) -> Answer:
    """One block: its transactions, and whether digest and tie still hold."""
    block, transactions = await actions.block(db, chain, number)
    is_proved = await actions.is_proved(db, block, transactions)
    listed = transactions[:SHOWN_MAX]
    return await page(
        db, request, rendering, "block.html", people=[staff_of(each.actor) for each in listed], block=block,
        transactions=listed, total=len(transactions), is_proved=is_proved,
    )  # fmt: skip


@get(HOLDS, policy=READ, limit="console", page=True)
async def list_holds(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    state: State | Literal["all"] = "open", cursor: str = "",
) -> Answer:  # fmt: skip
    """What is set aside, latest first; or what was."""
    scope, shown = f"holds page {state} {caller.subject}", {"state": state}
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST_ID
    found = await actions.holds_seen(db, None if state == "all" else state, None, before, ROWS + 1)
    listed, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(HOLDS, shown, cursor=cursors.make((listed[-1].hold_id,), scope=scope))
    return await page(
        db, request, rendering, "holds.html", people=[each.player_id for each in listed], holds=listed, state=state,
        states=get_args(State), following=following, first=linked(HOLDS, shown) if cursor else "",
    )  # fmt: skip


@get(f"{HOLDS}/{{hold_id}}", policy=READ, limit="console", page=True)
async def read_hold(db: Db, request: Request, rendering: Rendering, hold_id: UUID) -> Answer:
    """One hold: how much, until when, and every transaction that changed it."""
    hold = await actions.hold(db, hold_id)
    changes = await actions.of_hold(db, hold_id, ROWS)
    return await page(
        db, request, rendering, "hold.html", people=[hold.player_id], hold=hold, changes=changes,
    )  # fmt: skip
