"""Keys, seals, stand-ins and tokens."""

import hashlib
import hmac
import string
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from playerbase.kit import crypto
from playerbase.kit.crypto import Keys, Tampered
from playerbase.kit.mac import mac

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = Keys.derive(NEW)
PLACE = {"table": "identity.identities", "column": "email", "row": "0197"}
LABELS = ["audit", "cursor", "field", "index", "csrf", "idempotency", "pepper"]


def test_a_subkey_is_hkdf_sha256_of_the_secret() -> None:
    # RFC 5869 written out: extract, then one block of expand.
    extracted = hmac.digest(b"playerbase", NEW, "sha256")
    assert KEYS.subkey("audit") == hmac.digest(extracted, b"audit\x01", "sha256")


def test_every_label_and_every_secret_has_a_key_of_its_own() -> None:
    keys = Keys.derive(NEW, [OLD])
    made = [key for label in LABELS for key in keys.subkeys(label)]
    assert len(set(made)) == 2 * len(LABELS)
    assert {len(key) for key in made} == {32}
    assert keys.subkey("audit") is keys.subkey("audit")


def test_keys_show_no_secret_and_do_not_change() -> None:
    shown = f"{KEYS!r} {KEYS}"
    assert "nnnn" not in shown
    assert b"nnnn".hex() not in shown
    assert KEYS.subkey("field").hex() not in shown
    with pytest.raises(AttributeError):
        KEYS._secrets = ()  # type: ignore[misc]


def test_a_short_secret_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(AssertionError):
        Keys.derive(b"short")


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_in_its_place(plaintext: bytes) -> None:
    sealed = crypto.seal(KEYS, plaintext, **PLACE)
    assert crypto.open_sealed(KEYS, sealed, **PLACE) == plaintext
    assert len(sealed) == len(plaintext) + 37
    assert sealed != crypto.seal(KEYS, plaintext, **PLACE)


def test_the_layout_is_the_one_that_is_written_down() -> None:
    sealed = crypto.seal(KEYS, b"ada@example.com", **PLACE)
    key = KEYS.subkey("field")
    assert sealed[:9] == b"\x01" + hashlib.sha256(b"playerbase key id" + key).digest()[:8]
    place = b"".join(len(part).to_bytes(4, "big") + part.encode() for part in PLACE.values())
    assert AESGCM(key).decrypt(sealed[9:21], sealed[21:], sealed[:9] + place) == b"ada@example.com"


