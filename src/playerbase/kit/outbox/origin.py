"""Which database this is, among those that exchange facts."""

from uuid import UUID, uuid4

from playerbase.kit.db import Db, Pool, Tx, sql, transaction


@sql
async def name_database(tx: Tx, origin: UUID) -> None: ...
@sql
async def origin(db: Db) -> UUID: ...


async def settle_origin(pool: Pool) -> UUID:
    """The name this database tells its facts under, given to it at the first start; a restored dump keeps it.

    Nothing else has to be done for a dump: the log is read by its ids, which are the same in any cluster.
    """
    async with transaction(pool) as tx:
        await name_database(tx, uuid4())
        return await origin(tx)
