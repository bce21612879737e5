"""The pages of the catalog: what there is, one item, its editor, the categories, and files in and out."""

from playerbase.catalog import actions
from playerbase.catalog.model import Settings
from playerbase.catalog.pages import categories, editor, exchange, listing
from playerbase.catalog.pages.needing import needs
from playerbase.kit.http import Page, Place, SettingGroup

HANDLERS = (listing, editor, categories, exchange)
SETTINGS = SettingGroup(
    "catalog", "Catalog", Settings, actions.settings, actions.decide, "catalog.read", "catalog.write"
)
PAGE = Page(
    settings=(SETTINGS,), places=(Place("Catalog", "/console/catalog", "tag", "Economy", "catalog.read"),), needs=needs
)

__all__ = ["HANDLERS", "PAGE"]
