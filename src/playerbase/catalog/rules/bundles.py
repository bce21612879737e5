"""What a bundle holds once everything in it is opened."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from playerbase.catalog.model import Item, ItemType

DEPTH_MAX = 5  # Bundles in bundles; deeper nobody can say what they buy.
CONTENTS_MAX = 200  # Different things in one bundle: what one order may grant.
UNITS_MAX = 2**53


class Contents(msgspec.Struct, frozen=True):
    """What somebody gets: so many of each item, so much of each asset; no bundles."""

    items: list[tuple[Item, int]]
    assets: list[tuple[str, int]]


def expand(item: Item, quantity: int, items: Mapping[str, Item]) -> Contents:
    """What so many of an item come down to; ``items`` holds every part, by code.

    What occurs in several places is added up; items come in the order of their ids, assets in that of their names.
    """
    got: dict[str, int] = {}
    assets: dict[str, int] = {}
    frontier = {item.code: quantity}
    for _ in range(DEPTH_MAX + 2):
        inside: dict[str, int] = {}
        for code, count in frontier.items():
            opened = items[code] if code != item.code else item
            if opened.type is not ItemType.BUNDLE:
                got[code] = got.get(code, 0) + count
                continue
            for part in opened.parts:
                if part.item is not None:
                    inside[part.item] = inside.get(part.item, 0) + count * part.quantity
                if part.asset is not None:
                    assets[part.asset] = assets.get(part.asset, 0) + count * part.quantity
        frontier = inside
    assert not frontier, f"{item.code} is nested deeper than {DEPTH_MAX}"
    found = [(items[code] if code != item.code else item, count) for code, count in got.items()]
    return Contents(sorted(found, key=lambda pair: pair[0].item_id), sorted(assets.items()))


def draws(item: Item, quantity: int, items: Mapping[str, Item]) -> dict[UUID, int]:
    """How many of which stocks a purchase takes from: those of what is bought, and of everything in it."""
    taken: dict[UUID, int] = {}
    frontier = {item.code: quantity}
    for _ in range(DEPTH_MAX + 2):
        inside: dict[str, int] = {}
        for code, count in frontier.items():
            opened = items[code] if code != item.code else item
            if opened.stock_total is not None:
                taken[opened.item_id] = taken.get(opened.item_id, 0) + count
            for part in opened.parts:
                if part.item is not None:
                    inside[part.item] = inside.get(part.item, 0) + count * part.quantity
        frontier = inside
    return taken
