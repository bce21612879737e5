"""Why something about a purchase is not done."""

from playerbase.kit.errors import Conflict, Denied, Exhausted, Fault, Invalid, NotFound


class NoSuchPurchase(NotFound):
    """There is no such purchase."""


class NoSuchException(NotFound):
    """There is no such exception."""


class ReceiptTaken(Conflict):
    """This purchase was presented by another player before, and is theirs."""


class ReceiptUnreadable(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, message: str) -> None:
        super().__init__("receipt", "unreadable", message)


class PlatformNotLinked(Denied):
    """Link your account at this platform first: a purchase must be yours."""


class PurchaseOfAnother(Denied):
    """This was bought by another account than the one you have linked, or for another player."""


class PurchaseUnbound(Denied):
    """This purchase does not say for whom it was made, which is demanded here."""


class WrongEnvironment(Conflict):
    """This was bought where no money moves, or in another environment than this one."""


class PurchasePending(Conflict):
    """The payment has not gone through yet; present it again when it has."""


class PurchaseTakenBack(Conflict):
    """This purchase was given back; there is nothing to be had for it."""


class NotSoldHere(Conflict):
    """This is not sold on that platform by way of this server."""


class TooManyMeant(Conflict):
    """You may not have that many of this item."""


class TooManyOpen(Exhausted):
    """You have several purchases open; finish or cancel one of them first."""


class PurchaseEnded(Conflict):
    """This purchase has come to its end; begin a new one."""


class NothingLeft(Conflict):
    """All of this purchase was given back before."""


class RefundElsewhere(Conflict):
    """Only the platform itself gives this money back; once it does, what was bought is taken back by itself."""


class NotificationStale(Conflict):
    """This was said too long ago to be heard now."""


class NoRemedy(Conflict):
    """That cannot be done about this exception."""


class ExceptionClosed(Conflict):
    """This exception is closed; there is nothing left to do about it."""


class WholeOnly(Invalid):
    """A purchase on a platform is given back whole; lines are of orders of the store."""
