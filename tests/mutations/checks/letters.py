"""Links and codes that come by mail."""

from tests.mutations.mutation import Mutation

STATEMENTS = "access/store.sql"
RECOVERY = "access/actions/recovery.py"
RESETTING = "accounts/actions/resetting.py"
CHANGING = "accounts/actions/changing.py"
LETTERS = "accounts/actions/letters.py"

CHECKS = (
    Mutation(
        "link: for ever",
        STATEMENTS,
        (
            "where token_hash = :token_hash and purpose = :purpose and used_at is null and "
            "expires_at > :now\n"
            "returning player_id, address_sealed, bound_to;"
        ),
        (
            "where token_hash = :token_hash and purpose = :purpose and used_at is null\n"
            "returning player_id, address_sealed, bound_to;"
        ),
        "accounts/test_reset.py::test_a_link_is_good_for_a_quarter_of_an_hour",
        also=(
            (
                STATEMENTS,
                ("where token_hash = :token_hash and purpose = :purpose and used_at is null and expires_at > :now;"),
                (
                    "where token_hash = :token_hash and purpose = :purpose and used_at is null and "
                    ":now::timestamptz is not null;"
                ),
            ),
        ),
    ),
    Mutation(
        "link: twice",
        STATEMENTS,
        (
            "where token_hash = :token_hash and purpose = :purpose and used_at is null and "
            "expires_at > :now\n"
            "returning player_id, address_sealed, bound_to;"
        ),
        (
            "where token_hash = :token_hash and purpose = :purpose and expires_at > :now\n"
            "returning player_id, address_sealed, bound_to;"
        ),
        "accounts/test_reset.py::test_a_link_works_once_and_a_newer_one_ends_it",
        also=(
            (
                STATEMENTS,
                ("where token_hash = :token_hash and purpose = :purpose and used_at is null and expires_at > :now;"),
                "where token_hash = :token_hash and purpose = :purpose and expires_at > :now;",
            ),
            (RECOVERY, "if found.bound_to is not None and not same(found.bound_to, box.password_stamp):", "if False:"),
        ),
    ),
    Mutation(
        "link: for anything",
        STATEMENTS,
        (
            "where token_hash = :token_hash and purpose = :purpose and used_at is null and "
            "expires_at > :now\n"
            "returning player_id, address_sealed, bound_to;"
        ),
        (
            "where token_hash = :token_hash and :purpose::text is not null and used_at is null and "
            "expires_at > :now\n"
            "returning player_id, address_sealed, bound_to;"
        ),
        "accounts/test_reset.py::test_a_token_for_one_thing_is_none_for_another",
        also=(
            (
                STATEMENTS,
                ("where token_hash = :token_hash and purpose = :purpose and used_at is null and expires_at > :now;"),
                (
                    "where token_hash = :token_hash and :purpose::text is not null and used_at is null and "
                    "expires_at > :now;"
                ),
            ),
        ),
    ),
    Mutation(
        "link: an older one takes the place of a newer",
        STATEMENTS,
        "where old.made_at < excluded.made_at",
        "where true",
        "accounts/test_reset.py::test_the_newest_wins_in_whatever_order_letters_are_written",
    ),
    Mutation(
        "link: outlives the password it was made beside",
        RECOVERY,
        "if found.bound_to is not None and not same(found.bound_to, box.password_stamp):",
        "if False:",
        "accounts/test_reset.py::test_a_link_dies_with_the_password_it_was_made_beside",
    ),
    Mutation(
        "link: outlives a change of password",
        RECOVERY,
        "    await store.void_one_time(tx, player_id, now)\n    return await end_sessions",
        "    return await end_sessions",
        "accounts/test_changing.py::test_a_code_that_came_before_a_new_password_opens_nothing_after_it",
    ),
    Mutation(
        "link: outlives a reset",
        RECOVERY,
        "    await store.void_one_time(tx, player_id, now)\n    await forget_devices(tx, player_id)",
        "    await forget_devices(tx, player_id)",
        "accounts/test_changing.py::test_a_code_that_came_before_a_new_password_opens_nothing_after_it",
    ),
    Mutation(
        "reset: sessions live on",
        RECOVERY,
        '    return box, await end_sessions(tx, player_id, "password_changed")',
        "    return box, 0",
        "accounts/test_reset.py::test_a_new_password_by_mail_ends_what_the_old_one_opened",
    ),
    Mutation(
        "reset: a weak password",
        RESETTING,
        ("hashed = await access.hash_new_password(site.keys, password, email=box.email, display_name=name)"),
        (
            "from playerbase.access.actions.hashing import hashing\n"
            "\n"
            "    hashed = await hashing().make(site.keys, password)"
        ),
        "accounts/test_reset.py::test_a_weak_password_leaves_the_link_good",
    ),
    Mutation(
        "change: sessions live on",
        RECOVERY,
        'return await end_sessions(tx, player_id, "password_changed", but=but)',
        "return 0",
        "accounts/test_changing.py::test_another_password_ends_every_session_but_this_one",
    ),
    Mutation(
        "change: of many at once all hold",
        CHANGING,
        ("if verdict.player_id is not None and await access.still_stands(tx, request.site.keys, box):"),
        "if verdict.player_id is not None:",
        "accounts/test_changing.py::test_of_many_changes_at_once_one_holds",
    ),
    Mutation(
        "change: without the password",
        CHANGING,
        (
            "return box, await access.attempt_own_password(request.site.pool, request.site.keys, "
            "box.player_id, password)"
        ),
        (
            "attempt = await access.attempt_own_password(request.site.pool, request.site.keys, "
            "box.player_id, password)\n"
            "    return box, attempt.__class__(attempt.account, attempt.player_id, True, None)"
        ),
        "accounts/test_changing.py::test_a_wrong_current_password_is_counted_apart_from_the_door",
    ),
    Mutation(
        "mail code: for ever",
        STATEMENTS,
        "and used_at is null and expires_at > :now and tries < :most",
        "and used_at is null and tries < :most",
        "accounts/test_email_codes.py::test_a_code_is_good_for_ten_minutes",
    ),
    Mutation(
        "mail code: twice",
        STATEMENTS,
        "and used_at is null and expires_at > :now and tries < :most",
        "and expires_at > :now and tries < :most",
        "accounts/test_email_codes.py::test_a_code_signs_in_once",
    ),
    Mutation(
        "mail code: guessed at for ever",
        RECOVERY,
        " and await forgive(tx, account):",
        ":",
        ("accounts/test_email_codes.py::test_ten_failures_end_codes_for_half_an_hour_but_not_the_password"),
    ),
    Mutation(
        "address: plays unconfirmed where it must not",
        "accounts/actions/passwords.py",
        "if verdict.player_id is not None and attempt.must_confirm:",
        "if False:",
        "accounts/test_changing.py::test_where_addresses_are_confirmed_first_nobody_plays_before",
    ),
    Mutation(
        "address: any number of letters",
        RESETTING,
        '    await count(request, RECOVERY, LETTERS, email=email, what="ask")\n',
        "",
        "accounts/test_letters.py::test_one_mailbox_gets_so_many_letters_an_hour",
    ),
    Mutation(
        "address: any number of codes tried",
        "accounts/actions/email_codes.py",
        '    await count(request, RECOVERY, email=email, what="try")\n',
        "",
        "accounts/test_email_codes.py::test_tries_are_counted_for_each_account_wherever_they_come_from",
    ),
    Mutation(
        "letters: lie open until they are sent",
        LETTERS,
        'sealed = seal(keys, body, table="kit.jobs", column="letter", row=str(letter_id))',
        "sealed = body",
        "accounts/test_letters.py::test_a_dump_shows_no_address_link_code_or_password",
        also=(
            (
                LETTERS,
                ('body = open_sealed(keys, args.sealed, table="kit.jobs", column="letter", row=str(args.letter_id))'),
                "body = args.sealed",
            ),
        ),
    ),
)
