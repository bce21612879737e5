"""Purchases over HTTP."""

from playerbase.commerce.routes import buying, operating, webhooks

HANDLERS = (buying, operating, webhooks)

__all__ = ["HANDLERS"]
