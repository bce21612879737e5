"""The catalog over HTTP."""

from playerbase.catalog.routes import editing, files, shop

HANDLERS = (shop, editing, files)

__all__ = ["HANDLERS"]
