"""What may stand in the catalog, what is for sale when, and what a bundle holds; pure."""

from playerbase.catalog.rules.availability import (
    is_listed,
    is_public,
    moments,
    refusal,
)
from playerbase.catalog.rules.bundles import Contents, draws, expand
from playerbase.catalog.rules.cells import CELLS, nested, written
from playerbase.catalog.rules.drafts import changes, content, draft_of
from playerbase.catalog.rules.files import as_csv, as_json, read_csv, read_json, unwritable
from playerbase.catalog.rules.graphs import reached, route_back, steps
from playerbase.catalog.rules.listing import Place, matches, offer, pick, place, preview, sku_offers
from playerbase.catalog.rules.popularity import DAYS, popularity
from playerbase.catalog.rules.validity import (
    Known,
    Problem,
    category_problems,
    item_problems,
)

__all__ = [
    "CELLS",
    "DAYS",
    "Contents",
    "Known",
    "Place",
    "Problem",
    "as_csv",
    "as_json",
    "category_problems",
    "changes",
    "content",
    "draft_of",
    "draws",
    "expand",
    "is_listed",
    "is_public",
    "item_problems",
    "matches",
    "moments",
    "nested",
    "offer",
    "pick",
    "place",
    "popularity",
    "preview",
    "reached",
    "read_csv",
    "read_json",
    "refusal",
    "route_back",
    "sku_offers",
    "steps",
    "unwritable",
    "written",
]
