"""What a row's hash covers and how a head is signed. Keys are arguments."""

import hmac
import zlib
from collections.abc import Sequence

import msgspec

from playerbase.audit.model import CHAINS, Head, Row
from playerbase.kit.mac import mac

GENESIS = bytes(32)  # What stands before the first row of a chain.

_encode = msgspec.msgpack.Encoder().encode


def chain_of(actor_id: str) -> int:
    """The chain an actor's deeds belong to."""
    return zlib.crc32(actor_id.encode()) % CHAINS


def canonical(row: Row) -> bytes:
    """The bytes a row's hash covers: all columns but the hash, in order, as one MessagePack array.

    MessagePack says of each value what it is and how long, so no two different rows have the same bytes; ids are
    their text, times nanosecond timestamps (its extension -1).
    """
    return _encode(msgspec.structs.astuple(row)[:-1])


def link(key: bytes, previous: bytes, row: Row) -> bytes:
    """The hash of a row that follows one with this hash: HMAC-SHA-256 over both."""
    return mac(key, previous + canonical(row))


def sign(key: bytes, chain: int, seq: int, hash_: bytes) -> bytes:
    """The mac of a chain's head."""
    return mac(key, _encode((chain, seq, hash_)))


def is_signed(keys: Sequence[bytes], head: Head) -> bool:
    """Whether one of these keys signed the head; one without rows needs no signature."""
    if head.seq == 0:
        return head.hash == b""
    return any(hmac.compare_digest(sign(key, head.chain, head.seq, head.hash), head.mac) for key in keys)
