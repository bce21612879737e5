"""The security checks that the tests must miss when they are gone: what is taken away, and which tests are asked."""

from typing import NamedTuple


class Mutation(NamedTuple):
    """One check taken away: in this file, this text becomes that; the tests named must then fail."""

    name: str
    path: str
    old: str
    new: str
    tests: str
    also: tuple[tuple[str, str, str], ...] = ()  # Where a check stands twice, its other place.


KEYRING = "access/actions/keyring.py"
TOKENS = "access/rules/tokens.py"
SESSIONS = "access/actions/sessions.py"
CALLING = "access/actions/calling.py"
API_KEYS = "access/actions/api_keys.py"
CALLING_TESTS = "tests/access/test_calling.py"

MUTATIONS = (
    Mutation(
        "token: any algorithm",
        KEYRING,
        'header["alg"] != ALGORITHM or ',
        "",
        CALLING_TESTS,
        also=(
            (
                KEYRING,
                "loaded.key, algorithms=[ALGORITHM])",
                "loaded.key, algorithms=[ALGORITHM, 'none', 'HS256', 'RS512', 'PS256'])",
            ),
        ),
    ),
    Mutation("token: any type", KEYRING, ' or header["typ"] != "at+jwt"', "", CALLING_TESTS),
    Mutation("token: any header fields", KEYRING, "header.keys() != rules.HEADER_FIELDS or ", "", CALLING_TESTS),
    Mutation("token: any issuer", TOKENS, "if claims.iss != issuer:", "if False:", CALLING_TESTS),
    Mutation("token: any audience", TOKENS, "if claims.aud != AUDIENCE:", "if False:", CALLING_TESTS),
    Mutation("token: not yet valid", TOKENS, "if claims.nbf > seconds:", "if False:", CALLING_TESTS),
    Mutation("token: no id", TOKENS, "if not claims.jti:", "if False:", CALLING_TESTS),
    Mutation(
        "token: expired",
        TOKENS,
        '"expired" if claims.exp <= seconds else None',
        "None",
        CALLING_TESTS,
        also=((CALLING, "if known.expires_at <= clock.now():", "if False:"),),
    ),
    Mutation(
        "token: remembered for ever",
        CALLING,
        "if known.expires_at <= clock.now():",
        "if False:",
        "tests/platform/test_clock.py tests/accounts/test_sessions.py",
    ),
    Mutation(
        "session: ended ones live",
        CALLING,
        "    if standing is None:\n        raise SessionEnded",
        "    if standing is None:\n        return known.caller",
        "tests/accounts/test_sessions.py " + CALLING_TESTS,
    ),
    Mutation(
        "cookie and header at once",
        CALLING,
        "    if cookie is not None:\n        raise TwoCredentials\n",
        "",
        CALLING_TESTS,
    ),
    Mutation(
        "cookie: no csrf token", CALLING, "csrf.check(request, row.session_id)", "pass", "tests/portal " + CALLING_TESTS
    ),
    Mutation("cookie: expired", CALLING, "if row is None or row.expires_at <= now:", "if row is None:", CALLING_TESTS),
    Mutation(
        "csrf: any token",
        "kit/http/csrf.py",
        "    if not any([same(given, each) for each in expected]):",
        "    if not expected:",
        "tests/portal " + CALLING_TESTS,
    ),
    Mutation(
        "csrf: any origin",
        "kit/http/csrf.py",
        "    if not is_ours:\n        raise NotFromHere",
        "    return",
        "tests/portal",
    ),
    Mutation(
        "api key: any secret",
        API_KEYS,
        "row is None or not same(digest(text), row.secret_hash)",
        "row is None",
        CALLING_TESTS,
    ),
    Mutation("api key: expired", API_KEYS, "row.expires_at <= clock.now()", "False", CALLING_TESTS),
    Mutation("api key: from anywhere", API_KEYS, "if row.allow and not", "if False and not", CALLING_TESTS),
    Mutation(
        "api key: revoked",
        "access/store.sql",
        "where key_id = any(:key_ids::text[]) and revoked_at is null;",
        "where key_id = any(:key_ids::text[]);",
        "tests/access/test_keys_and_staff.py " + CALLING_TESTS,
    ),
    Mutation(
        "policy: anybody may",
        "kit/http/caller.py",
        "        raise NotAllowed(required=self.required())",
        "        return",
        "tests/journeys/test_policies.py",
    ),
    Mutation(
        "policy: nobody is somebody",
        "kit/http/caller.py",
        "            raise NotSignedIn",
        "            return",
        "tests/journeys/test_policies.py",
    ),
    Mutation(
        "policy: any scope",
        "kit/http/caller.py",
        "if self.scope is not None and self.scope in caller.scopes:",
        "if self.scope is not None:",
        "tests/journeys/test_policies.py",
    ),
    Mutation(
        "refresh: any replay",
        SESSIONS,
        "if not current or now - row.rotated_at > GRACE:",
        "if not current:",
        "tests/accounts/test_refreshing.py",
    ),
    Mutation(
        "refresh: theft is forgiven",
        SESSIONS,
        'await store.revoke_session(tx, session_id, row.player_id, "refresh_reused", now)',
        "pass",
        "tests/accounts/test_refreshing.py",
    ),
    Mutation(
        "refresh: ended sessions live",
        SESSIONS,
        "row is None or row.revoked_at is not None or",
        "row is None or",
        "tests/accounts/test_refreshing.py tests/accounts/test_sessions.py",
    ),
    Mutation(
        "refresh: no end after 30 days",
        SESSIONS,
        "min(row.expires_at, row.absolute_expires_at) <= now",
        "row.expires_at <= now",
        "tests/accounts/test_refreshing.py",
    ),
    Mutation(
        "refresh: no lock",
        "access/store.sql",
        "where session_id = :session_id and kind = 'player'\nfor no key update;",
        "where session_id = :session_id and kind = 'player';",
        "tests/accounts/test_refreshing.py",
    ),
    Mutation(
        "status: the barred come in",
        SESSIONS,
        "if player is None or player.status is not identity.Status.ACTIVE:",
        "if player is None:",
        "tests/accounts/test_refreshing.py tests/accounts/test_sessions.py",
    ),
    Mutation(
        "status: the barred stay in",
        "access/actions/barring.py",
        "ended = await store.revoke_sessions(tx, player_id, None, wanted.kind.value, now)",
        "ended = []",
        "tests/access tests/platform/test_barred_streams.py tests/accounts/test_sessions.py",
    ),
    Mutation(
        "status: bans of a game hold nowhere",
        "access/actions/barring.py",
        "asked: Sequence[UUID] = list(held) if game is not None else kept_out",
        "asked: Sequence[UUID] = kept_out",
        "tests/access tests/accounts tests/identity",
    ),
    Mutation(
        "device: any secret",
        "access/actions/devices.py",
        "is_in = held is None or any(same(each, held) for each in given)",
        "is_in = True",
        "tests/accounts/test_vouched.py",
    ),
    Mutation(
        "password: cut at 72 bytes",
        "access/rules/passwords.py",
        'return base64.b64encode(hmac.digest(pepper, normal, "sha384"))',
        "return normal[:72]",
        "tests/accounts/test_registering.py tests/access/test_rules.py",
    ),
    Mutation(
        "password: common ones",
        "access/rules/passwords.py",
        "if folded in _common() or _core(folded) in _common():",
        "if False:",
        "tests/access/test_rules.py tests/accounts/test_registering.py",
    ),
    Mutation(
        "unlink: no lock",
        "identity/store.sql",
        "select player_id from identity.players where player_id = :player_id for update;",
        "select player_id from identity.players where player_id = :player_id;",
        "tests/identity/test_links.py",
    ),
    Mutation(
        "unlink: the last way goes",
        "identity/actions/players.py",
        "    if have == {provider}:",
        "    if False:",
        "tests/identity/test_links.py",
    ),
    Mutation(
        "link: another owner",
        "identity/actions/players.py",
        "        raise IdentityTaken(provider=provider)",
        "        return",
        "tests/identity",
    ),
    Mutation(
        "cursor: any",
        "kit/http/cursor.py",
        "not is_canonical or not hmac.compare_digest(mac, self._mac(scope, body))",
        "not is_canonical",
        "tests/kit/http",
    ),
    Mutation(
        "cursor: of another list",
        "kit/http/cursor.py",
        'scope.encode() + b"\\0" + body',
        "body",
        "tests/kit/http tests/portal",
    ),
    Mutation(
        "cursor: for ever", "kit/http/cursor.py", "if expires < clock.now().timestamp():", "if False:", "tests/kit/http"
    ),
    Mutation(
        "idempotency: another request",
        "kit/db/idempotency.py",
        "if known.fingerprint not in {key.fingerprint, *key.former}:",
        "if False:",
        "tests/kit/http/test_keys.py tests/accounts/test_retrying.py",
    ),
    Mutation(
        "idempotency: no lock",
        "kit/db/idempotency.py",
        "for position, mine in enumerate(turns) if not mine",
        "for position, mine in enumerate(turns) if False",
        "tests/kit/http/test_keys.py tests/accounts/test_retrying.py",
    ),
    Mutation(
        "idempotency: secrets in clear",
        "kit/db/idempotency.py",
        "replace(answer, body=key.sealing.sealed(answer.body)) if key.sealing else answer",
        "answer",
        "tests/accounts/test_retrying.py tests/kit/http/test_keys.py",
    ),
    Mutation(
        "limits: none",
        "kit/http/gateway.py",
        "if not request.taken.allowed:",
        "if False:",
        "tests/kit/http tests/accounts/test_logging_in.py",
    ),
    Mutation(
        "address: anybody's word",
        "kit/http/address.py",
        "    if not trusted or not _within(address, trusted):\n        return address\n",
        "",
        "tests/kit/http",
    ),
    Mutation(
        "token in the address",
        "kit/http/gateway.py",
        'if b"access_token=" in request.query_string:',
        "if False:",
        CALLING_TESTS + " tests/kit/http",
    ),
    Mutation("body: any size", "kit/http/intake.py", "if held > BODY_BYTES_MAX:", "if False:", "tests/kit/http"),
    Mutation("headers: doubled", "kit/http/intake.py", "if names.count(name) > 1:", "if False:", "tests/kit/http"),
    Mutation(
        "sealed: in any row",
        "kit/crypto.py",
        'return head + b"".join(len(part).to_bytes(4, "big") + part for part in parts)',
        "return head if parts else head",
        "tests/kit/test_crypto.py",
    ),
    Mutation(
        "code: twice",
        "access/store.sql",
        "where player_id = :player_id and last_step < :step and confirmed_at is not null",
        "where player_id = :player_id and confirmed_at is not null",
        "tests/accounts/test_second_factor.py",
    ),
    Mutation(
        "recovery code: twice",
        "access/store.sql",
        "where player_id = :player_id and code_hash = any(:code_hashes::bytea[]) and used_at is null",
        "where player_id = :player_id and code_hash = any(:code_hashes::bytea[])",
        "tests/access/test_factors.py tests/accounts/test_second_factor.py",
    ),
    Mutation(
        "challenge: any number of tries",
        "access/store.sql",
        "and consumed_at is null and expires_at > :now and tries < :most",
        "and consumed_at is null and expires_at > :now and :most > 0",
        "tests/accounts/test_second_factor.py",
    ),
    Mutation(
        "challenge: for ever",
        "access/store.sql",
        "and consumed_at is null and expires_at > :now and tries < :most",
        "and consumed_at is null and :now::timestamptz is not null and tries < :most",
        "tests/accounts/test_second_factor.py",
    ),
    Mutation(
        "second factor: not asked",
        "access/actions/challenges.py",
        "    if not await store.holders(tx, [opening.player_id]):\n        return None",
        "    return None",
        "tests/accounts/test_second_factor.py tests/accounts/test_providers.py",
    ),
    Mutation(
        "step-up: never",
        "access/actions/proving.py",
        "if at is None or clock.now() - at > timedelta(minutes=minutes):",
        "if False:",
        "tests/accounts/test_step_up.py tests/accounts/test_providers.py",
    ),
    Mutation(
        "ticket: twice",
        "federation/actions/steam.py",
        'raise ProviderRefused.because("nonce_used")',
        "return",
        "tests/federation",
    ),
    Mutation(
        "openid: not confirmed",
        "federation/actions/steam.py",
        'raise ProviderRefused.because("not_confirmed")',
        "pass",
        "tests/federation",
    ),
    Mutation(
        "way back: any browser",
        "federation/store.sql",
        "and browser_hash = :browser_hash and expires_at > :now",
        "and :browser_hash::bytea is not null and expires_at > :now",
        "tests/federation",
    ),
    Mutation(
        "lockout: never",
        "access/actions/credentials.py",
        "FAILURES_MAX: Final = 10",
        "FAILURES_MAX: Final = 10_000",
        "tests/accounts/test_logging_in.py",
    ),
    Mutation(
        "outbound: inside",
        "kit/outside/address.py",
        "        return not any(address in network for network in _NOT_PUBLIC_V4)",
        "        return True",
        "tests/kit/outside/test_address.py",
    ),
    Mutation(
        "audit: any head",
        "audit/actions/verifying.py",
        "        return rules.is_signed(self.signing, head)",
        "        return True",
        "tests/audit",
    ),
    Mutation(
        "door: leads elsewhere",
        "portal/pages/door.py",
        "return path if is_own and",
        "return path if True and",
        "tests/console/test_portal.py",
    ),
    Mutation(
        "name: anything",
        "profiles/rules.py",
        "name == name.strip() and name.isprintable()",
        "True",
        "tests/profiles tests/accounts/test_registering.py",
    ),
)
