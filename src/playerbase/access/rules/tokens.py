"""What an access token and an API key must be to be believed."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from uuid import UUID

import msgspec

AUDIENCE = "playerbase"
TYPE = "at+jwt"
ALGORITHM = "RS256"
# Exactly these: jwk, jku and x5u would let a forger bring his own key, and crit asks for what nobody here understands.
HEADER_FIELDS = frozenset({"alg", "typ", "kid"})


class Claims(msgspec.Struct, frozen=True):
    """What an access token says (RFC 9068); times are seconds since 1970."""

    iss: str
    sub: UUID
    aud: str
    exp: int
    iat: int
    jti: str
    client_id: str
    sid: UUID
    roles: tuple[str, ...]
    providers: tuple[str, ...]
    nbf: int = 0


class ClientClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client's own token says: it is its own subject (RFC 9068, 2.2), and its scopes are words in one text."""

    iss: str
    sub: Annotated[str, msgspec.Meta(pattern="^pbc[a-z0-9]{16}$")]
    aud: str
    exp: int
    iat: int
    jti: str
    client_id: str
    scope: str
    nbf: int = 0

    def __post_init__(self) -> None:
        """A token for a client that speaks of another is no token."""
        if self.sub != self.client_id:
            raise ValueError("sub")


def reject_reason(claims: Claims | ClientClaims, *, issuer: str, now: datetime) -> str | None:
    """Why these claims, rightly signed, are still not to be believed; None if they are. There is no leeway."""
    seconds = now.timestamp()
    if claims.iss != issuer:
        return "issuer"
    if claims.aud != AUDIENCE:
        return "audience"
    if claims.nbf > seconds:
        return "not_before"
    if not claims.jti:
        return "no_id"
    return "expired" if claims.exp <= seconds else None


@lru_cache(4_096)
def is_allowed_from(networks: tuple[str, ...], address: str) -> bool:
    """Whether an address lies in one of the networks; without networks, any does."""
    if not networks:
        return True
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in _networks(networks))


@lru_cache(1_024)
def _networks(networks: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in networks)
