"""The pages of transactions: the latest, one with its legs and why it is so, and undoing it."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import access
from playerbase.kit import ids
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect
from playerbase.ledger import actions
from playerbase.ledger.actions import Postings
from playerbase.ledger.model import HOUSE
from playerbase.ledger.pages.showing import (
    HERE,
    READ,
    ROWS,
    WRITE,
    Reason,
    Token,
    Word,
    linked,
    page,
    prove_first,
    staff_of,
)

LegNumber = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
LIST = f"{HERE}/transactions"
TOLD = {
    "reversed": "Undone. This is what undid it.", "again": "That was done already. This is what undid it.",
    "granted": "Given. This is how it was posted.", "revoked": "Taken away. This is how it was posted.",
}  # fmt: skip


class ReversalAsked(msgspec.Struct, frozen=True):
    """Why it is undone, what becomes of what was spent, and the token of the form, so that it is done once."""

    reason: Reason
    token: Token
    on_shortfall: Literal["refuse", "debt"] = "refuse"


@get(LIST, policy=READ, limit="console", page=True)
async def list_transactions(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """What was posted, latest first."""
    scope = f"transactions {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST_ID
    found = await actions.latest_transactions(db, before, ROWS + 1)
    listed, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(LIST, {}, cursor=cursors.make((listed[-1].transaction_id,), scope=scope))
    legs: dict[UUID, list[object]] = {}
    people: list[UUID] = []
    for leg in await actions.legs_of(db, [each.transaction_id for each in listed]):
        legs.setdefault(leg.transaction_id, []).append(leg)
        people.append(leg.owner_id)
    return await page(
        db, request, rendering, "transactions.html", people=people, transactions=listed, legs=legs,
        following=following, first=LIST if cursor else "",
    )  # fmt: skip


@get(f"{LIST}/{{transaction_id}}", policy=READ, limit="console", page=True)
async def read_transaction(
    db: Db, request: Request, rendering: Rendering, transaction_id: UUID, entry: LegNumber | None = None, told: str = ""
) -> Answer:
    """One transaction: its legs, who asked, what decided it, its block, and what it hangs together with."""
    seen = await actions.shown(db, transaction_id)
    block, transactions = await actions.block(db, seen.it.chain, seen.it.block)
    chosen = next((each for each in seen.legs if each.leg == entry), None) or next(
        (each for each in seen.legs if each.owner_id != HOUSE), seen.legs[0] if seen.legs else None
    )
    why = await actions.explain(db, f"{transaction_id}.{chosen.leg}") if chosen else None
    related = await actions.related(db, seen.it)
    return await page(
        db, request, rendering, "transaction.html",
        people=[staff_of(seen.it.actor), *(each.owner_id for each in seen.legs)],
        it=seen.it, legs=seen.legs, related=related, block=block, why=why, chosen=chosen,
        is_proved=await actions.is_proved(db, block, transactions), told=TOLD.get(told, ""),
        is_undone=bool(seen.legs) and _is_undone(why),
    )  # fmt: skip


@get(f"{LIST}/{{transaction_id}}/reverse", policy=WRITE, limit="console", page=True)
async def ask_reverse(
    db: Db, request: Request, rendering: Rendering, transaction_id: UUID, reason: Word = "",
    on_shortfall: Literal["refuse", "debt"] = "refuse",
) -> Answer:  # fmt: skip
    """The question before a transaction is undone."""
    return await _form(db, request, rendering, transaction_id, reason, on_shortfall)


@post(f"{LIST}/{{transaction_id}}/reverse", policy=WRITE, limit="console", page=True)
async def reverse(
    pool: Pool, request: Request, rendering: Rendering, postings: Postings, transaction_id: UUID, form: ReversalAsked
) -> Answer:
    """Undo it, once however often the button is pressed."""
    said = (transaction_id, form)
    named = actions.staff_named(request, f"{request.caller.subject} console", form.token, said)
    try:
        posted = await actions.reverse(
            pool, postings.known, request, transaction_id, form.reason, form.on_shortfall, named
        )
    except access.ReauthRequired:
        return prove_first(request.path, {"reason": form.reason, "on_shortfall": form.on_shortfall})
    except Refusal as refusal:
        if not actions.is_recorded(refusal):
            raise
        async with reading(pool) as db:
            return await _form(db, request, rendering, transaction_id, form.reason, form.on_shortfall, refusal=refusal)
    return redirect(f"{LIST}/{posted.transaction_id}?told={'again' if posted.replayed else 'reversed'}")


async def _form(
    db: Db, request: Request, rendering: Rendering, transaction_id: UUID, reason: str, on_shortfall: str, *,
    refusal: Refusal | None = None,
) -> Answer:  # fmt: skip
    seen = await actions.shown(db, transaction_id)
    return await page(
        db, request, rendering, "reverse.html", people=[each.owner_id for each in seen.legs], it=seen.it,
        legs=seen.legs, reason=reason, on_shortfall=on_shortfall, token=ids.uuid7(), fault=str(refusal or ""),
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _is_undone(why: actions.Explanation | None) -> bool:
    """Whether nothing is left of it to undo."""
    return why is not None and bool(why.reversed_by) and why.amount + sum(each.amount for each in why.reversed_by) == 0
