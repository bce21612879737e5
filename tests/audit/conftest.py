"""What the tests of the audit log share: a chain to tamper with, and the hands to do it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from playerbase import audit
from playerbase.audit.actions import prune, retain
from playerbase.audit.rules import chain_of
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Pool, reading, transaction
from tests.accounts.people import people

__all__ = ["people"]

SECRET = bytes(range(32))
KEYS = Keys.derive(SECRET)
CHAIN = chain_of("ilse")
COLUMNS = (
    "chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id, outcome, before, after,"
    " reason, ip_sealed, agent, request_id, trace_id, hash"
)


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    path = tmp_path / "anchors.jsonl"
    audit.use(KEYS, path)
    return path


def deed(number: int = 0, *, actor: str = "ilse", **more: object) -> audit.Deed:
    filled: dict[str, object] = {
        "actor_kind": "staff",
        "actor_id": actor,
        "action": "player_suspended",
        "target_kind": "player",
        "target_id": f"player-{number}",
        "before": {"status": "active"},
        "after": {"status": "suspended", "days": number},
        "reason": f"case {number}",
        "ip": f"198.51.100.{number % 256}",
        "agent": "Browser/1",
        "request_id": f"request-{number}",
    }
    return audit.Deed(**(filled | more))  # type: ignore[arg-type]


async def fill(pool: Pool, count: int = 10, *, actor: str = "ilse") -> None:
    """So many deeds of one actor: one chain."""
    async with transaction(pool) as tx:
        await audit.record_all(tx, [deed(number, actor=actor) for number in range(1, count + 1)])


class Superuser:
    """Somebody who may do anything in the database, and does."""

    def __init__(self, connection: Db) -> None:
        self.connection = connection

    async def does(self, *statements: str, **named: object) -> None:
        """Run these in one transaction with every trigger switched off; ``{chain}`` is Ilse's."""
        async with self.connection.transaction():
            await self.connection.execute("set local session_replication_role = replica")
            for statement in statements:
                await self.connection.execute(statement.format(chain=CHAIN, **named))

    async def remembers(self) -> None:
        """Keep a copy of all rows as they are."""
        await self.connection.execute("create table kept as table audit.entries")

    async def changed(self) -> bool:
        """Whether any row is not as it was remembered."""
        missing = "select exists (select kept::text from kept except select entry::text from audit.entries as entry)"
        return bool(await self.connection.fetchval(missing))

    async def puts_back(self) -> None:
        """Everything as it was remembered."""
        await self.does("delete from audit.entries", "insert into audit.entries table kept")


@pytest.fixture
async def superuser(pool: Pool, anchors: Path) -> AsyncIterator[Superuser]:
    """Ten rows of one chain, a few of others, and somebody who may do anything to them."""
    assert not anchors.exists()
    await fill(pool)
    await fill(pool, 3, actor="tomas")
    async with reading(pool) as connection:
        yield Superuser(connection)


async def keep(pool: Pool, days: int | None) -> None:
    """Have entries kept for so many days; who says so acts in a chain of her own."""
    async with transaction(pool) as tx:
        await retain(tx, days, by=deed(actor="anna"))


class Pruned(Superuser):
    """The same, after the policy took Ilse's rows 1 to 10 and all of Tomas's; hers from 11 on are young.

    Row 16 is the entry about it: the job's name falls into her chain.
    """

    async def remembered_start(self) -> str:
        """A statement that puts Ilse's start back as it is now."""
        row = await self.connection.fetchrow("select * from audit.starts where chain = $1", CHAIN)
        assert row is not None
        until = f"'{row['removed_until'].isoformat()}'" if row["removed_until"] else "null"
        return (
            f"update audit.starts set seq = {row['seq']}, hash = '\\x{row['hash'].hex()}', removed_until = {until},"
            f" mac = '\\x{row['mac'].hex()}' where chain = {CHAIN}"
        )


@pytest.fixture
async def pruned(pool: Pool, superuser: Superuser, clock: Any) -> Pruned:
    clock.forward(days=400)
    await fill(pool, 5)
    await keep(pool, 365)
    await superuser.remembers()
    assert await prune(pool) == 13
    return Pruned(superuser.connection)
