"""Voucher pools: made, filled, looked into."""

from datetime import datetime
from uuid import UUID

from playerbase import audit
from playerbase.fulfilment.actions.sealing import hash_code, hashes_of, open_code, seal_code
from playerbase.fulfilment.actions.stopping import wake_supplied
from playerbase.fulfilment.model.vouchers import (
    FAULTS_MAX,
    CodesRefused,
    Given,
    NewCode,
    NoSuchCode,
    NoSuchPool,
    Pool,
    PoolCodeTaken,
    Upload,
)
from playerbase.fulfilment.rules import codes as rules
from playerbase.fulfilment.store import vouchers as store
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Request


async def make_pool(tx: Tx, request: Request, *, code: str, name: str, instructions: str, low_at: int) -> Pool:
    """A pool, empty; raises PoolCodeTaken."""
    made = await store.add_pool(tx, ids.uuid7(), code, name, instructions, low_at, clock.now())
    if made is None:
        raise PoolCodeTaken
    after = {"code": code, "low_at": low_at}
    await audit.record(tx, audit.deed(request, "voucher_pool_made", "voucher_pool", made, after=after))
    return await pool(tx, made)


async def pool(db: Db, pool_id: UUID) -> Pool:
    """One pool; raises NoSuchPool."""
    found = await store.pool(db, pool_id)
    if found is None:
        raise NoSuchPool
    return found


async def pools(db: Db, after: str, count: int) -> list[Pool]:
    """Pools by their code, after this one."""
    return await store.pools(db, after, count)


async def add_codes(tx: Tx, request: Request, pool_id: UUID, text: str, *, is_rehearsal: bool) -> Upload:
    """Add the codes of a text to a pool, all or none; raises CodesRefused, which names every fault with its line.

    Rehearsed, nothing is added. Whoever waited for a code of this pool goes on at once.
    """
    target = await pool(tx, pool_id)
    found, faults = rules.read(text)
    held = hashes_of(code for _, code in found)
    there = {held[each.code_hash]: each.pool for each in await store.known(tx, list(held))}
    faults += [rules.at_line(number, "known", _known(target, there[code])) for number, code in found if code in there]
    _refuse(faults)
    if is_rehearsal:
        return Upload(len(found), is_added=False)
    made = [(number, _sealed(code)) for number, code in found]
    # In one order, so that two who add the same codes cannot deadlock.
    rows = sorted((code for _, code in made), key=lambda each: each.code_hash)
    added = set(await store.add_codes(tx, pool_id, rows, clock.now()))
    _refuse(
        [rules.at_line(number, "known", "This code was added by somebody else just now")
         for number, code in made if code.code_hash not in added]
    )  # fmt: skip
    await audit.record(
        tx, audit.deed(request, "voucher_codes_added", "voucher_pool", pool_id, after={"count": len(added)})
    )
    await wake_supplied(tx)
    return Upload(len(added), is_added=True)


async def given(db: Db, pool_id: UUID, before: datetime, before_id: UUID, count: int) -> list[tuple[Given, str]]:
    """Who got which code, latest first, each code masked."""
    rows = await store.given(db, pool_id, before, before_id, count)
    return [(each, rules.masked(open_code(each.code_id, each.sealed))) for each in rows]


async def given_code(db: Db, code_id: UUID) -> Given:
    """Whose a code is; raises NoSuchCode. What was given to nobody is shown to nobody."""
    found = await store.given_code(db, code_id)
    if found is None:
        raise NoSuchCode
    return found


async def codes_of(db: Db, delivery_id: UUID) -> list[tuple[Given, str]]:
    """The codes of a delivery, masked."""
    return [(each, rules.masked(open_code(each.code_id, each.sealed))) for each in await store.held(db, delivery_id)]


async def reveal(tx: Tx, request: Request, code_id: UUID, reason: str) -> tuple[Given, str]:
    """A code in clear, which the audit notes; raises NoSuchCode."""
    found = await given_code(tx, code_id)
    await audit.record(
        tx,
        audit.deed(
            request, "voucher_code_revealed", "voucher_code", code_id, player_id=found.player_id, reason=reason,
            after={"delivery_id": str(found.delivery_id)},
        ),
    )  # fmt: skip
    return found, open_code(code_id, found.sealed)


def _sealed(code: str) -> NewCode:
    code_id = ids.uuid7()
    return NewCode(code_id, seal_code(code_id, code), hash_code(code))


def _known(target: Pool, pool_code: str) -> str:
    return "This code is in the pool already" if pool_code == target.code else f"This code is in the pool {pool_code}"


def _refuse(faults: list[rules.Found]) -> None:
    if faults:
        raise CodesRefused(errors=faults[:FAULTS_MAX])
