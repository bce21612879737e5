"""The verbs of the inventory."""

from playerbase.inventory.actions.clearing import count_holders, expire
from playerbase.inventory.actions.consuming import (
    Consumed,
    Consuming,
    Consumptions,
    consume,
    consumptions_of,
    refusal_to_use,
)
from playerbase.inventory.actions.deciding import decide
from playerbase.inventory.actions.granting import grant, granted, has, legs, owned, revoke
from playerbase.inventory.actions.holding import hold
from playerbase.inventory.actions.listing import Marks, Place, loadout, owned_page, things, worn
from playerbase.inventory.actions.operating import ItemGrant, ItemRevocation, ItemsMoved, give, item_of, take
from playerbase.inventory.actions.wearing import (
    Wearing,
    drop_slot,
    save_slot,
    settings,
    slots,
    undress,
    wear,
)

__all__ = [
    "Consumed",
    "Consuming",
    "Consumptions",
    "ItemGrant",
    "ItemRevocation",
    "ItemsMoved",
    "Marks",
    "Place",
    "Wearing",
    "consume",
    "consumptions_of",
    "count_holders",
    "decide",
    "drop_slot",
    "expire",
    "give",
    "grant",
    "granted",
    "has",
    "hold",
    "item_of",
    "legs",
    "loadout",
    "owned",
    "owned_page",
    "refusal_to_use",
    "revoke",
    "save_slot",
    "settings",
    "slots",
    "take",
    "things",
    "undress",
    "wear",
    "worn",
]
