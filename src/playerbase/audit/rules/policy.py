"""The policy of retention: which entries are old enough to go, and whether it is the one that was set here."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from playerbase.audit.model import DAYS_MIN, Finding, Policy, Wrong

_encode = msgspec.msgpack.Encoder().encode


def removable_before(now: datetime, days: int | None) -> datetime | None:
    """Entries older than this may go; None keeps everything. Never younger than DAYS_MIN, whatever the policy says."""
    return None if days is None else now - timedelta(days=max(days, DAYS_MIN))


def sign(key: bytes, policy: Policy) -> bytes:
    """The mac of a policy."""
    said = (policy.days, policy.version, policy.set_by, policy.set_at)
    return hmac.digest(key, _encode(said), "sha256")


def is_signed(keys: Sequence[bytes], policy: Policy) -> bool:
    """Whether one of these keys signed the policy; that of the first day keeps everything and needs no signature."""
    if policy.version == 0:
        return (policy.days, policy.set_by, policy.set_at) == (None, "", None)
    return any(hmac.compare_digest(sign(key, policy), policy.mac) for key in keys)


def judge(keys: Sequence[bytes], policy: Policy | None, version: int) -> Finding | None:
    """What is wrong with a policy, by itself and by the latest version that an anchor holds."""
    if policy is None:
        return _forged("The policy is gone.")
    if not is_signed(keys, policy):
        return _forged("No key of this installation signed the policy.")
    if policy.version < version:
        return _forged("The policy was set back to an older one.")
    return None


def _forged(says: str) -> Finding:
    return Finding(Wrong.POLICY_FORGED, -1, 0, f"{says} Nothing is removed by it.")
