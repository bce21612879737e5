"""Giving what was bought and taking it back, in the caller's transaction: all but the posting, which comes last."""

from collections.abc import Sequence
from uuid import UUID, uuid5

import msgspec

from playerbase import catalog, fulfilment, inventory, ledger
from playerbase.commerce.model import Contents, Order, Sum, Taken, TakenItem, TakenSum, Thing
from playerbase.commerce.rules.wording import PLATFORMS
from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal

IN_GAME = "in_game"
SCOPE = "commerce"
LEGS_MAX = 60  # Of one posting; the ledger takes a few more.
SOURCES = {"email": "pool", "shopify": "variant", "functional": "effect"}


class LedgerRefuses(Exception):
    """The ledger does not post what was bought or taken back: a closed account, a sum too large."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"The ledger refuses: {refusal.code}")
        self.refusal = refusal


def contents_of(item: catalog.Item, items: dict[str, catalog.Item]) -> Contents:
    """What one of an item holds, as it is now."""
    opened = catalog.expand(item, 1, items)
    things = [
        Thing(
            each.item_id, each.code, each.name, count, each.delivery.value, each.asset,
            str(each.metadata.get(SOURCES.get(each.delivery.value, ""), "")),
        )
        for each, count in opened.items
    ]  # fmt: skip
    return Contents(things, [Sum(asset, amount) for asset, amount in opened.assets])


def contents(order: Order) -> Contents:
    """What one of what was sold holds, as it was sold."""
    return msgspec.json.decode(order.contents, type=Contents)


async def give(tx: Tx, order: Order, quantity: int) -> list[ledger.Posting]:
    """Give so many of what was sold, and return what is to be posted of it; each time has a number of its own."""
    held, again = contents(order), order.given
    in_game = [each for each in held.things if each.delivery == IN_GAME]
    await inventory.grant(
        tx,
        [
            inventory.Grant(
                player_id=order.player_id, item_id=each.item_id, source=inventory.Source.PLATFORM,
                source_ref=str(order.order_id), quantity=each.quantity * quantity, part=again,
            )
            for each in in_game
        ],
    )  # fmt: skip
    delivered = [each for each in held.things if each.delivery != IN_GAME]
    if delivered:
        await fulfilment.begin(tx, [_delivery(order, each, quantity, again) for each in delivered])
    sums = [(each.asset, each.quantity * quantity) for each in in_game if each.asset is not None]
    sums += [(each.asset, each.amount * quantity) for each in held.sums]
    await catalog.note_sales(tx, {order.item_id: quantity})
    pairs = [
        (
            ledger.Leg(order.player_id, asset, amount),
            ledger.Leg(ledger.HOUSE, asset, -amount, ledger.Purpose.ISSUANCE),
        )
        for asset, amount in sums
    ]
    key = f"{order.platform}:{order.ref}" + (f":again:{again}" if again else "")
    return _postings(order, "purchase", key, pairs, f"Bought on {PLATFORMS[order.platform]}")


async def take(
    tx: Tx, order: Order, quantity: int, refund_id: UUID, reason: str, *, is_all: bool
) -> tuple[list[TakenItem], list[ledger.Posting]]:
    """Take so many of what was given back as far as they are there; what is counted is for the postings to take."""
    held = contents(order)
    items, sums = [], []
    for each in held.things:
        count = each.quantity * quantity
        if each.delivery != IN_GAME:
            continue
        if each.asset is not None:
            sums.append((each.asset, count))
            continue
        # Several were given under one order only where Apple took a refund back, and Apple refunds no parts.
        wanted = inventory.Revocation(
            player_id=order.player_id, reason=reason, source=inventory.Source.PLATFORM,
            source_ref=str(order.order_id), item_id=each.item_id, quantity=count,
        )  # fmt: skip
        revoked = await inventory.revoke(tx, [wanted])
        taken = sum(one.quantity for one in revoked)
        items.append(TakenItem(each.code, taken, count - taken))
    items += await _stopped(tx, order, held, reason, is_all=is_all)
    sums += [(each.asset, each.amount * quantity) for each in held.sums]
    await catalog.note_sales(tx, {order.item_id: -quantity})
    pairs = [
        (
            ledger.Leg(order.player_id, asset, -amount, up_to="debt"),
            ledger.Leg(ledger.HOUSE, asset, amount, ledger.Purpose.CLAWBACK),
        )
        for asset, amount in sums
    ]
    key = f"{order.platform}:{order.ref}:refund:{refund_id}:{order.given}"
    return items, _postings(order, "clawback", key, pairs, reason)


async def post(tx: Tx, order: Order, postings: Sequence[ledger.Posting]) -> list[TakenSum]:
    """Post it, last in the transaction, and return what was taken of each asset; raises LedgerRefuses."""
    outcomes = await ledger.post(tx, postings) if postings else []
    moved: dict[str, dict[str, int]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Refusal):
            raise LedgerRefuses(outcome)
        for each in outcome.standings:
            if each.owner == order.player_id:
                moved.setdefault(each.asset, {})[each.purpose] = each.change
    return [
        TakenSum(asset, -change.get(ledger.Purpose.MAIN, 0), -change.get(ledger.Purpose.DEBT, 0))
        for asset, change in sorted(moved.items())
    ]


def written(items: list[TakenItem], sums: list[TakenSum]) -> str:
    """What a refund took, as it is kept."""
    return msgspec.json.encode(Taken(items, sums)).decode()


async def _stopped(tx: Tx, order: Order, held: Contents, reason: str, *, is_all: bool) -> list[TakenItem]:
    """Deliveries of an order that is taken back whole, stopped where they still can be."""
    outside = {each.item_id: each for each in held.things if each.delivery != IN_GAME}
    found: list[TakenItem] = []
    for each in await fulfilment.of_order(tx, order.order_id) if outside and is_all else ():
        outcome = await fulfilment.cancel(tx, each.line_id, reason)
        is_late = outcome is fulfilment.Stopped.TOO_LATE
        found.append(TakenItem(each.item_code, 0 if is_late else each.quantity, each.quantity if is_late else 0))
    return found


def _delivery(order: Order, thing: Thing, quantity: int, again: int) -> fulfilment.NewDelivery:
    kind = fulfilment.Kind(thing.delivery)
    data = {
        fulfilment.Kind.EMAIL: fulfilment.Particulars(pool=thing.source),
        fulfilment.Kind.SHOPIFY: fulfilment.Particulars(variant=thing.source),
        fulfilment.Kind.FUNCTIONAL: fulfilment.Particulars(effect=thing.source),
    }[kind]
    return fulfilment.NewDelivery(
        order_id=order.order_id, line_id=uuid5(order.order_id, f"{thing.item_id} {again}"), player_id=order.player_id,
        item_id=thing.item_id, item_code=thing.code, item_name=thing.name, kind=kind,
        quantity=thing.quantity * quantity, data=data,
    )  # fmt: skip


def _postings(
    order: Order, kind: str, key: str, pairs: list[tuple[ledger.Leg, ledger.Leg]], reason: str
) -> list[ledger.Posting]:
    """One posting, or several where an order holds more than one takes."""
    return [
        ledger.Posting(
            scope=SCOPE, key=key if not number else f"{key} {number}", kind=kind,
            legs=tuple(leg for pair in pairs[number : number + LEGS_MAX // 2] for leg in pair), reason=reason,
            ref=str(order.order_id), rule="platform", actor=f"platform:{order.platform}", group_id=order.order_id,
        )
        for number in range(0, len(pairs), LEGS_MAX // 2)
    ]  # fmt: skip
