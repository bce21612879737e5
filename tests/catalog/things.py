"""Things to sell, for the tests of everything that has to do with them."""

from typing import Any

from playerbase import catalog, games
from playerbase.catalog import Item, ItemType, NewItem, Part, Price
from playerbase.kit.db import Tx

BY = "player:editor"


def draft(code: str = "ember_blade", **given: Any) -> NewItem:
    """An item that may stand in the catalog."""
    fields: dict[str, Any] = {"name": code.replace("_", " ").title(), "type": ItemType.DURABLE}
    return NewItem(code=code, **(fields | {"prices": [Price("gems", 1_500)]} | given))


def potion(code: str = "potion", **given: Any) -> NewItem:
    """Something to stack and drink."""
    return draft(code, **({"type": ItemType.CONSUMABLE, "is_stackable": True} | given))


def bundle(code: str, *parts: str | tuple[str, int], **given: Any) -> NewItem:
    """A bundle of items, each once or so many times."""
    pairs = [(part, 1) if isinstance(part, str) else part for part in parts]
    inside = [Part(quantity=count, item=part) for part, count in pairs]
    return draft(code, **({"type": ItemType.BUNDLE, "parts": inside} | given))


async def put(tx: Tx, *wanted: NewItem) -> list[Item]:
    """These items, in the catalog."""
    return [await catalog.create_item(tx, each, BY) for each in wanted]


async def a_game(tx: Tx, slug: str = "demo") -> None:
    """A title to sell things for."""
    await games.create(tx, slug=slug, name=slug.title())
