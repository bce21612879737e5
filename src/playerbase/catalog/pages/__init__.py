"""The pages of the catalog: what there is, one item, its editor, the categories, and files in and out."""

from playerbase.catalog.pages import categories, editor, exchange, listing
from playerbase.catalog.pages.needing import needs
from playerbase.kit.http import Page, Place

HANDLERS = (listing, editor, categories, exchange)
PAGE = Page(places=(Place("Catalog", "/console/catalog", "tag", "Economy", "catalog.read"),), needs=needs)

__all__ = ["HANDLERS", "PAGE"]
