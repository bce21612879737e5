"""Steam's login in a browser: what comes back, and what forgers send instead."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from playerbase import federation
from playerbase.federation import ProviderAway, ProviderRefused, Providers, begin, finish
from playerbase.federation.rules.steam import is_confirmed
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool
from playerbase.simulators.world import World
from tests.conftest import SECRET, MovingClock
from tests.federation.conftest import PUBLIC_URL
from tests.kit.outside.wire import Network, Resolver
from tests.simulators.stage import log_in

ADA, BEN = "76561197960287930", "76561197960434622"
BROWSER = "a-browser-of-its-own"
REAL = "https://steamcommunity.com"
Answered = list[tuple[str, str]]


async def reason_of(providers: Providers, pool: Pool, answered: Answered, browser: str = BROWSER) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await finish(providers, pool, "steam", browser, answered)
    return refused.value.reason


async def test_who_signs_in_at_steam_comes_back_where_they_began(
    world: World, providers: Providers, pool: Pool
) -> None:
    address = await begin(providers, pool, "steam", BROWSER, "/account?tab=links")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked["openid.realm"] == PUBLIC_URL
    assert asked["openid.return_to"].startswith(f"{PUBLIC_URL}/api/v1/auth/steam/callback?state=way_")
    subject, path = await finish(providers, pool, "steam", BROWSER, await log_in(address, ADA))
    assert (subject.id, subject.owner_id, path) == (ADA, None, "/account?tab=links")
    (call,) = world.provider("steam").calls
    assert (call.method, call.path) == ("POST", "/steam/openid/login")


async def test_an_answer_counts_once(world: World, providers: Providers, pool: Pool) -> None:
    answered = await log_in(await begin(providers, pool, "steam", BROWSER, "/"), ADA)
    await finish(providers, pool, "steam", BROWSER, answered)
    assert await reason_of(providers, pool, answered) == "state"
    assert len(world.provider("steam").calls) == 1


async def test_an_answer_is_worth_nothing_in_another_browser(providers: Providers, pool: Pool) -> None:
    answered = await log_in(await begin(providers, pool, "steam", BROWSER, "/"), ADA)
    assert await reason_of(providers, pool, answered, "another-browser-altogether") == "state"
    subject, _ = await finish(providers, pool, "steam", BROWSER, answered)
    assert subject.id == ADA


async def test_who_takes_longer_than_ten_minutes_begins_anew(
    providers: Providers, pool: Pool, clock: MovingClock
) -> None:
    answered = await log_in(await begin(providers, pool, "steam", BROWSER, "/"), ADA)
    clock.forward(minutes=10)
    assert await reason_of(providers, pool, answered) == "state"


async def test_an_operator_who_moves_the_clock_locks_nobody_out(
    providers: Providers, pool: Pool, clock: MovingClock
) -> None:
    clock.forward(days=30)
    answered = await log_in(await begin(providers, pool, "steam", BROWSER, "/"), ADA)
    assert (await finish(providers, pool, "steam", BROWSER, answered))[0].id == ADA


async def test_what_steam_did_not_say_it_does_not_confirm(world: World, providers: Providers, pool: Pool) -> None:
    answered = dict(await log_in(await begin(providers, pool, "steam", BROWSER, "/"), ADA))
    for name in ("openid.claimed_id", "openid.identity"):
        answered[name] = answered[name].replace(ADA, BEN)
    assert await reason_of(providers, pool, list(answered.items())) == "not_confirmed"
    assert len(world.provider("steam").calls) == 1


async def test_a_nonce_of_another_answer_is_spent(world: World, providers: Providers, pool: Pool) -> None:
    first = dict(await log_in(await begin(providers, pool, "steam", BROWSER, "/"), ADA))
    await finish(providers, pool, "steam", BROWSER, list(first.items()))
    second = dict(await log_in(await begin(providers, pool, "steam", BROWSER, "/"), BEN))
    second["openid.response_nonce"] = first["openid.response_nonce"]
    assert await reason_of(providers, pool, list(second.items())) == "nonce_used"
    assert len(world.provider("steam").calls) == 1


async def test_who_changes_their_mind_is_not_signed_in(providers: Providers, pool: Pool) -> None:
    address = await begin(providers, pool, "steam", BROWSER, "/")
    return_to = dict(parse_qsl(urlsplit(address).query))["openid.return_to"]
    state = dict(parse_qsl(urlsplit(return_to).query))["state"]
    cancelled = [("state", state), ("openid.ns", "http://specs.openid.net/auth/2.0"), ("openid.mode", "cancel")]
    assert await reason_of(providers, pool, cancelled) == "fields"


class Forge:
    """A browser that was sent to the real Steam, and brings back what a forger wrote."""

    def __init__(self, pool: Pool) -> None:
        self.network = Network()
        self.resolver = Resolver(["23.0.0.1"])
        self.providers = Providers(
            federation.configured({"STEAM_WEB_API_KEY": "k", "STEAM_APP_ID": "480"}, in_production=True),
            Keys.derive(SECRET), public_url=PUBLIC_URL, network=self.network, resolve=self.resolver,
        )  # fmt: skip
        self.pool = pool

    async def good(self) -> dict[str, str]:
        """An answer without a fault, but for its signature."""
        address = await begin(self.providers, self.pool, "steam", BROWSER, "/")
        assert address.startswith(f"{REAL}/openid/login?")
        return_to = dict(parse_qsl(urlsplit(address).query))["openid.return_to"]
        return {
            "state": return_to.split("state=")[1],
            "openid.ns": "http://specs.openid.net/auth/2.0",
            "openid.mode": "id_res",
            "openid.op_endpoint": f"{REAL}/openid/login",
            "openid.claimed_id": f"{REAL}/openid/id/{ADA}",
            "openid.identity": f"{REAL}/openid/id/{ADA}",
            "openid.return_to": return_to,
            "openid.response_nonce": f"{nonce_time()}abc",
            "openid.assoc_handle": "1234567890",
            "openid.signed": "signed,op_endpoint,claimed_id,identity,return_to,response_nonce,assoc_handle",
            "openid.sig": "W0u5DRbtHE1GG0ZKXjerUZDUGmc=",
        }


def nonce_time(**ago: float) -> str:
    return (clock.now() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def both(text: str) -> dict[str, str]:
    return {"openid.claimed_id": text, "openid.identity": text}


LOGIN, IDS = "steamcommunity.com/openid/login", "steamcommunity.com/openid/id"
FORGED: dict[str, tuple[dict[str, str], str]] = {
    "other endpoint": ({"openid.op_endpoint": "https://evil.example/openid/login"}, "endpoint"),
    "endpoint by http": ({"openid.op_endpoint": f"http://{LOGIN}"}, "endpoint"),
    "endpoint on a subdomain": ({"openid.op_endpoint": f"https://evil.{LOGIN}"}, "endpoint"),
    "endpoint as a subdomain": ({"openid.op_endpoint": f"{REAL}.evil.example/openid/login"}, "endpoint"),
    "endpoint with a trailing path": ({"openid.op_endpoint": f"https://{LOGIN}/x"}, "endpoint"),
    "endpoint with a port": ({"openid.op_endpoint": "https://steamcommunity.com:8443/openid/login"}, "endpoint"),
    "endpoint with a user": ({"openid.op_endpoint": f"https://a@{LOGIN}"}, "endpoint"),
    "id by http": (both(f"http://{IDS}/{ADA}"), "claimed_id"),
    "id on a subdomain": (both(f"https://evil.{IDS}/{ADA}"), "claimed_id"),
    "id as a subdomain": (both(f"https://steamcommunity.com.evil.example/openid/id/{ADA}"), "claimed_id"),
    "id with any letter for the dot": (both(f"https://steamcommunityxcom/openid/id/{ADA}"), "claimed_id"),
    "id with a trailing path": (both(f"https://{IDS}/{ADA}/x"), "claimed_id"),
    "id with a port": (both(f"https://steamcommunity.com:443/openid/id/{ADA}"), "claimed_id"),
    "id with a user": (both(f"https://steamcommunity.com@evil.example/openid/id/{ADA}"), "claimed_id"),
    "id within a query": (both(f"https://evil.example/?https://{IDS}/{ADA}"), "claimed_id"),
    "id and a line more": (both(f"https://{IDS}/{ADA}\n"), "claimed_id"),
    "id in other digits": (both(f"https://{IDS}/7656\uff11197960287930"), "claimed_id"),
    "id of nobody": (both(f"https://{IDS}/76561197960265728"), "claimed_id"),
    "two ids": ({"openid.claimed_id": f"https://{IDS}/{BEN}"}, "claimed_id"),
    "id not signed": ({"openid.signed": "signed,op_endpoint,return_to,response_nonce,assoc_handle"}, "unsigned"),
    "signed in another order": (
        {"openid.signed": "op_endpoint,signed,claimed_id,identity,return_to,response_nonce,assoc_handle"}, "unsigned",
    ),
    "way back elsewhere": ({"openid.return_to": "https://evil.example/api/v1/auth/steam/callback"}, "return_to"),
    "way back of another state": (
        {"openid.return_to": f"{PUBLIC_URL}/api/v1/auth/steam/callback?state=other"}, "return_to",
    ),
    "stale nonce": ({"openid.response_nonce": f"{nonce_time(seconds=330)}abc"}, "nonce"),
    "nonce of the future": ({"openid.response_nonce": f"{nonce_time(days=-1)}abc"}, "nonce"),
    "nonce that is no time": ({"openid.response_nonce": "2026-13-45T00:00:00Zabc"}, "nonce"),
    "nonce without a time": ({"openid.response_nonce": "abc"}, "nonce"),
    "other mode": ({"openid.mode": "check_authentication"}, "mode"),
    "other namespace": ({"openid.ns": "http://openid.net/signon/1.1"}, "mode"),
    "a field more": ({"openid.sreg.email": "ada@example.com"}, "fields"),
    "a parameter more": ({"next": "/"}, "fields"),
    "a field beyond all bounds": ({"openid.sig": "x" * 2_000}, "fields"),
    "no state": ({"state": ""}, "state"),
    "made-up state": ({"state": "way_1"}, "state"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), FORGED.values(), ids=FORGED.keys())
async def test_a_forged_answer_is_refused_without_asking_anybody(
    changes: dict[str, str], reason: str, pool: Pool
) -> None:
    forge = Forge(pool)
    answer = {**await forge.good(), **changes}
    assert await reason_of(forge.providers, pool, list(answer.items())) == reason
    assert (forge.network.dialled, forge.resolver.asked) == ([], [])


@pytest.mark.parametrize("name", ["openid.claimed_id", "openid.op_endpoint", "openid.signed", "openid.sig", "state"])
async def test_a_field_that_is_missing_or_stands_twice_is_refused(name: str, pool: Pool) -> None:
    forge = Forge(pool)
    good = await forge.good()
    twice = [*good.items(), (name, good[name])]
    assert await reason_of(forge.providers, pool, twice) == "fields"
    missing = [(each, value) for each, value in good.items() if each != name]
    assert await reason_of(forge.providers, pool, missing) == ("state" if name == "state" else "fields")
    assert forge.network.dialled == []


async def test_an_answer_without_a_fault_is_shown_to_steam_and_to_nobody_else(pool: Pool) -> None:
    forge = Forge(pool)
    with pytest.raises(ProviderAway):  # Nobody answers there in a test.
        await finish(forge.providers, pool, "steam", BROWSER, list((await forge.good()).items()))
    assert forge.resolver.asked == ["steamcommunity.com"]
    assert {port for _, port in forge.network.dialled} == {443}


NS = "ns:http://specs.openid.net/auth/2.0"


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        (f"{NS}\nis_valid:true\n", True),
        (f"is_valid:true\n{NS}", True),
        (f"{NS}\nis_valid:false\n", False),
        (f"{NS}\nis_valid:truely\n", False),
        (f"{NS}\nnot_is_valid:true\n", False),
        (f"{NS}\nis_valid:false\nis_valid:true\n", False),
        ("is_valid:true\n", False),
        (f"{NS}\nx:is_valid:true\n", False),
        ("<html>is_valid:true</html>", False),
        ("", False),
    ],
)
def test_a_confirmation_is_read_line_by_line(body: str, *, holds: bool) -> None:
    assert is_confirmed(body.encode()) is holds
