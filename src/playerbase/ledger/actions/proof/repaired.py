"""What was put right: doors to it, and which entries it excuses."""

import hmac
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.ledger import rules
from playerbase.ledger.actions.configured import repair_keys
from playerbase.ledger.model import Jump, Mark


class Due(msgspec.Struct, frozen=True):
    """What an account's row should say, by its entries and open holds."""

    count: int
    seq: int
    posted: int
    credited: int
    debited: int
    held: int


class Repair(msgspec.Struct, frozen=True):
    """A place where balances do not follow from one another, as it was excused."""

    account_id: int
    seq: int
    off: int
    mac: bytes


@sql
async def entries_come_to(db: Db, account_id: int) -> Due: ...
@sql
async def is_more_wrong(db: Db, account_id: int, posted: int, history: list[str]) -> bool: ...
@sql
async def blocks_of(db: Db, account_id: int, after: int) -> list[Mark]: ...
@sql
async def jumps_of(db: Db, account_ids: list[int]) -> list[Jump]: ...
@sql
async def last_balance(db: Db, account_id: int) -> int | None: ...
@sql
async def repairs_of(db: Db, account_ids: list[int]) -> list[Repair]: ...
@sql
async def add_repairs(
    tx: Tx, repair_id: UUID, repairs: list[Repair], reason: str, made_by: str, now: datetime
) -> None: ...
@sql
async def set_right(
    tx: Tx, account_id: int, posted: int, held: int, seq: int, credited: int, debited: int
) -> None: ...  # fmt: skip
@sql
async def settle_repaired(tx: Tx, account_id: int, flaws: list[str], now: datetime) -> list[UUID]: ...


async def excused(db: Db, account_ids: Iterable[int]) -> set[int]:
    """Those of these accounts whose balances follow from one another but where we put right that they did not."""
    known = await put_right(db, account_ids)
    unexcused = {it.account_id for it in await jumps_of(db, list(known)) if it not in known[it.account_id]}
    return known.keys() - unexcused


async def put_right(db: Db, account_ids: Iterable[int]) -> dict[int, set[Jump]]:
    """What we put right in each of these accounts: not what is only said to have been."""
    known: dict[int, set[Jump]] = defaultdict(set)
    for it in await repairs_of(db, list(account_ids)):
        jump = Jump(it.account_id, it.seq, it.off)
        if any(hmac.compare_digest(rules.repair_mac(key, jump), it.mac) for key in repair_keys()):
            known[it.account_id].add(jump)
    return known
