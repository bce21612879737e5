"""Roles as sets of permissions."""

from collections.abc import Mapping
from functools import lru_cache

_READING = frozenset({"players.read", "matches.read", "ladder.read", "seasons.read", "progression.read", "boards.read"})

PERMISSIONS = frozenset(
    {
        *_READING,
        "accounts.write", "accounts.merge", "players.write", "players.impersonate", "matches.write", "audit.read",
        "audit.export", "audit.write", "keys.read", "keys.write", "staff.read", "staff.write", "operations.read",
        "operations.write", "ledger.read", "ledger.write",
        "fulfilment.read", "fulfilment.retry", "fulfilment.write",
        "catalog.read", "catalog.write",
        "inventory.read", "inventory.write",
        "orders.read", "orders.write",
        "commerce.read", "commerce.write",
        "seasons.write",
        "progression.rules", "progression.write",
        "battlepass.read", "battlepass.write",
        "boards.judge", "boards.write",
    }
)  # fmt: skip

# Player is what everybody is; it grants nothing here and is never stored.
ROLES: Mapping[str, frozenset[str]] = {
    "player": frozenset(),
    "moderator": _READING | {"players.write", "matches.write", "boards.judge"},
    "support": _READING | {
        "players.impersonate", "accounts.write", "audit.read", "operations.read",
        "ledger.read",
        "fulfilment.read", "fulfilment.retry",
        "inventory.read",
        "orders.read",
        "commerce.read",
        "progression.write",
        "battlepass.read",
    },
    "economy": _READING | {
        "audit.read",
        "ledger.read", "ledger.write",
        "fulfilment.read", "fulfilment.retry", "fulfilment.write",
        "catalog.read", "catalog.write",
        "inventory.read", "inventory.write",
        "orders.read", "orders.write",
        "commerce.read", "commerce.write",
        "seasons.write",
        "battlepass.read", "battlepass.write",
        "boards.judge", "boards.write",
    },
    "admin": PERMISSIONS,
}  # fmt: skip


def roles_with(permission: str) -> list[str]:
    """The roles that allow this."""
    return [role for role, allowed in ROLES.items() if permission in allowed]


@lru_cache(256)
def permissions(roles: tuple[str, ...]) -> frozenset[str]:
    """Everything these roles allow together; a role unknown to this version allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
