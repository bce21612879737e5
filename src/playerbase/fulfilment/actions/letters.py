"""Letters with voucher codes: the codes are reserved before the letter is written, and stay with it for good."""

from pathlib import Path
from typing import Final

from playerbase import access, accounts
from playerbase.fulfilment.actions import settling
from playerbase.fulfilment.actions.asking import Answer, Plan, Work
from playerbase.fulfilment.actions.sealing import open_addressed, open_code
from playerbase.fulfilment.actions.wiring import keys
from playerbase.fulfilment.model import Delivery, Outcome, State
from playerbase.fulfilment.store import deliveries as store
from playerbase.fulfilment.store import vouchers
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.outside import Delayed, Mail, Undeliverable

FOLDER: Final = Path(__file__).parents[1] / "letters"
NO_POOL: Final = "There is no voucher pool called {pool}."
EXHAUSTED: Final = "The pool {pool} holds too few codes."
NO_MAILBOX: Final = "The player has no confirmed address."
IN_DOUBT: Final = "Every attempt is spent, and the last letter may have arrived."


async def plan(tx: Tx, delivery: Delivery, *, is_in_doubt: bool, may_try: bool) -> Plan | None:
    """The letter, its codes reserved; None if it waits for an address or for codes, or no attempt is left."""
    if not may_try:
        await settling.end(tx, delivery, State.FAILED, fault=IN_DOUBT if is_in_doubt else delivery.fault)
        return None
    to = await mailbox(tx, delivery)
    if not to:
        await store.wait_for(tx, delivery.delivery_id, "address", NO_MAILBOX, clock.now())
        return None
    codes = await reserved(tx, delivery) or await _reserve(tx, delivery)
    if not codes:
        return None
    return Plan(
        what="deliver", asked=f"A letter with {_codes(len(codes))}.", mail=await compose(tx, delivery, to, codes)
    )


async def ask(work: Work) -> Answer:
    """Hand the letter over. Sent twice it is the same letter: the same id, the same codes."""
    assert work.plan.mail is not None
    delivery = work.delivery
    try:
        await accounts.postbox().send(work.plan.mail, letter_id=delivery.delivery_id, at=delivery.created_at)
    except Undeliverable as refusal:
        return Answer(outcome=Outcome.REFUSED, said=f"The relay refuses the letter ({refusal.code or 'malformed'}).")
    except Delayed as late:
        if late.perhaps_sent:
            return Answer(outcome=Outcome.UNKNOWN, said="The relay broke off while it was being handed over.")
        if late.code is not None:
            return Answer(outcome=Outcome.FAILED, said=f"The relay puts it off ({late.code}).")
        return Answer(outcome=Outcome.PUT_OFF, said="The relay is away.")
    return Answer(outcome=Outcome.SUCCEEDED, said="The relay took the letter.")


async def mailbox(db: Db, delivery: Delivery) -> str:
    """Where it goes: where the order said, else the player's own address once that was confirmed; empty if nowhere."""
    addressed = open_addressed(delivery.delivery_id, await store.sealed_of(db, delivery.delivery_id))
    if addressed.email:
        return addressed.email
    own = await access.mailbox(db, keys(), delivery.player_id)
    # A code is money: it does not go to a mailbox nobody has shown to be theirs.
    return own.email if own is not None and own.is_verified else ""


async def reserved(db: Db, delivery: Delivery) -> list[str]:
    """The codes of this delivery, in clear."""
    return [open_code(each.code_id, each.sealed) for each in await vouchers.held(db, delivery.delivery_id)]


async def compose(db: Db, delivery: Delivery, to: str, codes: list[str]) -> Mail:
    """The letter."""
    pool = await vouchers.pool_coded(db, delivery.source)
    assert pool is not None
    values = {
        "item": delivery.item_name, "codes": "\n".join(codes), "instructions": pool.instructions,
        "order": str(delivery.order_id),
    }  # fmt: skip
    return accounts.write("voucher" if len(codes) == 1 else "vouchers", to, values, folder=FOLDER)


async def _reserve(tx: Tx, delivery: Delivery) -> list[str]:
    """As many free codes as were bought, its own from now on; none if there are too few, and then it waits."""
    free = await vouchers.lock_free(tx, delivery.source, delivery.quantity)
    if len(free) < delivery.quantity:
        is_there = await vouchers.pool_coded(tx, delivery.source) is not None
        said = (EXHAUSTED if is_there else NO_POOL).format(pool=delivery.source)
        await store.wait_for(tx, delivery.delivery_id, "codes", said, clock.now())
        return []
    await vouchers.give(tx, free, delivery.delivery_id, clock.now())
    return await reserved(tx, delivery)


def _codes(count: int) -> str:
    return "a voucher code" if count == 1 else f"{count} voucher codes"
