"""Cursors: where a list goes on, sealed to caller and filter, so that nobody can craft or borrow one."""

import base64
import hashlib
import hmac
from typing import TypeVar

import msgspec

from playerbase.kit import clock
from playerbase.kit.errors import Invalid

LIFE_SECONDS = 24 * 3600  # Longer than anyone pages; short enough that a leaked one is soon worthless.
_MAC_BYTES = 16

T = TypeVar("T")


class BadCursor(Invalid):
    """This cursor is not valid here: it was altered, belongs to another list or caller, or is older than a day."""

    status = 400


class Cursors:
    """Makes and opens cursors under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, at: tuple[object, ...], *, scope: str) -> str:
        """A cursor that goes on after these sort keys; ``scope`` names the list, its filters and the caller."""
        body = msgspec.msgpack.encode((int(clock.now().timestamp()) + LIFE_SECONDS, at))
        return base64.urlsafe_b64encode(self._mac(scope, body) + body).rstrip(b"=").decode()

    def read(self, cursor: str, shape: type[T], *, scope: str) -> T:
        """The sort keys a cursor was made of, as a tuple type; raises BadCursor."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            # Only the canonical text: base64 has several spellings for the same bytes.
            is_canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == cursor
            if not is_canonical or not hmac.compare_digest(mac, self._mac(scope, body)):
                raise BadCursor
            expires, at = msgspec.msgpack.decode(body)
            if expires < clock.now().timestamp():
                raise BadCursor
            return msgspec.convert(at, shape)
        except (ValueError, msgspec.MsgspecError):
            raise BadCursor from None

    def _mac(self, scope: str, body: bytes) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"\0" + body, hashlib.sha256)[:_MAC_BYTES]
