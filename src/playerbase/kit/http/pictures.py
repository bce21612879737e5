"""Pictures that lie at other hosts: a page may show those of the hosts it names, and no others."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from playerbase.kit.http.message import Answer
from playerbase.kit.http.sending import PAGE_POLICY

HOSTS_MAX = 20
NAME = b"content-security-policy"
OWN = b"img-src 'self' data:"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?", re.ASCII)


def allow_pictures(answer: Answer, addresses: Iterable[str | None]) -> Answer:
    """Let a page load pictures from the hosts of these addresses; what is no plain https address is left out."""
    hosts = sorted({host for each in addresses if each and (host := _host(each))})[:HOSTS_MAX]
    if hosts:
        allowed = OWN + b"".join(b" https://" + host.encode() for host in hosts)
        answer.headers.append((NAME, PAGE_POLICY.replace(OWN, allowed)))
    return answer


def _host(address: str) -> str:
    """The host of an address, if it is nothing but one: whatever else could mean something in a header."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.lower()
    return host if parts.scheme == "https" and _HOST.fullmatch(host) else ""
