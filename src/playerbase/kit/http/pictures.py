"""Pictures that lie at other hosts: a page may show those of the hosts it names, and no others."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from playerbase.kit.http.message import Answer
from playerbase.kit.http.sending import PAGE_POLICY

HOSTS_MAX = 20
NAME = b"content-security-policy"
OWN = b"img-src 'self' data:"
CALLS = b"connect-src 'self'"
_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,253}(?::[0-9]{1,5})?", re.ASCII)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?", re.ASCII)


def allow_pictures(answer: Answer, addresses: Iterable[str | None]) -> Answer:
    """Let a page load pictures from the hosts of these addresses; what is no plain https address is left out."""
    hosts = sorted({host for each in addresses if each and (host := _host(each))})[:HOSTS_MAX]
    if hosts:
        allowed = OWN + b"".join(b" https://" + host.encode() for host in hosts)
        answer.headers.append((NAME, PAGE_POLICY.replace(OWN, allowed)))
    return answer


def allow_uploads(answer: Answer, origin: str, own: str) -> Answer:
    """Let a page send to this origin, where objects lie, if that is not our own; one that is odd is left out."""
    if origin != own and _ORIGIN.fullmatch(origin):
        policy = next((value for name, value in answer.headers if name == NAME), PAGE_POLICY)
        answer.headers = [each for each in answer.headers if each[0] != NAME]
        answer.headers.append((NAME, policy.replace(CALLS, CALLS + b" " + origin.encode())))
    return answer


def _host(address: str) -> str:
    """The host of an address, if it is nothing but one: whatever else could mean something in a header."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.lower()
    return host if parts.scheme == "https" and _HOST.fullmatch(host) else ""
