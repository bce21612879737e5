"""The platforms money comes by here, each with a line of its own."""

from collections.abc import Callable
from typing import Final, TypeVar

import httpcore
import httpx

from playerbase.kit.outside import Breaker, Outbound
from playerbase.kit.outside.dial import Resolve
from playerbase.payments.actions import steam
from playerbase.payments.actions.apple import AppleTill
from playerbase.payments.actions.asking import Line
from playerbase.payments.actions.epic import EpicTill
from playerbase.payments.actions.google import GoogleTill
from playerbase.payments.actions.shopify import ShopTill
from playerbase.payments.actions.steam import SteamTill
from playerbase.payments.model.configuration import APPLE, EPIC, GOOGLE, SHOPIFY, STEAM, Configuration
from playerbase.payments.model.refusals import PlatformUnknown
from playerbase.payments.rules.configuring import origins

CONNECTIONS_MAX: Final = 20  # A platform that hangs holds up so many purchases, and none by another.
BODY_BYTES_MAX: Final = 1_000_000
TOO_MANY: Final = frozenset({429})
PLATFORMS: Final = (STEAM, EPIC, APPLE, GOOGLE, SHOPIFY)

Till = TypeVar("Till")


class Tills:
    """What a process keeps of the platforms: connections, breakers, tokens and keys. Made once, closed at the end."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        seconds: float = 10.0,
        breaker: Callable[[], Breaker] = Breaker,
        network: httpcore.AsyncNetworkBackend | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        """A call may take `seconds`: longer than elsewhere, because giving up leaves an unknown outcome."""
        named = [name for name in PLATFORMS if getattr(configuration, name)]
        # Its certificates take a megabyte and some milliseconds to read: once, and not at all without a platform.
        tls = httpx.create_ssl_context() if named else None
        self._lines = {
            name: Line(
                name,
                Outbound(
                    allow=origins(configuration, name), seconds=seconds, connections_max=CONNECTIONS_MAX,
                    body_bytes_max=steam.REPORT_BYTES_MAX if name == STEAM else BODY_BYTES_MAX,
                    breaker=breaker, network=network, resolve=resolve, tls=tls,
                ),
                stops=steam.STOPS if name == STEAM else TOO_MANY,
            )
            for name in named
        }  # fmt: skip
        self._steam = SteamTill(self._lines[STEAM], configuration.steam) if configuration.steam else None
        self._epic = EpicTill(self._lines[EPIC], configuration.epic) if configuration.epic else None
        self._apple = AppleTill(self._lines[APPLE], configuration.apple) if configuration.apple else None
        self._google = GoogleTill(self._lines[GOOGLE], configuration.google) if configuration.google else None
        self._shopify = ShopTill(self._lines[SHOPIFY], configuration.shopify) if configuration.shopify else None

    @property
    def names(self) -> list[str]:
        """The platforms there are."""
        return list(self._lines)

    @property
    def steam(self) -> SteamTill:
        """Steam's microtransactions; raises PlatformUnknown."""
        return _there(self._steam, STEAM)

    @property
    def epic(self) -> EpicTill:
        """Epic's store; raises PlatformUnknown."""
        return _there(self._epic, EPIC)

    @property
    def apple(self) -> AppleTill:
        """The App Store; raises PlatformUnknown."""
        return _there(self._apple, APPLE)

    @property
    def google(self) -> GoogleTill:
        """Google Play; raises PlatformUnknown."""
        return _there(self._google, GOOGLE)

    @property
    def shopify(self) -> ShopTill:
        """The shop at Shopify; raises PlatformUnknown."""
        return _there(self._shopify, SHOPIFY)

    async def close(self) -> None:
        """Close all connections."""
        for line in self._lines.values():
            await line.close()


def _there(till: Till | None, name: str) -> Till:
    if till is None:
        raise PlatformUnknown(platform=name)
    return till
