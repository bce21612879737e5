"""Second factors, and proving once more who one is."""

from tests.mutations.mutation import Mutation

STATEMENTS = "access/store.sql"
PROVING = "access/actions/proving.py"
FACTORS = "access/actions/factors.py"
ACCOUNTS_FACTORS = "accounts/actions/factors.py"

CHECKS = (
    Mutation(
        "code: twice",
        STATEMENTS,
        "where player_id = :player_id and last_step < :step and confirmed_at is not null",
        "where player_id = :player_id and confirmed_at is not null",
        "accounts/test_second_factor.py::test_of_ten_who_bring_one_code_at_once_one_gets_in",
    ),
    Mutation(
        "code: of any step",
        "access/rules/totp.py",
        "DRIFT_STEPS = 1 ",
        "DRIFT_STEPS = 10 ",
        "access/test_factors.py::test_a_code_is_good_one_step_before_and_after_its_own",
    ),
    Mutation(
        "code: guessed at for ever",
        PROVING,
        "    return Proof(None, why, locked_now=await count_failure(tx, Guess(counted, player_id)))",
        "    return Proof(None, why)",
        ("accounts/test_second_factor.py::test_wrong_codes_and_wrong_passwords_are_counted_together"),
    ),
    Mutation(
        "code: right while locked",
        PROVING,
        "    if not await is_open(tx, counted):",
        "    if False:",
        ("accounts/test_second_factor.py::test_wrong_codes_and_wrong_passwords_are_counted_together"),
    ),
    Mutation(
        "code: not looked at",
        PROVING,
        "return step is not None and await store.use_step(tx, player_id, step) is not None",
        "return True",
        "accounts/test_second_factor.py::test_a_login_may_bring_its_code_along",
    ),
    Mutation(
        "recovery code: twice",
        STATEMENTS,
        ("where player_id = :player_id and code_hash = any(:code_hashes::bytea[]) and used_at is null"),
        "where player_id = :player_id and code_hash = any(:code_hashes::bytea[])",
        "access/test_factors.py::test_ten_codes_of_eighty_bits_each_good_once",
    ),
    Mutation(
        "recovery code: the old ones stay good",
        FACTORS,
        "    await store.drop_recovery_codes(tx, player_id)\n    hashes",
        "    hashes",
        "access/test_factors.py::test_new_recovery_codes_take_the_place_of_the_old",
    ),
    Mutation(
        "challenge: any number of tries",
        STATEMENTS,
        "and consumed_at is null and expires_at > :now and tries < :most",
        "and consumed_at is null and expires_at > :now and :most > 0",
        "accounts/test_second_factor.py::test_the_sixth_try_is_refused_whatever_it_brings",
    ),
    Mutation(
        "challenge: for ever",
        STATEMENTS,
        "and consumed_at is null and expires_at > :now and tries < :most",
        "and consumed_at is null and :now::timestamptz is not null and tries < :most",
        "accounts/test_second_factor.py::test_a_challenge_lasts_five_minutes",
    ),
    Mutation(
        "challenge: answered twice",
        STATEMENTS,
        "    and consumed_at is null and expires_at > :now and tries < :most",
        "    and expires_at > :now and tries < :most",
        "accounts/test_second_factor.py::test_one_code_answers_one_challenge",
    ),
    Mutation(
        "challenge: for any purpose",
        STATEMENTS,
        "where token_hash = :token_hash and purpose = :purpose\n    and consumed_at",
        "where token_hash = :token_hash and :purpose::text is not null\n    and consumed_at",
        "access/test_factors.py::test_a_challenge_is_for_one_purpose_and_ends",
    ),
    Mutation(
        "second factor: not asked",
        "access/actions/challenges.py",
        "    if not await store.holders(tx, [opening.player_id]):\n        return None",
        "    return None",
        ("accounts/test_second_factor.py::test_enrolling_shows_the_secret_once_and_asks_from_then_on"),
    ),
    Mutation(
        "second factor: not asked of a device's player",
        "accounts/actions/vouched.py",
        "    if provider == DEVICE:\n        asked",
        "    if False:\n        asked",
        "accounts/test_second_factor.py::test_a_device_s_player_is_asked_and_a_server_s_is_not",
    ),
    Mutation(
        "second factor: not asked of who signs in meanwhile",
        FACTORS,
        "    await identity.hold(tx, player_id)\n    row = await store.lock_factor",
        "    row = await store.lock_factor",
        "accounts/test_second_factor.py::test_who_signs_in_while_it_is_switched_on_is_asked",
    ),
    Mutation(
        "second factor: asked for before it is confirmed",
        STATEMENTS,
        "where player_id = any(:player_ids::uuid[]) and confirmed_at is not null;",
        "where player_id = any(:player_ids::uuid[]);",
        "accounts/test_second_factor.py::test_what_was_not_confirmed_asks_nobody",
    ),
    Mutation(
        "second factor: set up without a fresh proof",
        ACCOUNTS_FACTORS,
        "made = await _acting(request, None, enable, is_fresh=True)",
        "made = await _acting(request, None, enable)",
        "accounts/test_step_up.py::test_what_changes_a_factor_wants_a_fresh_proof_and_a_code",
    ),
    Mutation(
        "second factor: replaced without a code of the old",
        ACCOUNTS_FACTORS,
        "        if await access.has_factor(tx, player_id):\n            if code is None:",
        "        if False:\n            if code is None:",
        "accounts/test_step_up.py::test_what_changes_a_factor_wants_a_fresh_proof_and_a_code",
    ),
    Mutation(
        "second factor: dropped without a fresh proof",
        ACCOUNTS_FACTORS,
        "    await _acting(request, None, disable, is_fresh=True)",
        "    await _acting(request, None, disable)",
        "accounts/test_step_up.py::test_what_changes_a_factor_wants_a_fresh_proof_and_a_code",
    ),
    Mutation(
        "second factor: confirmed by any code",
        FACTORS,
        "step = rules.matching_step(secret, rules.normal_code(code), now)",
        "step = int(now.timestamp()) // 30",
        "accounts/test_second_factor.py::test_what_was_not_confirmed_asks_nobody",
    ),
    Mutation(
        "second factor: sessions of before live on",
        ACCOUNTS_FACTORS,
        "        ended = await access.end_sessions(tx, player_id, CHANGED, but=caller.session_id)",
        "        ended = 0",
        "accounts/test_second_factor.py::test_enrolling_shows_the_secret_once_and_asks_from_then_on",
    ),
    Mutation(
        "second factor: what a dropped one proved counts",
        FACTORS,
        "    await store.unprove_sessions(tx, player_id)\n",
        "",
        "accounts/test_step_up.py::test_disabling_ends_the_other_sessions_and_all_that_was_proven",
    ),
    Mutation(
        "recovery codes: renewed without a fresh proof",
        ACCOUNTS_FACTORS,
        "return await _acting(request, key, renew, is_fresh=True)",
        "return await _acting(request, key, renew)",
        "accounts/test_step_up.py::test_what_changes_a_factor_wants_a_fresh_proof_and_a_code",
    ),
    Mutation(
        "recovery codes: renewed without a code",
        ACCOUNTS_FACTORS,
        (
            "        proof = await _proven(tx, request, player_id, code)\n"
            "        if isinstance(proof, Refusal):\n"
            "            return proof\n"
            "        codes"
        ),
        "        proof = Proof(None)\n        codes",
        "accounts/test_second_factor.py::test_a_code_guessed_at_with_a_session_locks_too",
    ),
    Mutation(
        "step-up: never",
        PROVING,
        "if at is None or clock.now() - at > timedelta(minutes=minutes):",
        "if False:",
        "accounts/test_step_up.py::test_how_fresh_a_session_is_is_asked_with_one_call",
    ),
    Mutation(
        "step-up: a server's word is a proof",
        "access/actions/sessions.py",
        "now + most, now if amr else None",
        "now + most, now",
        "accounts/test_step_up.py::test_a_server_s_word_is_no_proof_of_who_one_is",
    ),
    Mutation(
        "step-up: any password",
        ACCOUNTS_FACTORS,
        ("is_right = await access.try_own_password(site.pool, site.keys, caller.player_id, password)"),
        "is_right = True",
        "accounts/test_step_up.py::test_proving_is_by_password_or_code_and_guesses_are_counted",
    ),
    Mutation(
        "step-up: guessed at for ever",
        PROVING,
        'return Proof(None, "password_wrong", locked_now=await count_failure(tx, Guess(account, player_id)))',
        'return Proof(None, "password_wrong")',
        "accounts/test_step_up.py::test_proving_is_by_password_or_code_and_guesses_are_counted",
    ),
)
