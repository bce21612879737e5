"""The ledger's proof: digests, macs, order, heads, anchors, keys."""

from tests.mutations.mutation import Mutation

PROOF = "ledger/rules/proof.py"
CHAIN = "ledger/rules/chain.py"
HISTORY = "ledger/actions/proof/history.sql"
STANDING = "ledger/actions/proof/standing.sql"
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
)
