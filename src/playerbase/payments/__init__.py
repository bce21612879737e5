"""Payments: what platforms and shops say on the wire about money, and whether it is to be believed.

``Tills`` holds a door to each platform that is configured: ``tills.steam.init(...)``. It knows no player, no ledger and
no catalog; whoever calls keeps what was ordered, and compares. Never call one inside a transaction.

Three things can be raised beside an answer. ``PaymentRefused``: the platform says no, and ``reason`` says why in a
word. ``ProviderAway``: it could not be asked, and nothing was done. ``PaymentUnknownOutcome``: it was asked to do
something, and nobody knows whether it did; ask it (``query``, ``find``) before anything is tried again.

What platforms push to us is looked at by the same doors and raises ``NotificationRefused``. What is believed carries
all by which a repetition is known.
"""

from playerbase.payments.actions import Tills, configured_tills, use_tills
from playerbase.payments.model.apple import AppleNotification, ApplePage, AppleTransaction
from playerbase.payments.model.configuration import APPLE, EPIC, GOOGLE, SHOPIFY, STEAM, Configuration
from playerbase.payments.model.epic import EpicClawback, EpicEntitlement, EpicOffer
from playerbase.payments.model.google import (
    GoogleNotification,
    GoogleNotificationKind,
    GooglePurchase,
    GoogleState,
    GoogleVoided,
    GoogleVoidedPage,
)
from playerbase.payments.model.refusals import (
    NotificationRefused,
    PaymentRefused,
    PaymentUnknownOutcome,
    PlatformUnknown,
    ProviderAway,
)
from playerbase.payments.model.shopify import ShopAddress, ShopLine, ShopOrder, ShopShipment, ShopWebhook
from playerbase.payments.model.steam import (
    SteamBuyer,
    SteamFinalized,
    SteamLine,
    SteamOrder,
    SteamReport,
    SteamReportKind,
    SteamSold,
    SteamStarted,
    SteamState,
)
from playerbase.payments.rules.configuring import configured
from playerbase.payments.rules.steam import differs as steam_differs

__all__ = [
    "APPLE",
    "EPIC",
    "GOOGLE",
    "SHOPIFY",
    "STEAM",
    "AppleNotification",
    "ApplePage",
    "AppleTransaction",
    "Configuration",
    "EpicClawback",
    "EpicEntitlement",
    "EpicOffer",
    "GoogleNotification",
    "GoogleNotificationKind",
    "GooglePurchase",
    "GoogleState",
    "GoogleVoided",
    "GoogleVoidedPage",
    "NotificationRefused",
    "PaymentRefused",
    "PaymentUnknownOutcome",
    "PlatformUnknown",
    "ProviderAway",
    "ShopAddress",
    "ShopLine",
    "ShopOrder",
    "ShopShipment",
    "ShopWebhook",
    "SteamBuyer",
    "SteamFinalized",
    "SteamLine",
    "SteamOrder",
    "SteamReport",
    "SteamReportKind",
    "SteamSold",
    "SteamStarted",
    "SteamState",
    "Tills",
    "configured",
    "configured_tills",
    "steam_differs",
    "use_tills",
]
