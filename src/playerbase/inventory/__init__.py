"""Inventory: the durable things a player owns, and what they wear of them."""
