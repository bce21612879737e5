"""The console's questions to the database server itself."""

import msgspec

from playerbase.kit.db import Db, sql


class Server(msgspec.Struct, frozen=True):
    """The database server: its release, this database's size, its connections, and its oldest open transaction."""

    release: str
    bytes_used: int
    connections: int
    connections_max: int
    oldest_transaction_seconds: float


@sql
async def server(db: Db) -> Server: ...
@sql
async def ping(db: Db) -> bool: ...
