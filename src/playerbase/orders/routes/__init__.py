"""The store over HTTP: buying and looking at what was bought; for staff, orders, refunds, reviews and rules."""

from playerbase.orders.routes import buying, operating, reviewing

HANDLERS = (buying, operating, reviewing)
