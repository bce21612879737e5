"""The database: typed doors, transactions, lanes, migrations, idempotency, invariants."""

from playerbase.kit.db.ahead import follow_clock, set_ahead
from playerbase.kit.db.idempotency import Kept, Key, KeyReused, KeyTooLong
from playerbase.kit.db.invariants import broken, invariants
from playerbase.kit.db.lane import Lane, Queue, QueueFull, Reading
from playerbase.kit.db.migrate import Migration, MigrationChanged, migrate, migrations, pending, revert
from playerbase.kit.db.pool import Pool, open_pool, reading, transaction
from playerbase.kit.db.sql import Db, Tx, sql, statements

__all__ = [
    "Db",
    "Kept",
    "Key",
    "KeyReused",
    "KeyTooLong",
    "Lane",
    "Migration",
    "MigrationChanged",
    "Pool",
    "Queue",
    "QueueFull",
    "Reading",
    "Tx",
    "broken",
    "follow_clock",
    "invariants",
    "migrate",
    "migrations",
    "open_pool",
    "pending",
    "reading",
    "revert",
    "set_ahead",
    "sql",
    "statements",
    "transaction",
]
