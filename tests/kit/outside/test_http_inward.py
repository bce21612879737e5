"""Outbound calls that somebody tries to turn inward."""

import socket
import ssl
from pathlib import Path

import pytest

from playerbase.kit.outside import NoAnswer, Outbound, Refused, Unreachable
from tests.kit.outside.test_address import INWARD_ADDRESSES, INWARD_URLS
from tests.kit.outside.wire import Network, Resolver, answers, call, certify, serve

PUBLIC, PUBLIC_TOO = "93.184.216.34", "2606:4700::1111"


# Turned inward


@pytest.mark.parametrize("url", INWARD_URLS)
async def test_an_inward_url_is_refused_without_a_look_up_or_a_connection(url: str, trust: ssl.SSLContext) -> None:
    network, resolver = Network(), Resolver([PUBLIC])
    async with Outbound(network=network, resolve=resolver, tls=trust) as outbound:
        with pytest.raises(Refused):
            await outbound.request("POST", url, content=b"{}")
        with pytest.raises(Refused):
            outbound.check(url)
    assert not network.dialled
    assert not resolver.asked


@pytest.mark.parametrize("inward", INWARD_ADDRESSES)
@pytest.mark.parametrize("beside", [[], [PUBLIC], [PUBLIC, PUBLIC_TOO]])
async def test_a_name_with_any_inward_address_is_refused(inward: str, beside: list[str], trust: ssl.SSLContext) -> None:
    for found in ([*beside, inward], [inward, *beside]):
        network = Network()
        async with Outbound(network=network, resolve=Resolver(found), tls=trust) as outbound:
            with pytest.raises(Refused):
                await outbound.request("GET", "https://localtest.example/")
        assert not network.dialled


async def test_an_inward_address_far_down_the_list_is_still_seen(trust: ssl.SSLContext) -> None:
    network = Network()
    resolver = Resolver([*(f"93.184.216.{last}" for last in range(100)), "127.0.0.1"])
    async with Outbound(network=network, resolve=resolver, tls=trust) as outbound:
        with pytest.raises(Refused):
            await outbound.request("GET", "https://hooks.example/")
    assert not network.dialled


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1"])  # noqa: S104
async def test_a_server_that_really_listens_inside_sees_nobody(host: str, trust: ssl.SSLContext) -> None:
    async with serve(answers()) as served, Outbound(ports=[served.port], tls=trust) as outbound:
        for scheme in ("http", "https"):
            with pytest.raises(Refused):
                await outbound.request("GET", f"{scheme}://{host}:{served.port}/")
        assert served.connections == 0


async def test_the_system_s_resolver_is_checked_too(trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    network = Network()
    async with Outbound(network=network, tls=trust) as outbound:
        with pytest.raises(Refused):
            await outbound.request("GET", "https://localtest.example/")
    assert not network.dialled


@pytest.mark.parametrize("found", [[], ["nonsense"], ["hooks.example"]])
async def test_a_resolver_without_addresses_leads_nowhere(found: list[str], trust: ssl.SSLContext) -> None:
    network = Network()
    async with Outbound(network=network, resolve=Resolver(found), tls=trust) as outbound:
        with pytest.raises(NoAnswer):
            await outbound.request("GET", "https://hooks.example/")
    assert not network.dialled


async def test_a_name_that_cannot_be_looked_up_is_unreachable(trust: ssl.SSLContext) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host}:{port}")

    async with Outbound(network=Network(), resolve=resolve, tls=trust) as outbound:
        with pytest.raises(Unreachable):
            await outbound.request("GET", "https://hooks.example/")


