"""The database: typed doors, transactions, lanes, migrations, idempotency, invariants."""

from playerbase.kit.db.ahead import follow_clock, set_ahead
from playerbase.kit.db.idempotency import Kept, Key, KeyReused, KeyTooLong, Sealing, kept_refusal, once, recalled
from playerbase.kit.db.invariants import broken, invariants
from playerbase.kit.db.kept_keys import keep_keys, recall_keys, reseal_keys
from playerbase.kit.db.lane import Lane, Queue, QueueFull, Reading
from playerbase.kit.db.migrate import Migration, MigrationChanged, migrate, migrations, pending, revert
from playerbase.kit.db.pool import Pool, after_commit, open_pool, promised, reading, take_back, transaction
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
    "Sealing",
    "Tx",
    "after_commit",
    "broken",
    "follow_clock",
    "invariants",
    "keep_keys",
    "kept_refusal",
    "migrate",
    "migrations",
    "once",
    "open_pool",
    "pending",
    "promised",
    "reading",
    "recall_keys",
    "recalled",
    "reseal_keys",
    "revert",
    "set_ahead",
    "sql",
    "statements",
    "take_back",
    "transaction",
]
