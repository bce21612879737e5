"""The ledger's proof: digests, macs, order, heads, anchors, keys."""

from tests.mutations.mutation import Mutation

PROOF = "ledger/rules/proof.py"
CHAIN = "ledger/rules/chain.py"
HISTORY = "ledger/actions/proof/history.sql"
STANDING = "ledger/actions/proof/standing.sql"
STORE = "ledger/store.sql"
REPAIRS = "ledger/test_repairing.py"
NAMED = "ledger/test_proof_corruption.py::test_it_is_named"

CHECKS = (
    Mutation(
        "ledger: a mac without the one before",
        CHAIN,
        'hmac.digest(key, previous + f"',
        'hmac.digest(key, f"',
        "ledger/test_chain.py",
    ),
    Mutation(
        "ledger: a mac without its place",
        CHAIN,
        'f"{chain}:{block}:{count}:".encode()',
        'b""',
        "ledger/test_chain.py",
    ),
    Mutation(
        "ledger: any mac",
        PROOF,
        "        elif not any(\n            hmac.compare_digest(",
        "        elif not any(\n            len(it.mac) or hmac.compare_digest(",
        "ledger/test_chain.py",
    ),
    Mutation(
        "ledger: any block after any other",
        PROOF,
        "if it.block != at.block + 1:",
        "if False:",
        "ledger/test_chain.py",
    ),
    Mutation(
        "ledger: any head",
        PROOF,
        "    if (head.block, head.mac) == (reached.block, reached.mac):",
        "    if True:",
        "ledger/test_proof_watching.py::test_a_chain_that_was_set_back_is_known_from_before",
    ),
    Mutation(
        "ledger: any anchor",
        PROOF,
        "    if stands is not None and stands.mac == anchored.mac:",
        "    if True:",
        "ledger/test_proof_watching.py::test_anchors_remember_what_the_ledger_no_longer_does",
    ),
    Mutation(
        "ledger: any digest",
        HISTORY,
        "sha256(convert_to(made.texts, 'UTF8')) is distinct from block.digest as is_digest",
        "false as is_digest",
        NAMED,
    ),
    Mutation(
        "ledger: any number of transactions in a block",
        HISTORY,
        "coalesce(made.count, 0) <> block.count as is_count",
        "false as is_count",
        NAMED,
    ),
    Mutation(
        "ledger: a text without its reason",
        CHAIN,
        "it.kind, it.reason, it.ref",
        'it.kind, "", it.ref',
        "ledger/test_proof.py::test_a_ledger_in_which_everything_was_done_is_proved",
    ),
    Mutation(
        "ledger: any key",
        "ledger/actions/proof/proving.py",
        "        if self._keys.sum == self._keys_posted:",
        "        if True:",
        NAMED,
    ),
    Mutation(
        "ledger: a finding locks nobody",
        "ledger/actions/proof/keeping.py",
        "await kept.lock_wallets(tx, accounts, transactions, clock.now()) if suspect else []",
        "[]",
        "ledger/test_proof_watching.py::test_what_is_wrong_is_told_once_and_locks_the_wallet",
    ),
    Mutation(
        "ledger: anybody excuses a jump",
        "ledger/actions/proof/repaired.py",
        "if any(hmac.compare_digest(rules.repair_mac(key, jump), it.mac) for key in repair_keys()):",
        "if True:",
        f"{REPAIRS}::test_nobody_excuses_their_own_change",
    ),
    Mutation(
        "ledger: one excuse for every jump",
        "ledger/actions/proof/repaired.py",
        "if it not in known[it.account_id]}",
        "if not known[it.account_id]}",
        f"{REPAIRS}::test_an_excuse_is_for_one_place",
    ),
    Mutation(
        "ledger: a repair from entries that were changed",
        "ledger/actions/proof/repairing.py",
        "        if not await explorer.is_proved(tx, block, transactions):",
        "        if False:",
        f"{REPAIRS}::test_entries_that_were_changed_excuse_nothing",
    ),
    Mutation(
        "ledger: a repair while history is in doubt",
        "ledger/actions/proof/repaired.sql",
        "select from ledger.findings where settled_at is null and flaw = any(:history::text[])",
        "select from ledger.findings where false and flaw = any(:history::text[])",
        f"{REPAIRS}::test_a_last_entry_that_was_taken_out_is_not_believed_to_have_never_been",
    ),
    Mutation(
        "ledger: a repair below the floor",
        "ledger/actions/proof/repairing.py",
        "if balance.floor is not None and due.posted - due.held < balance.floor:",
        "if False:",
        f"{REPAIRS}::test_what_was_spent_beyond_the_truth_is_given_first",
    ),
    Mutation(
        "ledger: units expire while somebody spends them",
        "ledger/actions/sweeping.py",
        "            await _lock(tx, accounts)\n",
        "",
        "ledger/test_sweeping.py::test_units_that_are_spent_at_that_moment_take_no_others_with_them",
    ),
    Mutation(
        "ledger: what is set aside expires",
        STORE,
        "select lot_id, owner_id, code, least(remaining, ended - held)::bigint",
        "select lot_id, owner_id, code, remaining",
        "ledger/test_sweeping.py::test_what_is_set_aside_are_the_units_that_end_first",
    ),
    Mutation(
        "ledger: what was taken of a hold is anything",
        STANDING,
        "coalesce(made.captured, 0) <> hold.captured as is_other",
        "false as is_other",
        NAMED,
    ),
)
