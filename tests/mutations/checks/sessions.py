"""Sessions: kept alive, ended, and closed to who is barred."""

from tests.mutations.mutation import Mutation

SESSIONS = "access/actions/sessions.py"
MESSAGE = "kit/http/message.py"
BARRING = "access/actions/barring.py"
STORE_SQL = "identity/store.sql"

CHECKS = (
    Mutation(
        "refresh: any replay",
        SESSIONS,
        "if not current or now - row.rotated_at > GRACE:",
        "if not current:",
        "accounts/test_refreshing.py::test_a_replay_ends_the_session_for_both_and_no_other",
    ),
    Mutation(
        "refresh: theft is forgiven",
        SESSIONS,
        "await store.revoke_session(tx, row.session_id, row.player_id, outcome.code, now)",
        "pass",
        "accounts/test_refreshing.py::test_a_replay_ends_the_session_for_both_and_no_other",
    ),
    Mutation(
        "refresh: any tag",
        SESSIONS,
        (
            '    if not any(same(hmac.digest(key, body, "sha256")[:TAG_BYTES], tag) for key in '
            'keys.subkeys("refresh/tag")):'
        ),
        "    if not tag:",
        "accounts/test_refreshing.py::test_a_forged_token_gets_nothing_and_ends_nothing",
    ),
    Mutation(
        "refresh: ended sessions live",
        SESSIONS,
        "row is None or row.revoked_at is not None or",
        "row is None or",
        "accounts/test_refreshing.py::test_a_replay_ends_the_session_for_both_and_no_other",
    ),
    Mutation(
        "refresh: no end after a week of silence",
        SESSIONS,
        "min(row.expires_at, row.absolute_expires_at) <= now",
        "row.absolute_expires_at <= now",
        "accounts/test_refreshing.py::test_a_week_of_silence_ends_a_session",
    ),
    Mutation(
        "refresh: no end after 30 days",
        SESSIONS,
        "ABSOLUTE = timedelta(days=30)",
        "ABSOLUTE = timedelta(days=300)",
        "accounts/test_refreshing.py::test_thirty_days_end_a_session_used_daily",
    ),
    Mutation(
        "refresh: no lock",
        "access/store.sql",
        "and kind = 'player'\norder by session_id\nfor no key update;",
        "and kind = 'player'\norder by session_id;",
        "accounts/test_refreshing.py::test_who_waited_for_another_rotates_no_second_time",
    ),
    Mutation(
        "refresh: the second of a batch meets the session as it was",
        SESSIONS,
        "            rows[row.session_id] = replace(row, current_hash=fresh, rotated_at=now)\n",
        "",
        "accounts/test_refreshing.py::test_of_two_in_one_batch_the_second_meets_what_the_first_left",
    ),
    Mutation(
        "refresh: a batch goes on after a theft",
        SESSIONS,
        "                rows[row.session_id] = replace(row, revoked_at=now)\n",
        "",
        "accounts/test_refreshing.py::test_of_two_in_one_batch_the_second_meets_what_the_first_left",
    ),
    Mutation(
        "browser: no end after an hour of silence",
        SESSIONS,
        "BROWSER_IDLE = timedelta(minutes=60)",
        "BROWSER_IDLE = timedelta(hours=12)",
        ("accounts/test_sessions.py::test_a_browser_session_ends_after_an_hour_of_silence_and_half_a_day"),
    ),
    Mutation(
        "browser: no end after half a day",
        SESSIONS,
        "BROWSER_ABSOLUTE = timedelta(hours=12)",
        "BROWSER_ABSOLUTE = timedelta(hours=120)",
        ("accounts/test_sessions.py::test_a_browser_session_ends_after_an_hour_of_silence_and_half_a_day"),
    ),
    Mutation(
        "browser: the session before a step-up lives",
        SESSIONS,
        ('    await store.revoke_session(tx, session_id, before.player_id, "stepped_up", clock.now())\n'),
        "",
        "accounts/test_step_up.py::test_a_browser_gets_another_session_when_it_steps_up",
    ),
    Mutation(
        "browser: a cookie scripts can read",
        MESSAGE,
        "; HttpOnly",
        "",
        "kit/http/test_cookies.py::test_over_https_a_cookie_belongs_to_this_host_alone",
    ),
    Mutation(
        "browser: a cookie other sites send",
        MESSAGE,
        "; SameSite=Strict",
        "",
        "kit/http/test_cookies.py::test_over_https_a_cookie_belongs_to_this_host_alone",
    ),
    Mutation(
        "browser: a cookie sent in clear",
        MESSAGE,
        "{'; Secure' if secure else ''}",
        "",
        "kit/http/test_cookies.py::test_over_https_a_cookie_belongs_to_this_host_alone",
    ),
    Mutation(
        "browser: a cookie neighbours set",
        MESSAGE,
        'return f"{HOST_ONLY}{name}" if secure and not name.startswith(HOST_ONLY) else name',
        "return name",
        "kit/http/test_cookies.py::test_over_https_a_cookie_belongs_to_this_host_alone",
        also=(
            (
                "access/actions/calling.py",
                'return "__Host-playerbase" if public_url.startswith("https://") else "playerbase"',
                'return "playerbase"',
            ),
        ),
    ),
    Mutation(
        "status: the barred refresh",
        SESSIONS,
        "if face is None or face.status is not identity.Status.ACTIVE:",
        "if face is None:",
        "accounts/test_refreshing.py::test_who_is_barred_gets_no_tokens_even_if_a_session_were_left",
    ),
    Mutation(
        "status: the barred stay in",
        BARRING,
        "ended = await store.revoke_sessions(tx, player_id, None, wanted.kind.value, now)",
        "ended = []",
        "access/test_barring.py::test_who_is_barred_is_out_at_once_and_told_why_and_until_when",
    ),
    Mutation(
        "status: who is barred in a game stays in it",
        BARRING,
        ("ended = await store.revoke_sessions_of_game(tx, player_id, wanted.scope, wanted.kind.value, now)"),
        "ended = []",
        "access/test_barring.py::test_a_ban_in_one_game_keeps_out_of_that_game_alone",
    ),
    Mutation(
        "status: bans of a game hold nowhere",
        BARRING,
        "asked: Sequence[UUID] = list(held) if game is not None else kept_out",
        "asked: Sequence[UUID] = kept_out",
        "access/test_barring.py::test_a_ban_in_one_game_keeps_out_of_that_game_alone",
    ),
    Mutation(
        "status: who signs in while being banned",
        STORE_SQL,
        "from identity.players where player_id = :player_id for no key update;",
        "from identity.players where player_id = :player_id;",
        "accounts/test_logging_in.py::test_who_signs_in_while_being_banned_is_not_left_inside",
    ),
    Mutation(
        "status: who is vouched for while being banned",
        STORE_SQL,
        "order by identities.player_id\nfor no key update of players;",
        "order by identities.player_id;",
        "access/test_barring.py::test_a_ban_waits_for_whoever_is_coming_in_at_this_moment",
    ),
    Mutation(
        "status: the barred enter by password",
        "access/actions/credentials.py",
        "        await check_not_barred(tx, attempt.player_id)\n",
        "",
        ("accounts/test_logging_in.py::test_who_is_barred_is_out_at_once_and_told_so_only_with_the_password"),
    ),
    Mutation(
        "status: the barred enter by a code of the mail",
        "access/actions/recovery.py",
        "        await check_not_barred(tx, tried.player_id)\n",
        "",
        "accounts/test_email_codes.py::test_who_is_barred_is_told_so_only_with_the_code",
    ),
    Mutation(
        "status: the barred enter by a provider",
        "accounts/actions/federated.py",
        "    if refusal is not None:\n        failed",
        "    if False:\n        failed",
        "accounts/test_providers.py::test_who_is_banned_there_or_here_does_not_come_in",
    ),
    Mutation(
        "status: the barred enter by a server",
        "accounts/actions/vouched.py",
        "        if not arrival.is_new:\n            held",
        "        if False:\n            held",
        "access/test_barring.py::test_a_suspension_with_an_end_is_over_at_the_next_sign_in_or_by_the_job",
    ),
    Mutation(
        "status: the barred enter by a second factor",
        "access/actions/challenges.py",
        "    await check_not_barred(tx, asked.player_id)\n",
        "",
        "accounts/test_second_factor.py::test_who_was_banned_meanwhile_is_not_let_in",
    ),
)
