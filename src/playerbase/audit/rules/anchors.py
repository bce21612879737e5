"""Anchors: one signed line for all heads of a moment, to be kept where the database cannot reach."""

import hmac
from collections.abc import Sequence
from datetime import datetime

import msgspec

from playerbase.audit.model import Link

_LINE_BYTES_MAX = 16_384


class Anchor(msgspec.Struct, frozen=True):
    """Every head of a moment; hashes and mac in hexadecimal."""

    at: datetime
    heads: list[tuple[int, int, str]]
    mac: str

    @property
    def links(self) -> list[Link]:
        """The heads as links."""
        return [Link(chain, seq, bytes.fromhex(hash_)) for chain, seq, hash_ in self.heads]


class Torn(ValueError):
    """A line that is none: its writer was stopped half-way."""


def write(key: bytes, at: datetime, heads: Sequence[Link]) -> bytes:
    """The line that holds these heads fast."""
    listed = [(head.chain, head.seq, head.hash.hex()) for head in heads]
    return msgspec.json.encode(Anchor(at, listed, _mac(key, at, listed).hex())) + b"\n"


def read(keys: Sequence[bytes], line: bytes) -> Anchor | None:
    """The anchor of a line, None if we never signed it; raises Torn."""
    try:
        anchor = msgspec.json.decode(line[:_LINE_BYTES_MAX], type=Anchor)
        given = bytes.fromhex(anchor.mac)
    except (ValueError, msgspec.MsgspecError):
        raise Torn from None
    known = any(hmac.compare_digest(_mac(key, anchor.at, anchor.heads), given) for key in keys)
    return anchor if known else None


def _mac(key: bytes, at: datetime, heads: list[tuple[int, int, str]]) -> bytes:
    return hmac.digest(key, msgspec.msgpack.encode((at, heads)), "sha256")
