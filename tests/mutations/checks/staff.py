"""Who works here, and may what."""

from tests.mutations.mutation import Mutation

STATEMENTS = "access/store.sql"
SESSIONS = "access/actions/sessions.py"
KEYS = "access/routes/keys.py"
NOW = "console/pages/now.py"
ROUTES = "platform/routes.py"

CHECKS = (
    Mutation(
        "staff: by any way of signing in",
        STATEMENTS,
        "and sessions.method = 'password'\nwhere sessions.session_id",
        "\nwhere sessions.session_id",
        "accounts/test_vouched.py::test_a_server_s_word_and_a_device_open_no_console",
    ),
    Mutation(
        "staff: by any way of signing in, in a browser",
        STATEMENTS,
        "and sessions.method = 'password'\nwhere sessions.cookie_hash",
        "\nwhere sessions.cookie_hash",
        "accounts/test_providers.py::test_staff_that_came_by_a_provider_is_a_player_in_a_browser_too",
    ),
    Mutation(
        "staff: roles named in any token",
        SESSIONS,
        'for _, player_id, method, _ in asked if method == "password"}',
        "for _, player_id, _, _ in asked}",
        "accounts/test_vouched.py::test_a_server_s_word_and_a_device_open_no_console",
        also=((SESSIONS, 'if method == "password" and player_id in members', "if player_id in members"),),
    ),
    Mutation(
        "staff: without the second factor demanded",
        "access/actions/calling.py",
        "    if row.withheld is not None:",
        "    if False:",
        ("accounts/test_step_up.py::test_staff_without_a_second_factor_is_a_player_where_one_is_required"),
    ),
    Mutation(
        "staff: roles named without a second factor",
        SESSIONS,
        "and (rules.SECOND in amr or not is_demanded)",
        "",
        ("accounts/test_step_up.py::test_staff_without_a_second_factor_is_a_player_where_one_is_required"),
    ),
    Mutation(
        "staff: demanded by who has none",
        "access/actions/policies.py",
        'if demand == "required" and not has_one:',
        "if False:",
        ("accounts/test_step_up.py::test_staff_without_a_second_factor_is_a_player_where_one_is_required"),
    ),
    Mutation(
        "staff: demanded without a fresh proof",
        KEYS,
        "    await actions.check_fresh(tx, caller)\n",
        "",
        ("accounts/test_step_up.py::test_staff_without_a_second_factor_is_a_player_where_one_is_required"),
    ),
    Mutation(
        "staff: not demanded in production",
        "app.py",
        '"required" if settings.in_production else "optional"',
        '"optional"',
        "platform/test_production.py::test_staff_needs_a_second_factor_there_and_nowhere_else",
    ),
    Mutation(
        "staff: the last admin goes",
        "access/actions/staff.py",
        ('if "admin" in before and "admin" not in wanted and not await store.has_other_admin(tx, player_id):'),
        "if False:",
        "access/test_keys_and_staff.py::test_somebody_must_remain_who_appoints",
    ),
    Mutation(
        "staff: the last two admins go at once",
        STATEMENTS,
        "hashtext('access.staff')",
        "hashtext('access.staff' || random()::text)",
        "access/test_keys_and_staff.py::test_somebody_must_remain_who_appoints",
    ),
    Mutation(
        "staff: moderators appoint",
        "access/rules/roles.py",
        '"moderator": _READING | {"players.write", "matches.write", "boards.judge"}',
        '"moderator": _READING | {"players.write", "matches.write", "boards.judge", "staff.write"}',
        "access/test_rules.py::test_roles_are_sets_of_known_permissions",
    ),
    Mutation(
        "staff: who reads appoints",
        KEYS,
        '@put("/admin/staff", policy=staff("staff.write")',
        '@put("/admin/staff", policy=staff("staff.read")',
        "platform/test_openapi.py::test_the_document_in_the_repository_is_the_one_served",
    ),
    Mutation(
        "staff: one of them is barred",
        "access/actions/barring.py",
        "    if await roles_of(tx, player_id):\n        raise WorksHere\n",
        "",
        "access/test_barring.py::test_what_is_wrong_with_a_decision_is_said",
    ),
    Mutation(
        "console: players look at the machinery",
        NOW,
        "    if not caller.is_staff:\n        raise NotAllowed",
        "    if False:\n        raise NotAllowed",
        (
            "console/test_door.py::test_a_player_without_a_role_is_told_so "
            "console/test_console.py::test_only_staff_looks_at_the_machinery"
        ),
    ),
    Mutation(
        "console: staff without a second factor looks",
        NOW,
        ("    if caller.withheld is not None:\n        raise caller.withheld\n    if not caller.is_staff:"),
        "    if not caller.is_staff and caller.withheld is None:",
        "accounts/test_step_up.py::test_staff_sets_it_up_in_the_browser",
    ),
    Mutation(
        "console: a stream outlives a role",
        "console/pages/frame.py",
        "                    now.must_be_staff(await request.site.authenticate(request))",
        "                    pass",
        "console/test_stream.py::test_a_quiet_stream_ends_with_the_role",
    ),
    Mutation(
        "console: a busy stream outlives a role",
        "console/pages/frame.py",
        "await stream.next(patience) if patience > 0 else False",
        "await stream.next(KEEP_ALIVE_SECONDS)",
        "console/test_stream.py::test_a_busy_stream_ends_with_the_role_too",
    ),
    Mutation(
        "metrics: open in production",
        ROUTES,
        "if request.site.in_production and not may:",
        "if False:",
        "platform/test_metrics.py::test_in_production_metrics_are_not_for_everybody",
    ),
    Mutation(
        "clock: moved in production",
        ROUTES,
        "    if request.site.in_production:\n        raise ClockIsReal",
        "    if False:\n        raise ClockIsReal",
        "platform/test_clock.py::test_in_production_it_is_the_real_one",
    ),
    Mutation(
        "staff: on a password that was made for them",
        "app.py",
        "    access.demand_own_password(settings.in_production)\n",
        "",
        "platform/test_production.py::test_staff_chooses_a_password_of_their_own_there_and_nowhere_else",
    ),
    Mutation(
        "staff: on a password made for them, chosen again",
        "accounts/actions/changing.py",
        "        if password == current:",
        "        if False:",
        "accounts/test_first_password.py::test_roles_hold_once_another_password_is_chosen",
    ),
)
