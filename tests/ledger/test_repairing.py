"""An account whose row was changed is made anew from its entries, and the proof holds again."""

import pytest

from playerbase import audit, ledger
from playerbase.kit.db import broken, reading, transaction
from playerbase.ledger import actions
from playerbase.ledger.model import Flaw
from playerbase.ledger.model.explored import EntriesDoNotHold, NothingToRepair, RepairedBelowFloor
from playerbase.schema import INVARIANTS
from tests.accounts.desks import Desk
from tests.accounts.people import people
from tests.ledger.conftest import moving, told
from tests.ledger.proofs import Books, books, value
from tests.ledger.test_pages import economist, sent
from tests.ledger.test_proof_corruption import MAIN, SPEND
from tests.ledger.test_routes import Bank, bank

__all__ = ["bank", "books", "economist", "people"]

BY = audit.Deed(actor_kind="staff", actor_id="somebody", action="")
TRUTH = f"select sum(amount)::bigint from ledger.entries where account_id = {MAIN}"
POSTED = f"select posted from ledger.balances where account_id = {MAIN}"


async def repair(books: Books) -> None:
    async with transaction(books.pool) as tx:
        await actions.repair(tx, await tx.fetchval(f"select {MAIN}"), "a row was changed", by=BY)


async def flaws(books: Books) -> set[Flaw]:
    return {finding.flaw for finding in (await ledger.prove(books.pool)).findings}


@pytest.mark.parametrize(
    "changed",
    [
        "posted = posted + 100",
        "posted = posted - 9, credited = credited - 9",
        "credited = credited + 5, debited = debited + 5",
        "held = held + 1",
    ],
)
async def test_a_row_that_was_changed_is_what_its_entries_come_to(books: Books, changed: str) -> None:
    before = await value(books.pool, f"select balance::text from ledger.balances as balance where account_id = {MAIN}")
    await books.breaks(f"update ledger.balances set {changed} where account_id = {MAIN}")
    assert await flaws(books)
    await repair(books)
    after = await value(books.pool, f"select balance::text from ledger.balances as balance where account_id = {MAIN}")
    assert after == before
    assert await flaws(books) == set()
    assert await actions.watch(books.pool) == []


async def test_what_was_earned_and_spent_on_a_wrong_balance_stays_and_is_counted_right(books: Books) -> None:
    await actions.watch(books.pool)
    await books.breaks(f"update ledger.balances set posted = posted + 100 where account_id = {MAIN}")
    await books.put(moving("earn", books.ilse, 20))
    await books.put(moving("spend", books.ilse, 3))
    assert Flaw.RUNNING in {finding.flaw for finding in await actions.watch(books.pool)}
    # Locked against debits, and what is earned still arrives.
    async with transaction(books.pool) as tx:
        outcomes = await ledger.post(tx, [moving("spend", books.ilse, 1), moving("earn", books.ilse, 5)])
    assert told(outcomes) == ["account_locked", "posted"]
    truth = await value(books.pool, TRUTH)
    assert await value(books.pool, POSTED) == truth + 100  # type: ignore[operator]
    await repair(books)
    assert await value(books.pool, POSTED) == truth
    assert (
        await value(books.pool, "select count(*) from ledger.findings where settled_at is null and flaw <> 'asset'")
        == 0
    )
    await books.put(moving("spend", books.ilse, 1), moving("earn", books.ilse, 2))
    assert await actions.watch(books.pool) == []
    for rows in (1, 7, 100_000):
        assert (await ledger.prove(books.pool, slice_rows=rows)).findings == ()
    async with reading(books.pool) as db:
        assert await broken(db, INVARIANTS) == []
    (deed,) = await books.pool.fetch(
        "select before, after, reason from audit.entries where action = 'ledger_account_repaired'"
    )
    assert (deed["reason"], '"jumps"' in deed["after"]) == ("a row was changed", True)


async def test_what_is_changed_again_after_a_repair_is_found_again(books: Books) -> None:
    for _ in range(2):
        await books.breaks(f"update ledger.balances set posted = posted + 100 where account_id = {MAIN}")
        await books.put(moving("earn", books.ilse, 20))
        assert await actions.watch(books.pool)
        assert await value(books.pool, f"select locked from ledger.balances where account_id = {MAIN}") == 1
        await repair(books)
        assert await flaws(books) == set()


async def test_nobody_excuses_their_own_change(books: Books) -> None:
    await books.breaks(
        f"update ledger.balances set posted = posted + 100, credited = credited + 100 where account_id = {MAIN}"
    )
    await books.put(moving("earn", books.ilse, 20))
    last = f"(select max(seq) from ledger.entries where account_id = {MAIN})"
    await books.breaks(
        f"insert into ledger.repairs select gen_random_uuid(), {MAIN}, {last}, 100, '', '', now(), sha256('guess')",
        f"update ledger.balances set posted = posted - 100, credited = credited - 100 where account_id = {MAIN}",
    )
    assert Flaw.RUNNING in await flaws(books)


