"""What a key or a client may do, as its owner chooses it."""

KEY_SCOPES = (
    "players:login",
    "matches:write",
    "matches:read",
    "ladder:read",
    "boards:read",
    "boards:write",
    "catalog:read",
    "ledger:read",
    "ledger:write",
    "profiles:read",
    "profiles:write",
    "inventory:read",
    "inventory:write",
    "progression:read",
    "progression:write",
    "store:write",
    "events:read",
    "metrics:read",
)
