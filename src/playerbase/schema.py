"""Every module's schema, in the order they are made: a module may refer to those before it."""

from pathlib import Path

from playerbase.kit import db

ROOT = Path(__file__).parent
MODULES = (
    "kit",
    "games",
    "files",
    "audit",
    "identity",
    "federation",
    "payments",
    "access",
    "profiles",
    "accounts",
    "ledger",
    "catalog",
    "inventory",
    "fulfilment",
    "orders",
    "commerce",
    "rewards",
    "friends",
    "progression",
    "matches",
    "seasons",
    "ladder",
    "battlepass",
    "statistics",
    "boards",
)
MIGRATIONS = db.migrations(ROOT, MODULES)
INVARIANTS = db.invariants(ROOT)