async def test_an_excuse_is_for_one_place(books: Books) -> None:
    await books.breaks(f"update ledger.balances set posted = posted + 100 where account_id = {MAIN}")
    await books.put(moving("earn", books.ilse, 20))
    await repair(books)
    await books.put(moving("earn", books.ilse, 1))
    assert await flaws(books) == set()
    await books.put(moving("earn", books.ilse, 1))
    await books.breaks(f"update ledger.balances set posted = posted + 100 where account_id = {MAIN}")
    await books.put(moving("earn", books.ilse, 20))
    assert Flaw.RUNNING in await flaws(books)
    assert Flaw.RUNNING in {finding.flaw for finding in await actions.watch(books.pool)}


@pytest.mark.parametrize(
    "change",
    [
        f"update ledger.entries set amount = -50 where transaction_id = {SPEND} and amount = -60",
        f"delete from ledger.entries where transaction_id = {SPEND} and amount = -60",
        f"delete from ledger.transactions where transaction_id = {SPEND}",
        f"update ledger.entries set amount = amount * 2 where transaction_id = {SPEND}",
    ],
)
async def test_entries_that_were_changed_excuse_nothing(books: Books, change: str) -> None:
    await books.breaks(f"update ledger.balances set posted = posted + 10 where account_id = {MAIN}", change)
    main = await value(
        books.pool,
        "select account_id from ledger.accounts where asset_id = 2 and owner_id = $1 and purpose = 'main'",
        books.ilse,
    )
    with pytest.raises(EntriesDoNotHold):
        async with transaction(books.pool) as tx:
            await actions.repair(tx, main, "a row was changed", by=BY)  # type: ignore[arg-type]


async def test_a_last_entry_that_was_taken_out_is_not_believed_to_have_never_been(books: Books) -> None:
    await books.put(moving("earn", books.ilse, 500, reason="a prize"))
    await books.breaks(
        "delete from ledger.entries where amount = 500 and transaction_id in (select transaction_id from"
        " ledger.transactions where reason = 'a prize')",
        f"update ledger.balances set seq = seq - 1 where account_id = {MAIN}",
    )
    assert await actions.watch(books.pool)
    with pytest.raises(EntriesDoNotHold):
        await repair(books)


async def test_what_was_spent_beyond_the_truth_is_given_first(books: Books) -> None:
    truth = await value(books.pool, TRUTH)
    assert isinstance(truth, int)
    await books.breaks(f"update ledger.balances set posted = posted + 1000 where account_id = {MAIN}")
    await books.put(moving("spend", books.ilse, truth + 300))
    with pytest.raises(RepairedBelowFloor) as refused:
        await repair(books)
    missing = refused.value.members["missing"]
    assert isinstance(missing, int)
    assert missing >= 300, "what is set aside counts too"
    await books.put(moving("grant", books.ilse, missing))
    await repair(books)
    assert await flaws(books) == set()


async def test_what_is_right_is_not_repaired(books: Books) -> None:
    with pytest.raises(NothingToRepair):
        await repair(books)


async def test_staff_puts_a_wallet_right(bank: Bank) -> None:
    staff, api = bank.operator.headers, bank.people.api
    await bank.move("earn", 50)
    async with transaction(api.site.pool) as tx:
        await tx.execute("update ledger.balances set posted = posted + 7 where posted = 50")
    await bank.people.post("/admin/ledger/verify", {}, **staff)
    await api.drain()
    assert (await bank.move("spend", 1)).json()["code"] == "account_locked"
    assert (await bank.move("earn", 10)).status_code == 201
    account = await api.site.pool.fetchval(
        "select account_id from ledger.accounts where owner_id = $1 and asset_id = 2", bank.player.player_id
    )
    made = await bank.people.post(f"/admin/ledger/accounts/{account}/repair", {"reason": "a row was changed"}, **staff)
    assert made.json() == {
        "account_id": account, "asset": "coins", "purpose": "main", "balance": 60, "held": 0, "locked": "open",
    }  # fmt: skip
    assert (await bank.move("spend", 1)).status_code == 201
    assert (await bank.coins())["balance"] == 59
    again = await bank.people.post(f"/admin/ledger/accounts/{account}/repair", {"reason": "again"}, **staff)
    assert again.json()["code"] == "nothing_to_repair"
    assert (await ledger.prove(api.site.pool)).findings == ()


async def test_a_page_offers_it_where_the_proof_has_locked(bank: Bank, economist: Desk) -> None:
    api = bank.people.api
    await bank.move("earn", 50)
    account = await api.site.pool.fetchval(
        "select account_id from ledger.accounts where owner_id = $1 and asset_id = 2", bank.player.player_id
    )
    page = f"/console/ledger/accounts/{account}"
    assert "Put right" not in (await economist.get(page)).text
    async with transaction(api.site.pool) as tx:
        await tx.execute("update ledger.balances set posted = posted + 7 where posted = 50")
    await bank.people.post("/admin/ledger/verify", {}, **bank.operator.headers)
    await api.drain()
    assert "Put right" in (await economist.get(page)).text
    assert "are proved first" in (await economist.get(f"{page}/repair")).text
    answer = await sent(economist, f"{page}/repair", {"reason": "a row was changed"})
    assert answer.headers["location"] == f"{page}?told=repaired"
    shown = (await economist.get(f"{page}?told=repaired")).text
    assert "Put right. The balance is" in shown
    assert "Put right…" not in shown
