"""The ledger: the floor, the order of locks, the claim of a key, what stands under it, what is undone once."""

from tests.mutations.mutation import Mutation

ADMISSION = "ledger/rules/admission.py"
LOTS = "ledger/rules/lots.py"
SHAPE = "ledger/rules/shape.py"
POSTING = "ledger/actions/posting.py"
STORE = "ledger/store.sql"
TESTS = "ledger/test_posting.py"
RACES = "ledger/test_races.py"
CRASHES = "ledger/test_crashes.py"

CHECKS = (
    Mutation(
        "ledger: the floor",
        ADMISSION,
        "and after - held < balance.floor:",
        "and False:",
        f"{TESTS}::test_nobody_spends_what_is_not_there",
    ),
    Mutation(
        "ledger: holds in the floor",
        ADMISSION,
        "and after - held < balance.floor:",
        "and after < balance.floor:",
        f"{TESTS}::test_what_is_set_aside_cannot_be_spent",
    ),
    Mutation(
        "ledger: the floor of a hold",
        ADMISSION,
        "balance.posted - balance.held - amount < balance.floor",
        "balance.posted - amount < balance.floor",
        f"{TESTS}::test_what_is_set_aside_cannot_be_spent",
    ),
    Mutation(
        "ledger: the lock of balances",
        STORE,
        "where account_id = any(:account_ids::text::bigint[])\norder by account_id\nfor no key update;",
        "where account_id = any(:account_ids::text::bigint[])\norder by account_id;",
        f"{RACES}::test_nobody_overspends_from_a_hundred_connections",
    ),
    Mutation(
        "ledger: the order of locks",
        STORE,
        "where account_id = any(:account_ids::text::bigint[])\norder by account_id\nfor no key update;",
        "where account_id = any(:account_ids::text::bigint[])\norder by hashint8(account_id # pg_backend_pid())\n"
        "for no key update;",
        f"{RACES}::test_no_order_of_locks_meets_its_opposite",
    ),
    Mutation(
        "ledger: the claim of a key",
        STORE,
        "on conflict (key_id) do nothing\nreturning key_id;",
        "on conflict (key_id) do update set transaction_id = excluded.transaction_id\nreturning key_id;",
        f"{TESTS}::test_a_key_has_one_outcome",
    ),
    Mutation(
        "ledger: what was said under a key",
        POSTING,
        "if row.fingerprint != said:",
        "if False:",
        f"{TESTS}::test_a_key_is_not_for_something_else",
    ),
    Mutation(
        "ledger: whose key it is",
        SHAPE,
        'return hashlib.sha256(b"%d:%s%s" % (len(head), head, key.encode())).digest()[:16]',
        "return hashlib.sha256(key.encode()).digest()[:16]",
        f"{TESTS}::test_a_key_is_not_for_something_else",
    ),
    Mutation(
        "ledger: a refusal stands",
        POSTING,
        "await store.record_refusals(tx, list(refused), [record(each) for each in refused.values()])",
        "await tx.execute('delete from ledger.keys where key_id = any($1)', list(refused))",
        f"{TESTS}::test_a_refusal_stands_after_the_balance_is_topped_up",
    ),
    Mutation(
        "ledger: legs that do not sum to zero",
        SHAPE,
        "return Unbalanced(assets=uneven) if uneven else None",
        "return None",
        f"{TESTS}::test_legs_that_do_not_sum_to_zero_are_refused",
    ),
    Mutation(
        "ledger: what is reversed twice",
        ADMISSION,
        "if (amount > 0) is (left > 0) or abs(amount) > abs(left):",
        "if False:",
        f"{TESTS}::test_a_transaction_is_reversed_once_and_no_more_than_it_was",
    ),
    Mutation(
        "ledger: a hold that is over",
        ADMISSION,
        'if ending == "captured" and hold.expires_at <= self._now:',
        "if False:",
        f"{TESTS}::test_a_hold_that_is_over_takes_nothing",
    ),
    Mutation(
        "ledger: more than a hold has left",
        ADMISSION,
        "if amount is not None and amount > hold.left:",
        "if False:",
        f"{TESTS}::test_what_is_set_aside_cannot_be_spent",
    ),
    Mutation(
        "ledger: the end of a balance",
        ADMISSION,
        "or abs(after) > most:",
        "or False:",
        f"{TESTS}::test_a_balance_has_an_end",
    ),
    Mutation(
        "ledger: repayment",
        ADMISSION,
        "if posting.kind in EARNING:",
        "if False:",
        f"{TESTS}::test_what_was_spent_and_is_taken_back_is_owed_and_repaid",
    ),
    Mutation(
        "ledger: what ends first",
        STORE,
        "order by account_id, expires_at, lot_id",
        "order by account_id, expires_at desc, lot_id",
        f"{TESTS}::test_what_expires_first_is_spent_first_and_comes_back_as_it_was",
    ),
    Mutation(
        "ledger: what comes back as it was",
        LOTS,
        "if lot is not None and move.change < 0:",
        "if False:",
        f"{TESTS}::test_what_expires_first_is_spent_first_and_comes_back_as_it_was",
    ),
)
