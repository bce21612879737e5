"""Keys, and what is sealed, indexed and recognised with them."""

from tests.mutations.mutation import Mutation

CRYPTO = "kit/crypto.py"
KEYRING = "access/actions/keyring.py"

CHECKS = (
    Mutation(
        "sealed: in any row",
        CRYPTO,
        'return head + b"".join(len(part).to_bytes(4, "big") + part for part in parts)',
        "return head if parts else head",
        "kit/test_crypto.py::test_a_value_moved_elsewhere_is_noticed",
    ),
    Mutation(
        "sealed: places that run together",
        CRYPTO,
        'len(part).to_bytes(4, "big") + part for part',
        "part for part",
        "kit/test_crypto.py::test_the_layout_is_the_one_that_is_written_down",
    ),
    Mutation(
        "sealed: the same twice",
        CRYPTO,
        "nonce = secrets.token_bytes(NONCE_BYTES)",
        "nonce = bytes(NONCE_BYTES)",
        "kit/test_crypto.py::test_what_is_sealed_opens_in_its_place",
    ),
    Mutation(
        "keys: one for everything",
        CRYPTO,
        "info=label.encode())",
        'info=b"")',
        "kit/test_crypto.py::test_every_label_and_every_secret_has_a_key_of_its_own",
    ),
    Mutation(
        "keys: shown",
        CRYPTO,
        "{_key_id(self.subkey('field')).hex()}",
        "{self._secrets[0].hex()}",
        "kit/test_crypto.py::test_keys_show_no_secret_and_do_not_change",
    ),
    Mutation(
        "keys: of a short secret",
        CRYPTO,
        "assert all(len(each) >= SECRET_BYTES_MIN for each in (secret, *previous))",
        "assert secret",
        "kit/test_crypto.py::test_a_short_secret_is_a_mistake_of_the_programmer",
    ),
    Mutation(
        "index: one for all purposes",
        CRYPTO,
        'keys.subkeys(f"index/{purpose}")',
        'keys.subkeys("index")',
        "kit/test_crypto.py::test_a_stand_in_is_steady_and_its_own_for_each_purpose_and_secret",
    ),
    Mutation(
        "index: without a key",
        CRYPTO,
        "mac(key, raw) for key in",
        "hashlib.sha256(raw).digest() for _ in",
        "kit/test_crypto.py::test_a_stand_in_is_steady_and_its_own_for_each_purpose_and_secret",
    ),
    Mutation(
        "token: noise reaches the database",
        CRYPTO,
        "return _check(text[:-CHECK_CHARS]) == text[-CHECK_CHARS:]",
        "return True",
        "kit/test_crypto.py::test_a_typing_error_is_turned_away",
    ),
    Mutation(
        "token: of another kind",
        CRYPTO,
        'body = text.removeprefix(f"{prefix}_")',
        'body = text.rpartition("_")[2]',
        "kit/test_crypto.py::test_the_token_of_another_kind_is_turned_away",
    ),
    Mutation(
        "addresses: in clear",
        "access/actions/credentials.py",
        ('sealed = seal(keys, email.encode(), table="access.credentials", column="email", row=str(player_id))'),
        "sealed = email.encode()",
        "accounts/test_registering.py::test_the_address_lies_in_no_table_in_clear",
    ),
    Mutation(
        "identities: in clear",
        "accounts/actions/federated.py",
        'return seal(keys, text, table="identity.identities", column="sealed", row=row)',
        'return text if row else b""',
        "accounts/test_providers.py::test_no_table_shows_who_somebody_is_at_a_provider",
    ),
    Mutation(
        "factors: in clear",
        "access/actions/factors.py",
        'sealed = seal(keys, secret, table=TABLE, column="secret", row=str(player_id))',
        "sealed = secret",
        ("accounts/test_second_factor.py::test_no_secret_and_no_code_stands_in_any_table"),
        also=(
            (
                "access/actions/proving.py",
                ('secret = open_sealed(keys, row.secret_sealed, table=TABLE, column="secret", row=str(player_id))'),
                "secret = row.secret_sealed",
            ),
        ),
    ),
    Mutation(
        "signing keys: in clear",
        "access/actions/new_signing_keys.py",
        ('sealed = seal(keys, key.as_der(private=True), table="access.signing_keys", column="private", row=kid)'),
        "sealed = key.as_der(private=True)",
        "access/test_signing_keys.py::test_no_private_key_lies_there_to_be_read",
        also=(
            (
                KEYRING,
                (
                    'der = open_sealed(keys, row.private_sealed, table="access.signing_keys", '
                    'column="private", row=row.kid)'
                ),
                "der = row.private_sealed",
            ),
        ),
    ),
)
