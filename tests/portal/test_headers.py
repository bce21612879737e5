"""What a request says of where it came from and where we are: nothing of it reaches a link, a redirect or the audit."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec
import pytest

from playerbase import app, audit, federation, settings, simulators
from playerbase.audit import Filter
from playerbase.kit.db import reading, transaction
from playerbase.kit.http import Gateway, Site
from playerbase.kit.redis import DEFAULTS, Limit
from playerbase.simulators.world import World
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, UNLIMITED, People
from tests.conftest import Api
from tests.portal.test_portal import OURS, SIGN_UP, csrf, post, sign_up
from tests.simulators.stage import log_in

HOME, PEER, CLIENT, EDGE = "https://play.example", "192.0.2.10", "198.51.100.7", "10.0.0.1"
# A browser says where it is sent from; everything else is what somebody may forge.
FORGED = {
    "x-forwarded-host": "evil.test", "x-forwarded-proto": "gopher", "x-forwarded-port": "666",
    "x-forwarded-prefix": "/evil", "forwarded": "for=203.0.113.66;host=evil.test;proto=gopher",
    "x-forwarded-for": "203.0.113.66", "x-real-ip": "203.0.113.66", "cf-connecting-ip": "203.0.113.66",
    "true-client-ip": "203.0.113.66", "x-original-url": "https://evil.test/", "x-host": "evil.test",
    "referer": "https://evil.test/",
}  # fmt: skip
HOSTS = ("evil.test", "test.evil.test", "test:evil", "test@evil.test")
PROVIDERS = {"steam": "steam/browser", "epic": "epic/authorize", "twitch": "twitch/authorize",
             "simulated": "oidc/simulated/authorize"}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
async def test_no_header_reaches_a_letter(people: People, letterbox: Letterbox, host: str) -> None:
    await sign_up(people)
    token = await csrf(people)
    await letterbox.come()
    forged = FORGED | {"host": host} | OURS
    for path, form in (
        ("/portal/reset", {"email": SIGN_UP["email"]}),
        ("/portal/email/confirmation", {"csrf": token}),
        ("/portal/email", {"email": "countess@example.com", "password": PASSWORD, "csrf": token}),
    ):
        answer = await people.api.post(path, data=form, headers=forged)
        # Either the page's own origin check stops it, or the letter is made from what the installation is told.
        assert answer.status_code in {200, 400, 403, 421}, path
        for letter in await letterbox.come():
            assert "evil" not in letter.whole + letter.html
            assert "gopher" not in letter.whole + letter.html
            assert "http://test/portal/" in letter.text


async def test_letters_are_sent_all_the_same(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    await letterbox.come()
    await post(people, "/portal/reset", {"email": SIGN_UP["email"]}, **OURS, **FORGED)
    letter = await letterbox.comes()
    assert letter.link.startswith("http://test/portal/reset#token=")
    form = {"email": "countess@example.com", "password": PASSWORD, "csrf": await csrf(people)}
    await post(people, "/portal/email", form, **OURS, **FORGED)
    changing = next(each for each in await letterbox.come() if each.to == "countess@example.com")
    assert changing.link.startswith("http://test/portal/verify#token=")


@pytest.mark.parametrize("provider", list(PROVIDERS))
async def test_no_header_reaches_the_way_back(people: People, world: World, provider: str) -> None:
    forged = FORGED | {"host": "evil.test"}
    out = await people.api.get(f"/api/v1/auth/{PROVIDERS[provider]}", params={"back": "/portal"}, headers=forged)
    assert out.status_code == 303, out.text
    address = out.headers["location"]
    asked = dict(parse_qsl(urlsplit(address).query))
    way_back = asked.get("redirect_uri") or asked["openid.return_to"]
    path = f"oidc/{provider}" if provider == "simulated" else provider
    assert way_back.partition("?")[0] == f"http://test/api/v1/auth/{path}/callback"
    assert asked.get("openid.realm", "http://test").rstrip("/") == "http://test"
    assert "evil" not in address
    person = world.provider("oidc" if provider == "simulated" else provider).add("Mossgate")
    pairs = await log_in(address, person.id)
    came = await people.api.get(f"/api/v1/auth/{path}/callback?{urlencode(pairs)}", headers=FORGED)
    assert (came.status_code, came.headers["location"]) == (303, "/portal")


async def test_no_header_reaches_a_redirect_or_a_page_of_the_portal(people: People, world: World) -> None:
    assert world.url
    for path in ("/portal", "/portal/security", "/portal/email"):
        answer = await people.api.get(path, headers=FORGED | {"host": "evil.test"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/portal/sign-in?next={path}")
    await sign_up(people)
    for path in ("/portal", "/portal/security", "/portal/email", "/portal/sign-in", "/portal/history"):
        answer = await people.api.get(path, headers=FORGED | {"host": "evil.test"})
        assert "evil" not in answer.text + str(answer.headers), path
    for path in ("/portal/sign-in", "/portal/reset", "/portal/verify"):
        people.api.cookies.clear()
        answer = await people.api.get(path, headers=FORGED | {"host": "evil.test"})
        assert "evil" not in answer.text + str(answer.headers), path


class Edge(msgspec.Struct):
    """The app and its insides."""

    gateway: Gateway
    site: Site


@pytest.fixture
async def edge(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """The app behind a proxy at 10.0.0.1, which alone is believed."""
    told = settings.read(
        {
            "DATABASE_URL": dsn, "REDIS_URL": redis_url, "PUBLIC_URL": HOME, "TRUSTED_PROXIES": "10.0.0.0/8",
            "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "PLAYERBASE_HOME": str(tmp_path),
        }
    )  # fmt: skip
    environ = simulators.surroundings("http://127.0.0.1:9", {})
    gateway = app.create(told, trusted=federation.configured(environ, in_production=False))
    async with gateway.running() as site:
        for category in DEFAULTS:
            await site.pool.execute(UNLIMITED, category)
        site.limits.change({name: msgspec.structs.replace(each, count=1_000_000) for name, each in DEFAULTS.items()})
        yield Edge(gateway, site)


def calling(edge: Edge, peer: str) -> Api:
    return Api(transport=httpx.ASGITransport(edge.gateway, client=(peer, 1)), base_url=HOME)


async def tried(edge: Edge, peer: str, **headers: str) -> httpx.Response:
    """A try at the portal's door."""
    async with calling(edge, peer) as client:
        given = {"origin": HOME, "sec-fetch-site": "same-origin", **headers}
        form = {"email": "ada@example.com", "password": "Wrong1!horse"}
        return await client.post("/portal/sign-in", data=form, headers=given)


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [(PEER, CLIENT, PEER), (EDGE, CLIENT, CLIENT), (EDGE, f"203.0.113.66, {CLIENT}", CLIENT), (EDGE, "rubbish", EDGE)],
)
async def test_the_audit_writes_down_the_peer_or_what_a_trusted_one_says(
    edge: Edge, peer: str, forwarded: str, seen: str
) -> None:
    more = {name: value for name, value in FORGED.items() if name != "x-forwarded-for"}
    answer = await tried(edge, peer, **more, **{"x-forwarded-for": forwarded})
    assert answer.status_code == 401
    async with reading(edge.site.pool) as db:
        entries = await audit.look(db, Filter(action="authn_login_fail"), None, 5)
    assert [entry.ip for entry in entries] == [str(ip_address(seen))]


