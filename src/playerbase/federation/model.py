"""The nouns of federation: who a provider speaks of, what providers there are, and how one is not believed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec

from playerbase.kit.errors import Denied, Invalid, NotFound, Unauthenticated, Unavailable

STEAM, EPIC, TWITCH = "steam", "epic", "twitch"


@dataclass(frozen=True, slots=True)
class Granted:
    """The tokens Twitch gave us for somebody's browser; neither may be written anywhere but sealed."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    user_id: str


class Once(msgspec.Struct, frozen=True):
    """What an ID token is remembered by once it was used, and until when it could be used again."""

    hash: bytes
    until: datetime


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a provider vouches for: its immutable id, and what it says of them besides, which proves nothing."""

    provider: str
    id: str
    display_name: str | None = None
    email: str | None = None
    email_verified: bool = False
    owner_id: str | None = None  # Steam: who owns the game; somebody else while it is shared in a family.
    vac_banned: bool = False
    once: Once | None = None  # Of an ID token: good once for each purpose.
    granted: Granted | None = None  # Twitch, in a browser: what must be checked for as long as it is relied upon.

    @property
    def is_borrower(self) -> bool:
        """Whether the game they play belongs to another member of their family."""
        return self.owner_id is not None and self.owner_id != self.id


# Dataclasses and not structs: no encoder of ours should be one call away from writing a key down.
@dataclass(frozen=True, slots=True)
class Steam:
    """Our game at Steam: the publisher's key, the game's number, and the word its clients ask for tickets with."""

    api_url: str
    community_url: str
    key: str = field(repr=False)
    app_id: int
    identity: str


@dataclass(frozen=True, slots=True)
class Epic:
    """Our client at Epic, and the sandbox and deployment its tokens must come from, where that is pinned."""

    url: str
    client_id: str
    client_secret: str | None = field(repr=False)
    sandbox: str | None
    deployment: str | None
    login_url: str = ""  # Where people sign in, which is another host than where programs ask.


@dataclass(frozen=True, slots=True)
class Twitch:
    """Our client at Twitch."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Oidc:
    """Our client at an OpenID Connect provider; without a secret it is a public one."""

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    scopes: str
    label: str = ""  # What it is called on the pages of players; its name with a capital letter if nothing is set.


@dataclass(frozen=True, slots=True)
class Configuration:
    """The providers this installation trusts."""

    steam: Steam | None = None
    epic: Epic | None = None
    twitch: Twitch | None = None
    oidc: dict[str, Oidc] = field(default_factory=dict)


class Taken(msgspec.Struct, frozen=True):
    """What was kept for a browser that went out, and is back."""

    verifier_sealed: bytes
    return_path: str


class Held(msgspec.Struct, frozen=True):
    """A player's tokens as they are kept."""

    player_id: UUID
    grant_id: UUID
    sealed: bytes


class Checks(msgspec.Struct, frozen=True):
    """What became of so many checks: a token held, was renewed, was withdrawn, or nobody could tell."""

    valid: int = 0
    refreshed: int = 0
    disconnected: int = 0
    away: int = 0


class Grants(msgspec.Struct, frozen=True):
    """How many players' tokens are kept, how many have waited too long for their check, and since when the oldest."""

    kept: int
    late: int
    oldest_at: datetime | None


class ProviderRefused(Unauthenticated):
    """The provider does not vouch for this sign-in."""

    reason = "refused"

    @classmethod
    def because(cls, reason: str) -> Self:
        """The refusal with its reason in a word: told to the client, who can mend some of them."""
        refusal = cls(reason=reason)
        refusal.reason = reason
        return refusal


class ProviderAway(Unavailable):
    """The provider cannot be asked at the moment; try again shortly."""


class ProviderUnknown(NotFound):
    """Nobody can sign in by that provider here."""


class ProviderBanned(Denied):
    """The publisher of the game has banned this account at the provider."""


class WayBackForeign(Invalid):
    """The way back after signing in must be a path of this installation."""
