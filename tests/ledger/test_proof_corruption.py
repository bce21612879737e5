"""Whatever is changed in the ledger past Playerbase, by somebody who may do anything, is named."""

import pytest

from playerbase import ledger
from playerbase.ledger.model import Flaw
from tests.ledger.proofs import Books, books

__all__ = ["books"]

# An earlier spend of Ilse's, in the middle of everything; her account of coins; the last block of the longest chain.
SPEND = "(select transaction_id from ledger.transactions where kind = 'spend' and reason = 'a hat')"
MAIN = (
    "(select account_id from ledger.entries where amount = -60 and transaction_id in (select transaction_id from"
    " ledger.transactions where reason = 'a hat'))"
)
CHAIN = "(select chain from ledger.blocks where block > 2 order by block desc, chain limit 1)"
OTHER = f"(select min(chain) from ledger.blocks where chain <> {CHAIN} and block > 1)"
LOT = "(select lot_id from ledger.lots where remaining > 0 order by lot_id limit 1)"
HOLD = "(select hold_id from ledger.holds where state = 'open' and amount = 7)"
BOTH = f"chain = {CHAIN} and block in (2, 3)"

CORRUPTIONS: dict[str, tuple[list[str], set[Flaw]]] = {
    "a changed amount": (
        [f"update ledger.entries set amount = -61 where transaction_id = {SPEND} and amount = -60"],
        {Flaw.UNEVEN, Flaw.BLOCK_DIGEST, Flaw.BALANCE, Flaw.RUNNING},
    ),
    "both amounts of a transaction": (
        [f"update ledger.entries set amount = amount * 2 where transaction_id = {SPEND}"],
        {Flaw.BLOCK_DIGEST, Flaw.BALANCE, Flaw.RUNNING},
    ),
    "amounts and balances made to fit": (
        [
            f"update ledger.balances set posted = posted - 60, debited = debited + 60 where account_id = {MAIN}",
            (f"update ledger.entries set balance_after = balance_after - 60 where account_id = {MAIN} and seq >="
            f" (select seq from ledger.entries where account_id = {MAIN} and transaction_id = {SPEND})"),
            f"update ledger.entries set amount = -120 where transaction_id = {SPEND} and amount = -60",
        ],
        {Flaw.BLOCK_DIGEST, Flaw.UNEVEN, Flaw.ASSET},
    ),
    "a deleted entry": (
        [f"delete from ledger.entries where transaction_id = {SPEND} and amount = -60"],
        {Flaw.LEGS, Flaw.BLOCK_DIGEST, Flaw.SEQ, Flaw.BALANCE},
    ),
    "a deleted transaction": (
        ["delete from ledger.transactions where reason = 'a hat'"],
        {Flaw.BLOCK_COUNT, Flaw.NO_TRANSACTION, Flaw.KEY_ALONE, Flaw.REVERSAL},
    ),
    "an added entry": (
        [
            ("insert into ledger.entries select account_id, seq + 1, transaction_id, 9, 5, balance_after + 5, 0, at"
            f" from ledger.entries where account_id = {MAIN} order by seq desc limit 1"),
        ],
        {Flaw.UNEVEN, Flaw.LEGS, Flaw.BLOCK_DIGEST, Flaw.BALANCE},
    ),
    "an added entry of nothing": (
        [
            ("insert into ledger.entries select account_id, seq + 1, overlay(transaction_id::text placing '000' from"
            " 34)::uuid, 0, 5, balance_after + 5, 0, at"
            f" from ledger.entries where account_id = {MAIN} order by seq desc limit 1"),
        ],
        {Flaw.NO_TRANSACTION, Flaw.BALANCE},
    ),
    "an entry of another time": (
        [f"update ledger.entries set at = at - interval '1 day' where transaction_id = {SPEND}"], {Flaw.MOMENT},
    ),
    "a balance off by one": (
        [f"update ledger.balances set posted = posted + 1 where account_id = {MAIN}"],
        {Flaw.BALANCE, Flaw.TALLY, Flaw.ASSET},
    ),
    "a balance and what came in off by one": (
        [f"update ledger.balances set posted = posted + 1, credited = credited + 1 where account_id = {MAIN}"],
        {Flaw.BALANCE, Flaw.TALLY},
    ),
    "two balances that cancel out": (
        [
            f"update ledger.balances set posted = posted + 1, credited = credited + 1 where account_id = {MAIN}",
            ("update ledger.balances set posted = posted - 1, debited = debited + 1 where account_id ="
            " (select account_id from ledger.accounts where purpose = 'issuance' and asset_id = 2)"),
        ],
        {Flaw.BALANCE, Flaw.TALLY},
    ),
    "more came in and went out": (
        [f"update ledger.balances set credited = credited + 5, debited = debited + 5 where account_id = {MAIN}"],
        {Flaw.TALLY},
    ),
    "held off by one": (
        [f"update ledger.balances set held = held + 1 where account_id = {MAIN}"], {Flaw.HELD},
    ),
    "a number of entries off by one": (
        [f"update ledger.balances set seq = seq + 1 where account_id = {MAIN}"], {Flaw.SEQ},
    ),
    "a doubled key": (
        [
            ("insert into ledger.keys select uuid_send(gen_random_uuid()), fingerprint, transaction_id from ledger.keys"
            f" where transaction_id = {SPEND}")
        ],
        {Flaw.KEY_ALONE},
    ),
    "a key without a transaction": (
        ["insert into ledger.keys values (uuid_send(gen_random_uuid()), '\\x00', gen_random_uuid())"], {Flaw.KEY_ALONE},
    ),
    "a transaction without a key": ([f"delete from ledger.keys where transaction_id = {SPEND}"], {Flaw.KEY}),
    "a key that leads elsewhere": (
        [f"update ledger.keys set transaction_id = gen_random_uuid() where transaction_id = {SPEND}"],
        {Flaw.KEY, Flaw.KEY_ALONE},
    ),
    "a success told as a refusal": (
        [f"update ledger.keys set refusal = '{{}}' where transaction_id = {SPEND}"], {Flaw.KEY},
    ),
    "another digest": (
        [f"update ledger.blocks set digest = sha256('') where chain = {CHAIN} and block = 2"],
        {Flaw.BLOCK_DIGEST, Flaw.BLOCK_MAC},
    ),
    "another mac": (
        [f"update ledger.blocks set mac = sha256('') where chain = {CHAIN} and block = 2"],
        {Flaw.BLOCK_MAC},
    ),
    "another count": (
        [f"update ledger.blocks set count = count + 1 where chain = {CHAIN} and block = 2"],
        {Flaw.BLOCK_COUNT, Flaw.BLOCK_MAC},
    ),
    "another first": (
        [f"update ledger.blocks set first = gen_random_uuid() where chain = {CHAIN} and block = 2"], {Flaw.BLOCK_SPAN},
    ),
    "blocks in another order": (
        [
            f"update ledger.{table} set block = -block where {BOTH}; update ledger.{table} set block = 5 + block"
            f" where chain = {CHAIN} and block < 0"
            for table in ("blocks", "transactions")
        ],
        {Flaw.BLOCK_MAC},
    ),
    "a block is not there": (
        [f"delete from ledger.blocks where chain = {CHAIN} and block = 2"], {Flaw.BLOCK_GAP, Flaw.NO_BLOCK},
    ),
    "a block and all of it": (
        [
            (f"delete from ledger.entries where transaction_id in (select transaction_id from ledger.transactions where"
            f" chain = {CHAIN} and block = 2)"),
            f"delete from ledger.transactions where chain = {CHAIN} and block = 2",
            f"delete from ledger.blocks where chain = {CHAIN} and block = 2",
        ],
        {Flaw.BLOCK_GAP, Flaw.KEY_ALONE},
    ),
    "a transaction in another block": (
        [
            (f"update ledger.transactions set block = 3 where transaction_id = (select transaction_id from"
            f" ledger.transactions where chain = {CHAIN} and block = 2 order by transaction_id limit 1)")
        ],
        {Flaw.BLOCK_COUNT, Flaw.BLOCK_DIGEST},
    ),
    "a transaction in another chain": (
        [
            (f"update ledger.transactions set chain = {OTHER}, block = 1 where transaction_id = (select"
            f" transaction_id from ledger.transactions where chain = {CHAIN} and block = 2 order by 1 limit 1)")
        ],
        {Flaw.BLOCK_COUNT},
    ),
    "a transaction in a chain that is none": (
        [f"update ledger.transactions set chain = 9 where transaction_id = {SPEND}"], {Flaw.NO_BLOCK, Flaw.BLOCK_COUNT},
    ),
    "another head": (
        [f"update ledger.chains set block = block - 1 where chain = {CHAIN}"], {Flaw.HEAD},
    ),
    "no head": ([f"delete from ledger.chains where chain = {CHAIN}"], {Flaw.HEAD}),
    "another reason": (
        ["update ledger.transactions set reason = 'a scarf' where reason = 'a hat'"], {Flaw.BLOCK_DIGEST},
    ),
    "another who asked": (
        [f"update ledger.transactions set actor = 'nobody' where transaction_id = {SPEND}"], {Flaw.BLOCK_DIGEST},
    ),
    "swapped balances": (
        [
            (f"update ledger.entries as one set balance_after = other.balance_after from ledger.entries as other where"
            f" one.account_id = {MAIN} and other.account_id = {MAIN} and (one.seq, other.seq) in ((2, 3), (3, 2))")
        ],
        {Flaw.RUNNING, Flaw.BLOCK_DIGEST},
    ),
    "a lot off by one": (
        [f"update ledger.lots set remaining = remaining - 1 where lot_id = {LOT}"], {Flaw.LOT, Flaw.LOTS},
    ),
    "a lot that began larger": ([f"update ledger.lots set granted = granted + 1 where lot_id = {LOT}"], {Flaw.LOT}),
    "a move between lots": (
        [f"update ledger.lot_moves set change = change - 1 where lot_id = {LOT} and change > 1"],
        {Flaw.LOT, Flaw.LOT_MOVE},
    ),
    "a lot of somebody else": (
        [f"update ledger.lots set account_id = {MAIN} where lot_id = {LOT}"], {Flaw.LOTS, Flaw.LOT_MOVE},
    ),
    "a hold off by one": (
        [f"update ledger.holds set amount = amount + 1 where hold_id = {HOLD}"], {Flaw.HOLD, Flaw.HELD},
    ),
    "a hold that ended by itself": (
        [f"update ledger.holds set state = 'voided', released = amount, ended_at = made_at where hold_id = {HOLD}"],
        {Flaw.HOLD, Flaw.HELD},
    ),
    "a hold that says it was taken and was let go": (
        ["update ledger.holds set captured = amount, released = 0 where captured = 10 and state = 'voided'"],
        {Flaw.HOLD},
    ),
    "a hold that is gone": ([f"delete from ledger.holds where hold_id = {HOLD}"], {Flaw.HOLD, Flaw.HELD}),
    "a debt nobody knows": (
        ["update ledger.balances set debt_id = null where debt_id is not null"], {Flaw.DEBT},
    ),
    "somebody else's debt": (
        [
            (f"update ledger.balances set debt_id = (select max(account_id) from ledger.accounts where purpose"
            f" = 'debt') where account_id = {MAIN}")
        ],
        {Flaw.DEBT},
    ),
    "an account that is gone": (
        [f"delete from ledger.accounts where account_id = {MAIN}"], {Flaw.NO_ACCOUNT},
    ),
    "an account for something else": (
        [f"update ledger.accounts set asset_id = 1, purpose = 'allocation' where account_id = {MAIN}"],
        {Flaw.UNEVEN, Flaw.ASSET},
    ),
    "more reversed than there was": (
        [f"update ledger.transactions set reverses = {SPEND} where kind = 'earn' and transaction_id > {SPEND}"],
        {Flaw.REVERSAL, Flaw.BLOCK_DIGEST},
    ),
    "a table without its guard": (["alter table ledger.entries disable trigger append_only"], {Flaw.UNGUARDED}),
}  # fmt: skip


@pytest.mark.parametrize("what", CORRUPTIONS)
async def test_it_is_named(books: Books, what: str) -> None:
    statements, flaws = CORRUPTIONS[what]
    await books.breaks(*statements)
    verdict = await ledger.prove(books.pool)
    assert flaws <= {finding.flaw for finding in verdict.findings}, verdict.findings
    assert not verdict.holds
