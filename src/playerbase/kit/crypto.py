"""Keys made of one secret, and what is sealed, indexed and recognised with them."""

import base64
import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from playerbase.kit.mac import mac

RsaKey = RSAPrivateKey

PADDING, DIGEST = PKCS1v15(), SHA256()  # Of signatures.

SECRET_BYTES_MIN: Final = 32
KEY_BYTES: Final = 32

SEAL_VERSION: Final = b"\x01"
KEY_ID_BYTES: Final = 8
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
HEAD_BYTES: Final = len(SEAL_VERSION) + KEY_ID_BYTES

BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VALUES: Final = bytes(max(BASE62.find(chr(char)), 0) for char in range(256))  # Of each character its digit.
PAIRS: Final = [first + second for first in BASE62 for second in BASE62]
PAIR: Final = 62**2
QUAD: Final = 62**4
CHUNK_CHARS: Final = 10
CHUNK: Final = 62**CHUNK_CHARS  # Just below 2^60.
HALF_CHUNK: Final = 62 ** (CHUNK_CHARS // 2)
TOKEN_BYTES_MIN, TOKEN_BYTES_MAX = 16, 64
CHECK_CHARS: Final = 6  # 62^6 is the first power of 62 that holds every CRC32.
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,31}")


class Tampered(Exception):
    """What was sealed is not what is here: another key, another row, or altered bytes."""


# A dataclass and not a struct: no encoder of ours should be one call away from writing a key down.
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keys:
    """Independent keys, one for each label, of the present secret and of those before it."""

    _secrets: tuple[bytes, ...]
    _made: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    _kept: dict[str, list[bytes]] = field(default_factory=dict)

    @classmethod
    def derive(cls, secret: bytes, previous: Sequence[bytes] = ()) -> "Keys":
        """The keys of an installation; previous secrets, newest first, still open what they sealed."""
        assert all(len(each) >= SECRET_BYTES_MIN for each in (secret, *previous))
        return cls((secret, *previous))

    def subkey(self, label: str) -> bytes:
        """The present 32-byte key for one use, by HKDF-SHA256 (RFC 5869); another label is an unrelated key."""
        return self.subkeys(label)[0]

    def subkeys(self, label: str) -> tuple[bytes, ...]:
        """The key for one use under every secret, the present one first: for checking what may be older than it."""
        made = self._made.get(label)
        if made is None:
            derived = [_hkdf(secret, label) for secret in self._secrets]
            made = self._made[label] = tuple(dict.fromkeys([*derived, *self._kept.get(label, ())]))
        return made

    def keep(self, label: str, key: bytes) -> None:
        """Go on believing a key for one use whose secret may be gone; it opens nothing that is sealed."""
        assert label != "field"
        self._kept.setdefault(label, []).append(key)
        self._made.pop(label, None)

    @property
    def has_former(self) -> bool:
        """Whether secrets before the present one are listed."""
        return len(self._secrets) > 1

    def __repr__(self) -> str:
        return f"Keys({_key_id(self.subkey('field')).hex()}, previous={len(self._secrets) - 1})"


def seal(keys: Keys, plaintext: bytes, *, table: str, column: str, row: str) -> bytes:
    """The value as it is stored: AES-256-GCM, 37 bytes longer, and of use in this row and column only.

    The layout is `version | key id | nonce | ciphertext and tag`. Nonces are random, so one secret should seal fewer
    than 2^32 values (NIST SP 800-38D, 8.3); rotating it starts anew.
    """
    head, cipher = _cipher(keys.subkey("field"))
    nonce = secrets.token_bytes(NONCE_BYTES)
    return head + nonce + cipher.encrypt(nonce, plaintext, _place(head, table, column, row))


def open_sealed(keys: Keys, sealed: bytes, *, table: str, column: str, row: str) -> bytes:
    """The value that was sealed in this very place, under the present secret or a previous one; raises Tampered."""
    head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    if len(sealed) < HEAD_BYTES + NONCE_BYTES + TAG_BYTES:
        raise Tampered("The sealed value is cut short.")
    for key in keys.subkeys("field"):
        if head == SEAL_VERSION + _key_id(key):
            break
    else:
        raise Tampered("The value was sealed with a secret that is not listed, or its head was altered.")
    try:
        return AESGCM(key).decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], _place(head, table, column, row))
    except InvalidTag:
        raise Tampered("The sealed value was altered, or belongs to another row.") from None


def seal_head(keys: Keys) -> bytes:
    """How everything begins that the present secret sealed: by it a statement finds what it did not."""
    return SEAL_VERSION + _key_id(keys.subkey("field"))


def is_current(keys: Keys, sealed: bytes) -> bool:
    """Whether the present secret sealed it; if not, a rotation should open it and seal it again."""
    return sealed[:HEAD_BYTES] == seal_head(keys)


def blind(keys: Keys, text: str, *, purpose: str) -> bytes:
    """A 32-byte stand-in by which sealed text is found and held unique (HMAC-SHA256); the caller normalises.

    Each purpose has a key of its own, so equal texts in different columns cannot be matched.
    """
    return blinds(keys, text, purpose=purpose)[0]


def blinds(keys: Keys, text: str, *, purpose: str) -> tuple[bytes, ...]:
    """The stand-ins under every secret, the present one first: for finding rows a rotation has not reached."""
    raw = text.encode()
    return tuple([mac(key, raw) for key in keys.subkeys(f"index/{purpose}")])


