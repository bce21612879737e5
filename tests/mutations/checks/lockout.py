"""Guessing at passwords: counted, slowed down, and told to nobody."""

from tests.mutations.mutation import Mutation

CREDENTIALS = "access/actions/credentials.py"
STATEMENTS = "access/store.sql"

CHECKS = (
    Mutation(
        "unknown accounts: told by the time",
        "access/actions/hashing.py",
        "        is_right = await self._run(bcrypt.checkpw,",
        ("        if not is_known:\n            return False\n        is_right = await self._run(bcrypt.checkpw,"),
        "accounts/test_logging_in.py::test_an_unknown_account_takes_as_much_hashing_as_a_known_one",
    ),
    Mutation(
        "unknown accounts: never locked",
        CREDENTIALS,
        "    return Verdict(None, await count_failure(tx, guess))",
        "    return Verdict(None, attempt.player_id is not None and await count_failure(tx, guess))",
        "accounts/test_logging_in.py::test_ten_failures_lock_an_account_known_or_not_once",
    ),
    Mutation(
        "unknown accounts: told at registration",
        "accounts/actions/passwords.py",
        (
            "        if (await settings(tx)).confirm_before_play:\n"
            "            await _register_quietly(tx, request, newcomer)\n"
            "            return None\n"
            "        opened"
        ),
        (
            "        if (await settings(tx)).confirm_before_play:\n"
            "            await _made(tx, request, newcomer, confirm_first=True)\n"
            "            return None\n"
            "        opened"
        ),
        "accounts/test_changing.py::test_there_a_known_address_is_answered_like_a_new_one",
    ),
    Mutation(
        "lockout: never",
        CREDENTIALS,
        "FAILURES_MAX: Final = 10",
        "FAILURES_MAX: Final = 10_000",
        "accounts/test_logging_in.py::test_ten_failures_lock_an_account_known_or_not_once",
    ),
    Mutation(
        "lockout: prolonged by attempts",
        STATEMENTS,
        "when old.locked_until > :now then old.locked_until",
        "when old.locked_until > :now then :until::timestamptz",
        ("accounts/test_logging_in.py::test_a_lock_ends_after_half_an_hour_whatever_is_tried_meanwhile"),
    ),
    Mutation(
        "lockout: the right password opens it",
        CREDENTIALS,
        "return row is None or row.locked_until is None or row.locked_until <= clock.now()",
        "return True",
        "accounts/test_logging_in.py::test_unknown_wrong_and_locked_look_the_same",
    ),
    Mutation(
        "lockout: slipped past beside the tenth failure",
        STATEMENTS,
        "where account = :account for update;",
        "where account = :account;",
        ("accounts/test_lockout.py::test_the_right_password_beside_the_tenth_wrong_one_does_not_slip_in"),
    ),
    Mutation(
        "lockout: known devices too",
        CREDENTIALS,
        "    if device is not None:\n",
        "    if False:\n",
        ("accounts/test_lockout.py::test_a_known_device_gets_in_while_strangers_have_locked_the_account"),
    ),
    Mutation(
        "lockout: a known device guesses for ever",
        CREDENTIALS,
        'account = blind(keys, f"{typed}\\0{device.hex()}", purpose="failures/device")',
        'account = blind(keys, clock.rfc3339(clock.now()), purpose="failures/device")',
        "accounts/test_lockout.py::test_a_known_device_has_ten_guesses_of_its_own",
    ),
    Mutation(
        "lockout: guessing with a session is free",
        CREDENTIALS,
        'blind(keys, str(player_id), purpose="failures/own")',
        'blind(keys, clock.rfc3339(clock.now()), purpose="failures/own")',
        "accounts/test_changing.py::test_a_wrong_current_password_is_counted_apart_from_the_door",
    ),
    Mutation(
        "known device: anybody's",
        STATEMENTS,
        "where token_hash = :token_hash and player_id = :player_id and expires_at > :now\n);",
        "where token_hash = :token_hash and :player_id::uuid is not null and expires_at > :now\n);",
        "accounts/test_lockout.py::test_a_device_is_known_to_its_own_player_only",
    ),
    Mutation(
        "known device: for ever",
        STATEMENTS,
        "where token_hash = :token_hash and player_id = :player_id and expires_at > :now\n);",
        ("where token_hash = :token_hash and player_id = :player_id and :now::timestamptz is not null\n);"),
        ("accounts/test_lockout.py::test_a_device_is_forgotten_after_half_a_year_or_by_twenty_newer_ones"),
    ),
    Mutation(
        "known device: any number",
        "access/actions/known_devices.py",
        "    await store.keep_known_devices(tx, player_id, DEVICES_MAX)\n",
        "",
        ("accounts/test_lockout.py::test_a_device_is_forgotten_after_half_a_year_or_by_twenty_newer_ones"),
    ),
    Mutation(
        "known device: stays so after a reset",
        "access/actions/recovery.py",
        "    await forget_devices(tx, player_id)\n",
        "",
        "accounts/test_lockout.py::test_a_reset_forgets_devices",
    ),
    Mutation(
        "guest device: any secret",
        "access/actions/devices.py",
        "is_in = held is None or any(same(each, held) for each in given)",
        "is_in = True",
        ("accounts/test_vouched.py::test_a_device_is_one_guest_and_its_first_call_decides_on_a_secret"),
    ),
)
