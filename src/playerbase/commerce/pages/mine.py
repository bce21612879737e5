"""A player's own purchases for money: what was bought and what became of it, and what can be bought where."""

from typing import Final
from uuid import UUID

import msgspec

from playerbase import accounts, catalog, ledger
from playerbase.commerce import actions
from playerbase.commerce.actions import giving
from playerbase.commerce.model import NoSuchPurchase, Order, Platform, Refund, State, Taken
from playerbase.commerce.pages.showing import linked
from playerbase.commerce.rules import money, wording
from playerbase.kit import ids
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get
from playerbase.ledger import Postings, Wallets

HERE: Final = "/portal/purchases"
ROWS: Final = 20
# What became of a purchase, to whoever made it: the word, its tone, and what it means.
SAID: Final = {
    State.STARTED: ("Not paid yet", "idle", "Approve it at Steam, and it is yours."),
    State.APPROVED: ("Being paid", "info", "You approved it. It is yours within moments."),
    State.UNKNOWN: ("Being looked into", "warn", "We do not know yet whether it was paid, and are asking."),
    State.GRANTED: ("Yours", "good", ""),
    State.REFUNDED: ("Refunded", "idle", "You have your money back, so what you had bought was taken back."),
    State.CHARGED_BACK: (
        "Charged back", "bad", "Your bank has the money back, so what you had bought was taken back."
    ),
    State.FAILED: ("Not paid", "idle", "You were not charged."),
    State.ABANDONED: ("Not finished", "idle", "You were not charged."),
}  # fmt: skip
TOLD: Final = {
    "granted": "It is yours. Thank you.", "unknown": "We are still asking Steam. Look again in a minute.",
    "approved": "We are still asking Steam. Look again in a minute.",
    "started": "Steam does not say yet that you approved it.",
}  # fmt: skip
# What may be said again to whoever is led back here: nothing else of an address is shown.
FAULTS: Final = {
    "not_approved": "You have not approved it at Steam yet.", "declined": "It was declined. You were not charged.",
    "payment_refused": "Steam declined it. You were not charged.",
    "purchase_ended": "It was not approved in time, and has ended. Begin again if you like.",
    "provider_away": "Steam cannot be reached just now. You were not charged; try again in a while.",
    "payment_unknown_outcome": "Steam did not answer. You were not charged; try again.",
    "platform_not_linked": "Link your Steam account first: a purchase must be yours.",
    "too_many_open": "You have several purchases open. Finish one of them first, or wait an hour.",
    "too_many_meant": "You may not have that many of this item.",
    "sold_out": "It is sold out.", "item_not_for_sale": "It is not for sale at the moment.",
    "sku_unknown": "It is no longer for sale there.", "not_sold_here": "It is not sold there.",
    "platform_unknown": "Nothing is sold by way of Steam here.",
    "no_such_purchase": "There is no such purchase of yours.",
    "key_reused": "This form was used before. Choose again.",
}  # fmt: skip
OTHER: Final = "It could not be done. You were not charged; try again in a while."


class Offered(msgspec.Struct, frozen=True):
    """Something that can be bought on a platform: what it is called, for how much, and the form's own name for it."""

    sku: str
    name: str
    price: str
    once: str


class Shelf(msgspec.Struct, frozen=True):
    """What a platform sells, and whether its account is linked."""

    platform: Platform
    name: str
    is_linked: bool
    offers: list[Offered]


@get(HERE, policy=PLAYER, limit="console", page=True)
async def my_purchases(
    pool: Pool, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, wallets: Wallets,
    postings: Postings, cursor: str = "", fault: str = "",
) -> Answer:  # fmt: skip
    """What you bought for money and what became of it, and what can be bought on which platform."""
    assert caller.player_id is not None
    # Before a connection is taken: it needs one of its own.
    holdings = (await ledger.wallet_of(wallets, postings.known, caller.player_id)).items
    async with reading(pool) as db:
        return await _listed(db, request, caller, cursors, rendering, holdings, cursor, fault)


