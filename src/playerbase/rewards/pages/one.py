"""One gift: what it held, and what became of it; taking it back, and posting again what the ledger refused."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit, profiles
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff
from playerbase.rewards import actions
from playerbase.rewards.pages.listing import HERE

READ, WRITE = staff("inventory.read"), staff("inventory.write")
TOLD = {
    "taken": "Taken back, as far as it was there.",
    "paid": "Paid.",
    "refused": "The ledger refused it again; nothing has changed.",
}


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(f"{HERE}/{{gift_id}}", policy=READ, limit="console", page=True)
async def read_gift(db: Db, request: Request, rendering: Rendering, gift_id: UUID, told: str = "") -> Answer:
    """One gift."""
    gift = await actions.gift(db, gift_id)
    names = await profiles.names(db, [gift.player_id])
    return rendering.page(
        request, "rewards/one.html", gift=gift, parts=await actions.shown(db, gift.parts),
        name=names.get(gift.player_id, ""), told=TOLD.get(told, ""),
    )  # fmt: skip


@get(f"{HERE}/{{gift_id}}/take", policy=WRITE, limit="console", page=True)
async def ask_take(db: Db, request: Request, rendering: Rendering, gift_id: UUID) -> Answer:
    """The question before a gift is taken back."""
    return await _ask(db, request, rendering, gift_id, "take")


@post(f"{HERE}/{{gift_id}}/take", policy=WRITE, limit="console", page=True)
async def take(tx: Tx, request: Request, gift_id: UUID, form: Asked) -> Answer:
    """Take a gift back, once."""
    gift = await actions.gift(tx, gift_id)
    if gift.taken_at is None:
        deed = audit.deed(
            request, "reward_taken_back", "gift", gift_id, player_id=gift.player_id, reason=form.reason,
            after={"key": gift.key},
        )  # fmt: skip
        await audit.record(tx, deed)
        await actions.take_back(tx, [gift.key], reason=form.reason)
    return redirect(f"{HERE}/{gift_id}?told=taken")


@get(f"{HERE}/{{gift_id}}/pay", policy=WRITE, limit="console", page=True)
async def ask_pay(db: Db, request: Request, rendering: Rendering, gift_id: UUID) -> Answer:
    """The question before the ledger is asked again."""
    return await _ask(db, request, rendering, gift_id, "pay")


@post(f"{HERE}/{{gift_id}}/pay", policy=WRITE, limit="console", page=True)
async def pay(tx: Tx, request: Request, gift_id: UUID, form: Asked) -> Answer:
    """Post again what the ledger refused."""
    gift = await actions.gift(tx, gift_id)
    deed = audit.deed(
        request, "reward_posted_again", "gift", gift_id, player_id=gift.player_id, reason=form.reason,
        after={"key": gift.key, "was": gift.withheld},
    )  # fmt: skip
    await audit.record(tx, deed)
    now = await actions.retry(tx, gift_id)
    return redirect(f"{HERE}/{gift_id}?told={'refused' if now.withheld else 'paid'}")


async def _ask(db: Db, request: Request, rendering: Rendering, gift_id: UUID, word: str) -> Answer:
    gift = await actions.gift(db, gift_id)
    return rendering.page(request, "rewards/ask.html", gift=gift, parts=await actions.shown(db, gift.parts), word=word)
