"""What `playerbase` does besides serving and working: one function a command, which ends and says what it did."""

import msgspec

from playerbase import access, accounts, app, audit, commerce, fulfilment, ledger, orders, schema, statistics
from playerbase.kit.db import migrate, open_pool, recall_keys, transaction
from playerbase.settings import Settings


async def migrate_command(settings: Settings) -> None:
    """Bring the schema up to date and say what was done."""
    pool = await open_pool(settings.database_url, size_max=2)
    for step in await migrate(pool, schema.MIGRATIONS):
        print(f"{step.module}/{step.name}")  # noqa: T201 - what the command is for
    await pool.close()


async def prepare_command(settings: Settings) -> None:
    """Get the database ready; prints what the first start made, in clear, as one line of JSON."""
    keys = app.keys_of(settings)
    app.configure(settings, keys)
    pool = await open_pool(settings.database_url, size_max=2)
    await app.prepare(pool)
    await recall_keys(pool, keys)
    made = await app.bootstrap(pool, keys)
    print(msgspec.json.encode(made or {}).decode())  # noqa: T201 - what the command is for
    await pool.close()


async def verify_command(settings: Settings) -> int:
    """Prove the audit log whole; 1 when it is not."""
    keys = app.keys_of(settings)
    app.configure(settings, keys)
    return await audit.verify_command(settings, keys)


async def prove_command(settings: Settings, *, as_json: bool = False) -> int:
    """Prove the ledger, and orders beside it; 1 when something does not hold."""
    keys = app.keys_of(settings)
    app.configure(settings, keys)
    return await ledger.prove_command(settings, keys, [orders.compared], as_json=as_json)


async def statistics_command(settings: Settings, *, mend: bool) -> int:
    """Hold statistics against the matches, and make anew what differs if asked to; 1 when something still does."""
    pool = await open_pool(settings.database_url, size_max=2)
    found = await statistics.check(pool)
    wrong = sorted({each.player_id for each in found.spans})
    print(f"{found.matches:,} matches, {found.players:,} players looked at.")  # noqa: T201 - what the command is for
    print(  # noqa: T201
        f"{found.uncounted:,} matches not counted as reported, {len(found.spans):,} spans of {len(wrong):,} players "
        f"and {found.pairs:,} pairs not as counted."
    )
    if mend:
        for player_id in wrong:
            async with transaction(pool) as tx:
                await statistics.mend(tx, [player_id])
        found = await statistics.check(pool)
        print(f"Made anew: {len(found.spans):,} spans still differ.")  # noqa: T201
    await pool.close()
    return int(bool(found.uncounted or found.spans or found.pairs))


async def operator_command(settings: Settings, email: str) -> int:
    """Give the operator a new password, print it once, and end every session of theirs."""
    keys = app.keys_of(settings)
    app.configure(settings, keys)
    pool = await open_pool(settings.database_url, size_max=2)
    await recall_keys(pool, keys)
    async with transaction(pool) as tx:
        password = await accounts.renew_operator(tx, keys, email)
    print(f"Operator  {email}  {password}")  # noqa: T201 - what the command is for
    await pool.close()
    return 0


async def reseal_command(settings: Settings) -> int:
    """Bring everything under the present secret and say how it goes; 1 if something could not be opened."""
    keys = app.keys_of(settings)
    app.configure(settings, keys)
    pool = await open_pool(settings.database_url, size_max=2)
    await recall_keys(pool, keys)

    def progress(what: str, done: int, total: int) -> None:
        print(f"{what}: {done:,} of {total:,}", flush=True)  # noqa: T201 - what the command is for

    done = await access.reseal(pool, keys, progress)
    resealed, lost = await fulfilment.reseal(pool, keys)
    progress("codes and addresses of deliveries", resealed, resealed + lost)
    lost += done.lost
    bought, lost_buyers = await commerce.reseal(pool, keys)
    progress("buyers at platforms", bought, bought + lost_buyers)
    lost += lost_buyers
    await pool.close()
    if lost:
        print(f"{lost:,} could not be opened with any secret that is listed; the log names them.")  # noqa: T201
        return 1
    print("Everything is sealed with the present secret. The former ones may go seven days from now.")  # noqa: T201
    return 0
