"""What an order costs, whether it may be, and what is left to give back of it; pure."""

from playerbase.orders.rules.deciding import Desk, Short, Signs, window
from playerbase.orders.rules.pricing import common_currency
from playerbase.orders.rules.returning import Piece, amount_of, drawn_by, pieces_of

__all__ = ["Desk", "Piece", "Short", "Signs", "amount_of", "common_currency", "drawn_by", "pieces_of", "window"]
