"""Cookies: whose they are, who may set them, and how they leave."""

from playerbase.kit.http import Answer, Request
from tests.kit.http.conftest import Edge


def request_with(edge: Edge, cookies: bytes) -> Request:
    request = Request(method="GET", path="/", query_string=b"", headers={b"cookie": cookies}, ip="127.0.0.1")
    request.site = edge.site
    return request


def test_over_https_a_cookie_belongs_to_this_host_alone() -> None:
    held = Answer().cookie("theme", "dark", seconds=60, secure=True).headers
    text = b"__Host-theme=dark; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
    assert held == [(b"set-cookie", text)]
    named = Answer().cookie("__Host-theme", "dark", seconds=60, secure=True).headers
    assert named == held, "who names it in full means the same one"


def test_on_loopback_it_needs_no_tls() -> None:
    held = Answer().cookie("theme", "dark", seconds=None, secure=False).headers
    assert held == [(b"set-cookie", b"theme=dark; Path=/; HttpOnly; SameSite=Strict")]


async def test_a_neighbour_domain_s_cookie_is_not_ours(edge: Edge) -> None:
    assert edge.site.public_url.startswith("https://")
    assert request_with(edge, b"theme=evil").cookie("theme") is None
    both = request_with(edge, b"theme=evil; __Host-theme=dark")
    assert both.cookie("theme") == both.cookie("__Host-theme") == "dark"
