"""The audit log: chain, heads, starts, anchors, and what is removed."""

from tests.mutations.mutation import Mutation

CHAIN = "audit/rules/chain.py"
JUDGING = "audit/rules/judging.py"
VERIFYING = "audit/actions/verifying.py"
RECORDING = "audit/actions/recording.py"
ANCHORING = "audit/actions/anchoring.py"
AUDIT_SQL = "audit/migrations/0001_audit.sql"

CHECKS = (
    Mutation(
        "audit: a hash that covers less",
        CHAIN,
        "return _encode(msgspec.structs.astuple(row)[:-1])",
        "return _encode(msgspec.structs.astuple(row)[:5])",
        "audit/test_verifying.py::test_an_edit",
    ),
    Mutation(
        "audit: rows that do not hang together",
        CHAIN,
        "previous + canonical(row)",
        "canonical(row)",
        (
            "audit/test_tampering.py audit/test_verifying.py "
            "audit/test_anchoring.py::test_hashes_are_what_the_decision_record_says"
        ),
    ),
    Mutation(
        "audit: any hash",
        JUDGING,
        "        if fits and row.hash != link(key, previous, row):",
        "        if False:",
        "audit/test_verifying.py::test_an_edit",
    ),
    Mutation(
        "audit: any head",
        CHAIN,
        ("    return any(hmac.compare_digest(sign(key, head.chain, head.seq, head.hash), head.mac) for key in keys)"),
        "    return True",
        "audit/test_verifying.py::test_a_forged_head",
    ),
    Mutation(
        "audit: a chain without a head",
        VERIFYING,
        (
            "        if head is None:\n"
            '            return Finding(Wrong.HEAD_FORGED, chain, at.seq, "The chain has lost its '
            'head.")'
        ),
        "        if head is None:\n            return None",
        "audit/test_verifying.py::test_a_chain_without_a_head",
    ),
    Mutation(
        "audit: rows where none can be",
        VERIFYING,
        "        await self._strays()\n",
        "",
        "audit/test_verifying.py::test_an_insertion_beyond_the_chain",
    ),
    Mutation(
        "audit: goes on after a forged head",
        RECORDING,
        "        if not rules.is_signed(signing, head):\n            raise HeadForged",
        "        if False:\n            raise HeadForged",
        "audit/test_recording.py::test_nothing_is_appended_to_a_head_that_is_not_ours",
    ),
    Mutation(
        "audit: any anchor",
        "audit/rules/anchors.py",
        "known = any(hmac.compare_digest(_mac(key, anchor), given) for key in keys)",
        "known = True",
        "audit/test_anchoring.py::test_a_line_somebody_else_wrote_is_named",
    ),
    Mutation(
        "audit: set back and grown anew",
        JUDGING,
        "if not fits or (anchor is not None and anchor.hash != row.hash):",
        "if not fits:",
        "audit/test_verifying.py::test_a_chain_set_back_that_grew_anew_is_told_too",
    ),
    Mutation(
        "audit: set back",
        VERIFYING,
        ("return judging.shortened(at, beyond, anchored[beyond]) if at.seq == end < beyond else None"),
        "return None",
        "audit/test_verifying.py::test_a_chain_set_back_to_an_old_head_is_told_by_the_anchors",
    ),
    Mutation(
        "audit: a forged head is anchored",
        ANCHORING,
        "if head.seq and rules.is_signed(signing, head)]",
        "if head.seq]",
        "audit/test_anchoring.py::test_a_forged_head_gets_no_anchor",
    ),
    Mutation(
        "audit: a forged start is anchored",
        ANCHORING,
        "if start.seq and rules.starts.is_signed(signing, start)]",
        "if start.seq]",
        "audit/test_retention_tampering.py::test_a_forged_start_or_policy_gets_no_anchor",
    ),
    Mutation(
        "audit: rows are changed",
        AUDIT_SQL,
        ("create trigger append_only before update on audit.entries for each row execute function audit.refuse();\n"),
        "",
        "audit/test_recording.py::test_the_tables_refuse_to_forget",
    ),
    Mutation(
        "audit: rows are deleted",
        AUDIT_SQL,
        "    if exists (select from audit.starts where chain = old.chain and seq >= old.seq) then",
        "    if true then",
        "audit/test_recording.py::test_the_tables_refuse_to_forget",
    ),
    Mutation(
        "audit: the table is emptied",
        AUDIT_SQL,
        (
            "create trigger never_emptied before truncate on audit.entries for each statement "
            "execute function audit.refuse();\n"
        ),
        "",
        "audit/test_recording.py::test_the_tables_refuse_to_forget",
    ),
    Mutation(
        "audit: heads go backwards",
        AUDIT_SQL,
        (
            "    when (new.seq <= old.seq or new.chain <> old.chain) execute function "
            "audit.refuse();\n"
            "create trigger never_fewer before delete on audit.starts"
        ),
        ("    when (false) execute function audit.refuse();\ncreate trigger never_fewer before delete on audit.starts"),
        "audit/test_recording.py::test_the_tables_refuse_to_forget",
    ),
    Mutation(
        "audit: addresses in clear",
        RECORDING,
        ('return seal(keys, ip.encode(), table="audit.entries", column="ip_sealed", row=str(entry_id))'),
        "return ip.encode()",
        "audit/test_recording.py::test_a_dump_shows_no_address",
    ),
)