async def _listed(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, holdings: list[ledger.Holding],
    cursor: str, fault: str,
) -> Answer:  # fmt: skip
    assert caller.player_id is not None
    scope = f"portal purchases {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (actions.LAST,)
    found = await actions.of_player(db, caller.player_id, before, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(HERE, {}, cursor=cursors.make((shown[-1].order_id,), scope=scope))
    refunds = {each.order_id: await refunds_of(db, each) for each in shown if each.refunded}
    return rendering.page(
        request, "commerce/mine.html", purchases=shown, refunds=refunds, following=following,
        first=HERE if cursor else "", said=SAID, words=wording, assets=await ledger.assets(db),
        shelves=[] if cursor else await shelves(db, request, caller.player_id),
        debts=[each for each in holdings if each.debt],
        fault=FAULTS.get(fault, OTHER) if fault else "", is_live=not caller.actor_id,
        contents=giving.contents,
    )  # fmt: skip


@get(f"{HERE}/{{order_id}}", policy=PLAYER, limit="console", page=True)
async def my_purchase(
    db: Db, request: Request, caller: Caller, rendering: Rendering, order_id: UUID,
    go: bool = False,  # noqa: FBT001, FBT002 - a parameter of the query
    told: str = "", fault: str = "",
) -> Answer:  # fmt: skip
    """One of your purchases; ``go`` leads on to Steam, where it is approved."""
    assert caller.player_id is not None
    order = await actions.order(db, order_id)
    if order.player_id != caller.player_id:
        raise NoSuchPurchase
    address = approval(order)
    answer = rendering.page(
        request, "commerce/my_purchase.html", order=order, contents=giving.contents(order), address=address,
        refunds=await refunds_of(db, order), said=SAID, words=wording, assets=await ledger.assets(db),
        is_going=go and order.state is State.STARTED, told=TOLD.get(told, ""),
        fault=FAULTS.get(fault, OTHER) if fault else "", is_live=not caller.actor_id,
    )  # fmt: skip
    if go and not caller.actor_id and order.state is State.STARTED:
        # Not by a redirect: what answers a form leads no browser to another host (form-action of the policy). While
        # Steam is still being asked for the address by another sending of the same form, it is looked for again.
        goal = f"0;url={address}" if address else "2"
        answer.headers.append((b"refresh", goal.encode("ascii")))
    return answer


async def refunds_of(db: Db, order: Order) -> list[tuple[Refund, Taken]]:
    """What was given back of an order, and what it took."""
    if not order.refunded:
        return []
    _, _, found, _ = await actions.whole(db, order.order_id)
    return [(each, actions.taken(each)) for each in found if each.taken_quantity]


async def shelves(db: Db, request: Request, player_id: UUID) -> list[Shelf]:
    """What each platform sells at the moment, those whose accounts are linked first; each form once."""
    ways = {each.provider for each in await accounts.linked(db, request.site.keys, player_id)}
    found = []
    for platform in Platform:
        if platform is Platform.STEAM and not actions.sells_on(platform):
            continue
        offers = [
            Offered(
                each.sku, each.name, wording.sum_of(money.hundredths(each.amount, each.currency), each.currency),
                str(ids.uuid7()),
            )
            for each in await catalog.sku_offers(db) if each.platform.value == platform.value
        ]  # fmt: skip
        if offers:
            found.append(Shelf(platform, wording.PLATFORMS[platform], platform.value in ways, offers))
    return sorted(found, key=lambda each: not each.is_linked)


def approval(order: Order) -> str:
    """Where a purchase is approved, while it can be; an address of the web and nothing else."""
    address = order.approve_url
    is_web = address.isascii() and address.isprintable() and address.startswith(("https://", "http://"))
    return address if is_web and order.state is State.STARTED else ""
