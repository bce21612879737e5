"""Federation: whether what a provider says of somebody is to be believed, and about whom."""

from playerbase.federation.actions import Providers, begin, believe, finish, named
from playerbase.federation.model import (
    EPIC,
    STEAM,
    TWITCH,
    Configuration,
    ProviderAway,
    ProviderBanned,
    ProviderRefused,
    ProviderUnknown,
    Subject,
    WayBackForeign,
)
from playerbase.federation.rules import configured

__all__ = [
    "EPIC",
    "STEAM",
    "TWITCH",
    "Configuration",
    "ProviderAway",
    "ProviderBanned",
    "ProviderRefused",
    "ProviderUnknown",
    "Providers",
    "Subject",
    "WayBackForeign",
    "begin",
    "believe",
    "configured",
    "finish",
    "named",
]
