"""Which addresses are out there for everybody, and which lead back inside."""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import msgspec

from playerbase.kit.outside.failures import Refused

Address = IPv4Address | IPv6Address

PORTS: Final = frozenset({443, 8443})
URL_CHARS_MAX: Final = 2048
HOST_CHARS_MAX: Final = 253
DEFAULT_PORT: Final = {"http": 80, "https": 443}

# The IANA special-purpose registry, and what it leaves out.
_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # "This network": many systems connect 0.0.0.0 to themselves.
        "10.0.0.0/8",
        "100.64.0.0/10",  # Carrier-grade NAT, and 100.100.100.200, the metadata server of one cloud.
        "127.0.0.0/8",
        "169.254.0.0/16",  # Link-local, and 169.254.169.254, the metadata server of most clouds.
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # The 6to4 relay: what is sent there comes out as IPv6 anywhere.
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "168.63.129.16/32",  # Looks public, yet is the platform's own server inside one cloud.
        "224.0.0.0/4",  # Multicast, which ipaddress.is_global calls global.
        "240.0.0.0/4",
    )
)

# IANA hands out public IPv6 addresses from here alone. That leaves out v4-mapped (::ffff:0:0/96), v4-compatible
# (::/96), NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), unique local, link-local, site-local and multicast by itself.
_PUBLIC_V6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Protocol assignments: Teredo (2001::/32), benchmarking, ORCHID.
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise.
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)

_INTERNAL_SUFFIXES: Final = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "onion"}
)
_METADATA_NAMES: Final = frozenset({"metadata.goog", "metadata.tencentyun.com"})

_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A URL taken apart by the only reader we have, so that no second one can understand it differently."""

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return host if self.port == DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, in one spelling."""
        return f"{self.scheme}://{self.authority}"


def parse(url: str) -> Target:
    """The URL taken apart; raises Refused unless every character of it can be read in one way only.

    Only ASCII is read: a name in another script is written with xn--, and full-width dots and digits, which some
    readers turn into 127.0.0.1, never get that far.
    """
    if len(url) > URL_CHARS_MAX or not re.fullmatch(r"[\x21-\x5b\x5d-\x7e]+", url):
        raise Refused("A URL is at most 2,048 visible ASCII characters, without a backslash.")
    parts = _URL.fullmatch(url)
    if not parts:
        raise Refused("The URL does not begin with https://.")
    scheme, authority, path = parts[1].lower(), parts[2], parts[3]
    if "@" in authority:
        raise Refused("The URL names a user; credentials belong in a header.")
    split = _AUTHORITY.fullmatch(authority)
    if not split:
        raise Refused("The URL has no host that can be read in one way only.")
    port = int(split[2]) if split[2] else DEFAULT_PORT[scheme]
    if not 1 <= port <= 65535:  # noqa: PLR2004 (the width of a port number)
        raise Refused("The port does not exist.")
    literal = _literal(split[1].lower())
    host = str(literal) if literal else split[1].lower()
    return Target(
        scheme=scheme, host=host, port=port, path=path if path.startswith("/") else f"/{path}", literal=literal
    )


def check(target: Target, ports: Collection[int] = PORTS) -> None:
    """Raises Refused for whatever can be known to lead inside before its name is looked up."""
    if target.scheme != "https":
        raise Refused("Only https is called.")
    if target.port not in ports:
        raise Refused(f"Port {target.port} is not called; only {', '.join(map(str, sorted(ports)))}.")
    if target.literal is None and is_internal_name(target.host):
        raise Refused("The name belongs to an internal network.")
    if target.literal is not None and not is_public(target.literal):
        raise Refused("The address belongs to an internal network.")


def is_public(address: Address) -> bool:
    """Whether the address belongs to a host that anybody on the internet may reach.

    `ipaddress.is_global` will not do: it calls NAT64, 6to4 and multicast addresses global, and changes with the
    release of Python.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in _PUBLIC_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6)


def is_internal_name(host: str) -> bool:
    """Whether a lower-case name is one that only an internal network answers for, metadata servers included."""
    labels = host.split(".")
    return len(labels) == 1 or labels[-1] in _INTERNAL_SUFFIXES or host in _METADATA_NAMES


def _literal(host: str) -> Address | None:
    """The address a host spells, None for a name; raises Refused for spellings only some programs understand."""
    if host.startswith("["):
        try:
            return IPv6Address(host[1:-1])
        except ValueError:
            raise Refused("The host is no IPv6 address.") from None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # Where a host ends in a number, browsers and C libraries read an address: 0x7f000001, 2130706433, 0177.1.
        try:
            return IPv4Address(host)
        except ValueError:
            raise Refused("The host ends in a number but is no dotted address.") from None
    if len(host) > HOST_CHARS_MAX or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("The host is no DNS name; write it without a dot at its end.")
    return None


def read_address(text: str) -> Address:
    """The address a resolver answered with; raises Refused when it is none."""
    try:
        return ip_address(text)
    except ValueError:
        raise Refused("The name leads to something that is no address.") from None