async def test_the_limiter_counts_the_peer_or_what_a_trusted_one_says(edge: Edge) -> None:
    limits = {**DEFAULTS, "login": Limit(2, 60, "Two."), "auth": Limit(1_000, 60, "Many.")}
    edge.site.limits.change(limits)
    strangers = [await tried(edge, PEER, **{"x-forwarded-for": f"198.51.100.{n}"}) for n in range(4)]
    assert [answer.status_code for answer in strangers] == [401, 401, 429, 429], "one peer is one, whatever it says"
    proxied = [await tried(edge, EDGE, **{"x-forwarded-for": f"198.51.100.{n}"}) for n in range(4)]
    assert [answer.status_code for answer in proxied] == [401] * 4
    again = [
        await tried(edge, EDGE, **{"x-forwarded-for": "198.51.100.1", "forwarded": f"for=198.51.100.{n}"})
        for n in (8, 9)
    ]
    assert [answer.status_code for answer in again] == [401, 429], "the other headers are never believed"


async def test_a_trusted_proxy_decides_who_asks_and_not_where_we_are(edge: Edge, tmp_path: Path) -> None:
    forged = {**FORGED, "host": "evil.test", "x-forwarded-for": CLIENT}
    async with calling(edge, EDGE) as client:
        for path in PROVIDERS.values():
            if path.startswith("oidc"):
                continue  # Its addresses are asked for, and nobody is there.
            out = await client.get(f"/api/v1/auth/{path}", params={"back": "/portal"}, headers=forged)
            asked = dict(parse_qsl(urlsplit(out.headers["location"]).query))
            assert (asked.get("redirect_uri") or asked["openid.return_to"]).startswith(f"{HOME}/api/v1/auth/")
        given = {**forged, "origin": HOME, "sec-fetch-site": "same-origin"}
        form = {"email": "ada@example.com", "password": PASSWORD, "display_name": "Countess"}
        made = await client.post("/portal/sign-up", data=form, headers={**given, "host": "play.example"})
        assert made.headers["location"] == "/portal"
        assert "secure" in made.headers["set-cookie"].lower(), "as PUBLIC_URL says, whatever a header says"
    await app.drain(edge.site.pool)
    async with transaction(edge.site.pool) as tx:
        assert await tx.fetchval("select count(*) from kit.jobs where state <> 'done' and name like '%letter'") == 0
    (letter,) = (path.read_text() for path in (tmp_path / "mail").glob("*.eml"))
    assert f"{HOME}/portal/verify#token" in letter.replace("=\n", "")
    assert "evil" not in letter
