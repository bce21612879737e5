"""Giving an order back in the console: what is wanted, what that would take and pay, and doing it once."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import access, ledger
from playerbase.kit import ids
from playerbase.kit.db import Kept, Key, Pool, once, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect
from playerbase.ledger import Postings, Wallets
from playerbase.orders import actions, store
from playerbase.orders.actions import Rehearsal, Returned, Returning
from playerbase.orders.actions.refunding import LineWanted
from playerbase.orders.model import Line, NotPaid, State
from playerbase.orders.pages.one import found
from playerbase.orders.pages.showing import HERE, WRITE, Reason, Token, linked, page, why_not

LineNumber = Annotated[int, msgspec.Meta(ge=1, le=50)]
OnShortfall = Literal["refuse", "debt", "forgive"]
DIGITS_MAX = 7


class RefundAsked(msgspec.Struct, frozen=True):
    """What the form sends: how many of each line, what becomes of what is gone, why, and the form's own name."""

    lines: Annotated[list[LineNumber], msgspec.Meta(max_length=50)] = []
    quantities: Annotated[list[Annotated[str, msgspec.Meta(max_length=20)]], msgspec.Meta(max_length=50)] = []
    on_shortfall: OnShortfall = "refuse"
    reason: Reason = ""
    once: Token = ""
    look: Literal["", "yes"] = ""

    @property
    def wanted(self) -> dict[int, str]:
        """How many of which line, as it was typed; nothing if a field was left empty, since a browser leaves it out."""
        return dict(zip(self.lines, self.quantities, strict=True)) if len(self.lines) == len(self.quantities) else {}


@get(f"{HERE}/{{order_id}}/refund", policy=WRITE, limit="console", page=True)
async def ask_refund(
    pool: Pool, request: Request, rendering: Rendering, order_id: UUID, line: LineNumber | None = None
) -> Answer:
    """The form: all that is left, or all that is left of a line."""
    async with reading(pool) as db:
        lines = await store.lines_of(db, [order_id])
    left = {each.number: each.quantity - each.refunded for each in lines}
    chosen = {number: str(count if line in {None, number} else 0) for number, count in left.items()}
    return await _form(pool, request, rendering, order_id, RefundAsked(list(chosen), list(chosen.values())))


@post(f"{HERE}/{{order_id}}/refund", policy=WRITE, limit="console", page=True)
async def refund(
    pool: Pool, request: Request, rendering: Rendering, wallets: Wallets, postings: Postings, order_id: UUID,
    form: RefundAsked,
) -> Answer:  # fmt: skip
    """Look what it would do, or do it, once for each form."""
    wish, fault = _read(form)
    if wish is None or (fault and not form.look):
        return await _form(pool, request, rendering, order_id, form, fault)
    if form.look:
        async with reading(pool) as db:
            order = await found(db, order_id)
        holdings = (await ledger.wallet_of(wallets, postings.known, order.player_id)).items
        free = {each.asset: each.available for each in holdings}
        seen = await actions.rehearse(pool, request, order_id, wish, free)
        return await _form(pool, request, rendering, order_id, form, "", seen)
    try:
        async with transaction(pool) as tx:

            async def do() -> Kept:
                return Kept(200, msgspec.json.encode(await actions.refund(tx, request, order_id, wish)))

            key = Key(f"{request.caller.subject} {request.path}", form.once or str(ids.uuid7()), b"form")
            kept = await once(tx, key, do)
    except access.ReauthRequired:
        return redirect(linked("/console/prove", {"next": f"{HERE}/{order_id}/refund"}))
    except Refusal as refusal:
        return await _form(pool, request, rendering, order_id, form, said(refusal))
    if kept.is_refusal:
        words = said(kept.refusal) if kept.refusal is not None else "This form was refused before."
        return await _form(pool, request, rendering, order_id, form, words)
    done = msgspec.json.decode(kept.body, type=Returned)
    return redirect(f"{HERE}/{order_id}?told={'asked' if done.waiting else 'refunded'}")


def said(refusal: Refusal) -> str:
    """A refusal with what it knows of what is missing."""
    words, known = str(refusal), refusal.members
    if "item" in known and "left" in known:
        return f"{words} Of {known['item']}, {known['left']} of {known.get('wanted', 'those')} are left."
    if "asset" in known and "available" in known:
        return f"{words} Of {str(known['asset']).removeprefix('item:')}, {known['available']} are left."
    return words


def _read(form: RefundAsked) -> tuple[Returning | None, str]:
    """The wish that was typed, and what is wrong with it; a preview needs no reason."""
    if len(form.lines) != len(form.quantities):
        return None, "Say of each line how many go back; 0 for none."
    pieces = []
    for number, text in form.wanted.items():
        plain = text.strip() or "0"
        if not plain.isascii() or not plain.isdecimal() or len(plain) > DIGITS_MAX:
            return None, "How many is a whole number."
        if int(plain):
            pieces.append(LineWanted(number, int(plain)))
    if not pieces:
        return None, "Say of at least one line how many go back."
    fault = why_not(form.reason)
    return Returning("Looked at" if fault else form.reason, pieces, form.on_shortfall), fault and f"{fault}."


async def _form(
    pool: Pool, request: Request, rendering: Rendering, order_id: UUID, form: RefundAsked, fault: str = "",
    seen: Rehearsal | None = None,
) -> Answer:  # fmt: skip
    async with reading(pool) as db:
        order = await found(db, order_id)
        if order.state is not State.PLACED:
            raise NotPaid(state=order.state.value)
        lines: list[Line] = await store.lines_of(db, [order_id])
        things = [each for each in await store.things_of(db, [order_id]) if each.state != "cancelled"]
        return await page(
            db, request, rendering, "refund.html", people=[order.player_id], order=order, lines=lines, form=form,
            whole={each.number for each in things}, fault=fault, seen=seen, token=ids.uuid7(),
            status=422 if fault else 200, refusal=said(seen.refusal) if seen and seen.refusal else "",
        )  # fmt: skip
