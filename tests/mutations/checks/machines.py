"""What game servers and their clients call with."""

from tests.mutations.mutation import Mutation

API_KEYS = "access/actions/api_keys.py"
STATEMENTS = "access/store.sql"
CLIENTS = "access/actions/clients.py"

CHECKS = (
    Mutation(
        "api key: any secret",
        API_KEYS,
        "row is None or not same(hashed, row.secret_hash)",
        "row is None",
        "access/test_keys_and_staff.py::test_what_a_key_may_not_is_refused",
    ),
    Mutation(
        "api key: expired",
        API_KEYS,
        "if row.expires_at is not None and row.expires_at <= clock.now():",
        "if False:",
        "access/test_rotating.py::test_both_keys_work_until_the_overlap_has_passed",
    ),
    Mutation(
        "api key: from anywhere",
        API_KEYS,
        "if row.allow and not",
        "if False and not",
        "access/test_keys_and_staff.py::test_what_a_key_may_not_is_refused",
    ),
    Mutation(
        "api key: revoked",
        STATEMENTS,
        "where key_id = any(:key_ids::text[]) and revoked_at is null;",
        "where key_id = any(:key_ids::text[]);",
        "access/test_keys_and_staff.py::test_what_a_key_may_not_is_refused",
    ),
    Mutation(
        "api key: the old one outlives its successor",
        STATEMENTS,
        "expires_at = least(expires_at, :expires_at)\nwhere key_id",
        ("expires_at = coalesce(expires_at, :expires_at::timestamptz + interval '10 years')\nwhere key_id"),
        "access/test_rotating.py::test_both_keys_work_until_the_overlap_has_passed",
    ),
    Mutation(
        "api key: rotated when revoked",
        API_KEYS,
        "if old is None or old.revoked_at is not None or (",
        "if old is None or (",
        "access/test_rotating.py::test_what_cannot_be_rotated_is_refused",
    ),
    Mutation(
        "api key: two successors",
        API_KEYS,
        "    if old.rotated_to is not None:",
        "    if False:",
        "access/test_rotating.py::test_a_key_has_one_successor_however_many_ask",
    ),
    Mutation(
        "api key: many successors at once",
        STATEMENTS,
        "where key_id = :key_id\nfor no key update;",
        "where key_id = :key_id;",
        "access/test_rotating.py::test_a_key_has_one_successor_however_many_ask",
    ),
    Mutation(
        "api key: reports for any game",
        "matches/actions.py",
        "if intake.game is not None and intake.game != intake.report.game:",
        "if False:",
        "matches/test_matches.py::test_a_key_reports_for_its_own_game_only",
    ),
    Mutation(
        "api key: hears all games",
        "platform/actions/streaming.py",
        "if self._request.caller.game is not None:",
        "if False:",
        "platform/test_stream.py::test_a_key_of_one_game_hears_nothing_and_one_of_all_hears_all",
    ),
    Mutation(
        "client: any secret",
        CLIENTS,
        ("is_right = looks_like_token(secret, SECRET_PREFIX) and any(same(digest(secret), each) for each in hashes)"),
        "is_right = bool(hashes)",
        "access/test_clients.py::test_what_is_wrong_is_told_in_the_words_of_the_rfc",
    ),
    Mutation(
        "client: expired",
        CLIENTS,
        " or (row.expires_at is not None and row.expires_at <= now)",
        "",
        "access/test_clients.py::test_a_client_that_has_expired_gets_no_token_and_has_none",
    ),
    Mutation(
        "client: its tokens outlive it",
        CLIENTS,
        "row is None or (row.expires_at is not None and row.expires_at <= clock.now())",
        "row is None",
        "access/test_clients.py::test_a_client_that_has_expired_gets_no_token_and_has_none",
    ),
    Mutation(
        "client: revoked",
        STATEMENTS,
        "where client_id = any(:client_ids::text[]) and revoked_at is null;",
        "where client_id = any(:client_ids::text[]);",
        "access/test_clients.py::test_a_revoked_client_and_its_tokens_end_at_once",
    ),
    Mutation(
        "client: a former secret for ever",
        CLIENTS,
        " and row.former_expires_at > now",
        "",
        "access/test_clients.py::test_both_secrets_are_good_while_a_client_is_rotated",
    ),
    Mutation(
        "client: token asked for from anywhere",
        "access/routes/clients.py",
        "rules.check_address(tuple(row.allow), request.ip)",
        "pass",
        "access/test_clients.py::test_what_is_wrong_is_told_in_the_words_of_the_rfc",
    ),
    Mutation(
        "client: token used from anywhere",
        CLIENTS,
        "    if row.allow and not",
        "    if False and not",
        "access/test_clients.py::test_a_token_ends_by_itself_and_with_what_its_client_may",
    ),
    Mutation(
        "client: any scope",
        "access/rules/grants.py",
        "if scope not in held]",
        "if False]",
        "access/test_clients.py::test_what_is_wrong_is_told_in_the_words_of_the_rfc",
    ),
    Mutation(
        "client: scopes it no longer has",
        CLIENTS,
        "scopes = known.scopes.intersection(row.scopes)",
        "scopes = known.scopes",
        "access/test_clients.py::test_a_token_ends_by_itself_and_with_what_its_client_may",
    ),
)
