"""What is new is proved on the clock; what does not hold is kept, and its wallets are locked against debits."""

import pytest

from playerbase import ledger
from playerbase.kit.db import Pool, reading, transaction
from playerbase.ledger import actions
from playerbase.ledger.actions.proof import keeping, watching
from playerbase.ledger.actions.proof import told as told_of
from playerbase.ledger.model import Finding, Flaw, Mark
from tests.conftest import MovingClock
from tests.ledger.conftest import moving, told
from tests.ledger.proofs import Books, books, value

__all__ = ["books"]

SPEND = "(select transaction_id from ledger.transactions where reason = 'a hat')"
HEADS = "select string_agg(chain || ':' || block, ' ' order by chain) from ledger."


async def test_what_is_sound_is_proved_once(books: Books) -> None:
    assert await actions.watch(books.pool) == []
    assert await value(books.pool, HEADS + "proved") == await value(books.pool, HEADS + "chains")
    assert await actions.watch(books.pool) == []
    await books.put(moving("earn", books.ilse, 5), moving("spend", books.ilse, 5))
    assert await actions.watch(books.pool) == []
    assert await value(books.pool, HEADS + "proved") == await value(books.pool, HEADS + "chains")


async def test_what_is_wrong_is_told_once_and_locks_the_wallet(books: Books) -> None:
    await books.breaks(f"update ledger.entries set amount = amount - 1 where transaction_id = {SPEND} and amount = -60")
    found = await actions.watch(books.pool)
    assert {Flaw.UNEVEN, Flaw.BLOCK_DIGEST, Flaw.RUNNING} <= {finding.flaw for finding in found}
    assert await actions.watch(books.pool) == []
    async with transaction(books.pool) as tx:
        outcomes = await ledger.post(tx, [moving("spend", books.ilse, 1), moving("earn", books.ilse, 1)])
        assert told(outcomes) == ["account_locked", "posted"]
    deeds = "select count(*) from audit.entries where action = 'wallet_locked' and player_id = $1"
    assert await value(books.pool, deeds, books.ilse) == 1
    assert await value(books.pool, deeds, books.tomas) == 0
    house = "select max(locked) from ledger.balances join ledger.accounts using (account_id) where owner_id = $1"
    assert await value(books.pool, house, ledger.HOUSE) == 0


async def test_an_account_that_is_touched_is_held_against_its_entries(books: Books) -> None:
    await actions.watch(books.pool)
    await books.breaks(
        "update ledger.balances set posted = posted + 7 where account_id = (select account_id from ledger.accounts"
        f" where owner_id = '{books.tomas}' and purpose = 'main' and asset_id = 2)"
    )
    assert await actions.watch(books.pool) == [], "nobody looks at what nobody touches; the proof of everything does"
    await books.put(moving("earn", books.tomas, 20))
    assert {Flaw.RUNNING, Flaw.TALLY} <= {finding.flaw for finding in await actions.watch(books.pool)}


async def test_a_chain_that_was_set_back_is_known_from_before(books: Books) -> None:
    await actions.watch(books.pool)
    chain = await value(books.pool, "select chain from ledger.chains order by block desc, chain limit 1")
    await books.breaks(*cut(chain))
    assert {finding.flaw for finding in await actions.watch(books.pool)} == {Flaw.HEAD}


async def test_a_chain_that_goes_on_after_its_head_is_known(books: Books) -> None:
    await books.breaks(
        "update ledger.chains set block = block - 1"
        " where chain = (select chain from ledger.blocks order by block desc limit 1)"
    )
    assert {finding.flaw for finding in await actions.watch(books.pool)} == {Flaw.HEAD}