@given(st.data())
def test_one_altered_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(crypto.seal(KEYS, b"secret", **PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Tampered):
        crypto.open_sealed(KEYS, bytes(sealed), **PLACE)


@given(st.integers(0, 42))
def test_a_cut_value_is_noticed(length: int) -> None:
    with pytest.raises(Tampered):
        crypto.open_sealed(KEYS, crypto.seal(KEYS, b"secret", **PLACE)[:length], **PLACE)


@pytest.mark.parametrize("part", ["table", "column", "row"])
def test_a_value_moved_elsewhere_is_noticed(part: str) -> None:
    with pytest.raises(Tampered):
        crypto.open_sealed(KEYS, crypto.seal(KEYS, b"secret", **PLACE), **PLACE | {part: "another"})


def test_places_are_not_mixed_up_by_where_their_parts_end() -> None:
    sealed = crypto.seal(KEYS, b"secret", table="a|b", column="c", row="1")
    with pytest.raises(Tampered):
        crypto.open_sealed(KEYS, sealed, table="a", column="b|c", row="1")


def test_a_stranger_s_key_opens_nothing() -> None:
    with pytest.raises(Tampered):
        crypto.open_sealed(Keys.derive(OLD), crypto.seal(KEYS, b"secret", **PLACE), **PLACE)


def test_a_rotated_secret_still_opens_what_it_sealed() -> None:
    sealed = crypto.seal(Keys.derive(OLD), b"secret", **PLACE)
    rotated = Keys.derive(NEW, [OLD])
    assert not crypto.is_current(rotated, sealed)
    again = crypto.seal(rotated, crypto.open_sealed(rotated, sealed, **PLACE), **PLACE)
    assert crypto.is_current(rotated, again)
    assert crypto.open_sealed(Keys.derive(NEW), again, **PLACE) == b"secret"


def test_nothing_at_all_is_not_current() -> None:
    assert not crypto.is_current(KEYS, b"")


def test_a_stand_in_is_steady_and_its_own_for_each_purpose_and_secret() -> None:
    def blind(purpose: str, keys: Keys = KEYS) -> bytes:
        return crypto.blind(keys, "ada@example.com", purpose=purpose)

    assert blind("email") == blind("email")
    assert len({blind("email"), blind("device"), blind("email", Keys.derive(OLD))}) == 3
    assert len(blind("email")) == 32


@pytest.mark.parametrize("size", [0, 1, 32, 64])
def test_a_mac_is_hmac_sha256_each_time(size: int) -> None:
    key = bytes(range(size))
    for message in (b"", b"a", b"a" * 200, b"a"):
        assert mac(key, message) == hmac.digest(key, message, "sha256")


def test_rows_of_before_a_rotation_are_found_by_the_older_stand_in() -> None:
    before = crypto.blind(Keys.derive(OLD), "ada@example.com", purpose="email")
    current, *older = crypto.blinds(Keys.derive(NEW, [OLD]), "ada@example.com", purpose="email")
    assert older == [before]
    assert current == crypto.blind(KEYS, "ada@example.com", purpose="email")


@pytest.mark.parametrize("bytes_", [16, 32, 64])
def test_a_token_looks_like_one(bytes_: int) -> None:
    made = crypto.token("pb_rt", bytes_=bytes_)
    assert crypto.looks_like_token(made, "pb_rt")
    assert set(made.removeprefix("pb_rt_")) <= set(string.ascii_letters + string.digits)
    assert len(made) == len(crypto.token("pb_rt", bytes_=bytes_))
    assert made != crypto.token("pb_rt", bytes_=bytes_)


@given(st.data())
def test_a_typing_error_is_turned_away(data: st.DataObject) -> None:
    made = crypto.token_of("pb", data.draw(st.binary(min_size=32, max_size=32)))
    where = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits).filter(lambda char: char != made[where]))
    assert not crypto.looks_like_token(made[:where] + other + made[where + 1 :], "pb")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: made[:-1],
        lambda made: made + "0",
        lambda made: made + "\n",
        lambda made: " " + made,
        lambda made: made.upper(),
        lambda made: made.replace("pb_", "pb", 1),
        lambda made: made.removeprefix("pb_"),
        lambda made: "pb_" + made,
        lambda made: "other" + made,
        lambda made: made * 10_000,
        lambda _: "",
        lambda _: "pb_",
        lambda _: "pb_" + "٣" * 49,
        lambda _: "pb_" + "\ud800" * 49,
    ],
)
def test_garbage_is_turned_away(spoil: Callable[[str], str]) -> None:
    assert not crypto.looks_like_token(spoil(crypto.token("pb")), "pb")


def test_the_token_of_another_kind_is_turned_away() -> None:
    assert not crypto.looks_like_token(crypto.token("pb_live"), "pb")
    assert not crypto.looks_like_token(crypto.token("pb"), "pb_live")


def test_a_digest_is_sha256() -> None:
    assert crypto.digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(), st.binary())
def test_same_is_equality(a: bytes, b: bytes) -> None:
    assert crypto.same(a, b) == (a == b)
    assert crypto.same(a, a)


def test_same_takes_whatever_a_stranger_sends() -> None:
    assert crypto.same("é\ud800", "é\ud800")
    assert not crypto.same("é", b"e")


@given(st.binary(min_size=16, max_size=64))
def test_a_token_gives_back_the_bytes_it_was_made_of(raw: bytes) -> None:
    made = crypto.token_of("pb_rt", raw)
    assert crypto.token_bytes(made, "pb_rt", bytes_=len(raw)) == raw
    assert crypto.token_bytes(made, "pb", bytes_=len(raw)) is None
    assert crypto.token_bytes(made, "pb_rt", bytes_=len(raw) % 64 + 16) is None


def test_a_number_too_large_for_its_bytes_is_no_token() -> None:
    body = "pb_" + "z" * crypto._chars(16)
    assert crypto.looks_like_token(body + crypto._check(body), "pb")
    assert crypto.token_bytes(body + crypto._check(body), "pb", bytes_=16) is None


def test_a_signature_of_ours_is_one_that_others_read() -> None:
    key = RSAKey.generate_key(2048, None, private=True)
    assert key.private_key is not None
    head = crypto.unpadded(b'{"alg":"RS256","typ":"at+jwt"}')
    token = crypto.signed(key.private_key, head, b'{"sub":"ada"}')
    assert jwt.decode(token, key, algorithms=["RS256"]).claims == {"sub": "ada"}
    forged = token.replace(".", ".e", 1)
    with pytest.raises(JoseError):
        jwt.decode(forged, key, algorithms=["RS256"])