def token(prefix: str, *, bytes_: int = 32) -> str:
    """A new opaque token, `prefix_<base62><checksum>`, with that many random bytes in it.

    The checksum keeps no secret: it lets typing errors and noise be turned away before the database is asked, and
    lets scanners find leaked tokens.
    """
    return token_of(prefix, secrets.token_bytes(bytes_))


def token_of(prefix: str, raw: bytes) -> str:
    """The token that holds these bytes: for tokens that are derived or carry something, which must be secret enough."""
    assert _PREFIX.fullmatch(prefix)
    assert TOKEN_BYTES_MIN <= len(raw) <= TOKEN_BYTES_MAX
    body = f"{prefix}_{_base62(int.from_bytes(raw), _chars(len(raw)))}"
    return body + _check(body)


def token_bytes(text: str, prefix: str, *, bytes_: int) -> bytes | None:
    """The bytes a token of this length holds, or None if it is no such token."""
    if not looks_like_token(text, prefix) or len(text) != len(prefix) + 1 + _chars(bytes_) + CHECK_CHARS:
        return None
    number = _number(text[len(prefix) + 1 : -CHECK_CHARS])
    return number.to_bytes(bytes_) if number < 256**bytes_ else None


def looks_like_token(text: str, prefix: str) -> bool:
    """Whether the text could be such a token: prefix, alphabet, length and checksum are right."""
    shortest, longest = _chars(TOKEN_BYTES_MIN) + CHECK_CHARS, _chars(TOKEN_BYTES_MAX) + CHECK_CHARS
    body = text.removeprefix(f"{prefix}_")
    if len(body) == len(text) or not shortest <= len(body) <= longest or not (body.isascii() and body.isalnum()):
        return False
    return _check(text[:-CHECK_CHARS]) == text[-CHECK_CHARS:]


def digest(token: str) -> bytes:
    """What is stored of a token: SHA-256, which needs no salt because the token is random."""
    return hashlib.sha256(token.encode()).digest()


def same(a: bytes | str, b: bytes | str) -> bool:
    """Whether both are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(_raw(a), _raw(b))


def signed(key: RsaKey, head: bytes, body: bytes) -> str:
    """A JSON Web Signature in its compact form (RFC 7515, 7.1), RS256: what joserfc makes, without its 25 us.

    ``head`` is in base64 already, as ``unpadded`` makes it, because it is the same for every token of a key.
    """
    signing_input = head + b"." + unpadded(body)
    return (signing_input + b"." + unpadded(key.sign(signing_input, PADDING, DIGEST))).decode()


def rsa_key(pem: str) -> RsaKey:
    """The private key in this text; raises ValueError if it is none, or not an RSA key."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("This is no RSA key.")  # noqa: TRY004 - of the text, not of its type.
    return key


def rsa_signature(key: RsaKey, text: bytes) -> bytes:
    """What RS256 signs with: RSASSA-PKCS1-v1_5 over SHA-256 (RFC 8017, 8.2)."""
    return key.sign(text, PKCS1v15(), SHA256())


def unpadded(raw: bytes) -> bytes:
    """The bytes in base64 for addresses, without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _hkdf(secret: bytes, label: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=b"playerbase", info=label.encode()).derive(secret)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"playerbase key id" + key).digest()[:KEY_ID_BYTES]


@lru_cache(8)  # Making it anew takes as long as sealing an address.
def _cipher(key: bytes) -> tuple[bytes, AESGCM]:
    """How everything begins that this key seals, and what seals it."""
    return SEAL_VERSION + _key_id(key), AESGCM(key)


def _place(head: bytes, table: str, column: str, row: str) -> bytes:
    # Each part is preceded by its length: ("a|b", "c") must not be the same place as ("a", "b|c").
    parts = [part.encode() for part in (table, column, row)]
    return head + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@cache
def _chars(bytes_: int) -> int:
    """How many base62 digits hold that many bytes."""
    chars = 0
    while 62**chars < 256**bytes_:
        chars += 1
    return chars


def _base62(number: int, chars: int) -> str:
    # Two digits at a time out of chunks that fit a machine word: dividing the whole number for each digit took as long
    # as all else that is done for a token.
    text, pairs = "", PAIRS
    for _ in range(0, chars, CHUNK_CHARS):
        number, chunk = divmod(number, CHUNK)
        rest, low = divmod(chunk, QUAD)
        first, middle = divmod(rest, QUAD)
        second, third = divmod(middle, PAIR)
        fourth, fifth = divmod(low, PAIR)
        text = f"{pairs[first]}{pairs[second]}{pairs[third]}{pairs[fourth]}{pairs[fifth]}{text}"
    return text[-chars:]


def _number(digits: str) -> int:
    # Ten digits at a time, in halves that fit a machine word: one after the other took twice as long.
    values = digits.encode().translate(VALUES)
    values = bytes(-len(values) % CHUNK_CHARS) + values
    number = 0
    for a, b, c, d, e, f, g, h, i, j in zip(*[iter(values)] * CHUNK_CHARS, strict=True):
        high, low = (((a * 62 + b) * 62 + c) * 62 + d) * 62 + e, (((f * 62 + g) * 62 + h) * 62 + i) * 62 + j
        number = number * CHUNK + high * HALF_CHUNK + low
    return number


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECK_CHARS)


def _raw(text: bytes | str) -> bytes:
    # compare_digest refuses text beyond ASCII, and what a stranger sends may hold half a surrogate pair.
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
