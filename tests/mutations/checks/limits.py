"""What is counted, and under whose name; what is done once."""

from tests.mutations.mutation import Mutation

IDEMPOTENCY = "kit/db/idempotency.py"
ROUTE = "kit/http/route.py"
GATEWAY = "kit/http/gateway.py"
LIMITS = "kit/redis/limits.py"
LIMITS_LUA = "kit/redis/limits.lua"
ADDRESS = "kit/http/address.py"

CHECKS = (
    Mutation(
        "idempotency: another request",
        IDEMPOTENCY,
        "if known.fingerprint not in {key.fingerprint, *key.former}:",
        "if False:",
        "kit/http/test_keys.py::test_another_request_under_the_key_is_refused",
    ),
    Mutation(
        "idempotency: another caller's",
        ROUTE,
        'scope = f"{request.caller.subject} {self._name}"',
        "scope = self.route.name",
        "kit/http/test_keys.py::test_keys_belong_to_a_caller_and_a_route",
    ),
    Mutation(
        "idempotency: another route's",
        ROUTE,
        'scope = f"{request.caller.subject} {self._name}"',
        "scope = request.caller.subject",
        "kit/http/test_keys.py::test_keys_belong_to_a_caller_and_a_route",
    ),
    Mutation(
        "idempotency: no lock",
        IDEMPOTENCY,
        "for position, mine in enumerate(turns) if not mine",
        "for position, mine in enumerate(turns) if False",
        "kit/http/test_keys.py::test_a_running_request_is_said_to_run",
    ),
    Mutation(
        "idempotency: secrets in clear",
        IDEMPOTENCY,
        "replace(answer, body=key.sealing.sealed(answer.body)) if key.sealing else answer",
        "answer",
        "kit/http/test_keys.py::test_a_dump_shows_no_secret",
        also=(
            (IDEMPOTENCY, "body = key.sealing.opened(known.body) if key.sealing else known.body", "body = known.body"),
        ),
    ),
    Mutation(
        "idempotency: bodies bound by a bare hash",
        ROUTE,
        '[mac(key, asked) for key in keys.subkeys("idempotency")]',
        "[hashlib.sha256(asked).digest()]",
        "kit/http/test_keys.py::test_what_was_asked_cannot_be_guessed_from_what_is_kept_of_it",
    ),
    Mutation(
        "idempotency: value moves without a key",
        ROUTE,
        "            if self.route.key_required:\n                raise KeyMissing\n",
        "",
        "kit/http/test_keys.py::test_what_moves_value_needs_a_key",
    ),
    Mutation(
        "limits: none",
        GATEWAY,
        "if not request.taken.allowed:",
        "if False:",
        "kit/http/test_answers.py::test_limits_are_told_and_kept",
    ),
    Mutation(
        "limits: guards of passwords count by caller",
        GATEWAY,
        '_BY_ADDRESS = {"login", "auth", "recovery"}',
        "_BY_ADDRESS: set[str] = set()",
        "kit/http/test_answers.py::test_what_guards_passwords_counts_by_address_whoever_calls",
    ),
    Mutation(
        "limits: one count for everybody",
        GATEWAY,
        "address if category in _BY_ADDRESS else request.caller.subject",
        "address",
        "kit/http/test_answers.py::test_each_caller_has_a_count_of_their_own",
    ),
    Mutation(
        "limits: wrong tokens are free",
        GATEWAY,
        '            await self._take(request, ("refused",))\n',
        "",
        "kit/http/test_answers.py::test_wrong_tokens_count_by_address",
    ),
    Mutation(
        "limits: what leads nowhere is free",
        GATEWAY,
        '                await self._take(request, ("open",))',
        "                pass",
        "kit/http/test_answers.py::test_headers_on_every_answer",
    ),
    Mutation(
        "limits: open while Redis is away",
        LIMITS,
        "[part for entry in batch for part in self._here.count(entry.key, entry.limit)]",
        "[1, 1, 1] * len(batch)",
        "kit/redis/test_limits.py::test_without_redis_each_process_counts_by_itself",
    ),
    Mutation(
        "limits: small counts",
        LIMITS_LUA,
        "  if held < count then",
        "  if true then",
        "kit/redis/test_limits.py::test_as_many_pass_as_may_however_many_try_at_once",
    ),
    Mutation(
        "limits: large counts",
        LIMITS_LUA,
        "  if used + 1 <= count then",
        "  if true then",
        "kit/redis/test_limits.py::test_as_many_pass_as_may_however_many_try_at_once",
    ),
    Mutation(
        "limits: twice as much at a boundary",
        LIMITS_LUA,
        "local used = current + previous * (window - passed) / window",
        "local used = current",
        "kit/redis/test_limits.py::test_who_straddles_a_boundary_gets_no_second_helping",
    ),
    Mutation(
        "limits: more than five sign-ins a minute",
        LIMITS,
        '"login": Limit(5, 60,',
        '"login": Limit(5_000, 60,',
        "accounts/test_logging_in.py::test_signing_in_is_limited_by_address_to_five_a_minute",
    ),
    Mutation(
        "limits: sign-in is not counted",
        "accounts/routes/entering.py",
        '@post("/auth/login", policy=ANYONE, limit=("auth", "login")',
        '@post("/auth/login", policy=ANYONE, limit="open"',
        "accounts/test_logging_in.py::test_signing_in_is_limited_by_address_to_five_a_minute",
    ),
    Mutation(
        "address: anybody's word",
        ADDRESS,
        "    if not trusted or not _within(address, trusted):\n        return address\n",
        "",
        "kit/http/test_answers.py::test_a_client_cannot_choose_under_which_address_it_counts",
    ),
    Mutation(
        "address: the hop furthest away",
        ADDRESS,
        "for hop in reversed(headers",
        "for hop in list(headers",
        "kit/http/test_answers.py::test_addresses",
    ),
    Mutation(
        "address: each of a customer's 2^64",
        ADDRESS,
        "if isinstance(parsed, IPv6Address):",
        "if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:",
        "kit/http/test_answers.py::test_addresses",
    ),
)
