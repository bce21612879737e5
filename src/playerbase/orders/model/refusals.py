"""What the store refuses, each with the sentence that is told."""

from playerbase.kit.errors import Conflict, Exhausted, Invalid, NotFound


class NoSuchOrder(NotFound):
    """There is no such order."""


class MaximumReached(Conflict):
    """You would have more of this than one player may."""


class TooManyPurchases(Exhausted):
    """This was bought too often in a short time; come back later."""


class TooManyLines(Invalid):
    """An order has fewer lines than that."""


class QuantityTooLarge(Invalid):
    """A line of an order has fewer units than that."""


class CurrencyAmbiguous(Invalid):
    """These items are sold for several currencies, or for none that all of them share: say which."""


class TransactionIdMissing(Invalid):
    """Say under which name this is done once: in transaction_id, or as Idempotency-Key."""

    status = 400


class NotInReview(Conflict):
    """This order does not wait for a decision."""


class NotPaid(Conflict):
    """Nothing was paid for this order, so nothing can be given back."""


class NoSuchLine(NotFound):
    """This order has no such line."""


class RefundedAlready(Conflict):
    """More would be given back than was paid and not given back yet."""


class NotReturnable(Conflict):
    """Some of it is used up, spent or sent; say what becomes of that."""


class NotUndelivered(Conflict):
    """This part was delivered, is given back, or somebody let it be."""


class NoSuchRule(NotFound):
    """There is no such rule."""


class NotSuspected(NotFound):
    """This player's orders do not wait."""