async def test_sni_certificate_and_host_are_those_of_the_name(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = tls
    indicated: list[str | None] = []
    server.sni_callback = lambda _, name, __: indicated.append(name)
    async with serve(answers(body=b"hello"), server) as served:
        network, resolver = Network({PUBLIC: served.port}), Resolver([PUBLIC])
        async with Outbound(network=network, resolve=resolver, tls=client) as outbound:
            answer = await outbound.request("POST", "https://hooks.example:8443/in?a=%2F", content=b"{}")
    assert (answer.status, answer.body) == (200, b"hello")
    assert network.dialled == [(PUBLIC, 8443)]
    assert resolver.asked == ["hooks.example"]
    assert indicated == ["hooks.example"]
    head = served.heads[0].decode().splitlines()
    assert head[0] == "POST /in?a=%2F HTTP/1.1"
    assert "Host: hooks.example:8443" in head
    assert "Content-Length: 2" in head
    assert "Accept-Encoding: identity" in head


async def test_a_certificate_of_another_name_is_not_believed(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = tls
    async with serve(answers(), server) as served:
        network = Network({PUBLIC: served.port})
        async with Outbound(network=network, resolve=Resolver([PUBLIC]), tls=client) as outbound:
            with pytest.raises(Unreachable):
                await outbound.request("GET", "https://another.example/")
        assert served.heads == []


async def test_a_rebinding_resolver_is_asked_once_and_then_caught(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = tls
    async with serve(answers(headers="Connection: close\r\n"), server) as served:
        network, resolver = Network({PUBLIC: served.port}), Resolver([PUBLIC], ["127.0.0.1"])
        async with Outbound(network=network, resolve=resolver, tls=client) as outbound:
            assert (await outbound.request("GET", "https://hooks.example/")).status == 200
            assert network.dialled == [(PUBLIC, 443)]
            with pytest.raises(Refused):
                await outbound.request("GET", "https://hooks.example/")
    assert network.dialled == [(PUBLIC, 443)]


async def test_the_next_address_is_tried_when_the_first_is_dead(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = tls
    async with serve(answers(), server) as served:
        network = Network({PUBLIC: served.port})
        async with Outbound(network=network, resolve=Resolver([PUBLIC_TOO, PUBLIC]), tls=client) as outbound:
            assert (await outbound.request("GET", "https://hooks.example/")).status == 200
    assert network.dialled == [(PUBLIC_TOO, 443), (PUBLIC, 443)]


async def test_many_dead_addresses_are_not_all_tried(trust: ssl.SSLContext) -> None:
    network = Network()
    resolver = Resolver([f"93.184.216.{last}" for last in range(100)])
    async with Outbound(network=network, resolve=resolver, tls=trust) as outbound:
        with pytest.raises(Unreachable):
            await outbound.request("GET", "https://hooks.example/")
    assert len(network.dialled) == 4


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_inward_is_an_answer_and_not_followed(status: str) -> None:
    async with serve(answers()) as inside:
        answer, served = await call(answers(status, headers=f"Location: http://127.0.0.1:{inside.port}/\r\n"))
        assert answer.status == int(status[:3])
        assert (served.connections, inside.connections) == (1, 0)


async def test_the_environment_cannot_put_a_proxy_between(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(answers()) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer, _ = await call(answers())
        assert answer.status == 200
        assert proxy.connections == 0


async def test_cookies_do_not_wander_from_call_to_call() -> None:
    async with serve(answers(headers="Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n")) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin]) as outbound:
            answer = await outbound.request("GET", origin)
            await outbound.request("GET", origin)
    assert answer.headers["set-cookie"] == "a=1, b=2"
    assert served.connections == 1
    assert b"cookie" not in served.heads[1].lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "127.0.0.1"},
        {"hOST": "127.0.0.1"},
        {"Content-Length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "upgrade"},
        {"X-A": "1\r\nHost: 127.0.0.1"},
        {"X-A": "1\n"},
        {"X-A": "1\x00"},
        {"X-A": "é"},
        {"X-A\r\nX-B": "1"},
        {"X-A:": "1"},
        {"X A": "1"},
        {"": "1"},
    ],
)
async def test_a_header_that_frames_or_redirects_the_request_is_refused(headers: dict[str, str]) -> None:
    async with serve(answers()) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin]) as outbound:
            with pytest.raises(Refused):
                await outbound.request("GET", origin, headers=headers)
        assert served.connections == 0


async def test_headers_of_the_caller_are_sent() -> None:
    async with serve(answers()) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin]) as outbound:
            await outbound.request("GET", origin, headers={"Authorization": "Bearer x", "user-agent": "mine"})
    head = served.heads[0].decode()
    assert "Authorization: Bearer x\r\n" in head
    assert "user-agent: mine\r\n" in head
    assert "Playerbase" not in head
    assert "Content-Length" not in head


# Listed origins


@pytest.mark.parametrize(
    "origin",
    [
        "http://hooks.example",
        "http://10.0.0.1:9000",
        "http://127.0.0.1.example:9000",
        "http://127.0.0.1:9000/path",
        "127.0.0.1:9000",
        "http://a@127.0.0.1",
        "http://2130706433",
    ],
)
def test_a_list_with_a_wrong_entry_does_not_start(origin: str, trust: ssl.SSLContext) -> None:
    with pytest.raises(ValueError, match=r"origin|loopback"):
        Outbound(allow=[origin], tls=trust)


async def test_a_listed_origin_opens_that_origin_alone(trust: ssl.SSLContext) -> None:
    async with serve(answers()) as served, serve(answers()) as other:
        async with Outbound(allow=[f"http://127.0.0.1:{served.port}"], tls=trust) as outbound:
            for url in (
                f"http://127.0.0.1:{other.port}/",
                f"https://127.0.0.1:{served.port}/",
                f"http://localhost:{served.port}/",
                f"http://127.0.0.1:{served.port}./",
            ):
                with pytest.raises(Refused):
                    await outbound.request("GET", url)
        assert served.connections + other.connections == 0


async def test_listed_plain_http_stays_on_loopback(trust: ssl.SSLContext) -> None:
    network = Network()
    async with Outbound(
        allow=["http://localhost:9000"], network=network, resolve=Resolver(["10.0.0.1"]), tls=trust
    ) as outbound:
        with pytest.raises(Refused):
            await outbound.request("GET", "http://localhost:9000/")
    assert not network.dialled


async def test_a_listed_https_origin_may_be_internal(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = tls
    async with serve(answers(), server) as served:
        network = Network({"10.0.0.1": served.port})
        async with Outbound(
            allow=["https://hooks.example:9443"], network=network, resolve=Resolver(["10.0.0.1"]), tls=client
        ) as outbound:
            assert (await outbound.request("GET", "https://hooks.example:9443/")).status == 200
            with pytest.raises(Refused):
                await outbound.request("GET", "https://hooks.example/")
    assert network.dialled == [("10.0.0.1", 9443)]


async def test_a_certificate_bundle_is_found_without_being_given(tmp_path: Path) -> None:
    server, _ = certify(tmp_path, "hooks.example")
    async with serve(answers(), server) as served:
        network = Network({PUBLIC: served.port})
        async with Outbound(network=network, resolve=Resolver([PUBLIC])) as outbound:
            with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
                await outbound.request("GET", "https://hooks.example/")
