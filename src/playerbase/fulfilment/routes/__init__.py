"""Fulfilment over HTTP."""

from playerbase.fulfilment.routes import deliveries, pools, webhooks

HANDLERS = (deliveries, pools, webhooks)

__all__ = ["HANDLERS"]
