"""What can be said of a posting before anything is read. Pure."""

import hashlib

import msgspec

from playerbase.kit.errors import Fault, Refusal
from playerbase.ledger.model import AMOUNT_MAX, HOUSE, LEGS_MAX, OF_PLAYERS, Posting, Unbalanced

_encode = msgspec.json.Encoder(order="deterministic").encode


def key_id(scope: str, key: str) -> bytes:
    """What a scope and a key come to: 128 bits of a hash over both, the first one's length before it."""
    head = scope.encode()
    return hashlib.sha256(b"%d:%s%s" % (len(head), head, key.encode())).digest()[:16]


def fingerprint(posting: Posting) -> bytes:
    """The same for two postings that say the same; of what the caller sent, if that was given."""
    if posting.fingerprint:
        return posting.fingerprint
    said = (posting.kind, posting.legs, posting.hold, posting.reason, posting.ref, posting.reverses, posting.group_id)
    return hashlib.sha256(_encode(said)).digest()[:16]


def fault_in(posting: Posting) -> Refusal | None:
    """What no balance could make right; the first found."""
    legs = posting.legs
    if not legs and posting.hold is None:
        return Fault("legs", "too_few", "A transaction has at least two legs")
    if len(legs) > LEGS_MAX:
        return Fault("legs", "too_many", f"A transaction has at most {LEGS_MAX} legs")
    sums: dict[str, int] = {}
    loose = set()
    for at, leg in enumerate(legs):
        amount = leg.amount
        if not 0 < abs(amount) <= AMOUNT_MAX and not leg.balancing:
            return Fault(f"legs.{at}.amount", "out_of_range", "An amount is not zero and below 2^53")
        if leg.up_to or leg.balancing:
            loose.add(leg.asset)
        sums[leg.asset] = sums.get(leg.asset, 0) + amount
    if not any(sums.values()):
        return None
    uneven = [asset for asset, total in sums.items() if total and asset not in loose]
    return Unbalanced(assets=uneven) if uneven else None


def misplaced(posting: Posting) -> Refusal | None:
    """A leg whose account cannot be: of the house for a purpose of players, or the other way round."""
    for at, leg in enumerate(posting.legs):
        if (leg.owner == HOUSE) is (leg.purpose in OF_PLAYERS):
            return Fault(f"legs.{at}.purpose", "wrong_owner", "This account does not belong to that owner")
    return None
