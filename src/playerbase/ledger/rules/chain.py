"""What a block covers. The text of a transaction is one that PostgreSQL can make too, so it can be proved there."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from playerbase.ledger.model import Entry, Jump, Written

GENESIS = b""
_FIELD, _ENTRY, _TRANSACTION = "\x1f", "\x1e", "\x1d"
_FIELDS = 14
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def canonical(it: Written, entries: Iterable[Entry]) -> str:
    """The text a block's digest covers; raises ValueError if a text could be mistaken for the end of another.

    Fields by U+001F: id, microseconds since 1970, kind, reason, ref, rule, actor, request, scope, key, what it
    reverses, its group, its hold and how much that set aside. Then its entries by leg, each after U+001E as
    account:seq:amount:balance:held.
    """
    text = _FIELD.join((
        it.transaction_id.hex, str((it.at - _EPOCH) // _MICROSECOND), it.kind, it.reason, it.ref, it.rule, it.actor,
        it.request_id, it.scope, it.key, it.reverses.hex if it.reverses else "", it.group_id.hex if it.group_id else "",
        it.hold_id.hex if it.hold_id else "", str(it.hold_change),
    ))  # fmt: skip
    if text.count(_FIELD) != _FIELDS - 1 or _ENTRY in text or _TRANSACTION in text:
        raise ValueError("a text of a transaction holds a separator")
    legs = [f"{_ENTRY}{e.account_id}:{e.seq}:{e.amount}:{e.balance_after}:{e.held_after}" for e in entries]
    return text + "".join(legs)


def digest(texts: Sequence[str]) -> bytes:
    """SHA-256 over the texts of a block's transactions by id, parted by U+001D."""
    return hashlib.sha256(_TRANSACTION.join(texts).encode()).digest()


def mac(key: bytes, previous: bytes, *, chain: int, block: int, count: int, digest_: bytes) -> bytes:
    """What ties a block to the one before it: HMAC-SHA-256 over that one's mac, its own place, size and digest."""
    return hmac.digest(key, previous + f"{chain}:{block}:{count}:".encode() + digest_, "sha256")


def repair_mac(key: bytes, jump: Jump) -> bytes:
    """What shows that we put this place of an account right: HMAC-SHA-256 over which entry it is and how far off."""
    return hmac.digest(key, f"{jump.account_id}:{jump.seq}:{jump.off}".encode(), "sha256")
