"""The verbs of the catalog."""

from playerbase.catalog.actions.browsing import browse
from playerbase.catalog.actions.deciding import decide
from playerbase.catalog.actions.editing import (
    create_category,
    create_item,
    update_category,
    update_item,
)
from playerbase.catalog.actions.files import bring_in, export
from playerbase.catalog.actions.looking import (
    all_items,
    available,
    edition,
    editions,
    is_empty,
    item,
    items_by_code,
    items_by_id,
    items_named,
    settings,
    sku,
    sku_offers,
    version,
)
from playerbase.catalog.actions.sales import note_sales, set_owned_counts, work_out_popularity
from playerbase.catalog.actions.shelves import CatalogInMotion, Shelf, shelf
from playerbase.catalog.actions.shop import Present, shown, warm
from playerbase.catalog.actions.stocks import give_back_stock, lock_stock, take_stock

__all__ = [
    "CatalogInMotion",
    "Present",
    "Shelf",
    "all_items",
    "available",
    "bring_in",
    "browse",
    "create_category",
    "create_item",
    "decide",
    "edition",
    "editions",
    "export",
    "give_back_stock",
    "is_empty",
    "item",
    "items_by_code",
    "items_by_id",
    "items_named",
    "lock_stock",
    "note_sales",
    "set_owned_counts",
    "settings",
    "shelf",
    "shown",
    "sku",
    "sku_offers",
    "take_stock",
    "update_category",
    "update_item",
    "version",
    "warm",
    "work_out_popularity",
]
