"""The inventory over HTTP."""

from playerbase.inventory.routes import giving, mine, operating, wearing

HANDLERS = (mine, wearing, giving, operating)

__all__ = ["HANDLERS"]