async def test_no_moment_is_held_from_one_step_to_the_next(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # While it is read, posted to: what comes meanwhile is the next run's.
        await books.put(moving("earn", books.ilse, 5))
    held: list[object] = []

    async def kept(pool: Pool, findings: list[Finding], reached: list[Mark]) -> list[Finding]:
        held.append(
            await value(
                pool,
                "select count(*) from pg_stat_activity where datname = current_database() and backend_xmin is not null"
                " and pid <> pg_backend_pid() and state like 'idle in transaction%'",
            )
        )
        await books.put(moving("earn", books.ilse, 5))
        return await keeping.keep(pool, findings, reached)

    monkeypatch.setattr(watching, "keep", kept)
    monkeypatch.setattr(watching, "BLOCKS", 1)
    assert await actions.watch(books.pool) == []
    assert len(held) > 1
    assert held == [0] * len(held)


def cut(chain: object) -> list[str]:
    """The last block of a chain and all its transactions taken out, and the head set back: as it was before."""
    last = f"(select block from ledger.chains where chain = {chain})"
    them = f"(select transaction_id from ledger.transactions where chain = {chain} and block = {last})"
    return [
        # What was set aside on top of what is taken out may leave less than nothing; whoever forges does not mind.
        "alter table ledger.balances drop constraint if exists balances_check",
        f"delete from ledger.keys where transaction_id in {them}",
        f"delete from ledger.entries where transaction_id in {them}",
        f"delete from ledger.transactions where chain = {chain} and block = {last}",
        f"delete from ledger.blocks where chain = {chain} and block = {last}",
        (
            f"update ledger.chains set block = block - 1, mac = (select mac from ledger.blocks as block where"
            f" block.chain = {chain} and block.block = chains.block - 1) where chain = {chain}"
        ),
        # And every account as its entries say now.
        (
            "update ledger.balances as balance set posted = found.posted, seq = found.seq, credited = found.posted +"
            " balance.debited from (select account_id, coalesce(sum(amount), 0) as posted, count(amount) as seq from"
            " ledger.accounts left join ledger.entries using (account_id) group by account_id) as found"
            " where found.account_id = balance.account_id and balance.seq <> found.seq"
        ),
    ]


async def test_anchors_remember_what_the_ledger_no_longer_does(books: Books, clock: MovingClock) -> None:
    assert await actions.anchor(books.pool)
    assert not await actions.anchor(books.pool), "nothing was posted since"
    verdict = await ledger.prove(books.pool)
    assert verdict.holds
    # Which chain a block goes on is a draw: one of the eight may have none yet.
    used = [mark.chain for mark in verdict.reached if mark.block]
    assert verdict.checked.anchors == len(used) > 0
    await books.put(moving("earn", books.ilse, 1))
    assert (await ledger.prove(books.pool)).holds, "it only grew"
    clock.forward(days=1)
    assert await actions.anchor(books.pool)
    for chain in used:
        await books.breaks(*cut(chain))
    verdict = await ledger.prove(books.pool)
    assert Flaw.ANCHOR in {finding.flaw for finding in verdict.findings}
    assert not {Flaw.BLOCK_GAP, Flaw.HEAD, Flaw.BLOCK_MAC} & {finding.flaw for finding in verdict.findings}


async def test_a_chain_that_nobody_writes_down_is_warned_of(books: Books, clock: MovingClock) -> None:
    verdict = await ledger.prove(books.pool)
    assert verdict.holds, "its first block is three days old, and nothing is wrong with it"
    assert "remembers no place" in verdict.warnings[0]
    assert "WARNING: The audit log remembers no place" in told_of(verdict)
    assert await actions.anchor(books.pool)
    assert (await ledger.prove(books.pool)).warnings == ()
    clock.forward(days=3)
    assert (await ledger.prove(books.pool)).warnings == (), "nothing was posted since"
    await books.put(moving("earn", books.ilse, 1))
    assert "more was posted since" in (await ledger.prove(books.pool)).warnings[0]


async def test_blocks_of_former_secrets_stand_and_those_of_strangers_do_not(books: Books) -> None:
    from playerbase.kit.crypto import Keys  # noqa: PLC0415
    from tests.conftest import SECRET  # noqa: PLC0415

    ledger.use_keys(Keys.derive(b"new" * 11, (SECRET,)))
    await books.put(moving("earn", books.ilse, 1))
    assert (await ledger.prove(books.pool)).holds
    ledger.use_keys(Keys.derive(b"strange" * 5))
    assert {finding.flaw for finding in (await ledger.prove(books.pool)).findings} == {Flaw.BLOCK_MAC}


async def test_a_proof_locks_nobody_out(books: Books) -> None:
    """A month's tables are made and a commit is taken while a moment is held."""
    from playerbase.ledger.actions.proof.snapshot import snapshot  # noqa: PLC0415

    async with snapshot(books.pool) as moment:
        async with moment.reading() as db:
            before = await db.fetchval("select count(*) from ledger.entries")
            assert await db.fetchval("select pg_current_xact_id_if_assigned()") is None, "it holds no event back"
        async with transaction(books.pool) as tx:
            await tx.execute("set local lock_timeout = '10s'")
            assert await tx.fetchval("select ledger.make_months(statement_timestamp() + interval '1 year', 2)") == 4
        await books.put(moving("earn", books.ilse, 1))
        async with moment.reading() as db:
            assert await db.fetchval("select count(*) from ledger.entries") == before
    async with reading(books.pool) as db:
        assert await db.fetchval("select count(*) from ledger.entries") == before + 2
