"""Keyed hashes, for rules too: apart from the rest of cryptography, which rolls dice."""

import hashlib
from functools import lru_cache
from typing import Final

BLOCK_BYTES: Final = 64  # Of SHA-256.
INNER_PAD: Final = bytes(byte ^ 0x36 for byte in range(256))
OUTER_PAD: Final = bytes(byte ^ 0x5C for byte in range(256))


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) under a key that is used again and again: what comes of it alone is worked out once."""
    inner, outer = _keyed(key)
    within, around = inner.copy(), outer.copy()
    within.update(message)
    around.update(within.digest())
    return around.digest()


@lru_cache(256)  # More than there are uses of keys; half of a mac's time goes into its key.
def _keyed(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """Both hashes of an HMAC, each begun with its pad."""
    assert len(key) <= BLOCK_BYTES
    padded = key.ljust(BLOCK_BYTES, b"\0")
    return hashlib.sha256(padded.translate(INNER_PAD)), hashlib.sha256(padded.translate(OUTER_PAD))
