"""Inventory: what players have and wear. Other modules import this package and nothing inside it."""

from playerbase.inventory.actions import Wearing, grant, granted, has, hold, legs, owned, revoke, wear
from playerbase.inventory.events import EVENTS, ItemConsumed, ItemExpired, ItemGranted, ItemRevoked, LoadoutChanged
from playerbase.inventory.model import Entitlement, Grant, OfAnotherGame, Revocation, Revoked, Source, State

__all__ = [
    "EVENTS",
    "Entitlement",
    "Grant",
    "ItemConsumed",
    "ItemExpired",
    "ItemGranted",
    "ItemRevoked",
    "LoadoutChanged",
    "OfAnotherGame",
    "Revocation",
    "Revoked",
    "Source",
    "State",
    "Wearing",
    "grant",
    "granted",
    "has",
    "hold",
    "legs",
    "owned",
    "revoke",
    "wear",
]
