"""The platform's door to PostgreSQL."""

from playerbase.kit.db import Db, sql


@sql
async def oldest_writing_transaction(db: Db) -> float: ...
