"""Private keys as they are set: PEM, whose lines may be joined by a written-out line break, or what stands between."""

import textwrap

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

RSA_BITS_MIN = 2_048
HEAD, FOOT = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


def pem(said: str) -> str:
    """The key's text with its lines; JSON, and most of what holds settings, writes the end of a line as two letters."""
    text = said.replace("\\n", "\n").strip()
    if "-----" not in text:
        text = "\n".join([HEAD, *textwrap.wrap("".join(text.split()), 64), FOOT])
    return f"{text}\n"


def is_p256(key: str) -> bool:
    """Whether this is a private key on P-256, with which ES256 signs."""
    found = _loaded(key)
    return isinstance(found, EllipticCurvePrivateKey) and isinstance(found.curve, SECP256R1)


def is_rsa(key: str) -> bool:
    """Whether this is a private RSA key that is strong enough, with which RS256 signs."""
    found = _loaded(key)
    return isinstance(found, RSAPrivateKey) and found.key_size >= RSA_BITS_MIN


def _loaded(key: str) -> object:
    try:
        return load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError):
        return None
