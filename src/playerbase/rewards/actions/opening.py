"""What parts come down to once bundles are opened."""

from collections.abc import Mapping, Sequence

from playerbase import catalog
from playerbase.rewards.model import (
    AssetAmount,
    Contents,
    ItemCount,
    Part,
    RewardNotGivable,
    RewardTooLarge,
    RewardUnknown,
)

COUNTED_MAX = 30  # Of one posting: each takes two of the ledger's 64 legs.


def open_parts(parts: Sequence[Part], items: Mapping[str, catalog.Item]) -> Contents:
    """What parts come down to: bundles opened, the same thing added up, in one order.

    ``items`` holds them and all that is in them, by code. Raises RewardUnknown, RewardNotGivable,
    RewardTooLarge.
    """
    things: dict[str, ItemCount] = {}
    amounts: dict[str, int] = {}
    titles: list[str] = []
    for part in parts:
        if part.title is not None:
            titles.append(part.title)
        elif part.asset is not None:
            amounts[part.asset] = amounts.get(part.asset, 0) + (part.amount or 0)
        elif part.item is not None:
            if part.item not in items:
                raise RewardUnknown(item=part.item)
            opened = catalog.expand(items[part.item], part.quantity, items)
            for each, count in opened.items:
                if each.delivery is not catalog.Delivery.IN_GAME:
                    raise RewardNotGivable(item=each.code)
                before = things[each.code].quantity if each.code in things else 0
                things[each.code] = ItemCount(each.item_id, each.code, before + count, each.asset)
            for asset, amount in opened.assets:
                amounts[asset] = amounts.get(asset, 0) + amount
    found = Contents(
        sorted(things.values(), key=lambda each: each.item_id),
        [AssetAmount(asset, amount) for asset, amount in sorted(amounts.items())],
        list(dict.fromkeys(titles)),
    )
    if len(found.counted) > COUNTED_MAX:
        raise RewardTooLarge(limit=COUNTED_MAX)
    return found
