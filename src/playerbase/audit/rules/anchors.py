"""Anchors: one signed line for both ends of all chains at a moment, to be kept where the database cannot reach."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from playerbase.audit.model import Link

_LINE_BYTES_MAX = 16_384


class Ends(NamedTuple):
    """What an anchor holds fast: heads, starts of chains that were shortened, and the version of the policy."""

    heads: list[Link]
    starts: list[Link]
    policy: int


class Anchor(msgspec.Struct, frozen=True):
    """The ends of a moment; hashes and mac in hexadecimal."""

    at: datetime
    heads: list[tuple[int, int, str]]
    starts: list[tuple[int, int, str]]
    policy: int
    mac: str

    @property
    def ends(self) -> Ends:
        """Heads and starts as links."""
        return Ends(_links(self.heads), _links(self.starts), self.policy)


class Torn(ValueError):
    """A line that is none: its writer was stopped half-way."""


def write(key: bytes, at: datetime, ends: Ends) -> bytes:
    """The line that holds these ends fast."""
    unsigned = Anchor(at, _listed(ends.heads), _listed(ends.starts), ends.policy, "")
    return msgspec.json.encode(msgspec.structs.replace(unsigned, mac=_mac(key, unsigned).hex())) + b"\n"


def read(keys: Sequence[bytes], line: bytes) -> Anchor | None:
    """The anchor of a line, None if we never signed it; raises Torn."""
    try:
        anchor = msgspec.json.decode(line[:_LINE_BYTES_MAX], type=Anchor)
        given = bytes.fromhex(anchor.mac)
    except (ValueError, msgspec.MsgspecError):
        raise Torn from None
    known = any(hmac.compare_digest(_mac(key, anchor), given) for key in keys)
    return anchor if known else None


def _mac(key: bytes, anchor: Anchor) -> bytes:
    said = (anchor.at, anchor.heads, anchor.starts, anchor.policy)
    return hmac.digest(key, msgspec.msgpack.encode(said), "sha256")


def _listed(links: Sequence[Link]) -> list[tuple[int, int, str]]:
    return [(link.chain, link.seq, link.hash.hex()) for link in links]


def _links(listed: Sequence[tuple[int, int, str]]) -> list[Link]:
    return [Link(chain, seq, bytes.fromhex(hash_)) for chain, seq, hash_ in listed]
