"""Writing orders down that the ledger has let through, and granting what they bought."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import catalog, fulfilment, inventory, ledger
from playerbase.kit import ids
from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, emit
from playerbase.orders import store
from playerbase.orders.actions.postings import is_in_game
from playerbase.orders.actions.wishes import Plan
from playerbase.orders.events import Bought, CosmeticPurchased, OrderHeld, OrderPlaced
from playerbase.orders.model import Content, Drawn, Line, Order, State, Thing, ThingState, Worth

_encode = msgspec.json.Encoder().encode


class Placement(msgspec.Struct, frozen=True):
    """An order on its way in, and the plan it comes from."""

    plan: Plan
    order: Order

    @classmethod
    def of(
        cls, plan: Plan, order_id: UUID, posting: ledger.Posting, posted: ledger.Posted, now: datetime
    ) -> "Placement":
        """The order that this posting paid, or set the price aside of."""
        wish = plan.wish
        standing = next((each for each in posted.standings if each.asset == plan.currency), None)
        balance = standing.balance if standing is not None and not plan.waits else None
        order = Order(
            order_id, wish.player_id, wish.transaction_id, State.REVIEW if plan.waits else State.PLACED, plan.currency,
            plan.total, 0, balance, plan.flags, wish.buyer,
            None if plan.waits else posted.transaction_id, posting.hold.hold_id if posting.hold is not None else None,
            now, None if plan.waits else now, "", "",
        )  # fmt: skip
        return cls(plan, order)


async def write(tx: Tx, placed: Sequence[Placement]) -> dict[UUID, tuple[list[Line], list[Thing]]]:
    """Write these orders down, hand out what is paid, keep what waits; answers lines and things of each."""
    if not placed:
        return {}
    made = {one.order.order_id: ([*_lines(one)], [*_things(one)]) for one in placed}
    now = placed[0].order.placed_at
    await store.add_orders(tx, [_row(one) for one in placed], now)
    await store.add_lines(tx, [line for lines, _ in made.values() for line in lines], now)
    things = [thing for _, each in made.values() for thing in each]
    if things:
        await store.add_things(tx, [store.NewThing(*msgspec.structs.astuple(thing)) for thing in things])
    if any(one.plan.waits for one in placed):
        await store.add_signs(
            tx,
            [
                store.NewSign(one.order.order_id, *msgspec.structs.astuple(met))
                for one in placed
                for met in one.plan.signs
            ],
        )
    paid = [one for one in placed if not one.plan.waits]
    items = {item.item_id: item for one in placed for item in one.plan.wish.known.values()}
    await hand_out(tx, {one.order.order_id: made[one.order.order_id] for one in paid}, items)
    await emit(tx, *[fact for one in placed for fact in _facts(one, made[one.order.order_id][0])])
    return made


async def hand_out(tx: Tx, orders: dict[UUID, tuple[list[Line], list[Thing]]], items: dict[UUID, catalog.Item]) -> None:
    """Grant what of these orders is of the game, begin what is delivered in another way, and count it as sold."""
    lines = [line for each, _ in orders.values() for line in each]
    grants = [
        inventory.Grant(
            player_id=line.player_id, item_id=content.item_id, source=inventory.Source.ORDER, source_ref=part(line),
            quantity=content.quantity * line.quantity,
        )
        for line in lines for content in line.contents
        if is_in_game(content, items[content.item_id])
    ]  # fmt: skip
    await inventory.grant(tx, grants)
    sent = [thing for _, things in orders.values() for thing in things if thing.kind != "in_game"]
    if sent:
        await fulfilment.begin(tx, [_delivery(thing, items[thing.item_id]) for thing in sent])
    sold: dict[UUID, int] = {}
    for line in lines:
        sold[line.item_id] = sold.get(line.item_id, 0) + line.quantity
    await catalog.note_sales(tx, sold)


def part(line: Line) -> str:
    """What names a line for good, where what it granted is remembered."""
    return f"{line.order_id}/{line.number}"


def told(order: Order, lines: Sequence[Line], items: dict[UUID, catalog.Item]) -> list[Event]:
    """What is told of an order that is paid."""
    facts: list[Event] = [
        OrderPlaced(
            order_id=order.order_id, player_id=order.player_id, currency=order.currency, total=order.total,
            lines=[Bought(line.item_id, line.item_code, line.quantity, line.total) for line in lines],
        )
    ]  # fmt: skip
    for line in lines:
        item = items[line.item_id]
        if item.cosmetic is not None:
            facts.append(
                CosmeticPurchased(
                    order_id=order.order_id, player_id=order.player_id, item_id=item.item_id, item=item.code,
                    cosmetic=item.cosmetic.value, rarity=item.rarity.value, quantity=line.quantity,
                    currency=order.currency, price=line.total,
                )
            )  # fmt: skip
    return facts


def _facts(one: Placement, lines: Sequence[Line]) -> list[Event]:
    order = one.order
    if one.plan.waits:
        return [
            OrderHeld(
                order_id=order.order_id, player_id=order.player_id, currency=order.currency, total=order.total,
                flags=order.flags,
            )
        ]  # fmt: skip
    return told(order, lines, {basket.item.item_id: basket.item for basket in one.plan.wish.baskets})


def _row(one: Placement) -> store.NewOrder:
    order, wish = one.order, one.plan.wish
    return store.NewOrder(
        order.order_id, order.player_id, order.transaction_id, wish.fingerprint, order.state, order.currency,
        order.total, order.balance_after, " ".join(order.flags), order.buyer, wish.address, wish.request_id,
        order.posting_id, order.hold_id, order.settled_at,
    )  # fmt: skip


def _lines(one: Placement) -> list[Line]:
    order = one.order
    found: list[Line] = []
    pairs = zip(one.plan.wish.baskets, one.plan.contents, strict=True)
    for number, (basket, inside) in enumerate(pairs, start=1):
        item = basket.item
        price = item.price_in(order.currency)
        assert price is not None
        drawn = catalog.draws(item, 1, one.plan.wish.known)
        found.append(
            Line(
                order.order_id, number, order.player_id, item.item_id, item.version, item.code, item.name,
                basket.quantity, price, 0,
                _encode([Content(each.item_id, count, each.delivery.value) for each, count in inside.items]).decode(),
                _encode([Worth(asset, amount) for asset, amount in inside.assets]).decode(),
                _encode([Drawn(item_id, count) for item_id, count in drawn.items()]).decode(), order.placed_at,
            )
        )  # fmt: skip
    return found


def _things(one: Placement) -> list[Thing]:
    """What of an order is not in the inventory at once: what is delivered otherwise, and everything while it waits."""
    order = one.order
    found: list[Thing] = []
    pairs = zip(one.plan.wish.baskets, one.plan.contents, strict=True)
    for number, (basket, inside) in enumerate(pairs, start=1):
        for item, count in inside.items:
            if one.plan.waits or item.delivery is not catalog.Delivery.IN_GAME:
                found.append(
                    Thing(
                        ids.uuid7(), order.order_id, number, order.player_id, item.item_id, count * basket.quantity,
                        item.delivery.value, ThingState.RESERVED if one.plan.waits else ThingState.UNDER_WAY,
                        item.item_id == basket.item.item_id,
                    )
                )  # fmt: skip
    return found


def _delivery(thing: Thing, item: catalog.Item) -> fulfilment.NewDelivery:
    pool, effect, variant = (str(item.metadata.get(name, "")) for name in ("pool", "effect", "variant"))
    return fulfilment.NewDelivery(
        order_id=thing.order_id, line_id=thing.thing_id, player_id=thing.player_id, item_id=item.item_id,
        item_code=item.code, item_name=item.name, kind=fulfilment.Kind(thing.kind), quantity=thing.quantity,
        data=fulfilment.Particulars(pool=pool, effect=effect, variant=variant),
    )  # fmt: skip
