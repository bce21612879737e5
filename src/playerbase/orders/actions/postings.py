"""What the ledger is to post for an order: its price, what of it is counted, and the same backwards."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from playerbase import catalog, ledger
from playerbase.kit import ids
from playerbase.orders.actions.wishes import Plan
from playerbase.orders.model import Content
from playerbase.orders.rules import Piece

GRACE = timedelta(days=1)  # What is set aside outlasts the review, so that the review decides and not the clock.


def price_legs(player_id: UUID, currency: str, amount: int) -> tuple[ledger.Leg, ...]:
    """So much paid to the house; below zero, given back."""
    return (
        ledger.Leg(player_id, currency, -amount),
        ledger.Leg(ledger.HOUSE, currency, amount, ledger.Purpose.REVENUE),
    )


def goods_legs(player_id: UUID, stacks: Iterable[tuple[str, int]]) -> tuple[ledger.Leg, ...]:
    """So much of each of these given to a player; what comes several times is added up."""
    sums: dict[str, int] = {}
    for asset, amount in stacks:
        sums[asset] = sums.get(asset, 0) + amount
    return tuple(
        leg for asset, amount in sorted(sums.items())
        for leg in (
            ledger.Leg(player_id, asset, amount),
            ledger.Leg(ledger.HOUSE, asset, -amount, ledger.Purpose.ISSUANCE),
        )
    )  # fmt: skip


def stacks_of(contents: Sequence[catalog.Contents], quantities: Sequence[int]) -> list[tuple[str, int]]:
    """What of these contents, each so often, the ledger counts: stackable items of the game, currencies, points."""
    found: list[tuple[str, int]] = []
    for inside, quantity in zip(contents, quantities, strict=True):
        found += [
            (item.asset, count * quantity) for item, count in inside.items
            if item.asset is not None and item.delivery is catalog.Delivery.IN_GAME
        ]  # fmt: skip
        found += [(asset, amount * quantity) for asset, amount in inside.assets]
    return found


def paid(plan: Plan, order_id: UUID) -> ledger.Posting:
    """An order that is paid at once."""
    wish = plan.wish
    stacks = stacks_of(plan.contents, [basket.quantity for basket in wish.baskets])
    return ledger.Posting(
        scope=f"order {wish.player_id}", key=wish.transaction_id, kind="purchase",
        legs=price_legs(wish.player_id, plan.currency, plan.total) + goods_legs(wish.player_id, stacks),
        reason="Bought in the store", ref=f"order:{order_id}", rule="store", actor=wish.buyer,
        request_id=wish.request_id, group_id=order_id, fingerprint=wish.fingerprint,
    )  # fmt: skip


def aside(plan: Plan, order_id: UUID, now: datetime, review_hours: int) -> ledger.Posting:
    """The price of an order that waits for a review, set aside."""
    wish = plan.wish
    until = now + timedelta(hours=review_hours) + GRACE
    return ledger.Posting(
        scope=f"order {wish.player_id}", key=wish.transaction_id, kind="hold",
        hold=ledger.SetAside(ids.uuid7(), wish.player_id, plan.currency, plan.total, until),
        reason="Waits for a review", ref=f"order:{order_id}", rule="store", actor=wish.buyer,
        request_id=wish.request_id, group_id=order_id, fingerprint=wish.fingerprint,
    )  # fmt: skip


OnShortfall = Literal["refuse", "debt", "forgive"]
UP_TO: dict[OnShortfall, Literal["less", "debt"] | None] = {"refuse": None, "debt": "debt", "forgive": "less"}


def returned(
    player_id: UUID, currency: str, amount: int, stacks: Iterable[tuple[str, int]], on_shortfall: OnShortfall
) -> tuple[ledger.Leg, ...]:
    """The price given back, and what was counted taken back: whole, as far as it is there, or the rest as a debt."""
    sums: dict[str, int] = {}
    for asset, count in stacks:
        sums[asset] = sums.get(asset, 0) + count
    up_to = UP_TO[on_shortfall]
    legs = list(price_legs(player_id, currency, -amount))
    for asset, count in sorted(sums.items()):
        legs += [
            ledger.Leg(player_id, asset, -count, up_to=up_to),
            ledger.Leg(
                ledger.HOUSE, asset, count, ledger.Purpose.CLAWBACK, balancing=on_shortfall == "forgive"
            ),
        ]  # fmt: skip
    return tuple(legs)


def is_in_game(content: Content, item: catalog.Item) -> bool:
    """Whether this was to be given in the game when it was bought, however the item is delivered today."""
    return (content.delivery or item.delivery.value) == catalog.Delivery.IN_GAME.value


def pieces_stacks(pieces: Sequence[Piece], items: dict[UUID, catalog.Item]) -> list[tuple[str, int]]:
    """What of these pieces the ledger counts."""
    found: list[tuple[str, int]] = []
    for piece in pieces:
        for content in piece.line.contents:
            item = items[content.item_id]
            if item.asset is not None and is_in_game(content, item):
                found.append((item.asset, content.quantity * piece.quantity))
        found += [(worth.asset, worth.amount * piece.quantity) for worth in piece.line.worths]
    return found
