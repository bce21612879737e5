"""Access tokens, and the keys that sign them."""

from tests.mutations.mutation import Mutation

KEYRING = "access/actions/keyring.py"
TOKENS = "access/rules/tokens.py"
CALLING = "access/actions/calling.py"
STATEMENTS = "access/store.sql"
WITHDRAWN = "access/test_signing_keys.py::test_a_withdrawn_key_is_believed_no_longer_though_its_tokens_are_remembered"

CHECKS = (
    Mutation(
        "token: any algorithm",
        KEYRING,
        'header["alg"] != ALGORITHM or ',
        "",
        "access/test_calling.py::test_no_forged_token_is_believed",
        also=(
            (
                KEYRING,
                "loaded.key, algorithms=[ALGORITHM])",
                "loaded.key, algorithms=[ALGORITHM, 'none', 'HS256', 'RS512', 'PS256'])",
            ),
        ),
    ),
    Mutation(
        "token: any type",
        KEYRING,
        ' or header["typ"] != "at+jwt"',
        "",
        "access/test_calling.py::test_no_forged_token_is_believed",
    ),
    Mutation(
        "token: any header fields",
        KEYRING,
        "header.keys() != rules.HEADER_FIELDS or ",
        "",
        "access/test_calling.py::test_no_forged_token_is_believed",
    ),
    Mutation(
        "token: any issuer",
        TOKENS,
        "if claims.iss != issuer:",
        "if False:",
        "access/test_calling.py::test_no_forged_token_is_believed",
    ),
    Mutation(
        "token: any audience",
        TOKENS,
        "if claims.aud != AUDIENCE:",
        "if False:",
        "access/test_calling.py::test_no_forged_token_is_believed",
    ),
    Mutation(
        "token: not yet valid",
        TOKENS,
        "if claims.nbf > seconds:",
        "if False:",
        "access/test_calling.py::test_no_forged_token_is_believed",
    ),
    Mutation(
        "token: no id",
        TOKENS,
        "if not claims.jti:",
        "if False:",
        "access/test_calling.py::test_no_forged_token_is_believed",
    ),
    Mutation(
        "token: expired",
        TOKENS,
        '"expired" if claims.exp <= seconds else None',
        "None",
        "access/test_calling.py::test_no_forged_token_is_believed",
        also=((CALLING, "if known.expires_at <= clock.now():", "if False:"),),
    ),
    Mutation(
        "token: remembered for ever",
        CALLING,
        "if known.expires_at <= clock.now():",
        "if False:",
        "platform/test_clock.py::test_whoever_moves_the_clock_sees_tokens_expire",
    ),
    Mutation(
        "token: outlives its session",
        KEYRING,
        "ends = min(now + LIFE, opened.ends_at)",
        "ends = now + LIFE",
        "accounts/test_refreshing.py::test_thirty_days_end_a_session_used_daily",
    ),
    Mutation(
        "token: its word on roles",
        KEYRING,
        "player_id=claims.sub, session_id=claims.sid)",
        ("player_id=claims.sub, session_id=claims.sid, permissions=rules.permissions(claims.roles))"),
        "access/test_calling.py::test_the_roles_in_a_token_are_worth_nothing",
    ),
    Mutation(
        "token: in the address",
        "kit/http/gateway.py",
        'if b"access_token=" in request.query_string:',
        "if False:",
        "access/test_calling.py::test_odd_headers_are_answered_as_is_written",
    ),
    Mutation(
        "token: one of a client that speaks of another",
        TOKENS,
        "if self.sub != self.client_id:",
        "if False:",
        "access/test_clients.py::test_no_forged_client_token_is_believed",
    ),
    Mutation(
        "token: one of a client that says more",
        TOKENS,
        "frozen=True, forbid_unknown_fields=True",
        "frozen=True",
        "access/test_clients.py::test_no_forged_client_token_is_believed",
    ),
    Mutation(
        "signing key: retired",
        STATEMENTS,
        "where retire_at is null or retire_at > :now\norder by",
        "where retire_at is null or :now::timestamptz is not null\norder by",
        (
            "access/test_signing_keys.py::test_the_next_key_is_published_before_it_signs_and_the_old_one_is_believed_until_its_tokens_end"
        ),
    ),
    Mutation(
        "signing key: what a retired one signed is remembered",
        KEYRING,
        "self._known.clear()  #",
        "pass  #",
        ("access/test_calling.py::test_a_key_another_process_made_is_believed_and_a_retired_one_is_not"),
    ),
    Mutation(
        "signing key: a withdrawn one is believed",
        STATEMENTS,
        "update access.signing_keys set retire_at = :now where kid = :kid;",
        "update access.signing_keys set retire_at = null where kid = :kid and :now::timestamptz is not null;",
        WITHDRAWN,
    ),
    Mutation(
        "signing key: what a withdrawn one signed is remembered",
        KEYRING,
        "self._known.clear()  #",
        "pass  #",
        WITHDRAWN,
    ),
    Mutation(
        "signing key: of a withdrawal hears only who signs",
        KEYRING,
        "        await self._read(keys, at_least=RELOAD_AFTER_SECONDS)\n\n    async def _claims(",
        "        pass\n\n    async def _claims(",
        WITHDRAWN,
    ),
    Mutation(
        "signing key: withdrawn, and nothing is written down",
        "access/actions/signing.py",
        (
            "    await audit.record(tx, deed)\n"
            "    return next(each for each in await store.signing_key_states(tx) if each.kid == signer)"
        ),
        "    return next(each for each in await store.signing_key_states(tx) if each.kid == signer)",
        WITHDRAWN,
    ),
    Mutation(
        "signing key: withdrawn, and the one before it retires",
        "access/actions/signing.py",
        "        await store.keep_signing_key(tx, signer)  #",
        "        pass  #",
        ("access/test_signing_keys.py::test_a_key_withdrawn_while_it_waits_leaves_its_predecessor_signing_for_good"),
    ),
    Mutation(
        "signing key: withdrawn by who may only read",
        "access/routes/signing.py",
        '@post("/admin/signing-keys/{kid}/withdraw", policy=staff("keys.write")',
        '@post("/admin/signing-keys/{kid}/withdraw", policy=staff("keys.read")',
        "platform/test_openapi.py::test_the_document_in_the_repository_is_the_one_served",
    ),
    Mutation(
        "signing key: signs before it is known",
        KEYRING,
        "[each for each in self._loaded.values() if each.active_from <= now]",
        "list(self._loaded.values())",
        (
            "access/test_signing_keys.py::test_the_next_key_is_published_before_it_signs_and_the_old_one_is_believed_until_its_tokens_end"
        ),
    ),
    Mutation(
        "signing key: many at once",
        STATEMENTS,
        "hashtext('access.signing_keys')",
        "hashtext('access.signing_keys' || random()::text)",
        "access/test_calling.py::test_five_processes_that_start_at_once_make_one_key",
    ),
)
