"""What may be removed of the audit log, and who hears of reading it."""

from tests.mutations.mutation import Mutation

STARTS = "audit/rules/starts.py"
POLICY = "audit/rules/policy.py"
PRUNING = "audit/actions/pruning.py"
ROUTES = "audit/routes.py"

CHECKS = (
    Mutation(
        "audit: any start",
        STARTS,
        "    return any(hmac.compare_digest(sign(key, start), start.mac) for key in keys)",
        "    return True",
        "audit/test_retention_tampering.py::test_a_start_that_was_edited",
    ),
    Mutation(
        "audit: a start set back",
        STARTS,
        "if furthest is not None and start.seq < furthest.seq:",
        "if False:",
        "audit/test_retention_tampering.py::test_a_start_taken_back_leaves_a_cut_front",
    ),
    Mutation(
        "audit: a start anchors contradict",
        STARTS,
        "if known is not None and known.hash != start.hash:",
        "if False:",
        ("audit/test_retention_tampering.py::test_an_anchor_shipped_away_tells_where_the_chain_may_begin"),
    ),
    Mutation(
        "audit: any policy",
        POLICY,
        "    return any(hmac.compare_digest(sign(key, policy), policy.mac) for key in keys)",
        "    return True",
        "audit/test_retention_tampering.py::test_a_policy_by_hand_removes_nothing_and_is_named",
    ),
    Mutation(
        "audit: an older policy put back",
        POLICY,
        "    if policy.version < version:",
        "    if False:",
        "audit/test_retention_tampering.py::test_an_older_policy_put_back_removes_nothing",
    ),
    Mutation(
        "audit: kept for less than ninety days",
        POLICY,
        "timedelta(days=max(days, DAYS_MIN))",
        "timedelta(days=days)",
        "audit/test_retention.py::test_no_policy_reaches_below_the_floor",
    ),
    Mutation(
        "audit: evidence is removed",
        PRUNING,
        "if last is not None and not last.verdict.holds:",
        "if False:",
        "audit/test_retention_tampering.py::test_nothing_goes_while_the_log_does_not_hold",
    ),
    Mutation(
        "audit: removed by a policy that is not ours",
        PRUNING,
        "if wrong is not None or policy is None:",
        "if policy is None:",
        "audit/test_retention_tampering.py::test_a_policy_by_hand_removes_nothing_and_is_named",
    ),
    Mutation(
        "audit: edited rows are removed",
        PRUNING,
        "if old and not self._fits(began, old):",
        "if False:",
        "audit/test_retention_tampering.py::test_nothing_goes_from_a_chain_that_was_touched",
    ),
    Mutation(
        "audit: removed under a head that is not ours",
        PRUNING,
        ' or not rules.is_signed(self.keys.subkeys("audit/head"), head):',
        ":",
        "audit/test_retention_tampering.py::test_nothing_goes_under_a_head_that_is_not_ours",
    ),
    Mutation(
        "audit: wrong credentials are not written down",
        "audit/rules/worth.py",
        ("    if status == 401 and has_credentials:  # noqa: PLR2004 - HTTP's word for unknown\n        return True\n"),
        "",
        "audit/test_routes.py::test_wrong_credentials_are_written_down_once_a_minute",
    ),
    Mutation(
        "audit: reading is not written down",
        "audit/actions/looking.py",
        "    if after is None:\n        await record(tx, reading_of(request, asked))\n",
        "",
        "audit/test_routes.py::test_reading_the_log_is_written_down_once_a_reading",
    ),
    Mutation(
        "audit: an export is not written down",
        ROUTES,
        "    await actions.record(tx, actions.reading_of(request, asked, format=format))\n",
        "",
        "audit/test_routes.py::test_reading_the_log_is_written_down_once_a_reading",
    ),
    Mutation(
        "audit: any staff exports",
        ROUTES,
        '@get("/admin/audit/export", policy=staff("audit.export")',
        '@get("/admin/audit/export", policy=staff("audit.read")',
        "audit/test_routes.py::test_only_who_may_reads_and_only_who_may_exports",
    ),
    Mutation(
        "audit: any staff changes how long it is kept",
        ROUTES,
        '@put("/admin/audit/retention", policy=staff("audit.write")',
        '@put("/admin/audit/retention", policy=staff("audit.read")',
        ("audit/test_retention_routes.py::test_who_reads_the_log_sees_it_and_an_admin_alone_changes_it"),
    ),
    Mutation(
        "audit: cells a spreadsheet runs",
        "audit/rules/cells.py",
        'return f"\'{text}" if text.startswith(_STARTS_A_FORMULA) else text',
        "return text",
        "audit/test_routes.py::test_no_cell_of_an_export_is_a_formula",
    ),
)
