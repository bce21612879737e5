"""What the ledger refuses, each with the sentence that is told."""

from playerbase.kit.errors import Conflict, Exhausted, Fault, Invalid, NotFound, Refusal


class InsufficientFunds(Conflict):
    """There is not enough to take that much."""


class AccountLocked(Refusal):
    """This account is locked."""

    status = 423


class LimitExceeded(Exhausted):
    """This is more than may be moved in this time."""


class Unbalanced(Invalid):
    """The legs of a transaction must sum to zero in each asset."""


class AlreadyReversed(Conflict):
    """More would be reversed than is left of the transaction."""


class HoldEnded(Conflict):
    """This hold has ended already."""


class HoldExpired(Conflict):
    """This hold has expired; what it set aside is free again."""


class HoldTooSmall(Conflict):
    """The hold has less than that left."""


class BalanceTooLarge(Conflict):
    """The balance would be larger than can be counted."""


class NoSuchTransaction(NotFound):
    """There is no such transaction."""


class NoSuchHold(NotFound):
    """There is no such hold."""


class AssetUnknown(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(field, "unknown", f"There is no asset {code!r}")


class OwnerUnknown(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, field: str = "player_id") -> None:
        super().__init__(field, "unknown", "There is no such player")


class AssetExists(Conflict):
    """There is an asset of this code already, and it is another."""
