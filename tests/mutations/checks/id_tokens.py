"""ID tokens, and the tokens of Epic and Twitch."""

from tests.mutations.mutation import Mutation

TOKENS = "federation/rules/tokens.py"
SIGNING = "federation/actions/signing.py"
EPIC = "federation/actions/epic.py"

CHECKS = (
    Mutation(
        "id token: any algorithm",
        TOKENS,
        "header.alg in ALGORITHMS and ",
        "",
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
        also=(
            (SIGNING, "if key.key_type != tokens.ALGORITHMS[header.alg]:", "if False:"),
            (SIGNING, "algorithms=[header.alg])", "algorithms=['none', 'HS256', 'RS256', 'ES256', 'RS512'])"),
        ),
    ),
    Mutation(
        "id token: a key of its own",
        TOKENS,
        (
            "        if _UNWANTED & msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).keys():\n"
            "            return None\n"
        ),
        "",
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
    ),
    Mutation(
        "id token: an access token",
        TOKENS,
        "header.alg in ALGORITHMS and header.typ.lower() not in _ACCESS_TYPES",
        "header.alg in ALGORITHMS",
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
    ),
    Mutation(
        "id token: any issuer",
        TOKENS,
        '"issuer": issuer(claims.iss),',
        '"issuer": True,',
        "federation/test_id_tokens.py::test_the_issuer_is_the_one_we_trust",
    ),
    Mutation(
        "id token: any audience",
        TOKENS,
        '"audience": audience in audiences and (len(audiences) == 1 or claims.azp == audience),',
        '"audience": True,',
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
    ),
    Mutation(
        "id token: asked for by another",
        TOKENS,
        "audience in audiences and (len(audiences) == 1 or claims.azp == audience)",
        "audience in audiences",
        "federation/test_id_tokens.py::test_of_several_audiences_it_must_be_we_who_asked",
    ),
    Mutation(
        "id token: expired",
        TOKENS,
        '"expired": seconds < claims.exp,',
        '"expired": True,',
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
    ),
    Mutation(
        "id token: not yet valid",
        TOKENS,
        '"not_yet": max(claims.iat, claims.nbf) <= seconds + SKEW_SECONDS,',
        '"not_yet": True,',
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
    ),
    Mutation(
        "id token: any nonce",
        TOKENS,
        '"nonce": nonce is None or claims.nonce == nonce,',
        '"nonce": True,',
        "federation/test_id_tokens.py::test_a_nonce_that_was_asked_for_must_be_there",
    ),
    Mutation(
        "id token: of nobody",
        TOKENS,
        '"subject": 0 < len(claims.sub) <= SUBJECT_CHARS_MAX and claims.sub.isprintable(),',
        '"subject": True,',
        "federation/test_id_tokens.py::test_a_forged_token_is_refused",
    ),
    Mutation(
        "id token: a weak key",
        SIGNING,
        ("return rsa if tokens.RSA_BITS_MIN <= rsa.public_key.key_size <= tokens.RSA_BITS_MAX else None"),
        "return rsa",
        "federation/test_id_tokens.py::test_a_weak_key_signs_nothing",
    ),
    Mutation(
        "id token: a key that does not sign",
        SIGNING,
        'if published.get("use", "sig") != "sig":',
        "if False:",
        "federation/test_id_tokens.py::test_a_key_that_is_published_to_encrypt_signs_nothing",
    ),
    Mutation(
        "id token: a key that was withdrawn",
        SIGNING,
        "if self._age() > AGE_SECONDS or kid not in self._keys:",
        "if kid not in self._keys:",
        ("federation/test_id_tokens.py::test_a_key_that_was_withdrawn_signs_no_more_though_nobody_brings_a_new_one"),
    ),
    Mutation(
        "id token: made-up keys are looked for each time",
        SIGNING,
        "if not is_known and clock.monotonic() - self._missed_at < COOL_DOWN_SECONDS:",
        "if False:",
        "federation/test_id_tokens.py::test_made_up_keys_are_looked_for_once",
    ),
    Mutation(
        "epic: a host that begins like theirs",
        TOKENS,
        'said.startswith(f"{url}/")',
        "said.startswith(url)",
        "federation/test_id_tokens.py::test_the_issuer_is_the_one_we_trust",
    ),
    Mutation(
        "epic: any sandbox",
        EPIC,
        "self._ours.sandbox not in {None, claims.pfsid}",
        "False",
        "federation/test_epic.py::test_a_pinned_sandbox_and_deployment_are_the_only_ones",
    ),
    Mutation(
        "epic: any deployment",
        EPIC,
        "self._ours.deployment not in {None, claims.pfdid}",
        "False",
        "federation/test_epic.py::test_a_pinned_sandbox_and_deployment_are_the_only_ones",
    ),
    Mutation(
        "epic: another game's access token",
        EPIC,
        "if found.client_id != self._ours.client_id:",
        "if False:",
        "federation/test_epic.py::test_another_games_access_token_signs_nobody_in",
    ),
    Mutation(
        "epic: an ended access token",
        EPIC,
        "if not found.active:",
        "if False:",
        "federation/test_epic.py::test_an_inactive_access_token_is_refused",
    ),
    Mutation(
        "epic: an access token for an ID token",
        EPIC,
        " or (header is not None and header.t)",
        "",
        ("federation/test_epic.py::test_an_access_token_is_asked_about_and_not_taken_for_an_id_token"),
    ),
    Mutation(
        "epic: less than must be proven",
        EPIC,
        "if self._ours.sandbox or self._ours.deployment or nonce is not None:",
        "if False:",
        "federation/test_epic.py::test_where_more_must_be_proven_an_access_token_does_not_do",
    ),
    Mutation(
        "twitch: another game's access token",
        "federation/actions/twitch.py",
        "if validated.client_id != self._ours.client_id:",
        "if False:",
        "federation/test_code_flow.py",
    ),
    Mutation(
        "twitch: two tokens of two people",
        "federation/actions/travelling.py",
        "        if validated.user_id != subject.id:",
        "        if False:",
        "federation/test_code_flow.py::test_the_two_tokens_of_twitch_speak_of_one_person",
    ),
    Mutation(
        "id token: signs in twice",
        "accounts/actions/federated.py",
        '    await federation.spend(tx, subject, "login")\n',
        "",
        "accounts/test_tokens_once.py::test_a_token_signs_in_once_and_its_answer_may_be_asked_for_again",
    ),
    Mutation(
        "id token: links twice",
        "accounts/actions/linking.py",
        '        await federation.spend(tx, subject, "link")\n',
        "",
        "accounts/test_tokens_once.py::test_a_token_that_has_linked_links_nobody_else_when_it_is_unlinked",
    ),
    Mutation(
        "id token: another when it is written otherwise",
        TOKENS,
        'return token.rpartition(".")[0]',
        "return token",
        "accounts/test_tokens_once.py::test_a_token_written_otherwise_is_the_same_token",
    ),
    Mutation(
        "id token: for ever",
        TOKENS,
        '"too_long": claims.exp <= seconds + LIFE_SECONDS_MAX,',
        "",
        "accounts/test_tokens_once.py::test_a_token_is_remembered_until_it_ends_and_no_longer",
    ),
)
