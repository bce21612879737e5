"""What Steam, Epic, Twitch and OpenID Connect providers say."""

from tests.mutations.mutation import Mutation

STORE_SQL = "federation/store.sql"
TRAVELLING = "federation/actions/travelling.py"
OIDC = "federation/actions/oidc.py"
CONFIGURING = "federation/rules/configuring.py"

CHECKS = (
    Mutation(
        "state: another browser's",
        STORE_SQL,
        "and browser_hash = :browser_hash and expires_at > :now",
        "and :browser_hash::bytea is not null and expires_at > :now",
        "federation/test_code_flow.py::test_a_state_is_for_one_use_one_browser_and_ten_minutes",
    ),
    Mutation(
        "state: another provider's",
        STORE_SQL,
        "and provider = :provider and browser_hash",
        "and :provider::text is not null and browser_hash",
        "federation/test_code_flow.py::test_a_state_of_one_provider_opens_nothing_at_another",
    ),
    Mutation(
        "state: for ever",
        STORE_SQL,
        "and expires_at > :now\nreturning verifier_sealed",
        "and :now::timestamptz is not null\nreturning verifier_sealed",
        "federation/test_code_flow.py::test_a_state_is_for_one_use_one_browser_and_ten_minutes",
    ),
    Mutation(
        "state: twice",
        STORE_SQL,
        "delete from federation.states\nwhere state_hash = :state_hash",
        "update federation.states set return_path = return_path\nwhere state_hash = :state_hash",
        "federation/test_code_flow.py::test_a_state_is_for_one_use_one_browser_and_ten_minutes",
    ),
    Mutation(
        "way back: a parameter that stands twice",
        TRAVELLING,
        "if len(given) != len(pairs):",
        "if False:",
        (
            "federation/test_code_flow.py::test_a_parameter_that_stands_twice_is_refused "
            "federation/test_steam_browser.py"
        ),
    ),
    Mutation(
        "way back: any nonce",
        TRAVELLING,
        "flow.believe(exchanged.id_token, rules.nonce_of(verifier))",
        "flow.believe(exchanged.id_token, None)",
        "federation/test_code_flow.py::test_a_token_that_was_asked_for_elsewhere_is_refused",
    ),
    Mutation(
        "way back: a code of another login",
        OIDC,
        (
            '            "code_challenge": tokens.challenge_of(verifier),\n'
            '            "code_challenge_method": "S256",\n'
        ),
        "",
        "federation/test_code_flow.py::test_a_code_of_another_login_is_worth_nothing",
    ),
    Mutation(
        "way back: the answer of another issuer",
        OIDC,
        'if given.get("iss", None if is_told else endpoints.issuer) != endpoints.issuer:',
        "if False:",
        "federation/test_code_flow.py::test_an_answer_that_was_tampered_with_is_refused",
    ),
    Mutation(
        "way back: leads elsewhere",
        TRAVELLING,
        "if not rules.is_local(return_path):",
        "if False:",
        "federation/test_code_flow.py::test_nobody_is_led_elsewhere",
    ),
    Mutation(
        "way back: leads to another host",
        "federation/rules/paths.py",
        'r"/(?!/)[',
        'r"/[',
        "federation/test_code_flow.py::test_nobody_is_led_elsewhere",
    ),
    Mutation(
        "way back: the verifier lies open",
        TRAVELLING,
        (
            'sealed = seal(providers.keys, verifier.encode(), table="federation.states", '
            'column="verifier", row=hashed.hex())'
        ),
        "sealed = verifier.encode()",
        "federation/test_code_flow.py::test_nothing_kept_can_be_used_by_who_reads_it",
        also=(
            (
                TRAVELLING,
                (
                    "    verifier = open_sealed(\n"
                    '        providers.keys, taken.verifier_sealed, table="federation.states", '
                    'column="verifier", row=hashed.hex()\n'
                    "    )\n"
                ),
                "    verifier = taken.verifier_sealed\n",
            ),
        ),
    ),
    Mutation(
        "discovery: of another issuer",
        OIDC,
        "if found.issuer != self._issuer:",
        "if False:",
        "federation/test_id_tokens.py::test_discovery_of_another_issuer_is_not_followed",
    ),
    Mutation(
        "discovery: endpoints in clear",
        OIDC,
        ("if not all(url.startswith(secure) for url in (found.authorization, found.token, found.jwks_uri)):"),
        "if False:",
        "federation/test_id_tokens.py::test_discovery_that_leads_elsewhere_in_clear_is_not_followed",
    ),
    Mutation(
        "provider: simulated in production",
        CONFIGURING,
        '    if in_production:\n        raise SettingWrong(f"{name} is for development',
        '    if False:\n        raise SettingWrong(f"{name} is for development',
        ("federation/test_configuring.py::test_where_a_provider_is_reached_changes_outside_production_alone"),
    ),
    Mutation(
        "provider: plain http",
        CONFIGURING,
        'if not is_plain or not (parts.scheme == "https" or is_near):',
        "if not is_plain:",
        "federation/test_configuring.py::test_plain_http_is_spoken_on_loopback_alone",
    ),
    Mutation(
        "provider: its secret is shown",
        "federation/model.py",
        "    client_id: str\n    client_secret: str = field(repr=False)",
        "    client_id: str\n    client_secret: str",
        "federation/test_configuring.py::test_a_configuration_that_is_shown_keeps_its_secrets",
    ),
    Mutation(
        "provider: what is refused by one that limits us is asked again",
        "federation/actions/steam.py",
        "STOPS: Final = frozenset({401, 403, 429})",
        "STOPS: Final = frozenset()",
        "federation/test_faults.py::test_steam_says_403_once_and_is_not_asked_again",
    ),
)
