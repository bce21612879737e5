"""Where a request comes from: the peer, or what a proxy we trust says of it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

NOWHERE = "0.0.0.0"  # noqa: S104 - not a socket: the address of who has none


def client_address(peer: Any, headers: Mapping[bytes, bytes], trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The address of the client: of the peer, or, if that is a configured proxy, the last hop it did not add itself."""
    address: str = peer[0] if peer else NOWHERE
    if not trusted or not _within(address, trusted):
        return address
    for hop in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
        try:
            address = str(ip_address(hop.strip()))
        except ValueError:
            return address  # Whoever wrote that is not to be believed further.
        if not _within(address, trusted):
            return address
    return address


@lru_cache(10_000)
def limit_subject(address: str) -> str:
    """What an anonymous caller is counted under: the address, or its /64, which one IPv6 customer has whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"ip:{address[:64]}"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return f"ip:{parsed.ipv4_mapped}"
        return f"ip:{IPv6Network((parsed, 64), strict=False)}"
    return f"ip:{parsed}"


def _within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
