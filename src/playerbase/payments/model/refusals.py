"""The ways a platform does not say yes: it says no, it cannot be asked, or nobody knows what it did."""

from typing import Self

from playerbase.kit.errors import Conflict, NotFound, Unauthenticated, Unavailable


class ProviderAway(Unavailable):
    """The provider cannot be asked at the moment; try again shortly."""


class PaymentUnknownOutcome(Unavailable):
    """It is not known yet what became of the payment; it is looked into before it is tried again."""

    reason = "no_answer"

    @classmethod
    def because(cls, reason: str, **members: object) -> Self:
        """The same with a word for why: whoever is told must ask the platform what it did, and never guess."""
        refusal = cls(reason=reason, **members)
        refusal.reason = reason
        return refusal


class PaymentRefused(Conflict):
    """The platform does not stand for this payment."""

    reason = "refused"

    @classmethod
    def because(cls, reason: str, **members: object) -> Self:
        """The refusal with its reason in a word, told to the client."""
        refusal = cls(reason=reason, **members)
        refusal.reason = reason
        return refusal


class NotificationRefused(Unauthenticated):
    """This did not come from the platform it is said to come from."""

    reason = "signature"

    @classmethod
    def because(cls, reason: str) -> Self:
        """The refusal with its reason in a word."""
        refusal = cls(reason=reason)
        refusal.reason = reason
        return refusal


class PlatformUnknown(NotFound):
    """Nothing can be paid for by that platform here."""


class NotBelieved(Exception):
    """Why a signed thing is not believed, in a word; actions turn it into one of the refusals above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
