"""The providers this installation trusts, each with a line of its own."""

from collections.abc import Callable
from typing import Final, TypeVar

import httpcore
import httpx

from playerbase.federation.actions.asking import Line
from playerbase.federation.actions.epic import EpicDoor
from playerbase.federation.actions.oidc import Discovery, OidcDoor
from playerbase.federation.actions.steam import STOPS, SteamDoor
from playerbase.federation.actions.twitch import TwitchDoor
from playerbase.federation.model import EPIC, STEAM, TWITCH, Configuration, ProviderUnknown
from playerbase.federation.rules import origins
from playerbase.kit.crypto import Keys
from playerbase.kit.outside import Breaker, Outbound
from playerbase.kit.outside.dial import Resolve

CONNECTIONS_MAX: Final = 20  # A provider that hangs holds up so many sign-ins, and none by another.
TOO_MANY: Final = frozenset({429})
LABELS: Final = {STEAM: "Steam", EPIC: "Epic", TWITCH: "Twitch"}

Door = TypeVar("Door")


class Providers:
    """What a process keeps of the providers: connections, breakers, published keys. Made once, closed at the end.

    `public_url` is where this installation is reached: providers send browsers back there and nowhere else.
    """

    def __init__(
        self,
        configuration: Configuration,
        keys: Keys,
        *,
        public_url: str,
        seconds: float = 5.0,
        breaker: Callable[[], Breaker] = Breaker,
        network: httpcore.AsyncNetworkBackend | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.keys, self._public_url = keys, public_url.rstrip("/")
        # Its certificates take a megabyte and some milliseconds to read: once, and not at all without a provider.
        named = [name for name in (STEAM, EPIC, TWITCH) if getattr(configuration, name)] + list(configuration.oidc)
        tls = httpx.create_ssl_context() if named else None
        self._lines = {
            name: Line(
                name,
                Outbound(
                    allow=origins(configuration, name), seconds=seconds, connections_max=CONNECTIONS_MAX,
                    breaker=breaker, network=network, resolve=resolve, tls=tls,
                ),
                stops=STOPS if name == STEAM else TOO_MANY,
            )
            for name in named
        }  # fmt: skip
        self._steam = SteamDoor(self._lines[STEAM], configuration.steam) if configuration.steam else None
        self._epic = EpicDoor(self._lines[EPIC], configuration.epic) if configuration.epic else None
        self._twitch = TwitchDoor(self._lines[TWITCH], configuration.twitch) if configuration.twitch else None
        self._labels = {name: ours.label or name.capitalize() for name, ours in configuration.oidc.items()}
        self._oidc = {
            name: OidcDoor(self._lines[name], ours, Discovery(self._lines[name], ours.issuer))
            for name, ours in configuration.oidc.items()
        }

    @property
    def names(self) -> list[str]:
        """The providers there are."""
        return list(self._lines)

    @property
    def labels(self) -> dict[str, str]:
        """What each of them is called where players read it."""
        return {name: LABELS.get(name) or self._labels[name] for name in self._lines}

    @property
    def names_in_browser(self) -> list[str]:
        """Those a browser can be sent to."""
        # Epic exchanges a browser's code for who proves to be our client, and for nobody else.
        has_epic = self._epic is not None and self._epic.has_browser_flow
        return [name for name in self._lines if name != EPIC or has_epic]

    @property
    def steam(self) -> SteamDoor:
        """Steam; raises ProviderUnknown."""
        return _there(self._steam, STEAM)

    @property
    def epic(self) -> EpicDoor:
        """Epic; raises ProviderUnknown."""
        return _there(self._epic, EPIC)

    @property
    def twitch(self) -> TwitchDoor:
        """Twitch; raises ProviderUnknown."""
        return _there(self._twitch, TWITCH)

    def oidc(self, name: str) -> OidcDoor:
        """The OpenID Connect provider of this name; raises ProviderUnknown."""
        return _there(self._oidc.get(name), name)

    def way_back(self, provider: str) -> str:
        """Where a provider sends browsers: exactly this is to be registered with it."""
        path = f"oidc/{provider}" if provider in self._oidc else provider
        return f"{self._public_url}/api/v1/auth/{path}/callback"

    async def close(self) -> None:
        """Close all connections."""
        for line in self._lines.values():
            await line.close()


def _there(door: Door | None, name: str) -> Door:
    if door is None:
        raise ProviderUnknown(provider=name)
    return door
